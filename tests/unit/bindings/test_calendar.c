/* calendar.dates out of lists, texts and files, as a policy and its configuration write them. */
#include "policy_fixture.h"

static int make_folder(void **state)
{
    (void)state;
    folder_make();
    (void)folder_write("holidays.txt", "# off\n2026-12-24..2026-12-26\n05-01\n");
    (void)folder_write("bad.txt", "2026-12-24\nChristmas\n");
    (void)folder_write(
        "term.ICS",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260704\nEND:VEVENT\nEND:VCALENDAR\n");
    (void)folder_write(
        "us.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Towel Day\nDESCRIPTION:Observance\n"
                  "DTSTART;VALUE=DATE:20260525\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nSUMMARY:Independence Day\n"
                  "DESCRIPTION:Public holiday\nDTSTART;VALUE=DATE:20260704\nEND:VEVENT\nEND:VCALENDAR\n");
    return 0;
}

/* What the file "policy.lua" says by its function `say`, or "!" and why it cannot be loaded. `option` is what
 * is configured. */
static void check_policy(const char *text, const char *option, const char *expect)
{
    struct policy_fixture fixture;
    char whole[2000];
    bool fails = expect[0] == '!';
    snprintf(whole, sizeof whole,
             "local function say(what) assert(tostring(what) == '%s', tostring(what)) end %s",
             fails ? "" : expect, text);
    fixture_open(&fixture);
    fixture.entry = json_object();
    if (option)
        json_object_set_new(fixture.entry, "holidays", json_loads(option, JSON_DECODE_ANY, NULL));
    int code = fixture_load(&fixture, folder_write("policy.lua", whole));
    if (fails ? code == 0 || !strstr(fixture.err.text, expect + 1) : code != 0)
        fail_msg("%s %s\n  wanted: %s\n  got: %s", text, option ? option : "", expect, fixture.err.text);
    fixture_close(&fixture);
}

static void test_option(void **state)
{
    (void)state;
    static const char policy[] = "local off = calendar.dates(option('holidays', {}))\n"
                                 "local from = off:starts(clock.now())\n"
                                 "say(tostring(from) .. ' ' .. tostring(off:ends(from) - from))";
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

/* Which events of a file count, as a configuration says it, and as a policy does. */
static void test_filters(void **state)
{
    (void)state;
    static const char option[] = "local off = option('holidays', calendar.dates {})\n"
                                 "say(tostring(off:starts(clock.now())))";
    static const char *const rows[][2] = {
        {"\"us.ics\"", "2026-05-25 00:00:00"},
        {"{\"1\": \"us.ics\", \"only\": {\"description\": \"public holiday*\"}}", "2026-07-04 00:00:00"},
        {"{\"1\": \"us.ics\", \"except\": {\"summary\": [\"X*\", \"Towel day\"]}}", "2026-07-04 00:00:00"},
        {"[\"2026-06-01\", {\"1\": \"us.ics\", \"only\": {\"transp\": \"OPAQUE\", \"summary\": \"I*\"}}]",
         "2026-06-01 00:00:00"},
        {"[]", "never"},
        {"{\"1\": \"us.ics\", \"only\": {\"title\": \"x\"}}",
         "!option 'holidays': only knows summary, description, categories and transp of an event, but not \"title\""},
        {"{\"1\": \"us.ics\", \"only\": \"x\"}", "!only wants fields of events, such as { summary"},
        {"{\"1\": \"us.ics\", \"only\": {}}", "!only wants fields of events"},
        {"{\"1\": \"us.ics\", \"only\": {\"summary\": 5}}", "!only: summary wants a text"},
        {"{\"1\": \"us.ics\", \"only\": {\"summary\": \"\"}}", "!only: summary wants a text"},
        {"{\"1\": \"us.ics\", \"onyl\": {\"summary\": \"x\"}}",
         "!has dates and files, only and except, and nothing else"},
        {"{\"1\": \"12-25\", \"only\": {\"summary\": \"x\"}}",
         "!only and except are for files, and none is in the list"},
        {"{\"1\": \"holidays.txt\", \"only\": {\"summary\": \"x\"}}",
         "!are for iCalendar files, and this is a text"},
        {"[5]", "!days off are dates and files of them"},
        {"true", "!days off are dates and files of them"},
        {"[[[[[[\"12-25\"]]]]]]", "!days off are dates and files of them"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_policy(option, rows[i][0], rows[i][1]);
    check_policy(
        "say(tostring(calendar.dates('us.ics', { only = { summary = 'ind*' } }):starts(clock.now())))", NULL,
        "2026-07-04 00:00:00");
    check_policy(
        "say(tostring(calendar.dates({ '12-24', { 'us.ics', except = { summary = 't*' } } }):starts(clock.now())))",
        NULL, "2026-07-04 00:00:00");
    check_policy("calendar.dates('us.ics', { olny = { summary = 'ind*' } })", NULL,
                 "!policy.lua:1: calendar.dates");
    check_policy("calendar.dates({ 'us.ics', tostring })", NULL, "!is not data");
    check_policy("calendar.dates('a.ics')", NULL, "!a.ics: cannot be read");
}

static void test_algebra(void **state)
{
    (void)state;
    check_policy("local open = calendar.weekly('Mon-Fri 08:00-18:00') - calendar.dates('holidays.txt')\n"
                 "say(open:starts(open:ends(clock.now() + 51 * day + 12 * hour)))", /* 2026-04-22 */
                 NULL, "2026-04-23 08:00:00");
    check_policy(
        "local open = calendar.weekly('Mon-Fri 08:00-18:00') - calendar.dates { 'holidays.txt' }\n"
        "say(open:starts(open:ends(clock.now() + 59 * day)))", /* Thursday, before the first of May */
        NULL, "2026-05-04 08:00:00");
    check_policy("local off = calendar.dates('holidays.txt', { zone = 'America/New_York' })\n"
                 "say(off:starts(clock.now()))",
                 NULL, "2026-05-01 04:00:00");
}

/* Whoever asks for edges that take long to find is stopped like any other loop, where they ask; whether an
 * instant is inside is cheap. */
static void test_work_is_paid_for(void **state)
{
    (void)state;
    const char *dense =
        "local lines = {}\n"
        "for i = 1, 700 do lines[i] = string.format('%02d:%02d-%02d:%02d', i * 2 // 60, i * 2 % 60,"
        " (i * 2 + 1) // 60, (i * 2 + 1) % 60) end\n"
        "local a = calendar.weekly(lines)\n";
    char text[1000];
    snprintf(text, sizeof text, "%sfor i = 1, 100 do (a - a):starts(clock.now() + i * day) end", dense);
    check_policy(text, NULL, "!policy.lua:4: calendar:starts: stopped after 5 million instructions");
    snprintf(text, sizeof text,
             "%slocal n = 0 for i = 1, 1000 do if (a - a):contains(clock.now()) then n = 1 end "
             "end say(n)",
             dense);
    check_policy(text, NULL, "0");
    check_policy("local lines = {} for i = 1, 1000 do lines[i] = 'Mon 08:00-09:00' end\n"
                 "for i = 1, 1000 do calendar.weekly(lines) end",
                 NULL, "!policy.lua:2: calendar.weekly: stopped after 5 million instructions");
}

/* No task reads a file. */
static void test_in_a_task(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    fixture_open(&fixture);
    int code = fixture_load_task(
        &fixture, "assert(calendar.dates('2026-12-25'):starts(clock.now()) .. '' == '2026-12-25 00:00:00')\n"
                  "calendar.dates('holidays.txt')");
    if (code != 0 || !strstr(fixture.err.text, "policy.lua:3: calendar.dates: files belong outside of tasks"))
        fail_msg("%s", fixture.err.text);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_option),    cmocka_unit_test(test_filters),
        cmocka_unit_test(test_algebra),   cmocka_unit_test(test_work_is_paid_for),
        cmocka_unit_test(test_in_a_task),
    };
    return cmocka_run_group_tests_name("bindings, calendar", tests, make_folder, folder_tear_down);
}
