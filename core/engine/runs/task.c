/*
 * Tasks: a policy's function at work for one session. Every start and every resume comes from the task's own
 * timer, in a turn of its own, so that no script runs inside another one's call or inside a back end's.
 */
#include "engine/task.h"

#include "base/log.h"
#include "base/memory.h"
#include "engine/actions/action.h"
#include "engine/actions/logon_refusal.h"
#include "engine/actions/postpone.h"
#include "engine/actions/share.h"
#include "engine/context.h"
#include "engine/grounds/ground.h"
#include "engine/grounds/heeds.h"
#include "engine/grounds/pace.h"
#include "engine/runs/account.h"
#include "engine/runs/countdown.h"
#include "engine/runs/interest.h"
#include "engine/runs/views.h"
#include "engine/runs/wait.h"

#include <stdlib.h>

#define CF_START_PACE CF_MINUTE /* a task starts at most once in this time */
#define CF_VETO_PACE  CF_MINUTE /* how often a veto that holds is asked again */
enum {
    CF_FAILURES_IN_A_ROW = 3,     /* of a policy's runs, then it is set aside */
    CF_TURNS_WITHOUT_TIME = 1000, /* resumes of one run in which no time passes, then it fails */
};

static void on_timer(struct cf_timer *timer);

const char *cf_task_policy_name(const struct cf_task *task)
{
    return task->policy->config->name;
}

cf_session_key cf_task_session(const struct cf_task *task)
{
    return task->session;
}

/* ---- Runs ---- */

void cf_grounds_forget(struct cf_task *task)
{
    for (size_t i = 0; i < task->ground_count; i++)
        cf_ground_finish(task, &task->grounds[i]);
    free(task->grounds);
    task->grounds = NULL;
    task->ground_count = 0;
    task->wants_quiet = task->counts_down = false;
    cf_looks_finish(task);
    cf_views_update(task);
    cf_interests_update(task);
    cf_countdown_update(task);
    task->life_mark = cf_registry_life(task->engine->registry, task->session);
}

static void drop_query(struct cf_task *task)
{
    if (task->query)
        cf_veto_query_cancel(task->query);
    free(task->query);
    task->query = NULL;
}

/* Releases everything the run holds; the script's side of it is over or was cancelled. */
static void clear_run(struct cf_task *task, const char *why)
{
    task->state = CF_TASK_RESTING;
    cf_timer_stop(task->engine->loop, &task->timer);
    cf_reader_cancel(&task->reader);
    drop_query(task);
    cf_pace_leave(task);
    cf_wait_end(task);
    if (task->action)
        cf_action_drop(task->action);
    cf_notices_close(task, why);
    cf_countdown_finish(task);
    cf_grounds_forget(task);
    cf_replace(&task->result_message, NULL);
    cf_account_end(task);
    task->reading = task->sampling = false;
}

void cf_task_cancel(struct cf_task *task, const char *why)
{
    void *run = task->run;
    task->run = NULL;
    if (run)
        task->engine->setup.policy_host->cancel(run);
    clear_run(task, why);
}

/* Begins a run as soon as the pace allows. */
void cf_task_start_soon(struct cf_task *task)
{
    /* Of one that has not begun yet, unknown is long ago. */
    cf_timer_set(task->engine->loop, &task->timer, cf_mono_add(task->started, CF_START_PACE));
}

static void end_run(struct cf_task *task, const char *why)
{
    cf_task_cancel(task, why);
    if (task->kind == CF_TASK_OF_SESSION)
        cf_task_start_soon(task);
    else
        task->engine->sink->end_detached(task);
}

void cf_task_start(struct cf_task *task)
{
    task->state = CF_TASK_STARTING;
    cf_timer_defer(task->engine->loop, &task->timer);
}

static void set_aside(struct cf_policy *policy)
{
    struct cf_engine *engine = policy->engine;
    policy->set_aside = true;
    cf_logon_refusal_forget(policy);
    cf_log(CF_LOG_ERROR,
           "%s: set aside after %d failed runs in a row; it does nothing until it is loaded again",
           policy->config->name, CF_FAILURES_IN_A_ROW);
    struct cf_entry entry = {.what = CF_WHAT_FAILED,
                             .policy = policy->config->name,
                             .text = "set aside after failing three times in a row",
                             .verdict = true};
    cf_engine_write(engine, &entry, NULL, NULL);
}

static void run_failed(struct cf_task *task, const struct cf_error *err)
{
    struct cf_engine *engine = task->engine;
    engine->counts.failed++;
    cf_log(CF_LOG_ERROR, "%s: %s", cf_task_policy_name(task), err->text);
    struct cf_entry entry = {.what = CF_WHAT_FAILED,
                             .code = CF_POLICY,
                             .policy = cf_task_policy_name(task),
                             .session = cf_registry_get(engine->registry, task->session),
                             .text = err->text};
    cf_engine_write(engine, &entry, NULL, NULL);
    if (++task->policy->failures == CF_FAILURES_IN_A_ROW)
        set_aside(task->policy);
}

/* Whether its session's user gave a sign of life since the run's mark. */
static bool has_lived(const struct cf_task *task)
{
    return cf_life_since(task->engine, task->session, task->life_mark);
}

/* What the script's step came to. */
static void stepped(struct cf_task *task, enum cf_step step, const struct cf_error *err)
{
    if (step == CF_STEP_WAITING) {
        struct cf_error over;
        if (cf_account(task, &over) < 0)
            task->sink->fail(task, &over);
        return;
    }
    task->run = NULL;
    if (step == CF_STEP_FAILED)
        run_failed(task, err);
    else
        task->policy->failures = 0;
    if (task->kind == CF_TASK_VETO) {
        cf_veto_query_answered(task, step == CF_STEP_FAILED ? "its veto failed" : task->answer);
        return;
    }
    if (task->kind == CF_TASK_ONCE) {
        task->engine->sink->end_detached(task);
        return;
    }
    bool again = task->waited || step == CF_STEP_FAILED;
    clear_run(task, step == CF_STEP_FAILED        ? "the policy failed"
                    : cf_notices_noticed(task, 0) ? "there was activity"
                                                  : "the policy let it be");
    if (again)
        cf_task_start_soon(task);
}

/* A script that waits without letting time pass would hold the whole engine at one instant. */
static bool stands_still(struct cf_task *task, struct cf_error *err)
{
    struct cf_mono now = cf_loop_now(task->engine->loop);
    task->turns = task->last_turn.us == now.us ? (uint16_t)(task->turns + 1) : 0;
    if (task->turns < CF_TURNS_WITHOUT_TIME)
        return false;
    (void)cf_error_set(err, CF_POLICY,
                       "line %d: the run has waited %d times without any time passing; wait for longer",
                       task->wait.line, CF_TURNS_WITHOUT_TIME);
    return true;
}

static void fail_run(struct cf_task *task, const struct cf_error *err)
{
    void *run = task->run;
    task->run = NULL;
    task->engine->setup.policy_host->cancel(run);
    stepped(task, CF_STEP_FAILED, err);
}

void cf_task_begin_turn(struct cf_task *task)
{
    task->last_turn = cf_loop_now(task->engine->loop);
    task->turn_moment = ++task->engine->moments;
}

static void begin(struct cf_task *task)
{
    struct cf_engine *engine = task->engine;
    struct cf_error err;
    cf_error_clear(&err);
    struct cf_mono stays =
        cf_stay_until(cf_session_state_of(engine, task->session), cf_task_policy_name(task));
    if (task->kind == CF_TASK_OF_SESSION && cf_mono_known(stays)) {
        task->state = CF_TASK_RESTING;
        cf_timer_set(engine->loop, &task->timer, stays);
        return;
    }
    task->state = CF_TASK_RUNNING;
    task->started = cf_loop_now(engine->loop);
    cf_task_begin_turn(task);
    task->waited = task->on_wall = false;
    task->turns = 0;
    task->life_mark = cf_registry_life(engine->registry, task->session);
    engine->counts.starts++;
    void *script = task->policy->script;
    stepped(task, engine->setup.policy_host->begin(script, task->function, task, &task->run, &err), &err);
}

static void resume(struct cf_task *task)
{
    struct cf_engine *engine = task->engine;
    struct cf_error err;
    cf_error_clear(&err);
    cf_reader_cancel(&task->reader);
    if (!task->reading && stands_still(task, &err)) {
        fail_run(task, &err);
        return;
    }
    if (!task->reading)
        cf_task_begin_turn(task);
    task->reading = false;
    struct cf_result result = task->result;
    char *message = task->result_message;
    result.message = message;
    task->result_message = NULL;
    task->state = CF_TASK_RUNNING;
    engine->counts.resumes++;
    enum cf_step step = engine->setup.policy_host->resume(task->run, &result, &err);
    free(message);
    stepped(task, step, &err);
}

static void look_for_life(struct cf_task *task, void (*done)(void *data, int code, const char *message))
{
    task->reader = (struct cf_reader){.done = done, .data = task};
    cf_reading_ask(cf_session_state_of(task->engine, task->session), CF_FIELD_BIT(CF_FIELD_IDLE),
                   &task->reader);
}

static void parked_read(void *data, int code, const char *message)
{
    (void)code;
    (void)message;
    struct cf_task *task = data;
    if (has_lived(task))
        cf_task_start(task);
    else
        cf_timer_set(task->engine->loop, &task->timer,
                     cf_mono_add(cf_loop_now(task->engine->loop), CF_PARKED_PACE));
}

static void park_task(struct cf_task *task)
{
    if (task->kind != CF_TASK_OF_SESSION) { /* it would not begin again */
        task->engine->sink->end_detached(task);
        return;
    }
    cf_task_cancel(task, NULL); /* nobody was told that they stay: it is as if they had gone */
    task->state = CF_TASK_PARKED;
    cf_timer_set(task->engine->loop, &task->timer,
                 cf_mono_add(cf_loop_now(task->engine->loop), CF_PARKED_PACE));
}

/* ---- Queued for a place among a minute's logoffs ---- */

static void confirm(struct cf_task *task)
{
    task->place->confirmed = true;
    cf_share_changed(task->policy);
}

/* No sign of life, or it would not wait any more: cf_tasks_changed. */
static void queued_read(void *data, int code, const char *message)
{
    (void)message;
    if (code == CF_OK)
        confirm(data);
}

/* Its logoff would come now: it counts for its policy's share like any other. */
static void queued_due(struct cf_task *task)
{
    if (task->place->quiet)
        look_for_life(task, queued_read);
    else
        confirm(task);
}

static void queue_up(struct cf_task *task, struct cf_span ahead)
{
    bool quiet = cf_task_heeds(task, task->session).activity;
    cf_task_cancel(task, "there are too many logoffs: limits.logoffs_per_minute");
    cf_pace_queue(task, ahead, quiet);
}

static void called(struct cf_task *task)
{
    cf_reader_cancel(&task->reader);
    cf_task_start(task);
}

static void put_off_run(struct cf_task *task, const char *why)
{
    cf_task_cancel(task, why);
    cf_task_start(task); /* which looks how long they stay */
}

/* ---- Spared by a veto ---- */

static void on_verdict(void *data, const struct cf_veto *veto, const char *reason)
{
    (void)reason;
    struct cf_task *task = data;
    drop_query(task);
    if (veto) {
        cf_timer_set(task->engine->loop, &task->timer,
                     cf_mono_add(cf_loop_now(task->engine->loop), CF_VETO_PACE));
        return;
    }
    task->vetoed = 0;
    cf_task_start(task);
}

static void ask_again(struct cf_task *task)
{
    task->query = cf_alloc(sizeof *task->query);
    cf_veto_query_begin(task->query, task, task->vetoed, on_verdict, task);
}

static void spare_task(struct cf_task *task, cf_session_key session, const struct cf_veto *veto,
                       const char *reason)
{
    struct cf_engine *engine = task->engine;
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "%s: %s", veto->policy->config->name, reason);
    cf_task_cancel(task, text.data);
    struct cf_entry entry = {.what = CF_WHAT_VETOED,
                             .dry = cf_policy_mode(task->policy) == CF_MODE_DRY,
                             .policy = cf_task_policy_name(task),
                             .session = cf_registry_get(engine->registry, session),
                             .text = text.data};
    cf_engine_write(engine, &entry, NULL, NULL);
    cf_replace(&task->result_message, text.data); /* for who asks why */
    cf_buffer_finish(&text);
    task->vetoed = session;
    task->state = CF_TASK_SPARED;
    cf_timer_set(engine->loop, &task->timer, cf_mono_add(cf_loop_now(engine->loop), CF_VETO_PACE));
}

static void on_timer(struct cf_timer *timer)
{
    struct cf_task *task = timer->data;
    struct cf_engine *engine = task->engine;
    if (cf_loop_now(engine->loop).us - timer->key_us > CF_LATE.us) {
        engine->sink->held_up(engine, "the engine was held up for more than five minutes");
        return;
    }
    if (task->policy->set_aside && task->kind != CF_TASK_VETO) {
        if (task->kind == CF_TASK_ONCE)
            task->engine->sink->end_detached(task);
        else
            cf_task_cancel(task, "the policy was set aside");
        return;
    }
    switch (task->state) {
    case CF_TASK_RESTING:
    case CF_TASK_STARTING: begin(task); break;
    case CF_TASK_READY: resume(task); break;
    case CF_TASK_WAITING: cf_wait_due(task); break;
    case CF_TASK_PARKED: look_for_life(task, parked_read); break;
    case CF_TASK_QUEUED: queued_due(task); break;
    case CF_TASK_SPARED: ask_again(task); break;
    default: break;
    }
}

void cf_task_done(struct cf_task *task, const struct cf_result *result)
{
    task->state = CF_TASK_READY;
    task->result = *result;
    cf_replace(&task->result_message, result->message);
    cf_timer_defer(task->engine->loop, &task->timer);
}

static void notices_changed(struct cf_task *task)
{
    cf_countdown_update(task);
    cf_interests_update(task);
}

static const struct cf_task_sink sink = {
    .done = cf_task_done,
    .fail = fail_run,
    .account = cf_account,
    .end_run = end_run,
    .park = park_task,
    .queue = queue_up,
    .called = called,
    .put_off = put_off_run,
    .spare = spare_task,
    .changed = notices_changed,
    .answered = cf_wait_changed,
};

void cf_task_init(struct cf_task *task, struct cf_policy *policy, uint64_t function, cf_session_key session)
{
    *task = (struct cf_task){.sink = &sink,
                             .engine = policy->engine,
                             .policy = policy,
                             .function = function,
                             .session = session,
                             .timer = {.fire = on_timer, .data = task},
                             .started = CF_MONO_UNKNOWN};
}

void cf_task_destroy(struct cf_task *task)
{
    cf_task_cancel(task, "it is not meant any more");
    cf_veto_clocks_finish(task);
    free(task->place);
    free(task->answer);
    free(task);
}
