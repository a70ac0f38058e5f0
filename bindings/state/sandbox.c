#include "bindings/state/sandbox.h"

#include "bindings/state/limits.h"
#include "bindings/state/objects.h"
#include "bindings/state/time_values.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

extern const char cf_embedded_sandbox_lua[];
extern const size_t cf_embedded_sandbox_lua_size;

/* ---- Kinds of values ----------------------------------------------------------------------------------- */

static int type(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushstring(L, cf_lua_type(L, 1));
    return 1;
}

const char *cf_lua_push_text(lua_State *L, int index)
{
    int kind = lua_type(L, index);
    bool addressed = kind == LUA_TTABLE || kind == LUA_TFUNCTION;
    if (addressed && luaL_getmetafield(L, index, "__tostring") == LUA_TNIL)
        return lua_pushstring(L, lua_typename(L, kind));
    lua_settop(L, addressed ? lua_gettop(L) - 1 : lua_gettop(L));
    return luaL_tolstring(L, index, NULL);
}

static int to_string(lua_State *L)
{
    luaL_checkany(L, 1);
    cf_lua_push_text(L, 1);
    return 1;
}

/* ---- pairs, in order ----------------------------------------------------------------------------------- */

struct key {
    enum { NUMBER, TEXT, BOOLEAN, TIME, SESSION } rank;
    bool integer;
    lua_Integer whole; /* a number, a truth value, the bits of a time, a session's key */
    lua_Number number;
    const char *text;
    size_t length;
    lua_Integer place;
};

static struct key key_at(lua_State *L, int index)
{
    struct key key = {.integer = true};
    const struct cf_lua_object *session = cf_lua_object(L, index, CF_LUA_SESSION);
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        key.integer = lua_isinteger(L, index);
        key.whole = lua_tointeger(L, index);
        key.number = lua_tonumber(L, index);
        return key;
    case LUA_TSTRING:
        key.rank = TEXT;
        key.text = lua_tolstring(L, index, &key.length);
        return key;
    case LUA_TBOOLEAN:
        key.rank = BOOLEAN;
        key.whole = lua_toboolean(L, index);
        return key;
    case LUA_TLIGHTUSERDATA:
        key.rank = TIME;
        key.whole = (lua_Integer)(uintptr_t)lua_touserdata(L, index);
        return key;
    default: break;
    }
    if (!session)
        cf_lua_throw(L, "pairs cannot put %s as a key in order", cf_lua_quote(L, index));
    key.rank = SESSION;
    key.whole = (lua_Integer)session->session;
    return key;
}

static int compare(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->rank == TEXT) {
        int sign = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
        return sign ? sign : (a->length > b->length) - (a->length < b->length);
    }
    if (a->integer && b->integer)
        return (a->whole > b->whole) - (a->whole < b->whole);
    return (a->number > b->number) - (a->number < b->number);
}

void cf_lua_push_keys(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lua_newtable(L);
    int keys = lua_gettop(L);
    lua_Integer count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_rawseti(L, keys, ++count);
    }

    struct key *sorted = lua_newuserdatauv(L, (size_t)count * sizeof *sorted + 1, 0);
    for (lua_Integer i = 0; i < count; i++) {
        lua_rawgeti(L, keys, i + 1);
        sorted[i] = key_at(L, -1);
        sorted[i].place = i + 1;
        lua_pop(L, 1);
    }
    cf_lua_spend(L, "pairs", (uint64_t)count * 8);
    qsort(sorted, (size_t)count, sizeof *sorted, compare);

    lua_createtable(L, (int)count, 0);
    for (lua_Integer i = 0; i < count; i++) {
        lua_rawgeti(L, keys, sorted[i].place);
        lua_rawseti(L, -2, i + 1);
    }
    lua_replace(L, keys);
    lua_settop(L, keys);
}

/* Upvalues: the table, its keys, how many of them were given. */
static int next_pair(lua_State *L)
{
    for (lua_Integer i = lua_tointeger(L, lua_upvalueindex(3)) + 1;; i++) {
        if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL)
            return 1;
        cf_lua_spend(L, "pairs", 1);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
            lua_pushinteger(L, i);
            lua_replace(L, lua_upvalueindex(3));
            return 2;
        }
        lua_pop(L, 2); /* removed since */
    }
}

static int pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    cf_lua_push_keys(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_pair, 3);
    return 1;
}

/* ---- What is let through only in part ------------------------------------------------------------------ */

/* A finalizer would run at any time, under no budget. */
static int set_metatable(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            cf_lua_throw(L, "setmetatable: __gc is not to be had here");
        lua_pop(L, 1);
    }
    return cf_lua_original(L);
}

/* An address in a text would make two runs differ. */
static int format(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length), *end = text + length; /* there may be zeros in it */
    for (const char *at = text; (at = memchr(at, '%', (size_t)(end - at)));) {
        at += 1 + strspn(at + 1, "-+ #0123456789.");
        if (*at == 'p')
            cf_lua_throw(L, "string.format: %%p is not to be had here");
        if (at < end)
            at++;
    }
    for (int i = 1, top = lua_gettop(L); i <= top; i++) {
        if (lua_type(L, i) == LUA_TSTRING) /* looked through for zeros */
            cf_lua_spend(L, "string.format", lua_rawlen(L, i) / CF_LUA_TEXT_STEP);
        if (lua_istable(L, i) || lua_isfunction(L, i)) {
            cf_lua_push_text(L, i);
            lua_replace(L, i);
        }
    }
    return cf_lua_original(L);
}

/* ---- The libraries ------------------------------------------------------------------------------------- */

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* Opens a library and leaves its table on top, with the named fields only. */
static void open_library(lua_State *L, const char *name, lua_CFunction open, const char *const *allowed)
{
    luaL_requiref(L, name, open, 0);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (is_among(lua_tostring(L, -2), allowed))
            continue;
        lua_pushvalue(L, -2);
        lua_pushnil(L);
        lua_rawset(L, -5);
    }
    cf_lua_limit(L, name);
}

static void open_base(lua_State *L)
{
    static const char *const allowed[] = {"assert", "error",        "getmetatable", "ipairs",
                                          "pcall",  "rawequal",     "rawget",       "rawlen",
                                          "select", "setmetatable", "tonumber",     NULL};
    static const luaL_Reg own[] = {{"pairs", pairs}, {"tostring", to_string}, {"type", type}, {NULL, NULL}};
    open_library(L, LUA_GNAME, luaopen_base, allowed);
    cf_lua_wrap(L, LUA_GNAME, "setmetatable", set_metatable);
    luaL_setfuncs(L, own, 0);
}

static void add_string(lua_State *L)
{
    static const char *const allowed[] = {"byte", "char",    "format", "len",   "lower",
                                          "rep",  "reverse", "sub",    "upper", NULL};
    open_library(L, LUA_STRLIBNAME, luaopen_string, allowed);
    cf_lua_wrap(L, LUA_STRLIBNAME, "format", format);
    cf_lua_add_patterns(L);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
    lua_setfield(L, -2, "string");
}

static void add_math(lua_State *L, uint64_t seed)
{
    static const char *const allowed[] = {
        "abs", "acos",       "asin", "atan",      "ceil", "cos",    "deg",
        "exp", "floor",      "fmod", "huge",      "log",  "max",    "maxinteger",
        "min", "mininteger", "modf", "pi",        "rad",  "random", "randomseed",
        "sin", "sqrt",       "tan",  "tointeger", "type", "ult",    NULL};
    open_library(L, LUA_MATHLIBNAME, luaopen_math, allowed);
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, (lua_Integer)seed);
    lua_call(L, 1, 0);
    lua_pushnil(L);
    lua_setfield(L, -2, "randomseed");
    lua_setfield(L, -2, "math");
}

static void add_table_and_utf8(lua_State *L)
{
    static const char *const table[] = {"concat", "insert", "move", "pack", "remove", "unpack", NULL};
    static const char *const utf8[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
    open_library(L, LUA_TABLIBNAME, luaopen_table, table);
    cf_lua_load_text(L, "=curfew", cf_embedded_sandbox_lua, cf_embedded_sandbox_lua_size);
    lua_pushvalue(L, -2);
    lua_call(L, 1, 0);
    lua_setfield(L, -2, "table");
    open_library(L, LUA_UTF8LIBNAME, luaopen_utf8, utf8);
    lua_setfield(L, -2, "utf8");
}

void cf_lua_push_globals(lua_State *L, uint64_t seed)
{
    cf_lua_open_time(L);
    open_base(L);
    add_string(L);
    add_math(L, seed);
    add_table_and_utf8(L);
    cf_lua_add_units(L);
}

/* ---- Locks --------------------------------------------------------------------------------------------- */

/* Upvalue: what is locked, or nil for the globals. */
static int refuse_change(lua_State *L)
{
    const char *what = lua_tostring(L, lua_upvalueindex(1));
    const char *key = cf_lua_push_text(L, 2);
    if (what)
        cf_lua_throw(L, "%s.%s cannot be set", what, key);
    cf_lua_throw(L, "'%s' is not a local variable, and globals cannot be set: write local %s = …", key, key);
}

static int refuse_unknown(lua_State *L)
{
    cf_lua_throw(L, "'%s' means nothing here: no local variable and no word of curfew's",
                 cf_lua_push_text(L, 2));
}

void cf_lua_lock(lua_State *L, const char *what)
{
    lua_newtable(L);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, what);
    lua_pushcclosure(L, refuse_change, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_replace(L, -2);
}

void cf_lua_push_env(lua_State *L, int globals)
{
    globals = lua_absindex(L, globals);
    for (lua_pushnil(L); lua_next(L, globals);) {
        if (!lua_istable(L, -1)) {
            lua_pop(L, 1);
            continue;
        }
        cf_lua_lock(L, lua_tostring(L, -2));
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, globals);
    }
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, refuse_unknown);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, globals);
    lua_pushvalue(L, globals);
    cf_lua_lock(L, NULL);
}

void cf_lua_set_env(lua_State *L)
{
    lua_setupvalue(L, -2, 1);
}
