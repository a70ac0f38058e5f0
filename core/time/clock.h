/*
 * The engine's clock, from which all time comes: a monotonic one that goes on through suspend (boot time),
 * and the wall clock. It is the operating system's, or a virtual one that whoever owns it moves.
 *
 * The clock remembers the steps of the wall clock, so that a wall time that a host recorded before a step (a
 * terminal's access time) can still be placed on the monotonic axis.
 */
#ifndef CF_TIME_CLOCK_H
#define CF_TIME_CLOCK_H

#include "time/instant.h"
#include "time/span.h"

#include <stdbool.h>

/* A point on the monotonic clock, microseconds; its zero means nothing. Delays and readings live here. */
struct cf_mono {
    int64_t us;
};

#define CF_MONO_UNKNOWN ((struct cf_mono){CF_UNKNOWN_US})

static inline bool cf_mono_known(struct cf_mono at)
{
    return at.us != CF_UNKNOWN_US;
}

/* What is unknown lies before all that is known: it is after nothing. */
static inline bool cf_mono_is_after(struct cf_mono a, struct cf_mono b)
{
    return a.us > b.us;
}

/* Of those that are known. */
static inline struct cf_mono cf_mono_sooner(struct cf_mono a, struct cf_mono b)
{
    return cf_mono_known(b) && (!cf_mono_known(a) || b.us < a.us) ? b : a;
}

static inline struct cf_mono cf_mono_add(struct cf_mono at, struct cf_span span)
{
    return (struct cf_mono){at.us + span.us};
}

/* from → to; unknown when either is. */
static inline struct cf_span cf_mono_since(struct cf_mono from, struct cf_mono to)
{
    if (!cf_mono_known(from) || !cf_mono_known(to))
        return (struct cf_span){CF_UNKNOWN_US};
    return (struct cf_span){to.us - from.us};
}

enum {
    CF_CLOCK_STEPS = 512
}; /* remembered stretches between steps of the wall clock; the oldest two merge */

/* A stretch of the monotonic axis on which wall - mono was `offset`: surely from `from` on, and perhaps
 * already since `since`, where a step was found later than it was made. */
struct cf_clock_stretch {
    int64_t since_us, from_us, offset_us;
};

struct cf_clock {
    bool is_virtual;   /* moved by its owner; else the operating system's */
    double speed;      /* virtual: 0 jumps; above 0 it runs by itself, so many times as fast as real time */
    int64_t now_us;    /* virtual: where it stands (speed 0) or stood at real_us */
    int64_t real_us;   /* speed above 0: the operating system's reading at now_us */
    int64_t asleep_us; /* time suspended so far, as last seen */
    struct cf_clock_stretch stretches[CF_CLOCK_STEPS];
    int count; /* of stretches; the last is in force */
};

/* A step of the wall clock up to this long is small: as hosts make that correct their clock. What counts on
 * the wall goes on by the new time, and nothing else happens. */
#define CF_CLOCK_SMALL CF_MINUTE

/* What cf_clock_check found. */
enum cf_clock_change { CF_CLOCK_STEADY, CF_CLOCK_STEPPED, CF_CLOCK_RESUMED };

void cf_clock_init_system(struct cf_clock *clock);

/* A virtual clock that reads `start` on the wall. speed: see struct cf_clock. */
void cf_clock_init_virtual(struct cf_clock *clock, struct cf_instant start, double speed);

struct cf_mono cf_clock_now(const struct cf_clock *clock);

/* So much real time, as this clock counts it: more where it is paced; what others take, whom it does not
 * pace. */
struct cf_span cf_clock_paced(const struct cf_clock *clock, struct cf_span real);

/* µs of processor time that this thread has used: for limits on work, whatever the clock. */
int64_t cf_clock_worked(void);
struct cf_instant cf_clock_wall(const struct cf_clock *clock);

/*
 * The monotonic time at which the wall clock showed `wall`. Where a step made that ambiguous, or skipped it,
 * the latest time that fits: a reading is never made to look older than it may be.
 */
struct cf_mono cf_clock_mono_of_wall(const struct cf_clock *clock, struct cf_instant wall);

/* The wall time, by the offset in force, of a monotonic time. */
struct cf_instant cf_clock_wall_of_mono(const struct cf_clock *clock, struct cf_mono mono);

/*
 * System clock: looks whether the wall clock was stepped by more than a second, or the machine slept, since
 * the last look, and remembers a step. Virtual: CF_CLOCK_STEADY.
 */
enum cf_clock_change cf_clock_check(struct cf_clock *clock);

/* Virtual only: move to `to` (never back); step the wall clock alone. */
void cf_clock_advance(struct cf_clock *clock, struct cf_mono to);
void cf_clock_step(struct cf_clock *clock, struct cf_span by);

/* The same, for a step of just now or of any time since then; not before the last one was found. */
void cf_clock_step_since(struct cf_clock *clock, struct cf_span by, struct cf_mono since);

#endif
