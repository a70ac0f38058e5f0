#include "bindings/json.h"

#include "base/memory.h"
#include "bindings/state/state.h"
#include "bindings/state/time_values.h"
#include "engine/records/store.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Lua to JSON: nothing here may throw, because JSON values are held --------------------------------- */

static const struct notation {
    size_t value; /* bytes of a JSON value, roughly */
    const char *too_much, *no_key, *no_text, *no_value;
} data = {.value = 64,
          .too_much = "there is more than 16 MiB of data, counting a table each time that another holds it",
          .no_key = "a table's keys must be names, or positions 1, 2, 3… without a gap",
          .no_text = "the name is not text in UTF-8",
          .no_value = "a %s of this kind is not data"},
  kept = {.value = 2,
          .too_much = "it is too large to be kept",
          .no_key = "the keys of a table must be short texts or whole numbers",
          .no_text = "the keys of a table must be text in UTF-8",
          .no_value = "a %s cannot be kept"};

/* Where in the value the conversion is. */
struct place {
    const struct notation *notation;
    char path[256]; /* "policies[2].limit"; of data only */
    int depth;
    size_t room; /* bytes left: against tables that hold one another many times */
    struct cf_error *err;
};

static int convert(lua_State *L, struct place *place, json_t **ret_value);

static int refuse(const struct place *place, const char *what)
{
    return cf_error_set(place->err, CF_POLICY, "%s%s%s", place->path, place->path[0] ? ": " : "", what);
}

static bool take_room(struct place *place, size_t size)
{
    bool fits = size <= place->room;
    place->room -= fits ? size : 0;
    return fits;
}

static void enter(struct place *place, const char *name, size_t index)
{
    size_t length = strlen(place->path), room = sizeof place->path - length;
    if (place->notation == &data && name)
        snprintf(place->path + length, room, "%s%s", length ? "." : "", name);
    else if (place->notation == &data)
        snprintf(place->path + length, room, "[%zu]", index);
}

/* Adds the value on top, and pops it, to the array `to`; where there is a name, to the object `to`. */
static int add_item(lua_State *L, struct place *place, json_t *to, const char *name)
{
    size_t length = strlen(place->path), name_length = name ? strlen(name) : 0;
    json_t *value = NULL;
    enter(place, name, json_array_size(to) + 1);
    cf_lua_owe(L, name_length / CF_LUA_TEXT_STEP);
    int code =
        take_room(place, name_length) ? convert(L, place, &value) : refuse(place, place->notation->too_much);
    lua_pop(L, 1);
    if (code == 0 && (name ? json_object_set_new(to, name, value) : json_array_append_new(to, value)) != 0)
        code = refuse(place, place->notation->no_text);
    if (code == 0)
        place->path[length] = '\0'; /* else it is in the message already */
    return code;
}

static int add_list(lua_State *L, struct place *place, json_t *list)
{
    int code = 0;
    for (lua_Unsigned i = 1, length = lua_rawlen(L, -1); i <= length && code == 0; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        code = add_item(L, place, list, NULL);
    }
    return code;
}

static bool is_position(lua_State *L, int index, lua_Unsigned length)
{
    return lua_isinteger(L, index) && (lua_Unsigned)lua_tointeger(L, index) - 1 < length;
}

/* What the member is called whose key is below the top; NULL where it cannot be called anything. */
static const char *name_of(lua_State *L, const struct place *place, char out[CF_STORE_KEY + 2])
{
    size_t length = 0;
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &length) : NULL;
    if (key && strlen(key) != length)
        return NULL;
    if (place->notation == &data)
        return key;
    if (length > CF_STORE_KEY || (!key && !lua_isinteger(L, -2)))
        return NULL;
    if (key)
        (void)snprintf(out, CF_STORE_KEY + 2, "%s%s", key[0] == '$' ? "$" : "", key);
    else
        (void)snprintf(out, CF_STORE_KEY + 2, "$%lld", (long long)lua_tointeger(L, -2));
    return out;
}

/* Adds what lies at no position of a list of that length. */
static int add_named(lua_State *L, struct place *place, json_t *named, lua_Unsigned length)
{
    char out[CF_STORE_KEY + 2];
    for (lua_pushnil(L); lua_next(L, -2);) {
        if (is_position(L, -2, length)) {
            lua_pop(L, 1);
            continue;
        }
        const char *name = name_of(L, place, out);
        int code = name ? add_item(L, place, named, name) : refuse(place, place->notation->no_key);
        if (code < 0) {
            lua_pop(L, name ? 1 : 2);
            return code;
        }
    }
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
    lua_Unsigned length = lua_rawlen(L, -1), positions = 0, keys = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1), keys++)
        positions += is_position(L, -2, length);
    if (place->notation == &kept && (positions < length || positions < keys))
        length = positions = 0; /* it is no list, and all keys are names */
    json_t *list = json_array(), *named = json_object();
    place->depth++;
    int code = add_named(L, place, named, length);
    if (code == 0 && positions < length)
        code = refuse(place, "a list must have no gap");
    if (code == 0 && length > 0)
        code = add_list(L, place, list);
    place->depth--;
    if (code == 0)
        *ret_value = json_object_size(named) ? join(list, named) : json_incref(list);
    json_decref(list);
    json_decref(named);
    return code;
}

static json_t *convert_time(lua_State *L, bool keeps)
{
    char text[CF_SPAN_TEXT];
    if (!keeps)
        return cf_lua_is_span(L, -1) ? json_string(cf_span_brief(cf_lua_to_span(L, -1), text)) : NULL;
    bool instant = cf_lua_is_instant(L, -1);
    int64_t us = instant ? cf_lua_to_instant(L, -1).us : cf_lua_to_span(L, -1).us;
    return json_pack("{s:I}", instant ? "$instant" : "$span", (json_int_t)us);
}

/* NULL where there is no JSON for it. */
static json_t *convert_plain(lua_State *L, bool keeps)
{
    size_t length;
    const char *text;
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, -1, &length);
        return keeps || strlen(text) == length ? json_stringn(text, length) : NULL;
    case LUA_TNUMBER:
        return lua_isinteger(L, -1) ? json_integer(lua_tointeger(L, -1)) : json_real(lua_tonumber(L, -1));
    case LUA_TBOOLEAN: return json_boolean(lua_toboolean(L, -1));
    case LUA_TLIGHTUSERDATA: return convert_time(L, keeps);
    default: return NULL;
    }
}

/* The value on top, which stays. */
static int convert(lua_State *L, struct place *place, json_t **ret_value)
{
    const struct notation *notation = place->notation;
    int type = lua_type(L, -1);
    size_t length = type == LUA_TSTRING ? lua_rawlen(L, -1) : 0;
    cf_lua_owe(L, 1 + length / CF_LUA_TEXT_STEP);
    if (!take_room(place, notation->value + length))
        return refuse(place, notation->too_much);
    if (type == LUA_TTABLE)
        return convert_table(L, place, ret_value);
    json_t *value = convert_plain(L, notation == &kept);
    if (value) {
        *ret_value = value;
        return 0;
    }
    if (notation == &kept && (type == LUA_TSTRING || type == LUA_TNUMBER))
        return refuse(place, type == LUA_TSTRING ? "a text must be in UTF-8" : "a number must be finite");
    char what[64];
    snprintf(what, sizeof what, notation->no_value, cf_lua_type(L, -1));
    return refuse(place, what);
}

static int convert_at(lua_State *L, int index, struct place *place, json_t **ret_value)
{
    if (!lua_checkstack(L, 2))
        return refuse(place, "too deep in calls");
    lua_pushvalue(L, index);
    int code = convert(L, place, ret_value);
    lua_pop(L, 1);
    return code;
}

int cf_lua_json(lua_State *L, int index, json_t **ret_value, struct cf_error *err)
{
    struct place place = {.notation = &data, .room = CF_LUA_DATA_SIZE, .err = err};
    return convert_at(L, index, &place, ret_value);
}

int cf_lua_keep(lua_State *L, int index, size_t *room, json_t **ret_value, struct cf_error *err)
{
    struct place place = {.notation = &kept, .room = *room, .err = err};
    int code = convert_at(L, index, &place, ret_value);
    *room = place.room;
    return code;
}

/* ---- What is kept to Lua ------------------------------------------------------------------------------- */

static bool push_time(lua_State *L, const json_t *object)
{
    const json_t *span = json_object_get(object, "$span"), *instant = json_object_get(object, "$instant");
    if (span)
        cf_lua_push_span(L, (struct cf_span){json_integer_value(span)});
    else if (instant)
        cf_lua_push_instant(L, (struct cf_instant){json_integer_value(instant)});
    return span || instant;
}

static void push_object(lua_State *L, const json_t *object)
{
    const char *key;
    json_t *value;
    lua_createtable(L, 0, (int)json_object_size(object));
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (key[0] == '$' && key[1] != '$')
            lua_pushinteger(L, strtoll(key + 1, NULL, 10));
        else
            lua_pushstring(L, key + (key[0] == '$'));
        cf_lua_push_kept(L, value);
        lua_rawset(L, -3);
    }
}

void cf_lua_push_kept(lua_State *L, const json_t *value)
{
    luaL_checkstack(L, 4, "too many tables in tables");
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        if (!push_time(L, value))
            push_object(L, value);
        break;
    case JSON_ARRAY:
        lua_createtable(L, (int)json_array_size(value), 0);
        for (size_t i = 0; i < json_array_size(value); i++) {
            cf_lua_push_kept(L, json_array_get(value, i));
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        break;
    case JSON_STRING: lua_pushlstring(L, json_string_value(value), json_string_length(value)); break;
    case JSON_INTEGER: lua_pushinteger(L, json_integer_value(value)); break;
    case JSON_REAL: lua_pushnumber(L, json_real_value(value)); break;
    case JSON_NULL: lua_pushnil(L); break;
    default: lua_pushboolean(L, json_is_true(value)); break;
    }
}
