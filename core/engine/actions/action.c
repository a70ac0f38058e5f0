/* From top to bottom as a logoff goes: asked for, checked, queued, read, kept, asked of the host, over. */
#include "engine/actions/action.h"

#include "base/memory.h"
#include "engine/actions/allowance.h"
#include "engine/actions/backoff.h"
#include "engine/actions/checks.h"
#include "engine/actions/ends.h"
#include "engine/actions/reason.h"
#include "engine/actions/share.h"
#include "engine/context.h"
#include "engine/grounds/heeds.h"
#include "engine/grounds/pace.h"
#include "engine/readings/condition.h"
#include "engine/readings/early.h"

#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

static bool still_allowed(struct cf_action *action);
static void on_verdict(void *data, const struct cf_veto *veto, const char *reason);
static void queue_or_end(struct cf_action *action);
static void queue_warning(struct cf_action *action);
static bool is_warned(struct cf_action *action);
static bool is_its_turn(struct cf_action *action);
static void on_due(struct cf_timer *timer);
static void ask_reading(struct cf_action *action, cf_session_key key);
static void read_grounds(struct cf_action *action);
static void write_row(struct cf_action *action);
static void ask_host(struct cf_action *action);
static void on_kept(void *context, int code);
static void submit_action(struct cf_action *action);
static void look_whether_over(struct cf_action *action);
static void not_over(struct cf_action *action);
static void finish_warning(struct cf_action *action, bool delivered);
static void write_entry(struct cf_action *action, enum cf_what what, int code, const char *text,
                        cf_journal_kept *kept);
static void finish_action(struct cf_action *action, const struct cf_result *result);
static void fail_action(struct cf_action *action, int code, const char *why);
static void destroy_action(struct cf_action *action);

/* ---- Asked for --------------------------------------------------------------------------------------- */

static struct cf_action *create_action(struct cf_task *task, enum cf_action_kind kind, cf_session_key session,
                                       int line)
{
    struct cf_engine *engine = task->engine;
    struct cf_action *action = cf_alloc(sizeof *action);
    enum cf_mode mode = cf_policy_mode(task->policy);
    *action =
        (struct cf_action){.engine = engine,
                           .policy = cf_strdup(cf_policy_name(task->policy)),
                           .task = task,
                           .kind = kind,
                           .session = session,
                           .left = {CF_UNKNOWN_US},
                           .idle = {CF_UNKNOWN_US},
                           .quiet_since = CF_MONO_UNKNOWN,
                           .vetted = CF_MONO_UNKNOWN,
                           .turn = CF_MONO_UNKNOWN,
                           .keeps = task->policy->config->keeps,
                           .dry = mode == CF_MODE_DRY || (mode == CF_MODE_WARN && kind != CF_ACTION_WARN),
                           .line = line,
                           .timer = {.fire = on_due, .data = action}};
    DL_PREPEND(engine->actions, action);
    return action;
}

/* One that its run waits for. */
static struct cf_action *begin_action(struct cf_task *task, enum cf_action_kind kind, cf_session_key session,
                                      int line)
{
    task->action = create_action(task, kind, session, line);
    task->state = CF_TASK_ACTING;
    return task->action;
}

/* Its policy asks for no more than it may of one session; false when the action has ended, and the script is
 * told its mistake. */
static bool is_paced(struct cf_action *action)
{
    if (cf_allowance_act(action->task->policy, action->session))
        return true;
    char why[200];
    (void)snprintf(why, sizeof why,
                   "this policy has asked for more than %d warnings, messages and actions for the session at "
                   "once, and then for more than one in %d seconds; wait in between",
                   CF_ACTIONS_AT_ONCE, (int)(CF_ACTIONS_EACH.us / CF_SECOND.us));
    finish_action(action, &(struct cf_result){.code = CF_POLICY, .message = why});
    return false;
}

/* Nothing has reached the session lately, and it is not time to try again. */
static bool backs_off(const struct cf_action *action)
{
    return !action->dry && !cf_backoff_try(cf_session_state_of(action->engine, action->session));
}

static void ask_vetoes(struct cf_action *action)
{
    cf_veto_query_begin(&action->query, action->task, action->session, on_verdict, action);
}

void cf_task_warn(struct cf_task *task, cf_session_key session, const struct cf_warning *warning)
{
    struct cf_action *action = begin_action(task, CF_ACTION_WARN, session, warning->line);
    action->left = warning->left;
    action->tell = warning->without_consequence;
    if (action->tell)
        action->text = cf_strdup(warning->text);
    else
        action->texts = (struct cf_notice_texts){.text = cf_strdup(warning->text),
                                                 .title = cf_strdup(warning->title),
                                                 .ask = cf_strdup(warning->ask),
                                                 .language = cf_strdup(warning->language)};
    if (!still_allowed(action) || !is_paced(action))
        return;
    cf_early_language(
        cf_session_state_of(action->engine, session)); /* for the next one: this one does not wait */
    if (action->tell && backs_off(action))
        finish_warning(action, false);
    else if (action->tell)
        write_row(action);
    else
        ask_vetoes(action);
}

void cf_task_act(struct cf_task *task, enum cf_action_kind kind, cf_session_key session, const char *reason,
                 bool unwarned, int line)
{
    struct cf_action *action = begin_action(task, kind, session, line);
    action->text = cf_strdup(reason);
    action->unwarned = unwarned;
    if (!still_allowed(action))
        return;
    const char *impossible = cf_check_possible(action);
    if (impossible) /* before the journal has it */
        cf_action_refuse(action, CF_UNSUPPORTED, impossible);
    else if (cf_check_is_so_already(action)) /* neither asked nor journalled */
        finish_action(action, &(struct cf_result){0});
    else if (!is_paced(action))
        return;
    else if (kind == CF_ACTION_LOCK)
        on_verdict(action, NULL, NULL);
    else
        ask_vetoes(action);
}

void cf_action_again(struct cf_notice *notice)
{
    struct cf_action *action = create_action(notice->task, CF_ACTION_WARN, notice->session, notice->line);
    action->notice = notice->id;
    notice->action = action;
    ask_vetoes(action);
}

/* ---- Checked ----------------------------------------------------------------------------------------- */

/* Identity and configuration guards; false when the action has ended. */
static bool still_allowed(struct cf_action *action)
{
    if (!cf_session_state_of(action->engine, action->session)) {
        finish_action(action, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
        return false;
    }
    const char *why = cf_check_allowed(action);
    if (why)
        cf_action_refuse(action, CF_REFUSED, why);
    return why == NULL;
}

static void on_verdict(void *data, const struct cf_veto *veto, const char *reason)
{
    struct cf_action *action = data;
    struct cf_task *task = action->task;
    cf_session_key session = action->session;
    if (veto) { /* with the run the action ends */
        task->sink->spare(task, session, veto, reason);
    } else if (!still_allowed(action)) { /* vetoes take their time */
        return;
    } else if (action->kind == CF_ACTION_WARN) {
        queue_or_end(action);
    } else if (is_warned(action) && is_its_turn(action)) {
        ask_reading(action, session);
    }
}

/*
 * Whether the run may log off for all that it has shown; false when the action has ended, or waits: a warning
 * "in 1 minute" takes its milliseconds to be delivered, and has its minute all the same.
 */
static bool is_warned(struct cf_action *action)
{
    struct cf_mono until;
    const char *lack = action->kind == CF_ACTION_LOGOFF ? cf_check_warned(action, &until) : NULL;
    if (!lack)
        return true;
    if (cf_mono_known(until)) {
        action->state = CF_ACTION_QUEUED;
        cf_timer_set(action->engine->loop, &action->timer, until);
    } else if (cf_check_is_told(action)) {
        cf_action_refuse(action, CF_REFUSED, lack);
    } else {
        finish_action(action, &(struct cf_result){.code = CF_REFUSED, .message = lack});
    }
    return false;
}

/* ---- Queued: a warning ------------------------------------------------------------------------------- */

/* NULL, or why what the warning is about is so no longer, by what is known. */
static const char *moot_why(const struct cf_action *action, char text[CF_GROUND_TEXT])
{
    const char *why = cf_quiet_fails(action->task, action->session);
    return why ? why : cf_check_grounds(action, text);
}

/* Else the run is over; in a turn of its own, since this may be the middle of its step. */
static void queue_or_end(struct cf_action *action)
{
    char text[CF_GROUND_TEXT];
    bool moot = moot_why(action, text) != NULL;
    if (!moot && !cf_check_is_crowded(action)) {
        queue_warning(action);
        return;
    }
    action->state = moot ? CF_ACTION_MOOT : CF_ACTION_CROWDED;
    cf_timer_defer(action->engine->loop, &action->timer);
}

/* How long before a logoff that finds no place its run had warned. */
static struct cf_span warned_ahead(const struct cf_action *action)
{
    const struct cf_notice *notice = cf_task_announces(action->task, action->session);
    return notice ? (struct cf_span){cf_loop_now(action->engine->loop).us - notice->told_at.us}
                  : (struct cf_span){0};
}

/* In the turn of its own: with the run the action ends. */
static void end_run(struct cf_action *action)
{
    struct cf_task *task = action->task;
    char text[CF_GROUND_TEXT];
    const char *why = action->state == CF_ACTION_MOOT ? moot_why(action, text) : NULL;
    if (why)
        task->sink->end_run(task, why);
    else if (action->state == CF_ACTION_CROWDED)
        task->sink->queue(task, action->kind == CF_ACTION_LOGOFF ? warned_ahead(action)
                                : cf_span_known(action->left)    ? action->left
                                                                 : cf_pace_ahead(task));
    else
        queue_warning(action);
}

static struct cf_notice *notice_of(const struct cf_action *action)
{
    return action->task ? cf_notice_find(action->task, action->notice) : NULL;
}

/* The vetoes let the warning pass: now it is its session's turn. */
static void queue_warning(struct cf_action *action)
{
    struct cf_session_state *state = cf_session_state_of(action->engine, action->session);
    struct cf_notice *notice = notice_of(action);
    bool first = !notice;
    if (first) {
        notice = cf_notice_open(action->task, action->session, &action->texts, action->left);
        notice->line = action->line;
        notice->action = action;
        action->notice = notice->id;
        cf_pace_book(notice);
    }
    action->state = CF_ACTION_QUEUED;
    notice->ready = true;
    if (action->dry) { /* it is on no screen, and holds nobody back */
        cf_action_show(action);
        return;
    }
    if (first)
        cf_notice_queue_add(state, notice);
    cf_notice_queue_settle(state);
}

void cf_action_show(struct cf_action *action)
{
    struct cf_notice *notice = notice_of(action);
    notice->ready = false;
    if (backs_off(action)) {
        finish_warning(action, false);
        return;
    }
    action->text = cf_notice_text(notice, &action->left);
    write_row(action);
}

void cf_action_put_back(struct cf_action *action, int code, const char *message)
{
    struct cf_notice *notice = notice_of(action);
    notice->action = NULL;
    notice->ready = false;
    finish_action(action, &(struct cf_result){.code = code, .message = message, .notice = action->notice});
}

/* ---- Queued: a logoff -------------------------------------------------------------------------------- */

/* Whether the logoff has its turn, or will have; else it has ended, or does so in a turn of its own. */
static bool take_turn(struct cf_action *action)
{
    struct cf_task *task = action->task;
    struct cf_notice *notice = cf_notice_of(task, action->session);
    bool can_queue = cf_check_can_queue(action);
    bool has_place = notice || !can_queue || cf_pace_has_place(task, (struct cf_span){0});
    if (has_place && cf_pace_take(action->engine, &action->turn)) {
        if (notice)
            cf_pace_release(notice);
        return true;
    }
    if (can_queue) {
        action->state = CF_ACTION_CROWDED;
        cf_timer_defer(action->engine->loop, &action->timer);
    } else {
        cf_action_refuse(action, CF_REFUSED,
                         "too many sessions are to be ended at once: limits.logoffs_per_minute");
    }
    return false;
}

/*
 * Whether a logoff may go ahead by limits.share and limits.logoffs_per_minute; false when the action has
 * ended, or waits for its turn.
 */
static bool is_its_turn(struct cf_action *action)
{
    struct cf_engine *engine = action->engine;
    if (action->kind != CF_ACTION_LOGOFF)
        return true;
    const char *why = NULL;
    action->state = CF_ACTION_QUEUED;
    if (!cf_share_ask(action, &why)) {
        if (why)
            cf_action_refuse(action, CF_REFUSED, why);
        return false;
    }
    if (!cf_mono_known(action->turn) && !take_turn(action))
        return false;
    if (action->turn.us > cf_loop_now(engine->loop).us) {
        cf_timer_set(engine->loop, &action->timer, action->turn);
        return false;
    }
    return true;
}

/* What it waited for may be there: it is checked again, after a wait of more than a moment by the vetoes. */
static void check_again(struct cf_action *action)
{
    bool vetted = cf_mono_known(action->vetted) &&
                  cf_loop_now(action->engine->loop).us - action->vetted.us < CF_TURN.us;
    action->state = CF_ACTION_CHECKING;
    action->ground = 0;
    action->vetted = CF_MONO_UNKNOWN;
    if (vetted)
        on_verdict(action, NULL, NULL);
    else
        ask_vetoes(action);
}

static void on_due(struct cf_timer *timer)
{
    struct cf_action *action = timer->data;
    if (action->state == CF_ACTION_MOOT || action->state == CF_ACTION_CROWDED)
        end_run(action);
    else if (!cf_action_is_submitted(action))
        check_again(action);
    else if (action->keeps)
        look_whether_over(action);
    else
        not_over(action);
}

size_t cf_actions_waiting(const struct cf_engine *engine)
{
    size_t count = engine->pace ? engine->pace->queued : 0;
    for (const struct cf_action *action = engine->actions; action; action = action->next)
        count += action->state == CF_ACTION_QUEUED && cf_mono_known(action->turn);
    return count;
}

/* ---- Read -------------------------------------------------------------------------------------------- */

/* A fresh reading of what the run rests on; of the session itself first, since the entry tells its idle time.
 */
static void on_read(void *data, int code, const char *message)
{
    (void)message;
    struct cf_action *action = data;
    bool rests = cf_task_rests(action->task, action->session);
    if (code == CF_GONE)
        finish_action(action, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
    else if (code != CF_OK && rests)
        cf_action_refuse(action, CF_STALE, "the session could not be read once more");
    else
        read_grounds(action);
}

/* All of the session that the run rests on, and how long it has been idle, for the entry. */
static uint64_t fields_to_read(const struct cf_action *action, cf_session_key key)
{
    uint64_t fields = CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE);
    for (size_t i = 0; i < action->task->ground_count; i++)
        if (action->task->grounds[i].condition)
            fields |= cf_condition_fields(action->task->grounds[i].condition, key) & action->engine->sampled;
    return fields | cf_task_looked_at(action->task, key);
}

static void ask_reading(struct cf_action *action, cf_session_key key)
{
    struct cf_session_state *state = cf_session_state_of(action->engine, key);
    action->state = CF_ACTION_READING;
    action->reader = (struct cf_reader){.done = on_read, .data = action};
    action->fresh = key;
    if (state)
        cf_reading_ask(state, fields_to_read(action, key), &action->reader);
    else
        cf_action_refuse(action, CF_STALE, "a session that the decision rested on has ended");
}

static void read_grounds(struct cf_action *action)
{
    struct cf_task *task = action->task;
    const char *why = NULL;
    char text[CF_GROUND_TEXT];
    for (; !why && action->ground < task->ground_count; action->ground++) {
        struct cf_ground *ground = &task->grounds[action->ground];
        if (ground->session != action->fresh && ground->session != action->session) {
            ask_reading(action, ground->session);
            return;
        }
        why = cf_ground_fails(task, ground, text);
    }
    if (!why)
        why = cf_quiet_fails(task, action->session);
    if (why)
        cf_action_refuse(action, CF_STALE, why);
    else if (still_allowed(action) && is_warned(action)) /* once more: the reading took its time */
        write_row(action);
}

/* ---- Kept -------------------------------------------------------------------------------------------- */

/* Why a warning is shown now, by what its run has waited for last. */
static char *warns_why(const struct cf_action *action)
{
    char span[CF_SPAN_TEXT];
    struct cf_buffer why = {0};
    const struct cf_task *task = action->task;
    const struct cf_ground *last = task->ground_count ? &task->grounds[task->ground_count - 1] : NULL;
    if (last && last->function)
        cf_buffer_puts(&why, "what the policy waited for is so");
    else if (last)
        cf_buffer_printf(&why, "idle for %s", cf_span_words(action->idle, span));
    else
        cf_buffer_puts(&why, "its time has come");
    return why.data;
}

static enum cf_what what_of(const struct cf_action *action)
{
    static const enum cf_what whats[CF_ACTION_COUNT] = {
        [CF_ACTION_WARN] = CF_WHAT_WARN,
        [CF_ACTION_LOCK] = CF_WHAT_LOCK,
        [CF_ACTION_DISCONNECT] = CF_WHAT_DISCONNECT,
        [CF_ACTION_LOGOFF] = CF_WHAT_LOGOFF,
    };
    return action->tell ? CF_WHAT_TELL : whats[action->kind];
}

/* Its last warning has reached nobody, which the journal has: each further try would be two rows more. */
static bool is_quiet(const struct cf_action *action)
{
    return action->kind == CF_ACTION_WARN && !action->dry &&
           cf_backoff_of(cf_session_state_of(action->engine, action->session));
}

static void write_row(struct cf_action *action)
{
    const struct cf_session *session = cf_registry_get(action->engine->registry, action->session);
    action->idle = cf_session_span(session, CF_FIELD_IDLE, cf_loop_now(action->engine->loop));
    action->decision = ++action->engine->decisions;
    if (action->kind != CF_ACTION_WARN && cf_task_rests(action->task, action->session))
        action->quiet_since = session->last_input;
    if (action->kind == CF_ACTION_LOGOFF && !action->dry) {
        struct cf_session_state *state = cf_session_state_of(action->engine, action->session);
        state->ending = action;
        LL_PREPEND2(state->logoffs, action, next_logoff);
    }
    enum cf_what what = what_of(action);
    if (what == CF_WHAT_WARN)
        action->reason = warns_why(action);
    if (action->kind != CF_ACTION_WARN && action->text) {
        char *reason = cf_reason_fill(action->text, session, cf_loop_now(action->engine->loop));
        free(action->text);
        action->text = reason;
    }
    if (what == CF_WHAT_LOGOFF) {
        action->goes_unwarned = !cf_notices_seen(action->task, action->session);
        action->in_use = cf_notices_typed(action->task, action->session);
    }
    action->quiet = is_quiet(action);
    if (action->quiet) {
        ask_host(action);
        return;
    }
    action->state = CF_ACTION_KEEPING;
    write_entry(action, what, CF_OK, action->text, on_kept);
}

/* Writing the row took its time, too: what was so before it must be so after it, by what is known. */
static bool is_still_due(struct cf_action *action)
{
    if (!still_allowed(action))
        return false;
    struct cf_mono until;
    char text[CF_GROUND_TEXT];
    const char *why = action->kind == CF_ACTION_LOGOFF ? cf_check_warned(action, &until) : NULL;
    if (action->kind != CF_ACTION_WARN && !why)
        why = cf_check_grounds(action, text);
    if (action->kind != CF_ACTION_WARN && !why)
        why = cf_quiet_fails(action->task, action->session);
    if (why)
        cf_action_refuse(action, CF_STALE, why);
    return why == NULL;
}

static void ask_host(struct cf_action *action)
{
    if (!is_still_due(action))
        return;
    action->state = CF_ACTION_SUBMITTED;
    submit_action(action);
}

/* The journal has the row: now, and only now, the action may be done. */
static void on_kept(void *context, int code)
{
    struct cf_action *action = context;
    bool forcing = action->state == CF_ACTION_FORCING;
    if (action->state == CF_ACTION_OVER) {
        destroy_action(action);
        return;
    }
    action->state = forcing ? CF_ACTION_FORCED : CF_ACTION_CHECKING;
    if (forcing && code != CF_OK) {
        fail_action(action, code, "the journal could not be written, so the session was not forced to end");
    } else if (forcing) {
        submit_action(action);
    } else if (!action->task) {
        write_entry(action, CF_WHAT_REFUSED, CF_STALE, "its run ended before it could be done", NULL);
        destroy_action(action);
    } else if (code != CF_OK) {
        finish_action(
            action, &(struct cf_result){.code = code,
                                        .message = "the journal could not be written, so nothing was done"});
    } else if (action->dry && action->kind == CF_ACTION_WARN) {
        finish_warning(action, true);
    } else if (action->dry && action->kind == CF_ACTION_LOGOFF) {
        action->task->sink->park(action->task);
    } else if (action->dry) {
        finish_action(action, &(struct cf_result){0});
    } else {
        ask_host(action);
    }
}

/* ---- Asked of the host ------------------------------------------------------------------------------- */

bool cf_action_is_submitted(const struct cf_action *action)
{
    return action->state >= CF_ACTION_SUBMITTED;
}

static void on_warned(struct cf_action *action, const struct cf_completion *completion)
{
    struct cf_session_state *state = cf_session_state_of(action->engine, action->session);
    bool delivered = completion->code == CF_OK && completion->delivered;
    if (delivered && state)
        cf_backoff_reached(state);
    if (delivered && action->quiet)
        write_entry(action, what_of(action), CF_OK, action->text, NULL);
    if (delivered && completion->message)
        write_entry(action, CF_WHAT_SENT, CF_OK, completion->message, NULL);
    if (delivered && action->notice && state)
        cf_notice_queue_shows(state, notice_of(action), action->notice, completion->withdrawable);
    else if (!delivered && !action->quiet && (action->task || completion->code != CF_GONE))
        write_entry(action, CF_WHAT_FAILED, completion->code == CF_OK ? CF_FAILED : completion->code,
                    completion->message ? completion->message : "the warning reached nobody", NULL);
    if (!delivered && state && completion->code != CF_GONE)
        cf_backoff_failed(state, completion->message);
    finish_warning(action, delivered);
}

static void on_done(void *data, const struct cf_completion *completion)
{
    struct cf_action *action = data;
    bool ok = completion->code == CF_OK;
    if (action->kind == CF_ACTION_WARN) {
        on_warned(action, completion);
    } else if (action->kind == CF_ACTION_LOGOFF && (ok || completion->code == CF_TIMEOUT)) {
        cf_timer_set(action->engine->loop, &action->timer,
                     cf_mono_add(cf_loop_now(action->engine->loop), action->engine->config->limits.ends));
    } else if (ok) {
        finish_action(action, &(struct cf_result){0});
    } else if (completion->code == CF_STALE) {
        cf_action_refuse(action, CF_STALE, "there was activity at the last moment");
    } else if (completion->code == CF_GONE) {
        if (action->kind == CF_ACTION_LOGOFF)
            write_entry(action, CF_WHAT_ENDED, CF_OK, "it had ended by itself", NULL);
        finish_action(action, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
    } else {
        fail_action(action, completion->code, completion->message);
    }
}

static void submit_action(struct cf_action *action)
{
    struct cf_engine *engine = action->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, action->session);
    const struct cf_notice *notice = notice_of(action);
    struct cf_request request = {.action = action->state == CF_ACTION_FORCED ? CF_ACTION_LOGOFF_FORCED
                                                                             : action->kind,
                                 .session = session->identity,
                                 .notice = action->notice,
                                 .text = action->text,
                                 .title = notice ? notice->texts.title : NULL,
                                 .ask = notice ? notice->texts.ask : NULL,
                                 .user = session->user,
                                 .language = cf_engine_language(engine, action->session),
                                 .shown_for = action->left,
                                 .keeps = action->keeps,
                                 .quiet_since = action->quiet_since};
    action->call = cf_calls_submit(engine->calls, &request, CF_ACTION_LIMIT, on_done, action);
}

/* The session that was to end is still there. */
static void not_over(struct cf_action *action)
{
    if (action->state == CF_ACTION_FORCED) {
        fail_action(action, CF_TIMEOUT, "the session is still there although it was forced to end");
        return;
    }
    action->state = CF_ACTION_FORCING;
    write_entry(action, CF_WHAT_FORCE, CF_OK, "the session did not end by itself", on_kept);
}

static void on_looked(void *data, int code, const char *message)
{
    (void)message;
    struct cf_action *action = data;
    const struct cf_session *session = cf_registry_get(action->engine->registry, action->session);
    if (code == CF_GONE)
        return; /* of which the host tells, too: that ends it */
    if (code != CF_OK || session->closing != CF_TRI_YES) {
        not_over(action);
        return;
    }
    write_entry(action, CF_WHAT_ENDED, CF_OK, "what its user has left running goes on", NULL);
    finish_action(action, &(struct cf_result){.truth = true});
}

/* A session of which something goes on is there as long as that is, and closing. */
static void look_whether_over(struct cf_action *action)
{
    action->reader = (struct cf_reader){.done = on_looked, .data = action};
    cf_reading_ask(cf_session_state_of(action->engine, action->session), CF_FIELD_BIT(CF_FIELD_CLOSING),
                   &action->reader);
}

/* ---- Over -------------------------------------------------------------------------------------------- */

static void write_entry(struct cf_action *action, enum cf_what what, int code, const char *text,
                        cf_journal_kept *kept)
{
    struct cf_entry entry = {.what = what,
                             .decision = action->decision,
                             .dry = action->dry,
                             .code = code,
                             .policy = action->policy,
                             .line = action->line,
                             .session = cf_registry_get(action->engine->registry, action->session),
                             .idle = action->idle,
                             .text = text,
                             .reason = what == CF_WHAT_WARN ? action->reason : NULL,
                             .unwarned = what == CF_WHAT_LOGOFF && action->goes_unwarned,
                             .in_use = what == CF_WHAT_LOGOFF && action->in_use};
    cf_engine_write(action->engine, &entry, kept, action);
}

/* Ends it, and resumes the run that waits for it. */
static void finish_action(struct cf_action *action, const struct cf_result *result)
{
    if (action->task && action->task->action == action)
        action->task->sink->done(action->task, result);
    destroy_action(action);
}

static void finish_warning(struct cf_action *action, bool delivered)
{
    struct cf_notice *notice = notice_of(action);
    if (delivered && notice)
        cf_notice_delivered(notice);
    finish_action(action, &(struct cf_result){.notice = action->notice, .delivered = delivered});
}

/* As finish_action(), with a row. The host that was asked to end the session may do so yet. */
static void give_up(struct cf_action *action, enum cf_what what, int code, const char *why)
{
    write_entry(action, what, code, why, NULL);
    if (action->state == CF_ACTION_FORCED)
        cf_ends_await(cf_session_state_of(action->engine, action->session), action->decision, action->policy,
                      action->line);
    finish_action(action, &(struct cf_result){.code = code, .message = why});
}

void cf_action_refuse(struct cf_action *action, int code, const char *why)
{
    give_up(action, CF_WHAT_REFUSED, code, why);
}

static void fail_action(struct cf_action *action, int code, const char *why)
{
    action->engine->counts.failed++;
    give_up(action, CF_WHAT_FAILED, code, why);
}

void cf_actions_session_gone(struct cf_session_state *state)
{
    for (struct cf_action *action; (action = state->logoffs);) {
        state->logoffs = action->next_logoff;
        bool asked = cf_action_is_submitted(action);
        const char *text = action->state == CF_ACTION_FORCED ? "ended by force"
                           : asked                           ? NULL
                                                             : "it had ended by itself";
        write_entry(action, CF_WHAT_ENDED, CF_OK, text, NULL);
        finish_action(action, &(struct cf_result){.code = asked ? CF_OK : CF_GONE,
                                                  .message = asked ? NULL : "session has ended",
                                                  .truth = asked});
    }
}

void cf_action_drop(struct cf_action *action)
{
    struct cf_notice *notice = notice_of(action);
    if (notice)
        notice->action = NULL;
    if (action->task->action == action)
        action->task->action = NULL;
    cf_share_leave(action);
    action->task = NULL;
    struct cf_session_state *state = cf_session_state_of(action->engine, action->session);
    if (state && action->state < CF_ACTION_SUBMITTED)
        cf_notice_queue_release(state, action);
    if (action->state < CF_ACTION_KEEPING) /* else the journal or the host still calls back */
        destroy_action(action);
}

static void destroy_action(struct cf_action *action)
{
    struct cf_engine *engine = action->engine;
    struct cf_session_state *state = cf_session_state_of(engine, action->session);
    if (state)
        cf_notice_queue_release(state, action);
    struct cf_notice *notice = notice_of(action);
    if (notice && notice->action == action)
        cf_notice_failed(notice);
    if (action->task && action->task->action == action)
        action->task->action = NULL;
    cf_share_leave(action);
    cf_veto_query_cancel(&action->query);
    cf_reader_cancel(&action->reader);
    cf_calls_forget(engine->calls, action->call);
    cf_timer_stop(engine->loop, &action->timer);
    if (action->state == CF_ACTION_KEEPING || action->state == CF_ACTION_FORCING) {
        action->task = NULL;
        action->state = CF_ACTION_OVER;
        return;
    }
    if (state && state->logoffs)
        LL_DELETE2(state->logoffs, action, next_logoff);
    DL_DELETE(engine->actions, action);
    free(action->policy);
    free(action->text);
    free(action->reason);
    cf_notice_texts_finish(&action->texts);
    free(action);
}

void cf_actions_destroy(struct cf_engine *engine)
{
    while (engine->actions) /* one whose row is being written takes two turns */
        destroy_action(engine->actions);
}
