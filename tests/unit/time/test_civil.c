/* Dates: every day of 8000 years, counted without any formula. */
#include "time/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (month == 2 && leap);
}

static void test_every_day(void **state)
{
    (void)state;
    int64_t days = cf_days_of_date((struct cf_date){-4000, 1, 1});
    int weekday = cf_weekday_of_days(days);
    for (int year = -4000; year <= 4000; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= month_length(year, month); day++, days++, weekday = (weekday + 1) % 7) {
                struct cf_date date = cf_date_of_days(days);
                if (date.year != year || date.month != month || date.day != day ||
                    cf_days_of_date((struct cf_date){year, month, day}) != days ||
                    cf_weekday_of_days(days) != weekday)
                    fail_msg("%d-%02d-%02d", year, month, day);
            }
        }
    }
}

static void test_known_days(void **state)
{
    (void)state;
    assert_int_equal(cf_days_of_date((struct cf_date){1970, 1, 1}), 0);
    assert_int_equal(cf_weekday_of_days(0), 3);
    assert_int_equal(cf_days_of_date((struct cf_date){2000, 2, 29}), 11016);
    assert_int_equal(cf_weekday_of_days(cf_days_of_date((struct cf_date){2026, 11, 22})), 6);
}

static void test_valid(void **state)
{
    (void)state;
    for (int year = 1890; year <= 2110; year++)
        for (int month = -1; month <= 14; month++)
            for (int day = -1; day <= 33; day++)
                assert_int_equal(cf_date_valid((struct cf_date){year, month, day}),
                                 month >= 1 && month <= 12 && day >= 1 && day <= month_length(year, month));
}

static void test_read(void **state)
{
    (void)state;
    const char *text = "2024-02-29 and more", *at = text;
    struct cf_date date;
    assert_true(cf_date_read(&at, &date));
    assert_true(date.year == 2024 && date.month == 2 && date.day == 29);
    assert_ptr_equal(at, text + strlen("2024-02-29"));
    const char *const wrong[] = {"",           "2023-02-29", "2024-2-29",  "24-02-29",
                                 "2024/02/29", "2024-13-01", "2024-00-01", "x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        at = wrong[i];
        assert_false(cf_date_read(&at, &date));
        assert_ptr_equal(at, wrong[i]);
    }
    assert_int_equal(date.year, 2024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests_name("civil", tests, NULL, NULL);
}
