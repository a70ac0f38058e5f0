/* What scripts may use of Lua's own libraries, and tables that nobody changes. */
#ifndef CF_BINDINGS_SANDBOX_H
#define CF_BINDINGS_SANDBOX_H

#include "bindings/state/state.h"

#include <stdint.h>

/*
 * Pushes a new table of globals: the allowed functions, the units and values of time (time_values.h). `seed`
 * makes math.random the same on every run. `pairs` goes in order of the keys and `table.sort` is stable, so
 * that nothing a script does depends on addresses or on chance.
 */
void cf_lua_push_globals(lua_State *L, uint64_t seed);

/* Replaces the table on top by one that reads through it and throws on every assignment. `what`: "clock", or
 * NULL for the globals themselves. */
void cf_lua_lock(lua_State *L, const char *what);

/* Locks every table among the globals at `globals`, then pushes a locked view of them: the _ENV of a script.
 */
void cf_lua_push_env(lua_State *L, int globals);

/* Makes the table on top the _ENV of the chunk below it; pops it. */
void cf_lua_set_env(lua_State *L);

/* Pushes an array of the keys of the table at `index`, in order; throws at a key that has none (tables,
 * functions). */
void cf_lua_push_keys(lua_State *L, int index);

/* Pushes the value as tostring() gives it: no addresses. */
const char *cf_lua_push_text(lua_State *L, int index);

#endif
