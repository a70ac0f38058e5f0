/*
 * A library's own connection, on the loop: its socket wakes the loop, and before the loop sleeps the library
 * has its turn, whatever woke it: what a library reads while it waits for an answer no socket tells of.
 */
#ifndef CF_TIME_PUMP_H
#define CF_TIME_PUMP_H

#include "time/loop.h"

#include <stdbool.h>
#include <uv.h>

/* Embedded by its owner, who sets the first four. */
struct cf_pump {
    void *data;
    void (*turn)(void *data);
    void (*ready)(void *data, bool broken); /* as the socket wakes the loop; NULL: the turn does all */
    void (*closed)(void *data);             /* after cf_pump_close: the pump may be freed */

    uv_poll_t poll;
    uv_prepare_t prepare;
    int events;  /* waited for */
    int handles; /* not yet closed */
};

/* Waits until `fd` can be read. Otherwise libuv's error, and nothing is to be closed. */
int cf_pump_open(struct cf_pump *pump, struct cf_loop *loop, int fd);

/* From now on it waits for these of libuv's. */
void cf_pump_await(struct cf_pump *pump, int events);

/* There is nothing more to do in a turn. */
void cf_pump_rest(struct cf_pump *pump);

/* Its socket may be closed then. No turn comes any more. */
void cf_pump_close(struct cf_pump *pump);

#endif
