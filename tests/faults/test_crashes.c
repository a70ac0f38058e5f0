/*
 * SIGKILL at each step of the pipeline, and at every moment of a whole scenario in turn: the next life finds
 * out what became of what was under way, and everybody has his whole countdown again.
 */
#include "judge.h"

#include <sys/wait.h>

enum { PAIRS = 60 };

static void seat_all(void)
{
    (void)host_seat("ana", 1001);
    host_seat("ben", 1002)->types_from = 27 * MINUTE_US; /* back in the countdown */
    host_seat("eve", 1003)->deaf = true;
    host_seat("dan", 1004)->protected = true;
    host_seat("root", 0)->protected = true;
    host_seat("gil", 1005)->disconnected = MINUTE_US;
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
        life_run_to(world->now + us);
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
    seat_all();
}

static void finish(const char *name)
{
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

/* Every moment there is. */
static uint64_t moments;

static void test_every_moment(void **state)
{
    (void)state;
    char name[64];
    bool killed = true;
    for (moments = 1; killed; moments++) {
        (void)snprintf(name, sizeof name, "killed at moment %llu", (unsigned long long)moments);
        begin();
        killed = live(name, 45 * MINUTE_US, moments, NULL);
        finish(name);
    }
    print_message("%llu moments\n", (unsigned long long)moments - 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_every_moment),
        cmocka_unit_test(test_again_and_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
