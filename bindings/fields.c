#include "bindings/fields.h"

#include "bindings/state/time_values.h"

static void push_list(lua_State *L, char *const *items)
{
    if (!items) {
        lua_pushnil(L);
        return;
    }
    lua_newtable(L);
    for (lua_Integer i = 0; items[i]; i++) {
        lua_pushstring(L, items[i]);
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_tri(lua_State *L, enum cf_tri tri)
{
    if (tri == CF_TRI_UNKNOWN)
        lua_pushnil(L);
    else
        lua_pushboolean(L, tri == CF_TRI_YES);
}

static void push_number(lua_State *L, int64_t number)
{
    if (number == CF_NUMBER_UNKNOWN)
        lua_pushnil(L);
    else
        lua_pushinteger(L, number);
}

static void push_since(lua_State *L, const struct cf_session *session, enum cf_field field,
                       struct cf_mono now)
{
    bool not_at_all = (field == CF_FIELD_LOCKED_FOR && session->locked == CF_TRI_NO) ||
                      (field == CF_FIELD_DISCONNECTED_FOR && session->disconnected == CF_TRI_NO);
    if (not_at_all)
        cf_lua_of(L)->stood_still = true;
    cf_lua_push_span(L, not_at_all ? (struct cf_span){0} : cf_session_span(session, field, now));
}

void cf_lua_push_field(lua_State *L, const struct cf_session *session, enum cf_field field,
                       struct cf_mono now)
{
    switch (cf_fields[field].type) {
    case CF_TYPE_STRING: lua_pushstring(L, cf_session_string(session, field)); break;
    case CF_TYPE_LIST: push_list(L, cf_session_list(session, field)); break;
    case CF_TYPE_NUMBER: push_number(L, cf_session_number(session, field)); break;
    case CF_TYPE_TRI: push_tri(L, cf_session_tri(session, field)); break;
    case CF_TYPE_SINCE: push_since(L, session, field, now); break;
    case CF_TYPE_INSTANT:
        if (cf_instant_known(session->logon)) /* the only one there is */
            cf_lua_push_instant(L, session->logon);
        else
            lua_pushnil(L);
        break;
    }
}
