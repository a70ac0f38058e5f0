#include "time/clock.h"

#include <assert.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>

/* Since boot, asleep or not; QueryUnbiasedInterruptTime leaves sleep out. Both count 100 ns. */
static int64_t boot_us(void)
{
    return (int64_t)GetTickCount64() * 1000;
}

static int64_t awake_us(void)
{
    ULONGLONG units = 0;
    (void)QueryUnbiasedInterruptTime(&units);
    return (int64_t)(units / 10);
}

static int64_t units_of(FILETIME time)
{
    return (int64_t)time.dwHighDateTime << 32 | (int64_t)time.dwLowDateTime;
}

static int64_t wall_us(void)
{
    FILETIME now;
    GetSystemTimePreciseAsFileTime(&now);
    return units_of(now) / 10 - INT64_C(11644473600000000); /* from 1601 to 1970 */
}

int64_t cf_clock_worked(void)
{
    FILETIME begun, ended, kernel = {0}, user = {0};
    (void)GetThreadTimes(GetCurrentThread(), &begun, &ended, &kernel, &user);
    return (units_of(kernel) + units_of(user)) / 10;
}
#else
#include <time.h>

static int64_t read_us(clockid_t id)
{
    struct timespec now;
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t boot_us(void)
{
    return read_us(CLOCK_BOOTTIME);
}

static int64_t awake_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

static int64_t wall_us(void)
{
    return read_us(CLOCK_REALTIME);
}

int64_t cf_clock_worked(void)
{
    return read_us(CLOCK_THREAD_CPUTIME_ID);
}
#endif

enum { STEP_US = 1000000 }; /* a smaller change of the offset is drift */

/* Makes one stretch of the oldest two. By the smaller offset no wall time is placed before it was recorded.
 */
static void merge_oldest(struct cf_clock *clock)
{
    struct cf_clock_stretch *oldest = clock->stretches;
    oldest[1].since_us = oldest[1].from_us = oldest[0].from_us;
    if (oldest[0].offset_us < oldest[1].offset_us)
        oldest[1].offset_us = oldest[0].offset_us;
    memmove(oldest, oldest + 1, sizeof clock->stretches - sizeof *oldest);
    clock->count--;
}

static void begin_stretch(struct cf_clock *clock, int64_t since_us, int64_t from_us, int64_t offset_us)
{
    if (clock->count == CF_CLOCK_STEPS)
        merge_oldest(clock);
    clock->stretches[clock->count++] = (struct cf_clock_stretch){since_us, from_us, offset_us};
}

static const struct cf_clock_stretch *in_force(const struct cf_clock *clock)
{
    return &clock->stretches[clock->count - 1];
}

void cf_clock_init_system(struct cf_clock *clock)
{
    int64_t now = boot_us();
    *clock = (struct cf_clock){.asleep_us = now - awake_us()};
    begin_stretch(clock, INT64_MIN, INT64_MIN, wall_us() - now);
}

void cf_clock_init_virtual(struct cf_clock *clock, struct cf_instant start, double speed)
{
    *clock = (struct cf_clock){.is_virtual = true, .speed = speed, .real_us = speed > 0 ? boot_us() : 0};
    begin_stretch(clock, INT64_MIN, INT64_MIN, start.us);
}

struct cf_mono cf_clock_now(const struct cf_clock *clock)
{
    if (!clock->is_virtual)
        return (struct cf_mono){boot_us()};
    if (clock->speed <= 0)
        return (struct cf_mono){clock->now_us};
    return (struct cf_mono){clock->now_us + (int64_t)((double)(boot_us() - clock->real_us) * clock->speed)};
}

struct cf_span cf_clock_paced(const struct cf_clock *clock, struct cf_span real)
{
    bool paced = clock->is_virtual && clock->speed > 0;
    return paced ? (struct cf_span){(int64_t)((double)real.us * clock->speed)} : real;
}

struct cf_instant cf_clock_wall(const struct cf_clock *clock)
{
    if (!clock->is_virtual)
        return (struct cf_instant){wall_us()};
    return cf_clock_wall_of_mono(clock, cf_clock_now(clock));
}

struct cf_instant cf_clock_wall_of_mono(const struct cf_clock *clock, struct cf_mono mono)
{
    return (struct cf_instant){mono.us + in_force(clock)->offset_us};
}

struct cf_mono cf_clock_mono_of_wall(const struct cf_clock *clock, struct cf_instant wall)
{
    int64_t until = cf_clock_now(clock).us, skipped = until, latest = INT64_MIN;
    for (int i = clock->count - 1; i >= 0 && latest < until; i--) {
        const struct cf_clock_stretch *stretch = &clock->stretches[i];
        int64_t mono = wall.us - stretch->offset_us;
        if (mono >= stretch->since_us && mono <= until && mono > latest)
            latest = mono;
        else if (mono < stretch->since_us)
            skipped = stretch->from_us; /* unless another stretch holds it, a step forward left it out */
        until = stretch->from_us;
    }
    return (struct cf_mono){latest == INT64_MIN ? skipped : latest};
}

enum cf_clock_change cf_clock_check(struct cf_clock *clock)
{
    if (clock->is_virtual)
        return CF_CLOCK_STEADY;
    int64_t now = boot_us(), asleep = now - awake_us(), offset = wall_us() - now;
    int64_t stepped = offset - in_force(clock)->offset_us, slept = asleep - clock->asleep_us;
    bool step = stepped > STEP_US || stepped < -STEP_US;
    if (step)
        begin_stretch(clock, now, now, offset);
    if (slept > STEP_US) {
        clock->asleep_us = asleep;
        return CF_CLOCK_RESUMED;
    }
    return step ? CF_CLOCK_STEPPED : CF_CLOCK_STEADY;
}

void cf_clock_advance(struct cf_clock *clock, struct cf_mono to)
{
    assert(clock->is_virtual);
    if (clock->speed > 0) {
        int64_t ahead = to.us - cf_clock_now(clock).us;
        if (ahead > 0)
            clock->now_us += ahead;
    } else {
        assert(to.us >= clock->now_us);
        clock->now_us = to.us;
    }
}

void cf_clock_step_since(struct cf_clock *clock, struct cf_span by, struct cf_mono since)
{
    assert(clock->is_virtual);
    begin_stretch(clock, since.us, cf_clock_now(clock).us, in_force(clock)->offset_us + by.us);
}

void cf_clock_step(struct cf_clock *clock, struct cf_span by)
{
    cf_clock_step_since(clock, by, cf_clock_now(clock));
}
