/* `store`: what the policy keeps. */
#include "bindings/json.h"
#include "bindings/script.h"

#include "engine/records/store.h"

#include <lauxlib.h>
#include <string.h>

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
    cf_lua_push_kept(L, value);
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
    size_t room = CF_STORE_VALUE;
    json_decref(script->packed);
    script->packed = NULL;
    if (!lua_isnil(L, 2) && cf_lua_keep(L, 2, &room, &script->packed, &err) < 0)
        cf_lua_throw(L, "store.set: '%s': %s", key, err.text);
    size_t memory = script->packed ? cf_json_memory(script->packed) + 2 * strlen(key) : 0;
    cf_lua_hold(L, "store.set", memory); /* as if it took nothing's place */
    script->stored += memory;
    int code = cf_policy_store(script->policy, key, script->packed, &err);
    script->packed = NULL;
    (void)cf_lua_charge_store(script);
    if (code < 0)
        cf_lua_throw(L, "store.set: %s", err.text);
    cf_lua_spend(L, "store.set", 100 + (CF_STORE_VALUE - room) / 4);
    return 0;
}

void cf_lua_add_store(lua_State *L)
{
    static const luaL_Reg functions[] = {{"get", get}, {"set", set}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "store");
}
