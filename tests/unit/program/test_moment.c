#include "../unit.h"

#include "program/setup/moment.h"

#include <string.h>

/* Wednesday 2026-03-04 14:30:15 in Berlin. */
static struct cf_instant now;
static const struct cf_zone *zone;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(cf_zone_get("Europe/Berlin", &zone, NULL), CF_OK);
    return cf_instant_parse("2026-03-04 14:30:15", zone, &now, NULL);
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text, *local;
    } cases[] = {
        {"now", "2026-03-04 14:30:15"},        {"today", "2026-03-04 00:00:00"},
        {"yesterday", "2026-03-03 00:00:00"},  {"Tomorrow", "2026-03-05 00:00:00"},
        {"2h", "2026-03-04 12:30:15"},         {"-2h", "2026-03-04 12:30:15"},
        {"2h ago", "2026-03-04 12:30:15"},     {"2 hours ago", "2026-03-04 12:30:15"},
        {"+2h", "2026-03-04 16:30:15"},        {"-1d", "2026-03-03 14:30:15"},
        {"1d", "2026-03-03 14:30:15"},         {"12:00", "2026-03-04 12:00:00"},
        {"12:00:05", "2026-03-04 12:00:05"},   {"23:59", "2026-03-04 23:59:00"},
        {"2026-03-02", "2026-03-02 00:00:00"}, {"2026-03-02 17:30", "2026-03-02 17:30:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char local[CF_INSTANT_TEXT];
        struct cf_instant at = {0};
        struct cf_error err = {0};
        if (cf_moment_parse(cases[i].text, zone, now, &at, &err) != CF_OK ||
            strcmp(cf_instant_local(at, zone, local), cases[i].local) != 0)
            fail_msg("%s: %s %s", cases[i].text, err.text, local);
    }
}

static void test_nonsense(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "soon",
                                        "5",
                                        "--2h",
                                        "+-2h",
                                        "-2h ago",
                                        "+2h ago",
                                        " ago",
                                        "25:00",
                                        "12:",
                                        ":",
                                        "12:60",
                                        "todays",
                                        "2h from",
                                        "99999999999d",
                                        "2026-13-01",
                                        "yesterday 12:00 or so"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_instant at = {42};
        struct cf_error err = {0};
        if (cf_moment_parse(cases[i], zone, now, &at, &err) != CF_USAGE || at.us != 42 ||
            !strstr(err.text, "is not a time; write 2h"))
            fail_msg("%s was taken, or: %s", cases[i], err.text);
    }
}

/* The day after a change of the clocks begins at its midnight, too: here the day has 23 hours. */
static void test_short_day(void **state)
{
    (void)state;
    struct cf_instant at, begins;
    assert_int_equal(cf_instant_parse("2026-03-29 12:00", zone, &now, NULL), CF_OK);
    assert_int_equal(cf_moment_parse("tomorrow", zone, now, &at, NULL), CF_OK);
    assert_int_equal(cf_moment_parse("today", zone, now, &begins, NULL), CF_OK);
    assert_int_equal(at.us - begins.us, 23 * CF_HOUR.us);
    assert_int_equal(cf_moment_parse("1d", zone, now, &at, NULL), CF_OK);
    assert_int_equal(now.us - at.us, CF_DAY.us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_forms, set_up),
        cmocka_unit_test_setup(test_nonsense, set_up),
        cmocka_unit_test_setup(test_short_day, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
