/*
 * Spans and instants in Lua: light userdata, 62 bits of microseconds and 2 of kind. They make no garbage and
 * equal by value; one metatable gives them arithmetic, order and words. Anything that mixes them with bare
 * numbers throws. `never` is one value, a span and an instant: longer than any, after all.
 */
#ifndef CF_BINDINGS_TIME_VALUES_H
#define CF_BINDINGS_TIME_VALUES_H

#include "bindings/state/state.h"
#include "time/clock.h"
#include "time/instant.h"
#include "time/span.h"

/* Spans and instants that are known and not `never` lie within ± this; arithmetic that would leave it throws.
 */
#define CF_LUA_TIME_MAX (INT64_C(1) << 60)

/* Sets the metatable. Done by cf_lua_push_globals. */
void cf_lua_open_time(lua_State *L);

/* Adds second, minute, hour, day and never to the table on top. */
void cf_lua_add_units(lua_State *L);

void cf_lua_push_span(lua_State *L, struct cf_span span);
void cf_lua_push_instant(lua_State *L, struct cf_instant instant);

bool cf_lua_is_span(lua_State *L, int index);    /* or never, INT64_MAX */
bool cf_lua_is_instant(lua_State *L, int index); /* or never */
bool cf_lua_is_never(lua_State *L, int index);
struct cf_span cf_lua_to_span(lua_State *L, int index);       /* of a value that is one */
struct cf_instant cf_lua_to_instant(lua_State *L, int index); /* of a value that is one */

/*
 * While a condition is evaluated, a time that moves is a *tracked* value: a term of the condition
 * (condition.h), whose number takes the place of the microseconds. It is a span or an instant like any other,
 * and what is made of it is tracked, too. One that is kept for longer than its evaluation throws where it is
 * used.
 */
void cf_lua_push_term(lua_State *L, bool instant, int term); /* throws where that is negative: too many */
int cf_lua_push_outcome(lua_State *L, int outcome);          /* of a test; the same; returns 1 */

/* The tracked value's term, or -1: the value is none. */
int cf_lua_term(lua_State *L, int index);

/* The argument, or an error: "wait_idle wants a span such as 30 * minute, not the number 30". */
struct cf_span cf_lua_check_span(lua_State *L, int index, const char *what);
struct cf_instant cf_lua_check_instant(lua_State *L, int index, const char *what);

/* The same for lengths of waiting: known, and not negative; of patience also `never`, INT64_MAX. */
struct cf_span cf_lua_check_patience(lua_State *L, int index, const char *what);
struct cf_span cf_lua_check_wait(lua_State *L, int index, const char *what);

/* That much later; `never` is 36,000 years, which no clock sees. */
static inline struct cf_mono cf_lua_after(struct cf_mono at, struct cf_span span)
{
    return cf_mono_add(at, span.us > CF_LUA_TIME_MAX ? (struct cf_span){CF_LUA_TIME_MAX} : span);
}

/* "span", "session", or Lua's own name of the type of the value at `index`. */
const char *cf_lua_type(lua_State *L, int index);

/* Pushes a value in words, as errors quote it: "the number 30", "nil", "\"30m\"". */
const char *cf_lua_quote(lua_State *L, int index);

#endif
