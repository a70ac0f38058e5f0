#include "wts/server.h"

#include "base/memory.h"
#include "wts/failure.h"
#include "wts/utf16.h"

#include <stdlib.h>
#include <utlist.h>

enum { STACK = 256 << 10, ENDS_WITHIN_MS = 100 };

/* How many of a kind run at once, and how many may be left behind. */
static const struct {
    unsigned running, late;
} limits[CF_WTS_KINDS] = {
    [CF_WTS_LIST] = {1, 1}, [CF_WTS_READ] = {4, 16}, [CF_WTS_ACT] = {16, 16}, [CF_WTS_ASK] = {128, 16}};

struct cf_wts_server {
    const struct cf_wts_api *api;
    HANDLE handle;
    bool own;
    struct cf_loop *loop;
    unsigned running[CF_WTS_KINDS], late[CF_WTS_KINDS];
    struct cf_wts_job *waiting[CF_WTS_KINDS], *under_way; /* these lists are the loop's alone */
    uv_async_t back;
    atomic_uint refs;

    uv_mutex_t mutex; /* of what follows */
    struct cf_wts_job *returned;
    bool closed;
};

void cf_wts_server_hold(struct cf_wts_server *server)
{
    (void)atomic_fetch_add(&server->refs, 1);
}

void cf_wts_server_release(struct cf_wts_server *server)
{
    if (atomic_fetch_sub(&server->refs, 1) != 1)
        return;
    if (server->handle != NULL)
        server->api->close_server(server->handle);
    uv_mutex_destroy(&server->mutex);
    free(server);
}

const struct cf_wts_api *cf_wts_server_api(const struct cf_wts_server *server)
{
    return server->api;
}

HANDLE cf_wts_server_handle(const struct cf_wts_server *server)
{
    return server->handle;
}

bool cf_wts_server_is_own(const struct cf_wts_server *server)
{
    return server->own;
}

static bool begin_thread(struct cf_wts_server *server, uv_thread_t *thread, void (*run)(void *data),
                         void *data)
{
    const uv_thread_options_t options = {.flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = STACK};
    cf_wts_server_hold(server);
    if (uv_thread_create_ex(thread, &options, run, data) == 0)
        return true;
    cf_wts_server_release(server);
    return false;
}

bool cf_wts_server_thread(struct cf_wts_server *server, void (*run)(void *data), void *data)
{
    uv_thread_t thread;
    bool begun = begin_thread(server, &thread, run, data);
    if (begun)
        (void)CloseHandle(thread); /* nobody waits for it: it may never end */
    return begun;
}

/* ---- A job's life ---- */

static void on_thread(void *data)
{
    struct cf_wts_job *job = data;
    struct cf_wts_server *server = job->server;
    job->run(job);
    uv_mutex_lock(&server->mutex);
    bool closed = server->closed;
    if (!closed) {
        LL_PREPEND2(server->returned, job, back);
        (void)uv_async_send(&server->back); /* it is closed only after `closed` was set */
    }
    uv_mutex_unlock(&server->mutex);
    if (closed)
        job->orphaned(job);
    cf_wts_server_release(server);
}

static void start_next(struct cf_wts_server *server, enum cf_wts_kind kind)
{
    while (server->waiting[kind] && server->running[kind] < limits[kind].running &&
           server->late[kind] < limits[kind].late) {
        struct cf_wts_job *job = server->waiting[kind];
        DL_DELETE(server->waiting[kind], job);
        job->begun = true;
        if (!begin_thread(server, &job->thread, on_thread, job)) {
            job->begun = false;
            DL_PREPEND(server->waiting[kind],
                       job); /* the next that returns tries again, or its limit ends it */
            return;
        }
        server->running[kind]++;
        DL_APPEND(server->under_way, job);
    }
}

static void on_limit(struct cf_timer *timer)
{
    struct cf_wts_job *job = timer->data;
    struct cf_wts_server *server = job->server;
    enum cf_wts_kind kind = job->kind;
    if (job->begun && job->moves && job->moves(job)) {
        cf_timer_set(server->loop, timer, cf_mono_add(cf_loop_now(server->loop), job->patience));
        return;
    }
    atomic_store(&job->over, true);
    job->left = job->begun;
    if (job->begun) {
        server->running[kind]--;
        server->late[kind]++;
    } else {
        DL_DELETE(server->waiting[kind], job);
    }
    cf_wts_server_hold(server);
    job->late(job); /* which may close it */
    start_next(server, kind);
    cf_wts_server_release(server);
}

void cf_wts_server_start(struct cf_wts_server *server, struct cf_wts_job *job)
{
    job->server = server;
    job->timer = (struct cf_timer){.fire = on_limit, .data = job};
    DL_APPEND(server->waiting[job->kind], job);
    if (cf_mono_known(job->limit))
        cf_timer_set(server->loop, &job->timer, job->limit);
    start_next(server, job->kind);
}

bool cf_wts_server_full(const struct cf_wts_server *server, enum cf_wts_kind kind)
{
    return server->running[kind] >= limits[kind].running || server->late[kind] >= limits[kind].late;
}

/* Its thread has nothing left to do, and is waited for until it has ended: Wine kills a program, once in a
 * hundred times, whose main thread returns while another one ends. */
static void take_back(struct cf_wts_server *server, struct cf_wts_job *job)
{
    (void)WaitForSingleObject(job->thread, ENDS_WITHIN_MS);
    (void)CloseHandle(job->thread);
    cf_timer_stop(server->loop, &job->timer);
    (job->left ? server->late : server->running)[job->kind]--;
    DL_DELETE(server->under_way, job);
}

static struct cf_wts_job *take_returned(struct cf_wts_server *server)
{
    struct cf_wts_job *returned = NULL, *job;
    uv_mutex_lock(&server->mutex);
    while ((job = server->returned)) { /* the first to return comes first */
        LL_DELETE2(server->returned, job, back);
        LL_PREPEND2(returned, job, back);
    }
    uv_mutex_unlock(&server->mutex);
    return returned;
}

/* `done` may close the server. */
static void on_back(uv_async_t *handle)
{
    struct cf_wts_server *server = handle->data;
    struct cf_wts_job *job = take_returned(server), *next;
    cf_wts_server_hold(server);
    for (; job; job = next) {
        next = job->back;
        if (server->closed) {
            job->orphaned(job);
            continue;
        }
        take_back(server, job);
        start_next(server, job->kind);
        job->done(job);
    }
    cf_wts_server_release(server);
}

/* ---- The server's ---- */

int cf_wts_server_open(struct cf_loop *loop, const char *name, struct cf_wts_server **ret_server,
                       struct cf_error *err)
{
    const struct cf_wts_api *api;
    HANDLE handle = NULL; /* this machine's */
    int code = cf_wts_api_load(&api, err);
    if (code == CF_OK && name) {
        wchar_t *wide = cf_utf16_of(name);
        handle = api->open_server(wide);
        free(wide);
        char why[CF_WTS_FAILURE];
        if (!handle)
            return cf_error_set(err, CF_UNAVAILABLE, "%s: %s", name, cf_wts_failure(GetLastError(), why));
    }
    if (code)
        return code;
    struct cf_wts_server *server = cf_alloc(sizeof *server);
    *server = (struct cf_wts_server){.api = api, .handle = handle, .own = !name, .loop = loop};
    atomic_init(&server->refs, 1);
    (void)uv_mutex_init(&server->mutex);
    (void)uv_async_init(cf_loop_uv(loop), &server->back, on_back);
    server->back.data = server;
    *ret_server = server;
    return CF_OK;
}

static void on_closed(uv_handle_t *handle)
{
    cf_wts_server_release(handle->data);
}

void cf_wts_server_close(struct cf_wts_server *server)
{
    struct cf_wts_job *job, *next;
    DL_FOREACH(server->under_way, job)
    {
        cf_timer_stop(server->loop, &job->timer);
        (void)CloseHandle(job->thread);
        atomic_store(&job->over, true);
    }
    uv_mutex_lock(&server->mutex);
    server->closed = true; /* from here on each is its thread's */
    uv_mutex_unlock(&server->mutex);
    server->under_way = NULL;
    for (int kind = 0; kind < CF_WTS_KINDS; kind++) {
        DL_FOREACH_SAFE(server->waiting[kind], job, next)
        {
            cf_timer_stop(server->loop, &job->timer);
            job->orphaned(job);
        }
        server->waiting[kind] = NULL;
    }
    for (job = take_returned(server); job; job = next) {
        next = job->back;
        job->orphaned(job);
    }
    uv_close((uv_handle_t *)&server->back, on_closed);
}
