/*
 * A session's screen: of the notices that runs have for it, it shows one at a time, the one that announces
 * the soonest end. The others wait behind it, shown before or not, and come when their turn does.
 */
#include "engine/grounds/notice_queue.h"

#include "base/memory.h"
#include "engine/task.h"

#include <stdlib.h>
#include <utlist.h>

static struct cf_notice_queue *queue_of(struct cf_session_state *state)
{
    if (!state->queue)
        state->queue = cf_alloc(sizeof *state->queue);
    return state->queue;
}

struct cf_notice *cf_notice_queue_open(const struct cf_session_state *state)
{
    return state->queue ? state->queue->open : NULL;
}

static bool is_shown(const struct cf_notice_queue *queue, const struct cf_notice *notice)
{
    return queue->id == notice->id;
}

/* 0: nothing stands there. */
static void set_id(struct cf_session_state *state, uint64_t id)
{
    struct cf_notice_queue *queue = state->queue, **queues = &state->engine->queues;
    if (queue->id)
        HASH_DEL(*queues, queue);
    queue->id = id;
    if (id)
        HASH_ADD(hh, *queues, id, sizeof queue->id, queue);
}

void cf_notice_pause(struct cf_notice *notice)
{
    if (!cf_mono_known(notice->since))
        return;
    notice->seen.us += cf_loop_now(notice->task->engine->loop).us - notice->since.us;
    notice->since = CF_MONO_UNKNOWN;
}

/* By which the soonest comes first; what announces one long past, or none (unknown is long ago), comes last.
 */
static int64_t rank(const struct cf_notice *notice, struct cf_mono now)
{
    return now.us <= notice->ends.us + CF_ANNOUNCED_LATE.us ? notice->ends.us : INT64_MAX;
}

/* Of those that end together, the newest, which stands first. */
static struct cf_notice *soonest(const struct cf_notice_queue *queue, struct cf_mono now)
{
    struct cf_notice *first = queue->open;
    for (struct cf_notice *notice = first; notice; notice = notice->behind)
        if (rank(notice, now) < rank(first, now))
            first = notice;
    return first;
}

static void take_back(const struct cf_session_state *state)
{
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    struct cf_request request = {.action = CF_ACTION_WITHDRAW,
                                 .language = cf_engine_language(state->engine, state->key),
                                 .session = session->identity,
                                 .notice = state->queue->id,
                                 .quiet_since = CF_MONO_UNKNOWN};
    (void)cf_calls_submit(state->engine->calls, &request, CF_ACTION_LIMIT, NULL, NULL);
}

/* What stands there belongs to nobody who wants it shown. */
static void clear(struct cf_session_state *state)
{
    struct cf_notice_queue *queue = queue_of(state);
    if (queue->id)
        take_back(state);
    set_id(state, 0);
    queue->shown = NULL;
}

/* What was behind another until there is nothing left to announce has missed its time. */
static void drop_late(struct cf_notice_queue *queue, struct cf_mono now)
{
    for (struct cf_notice **place = &queue->open; *place;) {
        struct cf_notice *notice = *place;
        bool late = cf_mono_known(notice->ends) && notice->ends.us < now.us + CF_SECOND.us &&
                    !notice->action && !is_shown(queue, notice);
        if (!late) {
            place = &notice->behind;
            continue;
        }
        *place = notice->behind;
        notice->open = false;
        notice->missed = true;
    }
}

static void on_settle(struct cf_timer *timer)
{
    cf_notice_queue_settle(timer->data);
}

static struct cf_timer *prepare(struct cf_session_state *state)
{
    struct cf_timer *timer = &queue_of(state)->settle;
    timer->fire = on_settle;
    timer->data = state;
    return timer;
}

/* In a turn of its own, when whatever changes now has changed. */
static void settle_soon(struct cf_session_state *state)
{
    cf_timer_defer(state->engine->loop, prepare(state));
}

/* It stands there for as long as what it announces counts. */
static void stand(struct cf_session_state *state, const struct cf_notice *notice, struct cf_mono now)
{
    if (rank(notice, now) < INT64_MAX)
        cf_timer_set(state->engine->loop, prepare(state),
                     (struct cf_mono){notice->ends.us + CF_ANNOUNCED_LATE.us + 1});
}

void cf_notice_queue_settle(struct cf_session_state *state)
{
    struct cf_engine *engine = state->engine;
    struct cf_notice_queue *queue = queue_of(state);
    if (queue->showing || state->ending)
        return;
    struct cf_mono now = cf_loop_now(engine->loop);
    drop_late(queue, now);
    struct cf_notice *first = soonest(queue, now);
    for (struct cf_notice *notice = queue->open; notice; notice = notice->behind)
        if (notice != first && notice->ready)
            state->engine->sink->put_back(notice->action, CF_OK, NULL);
    if (!first)
        clear(state);
    else if (is_shown(queue, first))
        stand(state, first, now);
    else if (first->ready)
        engine->sink->show(queue->showing = first->action);
    else if (!first->action)
        engine->sink->show_again(first);
}

void cf_notice_queue_add(struct cf_session_state *state, struct cf_notice *notice)
{
    cf_notice_queue_remove(state, notice);
    notice->open = true;
    notice->behind = queue_of(state)->open;
    state->queue->open = notice;
}

void cf_notice_queue_remove(struct cf_session_state *state, struct cf_notice *notice)
{
    if (!notice->open)
        return;
    LL_DELETE2(state->queue->open, notice, behind);
    notice->open = false;
    settle_soon(state);
}

void cf_notice_queue_forget(struct cf_session_state *state, struct cf_notice *notice)
{
    cf_notice_queue_remove(state, notice);
    if (state->queue && state->queue->shown == notice)
        state->queue->shown = NULL;
}

void cf_notice_queue_shows(struct cf_session_state *state, struct cf_notice *notice, uint64_t id,
                           bool withdrawable)
{
    struct cf_notice_queue *queue = queue_of(state);
    if (queue->shown)
        cf_notice_pause(queue->shown);
    if (queue->id && queue->withdrawable) /* else the newer one answers it */
        take_back(state);
    queue->shown = notice;
    set_id(state, id);
    queue->withdrawable = withdrawable;
}

void cf_notice_queue_answered(struct cf_session_state *state, struct cf_notice *notice, uint64_t id)
{
    struct cf_notice_queue *queue = queue_of(state);
    if (queue->id != id || !queue->withdrawable)
        return; /* where it cannot be taken back, it still stands elsewhere */
    set_id(state, 0);
    queue->shown = NULL;
    if (notice->id == id)
        cf_notice_queue_remove(state, notice);
}

void cf_notice_queue_release(struct cf_session_state *state, const struct cf_action *action)
{
    if (state->ending == action)
        state->ending = NULL;
    else if (state->queue && state->queue->showing == action)
        state->queue->showing = NULL;
    else
        return;
    settle_soon(state);
}

void cf_notice_queue_end(struct cf_session_state *state)
{
    if (!state->queue)
        return;
    cf_timer_stop(state->engine->loop, &state->queue->settle);
    while (state->queue->open) { /* of runs that are not this session's own */
        struct cf_notice *notice = state->queue->open;
        state->queue->open = notice->behind;
        notice->open = false;
        if (notice->ready)
            state->engine->sink->put_back(notice->action, CF_GONE, "session has ended");
    }
    set_id(state, 0);
    free(state->queue);
}
