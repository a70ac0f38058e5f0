#include "bindings/state/time_values.h"

#include "bindings/state/objects.h"
#include "engine/readings/condition.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>

_Static_assert(sizeof(void *) == 8, "spans and instants are kept in the 64 bits of a light userdata");

enum kind { NEITHER, SPAN, INSTANT };

/* The kind in the low bits of a tracked value, where the real one is a bit higher up; then come the term's
 * number and the evaluation's. */
enum { TRACKED = 3, INSTANT_BIT = 1 << 2, TERM_SHIFT = 3, EVALUATION_SHIFT = 16 };

_Static_assert(CF_CONDITION_SIZE <= 1 << (EVALUATION_SHIFT - TERM_SHIFT), "a term's number has its place");

/* What stands for INT64_MIN and INT64_MAX in 62 bits. */
static const int64_t least = -(INT64_C(1) << 61), greatest = (INT64_C(1) << 61) - 1;

/* ---- In and out of 64 bits ----------------------------------------------------------------------------- */

static void push(lua_State *L, enum kind kind, int64_t us)
{
    if (us == CF_UNKNOWN_US)
        us = least;
    else if (us == INT64_MAX) /* `never`, one value as a span and as an instant */
        us = greatest, kind = INSTANT;
    else if (us > CF_LUA_TIME_MAX)
        us = CF_LUA_TIME_MAX;
    else if (us < -CF_LUA_TIME_MAX)
        us = -CF_LUA_TIME_MAX;
    uint64_t bits = (uint64_t)us << 2 | (uint64_t)kind;
    lua_pushlightuserdata(L, (void *)(uintptr_t)bits);
}

static uint64_t bits_of(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TLIGHTUSERDATA ? (uint64_t)(uintptr_t)lua_touserdata(L, index) : NEITHER;
}

static enum kind kind_of(lua_State *L, int index)
{
    uint64_t bits = bits_of(L, index);
    if ((bits & 3) != TRACKED)
        return (enum kind)(bits & 3);
    return bits & INSTANT_BIT ? INSTANT : SPAN;
}

static void check_number(lua_State *L, int number)
{
    if (number < 0)
        cf_lua_throw(L, "a condition may look at %d times and comparisons, no more", CF_CONDITION_SIZE);
}

int cf_lua_push_outcome(lua_State *L, int outcome)
{
    check_number(L, outcome);
    lua_pushboolean(L, outcome);
    return 1;
}

void cf_lua_push_term(lua_State *L, bool instant, int term)
{
    check_number(L, term);
    uint64_t bits = TRACKED | (instant ? INSTANT_BIT : 0) | (uint64_t)term << TERM_SHIFT |
                    cf_lua_of(L)->evaluations << EVALUATION_SHIFT;
    lua_pushlightuserdata(L, (void *)(uintptr_t)bits);
}

int cf_lua_term(lua_State *L, int index)
{
    uint64_t bits = bits_of(L, index);
    if ((bits & 3) != TRACKED)
        return -1;
    const struct cf_lua *lua = cf_lua_of(L);
    if (!lua->condition || bits >> EVALUATION_SHIFT != (lua->evaluations & UINT64_MAX >> EVALUATION_SHIFT))
        cf_lua_throw(L, "this %s was read in a condition and means nothing outside of it; read it anew",
                     bits & INSTANT_BIT ? "instant" : "span");
    return (int)(bits >> TERM_SHIFT & (CF_CONDITION_SIZE - 1));
}

static int64_t us_of(lua_State *L, int index)
{
    int term = cf_lua_term(L, index);
    if (term >= 0)
        return cf_lua_of(L)->condition->terms[term].us;
    int64_t us = (int64_t)bits_of(L, index) >> 2;
    return us == least ? CF_UNKNOWN_US : us == greatest ? INT64_MAX : us;
}

void cf_lua_push_span(lua_State *L, struct cf_span span)
{
    push(L, SPAN, span.us);
}

void cf_lua_push_instant(lua_State *L, struct cf_instant instant)
{
    push(L, INSTANT, instant.us);
}

bool cf_lua_is_never(lua_State *L, int index)
{
    return bits_of(L, index) == ((uint64_t)greatest << 2 | INSTANT);
}

bool cf_lua_is_span(lua_State *L, int index)
{
    return kind_of(L, index) == SPAN || cf_lua_is_never(L, index);
}

bool cf_lua_is_instant(lua_State *L, int index)
{
    return kind_of(L, index) == INSTANT;
}

struct cf_span cf_lua_to_span(lua_State *L, int index)
{
    return (struct cf_span){us_of(L, index)};
}

struct cf_instant cf_lua_to_instant(lua_State *L, int index)
{
    return (struct cf_instant){us_of(L, index)};
}

/* ---- Words --------------------------------------------------------------------------------------------- */

static void push_words(lua_State *L, int index)
{
    if (kind_of(L, index) == INSTANT) {
        char text[CF_INSTANT_TEXT];
        lua_pushstring(L, cf_instant_local(cf_lua_to_instant(L, index), cf_lua_of(L)->zone, text));
        return;
    }
    struct cf_span span = cf_lua_to_span(L, index);
    char text[CF_SPAN_TEXT];
    lua_pushstring(L, cf_span_words(span, text));
}

const char *cf_lua_type(lua_State *L, int index)
{
    static const char *const kinds[] = {
        [CF_LUA_SESSION] = "session", [CF_LUA_NOTICE] = "notice", [CF_LUA_CALENDAR] = "calendar"};
    if (lua_type(L, index) == LUA_TUSERDATA)
        return kinds[((const struct cf_lua_object *)lua_touserdata(L, index))->kind];
    if (lua_type(L, index) == LUA_TLIGHTUSERDATA)
        return cf_lua_is_instant(L, index) ? "instant" : "span";
    return luaL_typename(L, index);
}

const char *cf_lua_quote(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    switch (lua_type(L, index)) {
    case LUA_TSTRING: return lua_pushfstring(L, "\"%s\"", lua_tostring(L, index));
    case LUA_TNUMBER:
        lua_pushvalue(L, index); /* lua_tostring would change the value itself */
        lua_pushfstring(L, "the number %s", lua_tostring(L, -1));
        lua_remove(L, -2);
        return lua_tostring(L, -1);
    case LUA_TBOOLEAN: return lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
    case LUA_TNONE:
    case LUA_TNIL: return lua_pushstring(L, "nil");
    case LUA_TLIGHTUSERDATA:
        push_words(L, index);
        lua_pushfstring(L, "the %s %s", cf_lua_type(L, index), lua_tostring(L, -1));
        lua_remove(L, -2);
        return lua_tostring(L, -1);
    default: return lua_pushfstring(L, "a %s", cf_lua_type(L, index));
    }
}

static int to_string(lua_State *L)
{
    push_words(L, 1);
    return 1;
}

static void push_piece(lua_State *L, int index)
{
    if (kind_of(L, index) != NEITHER)
        push_words(L, index);
    else if (lua_isstring(L, index))
        lua_pushvalue(L, index);
    else
        cf_lua_throw(L, "cannot join %s to %s", cf_lua_quote(L, index), cf_lua_quote(L, 3 - index));
}

static int concatenate(lua_State *L)
{
    push_piece(L, 1);
    push_piece(L, 2);
    lua_concat(L, 2);
    return 1;
}

/* ---- Arithmetic ---------------------------------------------------------------------------------------- */

static int senseless(lua_State *L, const char *operation)
{
    bool number = lua_type(L, 1) == LUA_TNUMBER || lua_type(L, 2) == LUA_TNUMBER;
    cf_lua_throw(L, "%s %s %s makes no sense%s", cf_lua_quote(L, 1), operation, cf_lua_quote(L, 2),
                 number ? "; a number wants a unit, such as 30 * minute" : "");
}

static void check_reach(lua_State *L, enum kind kind, int64_t us)
{
    if (us > CF_LUA_TIME_MAX || us < -CF_LUA_TIME_MAX)
        cf_lua_throw(L, "this %s is beyond all reckoning (36,000 years)", kind == SPAN ? "span" : "instant");
}

static int push_checked(lua_State *L, enum kind kind, int64_t us)
{
    check_reach(L, kind, us);
    push(L, kind, us);
    return 1;
}

static bool is_tracked(lua_State *L, int index)
{
    return (bits_of(L, index) & 3) == TRACKED;
}

/* The value as a term of the condition that is evaluated. */
static int term_of(lua_State *L, int index)
{
    int term = cf_lua_term(L, index);
    return term >= 0 ? term : cf_condition_constant(cf_lua_of(L)->condition, us_of(L, index));
}

static int push_made(lua_State *L, enum kind kind, int term)
{
    if (term >= 0) {
        int64_t us = cf_lua_of(L)->condition->terms[term].us;
        if (us != INT64_MAX && us != CF_UNKNOWN_US)
            check_reach(L, kind, us);
    }
    cf_lua_push_term(L, kind == INSTANT, term);
    return 1;
}

static int push_combined(lua_State *L, enum kind kind, enum cf_term_kind how, int a, int b)
{
    int left = term_of(L, a), right = term_of(L, b); /* which may throw */
    return push_made(L, kind, cf_condition_combine(cf_lua_of(L)->condition, how, left, right));
}

/* a + sign * b by their places, where unknown and `never` stay what they are. Neither sum overflows: operands
 * are below 2^60. */
static int push_sum(lua_State *L, enum kind kind, int at_a, int at_b, int sign)
{
    if (is_tracked(L, 1) || is_tracked(L, 2))
        return push_combined(L, kind, sign > 0 ? CF_TERM_SUM : CF_TERM_LESS, at_a, at_b);
    int64_t a = us_of(L, at_a), b = us_of(L, at_b);
    if (a == CF_UNKNOWN_US || b == CF_UNKNOWN_US)
        push(L, kind, CF_UNKNOWN_US);
    else if (a == INT64_MAX)
        push(L, kind, a);
    else
        return push_checked(L, kind, a + sign * b);
    return 1;
}

/* Pushes `never` where one of the two is that: whatever is added to it, or however often it is taken. */
static bool push_never(lua_State *L, bool sensible)
{
    bool is_never = sensible && (cf_lua_is_never(L, 1) || cf_lua_is_never(L, 2));
    if (is_never)
        push(L, INSTANT, INT64_MAX);
    return is_never;
}

static int add(lua_State *L)
{
    enum kind a = kind_of(L, 1), b = kind_of(L, 2);
    if (push_never(L, a != NEITHER && b != NEITHER))
        return 1;
    if ((a == SPAN || a == INSTANT) && b == SPAN)
        return push_sum(L, a, 1, 2, 1);
    if (a == SPAN && b == INSTANT)
        return push_sum(L, b, 2, 1, 1);
    return senseless(L, "+");
}

static int push_between(lua_State *L)
{
    if (is_tracked(L, 1) || is_tracked(L, 2))
        return push_combined(L, SPAN, CF_TERM_BETWEEN, 1, 2);
    int64_t later = us_of(L, 1), earlier = us_of(L, 2);
    if (later == earlier)
        push(L, SPAN, 0);
    else if (later == INT64_MAX || earlier == INT64_MAX) /* `never` is as far away as can be told */
        push(L, SPAN, later == INT64_MAX ? CF_LUA_TIME_MAX : -CF_LUA_TIME_MAX);
    else
        return push_checked(L, SPAN, later - earlier);
    return 1;
}

static int subtract(lua_State *L)
{
    enum kind a = kind_of(L, 1), b = kind_of(L, 2);
    if ((a == SPAN || a == INSTANT) && b == SPAN)
        return push_sum(L, a, 1, 2, -1);
    if (a == INSTANT && b == INSTANT)
        return push_between(L);
    return senseless(L, "-");
}

/* The span at `index`, so many times. */
static int push_product(lua_State *L, int index, double factor)
{
    int term = cf_lua_term(L, index);
    if (term >= 0)
        return push_made(L, SPAN, cf_condition_scale(cf_lua_of(L)->condition, term, factor));
    int64_t us = us_of(L, index);
    if (us == CF_UNKNOWN_US)
        return push(L, SPAN, us), 1;
    double product = (double)us * factor;
    bool sensible = fabs(product) <= (double)CF_LUA_TIME_MAX; /* which what is no number is not */
    return push_checked(L, SPAN, sensible ? llround(product) : INT64_MAX);
}

static int multiply(lua_State *L)
{
    int span = kind_of(L, 1) != NEITHER ? 1 : 2, number = 3 - span;
    if (push_never(L, lua_type(L, number) == LUA_TNUMBER && lua_tonumber(L, number) > 0))
        return 1;
    if (kind_of(L, span) != SPAN || lua_type(L, number) != LUA_TNUMBER)
        return senseless(L, "*");
    if (is_tracked(L, span) || !lua_isinteger(L, number) || us_of(L, span) == CF_UNKNOWN_US)
        return push_product(L, span, lua_tonumber(L, number));
    int64_t product;
    if (__builtin_mul_overflow(us_of(L, span), (int64_t)lua_tointeger(L, number), &product))
        product = INT64_MAX;
    return push_checked(L, SPAN, product);
}

static int divide(lua_State *L)
{
    if (push_never(L, lua_type(L, 2) == LUA_TNUMBER && lua_tonumber(L, 2) > 0))
        return 1;
    if (kind_of(L, 1) == SPAN && kind_of(L, 2) == SPAN) {
        if (is_tracked(L, 1) || is_tracked(L, 2))
            cf_lua_throw(L, "in a condition, compare the two spans instead of dividing one by the other");
        int64_t a = us_of(L, 1), b = us_of(L, 2);
        if (a == CF_UNKNOWN_US || b == CF_UNKNOWN_US || b == 0)
            cf_lua_throw(L, "%s / %s has no value", cf_lua_quote(L, 1), cf_lua_quote(L, 2));
        lua_pushnumber(L, (double)a / (double)b);
        return 1;
    }
    if (kind_of(L, 1) != SPAN || lua_type(L, 2) != LUA_TNUMBER)
        return senseless(L, "/");
    return push_product(L, 1, 1 / lua_tonumber(L, 2));
}

static int negate(lua_State *L)
{
    if (kind_of(L, 1) != SPAN)
        cf_lua_throw(L, "an instant cannot be negative");
    return push_product(L, 1, -1);
}

static int integer_divide(lua_State *L)
{
    return senseless(L, "//");
}

static int remainder_of(lua_State *L)
{
    return senseless(L, "%");
}

static int power(lua_State *L)
{
    return senseless(L, "^");
}

/* ---- Order --------------------------------------------------------------------------------------------- */

/*
 * Whether `greater`, which is no less than nothing, is a session's span that stands still at zero: the user
 * is connected, not locked. That satisfies no `>=`, so that a limit of zero never ends a session. Zeroes are
 * all alike, or == would not be right, so this goes by what was read. Outside of a condition `less` may be
 * what is left until an end, which has come when it is below zero.
 */
static bool stands_still(lua_State *L, int64_t less, int64_t greater)
{
    const struct cf_lua *lua = cf_lua_of(L);
    return lua->stood_still && greater == 0 && (less == 0 || lua->condition);
}

/* Whether a < b, or a <= b. An unknown span counts as none at all, and is no more than anything, so that it
 * never counts against a user. */
static int compare(lua_State *L, enum cf_test_kind kind, const char *operation)
{
    enum kind one = kind_of(L, 1), other = kind_of(L, 2);
    bool sensible = one == other || cf_lua_is_never(L, 1) || cf_lua_is_never(L, 2);
    if (!sensible || one == NEITHER || other == NEITHER)
        return senseless(L, operation);
    if (is_tracked(L, 1) || is_tracked(L, 2)) {
        int left = term_of(L, 1), right = term_of(L, 2); /* which may throw */
        return cf_lua_push_outcome(L, cf_condition_test(cf_lua_of(L)->condition, kind, left, right));
    }
    int64_t a = us_of(L, 1), b = us_of(L, 2);
    a = a == CF_UNKNOWN_US ? 0 : a;
    bool never = b == CF_UNKNOWN_US || (one == SPAN && stands_still(L, a, b));
    lua_pushboolean(L, !never && (kind == CF_TEST_LESS ? a < b : a <= b));
    return 1;
}

static int less(lua_State *L)
{
    return compare(L, CF_TEST_LESS, "<");
}

static int less_or_equal(lua_State *L)
{
    return compare(L, CF_TEST_LESS_OR_EQUAL, "<=");
}

/* ---- The metatable ------------------------------------------------------------------------------------- */

static int no_field(lua_State *L)
{
    cf_lua_throw(L, "%s has no fields", cf_lua_quote(L, 1));
}

void cf_lua_open_time(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"__add", add},          {"__sub", subtract},       {"__mul", multiply},
        {"__div", divide},       {"__unm", negate},         {"__idiv", integer_divide},
        {"__mod", remainder_of}, {"__pow", power},          {"__lt", less},
        {"__le", less_or_equal}, {"__concat", concatenate}, {"__tostring", to_string},
        {"__index", no_field},   {"__newindex", no_field},  {NULL, NULL},
    };
    push(L, SPAN, 0);
    luaL_newlib(L, methods);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2); /* that of all light userdata */
    lua_pop(L, 1);
}

void cf_lua_add_units(lua_State *L)
{
    static const struct {
        const char *name;
        enum kind kind;
        int64_t us;
    } units[] = {
        {"second", SPAN, 1000000},
        {"minute", SPAN, 60 * INT64_C(1000000)},
        {"hour", SPAN, 3600 * INT64_C(1000000)},
        {"day", SPAN, 86400 * INT64_C(1000000)},
        {"never", INSTANT, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        push(L, units[i].kind, units[i].us);
        lua_setfield(L, -2, units[i].name);
    }
}

/* ---- Arguments ----------------------------------------------------------------------------------------- */

struct cf_span cf_lua_check_span(lua_State *L, int index, const char *what)
{
    if (!cf_lua_is_span(L, index))
        cf_lua_throw(L, "%s wants a span such as 30 * minute, not %s", what, cf_lua_quote(L, index));
    return cf_lua_to_span(L, index);
}

struct cf_instant cf_lua_check_instant(lua_State *L, int index, const char *what)
{
    if (!cf_lua_is_instant(L, index))
        cf_lua_throw(L, "%s wants an instant such as clock.now(), not %s", what, cf_lua_quote(L, index));
    return cf_lua_to_instant(L, index);
}

struct cf_span cf_lua_check_patience(lua_State *L, int index, const char *what)
{
    struct cf_span span = cf_lua_check_span(L, index, what);
    if (!cf_span_known(span) || span.us < 0)
        cf_lua_throw(L, "%s wants a span of zero or more, not %s", what, cf_lua_quote(L, index));
    return span;
}

struct cf_span cf_lua_check_wait(lua_State *L, int index, const char *what)
{
    if (cf_lua_is_never(L, index))
        cf_lua_throw(L, "%s wants a span, not never", what);
    return cf_lua_check_patience(L, index, what);
}
