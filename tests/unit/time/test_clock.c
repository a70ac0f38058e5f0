#include "../unit.h"

#include "time/clock.h"

static void test_virtual(void **state)
{
    (void)state;
    struct cf_clock clock;
    cf_clock_init_virtual(&clock, (struct cf_instant){1000}, 0);
    assert_int_equal(cf_clock_now(&clock).us, 0);
    assert_int_equal(cf_clock_wall(&clock).us, 1000);
    cf_clock_advance(&clock, (struct cf_mono){50});
    cf_clock_step(&clock, CF_HOUR);
    assert_int_equal(cf_clock_now(&clock).us, 50);
    assert_int_equal(cf_clock_wall(&clock).us, 1050 + CF_HOUR.us);
}

/*
 * Through any history of steps: a wall time that was recorded at some moment is never placed before that
 * moment, nor after now; without steps that made it ambiguous, exactly there.
 */
static void test_wall_times_through_steps(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        uint64_t s = seed;
        struct cf_clock clock;
        cf_clock_init_virtual(&clock, (struct cf_instant){INT64_C(1000000000)}, 0);
        enum { MOST = 40, LONG = 3 * CF_CLOCK_STEPS };
        struct cf_mono at[MOST];
        struct cf_instant recorded[MOST];
        int count = 0, steps = 0, before = pick(&s, 20) == 0 ? (int)pick(&s, LONG) : 0;
        for (int i = 0; i < before; i++) { /* of which the oldest steps are forgotten */
            cf_clock_advance(&clock, cf_mono_add(cf_clock_now(&clock), (struct cf_span){pick(&s, 1000)}));
            cf_clock_step(&clock, (struct cf_span){pick(&s, 4000) - 2000});
            steps++;
        }
        while (count < MOST) {
            cf_clock_advance(&clock, cf_mono_add(cf_clock_now(&clock), (struct cf_span){pick(&s, 1000)}));
            if (pick(&s, 8) == 0) {
                cf_clock_step(&clock, (struct cf_span){pick(&s, 4000) - 2000});
                steps++;
            }
            at[count] = cf_clock_now(&clock);
            recorded[count++] = cf_clock_wall(&clock);
            for (int i = 0; i < count; i++) {
                struct cf_mono found = cf_clock_mono_of_wall(&clock, recorded[i]);
                assert_true(found.us >= at[i].us);
                assert_true(found.us <= cf_clock_now(&clock).us);
                if (steps == 0)
                    assert_int_equal(found.us, at[i].us);
            }
        }
    }
}

/* The same of a clock that is looked at now and then, and set in between: once at most, at whatever moment.
 */
static void test_steps_found_late(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        uint64_t s = seed;
        struct cf_clock clock;
        enum { START = 1000000000, MOST = 40 };
        cf_clock_init_virtual(&clock, (struct cf_instant){START}, 0);
        struct cf_mono at[MOST], looked = {0};
        int64_t recorded[MOST], ahead = 0, known = 0;
        for (int count = 0; count < MOST;) {
            cf_clock_advance(&clock, cf_mono_add(cf_clock_now(&clock), (struct cf_span){pick(&s, 1000)}));
            if (ahead == known && pick(&s, 4) == 0)
                ahead += pick(&s, 4000) - 2000;
            at[count] = cf_clock_now(&clock);
            recorded[count] = START + at[count].us + ahead;
            count++;
            if (pick(&s, 3))
                continue;
            if (ahead != known)
                cf_clock_step_since(&clock, (struct cf_span){ahead - known}, looked);
            known = ahead;
            looked = cf_clock_now(&clock);
            for (int i = 0; i < count; i++) {
                struct cf_mono found = cf_clock_mono_of_wall(&clock, (struct cf_instant){recorded[i]});
                assert_true(found.us >= at[i].us);
                assert_true(found.us <= looked.us);
            }
        }
    }
}

/* A host that sets its clock back a second every four minutes: what was recorded hours ago stays hours ago.
 */
static void test_thousands_of_small_steps(void **state)
{
    (void)state;
    struct cf_clock clock;
    cf_clock_init_virtual(&clock, (struct cf_instant){INT64_C(1000000000)}, 0);
    for (int i = 0; i < 5000; i++) {
        struct cf_instant recorded = cf_clock_wall(&clock);
        struct cf_mono at = cf_clock_now(&clock);
        enum { STEPS = 60 }; /* four hours */
        struct cf_clock later = clock;
        for (int step = 0; step < (i % 50 ? 1 : STEPS); step++) {
            cf_clock_advance(&later, cf_mono_add(cf_clock_now(&later), cf_minutes(4)));
            cf_clock_step(&later, (struct cf_span){-CF_SECOND.us});
        }
        struct cf_mono found = cf_clock_mono_of_wall(&later, recorded);
        assert_in_range(found.us, at.us, at.us + CF_SECOND.us);
        cf_clock_advance(&clock, cf_mono_add(at, cf_minutes(4)));
        cf_clock_step(&clock, (struct cf_span){-CF_SECOND.us});
    }
}

static void test_a_time_that_was_skipped(void **state)
{
    (void)state;
    struct cf_clock clock;
    cf_clock_init_virtual(&clock, (struct cf_instant){0}, 0);
    cf_clock_advance(&clock, (struct cf_mono){100});
    cf_clock_step(&clock, (struct cf_span){1000});
    cf_clock_advance(&clock, (struct cf_mono){200});
    assert_int_equal(cf_clock_mono_of_wall(&clock, (struct cf_instant){500}).us,
                     100); /* never shown: the step */
    assert_int_equal(cf_clock_mono_of_wall(&clock, (struct cf_instant){50}).us, 50);
    assert_int_equal(cf_clock_mono_of_wall(&clock, (struct cf_instant){1150}).us, 150);
    assert_int_equal(cf_clock_mono_of_wall(&clock, (struct cf_instant){9999}).us,
                     200); /* to come: now at most */
}

static void test_system_clock(void **state)
{
    (void)state;
    struct cf_clock clock;
    cf_clock_init_system(&clock);
    struct cf_mono before = cf_clock_now(&clock), after = cf_clock_now(&clock);
    assert_true(after.us >= before.us && before.us > 0);
    assert_true(cf_clock_wall(&clock).us > INT64_C(1700000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_virtual),
        cmocka_unit_test(test_wall_times_through_steps),
        cmocka_unit_test(test_steps_found_late),
        cmocka_unit_test(test_thousands_of_small_steps),
        cmocka_unit_test(test_a_time_that_was_skipped),
        cmocka_unit_test(test_system_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
