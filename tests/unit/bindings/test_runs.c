/* Runs of policies: their words, what goes wrong, how they end. */
#include "policy_fixture.h"

/* Loads a policy whose only task is `body`. */
static void load_task(struct policy_fixture *fixture, const char *body)
{
    fixture_open(fixture);
    cf_session_set_string(&fixture->record, CF_FIELD_IDLE_SOURCE, "unknown");
    if (fixture_load_task(fixture, body) != 0)
        fail_msg("%s", fixture->err.text);
}

/* The policy loads, and runs of `body` come to their end within the hour. */
static void check(const char *text, const char *body)
{
    struct policy_fixture fixture;
    char whole[3000];
    (void)snprintf(whole, sizeof whole, "%s\nsessions.watch({ user = 'ana' }, function (session)\n%s\nend)",
                   text, body);
    fixture_open(&fixture);
    int code = fixture_load_text(&fixture, whole);
    fixture_advance(&fixture, CF_HOUR);
    if (code != 0 || passed.failures || !passed.returns)
        fail_msg("%s\n%s", body, fixture.err.text);
    fixture_close(&fixture);
}

/* What was decided: "00:00 warn x, 01:00 lock y, ". */
static void list_rows(const struct policy_fixture *fixture, char out[400])
{
    char time[CF_SPAN_TEXT];
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < fixture->host.row_count; i++) {
        const struct cf_row *row = &fixture->host.rows[i];
        if (row->what >= 0 && !cf_row_is_outcome(row) && length < 400)
            length +=
                (size_t)snprintf(out + length, 400 - length, "%s %s %s, ", cf_row_time(row->at_us, time),
                                 cf_what_name((enum cf_what)row->what), row->text);
    }
}

/* ---- What goes wrong ---- */

static void test_misuse(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"session:wait_idle(30)", "wait_idle wants a span such as 30 * minute, not the number 30"},
        {"session:wait_idle(-5 * minute)", "wait_idle wants a span of zero or more, not the span -5 minutes"},
        {"session.wait_idle(minute)", "wait_idle is called with a colon on a session: session:wait_idle(…)"},
        {"clock.sleep(30)", "clock.sleep wants a span such as 30 * minute, not the number 30"},
        {"clock.sleep(session.idle)",
         "clock.sleep wants a span of zero or more, not the span an unknown time"},
        {"return session.idel", "a session has no field 'idel'; did you mean 'idle'?"},
        {"return session[5]", "a session has no field '5'"},
        {"session.idle = 5", "session.idle cannot be set: a session's fields are read, not written"},
        {"session:warn('in {left}')", "warn: the text says {left}, but no value has that name"},
        {"session:warn('in {left}', { lift = 5 })", "warn: the text says {left}, but no value has that name"},
        {"session:warn(5)", "warn wants text, not the number 5"},
        {"session:warn('x', 5)", "warn wants a table of values behind the text, not the number 5"},
        {"session:warn('x', {}, { aks = 'y' })", "warn knows no \"aks\" there"},
        {"session:warn(('x'):rep(5000))", "warn: this text has 4096 bytes or more"},
        {"session:logoff()", "logoff wants text, not nil"},
        {"session:logoff('x', { unwarnd = true })", "logoff knows no \"unwarnd\" there"},
        {"option('x', 5)", "option belongs outside of tasks: it is called once, while the policy loads"},
        {"sessions.watch({}, print_)",
         "'print_' means nothing here: no local variable and no word of curfew's"},
        {"sessions.watch({}, log)",
         "sessions.watch belongs outside of tasks: it is called once, while the policy loads"},
        {"sessions.list { usr = 'x' }", "sessions.list: "},
        {"sessions.list { user = {} }", "sessions.list: user must list one to 256 texts"},
        {"sessions.list { user = 5 }",
         "sessions.list: user must be text, a list of texts, true or false, not the number 5"},
        {"for _ in countdown { minute, hour } do end",
         "countdown wants the longest span first, but 1 hour follows 1 minute"},
        {"for _ in countdown {} do end", "countdown wants at least one span"},
        {"for _ in countdown(5) do end",
         "countdown wants spans such as { 5 * minute, 1 * minute }, not the number 5"},
        {"for _ in countdown { 0 * minute } do end",
         "countdown wants spans above zero, not the span 0 seconds"},
        {"for _ in clock.approach(minute, minute) do end",
         "clock.approach wants an instant such as clock.now(), not the span 1 minute"},
        {"calendar.weekly { 'Mon', zone = 'UTC' }", "calendar.weekly: the zone goes behind the list: "},
        {"calendar.weekly('Mon', { zone = 'Mars/Base' })", "calendar.weekly: "},
        {"calendar.weekly('Mno 5')", "calendar.weekly: "},
        {"calendar.weekly('Mon'):contains(5)",
         "calendar:contains wants an instant such as clock.now(), not the number 5"},
        {"return calendar.weekly('Mon') + 5", "+ wants a calendar, not the number 5"},
        {"return host.nmae", "host has name and refuse_logons, but no nmae"},
        {"('x'):gsub('x', function () clock.sleep(minute) end)",
         "clock.sleep cannot wait in here, called back by a library function"},
        {"error('mine')", "mine"},
        {"return nil + 1", "attempt to perform arithmetic on a nil value"},
        {"while true do end", "stopped after 5 million instructions: is this a loop that never waits?"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct policy_fixture fixture;
        char wanted[300];
        load_task(&fixture, table[i][0]);
        snprintf(wanted, sizeof wanted, "policy.lua:2: %s", table[i][1]);
        if (passed.step != CF_STEP_FAILED || strncmp(fixture.err.text, wanted, strlen(wanted)) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], wanted, fixture.err.text);
        fixture_advance(&fixture, CF_MINUTE);
        assert_int_equal(passed.failures, 2); /* and the state is as sound as before */
        for (size_t row = 0; row < fixture.host.row_count; row++)
            assert_true(fixture.host.rows[row].what < 0 || fixture.host.rows[row].what == CF_WHAT_FAILED);
        fixture_close(&fixture);
    }
}

static void test_load_errors(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"local x = = 5", "policy.lua:1: unexpected symbol near '='"},
        {"\nclock.sleep(minute)", "policy.lua:2: clock.sleep works in a task only"},
        {"while true do end", "policy.lua:1: stopped after 5 million instructions"},
        {"local t = {} for i = 1, 1e9 do t[i] = i end", "policy.lua:1: ran out of the 64 MiB"},
        {"sessions.watch({}, 5)",
         "policy.lua:1: sessions.watch wants a function behind the selector, not the number 5"},
        {"sessions.watch(log)", "policy.lua:1: sessions.watch wants a function behind the selector, not nil"},
        {"sessions.watch(5, log)", "policy.lua:1: sessions.watch wants a selector such as"},
        {"sessions.watch({ 'ana' }, log)", "policy.lua:1: sessions.watch: a selector has names"},
        {"sessions.watch({ usr = 'ana' }, log)", "policy.lua:1: sessions.watch: "},
        {"x = 5", "policy.lua:1: 'x' is not a local variable"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct policy_fixture fixture;
        fixture_open(&fixture);
        assert_int_equal(fixture_load_text(&fixture, table[i][0]), CF_POLICY);
        assert_null(passed.script);
        if (strncmp(fixture.err.text, table[i][1], strlen(table[i][1])) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], table[i][1], fixture.err.text);
        fixture_close(&fixture);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    fixture_open(&fixture);
    fixture.host.sim.faults.undelivered = 1000;
    assert_int_equal(fixture_load_task(&fixture,
                                       "assert(not session:warn('x').delivered)\n"
                                       "local done, why = session:logoff('x', { unwarned = true })\n"
                                       "assert(done == nil and why:find('unwarned'), why)\n"
                                       "done, why = session:logoff('x')\n"
                                       "assert(done == nil and why:find('warning'), why)"),
                     0);
    if (passed.step != CF_STEP_RETURNED)
        fail_msg("%s", fixture.err.text);
    fixture_close(&fixture);
}

/* ---- The words ---- */

/* Each turn of clock.approach comes when its lead is left, and its end with the deadline. */
static void test_approach(void **state)
{
    (void)state;
    static const struct {
        int minutes_left;
        const char *rows;
    } table[] = {
        {60, "30:00 warn 30 minutes, 55:00 warn 5 minutes, 59:00 warn 1 minute, 1:00:00 lock over, "},
        {30, "00:00 warn 30 minutes, 25:00 warn 5 minutes, 29:00 warn 1 minute, 30:00 lock over, "},
        {20, "00:00 warn 20 minutes, 15:00 warn 5 minutes, 19:00 warn 1 minute, 20:00 lock over, "},
        {5, "00:00 warn 5 minutes, 04:00 warn 1 minute, 05:00 lock over, "},
        {3, "00:00 warn 3 minutes, 02:00 warn 1 minute, 03:00 lock over, "},
        {1, "00:00 warn 1 minute, 01:00 lock over, "},
        {0, "00:00 lock over, "},
        {-5, "00:00 lock over, "},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct policy_fixture fixture;
        char body[300], rows[400];
        snprintf(
            body, sizeof body,
            "for left in clock.approach(clock.now() + %d * minute, { 30 * minute, 5 * minute, 1 * minute }) do "
            "session:warn('{left}', { left = left }) end session:lock('over') clock.sleep(never)",
            table[i].minutes_left);
        load_task(&fixture, body);
        fixture_advance(&fixture, cf_minutes(90));
        list_rows(&fixture, rows);
        assert_string_equal(rows, table[i].rows);
        fixture_close(&fixture);
    }
}

static void test_fields(void **state)
{
    (void)state;
    check(
        "",
        "assert(session.user == 'ana' and session.active and session.locked == false and not session.seat)\n"
        "assert(session.disconnected_for == 0 * second and session.idle == 0 * second)\n"
        "assert(tostring(session) == 'session ' .. session.id .. ' of ana' and type(session) == 'session')\n"
        "assert(sessions.list()[1] == session and #sessions.list { user = { 'a*', 'x' } } == 1)\n"
        "assert(#sessions.list { user = 'bea' } == 0 and #sessions.list { seat = 'x' } == 0)\n"
        "assert(host.name == session.host and type(session.logon) == 'instant')");
}

static void test_a_session_that_has_ended(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    const struct cf_event logoff = {.kind = CF_EVENT_LOGOFF};
    fixture_open(&fixture);
    assert_int_equal(
        fixture_load_text(&fixture,
                          "local kept\n"
                          "clock.every(minute, function ()\n"
                          "assert(kept.user == nil and tostring(kept) == 'a session that has ended')\n"
                          "assert(select(2, kept:wait_idle(minute)) == 'session has ended') end)\n"
                          "sessions.watch({}, function (session) kept = session end)"),
        0);
    assert_int_equal(cf_test_host_apply(&fixture.host, &logoff, &fixture.err), 0);
    unsigned steps = passed.steps;
    fixture_advance(&fixture, CF_MINUTE);
    if (passed.failures || passed.steps == steps)
        fail_msg("%s", fixture.err.text);
    fixture_close(&fixture);
}

/* A veto may not pass by what nobody knows. */
static void test_what_a_veto_cannot_know(void **state)
{
    (void)state;
    static const struct {
        const char *looks, *doubt;
    } table[] = {
        {"session.user", NULL},
        {"session.active", NULL},
        {"session.disconnected_for", NULL},
        {"#sessions.list { user = 'ana', active = true }", NULL},
        {"session.seat", "it looks at session.seat, which nobody knows"},
        {"session.domain == 'x'", "it looks at session.domain, which nobody knows"},
        {"session.client", "it looks at session.client, which nobody knows"},
        {"session.idle > hour", "it looks at session.idle, which nobody knows"},
        {"#sessions.list { seat = 'x' }", "it looks at what sessions.list selects by, which nobody knows"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct policy_fixture fixture;
        char text[300], rows[400];
        (void)snprintf(text, sizeof text,
                       "sessions.protect({}, function (session) local looked = %s end)\n"
                       "sessions.watch({}, function (session) session:warn('x') clock.sleep(never) end)",
                       table[i].looks);
        fixture_open(&fixture);
        cf_session_set_string(&fixture.record, CF_FIELD_IDLE_SOURCE, "unknown");
        assert_int_equal(fixture_load_text(&fixture, text), 0);
        list_rows(&fixture, rows);
        if (!strstr(rows, table[i].doubt ? table[i].doubt : "warn x") ||
            (table[i].doubt && strstr(rows, "warn")))
            fail_msg("%s: %s", table[i].looks, rows);
        fixture_close(&fixture);
    }
}

static void test_notices(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    const struct cf_event answer = {.kind = CF_EVENT_ANSWER, .argument = 1};
    char rows[400];
    load_task(
        &fixture,
        "local notice = session:warn('Still {{there}} {}?', { there = 5 }, { ask = 'Yes', title = 'T' })\n"
        "assert(notice.delivered and type(notice) == 'notice')\n"
        "if notice:answered(2 * minute) then notice:close() session:forget() end\n"
        "session:tell('bye {x}', { x = minute }) session:lock() session:disconnect('gone') clock.sleep(never)");
    assert_string_equal(passed.text, "Still {5} {}?");
    assert_string_equal(passed.ask, "Yes");
    assert_string_equal(passed.title, "T");
    assert_int_equal(cf_test_host_apply(&fixture.host, &answer, &fixture.err), 0);
    assert_string_equal(passed.text, "bye 1 minute");
    list_rows(&fixture, rows);
    assert_string_equal(rows, "00:00 warn Still {5} {}?, 00:00 answer yes, 00:00 tell bye 1 minute, "
                              "00:00 lock , 00:00 disconnect gone, ");
    fixture_close(&fixture);
}

static void test_calendars(void **state)
{
    (void)state;
    check("local office = calendar.weekly { 'Mon-Fri 07:30-19:00' } - calendar.dates { '2026-03-03' }\n"
          "local now = clock.now()\n"
          "assert(office:contains(now) and office:starts(now) == now)\n"
          "assert(tostring(office:ends(now)) == '2026-03-02 19:00:00')\n"
          "assert(tostring(office:starts(office:ends(now))) == '2026-03-04 07:30:00')\n"
          "local tokyo = calendar.weekly('08:00-09:30', { zone = 'Asia/Tokyo' })\n"
          "assert(tokyo:ends(now) == now and not (tokyo * office):contains(now))\n"
          "assert((calendar.weekly { 'Mon-Sun' }):ends(now) == never)\n"
          "assert((tokyo + office):ends(now) == office:ends(now) and tostring(office) == 'calendar')",
          "");
}

/* A run may wait wherever Lua itself calls: in pcall, in an iterator, in a metamethod. */
static void test_waits_anywhere(void **state)
{
    (void)state;
    check("",
          "local began = clock.now()\n"
          "local t = setmetatable({}, { __index = function (_, k) clock.sleep(minute) return k end })\n"
          "assert(pcall(function () clock.sleep(minute) end) and t.x == 'x')\n"
          "for n in function (_, n) clock.sleep(minute) return n < 2 and n + 1 or nil end, nil, 0 do end\n"
          "local ok, why = pcall(function () clock.sleep(minute) error('late') end)\n"
          "assert(not ok and why == 'policy.lua:7: late', why)\n"
          "assert(clock.now() - began == 6 * minute, clock.now() - began)");
}

/* ---- Ends ---- */

static void test_cancel(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    char rows[400];
    fixture_open(&fixture);
    assert_int_equal(fixture_load_text(
                         &fixture, "local closed = 0\n"
                                   "sessions.watch({}, function (session)\n"
                                   "if closed > 0 then session:lock('closed ' .. closed) end\n"
                                   "local guard <close> = setmetatable({}, { __close = function ()\n"
                                   "closed = closed + 1 pcall(clock.sleep, minute) while true do end end })\n"
                                   "clock.sleep(hour) end)"),
                     0);
    cf_engine_restart(fixture.host.engine, "a test");
    fixture_advance(&fixture, CF_MINUTE);
    list_rows(&fixture, rows);
    assert_non_null(strstr(rows, "lock closed 1, "));
    assert_int_equal(passed.failures, 0);
    fixture_close(&fixture);
}

/* Many runs at a time, ended in another order than begun, leave no memory behind. */
static void test_many_runs(void **state)
{
    (void)state;
    enum { RUNS = 500, ROUNDS = 6 };
    struct policy_fixture fixture;
    uint64_t seed = 1;
    size_t used = 0;
    uint32_t order[RUNS];
    load_task(&fixture,
              "session:wait_active(minute) session:warn('x') clock.sleep(never)"); /* label 0 is Ana's */
    const struct cf_lua *lua = passed.script;
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < RUNS; i++) {
            const struct cf_event logon = {.kind = CF_EVENT_LOGON, .label = i + 1, .logon = &fixture.record};
            assert_int_equal(cf_test_host_apply(&fixture.host, &logon, &fixture.err), 0);
            uint32_t other = (uint32_t)pick(&seed, i + 1);
            order[i] = order[other];
            order[other] = i + 1;
        }
        for (size_t i = 0; i < RUNS; i++) {
            const struct cf_event logoff = {.kind = CF_EVENT_LOGOFF, .label = order[i]};
            if (i == RUNS / 2)
                fixture_advance(&fixture, CF_MINUTE);
            assert_int_equal(cf_test_host_apply(&fixture.host, &logoff, &fixture.err), 0);
        }
        if (round == 2)
            used = lua->used;
    }
    assert_true(passed.failures == 0 && passed.steps > ROUNDS * RUNS);
    assert_true(lua->used < used + used / 2);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_load_errors),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_approach),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_a_session_that_has_ended),
        cmocka_unit_test(test_what_a_veto_cannot_know),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_calendars),
        cmocka_unit_test(test_waits_anywhere),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_many_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
