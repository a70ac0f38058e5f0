#include "policy_fixture.h"

/* Runs `body` in a task, to its end. */
static void check(const char *body)
{
    struct policy_fixture fixture;
    fixture_open(&fixture);
    if (fixture_load_task(&fixture, body) != 0 || passed.step != CF_STEP_RETURNED)
        fail_msg("%s\n  %s", body, fixture.err.text);
    fixture_close(&fixture);
}

/* What is kept is JSON until it is asked for. */
static void test_values(void **state)
{
    (void)state;
    static const char *const values[] = {"'text'",
                                         "'é\\0\"\\n'",
                                         "''",
                                         "5",
                                         "-7",
                                         "math.mininteger",
                                         "math.maxinteger",
                                         "0.1",
                                         "1.0",
                                         "1e300",
                                         "2^53",
                                         "true",
                                         "false",
                                         "minute",
                                         "-minute",
                                         "1 * second / 3",
                                         "0 * second",
                                         "never",
                                         "session.locked_for",
                                         "calendar.weekly('Mon'):starts(clock.now())",
                                         "clock.now()"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char body[400];
        (void)snprintf(body, sizeof body,
                       "local want = %s store.set('k', want) local got = store.get('k')\n"
                       "assert(rawequal(got, want) and math.type(got) == math.type(want), tostring(got))",
                       values[i]);
        check(body);
    }
    check(
        "store.set('k', 1) store.set('t', { 1, { minute, at = clock.now(), [7] = 'x', ['$span'] = 5, ['$$'] = {}, [-1] = true }, 'z' })\n"
        "local t = store.get('t') assert(#t == 3 and t[1] == 1 and t[3] == 'z')\n"
        "t = t[2] assert(t[1] == minute and t.at == clock.now() and t[7] == 'x' and t['$span'] == 5)\n"
        "assert(#t['$$'] == 0 and t[-1] == true) t[1] = 5\n"
        "assert(store.get('t')[2][1] == minute and store.get('none') == nil and store.get('none', 4) == 4)\n"
        "store.set('t', nil) assert(store.get('t') == nil and store.get('k') ~= nil)");
}

/* Any value that may be kept is what was kept. */
static void test_any_value(void **state)
{
    (void)state;
    check("local random = math.random\n"
          "local function text()\n"
          "  local parts = {}\n"
          "  for i = 1, random(0, 6) do\n"
          "    parts[i] = random() < 0.5 and string.char(random(0, 127)) or utf8.char(random(128, 50000))\n"
          "  end\n"
          "  return (random() < 0.3 and '$' or '') .. table.concat(parts)\n"
          "end\n"
          "local function key() return random() < 0.4 and random(-3, 9) or (text():gsub('%z', '0')) end\n"
          "local function value(depth)\n"
          "  local kind = random(depth < 4 and 9 or 7)\n"
          "  if kind == 1 then return text() end\n"
          "  if kind == 2 then return random(0) end\n"
          "  if kind == 3 then return (random() - 0.5) * 2.0 ^ random(-1070, 1020) end\n"
          "  if kind == 4 then return random() < 0.5 end\n"
          "  if kind == 5 then return random(-1000000, 1000000) * second / 7 end\n"
          "  if kind == 6 then return clock.now() + random(-1000000, 1000000) * second end\n"
          "  if kind == 7 then return ({ never, math.mininteger, math.maxinteger, 0.0 })[random(4)] end\n"
          "  local t = {}\n"
          "  for i = 1, random(0, 5) do t[kind == 8 and i or key()] = value(depth + 1) end\n"
          "  return t\n"
          "end\n"
          "local function same(a, b)\n"
          "  if type(a) ~= 'table' or type(b) ~= 'table' then\n"
          "    return rawequal(a, b) and math.type(a) == math.type(b)\n"
          "  end\n"
          "  for k, v in pairs(a) do if not same(v, b[k]) then return false end end\n"
          "  for k in pairs(b) do if a[k] == nil then return false end end\n"
          "  return true\n"
          "end\n"
          "for i = 1, 500 do\n"
          "  local v = value(0)\n"
          "  store.set('any', v)\n"
          "  assert(same(store.get('any'), v), i)\n"
          "end");
}

static void test_misuse(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"store.set('x', log)", "store.set: 'x': a function cannot be kept"},
        {"store.set('x', session)", "store.set: 'x': a session cannot be kept"},
        {"store.set('x', { { log } })", "store.set: 'x': a function cannot be kept"},
        {"store.set('x', { [1.5] = 1 })",
         "store.set: 'x': the keys of a table must be short texts or whole numbers"},
        {"store.set('x', 0 / 0)", "store.set: 'x': a number must be finite"},
        {"store.set('x', '\\xff')", "store.set: 'x': a text must be in UTF-8"},
        {"store.set('x', { ['\\xff'] = 1 })", "store.set: 'x': the keys of a table must be text in UTF-8"},
        {"store.set(5, 5)", "store.set wants text, not the number 5"},
        {"store.get('')", "store.get wants text, not \"\""},
        {"store.get(('x'):rep(300))", "store.get: a key has 256 bytes at most"},
        {"store.set('x', ('x'):rep(70000))", "store.set: 'x': it is too large to be kept"},
        {"store.set('x', ('\\1'):rep(60000))",
         "store.set: 'x' would be larger than the 64 KiB that a value may have"},
        {"local t = {} t.t = t store.set('x', t)",
         "store.set: 'x': too many tables in tables; does one hold itself?"},
        {"store.x = 5", "store.x cannot be set"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct policy_fixture fixture;
        char wanted[200];
        (void)snprintf(wanted, sizeof wanted, "policy.lua:2: %s", table[i][1]);
        fixture_open(&fixture);
        assert_int_equal(fixture_load_task(&fixture, table[i][0]), 0);
        if (passed.step != CF_STEP_FAILED || strncmp(fixture.err.text, wanted, strlen(wanted)) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], wanted, fixture.err.text);
        fixture_close(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_any_value),
        cmocka_unit_test(test_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
