#include "time/worker.h"

#include "base/memory.h"

#include <stdlib.h>

/* In the order of their coming. */
struct jobs {
    struct cf_job *first, **end;
};

struct cf_worker {
    uv_thread_t thread;
    uv_async_t over;

    /* Shared. */
    uv_mutex_t mutex;
    uv_cond_t work;
    struct jobs queue, done;
    bool closing;
};

static void put(struct jobs *jobs, struct cf_job *job)
{
    job->next = NULL;
    if (!jobs->first)
        jobs->end = &jobs->first;
    *jobs->end = job;
    jobs->end = &job->next;
}

static void run_thread(void *data)
{
    struct cf_worker *worker = data;
    uv_mutex_lock(&worker->mutex);
    while (!worker->closing) {
        struct cf_job *job = worker->queue.first;
        if (!job) {
            uv_cond_wait(&worker->work, &worker->mutex);
            continue;
        }
        worker->queue.first = job->next;
        uv_mutex_unlock(&worker->mutex);
        job->work(job->data);
        uv_mutex_lock(&worker->mutex);
        put(&worker->done, job);
        (void)uv_async_send(&worker->over);
    }
    uv_mutex_unlock(&worker->mutex);
}

/* Takes them from where the thread puts them; a job may go with being told. */
static void tell_all(struct cf_worker *worker, struct jobs *jobs, bool worked)
{
    uv_mutex_lock(&worker->mutex);
    struct cf_job *job = jobs->first;
    jobs->first = NULL;
    uv_mutex_unlock(&worker->mutex);
    for (struct cf_job *next; job; job = next) {
        next = job->next;
        job->done(job->data, worked);
    }
}

static void on_over(uv_async_t *handle)
{
    struct cf_worker *worker = handle->data;
    tell_all(worker, &worker->done, true);
}

static void on_closed(uv_handle_t *handle)
{
    struct cf_worker *worker = handle->data;
    uv_mutex_destroy(&worker->mutex);
    uv_cond_destroy(&worker->work);
    free(worker);
}

struct cf_worker *cf_worker_create(uv_loop_t *loop)
{
    struct cf_worker *worker = cf_alloc(sizeof *worker);
    *worker = (struct cf_worker){.over.data = worker};
    if (uv_async_init(loop, &worker->over, on_over) != 0) {
        free(worker);
        return NULL;
    }
    worker->over.data = worker;
    uv_unref((uv_handle_t *)&worker->over);
    (void)uv_mutex_init(&worker->mutex);
    (void)uv_cond_init(&worker->work);
    if (uv_thread_create(&worker->thread, run_thread, worker) == 0)
        return worker;
    uv_close((uv_handle_t *)&worker->over, on_closed);
    return NULL;
}

void cf_worker_destroy(struct cf_worker *worker)
{
    if (!worker)
        return;
    uv_mutex_lock(&worker->mutex);
    worker->closing = true;
    uv_cond_signal(&worker->work);
    uv_mutex_unlock(&worker->mutex);
    (void)uv_thread_join(&worker->thread);
    tell_all(worker, &worker->done, true);
    tell_all(worker, &worker->queue, false);
    uv_close((uv_handle_t *)&worker->over, on_closed);
}

void cf_worker_add(struct cf_worker *worker, struct cf_job *job)
{
    uv_mutex_lock(&worker->mutex);
    put(&worker->queue, job);
    uv_cond_signal(&worker->work);
    uv_mutex_unlock(&worker->mutex);
}
