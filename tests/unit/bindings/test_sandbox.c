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
    snippet_check("x = 5", "!test.lua:1: 'x' is not a local variable");
    snippet_check("\nfunction f() end", "!test.lua:2: 'f' is not a local variable");
    snippet_check("minute = 5", "!'minute' is not a local variable");
    snippet_check("string.format = nil", "!string.format cannot be set");
    snippet_check("setmetatable(_ENV, nil)", "!protected metatable");
    snippet_check("setmetatable(string, nil)", "!protected metatable");
    snippet_check("return rawget(string, 'format')", "nil");
    snippet_check("local t = setmetatable({}, { __index = { x = 'y' } }) return t.x", "y");
}

static void test_limits(void **state)
{
    (void)state;
    snippet_check("\nwhile true do end", "!test.lua:2: stopped after 5 million instructions");
    snippet_check("while true do pcall(function () while true do end end) end", "!stopped after");
    snippet_check("pcall(string.rep, 'x', -1) while pcall(error) or true do end", "!stopped after");
    snippet_check("local t = setmetatable({}, { __close = function () while true do end end })\n"
                  "local c <close> = t while true do end",
                  "!stopped after");
    snippet_check("local t = {} for i = 1, 1e9 do t[i] = i end", "!ran out of the 64 MiB");
    snippet_check("local function f() return f() + 1 end f()", "!ran out of the 64 MiB");
    snippet_check("local t = {} for i = 1, 300000 do t[i] = -i end table.sort(t)", "!stopped after");
}

/* Lua's own functions that a count of instructions does not see: each is stopped, with its name and line. */
static void test_functions(void **state)
{
    (void)state;
    static const char *const stopped[] = {
        "local s, p = ('a'):rep(40), ('a?'):rep(40) .. ('a'):rep(40) pcall(string.find, s, p) return",
        "local s = ('a'):rep(3000) while true do pcall(string.match, s, '.-.-.-.-b') end",
        "string.gsub(('a'):rep(500), '.-.-.-.-.-b', '')",
        "for _ in string.gmatch(('a'):rep(4000), '.-.-.-b') do end",
        "local s = ('a'):rep(1000000) while true do s:find('b', 1, true) end",
        "local s = ('a'):rep(1000000) while true do s:find(('a'):rep(30000) .. 'b', 1, true) end",
        "('x'):find('[' .. ('a'):rep(100000) .. ']*b') while true do ('x'):rep(9999):find('[' .. ('a'):rep(9999) .. ']*b') end",
        "local s = ('('):rep(100000) s:find('%b()') while true do s:find('%b()') end",
        "local s = ('a'):rep(100000) .. 'b' while true do s:find('^(.*)b%1') end",
        "table.move({}, 1, 1e12, 2)",
        "table.move({}, math.mininteger, math.maxinteger, 2)",
        "table.insert(setmetatable({}, { __len = function () return 1e15 end }), 1, 'x')",
        "table.remove(setmetatable({}, { __len = function () return 1e15 end }), 1)",
        "table.concat(setmetatable({}, { __index = table.concat }), '', 1, 1e18)",
        "table.concat(setmetatable({}, { __index = tostring, __len = function () return 1e15 end }))",
        "while true do pcall(table.unpack, {}, 1, 1e7) end",
        "while true do utf8.len(('a'):rep(100000)) end",
        "local s = ('a'):rep(1000000) while true do utf8.offset(s, -1) utf8.len(s) end",
        "local t = {} for i = 1, 100000 do t[i] = i end while true do for k in pairs(t) do break end end",
        "local s = ('a'):rep(1000000) while true do local t = s .. 'b' end",
        "local a = {} for i = 1, 100 do a[i] = i end local function f(...) return f(1, ...) end f()",
    };
    for (size_t i = 0; i < sizeof stopped / sizeof *stopped; i++) {
        struct snippet snippet = {.text = stopped[i], .budget = 2000000};
        snippet_run(&snippet);
        if (snippet.code != CF_POLICY || strncmp(snippet.err.text, "test.lua:1: ", 12) != 0 ||
            !strstr(snippet.err.text, i + 1 < sizeof stopped / sizeof *stopped ? "stopped after 2 million"
                                                                               : "stopped after 1 s of work"))
            fail_msg("%s\n  got: %d %s", stopped[i], snippet.code, snippet.err.text);
    }
    snippet_check(stopped[0], "!stopped after 5 million instructions");
    snippet_check("\nlocal s = ('a'):rep(3000) s:match('.-.-.-.-b')",
                  "!test.lua:2: string.match: stopped after");
    snippet_check("\n\ntable.move({}, 1, 1e12, 2)", "!test.lua:3: table.move: stopped after 5 million");

    snippet_check("return #(''):rep(1e18)", "0");
    snippet_check("return select(2, pcall(string.rep, 'x', 1e9))",
                  "test.lua:1: string.rep: this text would be longer than 1024 KiB, the most there may be");
    snippet_check("return #('ab'):rep(3, ',')", "8");
    snippet_check("return #('x'):rep(1048576)", "1048576");
    snippet_check("local t = {} for i = 1, 200 do t[i] = ('x'):rep(10000) end return #table.concat(t)",
                  "!:1: made a text of more than 1024 KiB");
    snippet_check("return ('%99999d'):format(5)", "!invalid conversion");
    snippet_check("return ('x'):find(('('):rep(300) .. (')'):rep(300))", "!a pattern captures 32 pieces");
    snippet_check("return ('x'):rep(400):find(('x?'):rep(300))", "!this pattern has too many parts");
    snippet_check("('').x = 1", "!attempt to index a string value");
    snippet_check(
        "local t = setmetatable({}, {}) for i = 1, 5000 do t = setmetatable({}, { __index = t }) end return t.x",
        "!'__index' chain too long");
}

/* What limits are not for goes on as Lua has it. */
static void test_tables(void **state)
{
    (void)state;
    snippet_check(
        "local t = { 1, 2, 3 } table.insert(t, 4) table.insert(t, 1, 0) return table.concat(t, ',')",
        "0,1,2,3,4");
    snippet_check("local t = { 1, 2, 3 } return table.remove(t) .. table.remove(t, 1) .. #t", "311");
    snippet_check("local t = {} return tostring(table.remove(t)) .. tostring(table.remove(t, 0)) .. #t",
                  "nilnil0");
    snippet_check("table.remove({ 1 }, 5)", "!bad argument #2 to 'remove' (position out of bounds)");
    snippet_check("table.insert({ 1 }, 5, 2)", "!bad argument #2 to 'insert' (position out of bounds)");
    snippet_check("table.insert({})", "!table.insert wants a table");
    snippet_check("return table.concat({ 1, 2, 3 }, '-', 2) .. table.concat({ 1, 2 }, '-', 1, 1)", "2-31");
    snippet_check("return select('#', table.unpack({ 1, 2, nil, 4 }, 1, 4))", "4");
    snippet_check("return table.concat(table.move({ 1, 2 }, 1, 2, 3), '')", "1212");
    snippet_check("table.concat(5)", "!bad argument #1 to 'concat' (table expected, got number)");
    snippet_check("return utf8.len('äb') .. utf8.codepoint('ä') .. utf8.offset('äb', 2) .. ('x'):byte()",
                  "22283120");
    snippet_check("setmetatable(5, {})", "!bad argument #1 to 'setmetatable'");
}

/* Running out of memory is no error that a script can live with. */
static void test_memory(void **state)
{
    (void)state;
    snippet_check("local function fill() local t = {} for i = 1, 1e9 do t[i] = i end end\n"
                  "while true do pcall(fill) end",
                  "!test.lua:2: ran out of the 64 MiB");
    snippet_check(
        "local function fill() local c <close> = setmetatable({}, { __close = function () error('x') end })\n"
        "local t = {} for i = 1, 1e9 do t[i] = i end end pcall(fill) return 'lived on'",
        "!ran out of the 64 MiB");
    snippet_check("local keep = {} for i = 1, 62 do keep[i] = ('x'):rep(1000000) .. i end\n"
                  "while true do local s = ('y'):rep(900000) end",
                  "!ran out of the 64 MiB");
    snippet_check("pcall(function () local s = ('x'):rep(1000000) return s .. s end) return 'lived on'",
                  "!test.lua:1: made a text of more than 1024 KiB");
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
    snippet_check("return ('\\0%p'):format({})", "!%p is not to be had");
    snippet_check("return ('%d\\0\\0%%%-9p'):format(1, {})", "!%p is not to be had");
    snippet_check("return #('\\0%d%%p'):format(7)", "4");
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
        cmocka_unit_test(test_forbidden), cmocka_unit_test(test_locks),  cmocka_unit_test(test_limits),
        cmocka_unit_test(test_functions), cmocka_unit_test(test_tables), cmocka_unit_test(test_memory),
        cmocka_unit_test(test_binary),    cmocka_unit_test(test_pairs),  cmocka_unit_test(test_texts),
        cmocka_unit_test(test_chance),    cmocka_unit_test(test_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
