#include "program/output/timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct cf_buffer out;
static struct cf_session session;

static struct cf_entry entry_at(const char *when, enum cf_what what, const char *text)
{
    struct cf_entry entry = {.what = what, .text = text, .session = &session, .policy = "idle"};
    assert_int_equal(cf_instant_parse(when, cf_zone_utc(), &entry.at, NULL), CF_OK);
    return entry;
}

static void add(struct cf_timeline *timeline, const char *when, enum cf_what what, const char *text)
{
    struct cf_entry entry = entry_at(when, what, text);
    cf_timeline_add(timeline, &entry, &out);
}

static int set_up(void **state)
{
    (void)state;
    cf_session_init(&session);
    cf_session_set_string(&session, CF_FIELD_USER, "ana");
    session.identity.id = "c4";
    cf_buffer_clear(&out);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    session.identity.id = NULL;
    cf_session_finish(&session);
    cf_buffer_finish(&out);
    cf_zones_release();
    return 0;
}

static size_t columns(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

static void heads_days_and_keeps_columns(void **state)
{
    (void)state;
    struct cf_timeline timeline = {.zone = cf_zone_utc()};
    add(&timeline, "2026-03-02 09:25", CF_WHAT_WARN, "No activity: you will be logged off in 5 minutes.");
    add(&timeline, "2026-03-02 09:30:07.9", CF_WHAT_LOGOFF, "idle for 30 minutes");
    add(&timeline, "2026-03-03", CF_WHAT_REFUSED, NULL);
    assert_string_equal(out.data,
                        "Monday 2026-03-02\n"
                        "09:25:00 ana      c4   warn    No activity: you will be logged off in 5 minutes.\n"
                        "09:30:07 ana      c4   logoff  idle for 30 minutes\n"
                        "\n"
                        "Tuesday 2026-03-03\n"
                        "00:00:00 ana      c4   refused\n");
}

static void shows_the_clock_of_its_zone_across_a_change(void **state)
{
    (void)state;
    const struct cf_zone *zone;
    assert_int_equal(cf_zone_get("Europe/Berlin", &zone, NULL), CF_OK);
    struct cf_timeline timeline = {.zone = zone};
    add(&timeline, "2026-03-29 00:59:59", CF_WHAT_LOCK, NULL);
    add(&timeline, "2026-03-29 01:00:00", CF_WHAT_LOCK, NULL);
    add(&timeline, "2026-03-29 00:30:00", CF_WHAT_LOCK, NULL); /* the wall clock was stepped back */
    assert_non_null(strstr(out.data, "01:59:59 ana"));
    assert_non_null(strstr(out.data, "03:00:00 ana"));
    assert_non_null(strstr(out.data, "01:30:00 ana"));
}

static void marks_what_would_have_been(void **state)
{
    (void)state;
    struct cf_timeline timeline = {.zone = cf_zone_utc()};
    struct cf_entry entry = entry_at("2026-03-02", CF_WHAT_WARN, "Hello");
    entry.dry = true;
    cf_timeline_add(&timeline, &entry, &out);
    assert_non_null(strstr(out.data, "(warn)  Hello"));
}

static void marks_who_was_not_warned(void **state)
{
    (void)state;
    struct cf_timeline timeline = {.zone = cf_zone_utc()};
    struct cf_entry entry = entry_at("2026-03-02", CF_WHAT_LOGOFF, "disconnected for 4 hours");
    entry.unwarned = true;
    cf_timeline_add(&timeline, &entry, &out);
    assert_non_null(strstr(out.data, "disconnected for 4 hours (unwarned)\n"));
}

static void names_policies_where_there_are_several(void **state)
{
    (void)state;
    struct cf_timeline timeline = {.zone = cf_zone_utc(), .names_policies = true};
    add(&timeline, "2026-03-02", CF_WHAT_LOGOFF, "idle for 30 minutes");
    assert_non_null(strstr(out.data, "idle for 30 minutes [idle]\n"));
}

/* Property: whatever users write, no line is wider than asked, and nothing reaches the terminal but text. */
static void never_breaks_the_terminal(void **state)
{
    (void)state;
    static const char *const pieces[] = {"word", "\033[2J", "ü",  "\xFF",         "\n",
                                         " ",    "漢",      "\t", "\xE2\x80\xAE", "long-long"};
    uint64_t random = 1;
    for (int round = 0; round < 500; round++) {
        char text[512] = "", user[64] = "";
        for (int i = 0; i < 40; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            strcat(i < 34 ? text : user, pieces[(random >> 33) % 10]);
        }
        cf_session_set_string(&session, CF_FIELD_USER, user);
        struct cf_timeline timeline = {.zone = cf_zone_utc(), .width = 80, .names_policies = round % 2};
        cf_buffer_clear(&out);
        add(&timeline, "2026-03-02 09:25", CF_WHAT_DISCONNECT, text);
        const char *line = out.data;
        while (*line) {
            size_t length = strcspn(line, "\n");
            const char *last = line + length;
            assert_true(columns(line, length) <= 80);
            for (const char *c = line; c < last; c++)
                assert_true((unsigned char)*c >= 0x20);
            assert_true(length == 0 || last[-1] != ' ');
            line = last + 1;
        }
        assert_null(strstr(out.data, "\xE2\x80\xAE"));
    }
}

static void wraps_under_the_reason(void **state)
{
    (void)state;
    struct cf_timeline timeline = {.zone = cf_zone_utc(), .width = 60};
    add(&timeline, "2026-03-02 09:25", CF_WHAT_WARN, "No activity: you will be logged off in 5 minutes.");
    assert_string_equal(out.data, "Monday 2026-03-02\n"
                                  "09:25:00 ana      c4   warn    No activity: you will be\n"
                                  "                               logged off in 5 minutes.\n");
}

static void cuts_long_names(void **state)
{
    (void)state;
    struct cf_timeline timeline = {.zone = cf_zone_utc()};
    cf_session_set_string(&session, CF_FIELD_USER, "a-user-with-a-very-long-name");
    session.identity.id = "c1234567890";
    add(&timeline, "2026-03-02 09:25", CF_WHAT_WARN, "x");
    assert_non_null(strstr(out.data, "09:25:00 a-user-with-a-v… c12345678… warn    x\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(heads_days_and_keeps_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shows_the_clock_of_its_zone_across_a_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(marks_what_would_have_been, set_up, tear_down),
        cmocka_unit_test_setup_teardown(marks_who_was_not_warned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_policies_where_there_are_several, set_up, tear_down),
        cmocka_unit_test_setup_teardown(never_breaks_the_terminal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wraps_under_the_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cuts_long_names, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
