#include "bindings/data.h"

#include "base/memory.h"
#include "base/text.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Lua to JSON: nothing here may throw, because JSON values are held --------------------------------- */

enum { VALUE_SIZE = 64 }; /* bytes of a JSON value, roughly */

/* Where in the data the conversion is: "policies[2].limit". */
struct place {
    char path[256];
    int depth;
    size_t room; /* bytes left of CF_LUA_DATA_SIZE: against tables that hold one another many times */
    struct cf_error *err;
};

static int convert(lua_State *L, struct place *place, json_t **ret_value);

static int refuse(const struct place *place, const char *what)
{
    return cf_error_set(place->err, CF_POLICY, "%s%s%s", place->path, place->path[0] ? ": " : "", what);
}

static const char too_much[] =
    "there is more than 16 MiB of data, counting a table each time that another holds it";

static bool take_room(struct place *place, size_t size)
{
    bool fits = size <= place->room;
    place->room -= fits ? size : 0;
    return fits;
}

/* Adds the value on top, and pops it, to the array `to`; where there is a name, to the object `to`. */
static int add_item(lua_State *L, struct place *place, json_t *to, const char *name)
{
    size_t length = strlen(place->path), room = sizeof place->path - length;
    if (name)
        snprintf(place->path + length, room, "%s%s", length ? "." : "", name);
    else
        snprintf(place->path + length, room, "[%zu]", json_array_size(to) + 1);
    json_t *value = NULL;
    cf_lua_owe(L, name ? strlen(name) / CF_LUA_TEXT_STEP : 0);
    int code =
        take_room(place, name ? strlen(name) : 0) ? convert(L, place, &value) : refuse(place, too_much);
    lua_pop(L, 1);
    if (code == 0 && (name ? json_object_set_new(to, name, value) : json_array_append_new(to, value)) != 0)
        code = refuse(place, "the name is not text in UTF-8");
    if (code == 0)
        place->path[length] = '\0'; /* else it is in the message already */
    return code;
}

static int convert_list(lua_State *L, struct place *place, json_t *list)
{
    int code = 0;
    for (lua_Unsigned i = 1, length = lua_rawlen(L, -1); i <= length && code == 0; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        code = add_item(L, place, list, NULL);
    }
    return code;
}

/* The members with names; *ret_positions: how many keys are positions in the list. */
static int convert_named(lua_State *L, struct place *place, json_t *named, lua_Unsigned *ret_positions)
{
    lua_Unsigned length = lua_rawlen(L, -1), positions = 0;
    for (lua_pushnil(L); lua_next(L, -2);) {
        int code = 0;
        if (lua_type(L, -2) == LUA_TSTRING && strlen(lua_tostring(L, -2)) == lua_rawlen(L, -2)) {
            code = add_item(L, place, named, lua_tostring(L, -2));
        } else {
            lua_pop(L, 1);
            if (!lua_isinteger(L, -1) || (lua_Unsigned)lua_tointeger(L, -1) - 1 >= length)
                code = refuse(place, "a table's keys must be names, or positions 1, 2, 3… without a gap");
            positions++;
        }
        if (code < 0) {
            lua_pop(L, 1);
            return code;
        }
    }
    *ret_positions = positions;
    return 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* An object of the list's items by position, then of the named ones in order. */
static json_t *join(json_t *list, json_t *named)
{
    json_t *out = json_object(), *value;
    size_t index, count = 0;
    json_array_foreach(list, index, value)
    {
        char position[24];
        snprintf(position, sizeof position, "%zu", index + 1);
        json_object_set(out, position, value);
    }
    const char **names = cf_alloc(json_object_size(named) * sizeof *names), *name;
    json_object_foreach(named, name, value) names[count++] = name;
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++)
        json_object_set(out, names[i], json_object_get(named, names[i]));
    free(names);
    return out;
}

static int convert_table(lua_State *L, struct place *place, json_t **ret_value)
{
    if (place->depth == CF_LUA_DATA_DEPTH || !lua_checkstack(L, 8))
        return refuse(place, "too many tables in tables; does one hold itself?");
    json_t *list = json_array(), *named = json_object();
    lua_Unsigned positions = 0;
    place->depth++;
    int code = convert_named(L, place, named, &positions);
    if (code == 0 && positions != lua_rawlen(L, -1))
        code = refuse(place, "a list must have no gap");
    if (code == 0)
        code = convert_list(L, place, list);
    place->depth--;
    if (code == 0)
        *ret_value = json_object_size(named) ? join(list, named) : json_incref(list);
    json_decref(list);
    json_decref(named);
    return code;
}

/* Text of a string or a span; NULL where it is not UTF-8, or holds a NUL. */
static json_t *convert_text(lua_State *L)
{
    char text[CF_SPAN_TEXT];
    if (lua_type(L, -1) == LUA_TLIGHTUSERDATA)
        return json_string(cf_span_brief(cf_lua_to_span(L, -1), text));
    size_t length;
    const char *string = lua_tolstring(L, -1, &length);
    return strlen(string) == length ? json_string(string) : NULL;
}

/* The value on top, which stays. */
static int convert(lua_State *L, struct place *place, json_t **ret_value)
{
    json_t *value = NULL;
    size_t length = lua_type(L, -1) == LUA_TSTRING ? lua_rawlen(L, -1) : 0;
    cf_lua_owe(L, 1 + length / CF_LUA_TEXT_STEP);
    if (!take_room(place, VALUE_SIZE + length))
        return refuse(place, too_much);
    if (lua_istable(L, -1))
        return convert_table(L, place, ret_value);
    if (lua_type(L, -1) == LUA_TSTRING || cf_lua_is_span(L, -1))
        value = convert_text(L);
    else if (lua_isboolean(L, -1))
        value = json_boolean(lua_toboolean(L, -1));
    else if (lua_isinteger(L, -1))
        value = json_integer(lua_tointeger(L, -1));
    else if (lua_type(L, -1) == LUA_TNUMBER)
        value = json_real(lua_tonumber(L, -1));
    if (!value) {
        char what[64];
        snprintf(what, sizeof what, "a %s of this kind is not data", cf_lua_type(L, -1));
        return refuse(place, what);
    }
    *ret_value = value;
    return 0;
}

int cf_lua_json(lua_State *L, int index, json_t **ret_value, struct cf_error *err)
{
    struct place place = {.room = CF_LUA_DATA_SIZE, .err = err};
    if (!lua_checkstack(L, 2))
        return refuse(&place, "too deep in calls");
    lua_pushvalue(L, index);
    int code = convert(L, &place, ret_value);
    lua_pop(L, 1);
    return code;
}

/* ---- Evaluation ---------------------------------------------------------------------------------------- */

struct evaluation {
    const char *path, *text; /* one of them */
    bool assigns;            /* its globals are the value, not what it returns */
    json_t *value, *lines;
    int code; /* of the conversion */
    int line; /* where the conversion failed: of the key at the top; 0: unknown */
    struct cf_error *err;
};

/* Upvalues: the values by name, their lines by name. */
static int set_global(lua_State *L)
{
    lua_settop(L, 3);
    const char *name = cf_lua_push_text(L, 2);
    if (lua_isnil(L, 3))
        cf_lua_throw(L, "%s is set to nil, which says nothing; leave it out", name);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
        cf_lua_throw(L, "%s is set a second time; line %d sets it already", name, (int)lua_tointeger(L, -1));
    lua_pushvalue(L, 2);
    lua_pushinteger(L, cf_lua_line(L));
    lua_rawset(L, lua_upvalueindex(2));
    lua_settop(L, 3);
    lua_rawset(L, lua_upvalueindex(1));
    return 0;
}

static int get_global(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
        cf_lua_throw(L, "'%s' means nothing here; text wants quotes", cf_lua_push_text(L, 2));
    return 1;
}

/* Pushes a table for globals that reads from `values` and remembers, in `lines`, where each was set. */
static void push_notebook(lua_State *L, int values, int lines)
{
    lua_newtable(L);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, values);
    lua_pushcclosure(L, get_global, 1);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, values);
    lua_pushvalue(L, lines);
    lua_pushcclosure(L, set_global, 2);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

static int evaluate(lua_State *L)
{
    struct evaluation *evaluation = lua_touserdata(L, 1);
    enum { VALUES = 2, LINES };
    lua_newtable(L);
    lua_newtable(L);
    if (evaluation->path)
        cf_lua_load_file(L, evaluation->path);
    else
        cf_lua_load_text(L, "=value", evaluation->text, strlen(evaluation->text));
    push_notebook(L, VALUES, LINES);
    cf_lua_set_env(L);
    lua_call(L, 0, 1);
    if (evaluation->assigns && !lua_isnil(L, -1))
        cf_lua_throw(
            L,
            "%s: the file returns something, which nobody reads: write policies = { … } rather than return",
            cf_path_file(evaluation->path));
    if (evaluation->path && !evaluation->assigns && !lua_istable(L, -1))
        cf_lua_throw(L, "must return a table: return { … }");
    evaluation->code = cf_lua_json(L, evaluation->assigns ? VALUES : -1, &evaluation->value, evaluation->err);
    if (evaluation->code < 0 && evaluation->assigns && evaluation->err) {
        const char *text = evaluation->err->text; /* begins with the way there: "policies[2].limit: …" */
        lua_pushlstring(L, text, strcspn(text, ".[:"));
        evaluation->line = lua_rawget(L, LINES) == LUA_TNUMBER ? (int)lua_tointeger(L, -1) : 0;
    }
    if (evaluation->code == 0 && evaluation->assigns)
        evaluation->code = cf_lua_json(L, LINES, &evaluation->lines, evaluation->err);
    return 0;
}

static int run(struct evaluation *evaluation)
{
    struct cf_lua lua;
    int code = cf_lua_open(&lua, CF_LUA_DATA_MEMORY, CF_LUA_DATA_BUDGET, evaluation->err);
    if (code == 0)
        code = cf_lua_protect(&lua, evaluate, evaluation, evaluation->err);
    if (code == 0) {
        code = evaluation->code;
        if (code < 0 && evaluation->path && evaluation->line)
            (void)cf_error_prefix(evaluation->err, "%s:%d", cf_path_file(evaluation->path), evaluation->line);
        else if (code < 0 && evaluation->path)
            (void)cf_error_prefix(evaluation->err, "%s", cf_path_file(evaluation->path));
    }
    cf_lua_close(&lua);
    if (code < 0)
        json_decref(evaluation->value);
    return code;
}

/* A file without any assignment is an empty object, as one with any is. */
static json_t *as_object(json_t *value)
{
    if (json_is_object(value))
        return value;
    json_decref(value);
    return json_object();
}

int cf_lua_data(const char *path, json_t **ret_value, json_t **ret_lines, struct cf_error *err)
{
    struct evaluation evaluation = {.path = path, .assigns = true, .err = err};
    int code = run(&evaluation);
    if (code < 0)
        return code;
    *ret_value = as_object(evaluation.value);
    if (ret_lines)
        *ret_lines = as_object(evaluation.lines);
    else
        json_decref(evaluation.lines);
    return 0;
}

int cf_lua_table(const char *path, json_t **ret_value, struct cf_error *err)
{
    struct evaluation evaluation = {.path = path, .err = err};
    int code = run(&evaluation);
    if (code == 0)
        *ret_value = json_array_size(evaluation.value) ? evaluation.value : as_object(evaluation.value);
    return code;
}

/* Whether Lua reads the text as a number, true, false or a table, rather than as a name or a calculation. */
static bool is_notation(const char *text)
{
    char *end;
    (void)strtod(text, &end);
    bool number = end != text && *end == '\0' && strpbrk(text, "0123456789");
    return number || strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || text[0] == '{';
}

int cf_lua_value(const char *text, json_t **ret_value, struct cf_error *err)
{
    if (!is_notation(text)) {
        json_t *value = json_string(text);
        if (!value)
            return cf_error_set(err, CF_USAGE, "the value is not text in UTF-8");
        *ret_value = value;
        return 0;
    }
    struct cf_buffer chunk = {0};
    cf_buffer_printf(&chunk, "return %s", text);
    struct evaluation evaluation = {.text = chunk.data, .err = err};
    int code = run(&evaluation);
    cf_buffer_finish(&chunk);
    if (code == 0)
        *ret_value = evaluation.value;
    else if (err)
        code = err->code = CF_USAGE;
    return code;
}
