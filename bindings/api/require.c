/*
 * `require("name")`: a file of the policy's own folder, or of the one of the policies that come with curfew,
 * run once for each policy, with the same words at hand. "lab.hours" is lab/hours.lua; no name leads out of
 * these folders, and no link does.
 */
#include "base/memory.h"
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

enum { NAME = 100, PATH = 4096 }; /* bytes */

/* Whether the name is words of letters, digits, "_" and "-", with single dots between them. */
static bool is_name(const char *name)
{
    bool word = false;
    for (const char *at = name; *at; at++) {
        bool dot = *at == '.';
        if (dot ? !word : !isalnum((unsigned char)*at) && *at != '_' && *at != '-')
            return false;
        word = !dot;
    }
    return word && strlen(name) <= NAME;
}

/* The path without links; false where there is no such file. */
static bool resolve(const char *path, char out[PATH])
{
    uv_fs_t request;
    bool found = uv_fs_realpath(NULL, &request, path, NULL) == 0 && strlen(request.ptr) < PATH;
    if (found)
        (void)snprintf(out, PATH, "%s", (const char *)request.ptr);
    uv_fs_req_cleanup(&request);
    return found;
}

/* The module's file in the folder, without links. False: there is none. */
static bool find_in(lua_State *L, const char *folder, const char *name, char out[PATH])
{
    char root[PATH], path[PATH + NAME + 8];
    if (!resolve(folder, root))
        return false;
    size_t length = strlen(root);
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *dot = path + length; (dot = strchr(dot, '.'));)
        *dot = '/';
    (void)strcat(path, ".lua");
    if (!resolve(path, out))
        return false;
    if (strncmp(out, root, length) != 0 || !strchr("/\\", out[length]))
        cf_lua_throw(L, "require: '%s' is a link that leads out of %s", name, root);
    return true;
}

static void find(lua_State *L, const char *name, char out[PATH])
{
    const struct cf_lua_script *script = cf_lua_script_of(L);
    const char *policy = cf_policy_path(script->policy), *shipped = cf_engine_policy_folder(script->engine);
    size_t length = (size_t)(cf_path_file(policy) - policy);
    char own[PATH];
    (void)snprintf(own, sizeof own, "%.*s", length ? (int)length : 1, length ? policy : ".");
    if (!find_in(L, own, name, out) && !(shipped && find_in(L, shipped, name, out)))
        cf_lua_throw(L, "require: there is no '%s' beside the policy%s%s", name,
                     shipped ? ", and none in " : "", shipped ? shipped : "");
}

/* Upvalues: the globals; the values of the modules by name, false while one is being loaded. */
static int require(lua_State *L)
{
    enum { GLOBALS = lua_upvalueindex(1), MODULES = lua_upvalueindex(2) };
    lua_settop(L, 1);
    cf_lua_check_loading(L, "require");
    const char *name = cf_lua_check_text(L, 1, "require");
    if (!is_name(name))
        cf_lua_throw(
            L,
            "require wants the name of a file beside the policy, such as \"hours\" or \"lab.hours\", "
            "not %s",
            cf_lua_quote(L, 1));
    lua_getfield(L, MODULES, name);
    if (lua_toboolean(L, -1))
        return 1;
    if (!lua_isnil(L, -1))
        cf_lua_throw(L, "require: '%s' is not loaded to its end yet: do these files require each other?",
                     name);
    lua_pushboolean(L, false);
    lua_setfield(L, MODULES, name);

    char path[PATH];
    find(L, name, path);
    struct cf_error err;
    if (cf_policy_trusts(cf_lua_script_of(L)->policy, path, &err) != CF_OK)
        cf_lua_throw(L, "require: %s", err.text);
    cf_lua_load_file(L, path);
    struct cf_lua_script *script = cf_lua_script_of(L);
    cf_lua_declare(L, "require", CF_LUA_DECLARED + strlen(path));
    script->modules = cf_grow(script->modules, script->module_count, sizeof *script->modules);
    script->modules[script->module_count++] = cf_strdup(path);
    lua_pushvalue(L, GLOBALS);
    cf_lua_lock(L, NULL);
    cf_lua_set_env(L);
    lua_call(L, 0, 1);
    struct cf_lua *lua = cf_lua_of(L);
    (void)snprintf(lua->file, sizeof lua->file, "%s",
                   cf_path_file(cf_policy_path(cf_lua_script_of(L)->policy)));
    if (!lua_toboolean(L, -1))
        lua_pushboolean(L, true);
    lua_pushvalue(L, -1);
    lua_setfield(L, MODULES, name);
    return 1;
}

void cf_lua_add_require(lua_State *L)
{
    lua_pushvalue(L, -1);
    lua_newtable(L);
    lua_pushcclosure(L, require, 2);
    lua_setfield(L, -2, "require");
}
