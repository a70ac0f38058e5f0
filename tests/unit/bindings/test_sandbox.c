#include "snippet.h"

static void test_forbidden(void **state)
{
    (void)state;
    static const char *const names[] = {
        "io",          "os",          "debug",        "package", "require", "coroutine",
        "load",        "loadstring",  "loadfile",     "dofile",  "xpcall",  "collectgarbage",
        "next",        "rawset",      "print",        "warn",    "_G",      "math.randomseed",
        "string.dump", "string.pack", "string.unpack"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[160];
        snprintf(text, sizeof text, "local ok, value = pcall(function () return %s end) return ok and value",
                 names[i]);
        snippet_check(text, strchr(names[i], '.') ? "nil" : "false");
    }
    snippet_check("return ('').dump", "nil");
    snippet_check("return getmetatable('')", "false");
    snippet_check("return mintue", "!test.lua:1: 'mintue' means nothing here");
    snippet_check("setmetatable({}, { __gc = function () end })", "!__gc is not to be had");
}

static void test_locks(void **state)
{
    (void)state;
    snippet_check("x = 5", "!test.lua:1: 'x' is no local variable");
    snippet_check("\nfunction f() end", "!test.lua:2: 'f' is no local variable");
    snippet_check("minute = 5", "!'minute' is no local variable");
    snippet_check("string.format = nil", "!string.format cannot be set");
    snippet_check("setmetatable(_ENV, nil)", "!protected metatable");
    snippet_check("setmetatable(string, nil)", "!protected metatable");
    snippet_check("return rawget(string, 'format')", "nil");
    snippet_check("local t = setmetatable({}, { __index = { x = 'y' } }) return t.x", "y");
}

static void test_limits(void **state)
{
    (void)state;
    snippet_check("\nwhile true do end", "!test.lua:2: stopped after 20 million instructions");
    snippet_check("while true do pcall(function () while true do end end) end", "!stopped after");
    snippet_check("pcall(string.rep, 'x', -1) while pcall(error) or true do end", "!stopped after");
    snippet_check("local t = setmetatable({}, { __close = function () while true do end end })\n"
                  "local c <close> = t while true do end",
                  "!stopped after");
    snippet_check("local t = {} for i = 1, 1e9 do t[i] = i end", "!ran out of the 64 MiB");
    snippet_check("return #('x'):rep(1e9)", "!ran out of the 64 MiB");
    snippet_check("local function f() return f() + 1 end f()", "!ran out of the 64 MiB");
    snippet_check("local t = {} for i = 1, 300000 do t[i] = -i end table.sort(t)", "!stopped after");
}

static void test_binary(void **state)
{
    (void)state;
    struct snippet snippet = {.text = "\x1bLua\x54\x00\x19\x93\r\n\x1a\n", .length = 12};
    snippet_run(&snippet);
    assert_int_equal(snippet.code, CF_POLICY);
    assert_non_null(strstr(snippet.err.text, "binary"));
}

/* Whatever order Lua's tables have it in. */
static void test_pairs(void **state)
{
    (void)state;
    snippet_check(
        "local s = '' for k, v in pairs { c = 1, [3] = 2, a = 3, [1.5] = 4, [true] = 5, [minute] = 6, b = 7 } do "
        "s = s .. v end return s",
        "4237156");
    snippet_check(
        "local t, s = {}, '' for i = 1000, 1, -1 do t['k' .. i] = i end for k in pairs(t) do s = s .. k end "
        "return s:sub(1, 14)",
        "k1k10k100k1000");
    snippet_check(
        "local t, n = { a = 1, b = 2, c = 3 }, 0 for k in pairs(t) do t.b, n = nil, n + 1 end return n", "2");
    snippet_check("for k in pairs { [{}] = 1 } do end", "!test.lua:1: pairs cannot put a table");
    snippet_check("pairs(5)", "!test.lua:1: bad argument #1");
}

static void test_texts(void **state)
{
    (void)state;
    snippet_check("return tostring({}) .. ' ' .. tostring(pairs)", "table function");
    snippet_check("return ('%s %5s %%p %d %s'):format({}, 'x', 3, minute)", "table     x %p 3 1 minute");
    snippet_check("return ('%p'):format({})", "!%p is not to be had");
    snippet_check("return ('%-10p'):format({})", "!%p is not to be had");
    snippet_check("return setmetatable({}, { __tostring = function () return 'mine' end })", "mine");
    snippet_check("error({})", "!test.lua:1: an error that is a table instead of text");
    snippet_check("\nassert(false, 'so')", "!test.lua:2: so");
    snippet_check("local function f()\nerror('deep')\nend\nf()",
                  "!test.lua:2: deep\n  called from test.lua:4");
    snippet_check("local a = = 5", "!test.lua:1: unexpected symbol near '='");
}

static void test_chance(void **state)
{
    (void)state;
    struct snippet first = {.text = "return math.random(1000000)"}, second = first;
    snippet_run(&first);
    snippet_run(&second);
    assert_int_equal(first.code, 0);
    assert_string_equal(first.out, second.out);
}

static void test_sort(void **state)
{
    (void)state;
    snippet_check("local t = {} for i = 1, 1000 do t[i] = { (i * 7919) % 10, i } end "
                  "table.sort(t, function (a, b) return a[1] < b[1] end) "
                  "for i = 2, 1000 do local a, b = t[i - 1], t[i] "
                  "assert(a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]), i) end return #t",
                  "1000");
    for (int count = 0; count < 20; count++) {
        char text[200];
        snprintf(text, sizeof text,
                 "local t = {} for i = 1, %d do t[i] = (i * 7) %% 11 end table.sort(t) "
                 "for i = 2, #t do assert(t[i - 1] <= t[i]) end return #t",
                 count);
        char wanted[8];
        snprintf(wanted, sizeof wanted, "%d", count);
        snippet_check(text, wanted);
    }
    snippet_check(
        "local t = { 'b', 'a' } table.sort(t, function (a, b) return a > b end) return table.concat(t)",
        "ba");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forbidden), cmocka_unit_test(test_locks), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_binary),    cmocka_unit_test(test_pairs), cmocka_unit_test(test_texts),
        cmocka_unit_test(test_chance),    cmocka_unit_test(test_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
