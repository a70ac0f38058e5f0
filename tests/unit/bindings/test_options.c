#include "policy_fixture.h"

/* Loads `text` with the options in `options` (JSON); returns the error, "" where there is none. */
static const char *outcome(struct policy_fixture *fixture, const char *text, const char *options)
{
    fixture_open(fixture);
    fixture->entry = json_loads(options, 0, NULL);
    assert_non_null(fixture->entry);
    return fixture_load_text(fixture, text) == 0 ? "" : fixture->err.text;
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
        {"{ minute }", "{\"o\": []}", "policy.lua:1: option 'o' is an empty list: name at least one"},
        {"{}", "{\"o\": []}", "table "},
        {"{ 'x' }", "{\"o\": [\"\"]}", "policy.lua:1: option 'o' lists an empty text"},
        {"'x'", "{\"o\": \"\"}", "policy.lua:1: option 'o' is an empty text"},
        {"''", "{\"o\": \"\"}", "string "},
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
        bool is_error = strncmp(table[i].wanted, "policy.lua", 10) == 0;
        snprintf(text, sizeof text,
                 "local o, words = option('o', %s, 'help'), {}\n"
                 "if type(o) == 'table' then for i, v in ipairs(o) do words[i] = tostring(v) end end\n"
                 "o = type(o) .. ' ' .. (type(o) == 'table' and table.concat(words, ',') or tostring(o))\n"
                 "assert(o == '%s', o)",
                 table[i].fallback, is_error ? "" : table[i].wanted);
        struct policy_fixture fixture;
        const char *got = outcome(&fixture, text, table[i].options);
        const char *wanted = is_error ? table[i].wanted : "";
        if (is_error ? strncmp(got, wanted, strlen(wanted)) != 0 : strcmp(got, wanted) != 0)
            fail_msg("%s %s\n  wanted: %s\n  got: %s", table[i].fallback, table[i].options, table[i].wanted,
                     got);
        fixture_close(&fixture);
    }
}

/* What an option may be: given as the fourth argument, or by the default alone. */
static void test_domains(void **state)
{
    (void)state;
    static const struct {
        const char *call, *value, *wanted; /* what is printed, or else the error behind "option 'o' " */
    } table[] = {
        {"minute", "\"0s\"", "!is 0 seconds: give more than nothing"},
        {"minute", "\"-5m\"", "!is -5 minutes: give more than nothing"},
        {"minute", "\"1us\"", "1 microsecond"},
        {"0 * minute", "\"0s\"", "0 seconds"},
        {"0 * minute", "\"-1s\"", "!is -1 second: give more than nothing"},
        {"minute", "\"never\"", "!cannot be \"never\": give more than nothing"},
        {"minute, nil, { never = true }", "\"never\"", "never"},
        {"minute, nil, { never = true }", "\"0s\"", "never"},
        {"minute, nil, { never = true }", "\"0m\"", "never"},
        {"minute, nil, { never = true }", "0", "never"},
        {"minute, nil, { never = true }", "1", "!is 1: 1 of what?"},
        {"minute, nil, { never = true }", "\"-1us\"",
         "!is -1 microsecond: give more than nothing, or \"never\""},
        {"never, nil, { never = true }", "", "never"},
        {"0 * minute, nil, { never = true }", "", "never"},
        {"hour, nil, { least = minute }", "\"1m\"", "1 minute"},
        {"hour, nil, { least = minute }", "\"59s\"", "!is 59 seconds: give 1 minute or more"},
        {"hour, nil, { least = minute, never = true }", "\"59s\"",
         "!is 59 seconds: give 1 minute or more, or \"never\""},
        {"hour, nil, { most = hour }", "\"1h1us\"", "!is 1 hour: give at most 1 hour"},
        {"hour, nil, { least = minute, most = hour }", "\"2h\"", "!is 2 hours: give 1 minute to 1 hour"},
        {"{ hour }, nil, { least = minute }", "[\"5m\", \"0s\"]",
         "!is a list with 0 seconds: give 1 minute or more"},
        {"{ hour }", "\"-1h\"", "!is a list with -1 hour: give more than nothing"},
        {"5, nil, { least = 0, most = 10 }", "10", "10"},
        {"5, nil, { least = 0, most = 10 }", "-0.5", "!is -0.5: give 0 to 10"},
        {"5, nil, { least = 0, most = 10 }", "1e300", "!is 1e+300: give 0 to 10"},
        {"{ 'x' }, nil, { empty = true }", "[]", "table"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[300], options[100];
        snprintf(text, sizeof text,
                 "local o = option('o', %s) o = type(o) == 'table' and 'table' or tostring(o)\n"
                 "assert(o == '%s', o)",
                 table[i].call, table[i].wanted[0] == '!' ? "" : table[i].wanted);
        snprintf(options, sizeof options, table[i].value[0] ? "{\"o\": %s}" : "{}", table[i].value);
        struct policy_fixture fixture;
        const char *got = outcome(&fixture, text, options), *wanted = table[i].wanted;
        const char *prefix = "policy.lua:1: option 'o' ";
        bool same = wanted[0] == '!' ? strncmp(got, prefix, strlen(prefix)) == 0 &&
                                           strncmp(got + strlen(prefix), wanted + 1, strlen(wanted + 1)) == 0
                                     : got[0] == '\0';
        if (!same)
            fail_msg("%s = %s\n  wanted: %s\n  got: %s", table[i].call, table[i].value, wanted, got);
        fixture_close(&fixture);
    }
}

/* What an entry sets and its policy does not know, and that beside a failure of the policy itself. */
static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *options, *wanted[2];
    } table[] = {
        {"local a, b = option('one', 5, 'x'), option('two', 5, 'x')",
         "{\"on\": 1}",
         {"policy 'policy' has no option 'on'; did you mean 'one'? (it has: one, two)", ""}},
        {"", "{\"o\": 1}", {"policy 'policy' has no option 'o' (it has: none)", ""}},
        {"local a = option('one', 5, 'x')\nlocal b = option('one', 5, 'x')",
         "{}",
         {"option 'one' is declared twice", ""}},
        {"", "{\"o\": 1, \"p\": 1}", {"no option 'o'", "no option 'p'"}},
        {"local a = option('one', 5, 'x')\nerror('broken')",
         "{\"one\": \"x\"}",
         {"option 'one' must be a number", "broken"}},
        {"error('broken')", "{}", {"broken", ""}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct policy_fixture fixture;
        const char *got = outcome(&fixture, table[i].text, table[i].options);
        if (!strstr(got, table[i].wanted[0]) || !strstr(got, table[i].wanted[1]))
            fail_msg("%zu: %s", i, got);
        fixture_close(&fixture);
    }
}

static void test_declarations(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    assert_string_equal(
        outcome(&fixture, "option('o', 5 * minute, 'for what', { least = minute, never = true })", "{}"), "");
    const json_t *declared = cf_engine_options(fixture.host.engine, "policy");
    char *told = json_dumps(json_array_get(declared, 0), JSON_SORT_KEYS);
    assert_string_equal(told,
                        "{\"default\": \"5m\", \"empty\": false, \"help\": \"for what\", \"least\": \"1m\", "
                        "\"list\": false, \"never\": true, \"option\": \"o\", \"type\": \"span\"}");
    free(told);
    assert_int_equal(json_array_size(declared), 1);
    assert_null(cf_engine_options(fixture.host.engine, "another"));
    fixture_close(&fixture);
}

static void test_misuse(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"option('a', 1) option('a', 2)", "policy.lua:1: option 'a' is declared twice"},
        {"option(5, 1)", "policy.lua:1: option wants text, not the number 5"},
        {"option('', 1)", "policy.lua:1: option wants text, not \"\""},
        {"option('\\xff', 1)", "policy.lua:1: option wants its name and its help in UTF-8"},
        {"option('a', 1, 'x', { lest = 1 })", "policy.lua:1: option knows no \"lest\" there"},
        {"option('a', 1, 'x', { least = minute })",
         "policy.lua:1: option 'a': least bounds a span by a span, a number by a number, not by the span 1 minute"},
        {"option('a', 1, 'x', { never = true })", "policy.lua:1: option 'a': never = true is for a span"},
        {"option('a', 1, 'x', { empty = true })",
         "policy.lua:1: option 'a': empty = true is for a list or a text"},
        {"option('a', minute, 'x', { least = hour })",
         "policy.lua:1: option 'a': its own default is the span 1 minute, but it wants 1 hour or more"},
        {"option('a', -minute)",
         "policy.lua:1: option 'a': its own default is the span -1 minute, but it wants more than nothing"},
        {"option('a', never)",
         "policy.lua:1: option 'a': its own default is the instant never, but it wants more than nothing"},
        {"option('a', 1, 5)", "policy.lua:1: the help of an option wants text, not the number 5"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct policy_fixture fixture;
        assert_string_equal(outcome(&fixture, table[i][0], "{}"), table[i][1]);
        fixture_close(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),        cmocka_unit_test(test_domains), cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_declarations), cmocka_unit_test(test_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
