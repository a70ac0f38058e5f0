/* Appointments: once a day, on the nights of DST changes too. */
#include "../unit.h"
#include "make.h"

#include "calendar/appointment.h"

static const int64_t second_us = 1000000;

static struct cf_appointment appointment_of(const char *text, const char *zone)
{
    struct cf_appointment appointment;
    struct cf_error err = {0};
    if (cf_appointment_parse(text, zone_called(zone), &appointment, &err) < 0)
        fail_msg("%s", err.text);
    return appointment;
}

static void test_table(void **state)
{
    (void)state;
    static const struct {
        const char *text, *zone, *after, *expect;
    } rows[] = {
        {"Mon-Fri 19:00", "Europe/Berlin", "2026-03-02 08:00", "2026-03-02 19:00:00"},
        {"Mon-Fri 19:00", "Europe/Berlin", "2026-03-02 19:00", "2026-03-03 19:00:00"},
        {"Mon-Fri 19:00", "Europe/Berlin", "2026-03-06 19:00:01", "2026-03-09 19:00:00"},
        {"Sunday 9:00", "UTC", "2026-03-01 09:00", "2026-03-08 09:00:00"},
        {"Mon,Wed 08:00, 12:00", "UTC", "2026-03-02 08:00", "2026-03-02 12:00:00"},
        {"Mon,Wed 12:00,08:00", "UTC", "2026-03-02 12:00", "2026-03-04 08:00:00"},
        {"00:00", "UTC", "2026-12-31 23:59:59.9", "2027-01-01 00:00:00"},
        /* Spring: 02:00 to 03:00 is left out. */
        {"02:30", "Europe/Berlin", "2026-03-28 12:00", "2026-03-29 03:30:00"},
        {"02:30", "Europe/Berlin", "2026-03-29 03:30", "2026-03-30 02:30:00"},
        {"02:30,03:15", "Europe/Berlin", "2026-03-28 12:00", "2026-03-29 03:15:00"},
        {"02:30,03:15", "Europe/Berlin", "2026-03-29 03:15", "2026-03-29 03:30:00"},
        {"02:30,03:30", "Europe/Berlin", "2026-03-29 03:30", "2026-03-30 02:30:00"},
        {"00:30", "America/Sao_Paulo", "2018-11-03 12:00", "2018-11-04 01:30:00"},
        /* Autumn: 02:00 to 03:00 comes twice; what a time is read as is its first. */
        {"02:30", "Europe/Berlin", "2026-10-24 12:00", "2026-10-25 02:30:00"},
        {"02:30", "Europe/Berlin", "2026-10-25 02:30", "2026-10-26 02:30:00"},
        {"02:30", "Europe/Berlin", "2026-10-25T00:45Z", "2026-10-26 02:30:00"},
        {"02:30", "Europe/Berlin", "2026-10-25T01:15Z", "2026-10-26 02:30:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cf_appointment appointment = appointment_of(rows[i].text, rows[i].zone);
        char got[CF_INSTANT_TEXT];
        struct cf_instant next = cf_appointment_next(&appointment, instant_of(rows[i].after, rows[i].zone));
        assert_string_equal(cf_instant_local(next, appointment.zone, got), rows[i].expect);
    }
    struct cf_appointment fold = appointment_of("02:30", "Europe/Berlin");
    assert_int_equal(cf_appointment_next(&fold, instant_of("2026-10-24 12:00", "UTC")).us,
                     instant_of("2026-10-25T00:30Z", "UTC").us);
    assert_int_equal(cf_appointment_next(&fold, CF_NEVER).us, CF_NEVER.us);
    assert_int_equal(cf_appointment_next(&fold, (struct cf_instant){CF_UNKNOWN_US}).us, CF_NEVER.us);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", "a day is missing"},
        {"Mon-Fri", "cannot be read"},
        {"Mo 19:00", "days are Mon"},
        {"Mon-Fri 19", "cannot be read"},
        {"Mon-Fri 19:00-20:00", "there is more"},
        {"Mon-Fri 19:00,", "cannot be read"},
        {"Mon-Fri 25:00", "cannot be read"},
        {"Mon-Fri 24:00", "next day's 00:00"},
        {"19:00 Mon", "there is more"},
        {"daily 19:00", "days are Mon"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cf_appointment appointment = {.count = 77};
        struct cf_error err = {0};
        int code = cf_appointment_parse(rows[i][0], cf_zone_utc(), &appointment, &err);
        if (code != CF_USAGE || !strstr(err.text, rows[i][1]) || appointment.count != 77)
            fail_msg("\"%s\": %d %s", rows[i][0], code, err.text);
    }
    char many[6 * CF_APPOINTMENT_TIMES + 8] = "08:00";
    struct cf_appointment appointment;
    for (int i = 1; i < CF_APPOINTMENT_TIMES; i++)
        strcat(many, ",08:00");
    assert_int_equal(cf_appointment_parse(many, cf_zone_utc(), &appointment, NULL), CF_OK);
    strcat(many, ",08:00");
    assert_int_equal(cf_appointment_parse(many, cf_zone_utc(), &appointment, NULL), CF_USAGE);
}

/* A random appointment with one time of day; often one at which clocks are changed. */
static struct cf_appointment random_appointment(uint64_t *seed, const char *zone)
{
    struct cf_appointment appointment = {.zone = zone_called(zone), .count = 1};
    for (int day = 0; day < CF_WEEKDAYS; day++)
        appointment.days[day] = pick(seed, 3) > 0;
    appointment.days[pick(seed, CF_WEEKDAYS)] = true;
    appointment.times[0] = pick(seed, pick(seed, 2) ? 4 * 60 : 24 * 60) * 60;
    return appointment;
}

/* Exactly one a day on each listed day, ever later, and found from anywhere before it. */
static void test_once_a_day(void **state)
{
    (void)state;
    static const char *const zones[] = {"Europe/Berlin",    "America/New_York",    "America/Sao_Paulo",
                                        "Africa/Cairo",     "Australia/Lord_Howe", "America/Havana",
                                        "America/St_Johns", "Asia/Gaza",           "UTC"};
    uint64_t seed = 7;
    int64_t kept = 0, moved = 0;
    for (size_t i = 0; i < 10 * sizeof zones / sizeof *zones; i++) {
        const char *name = zones[i % (sizeof zones / sizeof *zones)];
        struct cf_appointment appointment = random_appointment(&seed, name);
        int64_t first = cf_days_of_date((struct cf_date){2012, 1, 1}), last = first + 8 * 365;
        struct cf_instant at = {
            cf_zone_instant_us(appointment.zone, (struct cf_civil){{2012, 1, 1}, 0, 0, 0, 0}) - 1};
        for (int64_t day = first; day < last; day++) {
            if (!appointment.days[cf_weekday_of_days(day)])
                continue;
            struct cf_instant next = cf_appointment_next(&appointment, at);
            assert_true(next.us > at.us && next.us % second_us == 0);
            struct cf_civil shown = cf_zone_civil(appointment.zone, next.us);
            assert_int_equal(cf_days_of_date(shown.date), day);
            int64_t of_day = (shown.hour * 60 + shown.minute) * INT64_C(60) + shown.second,
                    wanted = appointment.times[0];
            if (of_day != wanted) { /* then the clock never shows it on that day */
                int64_t utc, second;
                assert_int_equal(cf_zone_utc_of_local(appointment.zone, day * 86400 + wanted, &utc, &second),
                                 CF_LOCAL_GAP);
                assert_int_equal(utc, next.us / second_us);
                moved++;
            }
            struct cf_instant between = {at.us + pick(&seed, next.us - at.us)};
            assert_int_equal(cf_appointment_next(&appointment, between).us, next.us);
            kept++;
            at = next;
        }
    }
    assert_true(kept > 100000);
    assert_true(moved > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_once_a_day),
    };
    return cmocka_run_group_tests_name("calendar, appointments", tests, NULL, release_zones);
}
