/*
 * A terminal server, and the threads on which it is called: any call may take long, or never come back. Each
 * job has a thread of its own while it runs. Of each kind only so many run at once; one that is late is left
 * behind and makes room for the next, up to a number. Then nothing of its kind is begun until one returns.
 *
 * The server's handle stays open until the last of its threads has returned, also when the back end is gone.
 */
#ifndef CF_WTS_SERVER_H
#define CF_WTS_SERVER_H

#include "time/loop.h"
#include "wts/api.h"

#include <stdatomic.h>
#include <stdbool.h>

enum cf_wts_kind {
    CF_WTS_LIST, /* enumerating */
    CF_WTS_READ, /* looking at sessions and their processes */
    CF_WTS_ACT,  /* ending, disconnecting, messages without an answer */
    CF_WTS_ASK,  /* messages that wait for their answer: late is what they are made for */
    CF_WTS_KINDS
};

struct cf_wts_server;

/* Part of its owner's structure, all zero but for the functions, the kind and the limit. Until it is begun it
 * can be dropped; from then on it is the thread's until `done` or `orphaned`. */
struct cf_wts_job {
    enum cf_wts_kind kind;
    struct cf_mono limit;                  /* unknown: none */
    void (*run)(struct cf_wts_job *job);   /* on its thread: touches nothing but the job and the server */
    void (*done)(struct cf_wts_job *job);  /* in the loop: it has run, and its thread has ended; frees it */
    bool (*moves)(struct cf_wts_job *job); /* in the loop, at its limit, if it was begun: true has it wait for
                                              `patience` more; may be NULL */
    struct cf_span patience;
    void (*late)(struct cf_wts_job *job); /* in the loop, at its limit; where it was not begun, frees it */
    void (*orphaned)(struct cf_wts_job *job); /* the server was closed: frees it, on whatever thread */

    struct cf_wts_server *server; /* set by cf_wts_server_start */
    atomic_bool over;             /* for `run`: nobody wants it done any more */
    bool begun, left;             /* it runs; it was late, and was left behind */
    uv_thread_t thread;           /* where it was begun */
    struct cf_timer timer;
    struct cf_wts_job *prev, *next; /* in the loop's lists */
    struct cf_wts_job *back;        /* among those that have returned */
};

/* name NULL: this machine. CF_UNAVAILABLE. */
int cf_wts_server_open(struct cf_loop *loop, const char *name, struct cf_wts_server **ret_server,
                       struct cf_error *err);

/* Forgets all jobs. Returns at once, whatever hangs; run the loop afterwards. */
void cf_wts_server_close(struct cf_wts_server *server);

const struct cf_wts_api *cf_wts_server_api(const struct cf_wts_server *server);
HANDLE cf_wts_server_handle(const struct cf_wts_server *server);
bool cf_wts_server_is_own(const struct cf_wts_server *server); /* this machine */

void cf_wts_server_start(struct cf_wts_server *server, struct cf_wts_job *job);

/* Another of this kind would have to wait. */
bool cf_wts_server_full(const struct cf_wts_server *server, enum cf_wts_kind kind);

/* Beside those: a thread for `run`, which ends by itself. False: there is none to be had. */
bool cf_wts_server_thread(struct cf_wts_server *server, void (*run)(void *data), void *data);

/* For such a thread, before it ends, and for whoever keeps the server longer than it is open. */
void cf_wts_server_hold(struct cf_wts_server *server);
void cf_wts_server_release(struct cf_wts_server *server);

#endif
