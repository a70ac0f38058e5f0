/* `option(name, default, help, domain)`: what the configuration says, of the type that the default has, and
 * within the domain that the policy declares. */
#include "bindings/json.h"
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include "base/text.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum type { SPAN, NUMBER, TEXT, TRUTH, LIST, CALENDAR, NONE };
enum { NAME = 1, DEFAULT, HELP, DOMAIN }; /* arguments */
enum { LEAST, MOST, BOUNDS };

/* An option being read. */
struct reading {
    const char *name;
    enum type type; /* of its items, where it is a list */
    bool list;
    bool never; /* a span that may be switched off */
    bool empty; /* a list or a text that may hold nothing */
    bool declared[BOUNDS];
    int64_t us[BOUNDS]; /* of spans; undeclared: more than nothing, unless the default is that */
    double numbers[BOUNDS];
};

static const char *const wanted[] = {
    [SPAN] = "a span such as \"30m\"", [NUMBER] = "a number", [TEXT] = "text", [TRUTH] = "true or false"};

static enum type type_at(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNUMBER: return NUMBER;
    case LUA_TSTRING: return TEXT;
    case LUA_TBOOLEAN: return TRUTH;
    case LUA_TTABLE: return LIST;
    default:
        return cf_lua_is_span(L, index) ? SPAN : cf_lua_object(L, index, CF_LUA_CALENDAR) ? CALENDAR : NONE;
    }
}

/* ---- The domain ---------------------------------------------------------------------------------------- */

static const char *bound_words(const struct reading *reading, int bound, char out[CF_SPAN_TEXT])
{
    if (reading->type == SPAN)
        return cf_span_words((struct cf_span){reading->us[bound]}, out);
    (void)snprintf(out, CF_SPAN_TEXT, "%g", reading->numbers[bound]);
    return out;
}

/* What to give: "2 minutes or more, or \"never\"". */
static const char *range_words(const struct reading *reading, char out[3 * CF_SPAN_TEXT])
{
    char least[CF_SPAN_TEXT], most[CF_SPAN_TEXT];
    const char *never = reading->never ? ", or \"never\"" : "";
    (void)bound_words(reading, LEAST, least);
    (void)bound_words(reading, MOST, most);
    if (reading->declared[LEAST] && reading->declared[MOST])
        (void)snprintf(out, 3 * CF_SPAN_TEXT, "%s to %s%s", least, most, never);
    else if (reading->declared[MOST])
        (void)snprintf(out, 3 * CF_SPAN_TEXT, "at most %s%s", most, never);
    else if (reading->declared[LEAST])
        (void)snprintf(out, 3 * CF_SPAN_TEXT, "%s or more%s", least, never);
    else
        (void)snprintf(out, 3 * CF_SPAN_TEXT, "more than nothing%s", never);
    return out;
}

static bool is_within(lua_State *L, const struct reading *reading, int index)
{
    double number = lua_tonumber(L, index);
    if (reading->type == NUMBER)
        return number >= reading->numbers[LEAST] && number <= reading->numbers[MOST];
    if (reading->type == SPAN && cf_lua_is_never(L, index))
        return reading->never;
    int64_t us = reading->type == SPAN ? cf_lua_to_span(L, index).us : 0;
    return reading->type != SPAN || (us >= reading->us[LEAST] && us <= reading->us[MOST]);
}

static void read_bound(lua_State *L, struct reading *reading, int bound, const char *key)
{
    lua_getfield(L, DOMAIN, key);
    if (!lua_isnil(L, -1)) {
        if ((reading->type != SPAN && reading->type != NUMBER) || type_at(L, -1) != reading->type)
            cf_lua_throw(L, "option '%s': %s bounds a span by a span, a number by a number, not by %s",
                         reading->name, key, cf_lua_quote(L, -1));
        reading->declared[bound] = true;
        reading->numbers[bound] = lua_tonumber(L, -1);
        reading->us[bound] = reading->type == SPAN ? cf_lua_to_span(L, -1).us : 0;
    }
    lua_pop(L, 1);
}

static bool read_flag(lua_State *L, const struct reading *reading, const char *key, bool fits)
{
    bool given = lua_getfield(L, DOMAIN, key) != LUA_TNIL, truth = lua_toboolean(L, -1);
    if (given && (!fits || !lua_isboolean(L, -1)))
        cf_lua_throw(L, "option '%s': %s", reading->name,
                     key[0] == 'n' ? "never = true is for a span" : "empty = true is for a list or a text");
    lua_pop(L, 1);
    return truth;
}

static void read_domain(lua_State *L, struct reading *reading)
{
    static const char *const known[] = {"least", "most", "never", "empty", NULL};
    cf_lua_check_keys(L, DOMAIN, "option", known);
    reading->us[MOST] = CF_LUA_TIME_MAX;
    reading->numbers[LEAST] = -HUGE_VAL;
    reading->numbers[MOST] = HUGE_VAL;
    reading->us[LEAST] = 1;
    if (!lua_istable(L, DOMAIN))
        return;
    read_bound(L, reading, LEAST, "least");
    read_bound(L, reading, MOST, "most");
    reading->never = read_flag(L, reading, "never", reading->type == SPAN && !reading->list);
    reading->empty = read_flag(L, reading, "empty", reading->list || reading->type == TEXT);
}

/* ---- The default --------------------------------------------------------------------------------------- */

/* The type of the list's items: that of the default's first; text where it is empty. */
static enum type item_type(lua_State *L, const struct reading *reading)
{
    lua_Integer count = (lua_Integer)lua_rawlen(L, DEFAULT);
    enum type type = TEXT;
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, DEFAULT, i);
        enum type this = type_at(L, -1);
        lua_pop(L, 1);
        if (this >= LIST || (i > 1 && this != type))
            cf_lua_throw(L, "option '%s': the default must list spans, numbers or texts, all of one kind",
                         reading->name);
        type = this;
    }
    return type;
}

/* The default, or the item of it, at `index` has to be what it allows. */
static void check_default(lua_State *L, struct reading *reading, int index)
{
    char range[3 * CF_SPAN_TEXT];
    bool none = reading->type == SPAN && !cf_lua_is_never(L, index) && cf_lua_to_span(L, index).us == 0;
    if (none && reading->never)
        return; /* which is the same */
    if (none && !reading->declared[LEAST])
        reading->us[LEAST] = 0;
    if (!is_within(L, reading, index))
        cf_lua_throw(L, "option '%s': its own default is %s, but it wants %s", reading->name,
                     cf_lua_quote(L, index), range_words(reading, range));
}

static void check_defaults(lua_State *L, struct reading *reading)
{
    if (!reading->list) {
        size_t length = 1;
        if (reading->type == TEXT)
            (void)lua_tolstring(L, DEFAULT, &length);
        reading->empty |= length == 0;
        check_default(L, reading, DEFAULT);
        return;
    }
    lua_Integer count = (lua_Integer)lua_rawlen(L, DEFAULT);
    reading->empty |= count == 0;
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, DEFAULT, i);
        check_default(L, reading, lua_gettop(L));
        lua_pop(L, 1);
    }
}

/* ---- The configured value ------------------------------------------------------------------------------ */

static _Noreturn void refuse(lua_State *L, const struct reading *reading, const json_t *value)
{
    char given[80]; /* cut where it is longer */
    char *dump = json_dumps(value, JSON_ENCODE_ANY);
    snprintf(given, sizeof given, "%s", dump);
    free(dump);
    if (reading->type == SPAN && json_is_number(value))
        cf_lua_throw(L,
                     "option '%s' is %s: %s of what? Give a unit: \"%sm\" for minutes, \"%ss\" for seconds",
                     reading->name, given, given, given, given);
    cf_lua_throw(L, "option '%s' must be %s%s, not %s", reading->name,
                 reading->list ? "a list, each item " : "", wanted[reading->type], given);
}

/* "never", and zero, where the span may be switched off. */
static bool is_never(const struct reading *reading, const json_t *value)
{
    struct cf_span span;
    const char *text = json_string_value(value);
    if (!reading->never || reading->type != SPAN)
        return false;
    return text ? strcmp(text, "never") == 0 || (cf_span_parse(text, &span, NULL) == 0 && span.us == 0)
                : json_is_integer(value) && json_integer_value(value) == 0;
}

static void push_span(lua_State *L, const struct reading *reading, const char *text)
{
    struct cf_span span;
    struct cf_error err = {0};
    char range[3 * CF_SPAN_TEXT];
    if (strcmp(text, "never") == 0)
        cf_lua_throw(L, "option '%s' cannot be \"never\": give %s", reading->name,
                     range_words(reading, range));
    if (cf_span_parse(text, &span, &err) < 0)
        cf_lua_throw(L, "option '%s': %s", reading->name, err.text);
    cf_lua_push_span(L, span);
}

static void push_scalar(lua_State *L, const struct reading *reading, const json_t *value)
{
    enum type type = reading->type;
    if (is_never(reading, value))
        cf_lua_push_span(L, (struct cf_span){INT64_MAX});
    else if (type == SPAN && json_is_string(value))
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
        refuse(L, reading, value);
    char range[3 * CF_SPAN_TEXT];
    if (!is_within(L, reading, lua_gettop(L)))
        cf_lua_throw(L, "option '%s' is %s%s: give %s", reading->name, reading->list ? "a list with " : "",
                     cf_lua_push_text(L, lua_gettop(L)), range_words(reading, range));
    if (type == TEXT && json_string_length(value) == 0 && (reading->list || !reading->empty))
        cf_lua_throw(L, "option '%s' %s an empty text, which means nothing", reading->name,
                     reading->list ? "lists" : "is");
}

/* A value alone is a list of it. */
static void push_list(lua_State *L, const struct reading *reading, const json_t *value)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    if (count == 0 && !reading->empty)
        cf_lua_throw(L, "option '%s' is an empty list: name at least one, or leave it out for its default",
                     reading->name);
    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        push_scalar(L, reading, json_is_array(value) ? json_array_get(value, i) : value);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* ---- What was declared --------------------------------------------------------------------------------- */

static json_t *bound_of(const struct reading *reading, int bound)
{
    char text[CF_SPAN_TEXT];
    if (!reading->declared[bound])
        return NULL;
    return reading->type == SPAN ? json_string(cf_span_brief((struct cf_span){reading->us[bound]}, text))
                                 : json_real(reading->numbers[bound]);
}

/* For whoever asks what there is to set. */
static void declare(lua_State *L, const struct reading *reading)
{
    static const char *const types[] = {
        [SPAN] = "span", [NUMBER] = "number", [TEXT] = "text", [TRUTH] = "truth", [CALENDAR] = "calendar"};
    json_t *fallback = NULL;
    if (reading->type != CALENDAR)
        (void)cf_lua_json(L, DEFAULT, &fallback, NULL);
    json_t *declared = json_pack("{s:s, s:s, s:b, s:o*, s:o*, s:o*, s:b, s:b, s:s*}", "option", reading->name,
                                 "type", types[reading->type], "list", reading->list, "default", fallback,
                                 "least", bound_of(reading, LEAST), "most", bound_of(reading, MOST), "never",
                                 reading->never, "empty", reading->empty, "help", lua_tostring(L, HELP));
    if (!declared)
        cf_lua_throw(L, "option wants its name and its help in UTF-8");
    if (!cf_policy_declare(cf_lua_script_of(L)->policy, declared))
        cf_lua_throw(L, "option '%s' is declared twice", reading->name);
}

/* Of a reading: the configured value. */
static int read_value(lua_State *L)
{
    const struct reading *reading = lua_touserdata(L, 1);
    const json_t *value = cf_policy_option(cf_lua_script_of(L)->policy, reading->name);
    if (reading->list)
        push_list(L, reading, value);
    else if (reading->type == CALENDAR)
        cf_lua_push_dates(L, reading->name, value);
    else
        push_scalar(L, reading, value);
    return 1;
}

/* Pushes the configured value; of one that is wrong, the default, so that all that is wrong is told at once.
 */
static void push_configured(lua_State *L, struct reading *reading)
{
    lua_pushcfunction(L, read_value);
    lua_pushlightuserdata(L, reading);
    int status = lua_pcall(L, 1, 1, 0);
    if (status != LUA_OK && (status != LUA_ERRRUN || lua_type(L, -1) != LUA_TSTRING))
        (void)lua_error(L);
    if (status == LUA_OK)
        return;
    cf_policy_mistake(cf_lua_script_of(L)->policy, "%s", lua_tostring(L, -1));
    lua_settop(L, DEFAULT);
}

static int option(lua_State *L)
{
    lua_settop(L, DOMAIN);
    cf_lua_check_loading(L, "option");
    struct reading reading = {.name = cf_lua_check_text(L, NAME, "option")};
    if (!lua_isnil(L, HELP))
        (void)cf_lua_check_text(L, HELP, "the help of an option");
    reading.type = type_at(L, DEFAULT);
    if (reading.type == NONE)
        cf_lua_throw(
            L,
            "option '%s' wants a default that shows its type: a span, number, text, truth value, list or calendar",
            reading.name);
    reading.list = reading.type == LIST;
    if (reading.list)
        reading.type = item_type(L, &reading);
    read_domain(L, &reading);
    check_defaults(L, &reading);
    size_t size = strlen(reading.name) + (lua_isnil(L, HELP) ? 0 : lua_rawlen(L, HELP));
    cf_lua_declare(L, "option",
                   2 * CF_LUA_DECLARED + size + (reading.list ? 128 * lua_rawlen(L, DEFAULT) : 0));
    if (reading.never && cf_lua_to_span(L, DEFAULT).us == 0) {
        cf_lua_push_span(L, (struct cf_span){INT64_MAX});
        lua_replace(L, DEFAULT);
    }
    declare(L, &reading);
    if (cf_policy_option(cf_lua_script_of(L)->policy, reading.name))
        push_configured(L, &reading);
    else
        lua_settop(L, DEFAULT);
    return 1;
}

void cf_lua_add_option(lua_State *L)
{
    lua_pushcfunction(L, option);
    lua_setfield(L, -2, "option");
}
