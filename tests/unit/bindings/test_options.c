#include "fake.h"

/* Loads `text` with the options in `options` (JSON); returns what it logged, or the error. */
static const char *outcome(struct bench *bench, const char *text, const char *options)
{
    bench_open(bench);
    bench->policy.options = json_loads(options, 0, NULL);
    assert_non_null(bench->policy.options);
    return bench_load_text(bench, text) == 0 ? bench->policy.log : bench->err.text;
}

static void test_types(void **state)
{
    (void)state;
    static const struct {
        const char *fallback, *options, *wanted;
    } table[] = {
        {"30 * minute", "{}", "span 30 minutes"},
        {"30 * minute", "{\"o\": \"90s\"}", "span 1 minute 30 seconds"},
        {"30 * minute", "{\"o\": 30}", "policy.lua:1: option 'o' is 30: 30 of what? Give a unit: \"30m\""},
        {"30 * minute", "{\"o\": \"30\"}", "policy.lua:1: option 'o': "},
        {"30 * minute", "{\"o\": \"soon\"}", "policy.lua:1: option 'o': "},
        {"30 * minute", "{\"o\": true}", "policy.lua:1: option 'o' must be a span such as \"30m\", not true"},
        {"30 * minute", "{\"o\": [\"30m\"]}",
         "policy.lua:1: option 'o' must be a span such as \"30m\", not [\"30m\"]"},
        {"0.5", "{\"o\": 2}", "number 2"},
        {"5", "{\"o\": 2.5}", "number 2.5"},
        {"5", "{\"o\": \"2\"}", "policy.lua:1: option 'o' must be a number, not \"2\""},
        {"'x'", "{\"o\": \"y\"}", "string y"},
        {"'x'", "{\"o\": 5}", "policy.lua:1: option 'o' must be text, not 5"},
        {"false", "{\"o\": true}", "boolean true"},
        {"false", "{\"o\": 1}", "policy.lua:1: option 'o' must be true or false, not 1"},
        {"{ minute, second }", "{}", "table 1 minute,1 second"},
        {"{ minute }", "{\"o\": [\"2m\", \"1m\"]}", "table 2 minutes,1 minute"},
        {"{ minute }", "{\"o\": \"2m\"}", "table 2 minutes"},
        {"{ minute }", "{\"o\": []}", "table "},
        {"{ minute }", "{\"o\": 5}", "policy.lua:1: option 'o' is 5: 5 of what?"},
        {"{ minute }", "{\"o\": [\"2m\", true]}",
         "policy.lua:1: option 'o' must be a list, each item a span"},
        {"{}", "{\"o\": [\"a\", \"b\"]}", "table a,b"},
        {"{}", "{\"o\": \"a\"}", "table a"},
        {"{ 1, 2 }", "{\"o\": [3.5]}", "table 3.5"},
        {"{ 1, 'x' }", "{}", "policy.lua:1: option 'o': the default must list"},
        {"nil", "{}", "policy.lua:1: option 'o' wants a default"},
        {"clock.now()", "{}", "policy.lua:1: option 'o' wants a default"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[400];
        snprintf(text, sizeof text,
                 "local o, words = option('o', %s, 'help'), {}\n"
                 "if type(o) == 'table' then for i, v in ipairs(o) do words[i] = tostring(v) end end\n"
                 "log(type(o) .. ' ' .. (type(o) == 'table' and table.concat(words, ',') or tostring(o)))",
                 table[i].fallback);
        struct bench bench;
        const char *got = outcome(&bench, text, table[i].options);
        if (strncmp(got, table[i].wanted, strlen(table[i].wanted)) != 0)
            fail_msg("%s %s\n  wanted: %s\n  got: %s", table[i].fallback, table[i].options, table[i].wanted,
                     got);
        bench_close(&bench);
    }
}

static void test_misuse(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"option('a', 1) option('a', 2)", "policy.lua:1: option 'a' is declared twice"},
        {"option(5, 1)", "policy.lua:1: option wants text, not the number 5"},
        {"option('', 1)", "policy.lua:1: option wants text, not \"\""},
        {"option('a', 1, 5)", "policy.lua:1: the help of an option wants text, not the number 5"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bench bench;
        assert_string_equal(outcome(&bench, table[i][0], "{}"), table[i][1]);
        bench_close(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
