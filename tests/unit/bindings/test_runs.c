#include "fake.h"

static const struct cf_result done = {.truth = true, .delivered = true, .notice = 7};
static const struct cf_result not_true = {0};

static void load(struct bench *bench, const char *text)
{
    bench_open(bench);
    bench_session(bench);
    if (bench_load_text(bench, text) < 0)
        fail_msg("%s", bench->err.text);
}

/* Loads a policy whose only task is `body`. */
static void load_task(struct bench *bench, const char *body)
{
    char text[2000];
    snprintf(text, sizeof text, "sessions.watch({ class = 'user' }, function (session)\n%s\nend)", body);
    load(bench, text);
}

static void assert_step(const struct bench *bench, enum cf_step got, enum cf_step wanted)
{
    if (got != wanted)
        fail_msg("step %d instead of %d: %s", (int)got, (int)wanted, bench->err.text);
}

/* ---- The shipped policies ---- */

static void test_idle_policy(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    bench_session(&bench);
    assert_int_equal(bench_load(&bench, "policies/idle.lua"), 0);
    for (int round = 0; round < 3; round++) { /* the second run goes on in the first one's coroutine */
        assert_step(&bench, bench_begin(&bench), CF_STEP_WAITING);
        assert_int_equal(bench.task.wait.kind, CF_WAIT_IDLE);
        assert_int_equal(bench.task.wait.span.us, cf_minutes(25).us);
        assert_true(bench.task.wait.line > 0);
        bench_advance(&bench, cf_minutes(25));
        assert_step(&bench, bench_resume(&bench, &done), CF_STEP_WAITING);
        assert_string_equal(bench.task.text, "No activity: you will be logged off in {left}.");
        assert_int_equal(bench.task.warning.left.us, cf_minutes(5).us);
        bench_advance(&bench, cf_seconds(3)); /* delivery takes its time */
        assert_step(&bench, bench_resume(&bench, &done), CF_STEP_WAITING);
        assert_int_equal(bench.task.wait.kind, CF_WAIT_LIFE);
        bench_advance(&bench, cf_minutes(4));
        assert_step(&bench, bench_resume(&bench, &not_true), CF_STEP_WAITING);
        assert_int_equal(bench.task.warning.left.us, CF_MINUTE.us);
        assert_step(&bench, bench_resume(&bench, &done), CF_STEP_WAITING);
        /* Who was told "in 1 minute" has that minute. */
        assert_int_equal(cf_mono_since(cf_loop_now(bench.engine.loop), bench.task.wait.until).us,
                         CF_MINUTE.us);
        if (round == 1) {
            assert_step(&bench, bench_resume(&bench, &done), CF_STEP_RETURNED);
            continue;
        }
        assert_step(&bench, bench_resume(&bench, &not_true), CF_STEP_WAITING);
        assert_int_equal(bench.task.asked, ASKED_ACT);
        assert_true(bench.task.action == CF_ACTION_LOGOFF && !bench.task.unwarned);
        assert_non_null(strstr(bench.task.reason, "idle for "));
        assert_step(&bench, bench_resume(&bench, &done), CF_STEP_RETURNED);
    }
    bench_close(&bench);
}

/* Each step of clock.approach: it waits for the wall clock until `wanted` minutes are left, or has a turn. */
static void test_approach(void **state)
{
    (void)state;
    static const struct {
        int minutes_left;
        const char *turns; /* of one run: "w30 " waited until 30 minutes before, "t30 " said 30 minutes */
    } table[] = {
        {60, "w30 t30 w5 t5 w1 t1 w0 "},
        {30, "t30 w5 t5 w1 t1 w0 "},
        {20, "t20 w5 t5 w1 t1 w0 "},
        {5, "t5 w1 t1 w0 "},
        {3, "t3 w1 t1 w0 "},
        {1, "t1 w0 "},
        {0, ""},
        {-5, ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bench bench;
        char body[300], turns[100] = "";
        snprintf(
            body, sizeof body,
            "for left in clock.approach(clock.now() + %d * minute, { 30 * minute, 5 * minute, 1 * minute }) do "
            "session:warn('{left}', { left = left }) end",
            table[i].minutes_left);
        load_task(&bench, body);
        struct cf_instant deadline =
            cf_instant_add(cf_loop_wall(bench.engine.loop), cf_minutes(table[i].minutes_left));
        enum cf_step step = bench_begin(&bench);
        while (step == CF_STEP_WAITING) {
            int64_t left = bench.task.warning.left.us;
            if (bench.task.asked == ASKED_WAIT) {
                assert_int_equal(bench.task.wait.kind, CF_WAIT_APPOINTMENT);
                left = deadline.us - bench.task.wait.appointment.us;
                bench_advance(&bench, (struct cf_span){bench.task.wait.appointment.us -
                                                       cf_loop_wall(bench.engine.loop).us});
            }
            size_t length = strlen(turns);
            snprintf(turns + length, sizeof turns - length, "%c%lld ",
                     bench.task.asked == ASKED_WAIT ? 'w' : 't', (long long)(left / CF_MINUTE.us));
            step = bench_resume(&bench, &done);
        }
        assert_step(&bench, step, CF_STEP_RETURNED);
        assert_string_equal(turns, table[i].turns);
        bench_close(&bench);
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
        {"clock.sleep(session.locked_for)",
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
        struct bench bench;
        char wanted[300];
        load_task(&bench, table[i][0]);
        snprintf(wanted, sizeof wanted, "policy.lua:2: %s", table[i][1]);
        assert_step(&bench, bench_begin(&bench), CF_STEP_FAILED);
        if (strncmp(bench.err.text, wanted, strlen(wanted)) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], wanted, bench.err.text);
        assert_int_equal(bench.task.asks, 0);
        assert_step(&bench, bench_begin(&bench), CF_STEP_FAILED); /* and the state is as sound as before */
        bench_close(&bench);
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
        struct bench bench;
        bench_open(&bench);
        assert_int_equal(bench_load_text(&bench, table[i][0]), CF_POLICY);
        assert_null(bench.script);
        if (strncmp(bench.err.text, table[i][1], strlen(table[i][1])) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], table[i][1], bench.err.text);
        bench_close(&bench);
    }
    struct bench bench;
    bench_open(&bench);
    assert_int_equal(bench_load(&bench, "/nowhere/idle.lua"), CF_POLICY);
    assert_string_equal(bench.err.text, "/nowhere/idle.lua: cannot be read: No such file or directory");
    bench_close(&bench);
}

static void test_refusals(void **state)
{
    (void)state;
    struct bench bench;
    const struct cf_result refused = {.code = CF_REFUSED, .message = "not warned"};
    load_task(&bench,
              "local notice, why = session:warn('x') log(tostring(notice.delivered) .. why)\n"
              "local done, reason = session:logoff('x', { unwarned = true }) log(tostring(done) .. reason)");
    assert_step(&bench, bench_begin(&bench), CF_STEP_WAITING);
    assert_step(&bench, bench_resume(&bench, &refused), CF_STEP_WAITING);
    assert_string_equal(bench.policy.log, "falsenot warned");
    assert_true(bench.task.unwarned);
    assert_step(&bench, bench_resume(&bench, &refused), CF_STEP_RETURNED);
    assert_string_equal(bench.policy.log, "nilnot warned");
    bench_close(&bench);
}

/* ---- The rest of the words ---- */

static void test_fields(void **state)
{
    (void)state;
    struct bench bench;
    load_task(&bench,
              "log('{a} {b} {c} {d} {e} {f} {g} {h}', { a = session.user, b = session.id, "
              "c = tostring(session.locked), d = session.active, e = session.disconnected_for, "
              "f = session.idle, g = session.locked_for, h = session })\n"
              "assert(sessions.list()[1] == session and #sessions.list { user = { 'a*', 'x' } } == 1)\n"
              "assert(#sessions.list { user = 'bea' } == 0 and #sessions.list { locked = false } == 0)\n"
              "assert(host.name == 'fakehost' and session.logon == nil and type(session) == 'session')");
    bench_advance(&bench, cf_minutes(5));
    assert_step(&bench, bench_begin(&bench), CF_STEP_RETURNED);
    assert_string_equal(bench.policy.log,
                        "ana 7 nil true 0 seconds 5 minutes an unknown time session 7 of ana");
    bench_close(&bench);

    load_task(&bench, "clock.sleep(minute)\n"
                      "assert(session.user == nil and tostring(session) == 'a session that has ended')\n"
                      "log(select(2, session:wait_idle(minute)))");
    assert_step(&bench, bench_begin(&bench), CF_STEP_WAITING);
    cf_session_finish(&bench.engine.sessions[0]);
    bench.engine.count = 0;
    assert_step(&bench, bench_resume(&bench, &done), CF_STEP_RETURNED);
    assert_string_equal(bench.policy.log, "session has ended");
    bench_close(&bench);
}

/* A veto may not pass by what nobody knows; other runs may. */
static void test_what_a_veto_cannot_know(void **state)
{
    (void)state;
    static const struct {
        const char *looks, *doubt;
    } table[] = {
        {"session.user", ""},
        {"session.active", ""},
        {"session.idle", ""},
        {"session.disconnected_for", ""},
        {"#sessions.list { user = 'ana', active = true }", ""},
        {"session.seat", "it looks at session.seat, which nobody knows"},
        {"session.locked", "it looks at session.locked, which nobody knows"},
        {"session.uid == 1001", "it looks at session.uid, which nobody knows"},
        {"session.groups", "it looks at session.groups, which nobody knows"},
        {"session.logon", "it looks at session.logon, which nobody knows"},
        {"session.age > hour", "it looks at session.age, which nobody knows"},
        {"not session.locked_for", "it looks at session.locked_for, which nobody knows"},
        {"#sessions.list { locked = true }", "it looks at what sessions.list selects by, which nobody knows"},
    };
    for (size_t i = 0; i < 2 * sizeof table / sizeof *table; i++) {
        struct bench bench;
        char body[128];
        snprintf(body, sizeof body, "local looked = %s", table[i / 2].looks);
        load_task(&bench, body);
        bench.task.is_veto = i % 2 == 1;
        assert_step(&bench, bench_begin(&bench), CF_STEP_RETURNED);
        assert_string_equal(bench.task.unknown, bench.task.is_veto ? table[i / 2].doubt : "");
        bench_close(&bench);
    }
}

static void test_notices(void **state)
{
    (void)state;
    struct bench bench;
    load_task(
        &bench,
        "local notice = session:warn('Still {{there}} {}?', { there = 5 }, { ask = 'Yes', title = 'T' })\n"
        "assert(notice.delivered and type(notice) == 'notice')\n"
        "if notice:answered(2 * minute) then notice:close() session:forget() end\n"
        "session:tell('bye {x}', { x = minute }) session:lock() session:disconnect('gone')");
    assert_step(&bench, bench_begin(&bench), CF_STEP_WAITING);
    assert_string_equal(bench.task.text, "Still {5} {}?");
    assert_string_equal(bench.task.ask, "Yes");
    assert_false(cf_span_known(bench.task.warning.left));
    assert_step(&bench, bench_resume(&bench, &done), CF_STEP_WAITING);
    assert_true(bench.task.wait.kind == CF_WAIT_ANSWER && bench.task.wait.notice == 7);
    assert_step(&bench, bench_resume(&bench, &done), CF_STEP_WAITING);
    assert_true(bench.task.closed == 7 && bench.task.forgets == 1);
    assert_true(bench.task.warning.without_consequence);
    assert_string_equal(bench.task.text, "bye 1 minute");
    assert_step(&bench, bench_resume(&bench, &done), CF_STEP_WAITING);
    assert_int_equal(bench.task.action, CF_ACTION_LOCK);
    assert_step(&bench, bench_resume(&bench, &done), CF_STEP_WAITING);
    assert_int_equal(bench.task.action, CF_ACTION_DISCONNECT);
    assert_step(&bench, bench_resume(&bench, &done), CF_STEP_RETURNED);
    bench_close(&bench);
}

static void test_calendars(void **state)
{
    (void)state;
    struct bench bench;
    load(&bench,
         "local office = calendar.weekly { 'Mon-Fri 07:30-19:00' } - calendar.dates { '2026-03-03' }\n"
         "local now = clock.now()\n"
         "assert(office:contains(now) and office:starts(now) == now)\n"
         "assert(tostring(office:ends(now)) == '2026-03-02 19:00:00')\n"
         "assert(tostring(office:starts(office:ends(now))) == '2026-03-04 07:30:00')\n"
         "local tokyo = calendar.weekly('08:00-09:30', { zone = 'Asia/Tokyo' })\n"
         "assert(tokyo:ends(now) == now and not (tokyo * office):contains(now))\n"
         "assert((calendar.weekly { 'Mon-Sun' }):ends(now) == never)\n"
         "assert((tokyo + office):ends(now) == office:ends(now) and tostring(office) == 'calendar')");
    bench_close(&bench);
}

/* A run may wait wherever Lua itself calls: in pcall, in an iterator, in a metamethod. */
static void test_waits_anywhere(void **state)
{
    (void)state;
    struct bench bench;
    load_task(
        &bench,
        "local t = setmetatable({}, { __index = function (_, k) clock.sleep(minute) return k end })\n"
        "assert(pcall(function () clock.sleep(minute) end) and t.x == 'x')\n"
        "for n in function (_, n) clock.sleep(minute) return n < 2 and n + 1 or nil end, nil, 0 do end\n"
        "local ok, why = pcall(function () clock.sleep(minute) error('late') end)\n"
        "assert(not ok and why == 'policy.lua:5: late', why)");
    enum cf_step step = bench_begin(&bench);
    unsigned waits = 0;
    for (; step == CF_STEP_WAITING; waits++)
        step = bench_resume(&bench, &done);
    assert_step(&bench, step, CF_STEP_RETURNED);
    assert_int_equal(waits, 6);
    bench_close(&bench);
}

/* ---- Ends ---- */

static void test_cancel(void **state)
{
    (void)state;
    struct bench bench;
    load_task(&bench, "local guard <close> = setmetatable({}, { __close = function ()\n"
                      "log('closed') pcall(clock.sleep, minute) while true do end end })\n"
                      "clock.sleep(minute)");
    assert_step(&bench, bench_begin(&bench), CF_STEP_WAITING);
    cf_lua_host_ops.cancel(bench.run);
    bench.run = NULL;
    assert_string_equal(bench.policy.log, "closed");
    assert_int_equal(bench.task.asks, 1);
    assert_step(&bench, bench_begin(&bench), CF_STEP_WAITING);
    bench_close(&bench);
}

/* Many runs at a time, ended in another order than begun, leave no memory behind. */
static void test_many_runs(void **state)
{
    (void)state;
    enum { RUNS = 500 };
    struct bench bench;
    load_task(&bench, "session:wait_idle(minute) session:warn('x')");
    const struct cf_lua *lua = bench.script;
    uint64_t seed = 1;
    size_t used = 0;
    for (int round = 0; round < 6; round++) {
        void *runs[RUNS];
        for (size_t i = 0; i < RUNS; i++) {
            assert_step(&bench, bench_begin(&bench), CF_STEP_WAITING);
            runs[i] = bench.run;
        }
        for (size_t i = 0; i < RUNS; i++) {
            size_t other = (size_t)pick(&seed, RUNS);
            void *run = runs[i];
            runs[i] = runs[other];
            runs[other] = run;
        }
        for (size_t i = 0; i < RUNS; i++) {
            if (i % 2) {
                cf_lua_host_ops.cancel(runs[i]);
                continue;
            }
            bench.run = runs[i];
            assert_step(&bench, bench_resume(&bench, &done), CF_STEP_WAITING);
            assert_step(&bench, bench_resume(&bench, &done), CF_STEP_RETURNED);
        }
        bench.run = NULL;
        if (round == 2)
            used = lua->used;
    }
    assert_true(lua->used < used + used / 2);
    bench_close(&bench);
}

/* The memory ends at every point in turn, of loading and of a whole run: each time a clean failure. */
static void test_out_of_memory(void **state)
{
    (void)state;
    bool loaded = false, ran = false;
    for (size_t limit = 1000; !ran; limit += loaded ? 24 : 160) {
        struct bench bench;
        bench_open(&bench);
        bench_session(&bench);
        cf_lua_host_set_memory(bench.host, limit);
        int code = bench_load(&bench, "policies/after-hours.lua");
        loaded = code == 0;
        enum cf_step step = loaded ? bench_begin(&bench) : CF_STEP_FAILED;
        for (int turn = 0; turn < 20 && step == CF_STEP_WAITING; turn++) {
            bench_advance(&bench, cf_minutes(60));
            step = bench_resume(&bench, &done);
        }
        if (step == CF_STEP_FAILED && !strstr(bench.err.text, "memory"))
            fail_msg("%zu: %s", limit, bench.err.text);
        ran = step == CF_STEP_RETURNED;
        bench_close(&bench);
        assert_true(limit < (size_t)1 << 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_policy),
        cmocka_unit_test(test_approach),
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_load_errors),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_what_a_veto_cannot_know),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_calendars),
        cmocka_unit_test(test_waits_anywhere),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_many_runs),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
