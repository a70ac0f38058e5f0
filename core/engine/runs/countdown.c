/*
 * Countdowns: a run that has warned somebody, or counts down under a condition of its own, ends as soon as
 * one of its grounds does not hold any more, by whatever cause: its warning is taken back, and the journal
 * says why. Each ground is looked at when something that it read has changed, and at its own turn; what was
 * sampled is read afresh before it counts.
 */
#include "engine/runs/countdown.h"

#include "base/memory.h"
#include "engine/actions/action.h"
#include "engine/grounds/ground.h"
#include "engine/readings/condition.h"
#include "engine/runs/interest.h"
#include "engine/runs/views.h"

#include <stdlib.h>

static void on_read(void *data, int code, const char *message);

/* In the middle of a step, what the script does next decides; an action that the host was asked for is seen
 * through. */
static bool may_end(const struct cf_task *task)
{
    return task->state == CF_TASK_WAITING || task->state == CF_TASK_CONFIRMING ||
           (task->state == CF_TASK_ACTING && !cf_action_is_submitted(task->action));
}

/* Whether what the ground rests on is being read afresh, since by what is known it does not hold. */
static bool is_confirming(struct cf_countdown *countdown, const struct cf_ground *ground)
{
    struct cf_task *task = countdown->task;
    uint64_t fields;
    struct cf_session_state *state =
        cf_condition_unread(task->engine, ground->condition, countdown->confirming, &fields);
    if (!state)
        return false;
    if (!countdown->confirming)
        countdown->confirming = ++task->engine->moments;
    countdown->reader = (struct cf_reader){.done = on_read, .data = countdown};
    cf_reading_ask(state, fields, &countdown->reader);
    return true;
}

/* The first moment at which a ground may not hold any more by time alone. */
static struct cf_mono next_turn(struct cf_task *task)
{
    struct cf_mono soonest = CF_MONO_UNKNOWN, now = cf_loop_now(task->engine->loop);
    for (size_t i = 0; i < task->ground_count; i++) {
        struct cf_ground *ground = &task->grounds[i];
        struct cf_condition *condition = ground->condition;
        if (!condition)
            continue;
        struct cf_mono turn = condition->fresh ? cf_condition_turn(condition, task->engine) : now;
        ground->until = cf_mono_known(turn) ? turn : (struct cf_mono){INT64_MAX};
        soonest = cf_mono_sooner(soonest, turn);
    }
    return soonest;
}

static void look(struct cf_countdown *countdown)
{
    struct cf_task *task = countdown->task;
    char text[CF_GROUND_TEXT];
    task->settled = false;
    if (!may_end(task) || countdown->reader.state)
        return;
    for (size_t i = 0; i < task->ground_count; i++) {
        struct cf_ground *ground = &task->grounds[i];
        if (!ground->condition)
            continue; /* which is there to be read for the next one, and that decides */
        bool stands = cf_ground_stands(task, ground);
        if (stands)
            continue;
        const char *why = cf_ground_fails(task, ground, text);
        cf_views_update(task);
        if (is_confirming(countdown, ground)) /* it may have read what was known long ago, either way */
            return;
        if (why) {
            task->sink->end_run(task, why);
            return;
        }
    }
    countdown->confirming = 0;
    cf_countdown_update(task);
    cf_interests_update(task);
}

static void on_read(void *data, int code, const char *message)
{
    (void)message;
    struct cf_countdown *countdown = data;
    if (code != CF_OK && may_end(countdown->task))
        countdown->task->sink->end_run(countdown->task,
                                       "the host does not say any more whether the session is in use");
    else
        look(countdown);
}

static void on_timer(struct cf_timer *timer)
{
    look(timer->data);
}

void cf_countdown_update(struct cf_task *task)
{
    struct cf_loop *loop = task->engine->loop;
    struct cf_countdown *countdown = task->countdown;
    bool counting = cf_task_counts_down(task);
    if (counting && task->settled)
        return;
    if (counting && !countdown) {
        countdown = task->countdown = cf_alloc(sizeof *countdown);
        *countdown = (struct cf_countdown){.task = task};
        countdown->timer = (struct cf_timer){.fire = on_timer, .data = countdown};
    }
    if (!countdown)
        return;
    task->settled = counting;
    struct cf_mono turn = counting ? next_turn(task) : CF_MONO_UNKNOWN, now = cf_loop_now(loop);
    if (!cf_mono_known(turn))
        cf_timer_stop(loop, &countdown->timer);
    else if (turn.us <= now.us)
        cf_timer_defer(loop, &countdown->timer);
    else
        cf_timer_set(loop, &countdown->timer, turn);
}

void cf_countdown_finish(struct cf_task *task)
{
    struct cf_countdown *countdown = task->countdown;
    if (!countdown)
        return;
    cf_timer_stop(task->engine->loop, &countdown->timer);
    cf_reader_cancel(&countdown->reader);
    free(countdown);
    task->countdown = NULL;
}
