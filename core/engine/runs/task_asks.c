/* What a run asks of the engine in the middle of its step, as policy_host.h has it. */
#include "base/memory.h"
#include "engine/grounds/ground.h"
#include "engine/readings/early.h"
#include "engine/runs/wait.h"

void cf_task_rests_on_wall(struct cf_task *task)
{
    task->on_wall = true;
}

void cf_task_wait(struct cf_task *task, const struct cf_wait *wait)
{
    task->wait = *wait;
    task->on_wall = task->on_wall || wait->kind == CF_WAIT_APPOINTMENT;
    cf_wait_begin(task);
}

void cf_task_forget(struct cf_task *task)
{
    cf_grounds_forget(task);
}

static void on_task_read(void *data, int code, const char *message)
{
    cf_task_done(data, &(struct cf_result){.code = code, .message = message});
}

void cf_task_read(struct cf_task *task, cf_session_key session, uint64_t fields)
{
    struct cf_session_state *state = cf_session_state_of(task->engine, session);
    if (!state) {
        cf_task_done(task, &(struct cf_result){.code = CF_GONE, .message = "session has ended"});
        return;
    }
    task->state = CF_TASK_CONFIRMING;
    task->reader = (struct cf_reader){.done = on_task_read, .data = task};
    cf_reading_ask(state, fields, &task->reader);
}

static void on_language_read(void *data, int code, const char *message)
{
    (void)code, (void)message;
    cf_task_done(data, &(struct cf_result){.code = CF_OK});
}

bool cf_task_await_language(struct cf_task *task, cf_session_key session)
{
    struct cf_session_state *state = cf_session_state_of(task->engine, session);
    struct cf_mono until = state ? cf_early_language_due(state) : CF_MONO_UNKNOWN;
    if (!cf_mono_is_after(until, cf_loop_now(task->engine->loop)))
        return false;
    task->reader = (struct cf_reader){.done = on_language_read, .data = task};
    cf_reading_join(state, CF_SOURCE_LANGUAGE, &task->reader);
    task->reading = true; /* the turn goes on */
    task->state = CF_TASK_READY;
    task->result = (struct cf_result){.code = CF_OK};
    cf_timer_set(task->engine->loop, &task->timer, until);
    return true;
}

/* What a script has read counts for a turn, and for no longer than a second where the host is slow. */
bool cf_task_knows(const struct cf_task *task, cf_session_key session, enum cf_field field)
{
    const struct cf_session_state *state = cf_session_state_of(task->engine, session);
    if (!state)
        return false;
    return cf_reading_is_fresh(state, CF_FIELD_BIT(field), task->turn_moment);
}

void cf_task_look(struct cf_task *task, cf_session_key session, enum cf_field field)
{
    const struct cf_session_state *state = cf_session_state_of(task->engine, session);
    struct cf_mono now = cf_loop_now(task->engine->loop);
    uint64_t fields = CF_FIELD_BIT(field);
    if (field == CF_FIELD_IDLE || field == CF_FIELD_IDLE_SOURCE)
        fields = CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE);
    if (now.us - task->last_turn.us > CF_TURN.us)
        cf_task_begin_turn(task);
    else if (state)
        fields |= cf_reading_since(state, field, task->turn_moment);
    task->engine->counts.looks++;
    task->reading = true;
    cf_task_read(task, session, fields);
}

bool cf_task_is_detached(const struct cf_task *task)
{
    return task->kind == CF_TASK_ONCE;
}

bool cf_task_is_veto(const struct cf_task *task)
{
    return task->kind == CF_TASK_VETO;
}

void cf_task_answer(struct cf_task *task, const char *text)
{
    if (task->kind != CF_TASK_VETO || (task->answer && !task->doubts))
        return;
    cf_replace(&task->answer, text);
    task->doubts = false;
}

void cf_task_unknown(struct cf_task *task, const char *text)
{
    if (task->kind != CF_TASK_VETO || task->answer)
        return;
    task->answer = cf_strdup(text);
    task->doubts = true;
}
