/*
 * SIGKILL at each step of the pipeline, and at every moment of a whole scenario in turn: the next life finds
 * out what became of what was under way, and everybody has their whole countdown again. CURFEW_STORMS=10000
 * runs more of the storms, in which everything else goes wrong as well, CURFEW_FIRST=37 begins with that one.
 */
#include "../fixture/disk.h"
#include "judge.h"

#include <sys/wait.h>

/* A child costs five times as much with sanitizers. */
enum { PAIRS = CASES(60), STORMS = CASES(100), STRIDE = IS_SANITIZED ? 3 : 1 };

/* ---- A host on which everything goes wrong, one after another ---- */

static struct storm {
    struct cf_timer timer;
    uint64_t random; /* 0: calm */
} storm;

static void change_weather(struct cf_timer *timer)
{
    struct faults *faults = &world->faults;
    switch (pick(&storm.random, 16)) {
    case 0: faults->silent = true; break;
    case 1: faults->doubles = true; break;
    case 2: faults->other_session = true; break;
    case 3: faults->other_birth = true; break;
    case 4: faults->lies = true; break;
    case 5: faults->reading.us = pick(&storm.random, 15000000); break;
    case 6: faults->acting.us = pick(&storm.random, 30000000); break;
    case 7: disk_limit(1); break;
    case 8: life.row_takes.us = pick(&storm.random, 400000000); break;
    case 9: life_jump((struct cf_span){pick(&storm.random, CF_HOUR.us) - CF_HOUR.us / 2}, false); break;
    case 10: life_jump((struct cf_span){pick(&storm.random, CF_HOUR.us)}, true); break;
    default:
        *faults = (struct faults){0};
        life.row_takes.us = 0;
        disk_free();
        host_list_again();
        break;
    }
    cf_timer_set(life.loop, timer,
                 cf_mono_add(cf_loop_now(life.loop), (struct cf_span){pick(&storm.random, 300000000)}));
}

/* One life in a child; returns whether it was killed. */
static bool live(const char *name, int64_t us, uint64_t last, const char *dies)
{
    world->last = last;
    world->dies = dies;
    int status;
    pid_t child = fork();
    if (child == 0) {
        life_begin();
        storm.timer = (struct cf_timer){.fire = change_weather};
        if (storm.random)
            cf_timer_set(life.loop, &storm.timer, cf_loop_now(life.loop));
        life_run_to(world->now + us);
        cf_timer_stop(life.loop, &storm.timer);
        life_end();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!killed && status != 0)
        fail_msg("%s: a life ended by itself, status %d", name, status);
    return killed;
}

static void begin(void)
{
    life_prepare("sessions.protect({ users = { 'dan' } }, function () return 'dan works' end)\n");
    host_seat_all();
}

static void finish(const char *name)
{
    storm.random = 0;
    world->faults = (struct faults){0};
    assert_false(live(name, 90 * MINUTE_US, 0, NULL));
    judge(name);
    life_clear();
}

/* The steps by name. */
static void test_steps(void **state)
{
    (void)state;
    static const char *const steps[] = {
        "warn: its row",           /* in the countdown */
        "warn",                    /* … */
        "logoff: its row",         /* before the row */
        "logoff: its row is kept", /* between row and action */
        "logoff",                  /* … */
        "logoff was asked",        /* after the action */
        "it has gone",             /* … */
        "ended: its row",          /* before the outcome */
        "its end was told",        /* while that is queued */
        "force: its row",          /* and of who has to be forced */
        "forced logoff",           /* … */
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        begin();
        if (!live(steps[i], 45 * MINUTE_US, 0, steps[i]))
            fail_msg("%s: that never comes", steps[i]);
        finish(steps[i]);
    }
}

/* Every moment there is; with sanitizers, every third. */
static uint64_t moments;

static void test_every_moment(void **state)
{
    (void)state;
    char name[64];
    bool killed = true;
    for (moments = 1; killed; moments += STRIDE) {
        (void)snprintf(name, sizeof name, "killed at moment %llu", (unsigned long long)moments);
        begin();
        killed = live(name, 45 * MINUTE_US, moments, NULL);
        finish(name);
    }
    print_message("%llu moments\n", (unsigned long long)moments - STRIDE);
}

/* Killed, and killed again in the next life, and again. */
static void test_again_and_again(void **state)
{
    (void)state;
    char name[64];
    uint64_t random = 11;
    for (int pair = 0; pair < PAIRS; pair++) {
        begin();
        (void)snprintf(name, sizeof name, "killed again and again, %d", pair);
        for (int64_t kills = 2 + pick(&random, 3); kills > 0; kills--)
            (void)live(name, 45 * MINUTE_US, 1 + (uint64_t)pick(&random, (int64_t)moments), NULL);
        finish(name);
    }
}

/* Everything goes wrong, the program is killed, and everything goes wrong once more. */
static void test_storms(void **state)
{
    (void)state;
    char name[64];
    const char *more = getenv("CURFEW_STORMS"), *one = getenv("CURFEW_FIRST");
    uint64_t first = one ? strtoull(one, NULL, 10) : 1, count = more ? strtoull(more, NULL, 10) : STORMS;
    for (uint64_t number = first; number < first + count; number++) {
        begin();
        (void)snprintf(name, sizeof name, "storm %llu", (unsigned long long)number);
        for (uint64_t lives = 1 + number % 3; lives > 0; lives--) {
            storm.random = number * 4 + lives;
            uint64_t random = storm.random;
            (void)live(name, 120 * MINUTE_US, 1 + (uint64_t)pick(&random, 4 * (int64_t)moments), NULL);
        }
        finish(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_every_moment),
        cmocka_unit_test(test_again_and_again),
        cmocka_unit_test(test_storms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
