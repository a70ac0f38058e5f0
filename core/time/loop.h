/*
 * The loop: a clock, a heap of deadlines over one uv_timer_t, and a libuv loop below. In virtual time it
 * jumps from deadline to deadline, but only when nothing is in flight. Deadlines that are due together fire
 * in the order in which they were set, so that a run can be repeated exactly.
 *
 * One thread. Callbacks may start and stop any timer, their own included.
 */
#ifndef CF_TIME_LOOP_H
#define CF_TIME_LOOP_H

#include "base/error.h"
#include "time/clock.h"

#include <uv.h>

struct cf_loop;

/* How long, in real milliseconds, deadlines may fire one after another before I/O and signals are served. One
 * callback may take longer by itself. Virtual time that jumps knows no such limit: it would make runs differ.
 */
enum { CF_LOOP_SPAN_MS = 20 };

/*
 * A deadline, inside the object it belongs to; zeroed is "not set". Stop it before freeing that object.
 * Only `fire` and `data` are the owner's to write.
 */
struct cf_timer {
    void (*fire)(struct cf_timer *timer);
    void *data;
    int64_t due_us;         /* monotonic, or wall where `appointment` */
    int64_t key_us;         /* monotonic time by which the heap sorts */
    uint64_t sequence : 63; /* never reused */
    bool appointment : 1;
    size_t place; /* index in the heap + 1; 0: not set; SIZE_MAX: in the queue of those due already */
    struct cf_timer *previous, *next; /* in that queue */
};

/* In real time. */
int cf_loop_create(struct cf_loop **ret_loop, struct cf_error *err);

/* In virtual time from `start`. speed 0: jumps; above 0: so many times as fast as real time. */
int cf_loop_create_virtual(struct cf_instant start, double speed, struct cf_loop **ret_loop,
                           struct cf_error *err);

/* Every uv handle on it must be closed or closing. Asserts that uv_loop_close() == 0. NULL is fine. */
void cf_loop_destroy(struct cf_loop *loop);

const struct cf_clock *cf_loop_clock(const struct cf_loop *loop);
struct cf_mono cf_loop_now(const struct cf_loop *loop); /* short for the clock's */
struct cf_instant cf_loop_wall(const struct cf_loop *loop);
uv_loop_t *cf_loop_uv(struct cf_loop *loop); /* for back ends with handles of their own */

/* Sets the deadline, anew where it is set already. A time already past fires at the next turn. */
void cf_timer_set(struct cf_loop *loop, struct cf_timer *timer, struct cf_mono due);

/* The same on the wall clock: looked at again when that is stepped. */
void cf_timer_set_wall(struct cf_loop *loop, struct cf_timer *timer, struct cf_instant due);

/* Fires as soon as this callback has returned and those due earlier have fired. */
void cf_timer_defer(struct cf_loop *loop, struct cf_timer *timer);

void cf_timer_stop(struct cf_loop *loop, struct cf_timer *timer);
bool cf_timer_is_set(const struct cf_timer *timer);

/*
 * For whoever plays one event after another: where nothing else would happen before `to`, moves virtual time
 * there and returns true, and the caller goes on as if its own deadline had fired. False in real time, and
 * past the end of run_until.
 */
bool cf_loop_skip_to(struct cf_loop *loop, struct cf_mono to);

/* Between hold and release something is in flight (a worker thread, a child): virtual time stands still. */
void cf_loop_hold(struct cf_loop *loop);
void cf_loop_release(struct cf_loop *loop);

/*
 * Tells when the wall clock was stepped or the machine resumed from sleep. At most one listener: the engine.
 * `by`: the step, or the time asleep.
 */
typedef void cf_clock_listener(void *data, enum cf_clock_change change, struct cf_span by);
void cf_loop_on_clock(struct cf_loop *loop, cf_clock_listener *listener, void *data);

/* For whoever hears by another way that the clock was set, or of a resume: else it shows at the next
 * deadline. */
void cf_loop_look_at_clock(struct cf_loop *loop);

/* Virtual time only: what a scenario does to the host's clock. The listener is told, as on a real host. */
void cf_loop_step_wall(struct cf_loop *loop, struct cf_span by);
void cf_loop_sleep(struct cf_loop *loop, struct cf_span asleep);

/* Runs until stopped, or until nothing is left that could happen. */
void cf_loop_run(struct cf_loop *loop);

/* Virtual time: runs everything due up to and at `until`, and leaves the clock there. */
void cf_loop_run_until(struct cf_loop *loop, struct cf_mono until);

void cf_loop_stop(struct cf_loop *loop);

#endif
