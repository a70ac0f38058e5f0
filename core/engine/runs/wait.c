/*
 * Waits: each registers exactly what could end it. A due one is confirmed by a fresh reading: holds, the run
 * goes on; does not, it is set anew; failed, nobody knows, so it does not hold.
 *
 * A condition is asked anew where something that it read has changed, and where at its turn an outcome that
 * it rested on differs; not otherwise. Input that could make one differ is an event like any other: whoever
 * waits for it has an interest in it (input.h).
 */
#include "engine/runs/wait.h"

#include "base/memory.h"
#include "engine/grounds/ground.h"
#include "engine/grounds/notices.h"
#include "engine/readings/condition.h"
#include "engine/readings/cpu_load.h"
#include "engine/readings/input.h"
#include "engine/runs/countdown.h"
#include "engine/runs/interest.h"
#include "engine/runs/views.h"

#include <stdlib.h>

#define CF_READING_RETRY CF_MINUTE /* after a reading that failed */
enum { CF_GROUNDS = 1000 };        /* that one run may rest on, then it fails */

#define IDLE   CF_FIELD_BIT(CF_FIELD_IDLE)
#define OUTPUT CF_FIELD_BIT(CF_FIELD_OUTPUT)

static const char UNKNOWN_USE[] = "nobody knows whether the session is in use";

static void confirmed(void *data, int code, const char *message);

static void end_wait(struct cf_task *task, const struct cf_result *result)
{
    cf_wait_end(task);
    task->sink->done(task, result);
    cf_interests_update(task);
}

static void finish(struct cf_task *task, bool truth)
{
    end_wait(task, &(struct cf_result){.truth = truth});
}

static void gone(struct cf_task *task)
{
    end_wait(task, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
}

static void confirm(struct cf_task *task, struct cf_session_state *state, uint64_t fields)
{
    task->state = CF_TASK_CONFIRMING;
    task->reader = (struct cf_reader){.done = confirmed, .data = task};
    task->engine->counts.confirmations++;
    cf_reading_ask(state, fields & IDLE ? fields | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) : fields,
                   &task->reader);
}

/* ---- Conditions ---- */

/* Asks for the next fresh reading that is still wanted; false: none is. */
static bool confirm_next(struct cf_task *task)
{
    uint64_t fields;
    struct cf_session_state *state =
        cf_condition_unread(task->engine, task->awaited.condition, task->confirming, &fields);
    if (!state)
        return false;
    if (!task->confirming)
        task->confirming = ++task->engine->moments;
    confirm(task, state, fields);
    return true;
}

/*
 * Whether a fresh reading could make a condition hold that does not. A span that was not read lately can only
 * be shorter than it seems, so where that could change nothing, nothing has to be read.
 */
static bool may_hold(struct cf_task *task)
{
    struct cf_condition *condition = task->awaited.condition;
    const struct cf_engine *engine = task->engine;
    for (int i = 0; i < condition->read_count; i++) {
        const struct cf_read *read = &condition->reads[i];
        uint64_t stale = cf_read_stale(engine, read, task->confirming);
        uint64_t spans = stale & read->moving & ~read->fields & (IDLE | OUTPUT);
        if ((stale & ~spans) || cf_condition_could_change(condition, read->session, spans))
            return true;
    }
    return false;
}

/* A run that has asked whether anybody is there is not to end whoever was. */
static void note_quiet(struct cf_task *task)
{
    if (!(cf_condition_fields(task->awaited.condition, task->awaited.session) & IDLE))
        return;
    if (task->awaited.session == task->session)
        task->wants_quiet = true;
    else
        cf_task_looked(task, task->awaited.session, CF_FIELD_IDLE, true);
}

/* What was waited for is a ground from now on, before which all that it rests on is to be read. */
static void hold(struct cf_task *task)
{
    if (task->ground_count >= CF_GROUNDS) {
        struct cf_error err = {0};
        (void)cf_error_set(
            &err, CF_POLICY,
            "line %d: the run rests on %d waits; let it return, or forget them: session:forget()",
            task->wait.line, CF_GROUNDS);
        task->sink->fail(task, &err);
        return;
    }
    struct cf_ground ground = task->awaited;
    for (int i = 0; i < ground.condition->read_count; i++) {
        const struct cf_read *read = &ground.condition->reads[i];
        if (read->session && read->session != ground.session &&
            ((read->fields | read->moving) & task->engine->sampled))
            cf_ground_add(task, &(struct cf_ground){.session = read->session});
    }
    note_quiet(task);
    task->counts_down = task->counts_down || task->wait.kind == CF_WAIT_GROUND;
    cf_ground_add(task, &ground);
    task->awaited = (struct cf_ground){0};
    if (ground.session == task->session)
        task->life_mark = cf_registry_life(task->engine->registry, ground.session);
    finish(task, true);
}

/* ---- Turns ---- */

/* When something sampled is to be read of which no turn can be told, such as an unknown idle time. */
static struct cf_mono next_sample(const struct cf_task *task)
{
    const struct cf_condition *condition = task->awaited.condition;
    struct cf_span idle = task->awaited.idle, pace = idle.us > CF_PARKED_PACE.us ? idle : CF_PARKED_PACE;
    for (int i = 0; i < condition->read_count; i++)
        if (condition->reads[i].fields & task->engine->sampled)
            return cf_mono_add(condition->now, pace);
    return CF_MONO_UNKNOWN;
}

/* ---- The timer ---- */

/* When the wait is looked at next, by what is known; unknown: when something changes. */
static struct cf_mono due_at(const struct cf_task *task)
{
    return task->awaited.condition ? cf_mono_sooner(task->turn, task->wait.until) : task->wait.until;
}

/* To the wait's next moment, or, where the load is to be known by then, to when it is sampled for that. */
static void set_timer(struct cf_task *task)
{
    struct cf_loop *loop = task->engine->loop;
    bool by_wall = task->wait.kind == CF_WAIT_APPOINTMENT;
    struct cf_mono due = by_wall ? CF_MONO_UNKNOWN : due_at(task);
    int64_t left = by_wall              ? task->wait.appointment.us - cf_loop_wall(loop).us
                   : cf_mono_known(due) ? due.us - cf_loop_now(loop).us
                                        : 0;
    bool samples = task->kind == CF_TASK_OF_SESSION;
    struct cf_span ahead = samples ? cf_cpu_load_ahead(task->engine, left) : (struct cf_span){0};
    task->sampling = ahead.us > 0;
    if (by_wall)
        cf_timer_set_wall(loop, &task->timer,
                          cf_instant_add(task->wait.appointment, (struct cf_span){-ahead.us}));
    else if (cf_mono_known(due))
        cf_timer_set(loop, &task->timer, (struct cf_mono){due.us - ahead.us});
    else
        cf_timer_stop(loop, &task->timer);
}

void cf_wait_set_again(struct cf_task *task)
{
    if (task->state == CF_TASK_WAITING && (!task->awaited.condition || task->awaited.condition->fresh))
        set_timer(task);
}

static bool is_over(const struct cf_task *task)
{
    struct cf_mono until = task->wait.until;
    return cf_mono_known(until) && until.us <= cf_loop_now(task->engine->loop).us;
}

/* It does not hold: goes to sleep until that may be otherwise, and no longer than the wait may last. */
static void sleep_until(struct cf_task *task, struct cf_mono due)
{
    if (is_over(task)) {
        finish(task, false);
        return;
    }
    note_quiet(task);
    task->state = CF_TASK_WAITING;
    task->confirming = 0;
    task->turn = due;
    set_timer(task);
}

static void arm(struct cf_task *task)
{
    sleep_until(task,
                cf_mono_sooner(cf_condition_turn(task->awaited.condition, task->engine), next_sample(task)));
    cf_interests_update(task);
}

/* By what is known now: over, or to be confirmed, or to be waited for. */
static void settle(struct cf_task *task)
{
    struct cf_error err;
    cf_error_clear(&err);
    if (!cf_session_state_of(task->engine, task->awaited.session)) {
        gone(task);
        return;
    }
    int truth = cf_ground_ask(task, &task->awaited, &err);
    cf_views_update(task);
    if (truth < 0)
        task->sink->fail(task, &err);
    else if ((truth || may_hold(task)) && confirm_next(task))
        return; /* it may only not have been read yet, either way */
    else if (truth)
        hold(task);
    else if (task->wait.kind == CF_WAIT_GROUND)
        task->sink->end_run(task, "the condition of its countdown does not hold");
    else
        arm(task);
}

static void condition_due(struct cf_task *task)
{
    struct cf_mono now = cf_loop_now(task->engine->loop);
    bool at_turn = cf_mono_known(task->turn) && task->turn.us <= now.us;
    if (!task->awaited.condition->fresh) /* the first time, or something has changed */
        settle(task);
    else if (!at_turn || !confirm_next(task)) /* at its turn it would hold: it is read before it is asked */
        settle(task);
}

/*
 * A reading that came to nothing, when the time was up, says neither that somebody was there nor that nobody
 * was: it is asked for again for a while.
 */
static void retry(struct cf_task *task)
{
    struct cf_loop *loop = task->engine->loop;
    struct cf_mono now = cf_loop_now(loop);
    if (now.us - task->wait.until.us >= CF_READING_RETRY.us) {
        task->sink->end_run(task, UNKNOWN_USE);
        return;
    }
    task->state = CF_TASK_WAITING;
    task->confirming = 0;
    cf_timer_set(loop, &task->timer, cf_mono_add(now, CF_INPUT_PACE_NOTICE));
}

static void condition_confirmed(struct cf_task *task, int code)
{
    if (code == CF_OK || !cf_session_state_of(task->engine, task->awaited.session))
        settle(task);
    else if (is_over(task)) /* unknown, so neither held nor not */
        retry(task);
    else
        sleep_until(task, cf_mono_add(cf_loop_now(task->engine->loop), CF_READING_RETRY));
}

static void condition_begin(struct cf_task *task)
{
    task->awaited = (struct cf_ground){.session = task->wait.session,
                                       .condition = cf_alloc(sizeof *task->awaited.condition)};
    task->confirming = 0;
    if (task->wait.kind == CF_WAIT_IDLE)
        task->awaited.idle = task->wait.span;
    else
        task->awaited.function = task->wait.function;
    cf_timer_defer(task->engine->loop, &task->timer); /* no script is asked inside another's call */
}

void cf_condition_waits_changed(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed)
{
    struct cf_engine *engine = task->engine;
    cf_grounds_changed(task, session, fields, listed);
    cf_countdown_update(task);
    if (!task->awaited.condition)
        return;
    int flips = cf_condition_changed(task->awaited.condition, session, fields, listed);
    if (flips == 0)
        flips = (int)cf_condition_look(task->awaited.condition, engine);
    engine->counts.flips += flips > 0 ? (unsigned)flips : 0;
    if (task->state != CF_TASK_WAITING || flips < 0)
        return;
    if (flips)
        cf_timer_defer(engine->loop, &task->timer);
    else
        arm(task);
}

static void tell_task(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed)
{
    cf_condition_waits_changed(task, session, fields, listed);
    cf_wait_changed(task);
}

void cf_views_changed(struct cf_engine *engine, cf_session_key session, uint64_t fields, bool listed)
{
    cf_views_tell(engine, session, fields, listed, tell_task);
}

/* ---- Signs of life, and answers ---- */

static bool has_lived(const struct cf_task *task)
{
    return cf_life_since(task->engine, task->wait.session, cf_life_mark(task, task->wait.session));
}

static void life_due(struct cf_task *task)
{
    struct cf_session_state *state = cf_session_state_of(task->engine, task->wait.session);
    if (state)
        confirm(task, state, IDLE);
    else
        gone(task);
}

static void life_confirmed(struct cf_task *task, int code)
{
    const struct cf_session *session = cf_registry_get(task->engine->registry, task->wait.session);
    if (code == CF_GONE || !session)
        gone(task);
    else if (has_lived(task))
        finish(task, true);
    else if (code != CF_OK)
        retry(task);
    else if (cf_mono_known(session->last_input) || session->disconnected == CF_TRI_YES)
        finish(task, false);
    else
        task->sink->end_run(task, UNKNOWN_USE);
}

/* ---- All of them ---- */

static void confirmed(void *data, int code, const char *message)
{
    (void)message;
    struct cf_task *task = data;
    if (task->awaited.condition)
        condition_confirmed(task, code);
    else
        life_confirmed(task, code);
}

void cf_wait_begin(struct cf_task *task)
{
    task->state = CF_TASK_WAITING;
    task->waited = true;
    if (task->wait.kind == CF_WAIT_LIFE && task->wait.session == task->session)
        task->wants_quiet = true;
    switch (task->wait.kind) {
    case CF_WAIT_UNTIL:
    case CF_WAIT_APPOINTMENT: set_timer(task); break;
    case CF_WAIT_IDLE:
        task->wait.until = CF_MONO_UNKNOWN;
        condition_begin(task);
        break;
    case CF_WAIT_GROUND:
    case CF_WAIT_CONDITION: condition_begin(task); break;
    case CF_WAIT_LIFE:
    case CF_WAIT_ANSWER:
        set_timer(task);
        cf_wait_changed(task);
        break;
    }
    cf_views_update(task);
    cf_interests_update(task);
    cf_countdown_update(task);
}

void cf_wait_due(struct cf_task *task)
{
    if (task->sampling) {
        cf_cpu_load_sample(cf_session_state_of(task->engine, task->session));
        set_timer(task);
        return;
    }
    switch (task->wait.kind) {
    case CF_WAIT_UNTIL:
    case CF_WAIT_APPOINTMENT: finish(task, true); break;
    case CF_WAIT_ANSWER: finish(task, cf_notice_answered(task, task->wait.notice)); break;
    case CF_WAIT_LIFE: life_due(task); break;
    case CF_WAIT_IDLE:
    case CF_WAIT_GROUND:
    case CF_WAIT_CONDITION: condition_due(task); break;
    }
}

void cf_wait_changed(struct cf_task *task)
{
    if (task->state != CF_TASK_WAITING)
        return;
    if (task->wait.kind == CF_WAIT_LIFE && has_lived(task))
        finish(task, true);
    else if (task->wait.kind == CF_WAIT_ANSWER && cf_notice_answered(task, task->wait.notice))
        finish(task, true);
}

void cf_wait_end(struct cf_task *task)
{
    cf_ground_finish(task, &task->awaited);
}
