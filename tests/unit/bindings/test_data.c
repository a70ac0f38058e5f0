#include "../../fixture/folder.h"
#include "../unit.h"

#include "bindings/data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Evaluates `text` as the file "curfew.lua"; the outcome as JSON, or the error. The caller frees it. */
static char *outcome(const char *text, char **ret_lines)
{
    folder_make();
    json_t *value = NULL, *lines = NULL;
    struct cf_error err = {0};
    int code = cf_lua_data(folder_write("curfew.lua", text), &value, &lines, &err);
    folder_drop();
    if (code < 0) {
        assert_true(code == CF_POLICY && !value && !lines);
        return strdup(err.text);
    }
    char *dump = json_dumps(value, JSON_COMPACT);
    if (ret_lines)
        *ret_lines = json_dumps(lines, JSON_COMPACT);
    json_decref(value);
    json_decref(lines);
    return dump;
}

static void test_files(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"", "{}"},
        {"\xEF\xBB\xBFx = 1", "{\"x\":1}"},
        {"b = 1 a = 'x' c = true d = 2.5", "{\"a\":\"x\",\"b\":1,\"c\":true,\"d\":2.5}"},
        {"a = { 1, 2, { 3 } } b = {}", "{\"a\":[1,2,[3]],\"b\":[]}"},
        {"policies = { { 'idle', limit = '30m', except = { users = { 'ana' } } } }",
         "{\"policies\":[{\"1\":\"idle\",\"except\":{\"users\":[\"ana\"]},\"limit\":\"30m\"}]}"},
        {"local h = { 'Mon' } a = h b = h", "{\"a\":[\"Mon\"],\"b\":[\"Mon\"]}"},
        {"a = 1\nb = a + 1", "{\"a\":1,\"b\":2}"},
        {"a,\nb = 1", "curfew.lua:2: b is set to nil"},
        {"a = {\n", "curfew.lua:2: unexpected symbol near <eof>"},
        {"\na = 30m", "curfew.lua:2: malformed number near '30m'"},
        {"a = idle", "curfew.lua:1: 'idle' means nothing here; text wants quotes"},
        {"a = 1\n\na = 2", "curfew.lua:3: a is set a second time; line 1 sets it already"},
        {"return { policies = {} }", "curfew.lua: the file returns something, which nobody reads"},
        {"a = 1 return {}", "curfew.lua: the file returns something, which nobody reads"},
        {"a = { 1, nil, 3, [5] = 1 }", "a: a table's keys must be names, or positions 1, 2, 3"},
        {"a = { [true] = 1 }", "a: a table's keys must be names, or positions 1, 2, 3"},
        {"a = { { x = function () end } }", "curfew.lua:1: a[1].x: a function of this kind is not data"},
        {"a = 0/0", "a: a number of this kind is not data"},
        {"a = '\\xff'", "a: a string of this kind is not data"},
        {"a = 'x\\0y'", "a: a string of this kind is not data"},
        {"a = { ['x\\0y'] = 1, x = 2 }", "a: a table's keys must be names"},
        {"a = {} a.a = a", "a.a.a.a"},
        {"local a = {} for i = 1, 12 do a = { a, a, a, a } end b = a", "more than 16 MiB of data"},
        {"local n, a = 'x', {} for i = 1, 19 do n = n .. n end for i = 1, 99 do a[i] = { [n] = 1 } end b = a",
         "more than 16 MiB of data"},
        {"while true do end", "curfew.lua:1: stopped after 1 million instructions"},
        {"local s = 'x' while true do s = s .. s end", "curfew.lua:1: made a text of more than 1024 KiB"},
        {"os.exit(1)", "curfew.lua:1: 'os' means nothing here"},
        {"error('x')", "curfew.lua:1: 'error' means nothing here"},
        {"a = ('x'):rep(10)", "curfew.lua:1: attempt to index a string value"},
        {"\x1bLua", "attempt to load a binary chunk"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *got = outcome(table[i][0], NULL);
        if (!strstr(got, table[i][1]))
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], table[i][1], got);
        free(got);
    }
}

static void test_lines(void **state)
{
    (void)state;
    char *lines = NULL;
    free(outcome("-- first\na = 1\nb = {\n  1,\n}\nc = 2", &lines));
    assert_string_equal(lines, "{\"a\":2,\"b\":5,\"c\":6}");
    free(lines);
}

static void test_missing(void **state)
{
    (void)state;
    json_t *value = NULL;
    struct cf_error err = {0};
    assert_true(cf_lua_data("/nowhere/curfew.lua", &value, NULL, &err) < 0);
    assert_string_equal(err.text, "/nowhere/curfew.lua: cannot be read: No such file or directory");
}

static void test_values(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"30", "30"},
        {"-2.5", "-2.5"},
        {"1e3", "1000.0"},
        {"true", "true"},
        {"false", "false"},
        {"30m", "\"30m\""},
        {"Mon-Fri 07:30-19:00", "\"Mon-Fri 07:30-19:00\""},
        {"", "\"\""},
        {"nan", "\"nan\""},
        {"inf", "\"inf\""},
        {"nil", "\"nil\""},
        {"'x'", "\"'x'\""},
        {"{ '5m', '1m' }", "[\"5m\",\"1m\"]"},
        {"{}", "[]"},
        {"{ a = 1 }", "{\"a\":1}"},
        {"{", "value:1: unexpected symbol near <eof>"},
        {"{ idle }", "'idle' means nothing here; text wants quotes"},
        {"{}, {}", "[]"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        json_t *value = NULL;
        struct cf_error err = {0};
        int code = cf_lua_value(table[i][0], &value, &err);
        assert_true(code == 0 || code == CF_USAGE);
        char *dump = code == 0 ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : strdup(err.text);
        if (strcmp(dump, table[i][1]) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], table[i][1], dump);
        free(dump);
        json_decref(value);
    }
}

/* What is given twice in one table, by the text: each with its line, all at once. */
static void test_doubles(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"a = { x = 1, y = 2 } b = { x = 1 }", ""},
        {"a = { x = 1,\n x = 2 }", "curfew.lua:2: x is given a second time; line 1 gives it already"},
        {"a = { x = 1, ['x'] = 2 }", "curfew.lua:1: x is given a second time"},
        {"a = { ['x y'] = 1; [\"x\\32y\"] = 2 }", "curfew.lua:1: x y is given a second time"},
        {"a = { [ [[x]] ] = 1, x = 2 }", "curfew.lua:1: x is given a second time"},
        {"a = { { x = 1 }, { x = 2 }, x = { x = 3 } }", ""},
        {"a = { { x = 1, x = 2 },\n{ y = 1, --[[ y = 2, ]] -- y = 3\n y = 4 } }",
         "curfew.lua:1: x is given a second time; line 1 gives it already: take one of them out\n"
         "curfew.lua:3: y is given a second time; line 2 gives it already"},
        {"a = { '}, x = 1, {', x = 2, y = '{ x = 3' }", ""},
        {"a = { x == 1, x == 1 }", ""},
        {"local h = 1 a = { h, x = h, [h] = 1 }", ""},
        {"a = 1 a = 2", "curfew.lua:1: a is given a second time"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct cf_error err = {0};
        folder_make();
        int code = cf_lua_doubles(folder_write("curfew.lua", table[i][0]), &err);
        folder_drop();
        if (code != (table[i][1][0] ? CF_POLICY : CF_OK) ||
            strncmp(err.text, table[i][1], strlen(table[i][1])) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], table[i][1], err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),   cmocka_unit_test(test_lines),  cmocka_unit_test(test_missing),
        cmocka_unit_test(test_doubles), cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
