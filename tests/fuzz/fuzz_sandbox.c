/*
 * The sandbox: any Lua text, or calls of all that is there with arguments chosen to be awkward. Each input
 * runs in two new states at once: equal seeds say equal things, so that no address can be among them. Nothing
 * of Lua's own is reached, and what a script may take is what it takes.
 */
#include "base/text.h"
#include "bindings/state/sandbox.h"
#include "fuzz.h"

#include <lauxlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { BUDGET = 300000, MEMORY = 8 << 20, SAID = 1 << 16, CALLS = 60, ARGUMENTS = 5 };

struct run {
    struct cf_lua lua;
    struct cf_error err;
    const char *text;
    size_t length;
    struct cf_buffer said;
    const void *forbidden[3]; /* tables that no script may hold */
};

/* ---- Calls, made of the input ---- */

static const char *const functions[] = {
    "assert",         "error",        "getmetatable", "ipairs",       "pairs",          "pcall",
    "rawequal",       "rawget",       "rawlen",       "select",       "setmetatable",   "tonumber",
    "tostring",       "type",         "string.byte",  "string.char",  "string.find",    "string.format",
    "string.gmatch",  "string.gsub",  "string.len",   "string.lower", "string.match",   "string.rep",
    "string.reverse", "string.sub",   "string.upper", "table.concat", "table.insert",   "table.move",
    "table.pack",     "table.remove", "table.sort",   "table.unpack", "utf8.char",      "utf8.codepoint",
    "utf8.codes",     "utf8.len",     "utf8.offset",  "math.abs",     "math.ceil",      "math.floor",
    "math.fmod",      "math.log",     "math.max",     "math.random",  "math.tointeger", "math.type",
    "math.ult",       "plus",         "less",         "join",         "index",          "iterate",
};

static const char *const values[] = {
    "nil",
    "true",
    "0",
    "1",
    "-1",
    "3",
    "255",
    "0.5",
    "2^53",
    "0/0",
    "1/0",
    "-1/0",
    "1e15",
    "math.maxinteger",
    "math.mininteger",
    "''",
    "'\\0'",
    "'%'",
    "'%s %d %q %c %5.3f'",
    "'%1'",
    "('x'):rep(300)",
    "'[^'",
    "'(()'",
    "'%b()'",
    "'%f[%w]'",
    "'.-.-.-b'",
    "'a*'",
    "'\\xff\\xfe'",
    "'0x10'",
    "'ä'",
    "'__gc'",
    "'%p'",
    "{}",
    "{1, 2, 3}",
    "{3, 'x', 1}",
    "own",
    "odd",
    "liar",
    "echo",
    "fails",
    "forever",
    "minute",
    "2 * hour",
    "day",
    "string",
    "table",
    "math",
    "_ENV",
    "tostring",
    "{__gc = echo}",
    "{__index = index, __len = echo}",
    "{__tostring = tostring, __name = 'n'}",
};

static const char prelude[] =
    "local own, r = {}, {}\n"
    "own.own, own[own] = own, own\n"
    "local function echo(...) return ... end\n"
    "local function fails(x) error(x) end\n"
    "local function forever() while true do end end\n"
    "local function plus(a, b) return a + b, a - b, a * b, a // b, a % b, a .. b end\n"
    "local function less(a, b) return a < b, a <= b, a == b end\n"
    "local function join(a, b) return #a, -a, ~b, a & b, a << b end\n"
    "local function index(a, b) a[b] = a return a[b] end\n"
    "local function iterate(a, b, c) for k, v in a, b, c do say(k, v) end end\n"
    "local liar = setmetatable({}, { __len = function () return 1e9 end, __index = echo, __lt = fails,\n"
    "  __tostring = function () return {} end, __eq = forever, __close = forever, __call = echo })\n"
    "local odd = setmetatable({ 1, 2 }, { __len = function () return 3 end, __lt = function () return true end,\n"
    "  __index = function (t, k) return k end, __newindex = echo, __concat = function () return 'c' end,\n"
    "  __tostring = function () return 'odd' end, __call = function (...) return ... end, __name = 'x',\n"
    "  __pairs = forever, __metatable = own })\n"
    "local function call(f, ...)\n"
    "  local ok, a, b = pcall(f, ...)\n"
    "  say(ok, a, b)\n"
    "  return a\n"
    "end\n";

static void add_value(struct cf_buffer *out, unsigned byte, int calls)
{
    if (byte >= 192 && calls > 0)
        cf_buffer_printf(out, "r[%u]", 1 + byte % (unsigned)calls);
    else
        cf_buffer_puts(out, values[byte % COUNT(values)]);
}

static void make_calls(const uint8_t *data, size_t size, struct cf_buffer *out)
{
    cf_buffer_puts(out, prelude);
    size_t at = 0;
    for (int calls = 0; calls < CALLS && at + 1 < size; calls++) {
        cf_buffer_printf(out, "r[%d] = call(%s", calls + 1, functions[data[at] % COUNT(functions)]);
        unsigned arguments = data[at + 1] % ARGUMENTS;
        at += 2;
        for (unsigned i = 0; i < arguments && at < size; i++, at++) {
            cf_buffer_puts(out, ", ");
            add_value(out, data[at], calls);
        }
        cf_buffer_puts(out, ")\n");
    }
}

/* ---- A run ---- */

static void check_value(const struct run *run, lua_State *L, int index)
{
    for (size_t i = 0; i < COUNT(run->forbidden); i++)
        fuzz_check(lua_topointer(L, index) != run->forbidden[i]);
    fuzz_check(lua_type(L, index) != LUA_TTHREAD);
}

static int say(lua_State *L)
{
    struct run *run = cf_lua_of(L)->owner;
    for (int i = 1, top = lua_gettop(L); i <= top; i++) {
        check_value(run, L, i);
        lua_pushvalue(L, i);
        const char *text = cf_lua_push_text(L, lua_gettop(L));
        if (run->said.length < SAID)
            cf_buffer_add(&run->said, text, lua_rawlen(L, -1));
        cf_buffer_puts(&run->said, "\n");
        lua_settop(L, top);
    }
    return 0;
}

static int main_of(lua_State *L)
{
    struct run *run = lua_touserdata(L, 1);
    lua_pushvalue(L, LUA_REGISTRYINDEX);
    lua_pushglobaltable(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    for (int i = 0; i < 3; i++)
        run->forbidden[i] = lua_topointer(L, 2 + i);
    lua_settop(L, 1);
    cf_lua_push_globals(L, 7);
    lua_pushcfunction(L, say);
    lua_setfield(L, 2, "say");
    cf_lua_load_text(L, "@fuzz.lua", run->text, run->length);
    cf_lua_push_env(L, 2);
    cf_lua_set_env(L);
    lua_call(L, 0, 0);
    return 0;
}

static void start(struct run *run, const char *text, size_t length)
{
    *run = (struct run){.text = text, .length = length};
    fuzz_check(cf_lua_open(&run->lua, MEMORY, BUDGET, &run->err) == 0);
    run->lua.owner = run;
    int code = cf_lua_protect(&run->lua, main_of, run, &run->err);
    fuzz_check(code == 0 || (code == CF_POLICY && run->err.text[0]));
    fuzz_check(code != 0 || run->lua.over == CF_LUA_WITHIN);
    fuzz_check(run->lua.used <= MEMORY && run->lua.held == 0 && lua_gettop(run->lua.L) == 0);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    /* What this budget buys takes some milliseconds; else something is done that is not paid for. Only in
     * long searches, since a time is no test. */
    fuzz_check(run->lua.over != CF_LUA_OVER_TIME);
#endif
}

static void finish(struct run *run)
{
    cf_lua_close(&run->lua);
    fuzz_check(run->lua.used == 0);
    cf_buffer_finish(&run->said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cf_buffer text = {0};
    struct run first, again;
    cf_buffer_puts(&text, "");
    if (size > 0 && data[0] % 2)
        make_calls(data + 1, size - 1, &text);
    else if (size > 0)
        cf_buffer_add(&text, (const char *)data + 1, size - 1);
    start(&first, text.data ? text.data : "", text.length);
    start(&again, text.data ? text.data : "", text.length);
    /* Near a limit the bytes that a table takes, which depend on chance, may tip the scales. */
    if (first.lua.over == CF_LUA_WITHIN && again.lua.over == CF_LUA_WITHIN) {
        fuzz_check(first.err.code == again.err.code && strcmp(first.err.text, again.err.text) == 0);
        fuzz_check(first.said.length == again.said.length);
        fuzz_check(first.said.length == 0 ||
                   memcmp(first.said.data, again.said.data, first.said.length) == 0);
    }
    finish(&first);
    finish(&again);
    cf_buffer_finish(&text);
    return 0;
}
