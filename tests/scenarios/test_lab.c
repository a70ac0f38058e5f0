/* Nothing polls: a day of a whole office under lab-closing.lua. */
#include "office_day.h"

static void run(bool pushes)
{
    struct office_day day;
    office_day_run(&day, "policies/lab-closing.lua", pushes);
    const struct cf_engine_counts *counts = &day.counts;
    print_message(
        "a day, input %s: %llu sessions, %llu logoffs; %llu evaluations, %llu flips, %llu confirmations\n",
        pushes ? "told" : "read", (unsigned long long)day.sessions, (unsigned long long)day.logoffs,
        (unsigned long long)counts->evaluations, (unsigned long long)counts->flips,
        (unsigned long long)counts->confirmations);
    assert_int_equal(day.failures, 0);
    assert_true(day.sessions > 100 && day.logoffs > 50);
    assert_true(counts->evaluations <= counts->flips + counts->confirmations + day.sessions);
}

static void test_input_is_told(void **state)
{
    (void)state;
    run(true);
}

static void test_input_is_read(void **state)
{
    (void)state;
    run(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_input_is_told),
                                       cmocka_unit_test(test_input_is_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
