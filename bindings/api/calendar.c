/* The table `calendar`, and calendars as values: sets of instants with + - *. */
#include "bindings/script.h"
#include "bindings/state/time_values.h"

#include "base/text.h"

#include <lauxlib.h>

#define METATABLE "curfew.calendar"

enum { LOOK_COST = 16 }; /* instructions that a look at a calendar is worth */

static struct cf_calendar *check_calendar(lua_State *L, int index, const char *what)
{
    const struct cf_lua_object *object = cf_lua_object(L, index, CF_LUA_CALENDAR);
    if (!object)
        cf_lua_throw(L, "%s wants a calendar, not %s", what, cf_lua_quote(L, index));
    return object->calendar;
}

/* Pushes an object that has no calendar yet, so that nothing can throw once there is one. */
struct cf_lua_object *cf_lua_push_calendar(lua_State *L)
{
    struct cf_lua_object *object = lua_newuserdatauv(L, sizeof *object, 0);
    *object = (struct cf_lua_object){.kind = CF_LUA_CALENDAR};
    luaL_setmetatable(L, METATABLE);
    return object;
}

void cf_lua_hold_calendar(lua_State *L, struct cf_lua_object *object, const char *what, size_t lines)
{
    size_t bytes = CF_LUA_OF_CALENDAR + lines * CF_LUA_LINE;
    cf_lua_hold(L, what, bytes);
    object->held = bytes;
}

static int collect(lua_State *L)
{
    struct cf_lua_object *object = lua_touserdata(L, 1);
    cf_calendar_unref(object->calendar);
    cf_lua_give_back(cf_lua_of(L), object->held);
    object->held = 0;
    object->calendar = NULL;
    return 0;
}

/* ---- Making -------------------------------------------------------------------------------------------- */

const struct cf_zone *cf_lua_check_zone(lua_State *L, int index, const char *what)
{
    const struct cf_zone *zone = cf_lua_of(L)->zone;
    if (!lua_istable(L, index) || lua_getfield(L, index, "zone") == LUA_TNIL)
        return zone;
    struct cf_error err = {0};
    if (cf_zone_get(cf_lua_check_text(L, -1, "zone"), &zone, &err) < 0)
        cf_lua_throw(L, "%s: %s", what, err.text);
    return zone;
}

/* The texts of the list at index 1, which keeps them, in memory that lies on the stack. A text alone is a
 * list of it. */
static const char **check_lines(lua_State *L, const char *what, size_t *ret_count)
{
    if (lua_type(L, 1) == LUA_TSTRING) {
        lua_createtable(L, 1, 0);
        lua_pushvalue(L, 1);
        lua_rawseti(L, -2, 1);
        lua_replace(L, 1);
    }
    if (!lua_istable(L, 1))
        cf_lua_throw(L, "%s wants a list of lines, not %s", what, cf_lua_quote(L, 1));
    lua_pushliteral(L, "zone");
    if (lua_rawget(L, 1) != LUA_TNIL)
        cf_lua_throw(L, "%s: the zone goes behind the list: %s({ … }, { zone = %s })", what, what,
                     cf_lua_quote(L, -1));
    lua_Unsigned count = lua_rawlen(L, 1);
    if (count > CF_CALENDAR_LINES)
        cf_lua_throw(L, "%s: more than %d lines", what, CF_CALENDAR_LINES);
    const char **lines = lua_newuserdatauv(L, (count + 1) * sizeof *lines, 0);
    for (lua_Unsigned i = 0; i < count; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        lines[i] = cf_lua_check_text(L, -1, what);
        lua_pop(L, 1);
    }
    *ret_count = count;
    return lines;
}

static int weekly(lua_State *L)
{
    static const char what[] = "calendar.weekly";
    static const char *const known[] = {"zone", NULL};
    lua_settop(L, 2);
    cf_lua_check_keys(L, 2, what, known);
    const struct cf_zone *zone = cf_lua_check_zone(L, 2, what);
    size_t count = 0;
    const char **lines = check_lines(L, what, &count);
    struct cf_lua_object *object = cf_lua_push_calendar(L);
    struct cf_error err = {0};
    cf_lua_spend(L, what, count * CF_LUA_LINE_COST);
    cf_lua_hold_calendar(L, object, what, count);
    if (cf_calendar_weekly(lines, count, zone, &object->calendar, &err) < 0)
        cf_lua_throw(L, "%s: %s", what, err.text);
    return 1;
}

/* ---- Set algebra --------------------------------------------------------------------------------------- */

static size_t held_by(lua_State *L, int index)
{
    return cf_lua_object(L, index, CF_LUA_CALENDAR)->held;
}

static int combine(lua_State *L, enum cf_calendar_operation operation, const char *sign)
{
    struct cf_calendar *a = check_calendar(L, 1, sign), *b = check_calendar(L, 2, sign);
    size_t held = CF_LUA_OF_CALENDAR + held_by(L, 1) + held_by(L, 2);
    struct cf_lua_object *object = cf_lua_push_calendar(L);
    struct cf_error err = {0};
    cf_lua_hold(L, sign, held); /* those that it is made of count again: it may outlive their objects */
    object->held = held;
    if (cf_calendar_combine(operation, a, b, &object->calendar, &err) < 0)
        cf_lua_throw(L, "%s", err.text);
    return 1;
}

static int unite(lua_State *L)
{
    return combine(L, CF_CALENDAR_UNION, "+");
}

static int except(lua_State *L)
{
    return combine(L, CF_CALENDAR_MINUS, "-");
}

static int intersect(lua_State *L)
{
    return combine(L, CF_CALENDAR_BOTH, "*");
}

/* ---- Asking -------------------------------------------------------------------------------------------- */

/* For what was just asked of the calendar, or may have been a moment ago. */
static void pay(lua_State *L, const char *what, const struct cf_calendar *calendar)
{
    cf_lua_spend(L, what, (uint64_t)cf_calendar_worked(calendar) * LOOK_COST);
}

static int contains(lua_State *L)
{
    struct cf_calendar *calendar = check_calendar(L, 1, "calendar:contains");
    struct cf_instant at = cf_lua_check_instant(L, 2, "calendar:contains");
    int term = cf_lua_term(L, 2);
    int results = 1;
    if (term >= 0)
        results = cf_lua_push_outcome(L, cf_condition_contains(cf_lua_of(L)->condition, calendar, term));
    else
        lua_pushboolean(L, cf_calendar_contains(calendar, at));
    pay(L, "calendar:contains", calendar);
    return results;
}

/* What `find` says of the instant, or a term of the same meaning. */
static int push_edge(lua_State *L, const char *what, enum cf_term_kind kind,
                     struct cf_instant (*find)(const struct cf_calendar *, struct cf_instant))
{
    struct cf_calendar *calendar = check_calendar(L, 1, what);
    struct cf_instant at = cf_lua_check_instant(L, 2, what);
    int term = cf_lua_term(L, 2);
    if (term >= 0)
        cf_lua_push_term(L, true, cf_condition_ask(cf_lua_of(L)->condition, kind, calendar, term));
    else
        cf_lua_push_instant(L, find(calendar, at));
    pay(L, what, calendar);
    return 1;
}

static int starts(lua_State *L)
{
    return push_edge(L, "calendar:starts", CF_TERM_STARTS, cf_calendar_starts);
}

static int ends(lua_State *L)
{
    return push_edge(L, "calendar:ends", CF_TERM_ENDS, cf_calendar_ends);
}

/* Upvalue: the methods by name. */
static int get_method(lua_State *L)
{
    lua_settop(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
        cf_lua_throw(L, "a calendar has contains(t), starts(t) and ends(t), but nothing of that name");
    return 1;
}

static int to_string(lua_State *L)
{
    lua_pushliteral(L, "calendar");
    return 1;
}

void cf_lua_add_calendar(lua_State *L)
{
    static const luaL_Reg operators[] = {{"__add", unite},  {"__sub", except},         {"__mul", intersect},
                                         {"__gc", collect}, {"__tostring", to_string}, {NULL, NULL}};
    static const luaL_Reg methods[] = {
        {"contains", contains}, {"starts", starts}, {"ends", ends}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"weekly", weekly}, {NULL, NULL}};
    luaL_newmetatable(L, METATABLE);
    luaL_setfuncs(L, operators, 0);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, get_method, 1);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "calendar");
}
