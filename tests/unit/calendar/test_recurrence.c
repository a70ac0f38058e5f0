/* Recurrence rules: the examples of RFC 5545, 3.8.5.3, and a few that are hard. */
#include "../unit.h"

#include "base/memory.h"
#include "calendar/ical/recurrence.h"
#include "calendar/pattern.h"
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

static struct cf_rule rule_of(const char *text)
{
    struct cf_rule rule;
    struct cf_error err = {0};
    char copy[256];
    snprintf(copy, sizeof copy, "%s", text);
    if (cf_rule_read(copy, true, &rule, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    return rule;
}

struct day_list {
    int64_t *days;
    size_t count;
};

static bool add_day(void *data, int64_t local)
{
    struct day_list *list = data;
    list->days = cf_grow(list->days, list->count, sizeof *list->days);
    list->days[list->count++] = local / CF_DAY_SECONDS;
    return true;
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
        struct cf_rule rule = rule_of(rows[i].rule);
        struct day_list list = {0};
        int64_t budget = 100000;
        assert_true(cf_recurrence_run(&rule, day_of(rows[i].start) * CF_DAY_SECONDS,
                                      day_of("2100-12-31") * CF_DAY_SECONDS, &budget, add_day, &list));
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

struct times {
    const struct cf_rule *rule;
    char *out;
    size_t size;
};

static bool add_time(void *data, int64_t local)
{
    struct times *times = data;
    if (times->rule->has_until && local > times->rule->until.local)
        return false;
    int64_t day = cf_ical_day(local), of_day = local - day * CF_DAY_SECONDS;
    size_t used = strlen(times->out);
    snprintf(times->out + used, times->size - used, "%s%02d %02d:%02d", used ? ", " : "",
             cf_date_of_days(day).day, (int)(of_day / 3600), (int)(of_day / 60 % 60));
    return true;
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *start, *expect;
    } rows[] = {
        {"FREQ=HOURLY;INTERVAL=3;COUNT=4", "1997-09-02 09:00", "02 09:00, 02 12:00, 02 15:00, 02 18:00"},
        {"FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", "1997-09-02 09:00", "02 09:00, 02 12:00, 02 15:00"},
        {"FREQ=MINUTELY;INTERVAL=90;COUNT=4", "1997-09-02 09:00", "02 09:00, 02 10:30, 02 12:00, 02 13:30"},
        {"FREQ=MINUTELY;INTERVAL=1440;COUNT=3", "1997-09-02 09:00", "02 09:00, 03 09:00, 04 09:00"},
        {"FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,16;COUNT=8", "1997-09-02 09:00",
         "02 09:00, 02 09:20, 02 09:40, 02 10:00, 02 10:20, 02 10:40, 02 16:00, 02 16:20"},
        {"FREQ=DAILY;BYHOUR=9,10,16;BYMINUTE=0,20,40;COUNT=8", "1997-09-02 09:00",
         "02 09:00, 02 09:20, 02 09:40, 02 10:00, 02 10:20, 02 10:40, 02 16:00, 02 16:20"},
        {"FREQ=DAILY;BYHOUR=9;BYMINUTE=0;COUNT=2", "1997-09-02 09:00",
         "02 09:00, 03 09:00"}, /* says nothing new */
        {"FREQ=DAILY;BYHOUR=8,18;BYSETPOS=-1;COUNT=2", "1997-09-02 09:00", "02 18:00, 03 18:00"},
        {"FREQ=SECONDLY;INTERVAL=3600;BYDAY=TH;COUNT=2", "1997-09-02 09:00", "04 00:00, 04 01:00"},
        {"FREQ=HOURLY;BYMONTHDAY=-1;BYHOUR=12;COUNT=1", "1997-09-02 09:00", "30 12:00"},
        {"FREQ=HOURLY;BYMINUTE=15,45;BYSETPOS=-1;COUNT=2", "1997-09-02 09:00", "02 09:45, 02 10:45"},
        {"FREQ=HOURLY;BYYEARDAY=246;COUNT=1", "1997-09-02 09:00", "03 00:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char copy[128], got[256] = "";
        struct cf_rule rule;
        struct times times = {.out = got, .size = sizeof got, .rule = &rule};
        struct cf_error err = {0};
        snprintf(copy, sizeof copy, "%s", rows[i].rule);
        if (cf_rule_read(copy, false, &rule, &err) < 0)
            fail_msg("%s: %s", rows[i].rule, err.text);
        int64_t budget = 10000, first = day_of(rows[i].start) * CF_DAY_SECONDS + 9 * 3600;
        assert_true(
            cf_recurrence_run(&rule, first, first + 3 * 365 * CF_DAY_SECONDS, &budget, add_time, &times));
        if (strcmp(got, rows[i].expect) != 0)
            fail_msg("%s: %s", rows[i].rule, got);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", "is not \"NAME=value\""},
        {"FREQ=SOMETIMES", "FREQ is not a frequency"},
        {"COUNT=3", "no FREQ"},
        {"FREQ=WEEKLY;;COUNT=3", "is there a \";\" too many?"},
        {";FREQ=WEEKLY", "is there a \";\" too many?"},
        {"FREQ=WEEKLY;COUNT=3;COUNT=3", "two of COUNT"},
        {"FREQ=WEEKLY;X-FOO=3", "no name"},
        {"FREQ=WEEKLY;COUNT=0", "COUNT is not a number from 1"},
        {"FREQ=WEEKLY;COUNT=2x", "COUNT is not"},
        {"FREQ=WEEKLY;COUNT=1.5", "COUNT is not"},
        {"FREQ=WEEKLY;COUNT=-1", "COUNT is not"},
        {"FREQ=WEEKLY;COUNT= 2", "COUNT is not"},
        {"FREQ=WEEKLY;COUNT=", "COUNT is not"},
        {"FREQ=WEEKLY;COUNT=4294967298", "COUNT is not"},
        {"FREQ=WEEKLY;INTERVAL=65538000", "INTERVAL is not"},
        {"FREQ=WEEKLY;INTERVAL=0", "INTERVAL is not"},
        {"FREQ=WEEKLY;UNTIL=20260199", "UNTIL is not a date"},
        {"FREQ=WEEKLY;UNTIL=20261301", "UNTIL is not a date"},
        {"FREQ=WEEKLY;UNTIL=20260101T", "UNTIL is not a date"},
        {"FREQ=WEEKLY;UNTIL=20260101;COUNT=2", "both COUNT and UNTIL"},
        {"FREQ=WEEKLY;WKST=XX", "WKST is not"},
        {"FREQ=WEEKLY;BYDAY=MO,", "BYDAY is not"},
        {"FREQ=WEEKLY;BYDAY=1MO", "BYDAY with numbers"},
        {"FREQ=YEARLY;BYDAY=0MO", "BYDAY is not"},
        {"FREQ=YEARLY;BYDAY=54MO", "BYDAY is not"},
        {"FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", "BYDAY with numbers"},
        {"FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO is not"},
        {"FREQ=MONTHLY;BYWEEKNO=5", "BYWEEKNO, which belongs"},
        {"FREQ=MONTHLY;BYYEARDAY=5", "BYYEARDAY, which does not go"},
        {"FREQ=WEEKLY;BYMONTHDAY=5", "BYMONTHDAY, which does not go"},
        {"FREQ=YEARLY;BYMONTH=13", "BYMONTH is not"},
        {"FREQ=YEARLY;BYMONTH=-1", "BYMONTH is not"},
        {"FREQ=YEARLY;BYMONTHDAY=32", "BYMONTHDAY is not"},
        {"FREQ=YEARLY;BYMONTHDAY=0", "BYMONTHDAY is not"},
        {"FREQ=YEARLY;BYSETPOS=1", "BYSETPOS, but nothing"},
        {"FREQ=YEARLY;RSCALE=CHINESE", "RSCALE is not GREGORIAN"},
        {"FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=FORWARD", "SKIP is not OMIT"},
        {"FREQ=DAILY;BYHOUR=24", "BYHOUR is not"},
        {"FREQ=HOURLY", "lasts whole days"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char copy[128];
        struct cf_rule rule;
        struct cf_error err = {0};
        snprintf(copy, sizeof copy, "%s", rows[i][0]);
        if (cf_rule_read(copy, true, &rule, &err) != CF_USAGE || !strstr(err.text, rows[i][1]))
            fail_msg("%s: %s", rows[i][0], err.text);
    }
}

static void test_budget(void **state)
{
    (void)state;
    struct cf_rule rule = rule_of("FREQ=DAILY");
    struct day_list list = {0};
    int64_t budget = 200; /* a day costs 1, and being found 1 more */
    assert_true(cf_recurrence_run(&rule, 0, 99 * CF_DAY_SECONDS, &budget, add_day, &list));
    assert_int_equal(list.count, 100);
    assert_false(cf_recurrence_run(&rule, 0, CF_DAY_SECONDS, &budget, add_day, &list));
    free(list.days);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_days), cmocka_unit_test(test_times),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_budget)};
    return cmocka_run_group_tests_name("calendar, recurrence", tests, NULL, NULL);
}
