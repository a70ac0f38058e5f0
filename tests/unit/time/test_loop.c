#include "../unit.h"

#include "time/loop.h"

#include <stdlib.h>

static struct cf_loop *virtual_loop(void)
{
    struct cf_loop *loop = NULL;
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){1000}, 0, &loop, NULL), 0);
    return loop;
}

enum { TIMERS = 300 };

struct rig {
    struct cf_loop *loop;
    struct cf_timer timers[TIMERS];
    int64_t expected[TIMERS]; /* -1: not set */
    uint64_t order[TIMERS], set_count, seed;
    int64_t last_due;
    uint64_t last_order;
    int fired;
};

static void set_one(struct rig *rig, int i)
{
    rig->expected[i] = cf_loop_now(rig->loop).us + pick(&rig->seed, 50);
    rig->order[i] = ++rig->set_count;
    cf_timer_set(rig->loop, &rig->timers[i], (struct cf_mono){rig->expected[i]});
}

/* Each fires at its own time, ties in the order of setting, whatever is set and stopped meanwhile. */
static void on_fire(struct cf_timer *timer)
{
    struct rig *rig = timer->data;
    ptrdiff_t i = timer - rig->timers;
    assert_int_equal(cf_loop_now(rig->loop).us, rig->expected[i]);
    assert_true(rig->expected[i] > rig->last_due || rig->order[i] > rig->last_order);
    rig->last_due = rig->expected[i];
    rig->last_order = rig->order[i];
    rig->expected[i] = -1;
    rig->fired++;
    if (rig->fired > 20000)
        return;
    for (int n = 0; n < 2; n++) {
        int other = (int)pick(&rig->seed, TIMERS);
        if (pick(&rig->seed, 4) == 0) {
            cf_timer_stop(rig->loop, &rig->timers[other]);
            rig->expected[other] = -1;
        } else {
            set_one(rig, other);
        }
    }
}

static void test_order(void **state)
{
    (void)state;
    struct rig *rig = calloc(1, sizeof *rig);
    rig->loop = virtual_loop();
    rig->seed = 7;
    for (int i = 0; i < TIMERS; i++) {
        rig->timers[i] = (struct cf_timer){.fire = on_fire, .data = rig};
        set_one(rig, i);
    }
    cf_loop_run(rig->loop);
    assert_true(rig->fired > 20000);
    for (int i = 0; i < TIMERS; i++) {
        assert_false(cf_timer_is_set(&rig->timers[i]));
        assert_int_equal(rig->expected[i], -1);
    }
    cf_loop_destroy(rig->loop);
    free(rig);
}

static void note_time(struct cf_timer *timer)
{
    *(int64_t *)timer->data += 1;
}

static void test_run_until(void **state)
{
    (void)state;
    struct cf_loop *loop = virtual_loop();
    int64_t count = 0;
    struct cf_timer timer = {.fire = note_time, .data = &count};
    cf_timer_set(loop, &timer, (struct cf_mono){100});
    cf_loop_run_until(loop, (struct cf_mono){99});
    assert_int_equal(count, 0);
    assert_int_equal(cf_loop_now(loop).us, 99);
    cf_loop_run_until(loop, (struct cf_mono){100});
    assert_int_equal(count, 1);
    cf_loop_destroy(loop);
}

static void count_changes(void *data, enum cf_clock_change change, struct cf_span by)
{
    (void)by;
    ((int *)data)[change]++;
}

/* Delays do not care about the wall clock; appointments follow it. */
static void test_steps_and_sleep(void **state)
{
    (void)state;
    struct cf_loop *loop = virtual_loop();
    int changes[3] = {0};
    int64_t delays = 0, appointments = 0;
    cf_loop_on_clock(loop, count_changes, changes);
    struct cf_timer delay = {.fire = note_time, .data = &delays};
    struct cf_timer appointment = {.fire = note_time, .data = &appointments};
    cf_timer_set(loop, &delay, (struct cf_mono){500});
    cf_timer_set_wall(loop, &appointment, (struct cf_instant){1400}); /* monotonic 400 */
    cf_loop_step_wall(loop, (struct cf_span){-300});                  /* now monotonic 700 */
    cf_loop_run_until(loop, (struct cf_mono){699});
    assert_int_equal(delays, 1);
    assert_int_equal(appointments, 0);
    cf_loop_run_until(loop, (struct cf_mono){700});
    assert_int_equal(appointments, 1);
    cf_timer_set(loop, &delay, (struct cf_mono){900});
    cf_loop_sleep(loop, (struct cf_span){1000});
    assert_int_equal(cf_loop_now(loop).us, 1700);
    assert_int_equal(delays, 1); /* overdue, and fires at the next turn */
    cf_loop_run_until(loop, (struct cf_mono){1700});
    assert_int_equal(delays, 2);
    assert_int_equal(changes[CF_CLOCK_STEPPED], 1);
    assert_int_equal(changes[CF_CLOCK_RESUMED], 1);
    cf_loop_destroy(loop);
}

struct player {
    struct cf_loop *loop;
    struct cf_timer timer, other;
    int64_t next, played, others;
};

/* An event every 10 µs; another deadline at 55 must come in between, at its own time. */
static void play(struct cf_timer *timer)
{
    struct player *player = timer->data;
    struct cf_mono due = {player->next};
    do {
        assert_int_equal(cf_loop_now(player->loop).us, due.us);
        player->played++;
        due.us = player->next += 10;
    } while (cf_loop_skip_to(player->loop, due));
    cf_timer_set(player->loop, timer, due);
}

static void note_place(struct cf_timer *timer)
{
    struct player *player = timer->data;
    assert_int_equal(cf_loop_now(player->loop).us, 55);
    assert_int_equal(player->played, 5);
    player->others++;
}

static void test_skipping(void **state)
{
    (void)state;
    struct player player = {.loop = virtual_loop(), .next = 10};
    player.timer = (struct cf_timer){.fire = play, .data = &player};
    player.other = (struct cf_timer){.fire = note_place, .data = &player};
    cf_timer_set(player.loop, &player.timer, (struct cf_mono){10});
    cf_timer_set(player.loop, &player.other, (struct cf_mono){55});
    cf_loop_run_until(player.loop, (struct cf_mono){105});
    assert_int_equal(player.played, 10);
    assert_int_equal(player.others, 1);
    assert_int_equal(cf_loop_now(player.loop).us, 105);
    cf_timer_stop(player.loop, &player.timer);
    cf_loop_destroy(player.loop);
}

static void work(uv_work_t *request)
{
    (void)request;
}

static void after_work(uv_work_t *request, int status)
{
    (void)status;
    struct cf_loop *loop = request->data;
    assert_int_equal(cf_loop_now(loop).us, 0); /* time stood still */
    cf_loop_release(loop);
}

static void test_time_stands_still_while_work_is_in_flight(void **state)
{
    (void)state;
    struct cf_loop *loop = virtual_loop();
    int64_t count = 0;
    struct cf_timer timer = {.fire = note_time, .data = &count};
    cf_timer_set(loop, &timer, (struct cf_mono){100});
    uv_work_t request = {.data = loop};
    cf_loop_hold(loop);
    assert_int_equal(uv_queue_work(cf_loop_uv(loop), &request, work, after_work), 0);
    cf_loop_run(loop);
    assert_int_equal(count, 1);
    cf_loop_destroy(loop);
}

static void not_early(struct cf_timer *timer)
{
    struct cf_loop *loop = timer->data;
    assert_true(cf_loop_now(loop).us >= timer->due_us);
    cf_loop_stop(loop);
}

/* In real time and at sixty times its pace: never early, after a callback that kept the loop busy neither. */
static void test_real_time(void **state)
{
    (void)state;
    for (int paced = 0; paced < 2; paced++) {
        struct cf_loop *loop = NULL;
        if (paced)
            assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 60, &loop, NULL), 0);
        else
            assert_int_equal(cf_loop_create(&loop, NULL), 0);
        struct cf_timer timer = {.fire = not_early, .data = loop};
        for (int i = 0; i < 5; i++) {
            int64_t spin_until = cf_loop_now(loop).us + 3000;
            while (cf_loop_now(loop).us < spin_until)
                continue;
            cf_timer_set(loop, &timer,
                         cf_mono_add(cf_loop_now(loop), (struct cf_span){paced ? 120000 : 2000}));
            cf_loop_run(loop);
        }
        cf_loop_destroy(loop);
    }
}

/* ---- Whoever works long does not keep I/O waiting ---- */

enum { WORKERS = 60 };

struct busy {
    struct cf_loop *loop;
    uv_check_t served; /* right after I/O */
    struct cf_timer timers[WORKERS];
    int fired, since_served, most;
    bool again; /* each sets itself anew */
};

static void on_served(uv_check_t *check)
{
    struct busy *busy = check->data;
    busy->since_served = 0;
}

static void work_long(struct cf_timer *timer)
{
    struct busy *busy = timer->data;
    assert_true(timer == &busy->timers[busy->fired % WORKERS]); /* each in its turn */
    busy->fired++;
    busy->since_served++;
    busy->most = busy->since_served > busy->most ? busy->since_served : busy->most;
    /* As the loop measures it: its clock of deadlines moves in ticks on Windows. */
    uint64_t until = uv_hrtime() + CF_LOOP_SPAN_MS * UINT64_C(1000000);
    while (uv_hrtime() <= until)
        continue;
    if (busy->again)
        cf_timer_defer(busy->loop, timer);
    if (busy->fired == WORKERS)
        cf_loop_stop(busy->loop);
}

/* Each takes the whole span: between any two of them I/O is served, be they due together or deferred. */
static void test_work_leaves_turns_to_io(void **state)
{
    (void)state;
    for (int again = 0; again < 2; again++) {
        struct busy busy = {.again = again};
        assert_int_equal(cf_loop_create(&busy.loop, NULL), 0);
        busy.served.data = &busy;
        assert_int_equal(uv_check_init(cf_loop_uv(busy.loop), &busy.served), 0);
        assert_int_equal(uv_check_start(&busy.served, on_served), 0);
        struct cf_mono now = cf_loop_now(busy.loop);
        int count = again ? WORKERS / 4 : WORKERS;
        busy.fired = WORKERS - count;
        for (int i = WORKERS - count; i < WORKERS; i++) {
            busy.timers[i] = (struct cf_timer){.fire = work_long, .data = &busy};
            cf_timer_set(busy.loop, &busy.timers[i], now);
        }
        cf_loop_run(busy.loop);
        assert_int_equal(busy.fired, WORKERS);
        assert_int_equal(busy.most, 1);
        for (int i = 0; i < WORKERS; i++)
            cf_timer_stop(busy.loop, &busy.timers[i]);
        uv_close((uv_handle_t *)&busy.served, NULL);
        cf_loop_destroy(busy.loop);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_run_until),
        cmocka_unit_test(test_steps_and_sleep),
        cmocka_unit_test(test_skipping),
        cmocka_unit_test(test_time_stands_still_while_work_is_in_flight),
        cmocka_unit_test(test_real_time),
        cmocka_unit_test(test_work_leaves_turns_to_io),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
