/* A session in a script: an object that holds its key, and asks the engine at each access to a field. */
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include "base/text.h"

#include <assert.h>
#include <lauxlib.h>
#include <string.h>

/* Fields that are not in the table of fields, because they make up the identity. */
enum { FIELD_ID = CF_FIELD_COUNT, FIELD_HOST };

/* Where the state keeps its sessions: [address] = { [key] = object }, weak. */
static const char sessions_key, metatable_key;

void cf_lua_push_session(lua_State *L, cf_session_key key)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &sessions_key);
    if (lua_rawgeti(L, -1, (lua_Integer)key) == LUA_TNIL) {
        lua_pop(L, 1);
        struct cf_lua_object *object = lua_newuserdatauv(L, sizeof *object, 0);
        *object = (struct cf_lua_object){.kind = CF_LUA_SESSION, .session = key};
        lua_rawgetp(L, LUA_REGISTRYINDEX, &metatable_key);
        lua_setmetatable(L, -2);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, (lua_Integer)key);
    }
    lua_remove(L, -2);
}

/* ---- Fields -------------------------------------------------------------------------------------------- */

/* Lua keeps one copy of each short text, so that equal names have equal addresses. */
static struct cf_lua_name *find_name(struct cf_lua_script *script, const char *text)
{
    size_t place = ((uintptr_t)text >> 4) % CF_LUA_NAMES;
    while (script->names[place].text && script->names[place].text != text)
        place = (place + 1) % CF_LUA_NAMES;
    return &script->names[place];
}

static int refuse_name(lua_State *L)
{
    const char *name = cf_lua_push_text(L, 2);
    struct cf_near nearest = {.wanted = name};
    for (int i = 0; cf_lua_session_methods[i].name; i++)
        cf_near_try(&nearest, cf_lua_session_methods[i].name);
    for (int field = 0; field < CF_FIELD_COUNT; field++)
        cf_near_try(&nearest, cf_fields[field].name);
    if (nearest.word)
        cf_lua_throw(L, "a session has no field '%s'; did you mean '%s'?", name, nearest.word);
    cf_lua_throw(L, "a session has no field '%s'", name);
}

/* Of a session that has ended, nothing is known: spans are unknown ones, all else is nil. */
static void push_of_nobody(lua_State *L, int what)
{
    if (cf_lua_of(L)->condition)
        cf_lua_of(L)->condition->tainted = true;
    cf_lua_doubt(L, "a session that has ended", "");
    if (what < CF_FIELD_COUNT && cf_fields[what].type == CF_TYPE_SINCE)
        cf_lua_push_span(L, (struct cf_span){CF_UNKNOWN_US});
    else
        lua_pushnil(L);
}

/* Upvalue: the methods, in order. */
static int get_field(lua_State *L)
{
    struct cf_lua_script *script = cf_lua_script_of(L);
    const struct cf_lua_object *object = lua_touserdata(L, 1);
    const struct cf_lua_name *name =
        lua_type(L, 2) == LUA_TSTRING ? find_name(script, lua_tostring(L, 2)) : &(struct cf_lua_name){0};
    if (!name->text)
        return refuse_name(L);
    if (name->what < 0) {
        lua_rawgeti(L, lua_upvalueindex(1), -name->what);
        return 1;
    }
    const struct cf_session *session = cf_engine_session(script->engine, object->session);
    if (!session)
        push_of_nobody(L, name->what);
    else if (name->what == FIELD_ID)
        lua_pushstring(L, session->identity.id);
    else if (name->what == FIELD_HOST)
        lua_pushstring(L, session->identity.host);
    else
        return cf_lua_read_field(L, object->session, session, (enum cf_field)name->what);
    return 1;
}

static int refuse_set(lua_State *L)
{
    cf_lua_throw(L, "session.%s cannot be set: a session's fields are read, not written",
                 cf_lua_push_text(L, 2));
}

static int to_string(lua_State *L)
{
    const struct cf_lua_object *object = lua_touserdata(L, 1);
    const struct cf_session *session = cf_engine_session(cf_lua_script_of(L)->engine, object->session);
    if (session)
        lua_pushfstring(L, "session %s of %s", session->identity.id ? session->identity.id : "?",
                        session->user ? session->user : "somebody unknown");
    else
        lua_pushliteral(L, "a session that has ended");
    return 1;
}

/* ---- The metatables ------------------------------------------------------------------------------------ */

/* Keeps `text` for good (in the table on top) and remembers what it means. */
static void add_name(lua_State *L, const char *text, int what)
{
    assert(strlen(text) <= 40); /* what Lua keeps once */
    const char *kept = lua_pushstring(L, text);
    *find_name(cf_lua_script_of(L), kept) = (struct cf_lua_name){kept, what};
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void push_methods(lua_State *L)
{
    lua_newtable(L);
    lua_newtable(L); /* the names */
    for (int i = 0; cf_lua_session_methods[i].name; i++) {
        add_name(L, cf_lua_session_methods[i].name, -(i + 1));
        lua_pushcfunction(L, cf_lua_session_methods[i].func);
        lua_rawseti(L, -3, i + 1);
    }
    for (int field = 0; field < CF_FIELD_COUNT; field++)
        if (field != CF_FIELD_CPU) /* a method is going to have this name */
            add_name(L, cf_fields[field].name, field);
    add_name(L, "id", FIELD_ID);
    add_name(L, "host", FIELD_HOST);
    lua_rawsetp(L, LUA_REGISTRYINDEX, cf_lua_script_of(L)->names);
}

void cf_lua_add_session(lua_State *L)
{
    lua_createtable(L, 0, 4);
    push_methods(L);
    lua_pushcclosure(L, get_field, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_set);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, to_string);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &metatable_key);

    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &sessions_key);
}
