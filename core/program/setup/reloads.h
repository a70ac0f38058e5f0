/*
 * Requests to load the configuration again, joined: one is loaded at a time, at most one waits, and a pause
 * lies between two. Whoever asked is answered with the outcome of the first that begins after they did.
 */
#ifndef CF_PROGRAM_RELOADS_H
#define CF_PROGRAM_RELOADS_H

#include "control/server.h"

#define CF_RELOAD_PAUSE cf_seconds(2) /* from the end of one to the beginning of the next */

struct cf_reloads {
    struct cf_loop *loop;
    int (*load)(void *data, struct cf_error *err); /* does it, at once */
    void *data;
    struct cf_timer next;   /* set: one waits */
    struct cf_mono free_at; /* when it may begin */
    struct cf_control_call **calls;
    size_t call_count; /* that the one that waits will answer */
};

/* Stays where it is until finish. */
void cf_reloads_init(struct cf_reloads *reloads, struct cf_loop *loop,
                     int (*load)(void *data, struct cf_error *err), void *data);

/* Has it loaded, never inside this call. The call is answered by it; NULL: nobody waits for the outcome. */
void cf_reloads_ask(struct cf_reloads *reloads, struct cf_control_call *call);

/* Whoever still waits is refused. */
void cf_reloads_finish(struct cf_reloads *reloads);

#endif
