/* Tasks of one session: which there are, by what policies watch, and what its changes mean for them. */
#include "base/memory.h"
#include "engine/config/guards.h"
#include "engine/grounds/pace.h"
#include "engine/runs/wait.h"
#include "engine/task.h"

static void create(struct cf_session_state *state, const struct cf_watch *watch, struct cf_task **place)
{
    struct cf_task *task = cf_alloc(sizeof *task);
    cf_task_init(task, watch->policy, watch->function, state->key);
    task->watch = watch;
    task->next = *place;
    *place = task;
    cf_task_start(task);
}

void cf_tasks_end(struct cf_session_state *state)
{
    while (state->tasks) {
        struct cf_task *task = state->tasks;
        state->tasks = task->next;
        cf_task_destroy(task);
    }
}

/* Tasks stand in the order of their policies and watches. */
static void match_watch(struct cf_task ***place, struct cf_session_state *state, const struct cf_watch *watch,
                        bool meant)
{
    state->engine->counts.visits++;
    struct cf_task *task = **place && (**place)->watch == watch ? **place : NULL;
    if (meant && !task)
        create(state, watch, *place);
    if (task && !meant) {
        **place = task->next;
        cf_task_destroy(task);
    }
    if (meant)
        *place = &(**place)->next;
}

void cf_tasks_match(struct cf_session_state *state, uint64_t fields)
{
    struct cf_engine *engine = state->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, state->key);
    bool guarded = cf_guard(engine->config, session) != NULL;
    uint64_t guards = cf_guard_fields(engine->config);
    struct cf_task **place = &state->tasks;
    for (size_t i = 0; i < engine->policy_count; i++) {
        struct cf_policy *policy = engine->policies[i];
        if (!(fields & (policy->fields | guards))) {
            while (*place && (*place)->policy == policy)
                place = &(*place)->next;
            continue;
        }
        for (const struct cf_watch *watch = policy->watches; watch; watch = watch->next)
            match_watch(&place, state, watch, !guarded && !policy->resting && cf_watch_means(watch, session));
    }
}

void cf_tasks_changed(struct cf_session_state *state, uint64_t fields)
{
    for (struct cf_task *task = state->tasks; task; task = task->next) {
        cf_condition_waits_changed(task, state->key, fields, false);
        if (task->state == CF_TASK_RESTING && fields && !cf_timer_is_set(&task->timer))
            cf_task_start_soon(task);
        else if ((task->state == CF_TASK_PARKED || (task->state == CF_TASK_QUEUED && task->place->quiet)) &&
                 cf_life_since(task->engine, task->session, task->life_mark)) {
            cf_pace_leave(task);
            cf_reader_cancel(&task->reader);
            cf_task_start(task);
        } else {
            cf_wait_changed(task);
        }
    }
}

void cf_tasks_restart(struct cf_session_state *state, bool on_wall)
{
    for (struct cf_task *task = state->tasks; task; task = task->next) {
        if (on_wall && !task->on_wall)
            continue;
        cf_task_cancel(task, "everything starts afresh");
        cf_task_start(task);
    }
}
