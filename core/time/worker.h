/*
 * A thread beside libuv's pool, for one job after the other. Readings and warnings need the pool: what
 * somebody may ask for as often as they like is done here, where it holds up nothing but its own kind.
 */
#ifndef CF_TIME_WORKER_H
#define CF_TIME_WORKER_H

#include <stdbool.h>
#include <uv.h>

struct cf_worker;

/* Embedded by its owner, who has it from cf_worker_add until `done`. */
struct cf_job {
    void *data;
    void (*work)(void *data);              /* on the thread */
    void (*done)(void *data, bool worked); /* on the loop's; false: the worker ended before */
    struct cf_job *next;
};

/* NULL: there is no thread to be had. */
struct cf_worker *cf_worker_create(uv_loop_t *loop);

/* Waits for the job that is under way; all that wait are told, inside. NULL is fine; run the loop afterwards.
 */
void cf_worker_destroy(struct cf_worker *worker);

void cf_worker_add(struct cf_worker *worker, struct cf_job *job);

#endif
