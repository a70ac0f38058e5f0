#include "fake.h"

/* Runs `body` in a task. */
static enum cf_step run(struct bench *bench, const char *body)
{
    char text[4000];
    (void)snprintf(text, sizeof text, "sessions.watch({ class = 'user' }, function (session)\n%s\nend)",
                   body);
    if (bench_load_text(bench, text) < 0)
        fail_msg("%s", bench->err.text);
    enum cf_step step = bench_begin(bench);
    cf_lua_host_ops.unload(bench->script);
    bench->script = NULL;
    return step;
}

static void check(struct bench *bench, const char *body)
{
    if (run(bench, body) != CF_STEP_RETURNED)
        fail_msg("%s\n  %s", body, bench->err.text);
}

/* What one policy keeps is what the next one of its name finds, in a state of its own. */
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
    struct bench bench;
    bench_open(&bench);
    bench_session(&bench);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char body[400];
        (void)snprintf(body, sizeof body, "store.set('k', %s)", values[i]);
        check(&bench, body);
        (void)snprintf(body, sizeof body,
                       "local got, want = store.get('k'), %s\n"
                       "assert(rawequal(got, want) and math.type(got) == math.type(want), tostring(got))",
                       values[i]);
        check(&bench, body);
    }
    check(
        &bench,
        "store.set('t', { 1, { minute, at = clock.now(), [7] = 'x', ['$span'] = 5, ['$$'] = {}, [-1] = true }, 'z' })");
    check(
        &bench,
        "local t = store.get('t') assert(#t == 3 and t[1] == 1 and t[3] == 'z')\n"
        "t = t[2] assert(t[1] == minute and t.at == clock.now() and t[7] == 'x' and t['$span'] == 5)\n"
        "assert(#t['$$'] == 0 and t[-1] == true) t[1] = 5\n"
        "assert(store.get('t')[2][1] == minute and store.get('none') == nil and store.get('none', 4) == 4)\n"
        "store.set('t', nil) assert(store.get('t') == nil and store.get('k') ~= nil)");
    bench_close(&bench);
}

/* Any value that may be kept is what was kept. */
static void test_any_value(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    bench_session(&bench);
    check(&bench,
          "local random = math.random\n"
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
    bench_close(&bench);
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
    struct bench bench;
    bench_open(&bench);
    bench_session(&bench);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char wanted[200];
        (void)snprintf(wanted, sizeof wanted, "policy.lua:2: %s", table[i][1]);
        assert_int_equal(run(&bench, table[i][0]), CF_STEP_FAILED);
        if (strncmp(bench.err.text, wanted, strlen(wanted)) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], wanted, bench.err.text);
    }
    bench_close(&bench);
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
