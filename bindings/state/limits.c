/*
 * Lua's own functions that go through more than the count hook sees: each pays for its steps from the budget.
 * Their work is done by the originals, which are upvalues, wherever these ask nothing twice.
 */
#include "bindings/state/limits.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

/* ---- Text ---- */

static int rep(lua_State *L)
{
    size_t length, gap;
    (void)luaL_checklstring(L, 1, &length);
    lua_Integer times = luaL_checkinteger(L, 2);
    (void)luaL_optlstring(L, 3, "", &gap);
    if (times > 0 && length + gap == 0) {
        lua_pushliteral(L, ""); /* which Lua's own would go about that many times */
        return 1;
    }
    if (times > 0 && length + gap > (size_t)(CF_LUA_STRING / times))
        cf_lua_throw(L, "string.rep: this text would be longer than %d KiB, the most there may be",
                     CF_LUA_STRING >> 10);
    return cf_lua_original(L);
}

/* Functions that read a text, their first argument, through. Upvalue 2: the name. */
static int read_text(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING)
        cf_lua_spend(L, lua_tostring(L, lua_upvalueindex(2)), lua_rawlen(L, 1) / 2);
    return cf_lua_original(L);
}

/* ---- Tables ---- */

static void spend_range(lua_State *L, const char *what, lua_Integer first, lua_Integer last)
{
    if (first <= last)
        cf_lua_spend(L, what, (lua_Unsigned)last - (lua_Unsigned)first);
}

/* Functions of a range, which goes to the table's end where argument `last` is nil. Said here, because a
 * table that is asked for its length twice may lie the second time. */
static int go_through(lua_State *L, const char *what, int first, int last)
{
    lua_settop(L, last);
    if (lua_isnil(L, last)) {
        lua_pushinteger(L, luaL_len(L, 1));
        lua_replace(L, last);
    }
    spend_range(L, what, luaL_optinteger(L, first, 1), luaL_checkinteger(L, last));
    return cf_lua_original(L);
}

static int concat(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    return go_through(L, "table.concat", 3, 4);
}

static int unpack(lua_State *L)
{
    return go_through(L, "table.unpack", 2, 3);
}

static int move(lua_State *L)
{
    spend_range(L, "table.move", luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
    return cf_lua_original(L);
}

static int insert(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer end = (lua_Integer)((lua_Unsigned)luaL_len(L, 1) + 1), place = end;
    int count = lua_gettop(L);
    if (count != 2 && count != 3)
        cf_lua_throw(L, "table.insert wants a table, perhaps a position, and a value");
    if (count == 3) {
        place = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)place - 1 < (lua_Unsigned)end, 2, "position out of bounds");
        spend_range(L, "table.insert", place, end);
    }
    for (lua_Integer i = end; i > place; i--) {
        lua_geti(L, 1, i - 1);
        lua_seti(L, 1, i);
    }
    lua_seti(L, 1, place);
    return 0;
}

static int remove_item(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer size = luaL_len(L, 1), place = luaL_optinteger(L, 2, size);
    luaL_argcheck(L, place == size || (lua_Unsigned)place - 1 <= (lua_Unsigned)size, 2,
                  "position out of bounds");
    lua_settop(L, 1);
    lua_geti(L, 1, place);
    spend_range(L, "table.remove", place, size);
    for (; place < size; place++) {
        lua_geti(L, 1, place + 1);
        lua_seti(L, 1, place);
    }
    lua_pushnil(L);
    lua_seti(L, 1, place);
    return 1;
}

/* ---- In their places ---- */

void cf_lua_wrap(lua_State *L, const char *library, const char *name, lua_CFunction fn)
{
    lua_getfield(L, -1, name);
    lua_pushfstring(L, "%s.%s", library, name);
    lua_pushcclosure(L, fn, 2);
    lua_setfield(L, -2, name);
}

int cf_lua_original(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void cf_lua_limit(lua_State *L, const char *library)
{
    static const struct {
        const char *library, *name;
        lua_CFunction fn;
    } limited[] = {
        {"string", "byte", read_text},
        {"string", "rep", rep},
        {"table", "concat", concat},
        {"table", "insert", insert},
        {"table", "move", move},
        {"table", "remove", remove_item},
        {"table", "unpack", unpack},
        {"utf8", "codepoint", read_text},
        {"utf8", "len", read_text},
        {"utf8", "offset", read_text},
        {LUA_GNAME, "rawequal", read_text},
        {LUA_GNAME, "tonumber", read_text},
    };
    for (size_t i = 0; i < sizeof limited / sizeof *limited; i++)
        if (strcmp(limited[i].library, library) == 0)
            cf_lua_wrap(L, library, limited[i].name, limited[i].fn);
}
