/*
 * The userdata that scripts can hold. Each begins with this record, so that telling them apart takes one
 * look; no library that is open to scripts makes any other.
 */
#ifndef CF_BINDINGS_OBJECTS_H
#define CF_BINDINGS_OBJECTS_H

#include "calendar/calendar.h"
#include "session/registry.h"

#include <lua.h>

enum cf_lua_kind { CF_LUA_SESSION = 1, CF_LUA_NOTICE, CF_LUA_CALENDAR };

struct cf_lua_object {
    enum cf_lua_kind kind;
    union {
        cf_session_key session;
        struct {
            uint64_t id;
            bool delivered;
        } notice;
        struct {
            struct cf_calendar *calendar; /* a reference, NULL until there is one */
            size_t held;                  /* bytes that it is charged with */
        };
    };
};

/* The object at `index`, NULL where the value is none of this kind. */
static inline struct cf_lua_object *cf_lua_object(lua_State *L, int index, enum cf_lua_kind kind)
{
    if (lua_type(L, index) != LUA_TUSERDATA)
        return NULL;
    struct cf_lua_object *object = lua_touserdata(L, index);
    return object->kind == kind ? object : NULL;
}

#endif
