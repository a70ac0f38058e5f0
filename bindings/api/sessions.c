/* The table `sessions`: which sessions a policy means. */
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include <lauxlib.h>
#include <string.h>

/* ---- Selectors ----------------------------------------------------------------------------------------- */

/* Throws unless the value on top, of the condition `field`, is text, a list of texts, true or false. */
static void check_condition(lua_State *L, const char *field, const char *what)
{
    if (lua_type(L, -1) == LUA_TSTRING || lua_isboolean(L, -1))
        return;
    if (!lua_istable(L, -1))
        cf_lua_throw(L, "%s: %s must be text, a list of texts, true or false, not %s", what, field,
                     cf_lua_quote(L, -1));
    int list = lua_gettop(L);
    lua_Integer count = (lua_Integer)lua_rawlen(L, list);
    if (count == 0 || count > CF_LUA_PATTERNS)
        cf_lua_throw(L, "%s: %s must list one to %d texts", what, field, CF_LUA_PATTERNS);
    for (lua_Integer i = 1; i <= count; i++, lua_pop(L, 1))
        if (lua_rawgeti(L, list, i) != LUA_TSTRING)
            cf_lua_throw(L, "%s: %s must list texts, not %s", what, field, cf_lua_quote(L, -1));
}

/* Adds the condition whose checked value is on top. Does not throw. */
static int add_condition(lua_State *L, struct cf_selector *selector, const char *field, struct cf_error *err)
{
    if (lua_isboolean(L, -1))
        return cf_selector_add_flag(selector, field, lua_toboolean(L, -1), err);
    const char *patterns[CF_LUA_PATTERNS + 1] = {NULL};
    if (lua_type(L, -1) == LUA_TSTRING) {
        patterns[0] = lua_tostring(L, -1);
        return cf_selector_add_text(selector, field, patterns, err);
    }
    for (lua_Integer i = 0, count = (lua_Integer)lua_rawlen(L, -1); i < count; i++) {
        lua_rawgeti(L, -1, i + 1);
        patterns[i] = lua_tostring(L, -1); /* which the list keeps */
        lua_pop(L, 1);
    }
    return cf_selector_add_text(selector, field, patterns, err);
}

/* One more of these is declared: each has work, or a run, for each session, at once. */
static void count_declared(lua_State *L, int kind, const char *what)
{
    if (++cf_lua_script_of(L)->declared[kind] > CF_LUA_WATCHES)
        cf_lua_throw(
            L,
            "%s: a policy may do this %d times; let one function see to more, by a selector that lists them",
            what, CF_LUA_WATCHES);
}

/* A selector out of the table at `index`; the caller owns it. Everything that may throw comes before it is
 * made. */
static struct cf_selector *check_selector(lua_State *L, int index, const char *what)
{
    bool declared = cf_lua_script_of(L)->running == NULL; /* else it is the one of sessions.list */
    cf_lua_declare(L, what, declared ? CF_LUA_DECLARED : 0);
    if (!lua_istable(L, index))
        cf_lua_throw(L, "%s wants a selector such as { class = \"user\" }, not %s", what,
                     cf_lua_quote(L, index));
    cf_lua_push_keys(L, index);
    int keys = lua_gettop(L);
    lua_Integer count = (lua_Integer)lua_rawlen(L, keys);
    luaL_checkstack(L, 8, what);
    for (lua_Integer i = 1; i <= count; i++, lua_settop(L, keys)) {
        lua_rawgeti(L, keys, i);
        if (lua_type(L, -1) != LUA_TSTRING)
            cf_lua_throw(L, "%s: a selector has names, as in { class = \"user\" }, not %s", what,
                         cf_lua_quote(L, -1));
        lua_pushvalue(L, -1);
        lua_rawget(L, index);
        check_condition(L, lua_tostring(L, -2), what);
        if (declared)
            cf_lua_declare(L, what, CF_LUA_PATTERN * (lua_istable(L, -1) ? lua_rawlen(L, -1) : 1));
    }

    struct cf_selector *selector = cf_selector_create();
    struct cf_error err = {0};
    int code = 0;
    for (lua_Integer i = 1; i <= count && code == 0; i++, lua_settop(L, keys)) {
        lua_rawgeti(L, keys, i);
        lua_pushvalue(L, -1);
        lua_rawget(L, index);
        code = add_condition(L, selector, lua_tostring(L, -2), &err);
    }
    if (code < 0) {
        cf_selector_destroy(selector);
        cf_lua_throw(L, "%s: %s", what, err.text);
    }
    return selector;
}

/* ---- The functions ------------------------------------------------------------------------------------- */

static int watch(lua_State *L)
{
    lua_settop(L, 2);
    cf_lua_check_loading(L, "sessions.watch");
    if (!lua_isfunction(L, 2))
        cf_lua_throw(L, "sessions.watch wants a function behind the selector, not %s", cf_lua_quote(L, 2));
    count_declared(L, 0, "sessions.watch");
    lua_pushvalue(L, 2);
    int function = luaL_ref(L, LUA_REGISTRYINDEX);
    cf_policy_watch(cf_lua_script_of(L)->policy, check_selector(L, 1, "sessions.watch"), (uint64_t)function);
    return 0;
}

static int list(lua_State *L)
{
    struct cf_lua_script *script = cf_lua_script_of(L);
    lua_settop(L, 1);
    cf_selector_destroy(script->listing);
    script->listing = NULL;
    if (!lua_isnil(L, 1))
        script->listing = check_selector(L, 1, "sessions.list");
    cf_lua_note_read(L, 0, cf_selector_fields(script->listing));
    lua_newtable(L);
    lua_Integer count = 0;
    size_t weight = cf_selector_weight(script->listing);
    for (cf_session_key key = 0; (key = cf_engine_next_session(script->engine, key));) {
        cf_lua_spend(L, "sessions.list", weight);
        enum cf_tri meant = cf_selector_match(script->listing, cf_engine_session(script->engine, key));
        if (meant == CF_TRI_UNKNOWN)
            cf_lua_doubt(L, "what sessions.list selects by", "");
        if (meant != CF_TRI_YES)
            continue;
        cf_lua_push_session(L, key);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

/* What a veto's function returned: text is its reason, nil and false are none. */
static int answer(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    if (lua_type(L, -1) == LUA_TSTRING)
        cf_task_answer(cf_lua_script_of(L)->running->task,
                       *lua_tostring(L, -1) ? cf_lua_check_reason(L, lua_gettop(L), "sessions.protect") : "");
    else if (lua_toboolean(L, -1))
        cf_lua_throw(L,
                     "sessions.protect: the function returns the reason for a veto, or nothing, but not %s",
                     cf_lua_quote(L, -1));
    return 0;
}

static int call_veto(lua_State *L)
{
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_callk(L, 1, 1, 0, answer);
    return answer(L, LUA_OK, 0);
}

static int protect(lua_State *L)
{
    static const char *const known[] = {"at_most", NULL};
    lua_settop(L, 3);
    cf_lua_check_loading(L, "sessions.protect");
    if (!lua_isfunction(L, 2))
        cf_lua_throw(L, "sessions.protect wants a function behind the selector, not %s", cf_lua_quote(L, 2));
    count_declared(L, 1, "sessions.protect");
    cf_lua_check_keys(L, 3, "sessions.protect", known);
    struct cf_span at_most = {CF_UNKNOWN_US};
    if (lua_istable(L, 3) && lua_getfield(L, 3, "at_most") != LUA_TNIL)
        at_most = cf_lua_check_patience(L, -1, "at_most");
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, call_veto, 1);
    int function = luaL_ref(L, LUA_REGISTRYINDEX);
    struct cf_policy *policy = cf_lua_script_of(L)->policy;
    cf_policy_protect(policy, check_selector(L, 1, "sessions.protect"), at_most, (uint64_t)function);
    return 0;
}

static int on(lua_State *L)
{
    static const char *const events[] = {"logon",      "logoff",    "lock", "unlock",
                                         "disconnect", "reconnect", NULL};
    lua_settop(L, 2);
    cf_lua_check_loading(L, "sessions.on");
    const char *name = cf_lua_check_text(L, 1, "sessions.on");
    int event = 0;
    while (events[event] && strcmp(events[event], name) != 0)
        event++;
    if (!events[event])
        cf_lua_throw(
            L,
            "sessions.on: there is no event '%s'; there are logon, logoff, lock, unlock, disconnect and "
            "reconnect",
            name);
    if (!lua_isfunction(L, 2))
        cf_lua_throw(L, "sessions.on wants a function behind the event, not %s", cf_lua_quote(L, 2));
    count_declared(L, 2, "sessions.on");
    cf_lua_declare(L, "sessions.on", CF_LUA_DECLARED);
    cf_policy_on(cf_lua_script_of(L)->policy, (enum cf_policy_event)event,
                 (uint64_t)luaL_ref(L, LUA_REGISTRYINDEX));
    return 0;
}

void cf_lua_add_sessions(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"watch", watch}, {"list", list}, {"protect", protect}, {"on", on}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "sessions");
}
