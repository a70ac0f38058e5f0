/* Conditions in Lua: what they note, what they may not do, and that they make no garbage. */
#include "policy_fixture.h"

#include "engine/readings/condition.h"

static struct policy_fixture fixture;
static struct cf_condition condition;

/* Starts a run that waits for the function whose body is given. */
static void wait_for(const char *body)
{
    char text[2000];
    snprintf(text, sizeof text,
             "local hours = calendar.weekly { '09:00-17:00' }\n"
             "sessions.watch({ user = 'ana' }, function (session)\n"
             "session:wait(function ()\n%s\nend, 1 * hour) clock.sleep(never) end)",
             body);
    if (fixture_load_text(&fixture, text) < 0)
        fail_msg("%s", fixture.err.text);
}

/* Asks once more what the engine asked. */
static int evaluate(void)
{
    cf_condition_begin(&condition, fixture.host.engine);
    int holds = cf_lua_host_ops.evaluate(passed.run, passed.condition, &condition, &fixture.err);
    cf_condition_end(&condition, holds > 0);
    return holds < 0 ? holds : condition.holds;
}

static int set_up(void **state)
{
    (void)state;
    condition = (struct cf_condition){0};
    fixture_open(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_condition_finish(&condition);
    fixture_close(&fixture);
    return 0;
}

static void renew(void **state)
{
    (void)tear_down(state);
    (void)set_up(state);
}

static const char lab[] =
    "return not hours:contains(clock.now()) and (session.idle >= 10 * minute or session.disconnected_for >= 5 * minute)";

static void test_what_is_noted(void **state)
{
    (void)state;
    wait_for(lab); /* it is 08:00 */
    assert_int_equal(evaluate(), 0);
    assert_int_equal(condition.test_count, 2); /* contains; idle; being connected is a fact, and no span */
    assert_int_equal(condition.reads[0].moving, CF_FIELD_BIT(CF_FIELD_IDLE));
    assert_int_equal(condition.reads[0].fields,
                     CF_FIELD_BIT(CF_FIELD_DISCONNECTED) | CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR));
    assert_int_equal(cf_condition_turn(&condition, fixture.host.engine).us,
                     cf_loop_now(fixture.host.loop).us + cf_minutes(10).us);
    fixture_advance(&fixture, cf_minutes(10));
    assert_int_equal(cf_condition_look(&condition, fixture.host.engine), 1);
    assert_int_equal(evaluate(), 1);
    fixture_advance(&fixture, cf_minutes(55)); /* 09:05 */
    assert_int_equal(evaluate(), 0);
    assert_int_equal(condition.test_count, 1);
    assert_int_equal(cf_condition_turn(&condition, fixture.host.engine).us,
                     cf_loop_now(fixture.host.loop).us + 8 * CF_HOUR.us - cf_minutes(5).us);
}

static void test_unknown_never_holds(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "return session.idle < 10 * minute",
        "return session.idle >= 0 * minute",
        "return not (session.idle >= 10 * minute)",
        "return session.idle ~= 0 * second",
        "return not session.seat",
        "return session.client == nil",
        "return session.user == 'ana' and session.idle * 2 < 1 * hour",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        renew(state);
        cf_session_set_string(&fixture.record, CF_FIELD_IDLE_SOURCE, "unknown");
        wait_for(bodies[i]);
        if (evaluate() != 0)
            fail_msg("%s", bodies[i]);
        assert_true(condition.tainted);
    }
}

static void test_misuse(void **state)
{
    (void)state;
    static const struct {
        const char *body, *wanted;
    } table[] = {
        {"session:logoff('x')", "policy.lua:4: logoff is nothing for a condition"},
        {"session:tell('x')", "policy.lua:4: tell is nothing for a condition"},
        {"clock.sleep(1 * second)", "policy.lua:4: clock.sleep is nothing for a condition"},
        {"session:wait(function() return true end)", "policy.lua:4: wait is nothing for a condition"},
        {"session:forget()", "policy.lua:4: forget is nothing for a condition"},
        {"return session.idle", "policy.lua:3: a condition answers true or false, not the span 0 seconds"},
        {"return session.idle / minute >= 10", "policy.lua:4: in a condition, compare the two spans"},
        {"return session.idle >= 10", "policy.lua:4: the number 10 <= the span 0 seconds makes no sense"},
        {"return (session.idle + minute) * 1e30 > 1 * hour",
         "policy.lua:4: this span is beyond all reckoning"},
        {"local n = session.idle for i = 1, 5000 do n = n + session.idle end",
         "policy.lua:4: a condition may look at"},
        {"error('mine')", "policy.lua:4: mine"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        renew(state);
        wait_for(table[i].body);
        if (strncmp(passed.err.text, table[i].wanted, strlen(table[i].wanted)) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i].body, table[i].wanted, passed.err.text);
    }
}

/* A tracked value is a span like any other while it lasts, and nothing afterwards. */
static void test_tracked_values(void **state)
{
    (void)state;
    wait_for(
        "local i, n = session.idle, clock.now()\n"
        "assert(type(i) == 'span' and type(n) == 'instant' and tostring(i) == '2 minutes' and i .. '' == '2 minutes')\n"
        "assert(-i < i and n - i < n and n + i > n and i * 2 > i and i / 2 < i)\n"
        "assert(n - n <= 0 * second) assert(n < never and not (never <= n))\n"
        "assert(hours:starts(n) > n and hours:ends(hours:starts(n)) > n and not hours:contains(n))\n"
        "assert(session.disconnected_for == 0 * second) assert(#sessions.list() == 1)\n"
        "return i >= 2 * minute");
    fixture_advance(&fixture, cf_minutes(2));
    int holds = evaluate();
    if (holds != 1)
        fail_msg("%d: %s", holds, fixture.err.text);
    renew(state);
    char text[] = "local kept\nsessions.watch({ class = 'user' }, function (session)\n"
                  "session:wait(function () kept = kept or session.idle\nreturn kept >= 1 * minute end) end)";
    assert_int_equal(fixture_load_text(&fixture, text), 0); /* and the engine asks */
    assert_int_equal(evaluate(), CF_POLICY);
    const char wanted[] = "policy.lua:4: this span was read in a condition and means nothing outside of it";
    assert_memory_equal(fixture.err.text, wanted, sizeof wanted - 1);
}

static const char *const never_enough[] = {
    "session.disconnected_for >= 0 * second",
    "session.disconnected_for >= -5 * minute",
    "session.disconnected_for > -5 * minute",
    "0 * minute <= session.disconnected_for",
    "session.locked_for >= 0 * second",
    "session.locked_for >= session.disconnected_for",
    "session.disconnected_for >= 1 * minute - 1 * hour",
    "session.disconnected_for * 2 >= 0 * second",
    "session.disconnected_for >= 1 * second",
    "session.disconnected_for >= never",
};

/* Connected, not locked: that is no limit's worth, whatever the limit. */
static void test_what_stands_still_is_never_enough(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof never_enough / sizeof *never_enough; i++) {
        renew(state);
        char body[200];
        snprintf(body, sizeof body, "return %s", never_enough[i]);
        wait_for(body);
        if (evaluate() != 0)
            fail_msg("%s", body);
    }
    renew(state);
    wait_for("return session.locked_for == 0 * second\n"
             "and session.locked_for < 1 * second and clock.now() - clock.now() >= 0 * second");
    assert_int_equal(evaluate(), 1);
}

/* Outside of conditions, too; what is left until an end may be below zero there. */
static void test_what_stands_still_outside(void **state)
{
    (void)state;
    assert_int_equal(fixture_load_task(&fixture, "assert(0 * second >= 0 * second)\n"
                                                 "local left, limit = 0 * second - 1 * minute, 0 * second\n"
                                                 "local gone = session.disconnected_for\n"
                                                 "assert(not (gone >= limit) and gone == 0 * second)\n"
                                                 "assert(left <= 0 * second)"),
                     0);
    if (passed.step != CF_STEP_RETURNED)
        fail_msg("%s", fixture.err.text);
}

/* What nobody knows is no more than anything, in a condition (which it does not spoil) or out of it. */
static void test_unknown_is_never_enough(void **state)
{
    (void)state;
    cf_session_set_string(&fixture.record, CF_FIELD_IDLE_SOURCE, "unknown"); /* nor when it shows something */
    wait_for("return session.output >= -1 * minute or session.output >= 0 * second\n"
             "or session.output - minute >= -1 * hour");
    fixture_advance(&fixture, cf_minutes(2));
    assert_int_equal(evaluate(), 0);
    assert_false(condition.tainted);
    assert_int_equal(cf_condition_turn(&condition, fixture.host.engine).us, CF_MONO_UNKNOWN.us);
}

#define IN_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FIXTURE(test_what_is_noted),
        IN_FIXTURE(test_unknown_never_holds),
        IN_FIXTURE(test_misuse),
        IN_FIXTURE(test_tracked_values),
        IN_FIXTURE(test_what_stands_still_is_never_enough),
        IN_FIXTURE(test_what_stands_still_outside),
        IN_FIXTURE(test_unknown_is_never_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
