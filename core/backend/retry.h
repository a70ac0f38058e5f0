/* A host that cannot be reached: when it is tried again, and what the sink hears of it. */
#ifndef CF_BACKEND_RETRY_H
#define CF_BACKEND_RETRY_H

#include "backend/backend.h"
#include "time/loop.h"

struct cf_retry {
    struct cf_loop *loop;
    const struct cf_backend_sink *sink;
    struct cf_timer timer;
    struct cf_span after; /* until the next try */
    bool lost;            /* the sink was told so */
};

/* `fire` tries again, with `data`; NULL: nobody does. Loop and sink are borrowed. */
void cf_retry_init(struct cf_retry *retry, struct cf_loop *loop, const struct cf_backend_sink *sink,
                   void (*fire)(struct cf_timer *timer), void *data);

/* Tries once more, and tells nobody of it. */
void cf_retry_later(struct cf_retry *retry);

/* The host cannot be reached: tells the sink once, and tries again after a second, then after twice as long
 * each time, half a minute at most. */
void cf_retry_lose(struct cf_retry *retry, const struct cf_error *err);

/* It can (again), which the sink is told where it was told the other. */
void cf_retry_found(struct cf_retry *retry);

void cf_retry_stop(struct cf_retry *retry);

#endif
