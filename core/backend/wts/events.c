#include "wts/events.h"

#include "base/memory.h"

#include <stdlib.h>

/* Lives until the thread, the one that wakes it at the end, and the loop's handle are done with it. */
struct cf_wts_events {
    struct cf_wts_server *server;
    uv_async_t back;
    void (*changed)(void *data);
    void (*broke)(void *data, DWORD error);
    void *data;
    bool told_broken;
    atomic_uint refs;

    uv_mutex_t mutex; /* of what follows */
    uv_cond_t over;
    bool stopped, ended; /* the loop wants no more; the thread is done */
    DWORD error;         /* why it ended by itself */
};

#define FLUSH_AGAIN (UINT64_C(50) * 1000000) /* ns: a flush only ends a wait that has begun */

static void release(struct cf_wts_events *events)
{
    if (atomic_fetch_sub(&events->refs, 1) != 1)
        return;
    uv_cond_destroy(&events->over);
    uv_mutex_destroy(&events->mutex);
    free(events);
}

/* One wait; false when there is to be no other. */
static bool wait_once(struct cf_wts_events *events)
{
    DWORD mask = 0, error = 0;
    const struct cf_wts_api *api = cf_wts_server_api(events->server);
    if (!api->wait_event(cf_wts_server_handle(events->server), CF_WTS_EVENTS, &mask))
        error = GetLastError() ? GetLastError() : ERROR_GEN_FAILURE;
    uv_mutex_lock(&events->mutex);
    bool goes_on = !error && !events->stopped;
    events->error = error;
    events->ended = !goes_on;
    if (!events->stopped)
        (void)uv_async_send(&events->back); /* it is closed only after `stopped` was set */
    if (events->ended)
        uv_cond_signal(&events->over);
    uv_mutex_unlock(&events->mutex);
    return goes_on;
}

static void on_thread(void *data)
{
    struct cf_wts_events *events = data;
    struct cf_wts_server *server = events->server;
    while (wait_once(events))
        continue;
    release(events);
    cf_wts_server_release(server);
}

/* Ends the thread's wait, which may not have begun yet. */
static void flush(void *data)
{
    struct cf_wts_events *events = data;
    struct cf_wts_server *server = events->server;
    uv_mutex_lock(&events->mutex);
    while (!events->ended) {
        DWORD mask = 0;
        uv_mutex_unlock(&events->mutex);
        (void)cf_wts_server_api(server)->wait_event(cf_wts_server_handle(server), CF_WTS_EVENT_FLUSH, &mask);
        uv_mutex_lock(&events->mutex);
        if (!events->ended)
            (void)uv_cond_timedwait(&events->over, &events->mutex, FLUSH_AGAIN);
    }
    uv_mutex_unlock(&events->mutex);
    release(events);
    cf_wts_server_release(server);
}

static void on_back(uv_async_t *handle)
{
    struct cf_wts_events *events = handle->data;
    uv_mutex_lock(&events->mutex);
    bool ended = events->ended;
    DWORD error = events->error;
    uv_mutex_unlock(&events->mutex);
    if (!ended) {
        events->changed(events->data);
    } else if (!events->told_broken) {
        events->told_broken = true;
        events->broke(events->data, error);
    }
}

static void on_closed(uv_handle_t *handle)
{
    release(handle->data);
}

struct cf_wts_events *cf_wts_events_start(struct cf_loop *loop, struct cf_wts_server *server,
                                          void (*changed)(void *data), void (*broke)(void *data, DWORD error),
                                          void *data)
{
    struct cf_wts_events *events = cf_alloc(sizeof *events);
    *events = (struct cf_wts_events){.server = server, .changed = changed, .broke = broke, .data = data};
    atomic_init(&events->refs, 2);
    (void)uv_mutex_init(&events->mutex);
    (void)uv_cond_init(&events->over);
    (void)uv_async_init(cf_loop_uv(loop), &events->back, on_back);
    events->back.data = events;
    if (cf_wts_server_thread(server, on_thread, events))
        return events;
    release(events);
    events->stopped = true;
    uv_close((uv_handle_t *)&events->back, on_closed);
    return NULL;
}

void cf_wts_events_stop(struct cf_wts_events *events)
{
    if (!events)
        return;
    uv_mutex_lock(&events->mutex);
    events->stopped = true;
    bool ended = events->ended;
    uv_mutex_unlock(&events->mutex);
    if (!ended) {
        (void)atomic_fetch_add(&events->refs, 1);
        if (!cf_wts_server_thread(events->server, flush, events))
            release(events); /* the thread ends with the next event, or with the process */
    }
    uv_close((uv_handle_t *)&events->back, on_closed);
}
