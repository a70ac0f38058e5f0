/* `log` and the table `host`. */
#include "bindings/script.h"
#include "bindings/state/sandbox.h"

#include <lauxlib.h>
#include <string.h>

static int write_log(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_type(L, 1) != LUA_TSTRING) {
        cf_lua_push_text(L, 1);
        lua_replace(L, 1);
    }
    char text[CF_LUA_TEXT];
    struct cf_lua_template template = {
        .what = "log", .text = cf_lua_check_template(L, 1, "log"), .values = 2};
    cf_lua_fill(L, &template, text);
    cf_policy_log(cf_lua_script_of(L)->policy, text);
    return 0;
}

/* host.refuse_logons(text, values), or without any: allows them again. */
static int refuse_logons(lua_State *L)
{
    static const char what[] = "host.refuse_logons";
    enum { TEXT = 1, VALUES };
    lua_settop(L, VALUES);
    (void)cf_lua_task(L, what, false);
    const struct cf_lua_script *script = cf_lua_script_of(L);
    char text[CF_LUA_TEXT];
    if (!lua_isnil(L, TEXT)) {
        struct cf_lua_template template = {.what = what, .values = VALUES};
        template.text = cf_lua_translate(script, 0, cf_lua_check_template(L, TEXT, what), &template.language);
        cf_lua_fill(L, &template, text);
    }
    struct cf_error err = {0};
    if (cf_policy_refuse_logons(script->policy, lua_isnil(L, TEXT) ? NULL : text, &err) < 0)
        cf_lua_throw(L, "%s: %s", what, err.text);
    return 0;
}

/* Asked when read, because a policy loads before its host is reached. */
static int get_field(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (strcmp(name, "name") == 0)
        lua_pushstring(L, cf_engine_host_name(cf_lua_script_of(L)->engine));
    else if (strcmp(name, "refuse_logons") == 0)
        lua_pushcfunction(L, refuse_logons);
    else
        cf_lua_throw(L, "host has name and refuse_logons, but no %s", cf_lua_push_text(L, 2));
    return 1;
}

void cf_lua_add_host(lua_State *L)
{
    lua_pushcfunction(L, write_log);
    lua_setfield(L, -2, "log");
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, get_field);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "host");
}
