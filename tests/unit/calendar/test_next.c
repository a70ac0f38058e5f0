/* Where calendars change, table by table; the hard nights of the world's clocks among them. */
#include "make.h"

struct row {
    const char *input, *after, *expect;
};

/* "open until 2026-03-08 04:00:00 EDT", in the zone's local time. */
static void test_next(const char *input, const char *except, const char *zone, const char *after,
                      const char *expect)
{
    struct cf_calendar *calendar = calendar_of(input, zone);
    if (except)
        calendar = combined(CF_CALENDAR_MINUS, calendar, calendar_of(except, zone));
    struct cf_instant at = instant_of(after, zone), edge = cf_calendar_next_edge(calendar, at);
    bool open = cf_calendar_contains(calendar, at);
    char text[CF_INSTANT_TEXT], got[128];
    const char *abbreviation = "";
    if (edge.us != CF_NEVER.us)
        (void)cf_zone_offset(zone_called(zone), edge.us / 1000000, &abbreviation);
    (void)snprintf(got, sizeof got, "%s until %s%s%s", open ? "open" : "closed",
                   cf_instant_local(edge, zone_called(zone), text), abbreviation[0] ? " " : "", abbreviation);
    if (strcmp(got, expect) != 0)
        fail_msg("\"%s\" in %s after %s: %s, not %s", input, zone, after, got, expect);

    assert_int_equal(cf_calendar_starts(calendar, at).us, open ? at.us : edge.us);
    assert_int_equal(cf_calendar_ends(calendar, at).us, open ? edge.us : at.us);
    if (edge.us != CF_NEVER.us)
        assert_int_equal(cf_calendar_contains(calendar, edge), !open);
    cf_calendar_unref(calendar);
}

static void test_rows(const char *zone, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        test_next(rows[i].input, NULL, zone, rows[i].after, rows[i].expect);
}

#define TEST_ROWS(zone, rows) test_rows(zone, rows, sizeof(rows) / sizeof(rows)[0])

/* 2026-03-08 02:00 EST is 03:00 EDT; 2026-11-01 02:00 EDT is 01:00 EST. */
static void test_new_york(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"Mon-Fri 07:30-19:00", "2026-03-06 19:00", "closed until 2026-03-09 07:30:00 EDT"},
        {"Mon-Fri 07:30-19:00", "2026-03-06 18:59:59.999999", "open until 2026-03-06 19:00:00 EST"},
        {"Mon-Fri 07:30-19:00", "2026-10-30 19:00", "closed until 2026-11-02 07:30:00 EST"},
        {"Mon-Fri 07:30-19:00", "2026-10-30 07:30", "open until 2026-10-30 19:00:00 EDT"},
        {"Sun 01:00-04:00", "2026-03-08 01:30", "open until 2026-03-08 04:00:00 EDT"},
        {"Sun 02:15-04:00", "2026-03-08", "closed until 2026-03-08 03:00:00 EDT"},
        {"Sun 01:00-02:30", "2026-03-08 01:30", "open until 2026-03-08 03:00:00 EDT"},
        {"Sun 02:10-02:50", "2026-03-08", "closed until 2026-03-15 02:10:00 EDT"},
        {"Sun 01:00-02:15;Sun 02:45-04:00", "2026-03-08 01:30", "open until 2026-03-08 04:00:00 EDT"},
        {"Sun 01:30-05:00", "2026-11-01", "closed until 2026-11-01 01:30:00 EDT"},
        {"Sun 00:00-01:30", "2026-11-01", "open until 2026-11-01 01:30:00 EST"},
        {"Sun 00:00-01:30", "2026-11-01T01:45-04:00", "open until 2026-11-01 01:30:00 EST"},
        {"Sun 00:00-01:15;Sun 01:30-03:00", "2026-11-01", "open until 2026-11-01 03:00:00 EST"},
        {"Sat 20:00-01:00", "2026-10-31 21:00", "open until 2026-11-01 01:00:00 EDT"},
        {"Sat 20:00-02:00", "2026-10-31 21:00", "open until 2026-11-01 02:00:00 EST"},
        {"#2026-11-01", "2026-10-31", "closed until 2026-11-01 00:00:00 EDT"},
        {"#2026-11-01", "2026-11-01 12:00", "open until 2026-11-02 00:00:00 EST"},
    };
    TEST_ROWS("America/New_York", rows);
}

/* 2026-03-29 02:00 CET is 03:00 CEST; 2026-10-25 03:00 CEST is 02:00 CET. */
static void test_berlin(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"Mon-Fri 07:30-19:00", "2026-03-27 20:00", "closed until 2026-03-30 07:30:00 CEST"},
        {"Mon-Fri 07:30-19:00", "2026-10-23 20:00", "closed until 2026-10-26 07:30:00 CET"},
        {"Fri-Sun 22:00-02:30", "2026-03-28 23:00", "open until 2026-03-29 03:00:00 CEST"},
        {"Sat 22:00-02:30", "2026-10-24 23:00", "open until 2026-10-25 02:30:00 CET"},
        {"Sat 22:00-02:00", "2026-10-24 23:00", "open until 2026-10-25 02:00:00 CEST"},
        {"Sun 02:30-02:45", "2026-10-25", "closed until 2026-10-25 02:30:00 CEST"},
        {"Sun 02:30-02:45", "2026-10-25T02:45+02:00", "open until 2026-10-25 02:45:00 CET"},
        {"Sun 02:30-02:45", "2026-03-28", "closed until 2026-04-05 02:30:00 CEST"},
    };
    TEST_ROWS("Europe/Berlin", rows);
}

/* Until 2019 midnight was skipped in spring, and the hour before it came twice in autumn. */
static void test_sao_paulo(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"Sun", "2018-11-03 12:00", "closed until 2018-11-04 01:00:00 -02"},
        {"Sat", "2018-11-03 12:00", "open until 2018-11-04 01:00:00 -02"},
        {"#2018-11-04", "2018-11-03 12:00", "closed until 2018-11-04 01:00:00 -02"},
        {"Sat 22:00-00:30", "2018-11-03 23:00", "open until 2018-11-04 01:00:00 -02"},
        {"Sun 00:00-00:30", "2018-11-03 23:00", "closed until 2018-11-11 00:00:00 -02"},
        {"Sat", "2019-02-16 12:00", "open until 2019-02-17 00:00:00 -03"},
        {"Sun", "2019-02-16 12:00", "closed until 2019-02-17 00:00:00 -03"},
        {"Sat 23:00-24:00", "2019-02-16 12:00", "closed until 2019-02-16 23:00:00 -02"},
        {"Sat 23:00-24:00", "2019-02-16 23:30", "open until 2019-02-17 00:00:00 -03"},
        {"Mon-Fri 08:00-18:00", "2018-11-02 18:00", "closed until 2018-11-05 08:00:00 -02"},
        {"Mon-Fri 08:00-18:00", "2019-11-01 18:00", "closed until 2019-11-04 08:00:00 -03"},
        {"Sat", "2019-11-02 12:00", "open until 2019-11-03 00:00:00 -03"},
    };
    TEST_ROWS("America/Sao_Paulo", rows);
}

static void test_odd_nights(void **state)
{
    (void)state;
    const struct row cairo[] = {
        /* skips a Friday's midnight; repeats the hour before one */
        {"Fri", "2024-04-25 12:00", "closed until 2024-04-26 01:00:00 EEST"},
        {"Thu 22:00-24:00", "2024-10-31 22:30", "open until 2024-11-01 00:00:00 EET"},
    };
    TEST_ROWS("Africa/Cairo", cairo);
    const struct row havana[] = {
        /* repeats the hour after midnight: the day before ends when first it is midnight */
        {"Sat", "2024-11-02 12:00", "open until 2024-11-03 00:00:00 CDT"},
        {"Sun", "2024-11-02 12:00", "closed until 2024-11-03 00:00:00 CDT"},
        {"Sun", "2024-11-03 12:00", "open until 2024-11-04 00:00:00 CST"},
    };
    TEST_ROWS("America/Havana", havana);
    const struct row st_johns[] = {
        /* 00:01 was 23:01 again: midnight twice, and Saturday goes on until the second */
        {"Sat", "2010-11-06 12:00", "open until 2010-11-07 00:00:00 NST"},
        {"Sun", "2010-11-06 12:00", "closed until 2010-11-07 00:00:00 NDT"},
    };
    TEST_ROWS("America/St_Johns", st_johns);
    const struct row lord_howe[] = {
        /* half an hour, at 02:00 */
        {"Sun 01:45-02:15", "2026-04-05", "closed until 2026-04-05 01:45:00 +11"},
        {"Sun 01:45-02:15", "2026-04-05 01:45", "open until 2026-04-05 02:15:00 +1030"},
        {"Sun 02:15-04:00", "2026-10-04", "closed until 2026-10-04 02:30:00 +11"},
        {"Sun 01:00-02:15", "2026-10-04 01:00", "open until 2026-10-04 02:30:00 +11"},
    };
    TEST_ROWS("Australia/Lord_Howe", lord_howe);
    const struct row apia[] = {
        /* crossed the date line: there was no 2011-12-30, a Friday */
        {"Fri", "2011-12-29 12:00", "closed until 2012-01-06 00:00:00 +14"},
        {"Thu-Fri", "2011-12-29 12:00", "open until 2011-12-31 00:00:00 +14"},
        {"#2011-12-30", "2011-12-29 12:00", "closed until never"},
        {"Sat", "2011-12-29 12:00", "closed until 2011-12-31 00:00:00 +14"},
    };
    TEST_ROWS("Pacific/Apia", apia);
}

static void test_dates(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"#02-29", "2026-01-01", "closed until 2028-02-29 00:00:00 CET"},
        {"#02-29", "2028-02-29 12:00", "open until 2028-03-01 00:00:00 CET"},
        {"#02-29", "2096-03-01", "closed until 2104-02-29 00:00:00 CET"},
        {"#02-28..03-01", "2027-02-28 12:00", "open until 2027-03-02 00:00:00 CET"},
        {"#02-28..03-01", "2028-02-28 12:00", "open until 2028-03-02 00:00:00 CET"},
        {"#02-29;03-01", "2027-02-28 12:00", "closed until 2027-03-01 00:00:00 CET"},
        {"#12-24..01-01", "2026-12-31 12:00", "open until 2027-01-02 00:00:00 CET"},
        {"#12-24..01-01", "2027-01-01 12:00", "open until 2027-01-02 00:00:00 CET"},
        {"#12-31;01-01;01-02", "2026-12-31 12:00", "open until 2027-01-03 00:00:00 CET"},
        {"#2026-12-24..2027-01-01", "2026-12-31 12:00", "open until 2027-01-02 00:00:00 CET"},
        {"#2026-12-24..2027-01-01", "2027-01-02", "closed until never"},
        {"#2026-12-25;2026-12-26", "2026-12-25", "open until 2026-12-27 00:00:00 CET"},
        {"#2026-12-24;12-25;2026-12-26", "2026-12-24", "open until 2026-12-27 00:00:00 CET"},
        {"#2026-12-24;12-25;2026-12-26", "2027-12-24", "closed until 2027-12-25 00:00:00 CET"},
        {"#2026-07-01..2026-07-31;2026-07-10", "2026-07-15", "open until 2026-08-01 00:00:00 CEST"},
        {"#01-01..12-31", "2026-07-15", "open until never"},
        {"#01-01..06-30;07-01..12-31", "2028-02-29", "open until never"},
        {"#", "2026-07-15", "closed until never"},
    };
    TEST_ROWS("Europe/Berlin", rows);
}

static void test_weeks(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"Fri 22:00-04:00", "2026-03-06 23:00", "open until 2026-03-07 04:00:00 CET"},
        {"Fri 22:00-04:00", "2026-03-07 03:00", "open until 2026-03-07 04:00:00 CET"},
        {"Thu 22:00-04:00", "2026-12-31 23:00", "open until 2027-01-01 04:00:00 CET"},
        {"Sun 22:00-04:00", "2026-03-09 03:00", "open until 2026-03-09 04:00:00 CET"},
        {"Fri 20:00-24:00;Sat 00:00-04:00", "2026-03-06 21:00", "open until 2026-03-07 04:00:00 CET"},
        {"Sun 20:00-24:00;Mon 00:00-04:00", "2026-03-08 21:00", "open until 2026-03-09 04:00:00 CET"},
        {"Mon 00:00-04:00;Sun 20:00-24:00", "2026-03-09 02:00", "open until 2026-03-09 04:00:00 CET"},
        {"Mon-Fri 08:00-12:00;Mon-Fri 11:00-18:00", "2026-03-06 09:00", "open until 2026-03-06 18:00:00 CET"},
        {"Sat-Mon", "2026-03-03", "closed until 2026-03-07 00:00:00 CET"},
        {"Sat-Mon", "2026-03-08", "open until 2026-03-10 00:00:00 CET"},
        {"08:00-24:00", "2026-03-08 12:00", "open until 2026-03-09 00:00:00 CET"},
        {"08:00-24:00", "2026-03-09", "closed until 2026-03-09 08:00:00 CET"},
        {"Mon-Sun", "2026-03-08 12:00", "open until never"},
        {"00:00-24:00", "2026-03-08 12:00", "open until never"},
        {"Mon-Fri;Sat,Sun 00:00-24:00", "2026-03-08 12:00", "open until never"},
        {"12:00-13:00;13:00-12:00", "2026-03-08 12:00", "open until never"},
        {"Sun 12:00-11:00;Mon-Sat;Sun 00:00-11:59", "2026-03-08 11:00", "open until 2026-03-08 11:59:00 CET"},
        {"", "2026-03-08 12:00", "closed until never"},
    };
    TEST_ROWS("Europe/Berlin", rows);
}

static void test_exceptions(void **state)
{
    (void)state;
    const char *office = "Mon-Fri 07:30-19:00", *berlin = "Europe/Berlin";
    const char *holidays = "#12-25;2026-12-28..2027-01-03";
    test_next(office, holidays, berlin, "2026-12-24 19:00", "closed until 2027-01-04 07:30:00 CET");
    test_next(office, holidays, berlin, "2026-12-24 12:00", "open until 2026-12-24 19:00:00 CET");
    test_next(office, holidays, berlin, "2026-12-25 12:00", "closed until 2027-01-04 07:30:00 CET");
    test_next("Mon-Sun", "#12-25", berlin, "2026-12-01", "open until 2026-12-25 00:00:00 CET");
    test_next("Fri 22:00-04:00", "#2026-03-07", berlin, "2026-03-06 23:00",
              "open until 2026-03-07 00:00:00 CET");
    test_next(office, "Mon-Sun", berlin, "2026-03-06 12:00", "closed until never");
    test_next(office, office, berlin, "2026-03-06 12:00", "closed until never");
    test_next(office, "#", berlin, "2026-03-06 12:00", "open until 2026-03-06 19:00:00 CET");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_york),   cmocka_unit_test(test_berlin), cmocka_unit_test(test_sao_paulo),
        cmocka_unit_test(test_odd_nights), cmocka_unit_test(test_dates),  cmocka_unit_test(test_weeks),
        cmocka_unit_test(test_exceptions),
    };
    return cmocka_run_group_tests_name("calendar, next edge", tests, NULL, release_zones);
}
