/*
 * Work for libuv's threads, of which there are four: what may hang must not take them all. Groups ask a
 * directory server; reading a process's environment waits for whoever changes its memory, who may wait for a
 * file server, and before Linux 5.11 a process could keep (by userfaultfd) whoever reads it. Language is read
 * there, too, and idle time does not wait for it.
 */
#ifndef CF_LOGIND_WORKERS_H
#define CF_LOGIND_WORKERS_H

#include <stdbool.h>
#include <uv.h>

enum {
    CF_WORKS_JOINED = 16 /* a turn is worth its two wake-ups then; what hangs holds up no more than that */
};

enum cf_hangs { CF_HANGS_NEVER, CF_HANGS_ON_NAMES, CF_HANGS_ON_LANGUAGE, CF_HANGS_ON_MEMORY, CF_HANGS_COUNT };

struct cf_workers {
    uv_loop_t *loop;
    unsigned under_way[CF_HANGS_COUNT];
    struct cf_work *waiting[CF_HANGS_COUNT];
};

/* Part of its owner's own structure, and all zero but for what it is to do. */
struct cf_work {
    void (*run)(struct cf_work *work);  /* on a worker */
    void (*done)(struct cf_work *work); /* back in the loop; may free it */
    enum cf_hangs hangs;
    bool joins;   /* may share a thread's turn, and wait for all of it: for what lists and ends */
    bool running; /* on a worker: it can be neither freed nor dropped */

    uv_work_t handle;
    struct cf_workers *workers;
    struct cf_work *prev, *next;
    struct cf_work *after; /* in the same turn */
    bool waiting;
};

/* Runs it as soon as there is room; the workers must be there until all that runs is done. */
void cf_workers_start(struct cf_workers *workers, struct cf_work *work);

/* Forgets it if it waits for room; true if it did. */
bool cf_workers_drop(struct cf_work *work);

#endif
