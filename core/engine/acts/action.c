/* From top to bottom as a logoff goes: asked for, checked, queued, read, kept, asked of the host, over. */
#include "engine/acts/action.h"

#include "base/memory.h"
#include "engine/acts/allowance.h"
#include "engine/acts/backoff.h"
#include "engine/acts/checks.h"
#include "engine/acts/ends.h"
#include "engine/acts/reason.h"
#include "engine/acts/share.h"
#include "engine/context.h"
#include "engine/grounds/heeds.h"
#include "engine/grounds/pace.h"
#include "engine/readings/condition.h"
#include "engine/readings/early.h"

#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

static bool still_allowed(struct cf_act *act);
static void on_verdict(void *data, const struct cf_veto *veto, const char *reason);
static void queue_or_end(struct cf_act *act);
static void queue_warning(struct cf_act *act);
static bool is_warned(struct cf_act *act);
static bool is_its_turn(struct cf_act *act);
static void on_due(struct cf_timer *timer);
static void ask_reading(struct cf_act *act, cf_session_key key);
static void read_grounds(struct cf_act *act);
static void write_row(struct cf_act *act);
static void on_kept(void *context, int code);
static void submit_action(struct cf_act *act);
static void force_logoff(struct cf_act *act);
static void finish_warning(struct cf_act *act, bool delivered);
static void write_entry(struct cf_act *act, enum cf_what what, int code, const char *text,
                        cf_journal_kept *kept);
static void finish_action(struct cf_act *act, const struct cf_result *result);
static void fail_action(struct cf_act *act, int code, const char *why);
static void destroy_action(struct cf_act *act);

/* ---- Asked for --------------------------------------------------------------------------------------- */

static struct cf_act *create_action(struct cf_task *task, enum cf_action action, cf_session_key session,
                                    int line)
{
    struct cf_engine *engine = task->engine;
    struct cf_act *act = cf_alloc(sizeof *act);
    enum cf_mode mode = cf_policy_mode(task->policy);
    *act = (struct cf_act){.engine = engine,
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
                           .timer = {.fire = on_due, .data = act}};
    DL_PREPEND(engine->acts, act);
    return act;
}

/* One that its run waits for. */
static struct cf_act *begin_action(struct cf_task *task, enum cf_action action, cf_session_key session,
                                   int line)
{
    task->act = create_action(task, action, session, line);
    task->state = CF_TASK_ACTING;
    return task->act;
}

/* Its policy asks for no more than it may of one session; false when the act has ended, and the script is
 * told its mistake. */
static bool is_paced(struct cf_act *act)
{
    if (cf_allowance_act(act->task->policy, act->session))
        return true;
    char why[200];
    (void)snprintf(why, sizeof why,
                   "this policy has asked for more than %d warnings, messages and actions for the session at "
                   "once, and then for more than one in %d seconds; wait in between",
                   CF_ACTS_AT_ONCE, (int)(CF_ACTS_EACH.us / CF_SECOND.us));
    finish_action(act, &(struct cf_result){.code = CF_POLICY, .message = why});
    return false;
}

/* Nothing has reached the session lately, and it is not time to try again. */
static bool backs_off(const struct cf_act *act)
{
    return !act->dry && !cf_backoff_try(cf_presence_of(act->engine, act->session));
}

static void ask_vetoes(struct cf_act *act)
{
    cf_inquiry_begin(&act->inquiry, act->task, act->session, on_verdict, act);
}

void cf_task_warn(struct cf_task *task, cf_session_key session, const struct cf_warning *warning)
{
    struct cf_act *act = begin_action(task, CF_ACTION_WARN, session, warning->line);
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
        finish_warning(act, false);
    else if (act->tell)
        write_row(act);
    else
        ask_vetoes(act);
}

void cf_task_act(struct cf_task *task, enum cf_action action, cf_session_key session, const char *reason,
                 bool unwarned, int line)
{
    struct cf_act *act = begin_action(task, action, session, line);
    act->text = cf_strdup(reason);
    act->unwarned = unwarned;
    if (!still_allowed(act))
        return;
    const char *impossible = cf_check_possible(act);
    if (impossible) /* before the journal has it */
        cf_act_refuse(act, CF_UNSUPPORTED, impossible);
    else if (cf_check_is_so_already(act)) /* neither asked nor journalled */
        finish_action(act, &(struct cf_result){0});
    else if (!is_paced(act))
        return;
    else if (action == CF_ACTION_LOCK)
        on_verdict(act, NULL, NULL);
    else
        ask_vetoes(act);
}

void cf_act_again(struct cf_notice *notice)
{
    struct cf_act *act = create_action(notice->task, CF_ACTION_WARN, notice->session, notice->line);
    act->notice = notice->id;
    notice->act = act;
    ask_vetoes(act);
}

/* ---- Checked ----------------------------------------------------------------------------------------- */

/* Identity and configuration guards; false when the act has ended. */
static bool still_allowed(struct cf_act *act)
{
    if (!cf_presence_of(act->engine, act->session)) {
        finish_action(act, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
        return false;
    }
    const char *why = cf_check_allowed(act);
    if (why)
        cf_act_refuse(act, CF_REFUSED, why);
    return why == NULL;
}

static void on_verdict(void *data, const struct cf_veto *veto, const char *reason)
{
    struct cf_act *act = data;
    struct cf_task *task = act->task;
    cf_session_key session = act->session;
    if (veto) { /* with the run the act ends */
        task->sink->spare(task, session, veto, reason);
    } else if (!still_allowed(act)) { /* vetoes take their time */
        return;
    } else if (act->action == CF_ACTION_WARN) {
        queue_or_end(act);
    } else if (is_warned(act) && is_its_turn(act)) {
        ask_reading(act, session);
    }
}

/*
 * Whether the run may log off for all that it has shown; false when the act has ended, or waits: a warning
 * "in 1 minute" takes its milliseconds to be delivered, and has its minute all the same.
 */
static bool is_warned(struct cf_act *act)
{
    struct cf_mono until;
    const char *lack = act->action == CF_ACTION_LOGOFF ? cf_check_warned(act, &until) : NULL;
    if (!lack)
        return true;
    if (cf_mono_known(until)) {
        act->state = CF_ACT_QUEUED;
        cf_timer_set(act->engine->loop, &act->timer, until);
    } else if (cf_check_is_told(act)) {
        cf_act_refuse(act, CF_REFUSED, lack);
    } else {
        finish_action(act, &(struct cf_result){.code = CF_REFUSED, .message = lack});
    }
    return false;
}

/* ---- Queued: a warning ------------------------------------------------------------------------------- */

/* NULL, or why what the warning is about is so no longer, by what is known. */
static const char *moot_why(const struct cf_act *act, char text[CF_GROUND_TEXT])
{
    const char *why = cf_quiet_fails(act->task, act->session);
    return why ? why : cf_check_grounds(act, text);
}

/* Else the run is over; in a turn of its own, since this may be the middle of its step. */
static void queue_or_end(struct cf_act *act)
{
    char text[CF_GROUND_TEXT];
    bool moot = moot_why(act, text) != NULL;
    if (!moot && !cf_check_is_crowded(act)) {
        queue_warning(act);
        return;
    }
    act->state = moot ? CF_ACT_MOOT : CF_ACT_CROWDED;
    cf_timer_defer(act->engine->loop, &act->timer);
}

/* How long before a logoff that finds no place its run had warned. */
static struct cf_span warned_ahead(const struct cf_act *act)
{
    const struct cf_notice *notice = cf_task_announces(act->task, act->session);
    return notice ? (struct cf_span){cf_loop_now(act->engine->loop).us - notice->told_at.us}
                  : (struct cf_span){0};
}

/* In the turn of its own: with the run the act ends. */
static void end_run(struct cf_act *act)
{
    struct cf_task *task = act->task;
    char text[CF_GROUND_TEXT];
    const char *why = act->state == CF_ACT_MOOT ? moot_why(act, text) : NULL;
    if (why)
        task->sink->end_run(task, why);
    else if (act->state == CF_ACT_CROWDED)
        task->sink->queue(task, act->action == CF_ACTION_LOGOFF ? warned_ahead(act)
                                : cf_span_known(act->left)      ? act->left
                                                                : cf_pace_ahead(task));
    else
        queue_warning(act);
}

static struct cf_notice *notice_of(const struct cf_act *act)
{
    return act->task ? cf_notice_find(act->task, act->notice) : NULL;
}

/* The vetoes let the warning pass: now it is its session's turn. */
static void queue_warning(struct cf_act *act)
{
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    struct cf_notice *notice = notice_of(act);
    bool first = !notice;
    if (first) {
        notice = cf_notice_open(act->task, act->session, &act->words, act->left);
        notice->line = act->line;
        notice->act = act;
        act->notice = notice->id;
        cf_pace_book(notice);
    }
    act->state = CF_ACT_QUEUED;
    notice->ready = true;
    if (act->dry) { /* it is on no screen, and holds nobody back */
        cf_act_show(act);
        return;
    }
    if (first)
        cf_screen_add(presence, notice);
    cf_screen_settle(presence);
}

void cf_act_show(struct cf_act *act)
{
    struct cf_notice *notice = notice_of(act);
    notice->ready = false;
    if (backs_off(act)) {
        finish_warning(act, false);
        return;
    }
    act->text = cf_notice_text(notice, &act->left);
    write_row(act);
}

void cf_act_put_back(struct cf_act *act, int code, const char *message)
{
    struct cf_notice *notice = notice_of(act);
    notice->act = NULL;
    notice->ready = false;
    finish_action(act, &(struct cf_result){.code = code, .message = message, .notice = act->notice});
}

/* ---- Queued: a logoff -------------------------------------------------------------------------------- */

/* Whether the logoff has its turn, or will have; else it has ended, or does so in a turn of its own. */
static bool take_turn(struct cf_act *act)
{
    struct cf_task *task = act->task;
    struct cf_notice *notice = cf_notice_of(task, act->session);
    bool can_queue = cf_check_can_queue(act);
    bool has_place = notice || !can_queue || cf_pace_has_place(task, (struct cf_span){0});
    if (has_place && cf_pace_take(act->engine, &act->turn)) {
        if (notice)
            cf_pace_release(notice);
        return true;
    }
    if (can_queue) {
        act->state = CF_ACT_CROWDED;
        cf_timer_defer(act->engine->loop, &act->timer);
    } else {
        cf_act_refuse(act, CF_REFUSED,
                      "too many sessions are to be ended at once: limits.logoffs_per_minute");
    }
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
    act->state = CF_ACT_QUEUED;
    if (!cf_share_ask(act, &why)) {
        if (why)
            cf_act_refuse(act, CF_REFUSED, why);
        return false;
    }
    if (!cf_mono_known(act->turn) && !take_turn(act))
        return false;
    if (act->turn.us > cf_loop_now(engine->loop).us) {
        cf_timer_set(engine->loop, &act->timer, act->turn);
        return false;
    }
    return true;
}

/* What it waited for may be there: it is checked again, after a wait of more than a moment by the vetoes. */
static void check_again(struct cf_act *act)
{
    bool vetted =
        cf_mono_known(act->vetted) && cf_loop_now(act->engine->loop).us - act->vetted.us < CF_TURN.us;
    act->state = CF_ACT_CHECKING;
    act->ground = 0;
    act->vetted = CF_MONO_UNKNOWN;
    if (vetted)
        on_verdict(act, NULL, NULL);
    else
        ask_vetoes(act);
}

static void on_due(struct cf_timer *timer)
{
    struct cf_act *act = timer->data;
    if (act->state == CF_ACT_MOOT || act->state == CF_ACT_CROWDED)
        end_run(act);
    else if (!cf_act_is_submitted(act))
        check_again(act);
    else if (act->state == CF_ACT_SUBMITTED)
        force_logoff(act);
    else
        fail_action(act, CF_TIMEOUT, "the session is still there although it was forced to end");
}

size_t cf_acts_waiting(const struct cf_engine *engine)
{
    size_t count = engine->pace ? engine->pace->queued : 0;
    for (const struct cf_act *act = engine->acts; act; act = act->next)
        count += act->state == CF_ACT_QUEUED && cf_mono_known(act->turn) && cf_timer_is_set(&act->timer);
    return count;
}

/* ---- Read -------------------------------------------------------------------------------------------- */

/* A fresh reading of what the run rests on; of the session itself first, since the entry tells its idle time.
 */
static void on_read(void *data, int code, const char *message)
{
    (void)message;
    struct cf_act *act = data;
    bool rests = cf_task_rests(act->task, act->session);
    if (code == CF_GONE)
        finish_action(act, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
    else if (code != CF_OK && rests)
        cf_act_refuse(act, CF_STALE, "the session could not be read once more");
    else
        read_grounds(act);
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
    act->state = CF_ACT_READING;
    act->reader = (struct cf_reader){.done = on_read, .data = act};
    act->fresh = key;
    if (presence)
        cf_reading_ask(presence, fields_to_read(act, key), &act->reader);
    else
        cf_act_refuse(act, CF_STALE, "a session that the decision rested on has ended");
}

static void read_grounds(struct cf_act *act)
{
    struct cf_task *task = act->task;
    const char *why = NULL;
    char text[CF_GROUND_TEXT];
    for (; !why && act->ground < task->ground_count; act->ground++) {
        struct cf_ground *ground = &task->grounds[act->ground];
        if (ground->session != act->fresh && ground->session != act->session) {
            ask_reading(act, ground->session);
            return;
        }
        why = cf_ground_fails(task, ground, text);
    }
    if (!why)
        why = cf_quiet_fails(task, act->session);
    if (why)
        cf_act_refuse(act, CF_STALE, why);
    else if (still_allowed(act) && is_warned(act)) /* once more: the reading took its time */
        write_row(act);
}

/* ---- Kept -------------------------------------------------------------------------------------------- */

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
    static const enum cf_what whats[CF_ACTION_COUNT] = {
        [CF_ACTION_WARN] = CF_WHAT_WARN,
        [CF_ACTION_LOCK] = CF_WHAT_LOCK,
        [CF_ACTION_DISCONNECT] = CF_WHAT_DISCONNECT,
        [CF_ACTION_LOGOFF] = CF_WHAT_LOGOFF,
    };
    const struct cf_session *session = cf_registry_get(act->engine->registry, act->session);
    act->idle = cf_session_span(session, CF_FIELD_IDLE, cf_loop_now(act->engine->loop));
    act->decision = ++act->engine->decisions;
    if (act->action != CF_ACTION_WARN && cf_task_rests(act->task, act->session))
        act->quiet_since = session->last_input;
    if (act->action == CF_ACTION_LOGOFF && !act->dry) {
        struct cf_presence *presence = cf_presence_of(act->engine, act->session);
        presence->ending = act;
        LL_PREPEND2(presence->logoffs, act, next_logoff);
    }
    enum cf_what what = act->tell ? CF_WHAT_TELL : whats[act->action];
    if (what == CF_WHAT_WARN)
        act->reason = warns_why(act);
    if (act->action != CF_ACTION_WARN && act->text) {
        char *reason = cf_reason_fill(act->text, session, cf_loop_now(act->engine->loop));
        free(act->text);
        act->text = reason;
    }
    if (what == CF_WHAT_LOGOFF) {
        act->goes_unwarned = !cf_notices_seen(act->task, act->session);
        act->in_use = cf_notices_typed(act->task, act->session);
    }
    act->state = CF_ACT_KEEPING;
    write_entry(act, what, CF_OK, act->text, on_kept);
}

/* Writing the row took its time, too: what was so before it must be so after it, by what is known. */
static bool is_still_due(struct cf_act *act)
{
    if (!still_allowed(act))
        return false;
    struct cf_mono until;
    char text[CF_GROUND_TEXT];
    const char *why = act->action == CF_ACTION_LOGOFF ? cf_check_warned(act, &until) : NULL;
    if (act->action != CF_ACTION_WARN && !why)
        why = cf_check_grounds(act, text);
    if (act->action != CF_ACTION_WARN && !why)
        why = cf_quiet_fails(act->task, act->session);
    if (why)
        cf_act_refuse(act, CF_STALE, why);
    return why == NULL;
}

/* The journal has the row: now, and only now, the act may be done. */
static void on_kept(void *context, int code)
{
    struct cf_act *act = context;
    bool forcing = act->state == CF_ACT_FORCING;
    if (act->state == CF_ACT_OVER) {
        destroy_action(act);
        return;
    }
    act->state = forcing ? CF_ACT_FORCED : CF_ACT_CHECKING;
    if (forcing && code != CF_OK) {
        fail_action(act, code, "the journal could not be written, so the session was not forced to end");
    } else if (forcing) {
        submit_action(act);
    } else if (!act->task) {
        write_entry(act, CF_WHAT_REFUSED, CF_STALE, "its run ended before it could be done", NULL);
        destroy_action(act);
    } else if (code != CF_OK) {
        finish_action(
            act, &(struct cf_result){.code = code,
                                     .message = "the journal could not be written, so nothing was done"});
    } else if (act->dry && act->action == CF_ACTION_WARN) {
        finish_warning(act, true);
    } else if (act->dry && act->action == CF_ACTION_LOGOFF) {
        act->task->sink->park(act->task);
    } else if (act->dry) {
        finish_action(act, &(struct cf_result){0});
    } else if (is_still_due(act)) {
        act->state = CF_ACT_SUBMITTED;
        submit_action(act);
    }
}

/* ---- Asked of the host ------------------------------------------------------------------------------- */

bool cf_act_is_submitted(const struct cf_act *act)
{
    return act && act->state >= CF_ACT_SUBMITTED;
}

static void on_warned(struct cf_act *act, const struct cf_completion *completion)
{
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    bool delivered = completion->code == CF_OK && completion->delivered;
    if (delivered && presence)
        cf_backoff_reached(presence);
    if (delivered && completion->message)
        write_entry(act, CF_WHAT_SENT, CF_OK, completion->message, NULL);
    if (delivered && act->notice && presence)
        cf_screen_shows(presence, notice_of(act), act->notice, completion->withdrawable);
    else if (!delivered && (act->task || completion->code != CF_GONE))
        write_entry(act, CF_WHAT_FAILED, completion->code == CF_OK ? CF_FAILED : completion->code,
                    completion->message ? completion->message : "the warning reached nobody", NULL);
    if (!delivered && presence && completion->code != CF_GONE)
        cf_backoff_failed(presence);
    finish_warning(act, delivered);
}

static void on_done(void *data, const struct cf_completion *completion)
{
    struct cf_act *act = data;
    bool ok = completion->code == CF_OK;
    if (act->action == CF_ACTION_WARN) {
        on_warned(act, completion);
    } else if (act->action == CF_ACTION_LOGOFF && (ok || completion->code == CF_TIMEOUT)) {
        cf_timer_set(act->engine->loop, &act->timer,
                     cf_mono_add(cf_loop_now(act->engine->loop), act->engine->config->limits.ends));
    } else if (ok) {
        finish_action(act, &(struct cf_result){0});
    } else if (completion->code == CF_STALE) {
        cf_act_refuse(act, CF_STALE, "there was activity at the last moment");
    } else if (completion->code == CF_GONE) {
        if (act->action == CF_ACTION_LOGOFF)
            write_entry(act, CF_WHAT_ENDED, CF_OK, "it had ended by itself", NULL);
        finish_action(act, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
    } else {
        fail_action(act, completion->code, completion->message);
    }
}

static void submit_action(struct cf_act *act)
{
    struct cf_engine *engine = act->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, act->session);
    const struct cf_notice *notice = notice_of(act);
    struct cf_request request = {.action =
                                     act->state == CF_ACT_FORCED ? CF_ACTION_LOGOFF_FORCED : act->action,
                                 .session = session->identity,
                                 .notice = act->notice,
                                 .text = act->text,
                                 .title = notice ? notice->words.title : NULL,
                                 .ask = notice ? notice->words.ask : NULL,
                                 .user = session->user,
                                 .language = cf_engine_language(engine, act->session),
                                 .shown_for = act->left,
                                 .quiet_since = act->quiet_since};
    act->call = cf_calls_submit(engine->calls, &request, CF_ACTION_LIMIT, on_done, act);
}

/* The session that was to end is still there. */
static void force_logoff(struct cf_act *act)
{
    act->state = CF_ACT_FORCING;
    write_entry(act, CF_WHAT_FORCE, CF_OK, "the session did not end by itself", on_kept);
}

/* ---- Over -------------------------------------------------------------------------------------------- */

static void write_entry(struct cf_act *act, enum cf_what what, int code, const char *text,
                        cf_journal_kept *kept)
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

/* Ends it, and resumes the run that waits for it. */
static void finish_action(struct cf_act *act, const struct cf_result *result)
{
    if (act->task && act->task->act == act)
        act->task->sink->done(act->task, result);
    destroy_action(act);
}

static void finish_warning(struct cf_act *act, bool delivered)
{
    struct cf_notice *notice = notice_of(act);
    if (delivered && notice)
        cf_notice_delivered(notice);
    finish_action(act, &(struct cf_result){.notice = act->notice, .delivered = delivered});
}

/* As finish_action(), with a row. The host that was asked to end the session may do so yet. */
static void give_up(struct cf_act *act, enum cf_what what, int code, const char *why)
{
    write_entry(act, what, code, why, NULL);
    if (act->state == CF_ACT_FORCED)
        cf_ends_await(cf_presence_of(act->engine, act->session), act->decision, act->policy, act->line);
    finish_action(act, &(struct cf_result){.code = code, .message = why});
}

void cf_act_refuse(struct cf_act *act, int code, const char *why)
{
    give_up(act, CF_WHAT_REFUSED, code, why);
}

static void fail_action(struct cf_act *act, int code, const char *why)
{
    act->engine->counts.failed++;
    give_up(act, CF_WHAT_FAILED, code, why);
}

void cf_acts_session_gone(struct cf_presence *presence)
{
    for (struct cf_act *act; (act = presence->logoffs);) {
        presence->logoffs = act->next_logoff;
        bool asked = cf_act_is_submitted(act);
        const char *text = act->state == CF_ACT_FORCED ? "ended by force"
                           : asked                     ? NULL
                                                       : "it had ended by itself";
        write_entry(act, CF_WHAT_ENDED, CF_OK, text, NULL);
        finish_action(act, &(struct cf_result){.code = asked ? CF_OK : CF_GONE,
                                               .message = asked ? NULL : "session has ended",
                                               .truth = asked});
    }
}

void cf_act_drop(struct cf_act *act)
{
    struct cf_notice *notice = notice_of(act);
    if (notice)
        notice->act = NULL;
    if (act->task->act == act)
        act->task->act = NULL;
    cf_share_leave(act);
    act->task = NULL;
    struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    if (presence && act->state < CF_ACT_SUBMITTED)
        cf_screen_let_go(presence, act);
    if (act->state < CF_ACT_KEEPING) /* else the journal or the host still calls back */
        destroy_action(act);
}

static void destroy_action(struct cf_act *act)
{
    struct cf_engine *engine = act->engine;
    struct cf_presence *presence = cf_presence_of(engine, act->session);
    if (presence)
        cf_screen_let_go(presence, act);
    struct cf_notice *notice = notice_of(act);
    if (notice && notice->act == act)
        cf_notice_failed(notice);
    if (act->task && act->task->act == act)
        act->task->act = NULL;
    cf_share_leave(act);
    cf_inquiry_cancel(&act->inquiry);
    cf_reader_cancel(&act->reader);
    cf_calls_forget(engine->calls, act->call);
    cf_timer_stop(engine->loop, &act->timer);
    if (act->state == CF_ACT_KEEPING || act->state == CF_ACT_FORCING) {
        act->task = NULL;
        act->state = CF_ACT_OVER;
        return;
    }
    if (presence && presence->logoffs)
        LL_DELETE2(presence->logoffs, act, next_logoff);
    DL_DELETE(engine->acts, act);
    free(act->policy);
    free(act->text);
    free(act->reason);
    cf_words_finish(&act->words);
    free(act);
}

void cf_acts_destroy(struct cf_engine *engine)
{
    while (engine->acts) {
        engine->acts->state = CF_ACT_OVER; /* nobody is told any more */
        destroy_action(engine->acts);
    }
}
