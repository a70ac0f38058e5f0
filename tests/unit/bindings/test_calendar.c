/* calendar.dates out of lists, texts and files, as a policy and its configuration write them. */
#include "fake.h"

#include <unistd.h>

static char folder[32];

static void write_file(const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/curfew-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    write_file("holidays.txt", "# off\n2026-12-24..2026-12-26\n05-01\n");
    write_file("bad.txt", "2026-12-24\nChristmas\n");
    write_file("term.ICS",
               "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260704\nEND:VEVENT\nEND:VCALENDAR\n");
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"holidays.txt", "bad.txt", "term.ICS", "policy.lua"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    return rmdir(folder);
}

/* What the file "policy.lua" logs, or "!" and why it cannot be loaded. `option` is what is configured. */
static void check_policy(const char *text, const char *option, const char *expect)
{
    struct bench bench;
    char path[64], got[sizeof bench.err.text + 1];
    snprintf(path, sizeof path, "%s/policy.lua", folder);
    write_file("policy.lua", text);
    bench_open(&bench);
    bench.policy.options = json_object();
    if (option)
        json_object_set_new(bench.policy.options, "holidays", json_loads(option, JSON_DECODE_ANY, NULL));
    int code = bench_load(&bench, path);
    snprintf(got, sizeof got, "%s%s", code < 0 ? "!" : "", code < 0 ? bench.err.text : bench.policy.log);
    bench_close(&bench);
    if (expect[0] == '!' ? got[0] != '!' || !strstr(got, expect + 1) : strcmp(got, expect) != 0)
        fail_msg("%s %s\n  wanted: %s\n  got: %s", text, option ? option : "", expect, got);
}

static void test_option(void **state)
{
    (void)state;
    static const char policy[] = "local off = calendar.dates(option('holidays', {}))\n"
                                 "local from = off:starts(clock.now())\n"
                                 "log(tostring(from) .. ' ' .. tostring(off:ends(from) - from))";
    static const char *const rows[][2] = {
        {"\"2026-12-25\"", "2026-12-25 00:00:00 1 day"},
        {"\"holidays.txt\"", "2026-05-01 00:00:00 1 day"},
        {"[\"2026-04-30\", \"holidays.txt\"]", "2026-04-30 00:00:00 2 days"},
        {"\"bad.txt\"", "!policy.lua:1: calendar.dates: bad.txt:2: is not a date"},
        {"\"none.txt\"", "!/none.txt: cannot be read: No such file"},
        {"\"/etc/passwd\"", "!\"/etc/passwd\" is not a date"},
        {"[\"holidays.txt\", 5]", "!option 'holidays' must be a list, each item text, not 5"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_policy(policy, rows[i][0], rows[i][1]);
    check_policy(policy, NULL, "never 0 seconds");
    check_policy(policy, "\"term.ICS\"", "2026-07-04 00:00:00 1 day");
}

static void test_algebra(void **state)
{
    (void)state;
    check_policy("local open = calendar.weekly('Mon-Fri 08:00-18:00') - calendar.dates('holidays.txt')\n"
                 "log(open:starts(open:ends(clock.now() + 51 * day + 12 * hour)))", /* 2026-04-22 */
                 NULL, "2026-04-23 08:00:00");
    check_policy(
        "local open = calendar.weekly('Mon-Fri 08:00-18:00') - calendar.dates { 'holidays.txt' }\n"
        "log(open:starts(open:ends(clock.now() + 59 * day)))", /* Thursday, before the first of May */
        NULL, "2026-05-04 08:00:00");
    check_policy("local off = calendar.dates('holidays.txt', { zone = 'America/New_York' })\n"
                 "log(off:starts(clock.now()))",
                 NULL, "2026-05-01 04:00:00");
}

/* No task reads a file. */
static void test_in_a_task(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    assert_int_equal(bench_load_text(&bench, "sessions.watch({}, function (session)\n"
                                             "log(calendar.dates('2026-12-25'):starts(clock.now()))\n"
                                             "calendar.dates('holidays.txt') end)"),
                     0);
    bench_session(&bench);
    assert_int_equal(bench_begin(&bench), CF_STEP_FAILED);
    assert_string_equal(bench.policy.log, "2026-12-25 00:00:00");
    if (!strstr(bench.err.text, "policy.lua:3: calendar.dates: files belong outside of tasks"))
        fail_msg("%s", bench.err.text);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_option),
        cmocka_unit_test(test_algebra),
        cmocka_unit_test(test_in_a_task),
    };
    return cmocka_run_group_tests_name("bindings, calendar", tests, make_folder, drop_folder);
}
