#include "../../fixture/folder.h"
#include "../unit.h"

#include "author/tester.h"
#include "base/text.h"
#include "time/zone.h"

#include <string.h>

struct outcome {
    int code;
    unsigned passed, failed;
    struct cf_error err;
    struct cf_buffer text;
};

static struct outcome run(const char *const *paths, size_t count)
{
    struct outcome outcome = {0};
    FILE *out = tmpfile();
    assert_non_null(out);
    outcome.code =
        cf_tester_run(paths, count, "tests/author", out, &outcome.passed, &outcome.failed, &outcome.err);
    rewind(out);
    char block[4096];
    for (size_t size; (size = fread(block, 1, sizeof block, out)) > 0;)
        cf_buffer_add(&outcome.text, block, size);
    fclose(out);
    return outcome;
}

static struct outcome run_text(const char *text)
{
    folder_make();
    const char *path = folder_write("some_test.lua", text);
    struct outcome outcome = run(&path, 1);
    folder_drop();
    return outcome;
}

static void assert_output(const char *text, const char *wanted)
{
    struct outcome outcome = run_text(text);
    assert_string_equal(outcome.text.data, wanted);
    cf_buffer_finish(&outcome.text);
}

static void test_vocabulary(void **state)
{
    (void)state;
    const char *path = "tests/author/vocabulary_test.lua";
    struct outcome outcome = run(&path, 1);
    if (outcome.code < 0 || outcome.failed || outcome.passed < 10)
        fail_msg("%s\n%s", outcome.text.data, outcome.err.text);
    cf_buffer_finish(&outcome.text);
}

static void test_report(void **state)
{
    (void)state;
    assert_output("test('holds', function (host) expect(1):is(1) end)\n"
                  "test('does not', function (host)\n"
                  "  expect('a'):is('b')\n"
                  "end)\n",
                  "ok 1 - some_test.lua: holds\n"
                  "not ok 2 - some_test.lua: does not\n"
                  "#   some_test.lua:3: expected \"b\", got \"a\"\n"
                  "1 passed, 1 failed\n");
}

static void test_difference(void **state)
{
    (void)state;
    assert_output("test('reads', function (host)\n"
                  "  host:load('nudge.lua')\n"
                  "  local ana, bea = host:logon('ana'), host:logon('bea')\n"
                  "  bea:input { every = 20 * second, during = 50 * second }\n"
                  "  host:advance(100 * second)\n"
                  "  expect(host:journal { session = ana }):reads {\n"
                  "    '01:00  warn    Still there? 1 minute left.',\n"
                  "    '02:30  logoff  idle for 2 minutes',\n"
                  "  }\n"
                  "end)\n",
                  "not ok 1 - some_test.lua: reads\n"
                  "#   some_test.lua:6: it reads differently (- expected, + as it is):\n"
                  "#         01:00  warn    Still there? 1 minute left.\n"
                  "#       - 02:30  logoff  idle for 2 minutes\n"
                  "#       + 02:00  logoff  idle for 2 minutes\n"
                  "#     what happened, by whom or by which policy:\n"
                  "#         00:00  ana         logon\n"
                  "#         00:00  bea         logon\n"
                  "#         00:20  bea         input, 2 times until 00:40\n"
                  "#         01:00  ana  nudge  warn    Still there? 1 minute left.\n"
                  "#         01:40  bea  nudge  warn    Still there? 1 minute left.\n"
                  "#       > 02:00  ana  nudge  logoff  idle for 2 minutes\n"
                  "#         02:00  ana         session ended\n"
                  "#         02:00  ana  nudge  ended\n"
                  "0 passed, 1 failed\n");
}

static void test_end_of_journal(void **state)
{
    (void)state;
    struct outcome outcome = run_text("test('more', function (host)\n"
                                      "  host:logon('ana')\n"
                                      "  expect(host:journal()):reads { '01:00  warn    Hello' }\n"
                                      "end)\n");
    assert_non_null(strstr(outcome.text.data, "- 01:00  warn    Hello\n"));
    assert_non_null(strstr(outcome.text.data, "> nothing more\n"));
    cf_buffer_finish(&outcome.text);
}

/* Each is one failed test, or a file that does not load, with its line. */
static void test_misuse(void **state)
{
    (void)state;
    static const struct {
        const char *text, *what;
    } table[] = {
        {"test('t', function (host)\n  host:load('nudge.lua', { limit = 30 }) end)", "some_test.lua:2: "},
        {"test('t', function (host)\n  host:load('nowhere.lua') end)", "some_test.lua:2: "},
        {"test('t', function (host)\n  host:load('nudge.lua', { 5 }) end)",
         "some_test.lua:2: load: every option"},
        {"test('t', function (host)\n  host:load('nudge.lua', 5) end)",
         "some_test.lua:2: load wants a table"},
        {"test('t', function (host)\n  host.advance(5) end)", "some_test.lua:2: a colon is missing"},
        {"test('t', function (host)\n  while true do end end)", "some_test.lua:2: stopped after"},
        {"test('t', function (host)\n  test('u', function () end) end)",
         "some_test.lua:2: a test cannot hold"},
        {"test('t', function (host)\n  local x = nil + 1 end)", "some_test.lua:2: attempt"},
        {"test('t', function (host)\n  error({}) end)", "some_test.lua:2: "},
        {"test('t', function (host) local function f()\n  host:advance(5) end\n  f() end)",
         "some_test.lua:2: advance wants a span such as 30 * minute, not the number 5\n#     called from some_test.lua:3"},
        {"local kept\ntest('s', function (host) kept = host:logon('ana') end)\n"
         "test('t', function (host)\n  kept:input() end)",
         "some_test.lua:4: this belongs to another test"},
        {"test('t', function (host)\n  host:advance_to('01:00'); host:logon('ana', { id = '7' }):unlock() end)",
         "some_test.lua:2: ana unlocks"},
        {"test('t', function (host)\n  local ana = host:logon('ana')\n"
         "  while true do ana:lock(); ana:unlock() end end)",
         "some_test.lua:3: more than 50000 things happened"},
        {"test('t', function (host)\n  host:load('chatty.lua'); host:logon('ana')\n  host:advance(36500 * day) end)",
         "some_test.lua:3: more than 50000 things happened"},
        {"test('t', function (host)\n  host:advance(40000 * day) end)", "some_test.lua:2: more than"},
        {"test('t', function (host)\n  for i = 1, 9 do host:step(9000 * day) end end)",
         "some_test.lua:2: step"},
        {"test('t', function (host)\n  host:journal { session = 'ana' } end)",
         "some_test.lua:2: journal: 'session'"},
        {"test('t', function (host)\n  expect(5):is_near() end)", "some_test.lua:2: is_near"},
        {"test('t', function (host)\n  expect('a'):contains() end)", "some_test.lua:2: contains"},
        {"test('t', function (host)\n  expect('a'):reads('a') end)", "some_test.lua:2: reads"},
        {"test(5)", "some_test.lua:1: test wants a name"},
        {"test('t')", "some_test.lua:1: test wants a function"},
        {"test('t', function (host) end)\nx = 5", "some_test.lua:2: 'x' is not a local variable"},
        {"test(", "some_test.lua:1: "},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct outcome outcome = run_text(table[i].text);
        if (outcome.failed != 1 || !strstr(outcome.text.data, table[i].what))
            fail_msg("%s\n  gave %d: %s\n%s", table[i].text, outcome.code, outcome.text.data,
                     outcome.err.text);
        cf_buffer_finish(&outcome.text);
    }
}

static void test_files(void **state)
{
    (void)state;
    static const char good[] = "test('t', function () end)", broken[] = "test(";
    folder_make();
    const char *const paths[] = {folder_write("broken_test.lua", broken), folder_write("good_test.lua", good),
                                 "/nowhere/gone_test.lua"};
    struct outcome outcome = run(paths, 3);
    folder_drop();
    assert_int_equal(outcome.code, CF_POLICY);
    assert_int_equal(outcome.passed, 1);
    assert_int_equal(outcome.failed, 2);
    assert_non_null(
        strstr(outcome.text.data, "not ok 1 - broken_test.lua: does not load\n#   broken_test.lua:1:"));
    assert_non_null(strstr(outcome.text.data, "\nok 2 - good_test.lua: t\n"));
    assert_non_null(
        strstr(outcome.text.data, "\nnot ok 3 - gone_test.lua: does not load\n#   /nowhere/gone_test.lua"));
    assert_non_null(strstr(outcome.text.data, "\n1 passed, 2 failed\n"));
    cf_buffer_finish(&outcome.text);
}

static void test_no_tests(void **state)
{
    (void)state;
    struct outcome outcome = run_text("local nothing");
    assert_int_equal(outcome.code, CF_USAGE);
    assert_string_equal(outcome.text.data, "0 passed, 0 failed\n");
    cf_buffer_finish(&outcome.text);
}

/* What a policy or a test says cannot move the terminal's cursor. */
static void test_safe_output(void **state)
{
    (void)state;
    struct outcome outcome = run_text("test('a\\27[2Jb', function () expect('\\27[2J'):is('\\r') end)");
    assert_null(strchr(outcome.text.data, '\33'));
    assert_null(strchr(outcome.text.data, '\r'));
    cf_buffer_finish(&outcome.text);
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
        cmocka_unit_test(test_vocabulary), cmocka_unit_test(test_report),
        cmocka_unit_test(test_difference), cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_files),      cmocka_unit_test(test_end_of_journal),
        cmocka_unit_test(test_no_tests),   cmocka_unit_test(test_safe_output),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
