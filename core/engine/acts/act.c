#include "engine/acts/act.h"

#include "base/memory.h"
#include "engine/acts/ends.h"
#include "engine/acts/share.h"
#include "engine/grounds/pace.h"

#include <stdlib.h>

struct cf_act *cf_act_create(struct cf_task *task, enum cf_action action, cf_session_key session, int line,
                             void (*due)(struct cf_timer *timer))
{
    struct cf_engine *engine = task->engine;
    struct cf_act *act = cf_alloc(sizeof *act);
    enum cf_mode mode = cf_policy_mode(task->policy);
    *act = (struct cf_act){.engine = engine,
                           .next = engine->acts,
                           .policy = cf_strdup(cf_policy_name(task->policy)),
                           .task = task,
                           .action = action,
                           .session = session,
                           .left = {CF_UNKNOWN_US},
                           .idle = {CF_UNKNOWN_US},
                           .quiet_since = CF_MONO_UNKNOWN,
                           .vetted = CF_MONO_UNKNOWN,
                           .turn = CF_MONO_UNKNOWN,
                           .dry = mode == CF_MODE_DRY || (mode == CF_MODE_WARN && action != CF_ACTION_WARN),
                           .line = line,
                           .limit = {.fire = due, .data = act}};
    if (engine->acts)
        engine->acts->previous = act;
    engine->acts = act;
    return act;
}

/* The session is not being ended by this act any more, nor its screen used. */
static void let_go(const struct cf_act *act)
{
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    if (presence)
        cf_screen_let_go(presence, act);
}

static void unlist(const struct cf_act *act)
{
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    for (struct cf_act **place = presence ? &presence->logoffs : NULL; place && *place;
         place = &(*place)->next_logoff)
        if (*place == act) {
            *place = act->next_logoff;
            return;
        }
}

struct cf_notice *cf_act_notice(const struct cf_act *act)
{
    return act->task && act->notice ? cf_notice_find(act->task, act->notice) : NULL;
}

void cf_act_destroy(struct cf_act *act)
{
    struct cf_engine *engine = act->engine;
    let_go(act);
    struct cf_notice *notice = cf_act_notice(act);
    if (notice && notice->act == act)
        cf_notice_failed(notice);
    if (act->task && act->task->act == act)
        act->task->act = NULL;
    cf_share_leave(act);
    cf_inquiry_cancel(&act->inquiry);
    cf_reader_cancel(&act->reader);
    cf_calls_forget(engine->calls, act->call);
    cf_timer_stop(engine->loop, &act->limit);
    if (act->keeping) {
        act->task = NULL;
        act->call = 0;
        act->over = true;
        return;
    }
    unlist(act);
    if (act->previous)
        act->previous->next = act->next;
    else
        engine->acts = act->next;
    if (act->next)
        act->next->previous = act->previous;
    free(act->policy);
    free(act->text);
    free(act->reason);
    cf_vocabulary_finish(&act->words);
    free(act);
}

void cf_act_write(struct cf_act *act, enum cf_what what, int code, const char *text, cf_journal_kept *kept)
{
    struct cf_entry entry = {.what = what,
                             .decision = act->decision,
                             .dry = act->dry,
                             .code = code,
                             .policy = act->policy,
                             .line = act->line,
                             .session = cf_registry_get(act->engine->registry, act->session),
                             .idle = act->idle,
                             .text = text,
                             .reason = what == CF_WHAT_WARN ? act->reason : NULL,
                             .unwarned = what == CF_WHAT_LOGOFF && act->goes_unwarned,
                             .in_use = what == CF_WHAT_LOGOFF && act->in_use};
    cf_engine_write(act->engine, &entry, kept, act);
}

void cf_act_finish(struct cf_act *act, const struct cf_result *result)
{
    if (act->task && act->task->act == act)
        act->task->sink->done(act->task, result);
    cf_act_destroy(act);
}

/* The host was asked to end it, and may do so yet. */
static void await_end(const struct cf_act *act, int code)
{
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    bool asked = act->forced || (act->submitted && code == CF_TIMEOUT);
    if (act->action == CF_ACTION_LOGOFF && asked && presence)
        cf_ends_await(presence, act->decision, act->policy, act->line);
}

void cf_act_refuse(struct cf_act *act, int code, const char *why)
{
    cf_act_write(act, CF_WHAT_REFUSED, code, why, NULL);
    await_end(act, code);
    cf_act_finish(act, &(struct cf_result){.code = code, .message = why});
}

void cf_act_fail(struct cf_act *act, int code, const char *why)
{
    act->engine->counts.failed++;
    cf_act_write(act, CF_WHAT_FAILED, code, why, NULL);
    await_end(act, code);
    cf_act_finish(act, &(struct cf_result){.code = code, .message = why});
}

void cf_act_drop(struct cf_act *act)
{
    struct cf_notice *notice = cf_act_notice(act);
    if (notice && notice->act == act)
        notice->act = NULL;
    if (act->task->act == act)
        act->task->act = NULL;
    cf_share_leave(act);
    act->task = NULL;
    cf_inquiry_cancel(&act->inquiry);
    cf_reader_cancel(&act->reader);
    if (!act->submitted)
        let_go(act);
    if (!act->submitted && !act->decision) /* else the journal or the host still calls back */
        cf_act_destroy(act);
}

void cf_acts_destroy(struct cf_engine *engine)
{
    while (engine->acts) {
        engine->acts->keeping = false; /* nobody is told any more */
        cf_act_destroy(engine->acts);
    }
}

bool cf_act_is_submitted(const struct cf_act *act)
{
    return act && act->submitted;
}

size_t cf_acts_waiting(const struct cf_engine *engine)
{
    size_t count = engine->pace ? engine->pace->queued : 0;
    for (const struct cf_act *act = engine->acts; act; act = act->next)
        count += cf_mono_known(act->turn) && !act->submitted && cf_timer_is_set(&act->limit);
    return count;
}
