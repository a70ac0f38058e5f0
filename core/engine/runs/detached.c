/* Detached tasks: those of no session's own. Vetoes, and what runs once for an event or at a time. */
#include "base/memory.h"
#include "engine/grounds/vetoes.h"
#include "engine/task.h"

#include <utlist.h>

/* That of the task's session, where it is there and not just going. */
static struct cf_session_state *state_of(const struct cf_task *task)
{
    struct cf_session_state *state = task->session ? cf_session_state_of(task->engine, task->session) : NULL;
    return state && !state->gone ? state : NULL;
}

/* The newest first: whoever goes takes none with it but vetoes that it asked itself, which are newer. So the
 * one behind it stays where it is. */
struct cf_task *cf_detached_start(struct cf_policy *policy, enum cf_task_kind kind, uint64_t function,
                                  cf_session_key session)
{
    struct cf_engine *engine = policy->engine;
    struct cf_task *task = cf_alloc(sizeof *task);
    cf_task_init(task, policy, function, session);
    task->kind = kind;
    DL_PREPEND(engine->detached, task);
    struct cf_session_state *state = state_of(task);
    if (state)
        DL_PREPEND2(state->detached, task, prev_detached, next_detached);
    cf_task_start(task);
    return task;
}

void cf_detached_destroy(struct cf_task *task)
{
    struct cf_engine *engine = task->engine;
    if (task->rehearsal)
        task->rehearses->rehearses = NULL;
    struct cf_session_state *state = task->prev_detached ? cf_session_state_of(engine, task->session) : NULL;
    if (state)
        DL_DELETE2(state->detached, task, prev_detached, next_detached);
    DL_DELETE(engine->detached, task);
    cf_departed_release(engine, task->session);
    cf_task_destroy(task);
}

static bool runs_once(const struct cf_task *task)
{
    return task->kind == CF_TASK_ONCE || task->rehearsal;
}

void cf_detached_end(struct cf_engine *engine, const struct cf_policy *policy)
{
    for (struct cf_task *task = engine->detached, *next; task; task = next) {
        next = task->next;
        if (runs_once(task) && (!policy || task->policy == policy))
            cf_detached_destroy(task);
    }
}

void cf_detached_session_gone(struct cf_session_state *state)
{
    for (struct cf_task *task = state->detached, *next; task; task = next) {
        next = task->next_detached;
        if (runs_once(task))
            cf_detached_destroy(task);
    }
    while (state->detached) { /* vetoes that are being asked go with their askers */
        struct cf_task *task = state->detached;
        DL_DELETE2(state->detached, task, prev_detached, next_detached);
        task->next_detached = task->prev_detached = NULL;
    }
}

void cf_detached_restart(struct cf_engine *engine, bool on_wall)
{
    for (struct cf_task *task = engine->detached, *next; task; task = next) {
        next = task->next;
        if (task->kind != CF_TASK_ONCE || task->state == CF_TASK_STARTING || (on_wall && !task->on_wall))
            continue;
        if (task->schedule && engine->sink->lets_go(task)) {
            cf_detached_destroy(task);
        } else {
            cf_task_cancel(task, "everything starts afresh");
            cf_task_start(task);
        }
    }
}
