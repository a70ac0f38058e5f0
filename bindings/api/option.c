/* `option(name, default, help)`: what the configuration says, of the type that the default has. */
#include "bindings/script.h"
#include "bindings/time_values.h"

#include "base/memory.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An option being read. */
struct reading {
    const char *name;
    int fallback; /* where on the stack the default is */
};

enum type { SPAN, NUMBER, TEXT, TRUTH, LIST, NONE };

static const char *const wanted[] = {
    [SPAN] = "a span such as \"30m\"", [NUMBER] = "a number", [TEXT] = "text", [TRUTH] = "true or false"};

static enum type type_at(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNUMBER: return NUMBER;
    case LUA_TSTRING: return TEXT;
    case LUA_TBOOLEAN: return TRUTH;
    case LUA_TTABLE: return LIST;
    default: return cf_lua_is_span(L, index) ? SPAN : NONE;
    }
}

/* ---- The default --------------------------------------------------------------------------------------- */

/* The type of the list's items: that of the default's first; text where it is empty. */
static enum type item_type(lua_State *L, const struct reading *reading)
{
    lua_Integer count = (lua_Integer)lua_rawlen(L, reading->fallback);
    enum type type = TEXT;
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, reading->fallback, i);
        enum type this = type_at(L, -1);
        lua_pop(L, 1);
        if (this >= LIST || (i > 1 && this != type))
            cf_lua_throw(L, "option '%s': the default must list spans, numbers or texts, all of one kind",
                         reading->name);
        type = this;
    }
    return type;
}

/* ---- The configured value ------------------------------------------------------------------------------ */

static _Noreturn void refuse(lua_State *L, const struct reading *reading, enum type type, bool list,
                             const json_t *value)
{
    char given[80]; /* cut where it is longer */
    char *dump = json_dumps(value, JSON_ENCODE_ANY);
    snprintf(given, sizeof given, "%s", dump);
    free(dump);
    if (type == SPAN && json_is_number(value))
        cf_lua_throw(L,
                     "option '%s' is %s: %s of what? Give a unit: \"%sm\" for minutes, \"%ss\" for seconds",
                     reading->name, given, given, given, given);
    cf_lua_throw(L, "option '%s' must be %s%s, not %s", reading->name, list ? "a list, each item " : "",
                 wanted[type], given);
}

static void push_span(lua_State *L, const struct reading *reading, const char *text)
{
    struct cf_span span;
    struct cf_error err = {0};
    if (cf_span_parse(text, &span, &err) < 0)
        cf_lua_throw(L, "option '%s': %s", reading->name, err.text);
    cf_lua_push_span(L, span);
}

static void push_scalar(lua_State *L, const struct reading *reading, enum type type, bool list,
                        const json_t *value)
{
    if (type == SPAN && json_is_string(value))
        push_span(L, reading, json_string_value(value));
    else if (type == TEXT && json_is_string(value))
        lua_pushlstring(L, json_string_value(value), json_string_length(value));
    else if (type == NUMBER && json_is_integer(value))
        lua_pushinteger(L, json_integer_value(value));
    else if (type == NUMBER && json_is_real(value))
        lua_pushnumber(L, json_real_value(value));
    else if (type == TRUTH && json_is_boolean(value))
        lua_pushboolean(L, json_is_true(value));
    else
        refuse(L, reading, type, list, value);
}

/* A value alone is a list of it. */
static void push_list(lua_State *L, const struct reading *reading, const json_t *value)
{
    enum type type = item_type(L, reading);
    lua_newtable(L);
    if (!json_is_array(value)) {
        push_scalar(L, reading, type, true, value);
        lua_rawseti(L, -2, 1);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        push_scalar(L, reading, type, true, json_array_get(value, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* ---- What was declared --------------------------------------------------------------------------------- */

static void declare(lua_State *L, const char *name)
{
    struct cf_lua_script *script = cf_lua_script_of(L);
    for (size_t i = 0; i < script->option_count; i++)
        if (strcmp(script->options[i], name) == 0)
            cf_lua_throw(L, "option '%s' is declared twice", name);
    script->options = cf_grow(script->options, script->option_count, sizeof *script->options);
    script->options[script->option_count++] = cf_strdup(name);
}

static int option(lua_State *L)
{
    enum { NAME = 1, DEFAULT, HELP };
    lua_settop(L, HELP);
    cf_lua_check_loading(L, "option");
    struct reading reading = {.name = cf_lua_check_text(L, NAME, "option"), .fallback = DEFAULT};
    if (!lua_isnil(L, HELP))
        (void)cf_lua_check_text(L, HELP, "the help of an option");
    enum type type = type_at(L, DEFAULT);
    if (type == NONE)
        cf_lua_throw(
            L, "option '%s' wants a default that shows its type: a span, number, text, truth value or list",
            reading.name);
    if (type == LIST)
        (void)item_type(L, &reading);
    declare(L, reading.name);

    const json_t *value = cf_policy_option(cf_lua_script_of(L)->policy, reading.name);
    if (!value)
        lua_settop(L, DEFAULT);
    else if (type == LIST)
        push_list(L, &reading, value);
    else
        push_scalar(L, &reading, type, false, value);
    return 1;
}

void cf_lua_add_option(lua_State *L)
{
    lua_pushcfunction(L, option);
    lua_setfield(L, -2, "option");
}
