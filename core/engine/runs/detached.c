/* Detached tasks: those of no session's own. Vetoes, and what runs once for an event or at a time. */
#include "engine/internal.h"

#include "base/memory.h"

struct cf_task *cf_detached_start(struct cf_policy *policy, enum cf_task_kind kind, uint64_t function,
                                  cf_session_key session)
{
    struct cf_engine *engine = policy->engine;
    struct cf_task *task = cf_alloc(sizeof *task);
    cf_task_init(task, policy, function, session);
    task->kind = kind;
    task->next = engine->detached;
    engine->detached = task;
    cf_task_start(task);
    return task;
}

void cf_detached_destroy(struct cf_task *task)
{
    struct cf_engine *engine = task->engine;
    for (struct cf_task **place = &engine->detached; *place; place = &(*place)->next)
        if (*place == task) {
            *place = task->next;
            break;
        }
    cf_departed_release(engine, task->session);
    cf_task_destroy(task);
}

void cf_detached_end(struct cf_engine *engine, const struct cf_policy *policy, cf_session_key session)
{
    struct cf_task *task = engine->detached;
    while (task) {
        bool ends = (task->kind == CF_TASK_ONCE || cf_veto_is_rehearsed(task)) &&
                    (!policy || task->policy == policy) && (!session || task->session == session);
        if (ends)
            cf_detached_destroy(task);
        task = ends ? engine->detached : task->next; /* with it may have gone the vetoes that it asked */
    }
}

void cf_detached_afresh(struct cf_engine *engine, bool on_wall)
{
    struct cf_task *task = engine->detached;
    while (task) {
        bool begun =
            task->kind == CF_TASK_ONCE && task->state != CF_TASK_STARTING && (task->on_wall || !on_wall);
        if (begun && task->schedule && cf_schedule_lets_go(task->schedule, task->due)) {
            cf_detached_destroy(task);
        } else if (begun) {
            cf_task_cancel(task, "everything starts afresh");
            cf_task_start(task);
        }
        task = begun ? engine->detached : task->next;
    }
}
