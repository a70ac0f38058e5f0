/*
 * Waits: each registers exactly what could end it. A due one is confirmed by a fresh reading: holds, the run
 * goes on; does not, it is set anew; failed, nobody knows, so it does not hold.
 */
#include "engine/internal.h"

#include "base/memory.h"

#define IDLE_FIELDS (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE))

static void confirmed(void *data, int code, const char *message);

static void finish(struct cf_task *task, bool truth)
{
    cf_task_done(task, &(struct cf_result){.truth = truth});
}

static void gone(struct cf_task *task)
{
    cf_task_done(task, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
}

static void confirm(struct cf_task *task)
{
    struct cf_presence *presence = cf_presence_of(task->engine, task->wait.session);
    if (!presence) {
        gone(task);
        return;
    }
    cf_timer_stop(task->engine->loop, &task->timer);
    task->state = CF_TASK_CONFIRMING;
    task->reader = (struct cf_reader){.done = confirmed, .data = task};
    task->engine->counts.confirmations++;
    cf_reading_ask(presence, IDLE_FIELDS, &task->reader);
}

bool cf_ground_holds(const struct cf_engine *engine, const struct cf_ground *ground)
{
    const struct cf_session *session = cf_registry_get(engine->registry, ground->session);
    if (!session)
        return false;
    struct cf_span idle = cf_session_span(session, CF_FIELD_IDLE, cf_loop_now(engine->loop));
    return cf_span_known(idle) && idle.us >= ground->idle.us;
}

/* Sets the instant at which the session could be idle for long enough, by what is known of it. */
static void arm_idle(struct cf_task *task)
{
    struct cf_engine *engine = task->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, task->wait.session);
    if (!session) {
        gone(task);
        return;
    }
    task->state = CF_TASK_WAITING;
    if (!cf_mono_known(session->last_input)) {
        confirm(task);
        return;
    }
    struct cf_mono due = cf_mono_add(session->last_input, task->wait.span);
    if (due.us <= cf_loop_now(engine->loop).us)
        confirm(task);
    else
        cf_timer_set(engine->loop, &task->timer, due);
}

static void idle_confirmed(struct cf_task *task, int code)
{
    struct cf_engine *engine = task->engine;
    struct cf_ground ground = {task->wait.session, task->wait.span};
    if (code == CF_OK && cf_ground_holds(engine, &ground)) {
        task->grounds = cf_grow(task->grounds, task->ground_count, sizeof ground);
        task->grounds[task->ground_count++] = ground;
        task->life_mark = cf_registry_life(engine->registry, ground.session);
        finish(task, true);
    } else if (code == CF_OK &&
               cf_mono_known(cf_registry_get(engine->registry, ground.session)->last_input)) {
        arm_idle(task);
    } else {
        /* Unknown, so not held. Should the input become known, it may have been just now: till then there is
         * nothing to look at. */
        task->state = CF_TASK_WAITING;
        struct cf_span pause = task->wait.span.us > CF_READING_RETRY.us ? task->wait.span : CF_READING_RETRY;
        if (code != CF_OK)
            pause = CF_READING_RETRY;
        cf_timer_set(engine->loop, &task->timer, cf_mono_add(cf_loop_now(engine->loop), pause));
    }
}

bool cf_life_since(const struct cf_engine *engine, cf_session_key key, struct cf_mono mark)
{
    struct cf_mono life = cf_registry_life(engine->registry, key);
    return cf_mono_known(life) && (!cf_mono_known(mark) || life.us > mark.us);
}

static bool has_lived(const struct cf_task *task)
{
    return cf_life_since(task->engine, task->wait.session, task->life_mark);
}

static void confirmed(void *data, int code, const char *message)
{
    (void)message;
    struct cf_task *task = data;
    if (code == CF_GONE)
        gone(task);
    else if (task->wait.kind == CF_WAIT_IDLE)
        idle_confirmed(task, code);
    else
        finish(task, has_lived(task));
}

static bool is_answered(struct cf_task *task)
{
    const struct cf_notice *notice = cf_notice_find(task, task->wait.notice);
    return notice && notice->answered;
}

void cf_wait_begin(struct cf_task *task)
{
    struct cf_loop *loop = task->engine->loop;
    task->state = CF_TASK_WAITING;
    task->waited = true;
    switch (task->wait.kind) {
    case CF_WAIT_UNTIL: cf_timer_set(loop, &task->timer, task->wait.until); break;
    case CF_WAIT_APPOINTMENT: cf_timer_set_wall(loop, &task->timer, task->wait.appointment); break;
    case CF_WAIT_IDLE: arm_idle(task); break;
    case CF_WAIT_LIFE:
    case CF_WAIT_ANSWER:
        cf_timer_set(loop, &task->timer, task->wait.until);
        cf_wait_changed(task);
        break;
    }
}

void cf_wait_due(struct cf_task *task)
{
    switch (task->wait.kind) {
    case CF_WAIT_UNTIL:
    case CF_WAIT_APPOINTMENT: finish(task, true); break;
    case CF_WAIT_ANSWER: finish(task, is_answered(task)); break;
    case CF_WAIT_LIFE: confirm(task); break;
    case CF_WAIT_IDLE: {
        const struct cf_session *session = cf_registry_get(task->engine->registry, task->wait.session);
        struct cf_mono now = cf_loop_now(task->engine->loop);
        bool later = session && cf_mono_known(session->last_input) &&
                     cf_mono_add(session->last_input, task->wait.span).us > now.us;
        if (later) /* input has been reported meanwhile */
            arm_idle(task);
        else
            confirm(task);
        break;
    }
    }
}

void cf_wait_changed(struct cf_task *task)
{
    if (task->state != CF_TASK_WAITING)
        return;
    if (task->wait.kind == CF_WAIT_LIFE && has_lived(task))
        finish(task, true);
    else if (task->wait.kind == CF_WAIT_ANSWER && is_answered(task))
        finish(task, true);
}
