/*
 * `store`: what the policy keeps, as JSON. A span is { "$span": microseconds }, an instant { "$instant": … };
 * in other objects a key that begins with "$" has one more, and "$7" is the position 7 of a table that is no
 * list.
 */
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include "engine/records/store.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 16 }; /* tables in tables */

/* ---- Into the store: nothing here may throw, because JSON values are held ---- */

struct packing {
    int depth;
    size_t
        room; /* bytes left of the largest value, roughly: against tables that hold one another many times */
    struct cf_error *err;
};

static json_t *pack(lua_State *L, struct packing *packing);

static json_t *refuse(const struct packing *packing, const char *what)
{
    (void)cf_error_set(packing->err, CF_POLICY, "%s", what);
    return NULL;
}

/* The key below the top, as text; NULL where it is none that can be kept. */
static const char *pack_key(lua_State *L, struct packing *packing, char out[CF_STORE_KEY + 2])
{
    if (lua_isinteger(L, -2)) {
        (void)snprintf(out, CF_STORE_KEY + 2, "$%lld", (long long)lua_tointeger(L, -2));
        return out;
    }
    size_t length = 0;
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &length) : NULL;
    if (!key || length > CF_STORE_KEY || strlen(key) != length) {
        (void)refuse(packing, "the keys of a table must be short texts or whole numbers");
        return NULL;
    }
    (void)snprintf(out, CF_STORE_KEY + 2, "%s%s", key[0] == '$' ? "$" : "", key);
    return out;
}

static json_t *pack_list(lua_State *L, struct packing *packing)
{
    json_t *list = json_array();
    for (lua_Unsigned i = 1, count = lua_rawlen(L, -1); list && i <= count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        json_t *item = pack(L, packing);
        lua_pop(L, 1);
        if (!item || json_array_append_new(list, item) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

static json_t *pack_named(lua_State *L, struct packing *packing)
{
    json_t *object = json_object();
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        char name[CF_STORE_KEY + 2];
        const char *key = pack_key(L, packing, name);
        json_t *item = key ? pack(L, packing) : NULL;
        if (item && json_object_set_new(object, key, item) == 0)
            continue;
        if (item)
            (void)refuse(packing, "the keys of a table must be text in UTF-8");
        lua_pop(L, 2);
        json_decref(object);
        return NULL;
    }
    return object;
}

static bool is_list(lua_State *L)
{
    lua_Unsigned count = 0, length = lua_rawlen(L, -1);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1), count++) {
        if (!lua_isinteger(L, -2) || (lua_Unsigned)lua_tointeger(L, -2) - 1 >= length) {
            lua_pop(L, 2);
            return false;
        }
    }
    return count == length;
}

static json_t *pack_table(lua_State *L, struct packing *packing)
{
    if (packing->depth == DEPTH || !lua_checkstack(L, 6))
        return refuse(packing, "too many tables in tables; does one hold itself?");
    packing->depth++;
    json_t *value = is_list(L) ? pack_list(L, packing) : pack_named(L, packing);
    packing->depth--;
    return value;
}

static json_t *pack_time(lua_State *L)
{
    bool span = !cf_lua_is_instant(L, -1);
    int64_t us = span ? cf_lua_to_span(L, -1).us : cf_lua_to_instant(L, -1).us;
    return json_pack("{s:I}", span ? "$span" : "$instant", (json_int_t)us);
}

/* The value on top, which stays; NULL and an error where it cannot be kept. */
static json_t *pack(lua_State *L, struct packing *packing)
{
    size_t length = 2;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (length > packing->room)
        return refuse(packing, "it is too large to be kept");
    packing->room -= length;
    json_t *value = NULL;
    switch (lua_type(L, -1)) {
    case LUA_TTABLE: return pack_table(L, packing);
    case LUA_TSTRING:
        value = json_stringn(text, length);
        return value ? value : refuse(packing, "a text must be in UTF-8");
    case LUA_TBOOLEAN: return json_boolean(lua_toboolean(L, -1));
    case LUA_TLIGHTUSERDATA: return pack_time(L);
    case LUA_TNUMBER:
        value = lua_isinteger(L, -1) ? json_integer(lua_tointeger(L, -1)) : json_real(lua_tonumber(L, -1));
        return value ? value : refuse(packing, "a number must be finite");
    default: break;
    }
    char what[80];
    (void)snprintf(what, sizeof what, "a %s cannot be kept", cf_lua_type(L, -1));
    return refuse(packing, what);
}

/* ---- Out of it ---- */

static void unpack(lua_State *L, const json_t *value);

static bool unpack_time(lua_State *L, const json_t *object)
{
    const json_t *span = json_object_get(object, "$span"), *instant = json_object_get(object, "$instant");
    if (span)
        cf_lua_push_span(L, (struct cf_span){json_integer_value(span)});
    else if (instant)
        cf_lua_push_instant(L, (struct cf_instant){json_integer_value(instant)});
    return span || instant;
}

static void unpack_object(lua_State *L, const json_t *object)
{
    const char *key;
    json_t *value;
    lua_createtable(L, 0, (int)json_object_size(object));
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (key[0] == '$' && key[1] != '$')
            lua_pushinteger(L, strtoll(key + 1, NULL, 10));
        else
            lua_pushstring(L, key + (key[0] == '$'));
        unpack(L, value);
        lua_rawset(L, -3);
    }
}

static void unpack(lua_State *L, const json_t *value)
{
    luaL_checkstack(L, 4, "too many tables in tables");
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        if (!unpack_time(L, value))
            unpack_object(L, value);
        break;
    case JSON_ARRAY:
        lua_createtable(L, (int)json_array_size(value), 0);
        for (size_t i = 0; i < json_array_size(value); i++) {
            unpack(L, json_array_get(value, i));
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        break;
    case JSON_STRING: lua_pushlstring(L, json_string_value(value), json_string_length(value)); break;
    case JSON_INTEGER: lua_pushinteger(L, json_integer_value(value)); break;
    case JSON_REAL: lua_pushnumber(L, json_real_value(value)); break;
    case JSON_NULL: lua_pushnil(L); break;
    default: lua_pushboolean(L, json_is_true(value)); break;
    }
}

/* ---- The functions ---- */

bool cf_lua_charge_store(struct cf_lua_script *script)
{
    size_t memory = cf_policy_store_memory(script->policy);
    if (memory > script->stored && !cf_lua_try_hold(&script->lua, memory - script->stored))
        return false;
    if (memory < script->stored)
        cf_lua_give_back(&script->lua, script->stored - memory);
    script->stored = memory;
    return true;
}

static const char *check_key(lua_State *L, const char *what)
{
    const char *key = cf_lua_check_text(L, 1, what);
    if (strlen(key) > CF_STORE_KEY)
        cf_lua_throw(L, "%s: a key has %d bytes at most", what, CF_STORE_KEY);
    return key;
}

static int get(lua_State *L)
{
    lua_settop(L, 2);
    const json_t *value = cf_policy_stored(cf_lua_script_of(L)->policy, check_key(L, "store.get"));
    if (!value)
        return 1; /* the default */
    cf_lua_spend(L, "store.get", json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY));
    unpack(L, value);
    return 1;
}

static int set(lua_State *L)
{
    lua_settop(L, 2);
    const char *key = check_key(L, "store.set");
    struct cf_lua_script *script = cf_lua_script_of(L);
    if (!script->running)
        cf_lua_throw(L, "store.set works in a task only, so that a policy can be loaded to be looked at");
    if (cf_lua_of(L)->condition)
        cf_lua_throw(L, "store.set is nothing for a condition, which looks, and neither waits nor acts");
    struct cf_error err = {0};
    struct packing packing = {.room = CF_STORE_VALUE, .err = &err};
    json_decref(script->packed);
    script->packed = lua_isnil(L, 2) ? NULL : pack(L, &packing);
    if (!script->packed && !lua_isnil(L, 2))
        cf_lua_throw(L, "store.set: '%s': %s", key, err.text);
    size_t size = CF_STORE_VALUE - packing.room;
    size_t memory = script->packed ? cf_json_memory(script->packed) + 2 * strlen(key) : 0;
    cf_lua_hold(L, "store.set", memory); /* as if it took nothing's place */
    script->stored += memory;
    int code = cf_policy_store(script->policy, key, script->packed, &err);
    script->packed = NULL;
    (void)cf_lua_charge_store(script);
    if (code < 0)
        cf_lua_throw(L, "store.set: %s", err.text);
    cf_lua_spend(L, "store.set", 100 + size / 4);
    return 0;
}

void cf_lua_add_store(lua_State *L)
{
    static const luaL_Reg functions[] = {{"get", get}, {"set", set}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "store");
}
