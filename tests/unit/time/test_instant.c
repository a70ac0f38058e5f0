/* Instants: what is read, in which zone, and how it is written. */
#include "time/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct cf_zone *zone_called(const char *name)
{
    const struct cf_zone *zone = NULL;
    struct cf_error err = {0};
    if (cf_zone_get(name, &zone, &err) < 0)
        fail_msg("%s", err.text);
    return zone;
}

static void test_parse(void **state)
{
    (void)state;
    const struct {
        const char *text, *zone, *utc;
    } rows[] = {
        {"2026-03-02", "UTC", "2026-03-02T00:00:00.000000Z"},
        {"2026-03-02 08:55", "UTC", "2026-03-02T08:55:00.000000Z"},
        {"2026-03-02T08:55:00.5", "UTC", "2026-03-02T08:55:00.500000Z"},
        {"2026-03-02 08:55:01.1234567", "UTC", "2026-03-02T08:55:01.123456Z"},
        {"2026-03-02 08:55", "Europe/Berlin", "2026-03-02T07:55:00.000000Z"},
        {"2026-03-02T08:55Z", "Europe/Berlin", "2026-03-02T08:55:00.000000Z"},
        {"2026-03-02T08:55+01:00", "America/New_York", "2026-03-02T07:55:00.000000Z"},
        {"2026-03-02 08:55-03:30", "UTC", "2026-03-02T12:25:00.000000Z"},
        {"2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30:00.000000Z"}, /* gap: read as 03:30 */
        {"2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00.000000Z"}, /* fold: the earlier */
        {"2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000000Z"},   /* midnight in a gap */
        {"1969-12-31 23:59:59.999999", "UTC", "1969-12-31T23:59:59.999999Z"},
        {"0000-01-01", "UTC", "0000-01-01T00:00:00.000000Z"},
        {"9999-12-31 23:59:59", "UTC", "9999-12-31T23:59:59.000000Z"},
        {" 2026-03-02\t", "UTC", "2026-03-02T00:00:00.000000Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_instant instant = {0};
        struct cf_error err = {0};
        char out[CF_INSTANT_TEXT];
        if (cf_instant_parse(rows[i].text, zone_called(rows[i].zone), &instant, &err) != CF_OK)
            fail_msg("%s", err.text);
        assert_string_equal(cf_instant_utc(instant, out), rows[i].utc);
    }
}

static void test_errors(void **state)
{
    (void)state;
    const char *const rows[] = {
        "",
        "today",
        "2026-02-29",
        "2026-03-02 8:55",
        "2026-03-02 08:60",
        "2026-03-02 24:00",
        "2026-03-02T",
        "2026-03-02 08",
        "2026-03-02 08:55:60",
        "2026-03-02 08:55:00.",
        "2026-03-02 08:55 ZZ",
        "2026-03-02+1:00",
        "2026-03-02 08:55+",
        "2026-03-02 08:55 pm",
        "2026-03-02 08:55:",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_instant instant = {42};
        struct cf_error err = {0};
        if (cf_instant_parse(rows[i], cf_zone_utc(), &instant, &err) != CF_USAGE)
            fail_msg("\"%s\" was read", rows[i]);
        assert_int_equal(instant.us, 42);
        assert_non_null(strstr(err.text, "2026-03-02 08:55"));
    }
}

/* What would be in another year than can be written. */
static void test_beyond(void **state)
{
    (void)state;
    static const char *const rows[] = {"9999-12-31 23:59-23:59", "9999-12-31 20:00",
                                       "0000-01-01 00:00+00:01"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_instant instant = {42};
        struct cf_error err = {0};
        assert_int_equal(cf_instant_parse(rows[i], zone_called("America/New_York"), &instant, &err),
                         CF_USAGE);
        assert_int_equal(instant.us, 42);
        assert_non_null(strstr(err.text, "0000 to 9999"));
    }
}

static void test_print(void **state)
{
    (void)state;
    char out[CF_INSTANT_TEXT];
    assert_string_equal(cf_instant_utc(CF_NEVER, out), "never");
    assert_string_equal(cf_instant_utc((struct cf_instant){CF_UNKNOWN_US}, out), "unknown");
    assert_string_equal(cf_instant_local(CF_NEVER, cf_zone_utc(), out), "never");
    struct cf_instant instant = {INT64_C(1772441700999999)};
    assert_string_equal(cf_instant_utc(instant, out), "2026-03-02T08:55:00.999999Z");
    assert_string_equal(cf_instant_local(instant, zone_called("Asia/Kathmandu"), out), "2026-03-02 14:40:00");
    assert_true(strlen(cf_instant_utc((struct cf_instant){INT64_MAX - 1}, out)) < CF_INSTANT_TEXT);
    assert_true(strlen(cf_instant_utc((struct cf_instant){INT64_MIN + 1}, out)) < CF_INSTANT_TEXT);
}

/* What is written in UTC reads back exactly, in whatever zone. */
static void test_round_trip(void **state)
{
    (void)state;
    const struct cf_zone *zone = zone_called("Australia/Lord_Howe");
    uint64_t random = 1;
    for (int i = 0; i < 50000; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        struct cf_instant instant = {(int64_t)(random >> 8) - (INT64_C(1) << 55)}, back;
        char text[CF_INSTANT_TEXT];
        assert_int_equal(cf_instant_parse(cf_instant_utc(instant, text), zone, &back, NULL), CF_OK);
        assert_int_equal(back.us, instant.us);
    }
}

static int release(void **state)
{
    (void)state;
    cf_zones_release();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse), cmocka_unit_test(test_errors),     cmocka_unit_test(test_beyond),
        cmocka_unit_test(test_print), cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests_name("instant", tests, NULL, release);
}
