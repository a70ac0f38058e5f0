/* Values of Lua as JSON, in two notations: of data that somebody wrote, and of what policies keep. */
#ifndef CF_BINDINGS_JSON_H
#define CF_BINDINGS_JSON_H

#include "base/error.h"

#include <jansson.h>
#include <lua.h>

enum {
    CF_LUA_DATA_DEPTH = 16,      /* tables in tables */
    CF_LUA_DATA_SIZE = 16 << 20, /* bytes of what data becomes, roughly */
};

/*
 * The value at `index` as data. Lists become arrays, tables with names objects; a table with both,
 * { "idle", limit = "30m" }, an object whose list items are called "1", "2"… An empty table is an empty
 * array. A span becomes text ("30m"). Never throws. CF_POLICY where it is, or holds, something that is no
 * data, with its path: "policies[2].limit: a function is no data".
 */
int cf_lua_json(lua_State *L, int index, json_t **ret_value, struct cf_error *err);

/*
 * The value at `index` as what is kept, so that cf_lua_push_kept pushes an equal one: a span is
 * { "$span": microseconds }, an instant { "$instant": … }; in other objects a key that begins with "$" has
 * one more, and "$7" is the position 7 of a table that is no list. Never throws. CF_POLICY where it cannot be
 * kept, or is larger than *room bytes, roughly, from which what it takes is subtracted.
 */
int cf_lua_keep(lua_State *L, int index, size_t *room, json_t **ret_value, struct cf_error *err);
void cf_lua_push_kept(lua_State *L, const json_t *value);

#endif
