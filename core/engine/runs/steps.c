/*
 * What a change of the host's clock means for runs. Delays and idle times are monotonic, and no step of the
 * clock on the wall touches them. What rests on the time on the wall (clock.now, clock.approach) goes on by
 * the new time after a small step (CF_CLOCK_SMALL), and starts afresh after a larger one. After a sleep
 * everything does.
 */
#include "engine/runs/steps.h"

#include "engine/actions/backoff.h"
#include "engine/actions/pauses.h"
#include "engine/readings/condition.h"
#include "engine/runs/countdown.h"
#include "engine/runs/schedules.h"
#include "engine/task.h"

/* The conditions that the task waits for and rests on are asked anew: their turns were worked out by the old
 * time. */
static void ask_anew(struct cf_task *task)
{
    for (unsigned i = 0; task->on_wall && i < task->ground_count; i++)
        if (task->grounds[i].condition)
            task->grounds[i].condition->fresh = false; /* and so it is looked at, whatever its `until` */
    if (task->on_wall)
        task->settled = false;
    cf_countdown_update(task);
    if (!task->on_wall || task->state != CF_TASK_WAITING || !task->awaited.condition)
        return;
    task->awaited.condition->fresh = false;
    cf_timer_defer(task->engine->loop, &task->timer);
}

static void ask_all_anew(struct cf_engine *engine)
{
    for (struct cf_task *task = engine->detached; task; task = task->next)
        ask_anew(task);
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));)
        for (struct cf_task *task = cf_session_state_of(engine, key)->tasks; task; task = task->next)
            ask_anew(task);
}

void cf_engine_restart(struct cf_engine *engine, const char *reason)
{
    struct cf_entry entry = {.what = CF_WHAT_RESTART, .text = reason};
    cf_engine_write(engine, &entry, NULL, NULL);
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        cf_backoff_again(cf_session_state_of(engine, key));
        cf_tasks_restart(cf_session_state_of(engine, key), false);
    }
    cf_detached_restart(engine, false);
}

/* What rests on the time on the wall starts afresh. */
static void restart_all(struct cf_engine *engine, const char *reason)
{
    struct cf_entry entry = {.what = CF_WHAT_RESTART, .text = reason};
    cf_engine_write(engine, &entry, NULL, NULL);
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));)
        cf_tasks_restart(cf_session_state_of(engine, key), true);
    cf_detached_restart(engine, true);
}

void cf_engine_clock_changed(void *data, enum cf_clock_change change, struct cf_span by)
{
    struct cf_engine *engine = data;
    char span[CF_SPAN_TEXT];
    struct cf_span size = {by.us < 0 ? -by.us : by.us};
    struct cf_instant was = cf_loop_wall(engine->loop);
    if (change == CF_CLOCK_STEPPED)
        cf_pauses_clock_set(engine, by);
    if (change == CF_CLOCK_STEPPED && size.us <= CF_CLOCK_SMALL.us) {
        ask_all_anew(engine);
        return;
    }
    struct cf_buffer reason = {0};
    if (change == CF_CLOCK_RESUMED) {
        cf_buffer_printf(&reason, "the host slept for %s", cf_span_words(size, span));
        cf_engine_restart(engine, reason.data);
    } else {
        cf_buffer_printf(&reason, "the clock was set %s by %s", by.us < 0 ? "back" : "forward",
                         cf_span_words(size, span));
        restart_all(engine, reason.data);
        was.us -= by.us;
    }
    for (size_t i = 0; i < engine->policy_count; i++)
        cf_schedules_clock_set(engine->policies[i], was);
    cf_buffer_finish(&reason);
}
