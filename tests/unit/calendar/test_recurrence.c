/* Recurrence rules: the examples of RFC 5545, 3.8.5.3, and a few that are hard. */
#include "../unit.h"

#ifdef CF_HAVE_ICAL

#include "calendar/recurrence.h"
#include "time/civil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t day_of(const char *text)
{
    struct cf_date date;
    assert_true(cf_date_read(&text, &date));
    return cf_days_of_date(date);
}

/* The first days that a rule falls on, until 2100, as "1997-09-02 1997-09-03 …". */
static void test_days(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *start, *expect;
    } rows[] = {
        {"FREQ=DAILY;COUNT=3", "1997-09-02", "1997-09-02 1997-09-03 1997-09-04"},
        {"FREQ=DAILY;INTERVAL=10;COUNT=3", "1997-09-02", "1997-09-02 1997-09-12 1997-09-22"},
        {"FREQ=DAILY;BYMONTH=1", "1998-01-30", "1998-01-30 1998-01-31 1999-01-01 1999-01-02"},
        {"FREQ=WEEKLY;COUNT=3", "1997-09-02", "1997-09-02 1997-09-09 1997-09-16"},
        {"FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02", "1997-09-02 1997-09-16 1997-09-30 1997-10-14"},
        {"FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH", "1997-09-02",
         "1997-09-02 1997-09-04 1997-09-09 1997-09-11"},
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR", "1997-09-03",
         "1997-09-03 1997-09-05 1997-09-15 1997-09-17"},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05",
         "1997-08-05 1997-08-10 1997-08-19 1997-08-24"},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05",
         "1997-08-05 1997-08-17 1997-08-19 1997-08-31"},
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "2024-06-14", "2024-06-16 2024-06-30"},
        {"FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "1997-09-05", "1997-09-05 1997-10-03 1997-11-07"},
        {"FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU", "1997-09-07",
         "1997-09-07 1997-09-28 1997-11-02 1997-11-30"},
        {"FREQ=MONTHLY;BYDAY=-2MO", "1997-09-22", "1997-09-22 1997-10-20 1997-11-17 1997-12-22"},
        {"FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1997-09-28 1997-10-29 1997-11-28 1997-12-29"},
        {"FREQ=MONTHLY;BYMONTHDAY=2,15", "1997-09-02", "1997-09-02 1997-09-15 1997-10-02 1997-10-15"},
        {"FREQ=MONTHLY;BYMONTHDAY=1,-1", "1997-09-30", "1997-09-30 1997-10-01 1997-10-31 1997-11-01"},
        {"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", "1998-02-13 1998-03-13 1998-11-13 1999-08-13"},
        {"FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13",
         "1997-09-13 1997-10-11 1997-11-08"},
        {"FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-09-04 1997-10-07 1997-11-06"},
        {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29", "1997-09-29 1997-10-30 1997-11-27"},
        {"FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15",
         "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30"},
        {"FREQ=MONTHLY", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31 2026-07-31"},
        {"FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "1997-06-10", "1997-06-10 1997-07-10 1998-06-10 1998-07-10"},
        {"FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200", "1997-01-01",
         "1997-01-01 1997-04-10 1997-07-19 2000-01-01"},
        {"FREQ=YEARLY;BYYEARDAY=-1", "2027-12-31", "2027-12-31 2028-12-31"},
        {"FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1997-05-19 1998-05-18 1999-05-17"},
        {"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", "1997-05-12 1998-05-11 1999-05-17"},
        {"FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "2026-01-01", "2027-01-03 2028-01-02"},
        {"FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13", "1997-03-13 1997-03-20 1997-03-27 1998-03-05"},
        {"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05",
         "1996-11-05 2000-11-07 2004-11-02"},
        {"FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-11-26", "2026-11-26 2027-11-25 2028-11-23"},
        {"FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "2026-05-25", "2026-05-25 2027-05-31 2028-05-29"},
        {"FREQ=YEARLY;BYMONTHDAY=31;COUNT=4", "2026-11-01", "2026-12-31 2027-01-31 2027-03-31 2027-05-31"},
        {"FREQ=YEARLY", "2024-02-29", "2024-02-29 2028-02-29 2032-02-29"},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", ""},
        {"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300", "2026-01-01", ""},
        {"FREQ=YEARLY;INTERVAL=32767", "2026-01-01", "2026-01-01"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct icalrecurrencetype rule = icalrecurrencetype_from_string(rows[i].rule);
        assert_null(cf_recurrence_refuses(&rule));
        struct cf_day_list list = {0};
        int64_t budget = 60000;
        assert_true(cf_recurrence_days(&rule, day_of(rows[i].start), day_of("2100-12-31"), &budget, &list));
        char got[128] = "";
        size_t wanted = (strlen(rows[i].expect) + 1) / 11;
        for (size_t k = 0; k < list.count && k < wanted; k++) {
            struct cf_date date = cf_date_of_days(list.days[k]);
            size_t used = strlen(got);
            snprintf(got + used, sizeof got - used, "%s%04d-%02d-%02d", k ? " " : "", date.year, date.month,
                     date.day);
        }
        bool all = wanted > 0 || list.count == 0;
        if (rule.count > 0)
            all = all && list.count <= (size_t)rule.count;
        free(list.days);
        if (!all || strcmp(got, rows[i].expect) != 0)
            fail_msg("%s from %s: %s", rows[i].rule, rows[i].start, got);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
                                       "FREQ=MINUTELY",
                                       "FREQ=HOURLY",
                                       "FREQ=DAILY;BYHOUR=9,14",
                                       "FREQ=YEARLY;INTERVAL=65536",
                                       ""};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct icalrecurrencetype rule = icalrecurrencetype_from_string(rows[i]);
        assert_non_null(cf_recurrence_refuses(&rule));
    }
}

static void test_budget(void **state)
{
    (void)state;
    struct icalrecurrencetype rule = icalrecurrencetype_from_string("FREQ=DAILY");
    struct cf_day_list list = {0};
    int64_t budget = 100;
    assert_true(cf_recurrence_days(&rule, 0, 99, &budget, &list));
    assert_int_equal(list.count, 100);
    assert_false(cf_recurrence_days(&rule, 0, 0, &budget, &list));
    free(list.days);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_days), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_budget)};
    return cf_libical_load(NULL) ? 1 : cmocka_run_group_tests_name("calendar, recurrence", tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
