#include "time/loop.h"

#include "base/memory.h"
#include "time/heap.h"

#include <assert.h>
#include <stdlib.h>

#ifdef __linux__
#include <sys/timerfd.h>
#include <unistd.h>
#endif

#define IN_QUEUE SIZE_MAX

struct cf_loop {
    uv_loop_t uv;
    struct cf_clock clock;
    struct cf_heap heap;
    struct cf_timer *soon, *last; /* due when they were set, in that order: most deadlines, at no cost */
    uint64_t sequence;
    uv_timer_t alarm; /* real and paced time: the one timer below the heap */
    uv_poll_t steps;  /* real time on Linux: the kernel tells of clock steps and resumes */
    int steps_fd;
    int64_t until_us; /* virtual time: the end of the run under way */
    unsigned held;
    bool stopped, jumps;
    cf_clock_listener *listener;
    void *listener_data;
};

/* ---- Setting deadlines ---- */

static void on_alarm(uv_timer_t *alarm);

/* The deadline that fires next; NULL where there is none. */
static struct cf_timer *first(const struct cf_loop *loop)
{
    struct cf_timer *later = cf_heap_first(&loop->heap);
    return loop->soon && !(later && cf_timer_before(later, loop->soon)) ? loop->soon : later;
}

/* Sets the one uv timer to the earliest deadline, rounded up to its milliseconds. */
static void arm(struct cf_loop *loop)
{
    if (loop->jumps)
        return;
    const struct cf_timer *timer = first(loop);
    if (!timer) {
        (void)uv_timer_stop(&loop->alarm);
        return;
    }
    double ahead = (double)(timer->key_us - cf_clock_now(&loop->clock).us);
    if (loop->clock.is_virtual)
        ahead /= loop->clock.speed;
    uv_update_time(&loop->uv); /* else the delay counts from when this turn began, and fires early */
    /* Never 0: libuv 1.44 runs such a timer again in the same pass, ahead of all I/O and of uv_stop. */
    (void)uv_timer_start(&loop->alarm, on_alarm, (ahead <= 0 ? 0 : (uint64_t)(ahead / 1000)) + 1, 0);
}

/* Where a deadline lies on the monotonic axis, by the wall clock's offset in force. */
static int64_t key_of(const struct cf_loop *loop, const struct cf_timer *timer)
{
    if (!timer->appointment || timer->due_us == INT64_MAX)
        return timer->due_us;
    return timer->due_us - cf_clock_wall_of_mono(&loop->clock, (struct cf_mono){0}).us;
}

static void enqueue(struct cf_loop *loop, struct cf_timer *timer)
{
    timer->place = IN_QUEUE;
    timer->next = NULL;
    timer->previous = loop->last;
    *(loop->last ? &loop->last->next : &loop->soon) = timer;
    loop->last = timer;
}

static void take_out(struct cf_loop *loop, struct cf_timer *timer)
{
    if (timer->place != IN_QUEUE) {
        cf_heap_take(&loop->heap, timer);
        return;
    }
    *(timer->previous ? &timer->previous->next : &loop->soon) = timer->next;
    *(timer->next ? &timer->next->previous : &loop->last) = timer->previous;
    timer->place = 0;
}

static void set(struct cf_loop *loop, struct cf_timer *timer, int64_t due_us, bool appointment)
{
    bool was_first = first(loop) == timer;
    int64_t now = cf_clock_now(&loop->clock).us;
    if (timer->place == IN_QUEUE)
        take_out(loop, timer);
    timer->due_us = due_us;
    timer->appointment = appointment;
    timer->sequence = ++loop->sequence & (UINT64_MAX >> 1);
    timer->key_us = key_of(loop, timer);
    if (timer->key_us > now) {
        cf_heap_put(&loop->heap, timer);
    } else {
        timer->key_us = now;
        if (timer->place)
            cf_heap_take(&loop->heap, timer);
        enqueue(loop, timer);
    }
    if (was_first || first(loop) == timer)
        arm(loop);
}

void cf_timer_set(struct cf_loop *loop, struct cf_timer *timer, struct cf_mono due)
{
    set(loop, timer, due.us, false);
}

void cf_timer_set_wall(struct cf_loop *loop, struct cf_timer *timer, struct cf_instant due)
{
    set(loop, timer, due.us, true);
}

void cf_timer_defer(struct cf_loop *loop, struct cf_timer *timer)
{
    set(loop, timer, cf_loop_now(loop).us, false);
}

void cf_timer_stop(struct cf_loop *loop, struct cf_timer *timer)
{
    if (!timer->place)
        return;
    bool was_next = first(loop) == timer;
    take_out(loop, timer);
    if (was_next)
        arm(loop);
}

bool cf_timer_is_set(const struct cf_timer *timer)
{
    return timer->place != 0;
}

/* ---- Firing ---- */

static void fire(struct cf_loop *loop, struct cf_timer *timer)
{
    take_out(loop, timer);
    timer->fire(timer);
}

static void announce(struct cf_loop *loop, enum cf_clock_change change, struct cf_span by)
{
    if (change == CF_CLOCK_STEADY)
        return;
    for (size_t i = 0; i < loop->heap.count; i++) { /* appointments moved against the delays */
        struct cf_timer *timer = loop->heap.slots[i].timer;
        timer->key_us = key_of(loop, timer);
    }
    cf_heap_sort(&loop->heap);
    arm(loop);
    if (loop->listener)
        loop->listener(loop->listener_data, change, by);
}

void cf_loop_look_at_clock(struct cf_loop *loop)
{
    if (loop->clock.is_virtual)
        return;
    int64_t offset = cf_clock_wall_of_mono(&loop->clock, (struct cf_mono){0}).us,
            asleep = loop->clock.asleep_us;
    enum cf_clock_change change = cf_clock_check(&loop->clock);
    int64_t stepped = cf_clock_wall_of_mono(&loop->clock, (struct cf_mono){0}).us - offset;
    announce(loop, change,
             (struct cf_span){change == CF_CLOCK_RESUMED ? loop->clock.asleep_us - asleep : stepped});
}

/* Fires what is due, the earliest first, until I/O has a turn. What is left keeps its order, and goes on
 * right after that. */
static void on_alarm(uv_timer_t *alarm)
{
    struct cf_loop *loop = alarm->data;
    cf_loop_look_at_clock(loop);
    uint64_t begun = uv_hrtime();
    struct cf_timer *timer;
    while (!loop->stopped && (timer = first(loop)) && timer->key_us <= cf_clock_now(&loop->clock).us &&
           uv_hrtime() - begun < CF_LOOP_SPAN_MS * UINT64_C(1000000))
        fire(loop, timer);
    if (!loop->stopped)
        arm(loop);
}

/* In virtual time: fires the next deadline up to `until`; false when there is none. */
static bool jump(struct cf_loop *loop, int64_t until)
{
    if (loop->held) {
        (void)uv_run(&loop->uv, UV_RUN_ONCE);
        return true;
    }
    struct cf_timer *timer = first(loop);
    if (!timer || timer->key_us > until)
        return false;
    if (timer->key_us > loop->clock.now_us)
        cf_clock_advance(&loop->clock, (struct cf_mono){timer->key_us});
    fire(loop, timer);
    return true;
}

bool cf_loop_skip_to(struct cf_loop *loop, struct cf_mono to)
{
    const struct cf_timer *timer = first(loop);
    if (!loop->jumps || loop->held || loop->stopped || to.us > loop->until_us ||
        (timer && timer->key_us <= to.us))
        return false;
    if (to.us > loop->clock.now_us)
        cf_clock_advance(&loop->clock, to);
    return true;
}

void cf_loop_run(struct cf_loop *loop)
{
    loop->stopped = false;
    loop->until_us = INT64_MAX - 1;
    if (!loop->jumps) {
        arm(loop);
        (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
        return;
    }
    while (!loop->stopped && jump(loop, loop->until_us))
        continue;
    (void)uv_run(&loop->uv, UV_RUN_NOWAIT);
}

void cf_loop_run_until(struct cf_loop *loop, struct cf_mono until)
{
    assert(loop->jumps);
    loop->stopped = false;
    loop->until_us = until.us;
    while (!loop->stopped && jump(loop, until.us))
        continue;
    if (!loop->stopped && until.us > loop->clock.now_us)
        cf_clock_advance(&loop->clock, until);
}

void cf_loop_stop(struct cf_loop *loop)
{
    loop->stopped = true;
    uv_stop(&loop->uv);
}

/* ---- The clock ---- */

void cf_loop_step_wall(struct cf_loop *loop, struct cf_span by)
{
    cf_clock_step(&loop->clock, by);
    announce(loop, CF_CLOCK_STEPPED, by);
}

void cf_loop_sleep(struct cf_loop *loop, struct cf_span asleep)
{
    cf_clock_advance(&loop->clock, cf_mono_add(cf_loop_now(loop), asleep));
    announce(loop, CF_CLOCK_RESUMED, asleep);
}

void cf_loop_on_clock(struct cf_loop *loop, cf_clock_listener *listener, void *data)
{
    loop->listener = listener;
    loop->listener_data = data;
}

#ifdef __linux__
/* A timer that never fires but ends when the wall clock is set or the machine resumes: timerfd_create(2). */
static void rearm_steps(int fd)
{
    struct itimerspec far = {.it_value.tv_sec = (time_t)1 << 40};
    (void)timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL);
}

static void on_steps(uv_poll_t *handle, int status, int events)
{
    (void)status;
    (void)events;
    struct cf_loop *loop = handle->data;
    uint64_t count;
    (void)!read(loop->steps_fd, &count, sizeof count); /* ECANCELED is the news */
    rearm_steps(loop->steps_fd);
    cf_loop_look_at_clock(loop);
}

static int watch_steps(struct cf_loop *loop)
{
    loop->steps_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (loop->steps_fd < 0)
        return 0; /* the look at every deadline remains */
    rearm_steps(loop->steps_fd);
    loop->steps.data = loop;
    int status = uv_poll_init(&loop->uv, &loop->steps, loop->steps_fd);
    if (status == 0) {
        (void)uv_poll_start(&loop->steps, UV_READABLE, on_steps);
        uv_unref((uv_handle_t *)&loop->steps);
    }
    return status;
}
#else
static int watch_steps(struct cf_loop *loop)
{
    (void)loop;
    return 0;
}
#endif

/* ---- Life ---- */

static int create(struct cf_clock clock, struct cf_loop **ret_loop, struct cf_error *err)
{
    struct cf_loop *loop = cf_alloc(sizeof *loop);
    loop->clock = clock;
    loop->jumps = clock.is_virtual && clock.speed <= 0;
    loop->steps_fd = -1;
    int status = uv_loop_init(&loop->uv);
    if (status != 0) {
        free(loop);
        return cf_error_set(err, CF_FAILED, "cannot set up an event loop: %s", uv_strerror(status));
    }
    loop->alarm.data = loop;
    (void)uv_timer_init(&loop->uv, &loop->alarm);
    if (!clock.is_virtual && (status = watch_steps(loop)) != 0) {
        cf_loop_destroy(loop);
        return cf_error_set(err, CF_FAILED, "cannot watch the clock for steps: %s", uv_strerror(status));
    }
    *ret_loop = loop;
    return 0;
}

int cf_loop_create(struct cf_loop **ret_loop, struct cf_error *err)
{
    struct cf_clock clock;
    cf_clock_init_system(&clock);
    return create(clock, ret_loop, err);
}

int cf_loop_create_virtual(struct cf_instant start, double speed, struct cf_loop **ret_loop,
                           struct cf_error *err)
{
    struct cf_clock clock;
    cf_clock_init_virtual(&clock, start, speed);
    return create(clock, ret_loop, err);
}

void cf_loop_destroy(struct cf_loop *loop)
{
    if (!loop)
        return;
    uv_close((uv_handle_t *)&loop->alarm, NULL);
    if (loop->steps_fd >= 0)
        uv_close((uv_handle_t *)&loop->steps, NULL);
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT); /* close callbacks */
#ifdef __linux__
    if (loop->steps_fd >= 0)
        (void)close(loop->steps_fd);
#endif
    int status = uv_loop_close(&loop->uv);
    assert(status == 0);
    (void)status;
    cf_heap_finish(&loop->heap);
    free(loop);
}

const struct cf_clock *cf_loop_clock(const struct cf_loop *loop)
{
    return &loop->clock;
}

struct cf_mono cf_loop_now(const struct cf_loop *loop)
{
    return cf_clock_now(&loop->clock);
}

struct cf_instant cf_loop_wall(const struct cf_loop *loop)
{
    return cf_clock_wall(&loop->clock);
}

uv_loop_t *cf_loop_uv(struct cf_loop *loop)
{
    return &loop->uv;
}

void cf_loop_hold(struct cf_loop *loop)
{
    loop->held++;
}

void cf_loop_release(struct cf_loop *loop)
{
    assert(loop->held > 0);
    loop->held--;
}
