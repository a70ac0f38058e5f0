/*
 * The action pipeline: the one way by which a run warns, locks, disconnects or logs off. An act goes through
 * its checks in this order, and ends at the first that fails:
 *
 *   identity → configuration guards → vetoes → warning → share and turn → a fresh reading of the run's
 *   grounds → the journal's row → the request, with its expectations → the host shows that it is done
 *
 * An act outlives its run only once it was asked of the host: then it is seen through to its outcome.
 */
#include "base/memory.h"
#include "engine/acts/allowance.h"
#include "engine/acts/backoff.h"
#include "engine/acts/reason.h"
#include "engine/acts/share.h"
#include "engine/acts/stays.h"
#include "engine/config/guards.h"
#include "engine/context.h"
#include "engine/grounds/ground.h"
#include "engine/grounds/heeds.h"
#include "engine/grounds/pace.h"
#include "engine/readings/condition.h"
#include "engine/readings/early.h"

#include <stdio.h>
#include <stdlib.h>

static const enum cf_what whats[CF_ACTION_COUNT] = {
    [CF_ACTION_WARN] = CF_WHAT_WARN,
    [CF_ACTION_LOCK] = CF_WHAT_LOCK,
    [CF_ACTION_DISCONNECT] = CF_WHAT_DISCONNECT,
    [CF_ACTION_LOGOFF] = CF_WHAT_LOGOFF,
};

static void read_grounds(struct cf_act *act);
static void settle(struct cf_act *act);
static void on_due(struct cf_timer *timer);
static void on_read(void *data, int code, const char *message);
static void on_verdict(void *data, const struct cf_veto *veto, const char *reason);

/* ---- Checks ---- */

/* Identity and configuration guards; false when the act has ended. */
static bool still_allowed(struct cf_act *act)
{
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    const struct cf_session *session = cf_registry_get(act->engine->registry, act->session);
    if (!presence) {
        cf_act_finish(act, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
        return false;
    }
    const char *why = cf_guard(act->engine->config, session);
    if (!session->identity.birth)
        why = "nobody knows when the session began, so it may be another one by now";
    else if (presence->ending && presence->ending != act)
        why = "it is being logged off already";
    else if (!act->tell && cf_mono_known(cf_stay_until(presence, act->policy)))
        why = "its user asked to stay";
    if (why)
        cf_act_refuse(act, CF_REFUSED, why);
    return why == NULL;
}

/* Whether the logoff may do without a warning, as its script says. Without the entry's word, of a session
 * that has been disconnected for as long as a warning would have to stand. */
static bool may_go_unwarned(const struct cf_act *act)
{
    const struct cf_session *session = cf_registry_get(act->engine->registry, act->session);
    return act->task->policy->config->unwarned || cf_disconnected_long(act->engine, session);
}

/* What the warning lacks for the logoff, as cf_notices_lack says. */
static const char *lack_of_warning(const struct cf_act *act, struct cf_mono *ret_until)
{
    const char *lack = cf_notices_lack(act->task, act->session, ret_until);
    if (!lack || (act->unwarned && may_go_unwarned(act)))
        return NULL;
    if (!act->unwarned)
        return lack;
    *ret_until = CF_MONO_UNKNOWN;
    return "nobody was warned, and the session is not disconnected: that takes unwarned = true in the policy's entry";
}

/* Whether the journal is told that a warning lacks: of a session that none reaches it has the tries. */
static bool is_told(const struct cf_act *act)
{
    return !cf_notices_missed(act->task, act->session) ||
           cf_backoff_tells(cf_presence_of(act->engine, act->session));
}

/*
 * Whether the run may log off for all that it has shown; false when the act has ended, or waits: a warning
 * "in 1 minute" takes its milliseconds to be delivered, and has its minute all the same.
 */
static bool is_warned(struct cf_act *act)
{
    if (act->action != CF_ACTION_LOGOFF)
        return true;
    struct cf_mono until = CF_MONO_UNKNOWN;
    const char *lack = lack_of_warning(act, &until);
    if (!lack)
        return true;
    if (cf_mono_known(until))
        cf_timer_set(act->engine->loop, &act->limit, until);
    else if (is_told(act))
        cf_act_refuse(act, CF_REFUSED, lack);
    else
        cf_act_finish(act, &(struct cf_result){.code = CF_REFUSED, .message = lack});
    return false;
}

/* A run that begins again and again can wait for its turn before it warns, and another cannot. */
static bool can_queue(const struct cf_act *act)
{
    return act->task->kind == CF_TASK_OF_SESSION && act->session == act->task->session;
}

/* Whether the logoff has its turn, or will have; else it has ended, or does so in a turn of its own. */
static bool take_turn(struct cf_act *act)
{
    struct cf_task *task = act->task;
    struct cf_notice *notice = cf_notice_of(task, act->session);
    bool has_place = notice || !can_queue(act) || cf_pace_has_place(task, (struct cf_span){0});
    if (has_place && cf_pace_take(act->engine, &act->turn)) {
        if (notice)
            cf_pace_release(notice);
        return true;
    }
    act->crowded = can_queue(act);
    if (act->crowded)
        cf_timer_defer(act->engine->loop, &act->limit);
    else
        cf_act_refuse(act, CF_REFUSED,
                      "too many sessions are to be ended at once: limits.logoffs_per_minute");
    return false;
}

/*
 * Whether a logoff may go ahead by limits.share and limits.logoffs_per_minute; false when the act has ended,
 * or waits for its turn.
 */
static bool is_its_turn(struct cf_act *act)
{
    struct cf_engine *engine = act->engine;
    if (act->action != CF_ACTION_LOGOFF)
        return true;
    const char *why = NULL;
    if (!cf_share_ask(act, &why)) {
        if (why)
            cf_act_refuse(act, CF_REFUSED, why);
        return false;
    }
    if (!cf_mono_known(act->turn) && !take_turn(act))
        return false;
    if (act->turn.us > cf_loop_now(engine->loop).us) {
        cf_timer_set(engine->loop, &act->limit, act->turn);
        return false;
    }
    return true;
}

/* All of the session that the run rests on, and how long it has been idle, for the entry. */
static uint64_t fields_to_read(const struct cf_act *act, cf_session_key key)
{
    uint64_t fields = CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE);
    for (size_t i = 0; i < act->task->ground_count; i++)
        if (act->task->grounds[i].condition)
            fields |= cf_condition_fields(act->task->grounds[i].condition, key) & act->engine->sampled;
    return fields | cf_task_looked_at(act->task, key);
}

static void ask_reading(struct cf_act *act, cf_session_key key)
{
    struct cf_presence *presence = cf_presence_of(act->engine, key);
    act->reader = (struct cf_reader){.done = on_read, .data = act};
    act->fresh = key;
    if (presence)
        cf_reading_ask(presence, fields_to_read(act, key), &act->reader);
    else
        cf_act_refuse(act, CF_STALE, "a session that the decision rested on has ended");
}

/* ---- The request ---- */

static void would_have(struct cf_act *act)
{
    struct cf_task *task = act->task;
    if (act->action == CF_ACTION_LOGOFF) {
        cf_act_destroy(act);
        task->sink->park(task);
    } else {
        cf_act_finish(act, &(struct cf_result){0});
    }
}

/* Writing the row took its time, too: what was so before it must be so after it, by what is known. */
static bool is_still_due(struct cf_act *act)
{
    if (!still_allowed(act))
        return false;
    struct cf_task *task = act->task;
    struct cf_mono until;
    const char *why = act->action == CF_ACTION_LOGOFF ? lack_of_warning(act, &until) : NULL;
    char text[CF_GROUND_TEXT];
    for (unsigned i = 0; act->action != CF_ACTION_WARN && !why && i < task->ground_count; i++)
        why = cf_ground_fails(task, &task->grounds[i], text);
    if (act->action != CF_ACTION_WARN && !why)
        why = cf_quiet_fails(task, act->session);
    if (why)
        cf_act_refuse(act, CF_STALE, why);
    return why == NULL;
}

/* The journal has the row: now, and only now, the act may be done. */
static void on_kept(void *context, int code)
{
    struct cf_act *act = context;
    act->keeping = false;
    if (act->over) {
        cf_act_destroy(act);
    } else if (act->forced && code != CF_OK) {
        cf_act_fail(act, code, "the journal could not be written, so the session was not forced to end");
    } else if (act->forced) {
        cf_act_submit(act);
    } else if (!act->task) {
        cf_act_write(act, CF_WHAT_REFUSED, CF_STALE, "its run ended before it could be done", NULL);
        cf_act_destroy(act);
    } else if (code != CF_OK) {
        cf_act_finish(
            act, &(struct cf_result){.code = code,
                                     .message = "the journal could not be written, so nothing was done"});
    } else if (act->dry && act->action == CF_ACTION_WARN) {
        cf_act_warned(act, true);
    } else if (act->dry) {
        would_have(act);
    } else if (is_still_due(act)) {
        cf_act_submit(act);
    }
}

/* Why a warning is shown now, by what its run has waited for last. */
static char *warns_why(const struct cf_act *act)
{
    char span[CF_SPAN_TEXT];
    struct cf_buffer why = {0};
    const struct cf_task *task = act->task;
    const struct cf_ground *last = task->ground_count ? &task->grounds[task->ground_count - 1] : NULL;
    if (last && last->function)
        cf_buffer_puts(&why, "what the policy waited for is so");
    else if (last)
        cf_buffer_printf(&why, "idle for %s", cf_span_words(act->idle, span));
    else
        cf_buffer_puts(&why, "its time has come");
    return why.data;
}

static void write_row(struct cf_act *act)
{
    const struct cf_session *session = cf_registry_get(act->engine->registry, act->session);
    act->idle = cf_session_span(session, CF_FIELD_IDLE, cf_loop_now(act->engine->loop));
    act->decision = ++act->engine->decisions;
    if (act->action != CF_ACTION_WARN && cf_task_rests(act->task, act->session))
        act->quiet_since = session->last_input;
    if (act->action == CF_ACTION_LOGOFF && !act->dry) {
        struct cf_presence *presence = cf_presence_of(act->engine, act->session);
        presence->ending = act;
        act->next_logoff = presence->logoffs;
        presence->logoffs = act;
    }
    enum cf_what what = act->tell ? CF_WHAT_TELL : whats[act->action];
    if (what == CF_WHAT_WARN) {
        free(act->reason);
        act->reason = warns_why(act);
    }
    if (act->action != CF_ACTION_WARN && act->text) {
        char *reason = cf_reason_fill(act->text, session, cf_loop_now(act->engine->loop));
        free(act->text);
        act->text = reason;
    }
    if (what == CF_WHAT_LOGOFF) {
        act->goes_unwarned = !cf_notices_seen(act->task, act->session);
        act->in_use = cf_notices_typed(act->task, act->session);
    }
    act->keeping = true;
    cf_act_write(act, what, CF_OK, act->text, on_kept);
}

/* A fresh reading of what the run rests on; of the session itself first, since the entry tells its idle time.
 */
static void on_read(void *data, int code, const char *message)
{
    (void)message;
    struct cf_act *act = data;
    bool rests = cf_task_rests(act->task, act->session);
    if (code == CF_GONE)
        cf_act_finish(act, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
    else if (code != CF_OK && rests)
        cf_act_refuse(act, CF_STALE, "the session could not be read once more");
    else
        read_grounds(act);
}

static void read_grounds(struct cf_act *act)
{
    struct cf_task *task = act->task;
    for (; act->ground < task->ground_count; act->ground++) {
        struct cf_ground *ground = &task->grounds[act->ground];
        if (ground->session != act->fresh && ground->session != act->session) {
            ask_reading(act, ground->session);
            return;
        }
        char text[CF_GROUND_TEXT];
        const char *why = cf_ground_fails(task, ground, text);
        if (why) {
            cf_act_refuse(act, CF_STALE, why);
            return;
        }
    }
    const char *why = cf_quiet_fails(task, act->session);
    if (why) {
        cf_act_refuse(act, CF_STALE, why);
        return;
    }
    if (still_allowed(act) && is_warned(act)) /* once more: the reading took its time */
        write_row(act);
}

/* ---- What comes of it ---- */

static void on_due(struct cf_timer *timer)
{
    struct cf_act *act = timer->data;
    struct cf_mono now = cf_loop_now(act->engine->loop);
    if (act->moot || act->crowded) {
        settle(act);
        return;
    }
    if (!act->submitted) { /* it waited for its warning to be old enough, for its share, or for its turn */
        bool vetted = cf_mono_known(act->vetted) && now.us - act->vetted.us < CF_TURN.us;
        act->ground = 0;
        act->vetted = CF_MONO_UNKNOWN;
        if (vetted)
            on_verdict(act, NULL, NULL);
        else
            cf_inquiry_begin(&act->inquiry, act->task, act->session, on_verdict, act);
        return;
    }
    if (act->forced) {
        cf_act_fail(act, CF_TIMEOUT, "the session is still there although it was forced to end");
        return;
    }
    act->forced = true;
    act->keeping = true;
    cf_act_write(act, CF_WHAT_FORCE, CF_OK, "the session did not end by itself", on_kept);
}

/* ---- What a run asks ---- */

/* One that its run waits for. */
static struct cf_act *begin(struct cf_task *task, enum cf_action action, cf_session_key session, int line)
{
    task->act = cf_act_create(task, action, session, line, on_due);
    task->state = CF_TASK_ACTING;
    return task->act;
}

/* What this host cannot do at all is refused before the journal has it. */
static bool is_possible(struct cf_act *act)
{
    bool possible = act->engine->can->actions[act->action];
    if (!possible)
        cf_act_refuse(act, CF_UNSUPPORTED,
                      act->action == CF_ACTION_DISCONNECT ? "this host cannot disconnect a session"
                                                          : "this host cannot do that to a session");
    return possible;
}

/* Locking what is locked, or disconnecting what is disconnected, is neither asked nor journalled. */
static bool is_so_already(const struct cf_act *act)
{
    const struct cf_session *session = cf_registry_get(act->engine->registry, act->session);
    return (act->action == CF_ACTION_LOCK && session->locked == CF_TRI_YES) ||
           (act->action == CF_ACTION_DISCONNECT && session->disconnected == CF_TRI_YES);
}

/* The vetoes let the warning pass: now it is its session's turn. */
static void queue(struct cf_act *act)
{
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    struct cf_notice *notice = cf_act_notice(act);
    bool first = !notice;
    if (first) {
        notice = cf_notice_open(act->task, act->session, &act->words, act->left);
        notice->line = act->line;
        notice->act = act;
        act->notice = notice->id;
        cf_pace_book(notice);
    }
    notice->ready = true;
    if (act->dry) { /* it is on no screen, and holds nobody back */
        cf_act_show(act);
        return;
    }
    if (first)
        cf_screen_add(presence, notice);
    cf_screen_settle(presence);
}

/* Its policy asks for no more than it may of one session; false when the act has ended, and the script is
 * told its mistake. */
static bool is_paced(struct cf_act *act)
{
    if (cf_allowance_act(act->engine, &act->task->policy->paces, act->session))
        return true;
    char why[200];
    (void)snprintf(why, sizeof why,
                   "this policy has asked for more than %d warnings, messages and actions for the session at "
                   "once, and then for more than one in %d seconds; wait in between",
                   CF_ACTS_AT_ONCE, (int)(CF_ACTS_EACH.us / CF_SECOND.us));
    cf_act_finish(act, &(struct cf_result){.code = CF_POLICY, .message = why});
    return false;
}

/* Nothing has reached the session lately, and it is not time to try again. */
static bool backs_off(const struct cf_act *act)
{
    return !act->dry && !cf_backoff_try(cf_presence_of(act->engine, act->session));
}

void cf_act_show(struct cf_act *act)
{
    struct cf_notice *notice = cf_act_notice(act);
    notice->ready = false;
    if (backs_off(act)) {
        cf_act_warned(act, false);
        return;
    }
    act->text = cf_notice_text(notice, &act->left);
    write_row(act);
}

void cf_act_put_back(struct cf_act *act, int code, const char *message)
{
    struct cf_notice *notice = cf_act_notice(act);
    notice->act = NULL;
    notice->ready = false;
    cf_act_finish(act, &(struct cf_result){.code = code, .message = message, .notice = act->notice});
}

void cf_act_again(struct cf_notice *notice)
{
    struct cf_act *act = cf_act_create(notice->task, CF_ACTION_WARN, notice->session, notice->line, on_due);
    act->notice = notice->id;
    notice->act = act;
    cf_inquiry_begin(&act->inquiry, act->task, act->session, on_verdict, act);
}

/* NULL, or why what the warning is about is so no longer, by what is known. */
static const char *moot_why(const struct cf_act *act, char text[CF_GROUND_TEXT])
{
    struct cf_task *task = act->task;
    const char *why = cf_quiet_fails(task, act->session);
    for (unsigned i = 0; !why && i < task->ground_count; i++)
        why = cf_ground_fails(task, &task->grounds[i], text);
    return why;
}

/* Whether the end that a first warning announces has no place among the logoffs of its minute. */
static bool is_crowded(const struct cf_act *act)
{
    struct cf_span ahead = cf_span_known(act->left) ? act->left : cf_pace_ahead(act->task);
    return !cf_notice_of(act->task, act->session) && can_queue(act) && cf_span_known(ahead) &&
           !cf_pace_has_place(act->task, ahead);
}

/* Else the run is over; in a turn of its own, since this may be the middle of its step. */
static void queue_or_end(struct cf_act *act)
{
    char text[CF_GROUND_TEXT];
    act->moot = moot_why(act, text) != NULL;
    act->crowded = !act->moot && is_crowded(act);
    if (act->moot || act->crowded)
        cf_timer_defer(act->engine->loop, &act->limit);
    else
        queue(act);
}

/* How long before a logoff that finds no place its run had warned. */
static struct cf_span warned_ahead(const struct cf_act *act)
{
    const struct cf_notice *notice = cf_task_announces(act->task, act->session);
    return notice ? (struct cf_span){cf_loop_now(act->engine->loop).us - notice->told_at.us}
                  : (struct cf_span){0};
}

static void settle(struct cf_act *act)
{
    struct cf_task *task = act->task;
    char text[CF_GROUND_TEXT];
    const char *why = act->moot ? moot_why(act, text) : NULL;
    if (why) /* and with the run the act ends */
        task->sink->end_run(task, why);
    else if (act->crowded)
        task->sink->queue(task, act->action == CF_ACTION_LOGOFF ? warned_ahead(act)
                                : cf_span_known(act->left)      ? act->left
                                                                : cf_pace_ahead(task));
    else
        queue(act);
}

static void on_verdict(void *data, const struct cf_veto *veto, const char *reason)
{
    struct cf_act *act = data;
    struct cf_task *task = act->task;
    cf_session_key session = act->session;
    if (veto) {
        cf_act_destroy(act);
        task->sink->spare(task, session, veto, reason);
    } else if (!still_allowed(act)) { /* vetoes take their time */
        return;
    } else if (act->action == CF_ACTION_WARN) {
        queue_or_end(act);
    } else if (is_warned(act) && is_its_turn(act)) {
        ask_reading(act, session);
    }
}

void cf_task_warn(struct cf_task *task, cf_session_key session, const struct cf_warning *warning)
{
    struct cf_act *act = begin(task, CF_ACTION_WARN, session, warning->line);
    act->left = warning->left;
    act->tell = warning->without_consequence;
    if (act->tell)
        act->text = cf_strdup(warning->text);
    else
        act->words = (struct cf_words){.text = cf_strdup(warning->text),
                                       .title = cf_strdup(warning->title),
                                       .ask = cf_strdup(warning->ask),
                                       .language = cf_strdup(warning->language)};
    if (!still_allowed(act) || !is_paced(act))
        return;
    cf_early_language(cf_presence_of(act->engine, session)); /* for the next one: this one does not wait */
    if (act->tell && backs_off(act))
        cf_act_warned(act, false);
    else if (act->tell)
        write_row(act);
    else
        cf_inquiry_begin(&act->inquiry, task, session, on_verdict, act);
}

void cf_task_act(struct cf_task *task, enum cf_action action, cf_session_key session, const char *reason,
                 bool unwarned, int line)
{
    struct cf_act *act = begin(task, action, session, line);
    act->text = cf_strdup(reason);
    act->unwarned = unwarned;
    if (!still_allowed(act) || !is_possible(act))
        return;
    if (is_so_already(act))
        cf_act_finish(act, &(struct cf_result){0});
    else if (!is_paced(act))
        return;
    else if (action == CF_ACTION_LOCK)
        on_verdict(act, NULL, NULL);
    else
        cf_inquiry_begin(&act->inquiry, task, session, on_verdict, act);
}
