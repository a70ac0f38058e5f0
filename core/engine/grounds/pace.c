/*
 * How fast sessions may be ended: so many a minute in all.
 *
 * Whoever is warned of an end has a place among the logoffs of that end's minute from then on. Where that is
 * full, nobody is warned: the task is queued, a queue for each policy, and begins its run afresh when a later
 * minute has a place for it. The logoffs themselves go through a ring, so that no minute, wherever it begins,
 * has more of them.
 */
#include "engine/grounds/pace.h"

#include "base/memory.h"
#include "engine/context.h"
#include "engine/grounds/notice_queue.h"
#include "engine/task.h"

#include <stdlib.h>
#include <utlist.h>

#define NEVER_TAKEN INT64_MIN
#define CALL_PACE   cf_seconds(5) /* how long those who are called have for taking their places */

enum { LATE_MINUTES = 5 }; /* for which a place counts after its minute: CF_ANNOUNCED_LATE */

struct cf_minute {
    int64_t minute;  /* monotonic */
    unsigned booked; /* logoffs that were announced for it, and are still to come; … */
    unsigned done;   /* … that were done, or have their turn; … */
    unsigned called; /* … of those who were just called, and have not taken theirs */
    UT_hash_handle hh;
};

static int64_t minute_of(struct cf_mono at)
{
    return at.us / CF_MINUTE.us;
}

static int64_t this_minute(const struct cf_engine *engine)
{
    return minute_of(cf_loop_now(engine->loop));
}

/* ---- Places ---- */

static struct cf_pace *pace_of(struct cf_engine *engine)
{
    if (!engine->pace)
        engine->pace = cf_alloc(sizeof *engine->pace);
    return engine->pace;
}

static struct cf_minute *find_minute(const struct cf_pace *pace, int64_t minute)
{
    struct cf_minute *found;
    HASH_FIND(hh, pace->minutes, &minute, sizeof minute, found);
    return found;
}

static void forget_past(struct cf_pace *pace, int64_t now)
{
    struct cf_minute *minute, *next;
    HASH_ITER(hh, pace->minutes, minute, next)
    {
        if (minute->minute >= now - LATE_MINUTES)
            continue;
        HASH_DEL(pace->minutes, minute);
        free(minute);
    }
}

static struct cf_minute *find_or_add(struct cf_engine *engine, int64_t minute)
{
    struct cf_minute *found = find_minute(pace_of(engine), minute);
    if (found)
        return found;
    forget_past(pace_of(engine), this_minute(engine));
    found = cf_alloc(sizeof *found);
    found->minute = minute;
    HASH_ADD(hh, pace_of(engine)->minutes, minute, sizeof minute, found);
    return found;
}

/* Logoffs that should have gone by now, or wait for their turn. */
static unsigned count_late(struct cf_engine *engine)
{
    int64_t now = this_minute(engine);
    unsigned late = 0;
    for (int64_t minute = now - LATE_MINUTES; minute <= now + LATE_MINUTES + 1; minute++) {
        const struct cf_minute *found = find_minute(pace_of(engine), minute);
        if (found)
            late += minute < now ? found->booked : minute > now ? found->done : 0;
    }
    return late;
}

/* Whether one more logoff fits into that minute. */
static bool has_room(struct cf_engine *engine, struct cf_mono end)
{
    const struct cf_minute *found = find_minute(pace_of(engine), minute_of(end));
    unsigned most = engine->config->limits.logoffs_per_minute;
    return (!found || found->booked + found->done + found->called < most) && count_late(engine) < most;
}

/* Whether it is the task's turn to take a place; that one which the call has kept is free for it. */
static bool answer_call(struct cf_task *task)
{
    struct cf_place *place = task->place;
    uint64_t call = place ? place->call : 0;
    if (call && call == pace_of(task->engine)->calls)
        find_or_add(task->engine, place->called_for)->called--;
    if (place)
        place->call = 0;
    return call != 0;
}

struct cf_span cf_pace_ahead(const struct cf_task *task)
{
    return task->place ? task->place->ahead : (struct cf_span){CF_UNKNOWN_US};
}

bool cf_pace_has_place(struct cf_task *task, struct cf_span ahead)
{
    struct cf_engine *engine = task->engine;
    bool called = answer_call(task);
    return (called || !task->policy->queue) &&
           has_room(engine, cf_mono_add(cf_loop_now(engine->loop), ahead));
}

void cf_pace_book(struct cf_notice *notice)
{
    struct cf_engine *engine = notice->task->engine;
    cf_pace_release(notice);
    struct cf_mono end = notice->ends;
    struct cf_span ahead = cf_pace_ahead(notice->task);
    if (!cf_mono_known(end) && cf_span_known(ahead))
        end = cf_mono_add(cf_loop_now(engine->loop), ahead);
    if (!cf_mono_known(end))
        return;
    notice->booked = minute_of(end);
    notice->has_place = true;
    find_or_add(engine, notice->booked)->booked++;
}

void cf_pace_release(struct cf_notice *notice)
{
    struct cf_minute *minute =
        notice->has_place ? find_minute(pace_of(notice->task->engine), notice->booked) : NULL;
    if (minute)
        minute->booked--;
    notice->has_place = false;
}

/* ---- The queue ---- */

static void on_call(struct cf_timer *timer);

static void set_call(struct cf_engine *engine, struct cf_mono at)
{
    pace_of(engine)->call = (struct cf_timer){.fire = on_call, .data = engine};
    cf_timer_set(engine->loop, &pace_of(engine)->call, at);
}

static struct cf_mono next_minute(const struct cf_engine *engine)
{
    return (struct cf_mono){(this_minute(engine) + 1) * CF_MINUTE.us};
}

void cf_pace_queue(struct cf_task *task, struct cf_span ahead, bool quiet)
{
    struct cf_engine *engine = task->engine;
    struct cf_mono due = cf_mono_add(cf_loop_now(engine->loop), ahead);
    task->state = CF_TASK_QUEUED;
    if (!task->place)
        task->place = cf_alloc(sizeof *task->place);
    *task->place = (struct cf_place){.queued = true, .ahead = ahead, .due = due, .quiet = quiet};
    DL_APPEND2(task->policy->queue, task, place->previous, place->next);
    pace_of(engine)->queued++;
    cf_timer_set(engine->loop, &task->timer, due);
    if (!cf_timer_is_set(&pace_of(engine)->call))
        set_call(engine, next_minute(engine));
}

void cf_pace_leave(struct cf_task *task)
{
    struct cf_place *place = task->place;
    if (!place)
        return;
    place->call = 0;
    if (!place->queued)
        return;
    DL_DELETE2(task->policy->queue, task, place->previous, place->next);
    place->queued = false;
    pace_of(task->engine)->queued--;
}

/* The first of the policy's queue begins afresh, where there is a place for its logoff. */
static bool call_one(struct cf_policy *policy)
{
    struct cf_task *task = policy->queue;
    struct cf_engine *engine = policy->engine;
    if (!task)
        return false;
    struct cf_mono end = cf_mono_add(cf_loop_now(engine->loop), task->place->ahead);
    if (!has_room(engine, end))
        return false;
    cf_pace_leave(task);
    task->place->called_for = minute_of(end);
    task->place->call = pace_of(engine)->calls;
    find_or_add(engine, task->place->called_for)->called++;
    task->sink->called(task);
    return true;
}

/* One policy after the other, each by the order of its queue. */
static void on_call(struct cf_timer *timer)
{
    struct cf_engine *engine = timer->data;
    struct cf_pace *pace = pace_of(engine);
    struct cf_minute *minute, *next;
    bool called = false, goes_on = true;
    pace->calls++;
    HASH_ITER(hh, pace->minutes, minute, next) minute->called = 0;
    while (goes_on) {
        goes_on = false;
        for (size_t i = 0; i < engine->policy_count; i++)
            goes_on = call_one(engine->policies[i]) || goes_on;
        called = called || goes_on;
    }
    struct cf_mono soon = cf_mono_add(cf_loop_now(engine->loop), CALL_PACE);
    if (pace->queued)
        set_call(engine, called && soon.us < next_minute(engine).us ? soon : next_minute(engine));
}

/* ---- Turns ---- */

/* A minute's logoffs stand in a ring: the next one goes a minute after the one that has its place. */
static void fit_ring(struct cf_pace *pace, size_t size)
{
    if (pace->size == size)
        return;
    free(pace->taken);
    pace->taken = cf_alloc(size * sizeof *pace->taken);
    pace->size = size;
    pace->place = 0;
    for (size_t i = 0; i < size; i++)
        pace->taken[i] = NEVER_TAKEN;
}

bool cf_pace_take(struct cf_engine *engine, struct cf_mono *ret_turn)
{
    struct cf_pace *pace = pace_of(engine);
    fit_ring(pace, engine->config->limits.logoffs_per_minute);
    struct cf_mono turn = cf_loop_now(engine->loop);
    int64_t free_at = pace->taken[pace->place];
    free_at += free_at == NEVER_TAKEN ? 0 : CF_MINUTE.us;
    if (free_at > turn.us + CF_LATE.us)
        return false;
    if (free_at > turn.us)
        turn.us = free_at;
    pace->taken[pace->place] = turn.us;
    pace->place = (pace->place + 1) % pace->size;
    find_or_add(engine, minute_of(turn))->done++;
    *ret_turn = turn;
    return true;
}

void cf_pace_finish(struct cf_engine *engine)
{
    struct cf_pace *pace = engine->pace;
    if (!pace)
        return;
    cf_timer_stop(engine->loop, &pace->call);
    forget_past(pace, INT64_MAX);
    free(pace->taken);
    free(pace);
}
