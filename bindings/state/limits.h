/* Lua's own functions that go through more than the budget's hook sees, paying for it. */
#ifndef CF_BINDINGS_LIMITS_H
#define CF_BINDINGS_LIMITS_H

#include "bindings/state/state.h"

/*
 * In the library on top ("string"…), puts `fn` in the place of the function `name`. Its upvalues are the
 * original and "string.rep", say. cf_lua_original goes on as the original, as if that had been called.
 */
void cf_lua_wrap(lua_State *L, const char *library, const char *name, lua_CFunction fn);
int cf_lua_original(lua_State *L);

/* Limits the functions of the library on top that go through more than the budget's hook sees. */
void cf_lua_limit(lua_State *L, const char *library);

/* patterns.c: adds find, match, gmatch and gsub to the table on top. */
void cf_lua_add_patterns(lua_State *L);

#endif
