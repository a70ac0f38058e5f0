#include "../../fixture/folder.h"
#include "../unit.h"

#include "author/scenario.h"
#include "time/zone.h"

#include <string.h>

static int compile(const char *text, struct cf_scenario **ret_scenario, struct cf_error *err)
{
    folder_make();
    int code = cf_lua_scenario(folder_write("day.lua", text), ret_scenario, err);
    folder_drop();
    return code;
}

/* A line an event: seconds since the start, name, label, argument, text, line of the file. */
static void assert_events(const char *text, const char *wanted)
{
    struct cf_error err = {0};
    struct cf_scenario *scenario = NULL;
    if (compile(text, &scenario, &err) < 0)
        fail_msg("%s", err.text);
    struct cf_buffer got = {0};
    struct cf_event event;
    while (scenario->next(scenario, &event))
        cf_buffer_printf(&got, "%lld %s %u %lld %s :%d\n", (long long)(event.at_us / 1000000),
                         cf_event_name(event.kind), event.label, (long long)event.argument,
                         event.text ? event.text : "-", event.line);
    cf_buffer_printf(&got, "%lld end\n", (long long)(scenario->length_us / 1000000));
    assert_string_equal(got.data, wanted);
    cf_buffer_finish(&got);
    cf_scenario_destroy(scenario);
}

static void test_events(void **state)
{
    (void)state;
    assert_events("", "0 end\n");
    assert_events("local ana = logon('ana')\n"
                  "ana:input { every = 2 * minute, during = 5 * minute }\n"
                  "ana:lock()\n"
                  "advance(1 * hour)\n"
                  "ana:unlock(); ana:disconnect(); ana:reconnect()\n"
                  "ana:runs('make'); ana:stops('make'); ana:prints(); ana:answer(); ana:answer(false)\n"
                  "ana:logoff(); ana:logon(); ana:returns()\n",
                  "0 logon 0 0 - :1\n"
                  "120 input 0 0 - :2\n"
                  "240 input 0 0 - :2\n"
                  "300 lock 0 0 - :3\n"
                  "3900 unlock 0 0 - :5\n"
                  "3900 disconnect 0 0 - :5\n"
                  "3900 reconnect 0 0 - :5\n"
                  "3900 job 0 1 make :6\n"
                  "3900 job 0 0 make :6\n"
                  "3900 output 0 0 - :6\n"
                  "3900 answer 0 1 - :6\n"
                  "3900 answer 0 0 - :6\n"
                  "3900 logoff 0 0 - :7\n"
                  "3900 logon 0 0 - :7\n"
                  "3900 return 0 0 - :7\n"
                  "3900 end\n");
    assert_events("host.sleep(8 * hour)\nhost.step(-1 * hour)\nhost.fault('slow', 100)\nadvance(1 * second)",
                  "0 sleep 0 28800000000 - :1\n"
                  "28800 step 0 -3600000000 - :2\n"
                  "28800 fault 0 100 slow :3\n"
                  "28801 end\n");
}

static void test_meanwhile(void **state)
{
    (void)state;
    assert_events("local ana, bea = logon('ana'), logon('bea')\n"
                  "meanwhile(function ()\n"
                  "  bea:input { every = 3 * minute, during = 6 * minute }\n"
                  "end)\n"
                  "ana:input { every = 2 * minute, during = 4 * minute }\n",
                  "0 logon 0 0 - :1\n"
                  "0 logon 1 0 - :1\n"
                  "120 input 0 0 - :5\n"
                  "180 input 1 0 - :3\n"
                  "240 input 0 0 - :5\n"
                  "360 input 1 0 - :3\n"
                  "360 end\n");
}

static void test_wall_clock(void **state)
{
    (void)state;
    /* Monday 08:00 UTC; half past twelve comes again the next day; a step moves it. */
    assert_events("advance_to('12:30') advance_to('12:30') host.step(1 * hour) advance_to('14:00')",
                  "102600 step 0 3600000000 - :1\n"
                  "104400 end\n");
    /* Berlin's night has no hour between two and three. */
    assert_events("starts('2026-03-29 01:00', 'Europe/Berlin') advance_to('04:00')", "7200 end\n");
    assert_events("starts('2026-03-29 01:00', 'Europe/Berlin') advance_to('2026-03-30 01:00')",
                  "82800 end\n");

    struct cf_scenario *scenario = NULL;
    assert_int_equal(compile("starts('2026-07-01 08:00', 'Europe/Berlin')", &scenario, NULL), 0);
    assert_int_equal(scenario->start.us, INT64_C(1782885600) * 1000000);
    assert_string_equal(cf_zone_name(scenario->zone), "Europe/Berlin");
    cf_scenario_destroy(scenario);
}

static void test_record(void **state)
{
    (void)state;
    struct cf_scenario *scenario = NULL;
    struct cf_event event;
    assert_int_equal(
        compile("logon('ana', { type = 'rdp', groups = { 'staff', 'lab' }, remote = true, uid = 1042,"
                " id = '7', idle = 'unknown', class = 'greeter' })",
                &scenario, NULL),
        0);
    assert_true(scenario->next(scenario, &event));
    assert_string_equal(event.logon->user, "ana");
    assert_string_equal(event.logon->type, "rdp");
    assert_string_equal(event.logon->class_, "greeter");
    assert_string_equal(event.logon->groups[1], "lab");
    assert_null(event.logon->groups[2]);
    assert_int_equal(event.logon->remote, CF_TRI_YES);
    assert_int_equal(event.logon->uid, 1042);
    assert_string_equal(event.logon->identity.id, "7");
    assert_string_equal(event.logon->idle_source, "unknown");
    cf_scenario_destroy(scenario);
}

struct misuse {
    const char *text, *where, *what;
};

static void check_misuse(const struct misuse *misuse)
{
    struct cf_error err = {0};
    struct cf_scenario *scenario = NULL;
    int code = compile(misuse->text, &scenario, &err);
    if (code != CF_POLICY || scenario || !strstr(err.text, misuse->where) || !strstr(err.text, misuse->what))
        fail_msg("%s\n  gave %d: %s", misuse->text, code, err.text);
}

static void test_misuse(void **state)
{
    (void)state;
    static const struct misuse table[] = {
        {"logon(", "day.lua:1:", "expected"},
        {"\nadvance(5)", "day.lua:2:", "the number 5"},
        {"advance(-5 * minute)", "day.lua:1:", "zero or more"},
        {"advance('5 mintues')", "day.lua:1:", "mintues"},
        {"advance_to('noon')", "day.lua:1:", "noon"},
        {"advance_to('2020-01-01 10:00')", "day.lua:1:", "past"},
        {"starts('2026-03-02 08:00', 'Europe/Berlyn')", "day.lua:1:", "Berlyn"},
        {"logon('ana')\nstarts('2026-03-02 08:00')", "day.lua:2:", "before"},
        {"logon()", "day.lua:1:", "logon"},
        {"logon('')", "day.lua:1:", "logon"},
        {"logon('ana', { tipe = 'rdp' })", "day.lua:1:", "tipe"},
        {"logon('ana', { type = 5 })", "day.lua:1:", "type"},
        {"logon('ana', { locked = 'yes' })", "day.lua:1:", "locked"},
        {"logon('ana', { age = 5 * minute })", "day.lua:1:", "age"},
        {"local ana = logon('ana')\nana:jump()", "day.lua:2:", "jump"},
        {"local ana = logon('ana')\n\nana:unlock()", "day.lua:3:", "ana"},
        {"local ana = logon('ana')\nana:logoff()\nana:input()", "day.lua:3:", "ana"},
        {"local ana = logon('ana')\nana:logon()", "day.lua:2:", "ana"},
        {"local ana = logon('ana')\nana:input { every = 5 }", "day.lua:2:", "every"},
        {"local ana = logon('ana')\nana:runs()", "day.lua:2:", "runs"},
        {"local ana = logon('ana')\nhost.sleep(1 * hour)\nmeanwhile(function () ana:input() end)\nana:unlock()",
         "day.lua:4:", "not locked"},
        {"meanwhile(5)", "day.lua:1:", "function"},
        {"advance(40000 * day)", "day.lua:1:", "more than"},
        {"for i = 1, 9 do host.step(9000 * day) end", "day.lua:1:", "step"},
        {"host.fault('slow', 'often')", "day.lua:1:", "often"},
        {"logon('ana', 5)", "day.lua:1:", "table"},
        {"logon('ana', { 'x' })", "day.lua:1:", "by name"},
        {"logon('ana', { groups = 'staff' })", "day.lua:1:", "list"},
        {"logon('ana', { groups = { 5 } })", "day.lua:1:", "list"},
        {"logon('ana', { uid = 1.5 })", "day.lua:1:", "whole"},
        {"logon('ana', { idle = 5 * minute })", "day.lua:1:", "unknown"},
        {"host.fault('gremlins', 5)", "day.lua:1:", "gremlins"},
        {"host.sleep(-1 * hour)", "day.lua:1:", "zero or more"},
        {"while true do end", "day.lua:1:", "instructions"},
        {"error('stop here')", "day.lua:1:", "stop here"},
        {"os.execute('true')", "day.lua:1:", "os"},
    };
    static const struct misuse heavy[] = {
        {"local ana = logon('ana')\nwhile true do ana:input() end", "day.lua:2:", "events"},
        {"local t = {}\nwhile true do t[#t + 1] = ('x'):rep(100000) .. #t end", "day.lua", "memory"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        check_misuse(&table[i]);
    /* With sanitizers these may take more than the second that a script has. */
    for (size_t i = 0; i < sizeof heavy / sizeof *heavy && !IS_SANITIZED; i++)
        check_misuse(&heavy[i]);
}

static void test_no_file(void **state)
{
    (void)state;
    struct cf_error err = {0};
    struct cf_scenario *scenario = NULL;
    assert_int_equal(cf_lua_scenario("/nowhere/day.lua", &scenario, &err), CF_POLICY);
    assert_non_null(strstr(err.text, "/nowhere/day.lua"));
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
        cmocka_unit_test(test_events), cmocka_unit_test(test_meanwhile), cmocka_unit_test(test_wall_clock),
        cmocka_unit_test(test_record), cmocka_unit_test(test_misuse),    cmocka_unit_test(test_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
