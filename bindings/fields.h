/* The fields of a session's record as values of Lua. */
#ifndef CF_BINDINGS_FIELDS_H
#define CF_BINDINGS_FIELDS_H

#include "session/session.h"

#include <lua.h>

/* Pushes the field's value at `now`: nil where it is unknown, but an unknown span where it is a span. */
void cf_lua_push_field(lua_State *L, const struct cf_session *session, enum cf_field field,
                       struct cf_mono now);

#endif
