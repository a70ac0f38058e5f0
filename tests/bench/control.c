/*
 * control: how late the loop is while 200 clients, half of them hostile, are at the control socket, beside an
 * idle one. Prints "NAME COUNT P50 P90 P99 P99.9 MAX" for each, in µs, then the requests "SERVED SECONDS
 * BYTES" of honest clients, and what the hostile sent meanwhile. Needs root.
 */
#include "../unit/control/crowd.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { IDLE_SECONDS = 3, ROUNDS = 1, MOST = 1000000 };

#define BEAT ((struct cf_span){1000})

static struct metronome {
    struct cf_timer timer;
    struct cf_loop *loop;
    int64_t *late_us, *busy_us; /* at each beat; and the processor time that the loop took for it */
    int64_t used_us;
    size_t count;
} metronome;

static int64_t used_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

static void on_beat(struct cf_timer *timer)
{
    struct cf_mono now = cf_loop_now(metronome.loop);
    int64_t used = used_us();
    if (metronome.count < MOST) {
        metronome.late_us[metronome.count] = now.us - timer->due_us;
        metronome.busy_us[metronome.count++] = used - metronome.used_us;
    }
    metronome.used_us = used;
    cf_timer_set(metronome.loop, timer, cf_mono_add(now, BEAT));
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void tell(const char *name, int64_t *times)
{
    static const double parts[] = {0.5, 0.9, 0.99, 0.999, 1};
    qsort(times, metronome.count, sizeof *times, by_size);
    printf("%s %zu", name, metronome.count);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        printf(" %lld", (long long)times[(size_t)((double)(metronome.count - 1) * parts[i])]);
    printf("\n");
}

static void stop(struct cf_timer *timer)
{
    cf_loop_stop(timer->data);
}

int main(void)
{
    struct cf_error err;
    if (geteuid() != 0 || crowd_open(ROUNDS, &err) != CF_OK) {
        fprintf(stderr, "control: %s\n", geteuid() ? "several users need root" : err.text);
        return 1;
    }
    (void)setpriority(PRIO_PROCESS, 0, -20); /* the crowd is of this machine, too, and busy */
    struct cf_timer end = {.fire = stop, .data = crowd.loop};
    metronome.loop = crowd.loop;
    metronome.late_us = cf_alloc(MOST * sizeof *metronome.late_us);
    metronome.busy_us = cf_alloc(MOST * sizeof *metronome.busy_us);
    metronome.timer.fire = on_beat;
    cf_timer_set(crowd.loop, &metronome.timer, cf_mono_add(cf_loop_now(crowd.loop), BEAT));
    cf_timer_set(crowd.loop, &end, cf_mono_add(cf_loop_now(crowd.loop), cf_seconds(IDLE_SECONDS)));
    cf_loop_run(crowd.loop);
    tell("idle-late", metronome.late_us);
    tell("idle-busy", metronome.busy_us);
    metronome.count = 0;

    struct cf_mono begin = cf_loop_now(crowd.loop);
    crowd_run();
    double seconds = (double)cf_mono_since(begin, cf_loop_now(crowd.loop)).us / 1e6;
    tell("crowd-late", metronome.late_us);
    tell("crowd-busy", metronome.busy_us);
    cf_timer_stop(crowd.loop, &metronome.timer);
    int well = crowd_close();
    printf("%lu %.3f %lu\n", crowd.honest.served, seconds, crowd.hostile.sent);
    free(metronome.late_us);
    free(metronome.busy_us);
    return well == CROWD_USERS && !crowd.honest.wrong && !crowd.honest.leaked && !crowd.hostile.leaked ? 0
                                                                                                       : 1;
}
