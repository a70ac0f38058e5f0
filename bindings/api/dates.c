/* `calendar.dates`, and the options whose value is such a calendar: days off as lists, files, and what counts
 * of them. */
#include "bindings/json.h"
#include "bindings/script.h"

#include "base/memory.h"
#include "base/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NESTED = 4, FILTERS = 64 };

/* What a value says, gathered. */
struct gathering {
    struct cf_days_off *entries;
    size_t count;
    struct cf_event_filter filters[FILTERS];
    size_t filter_count;
    bool files; /* among the entries */
};

static void finish(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->filter_count; i++)
        cf_event_filter_finish(&gathering->filters[i]);
    free(gathering->entries);
}

/* ---- only and except ----------------------------------------------------------------------------------- */

static int add_patterns(struct cf_event_filter *filter, const char *list, const char *name,
                        const json_t *value, struct cf_error *err)
{
    enum cf_event_field field;
    if (!cf_event_field_read(name, &field))
        return cf_error_set(
            err, CF_USAGE,
            "%s knows summary, description, categories and transp of an event, but not \"%.40s\"", list,
            name);
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
        const char *text = json_string_value(item);
        if (!text || !text[0])
            return cf_error_set(err, CF_USAGE,
                                "%s: %s wants a text, such as \"Public holiday*\", or a list of texts", list,
                                name);
        if (filter->count == CF_LUA_PATTERNS)
            return cf_error_set(err, CF_USAGE, "%s: more than %d texts", list, CF_LUA_PATTERNS);
        cf_event_filter_add(filter, field, text);
    }
    return CF_OK;
}

/* NULL in *filter stays where nothing is given. */
static int read_filter(struct gathering *gathering, const char *list, const json_t *value,
                       const struct cf_event_filter **filter, struct cf_error *err)
{
    const char *name;
    json_t *texts;
    if (!value)
        return CF_OK;
    if (!json_is_object(value) || !json_object_size(value))
        return cf_error_set(err, CF_USAGE, "%s wants fields of events, such as { summary = \"*(observed)\" }",
                            list);
    if (gathering->filter_count == FILTERS)
        return cf_error_set(err, CF_USAGE, "there are more than %d of only and except", FILTERS);
    struct cf_event_filter *fresh = &gathering->filters[gathering->filter_count++];
    *fresh = (struct cf_event_filter){0};
    json_object_foreach((json_t *)(uintptr_t)value, name, texts)
    {
        int code = add_patterns(fresh, list, name, texts, err);
        if (code < 0)
            return code;
    }
    *filter = fresh;
    return CF_OK;
}

/* ---- Entries ------------------------------------------------------------------------------------------- */

static int add_line(struct gathering *gathering, const char *line, const struct cf_days_off *like,
                    struct cf_error *err)
{
    if (gathering->count == CF_CALENDAR_LINES)
        return cf_error_set(err, CF_USAGE, "more than %d lines", CF_CALENDAR_LINES);
    bool file = cf_calendar_names_file(line);
    gathering->files |= file;
    gathering->entries = cf_grow(gathering->entries, gathering->count, sizeof *gathering->entries);
    gathering->entries[gathering->count++] =
        (struct cf_days_off){line, file ? like->only : NULL, file ? like->except : NULL};
    return CF_OK;
}

static int gather(struct gathering *gathering, const json_t *value, const struct cf_days_off *like, int depth,
                  struct cf_error *err);

/* { "holidays.ics", only = { … } }: the items are called "1", "2"… */
static int gather_table(struct gathering *gathering, const json_t *value, const struct cf_days_off *like,
                        int depth, struct cf_error *err)
{
    struct cf_days_off own = *like;
    char number[24];
    size_t items = 0;
    const json_t *item;
    int code = read_filter(gathering, "only", json_object_get(value, "only"), &own.only, err);
    if (code == CF_OK)
        code = read_filter(gathering, "except", json_object_get(value, "except"), &own.except, err);
    bool before = gathering->files;
    gathering->files = false;
    while (code == CF_OK && (snprintf(number, sizeof number, "%zu", items + 1),
                             (item = json_object_get(value, number)) != NULL)) {
        items++;
        code = gather(gathering, item, &own, depth + 1, err);
    }
    size_t known =
        items + (json_object_get(value, "only") != NULL) + (json_object_get(value, "except") != NULL);
    if (code == CF_OK && known != json_object_size(value))
        code = cf_error_set(err, CF_USAGE,
                            "a list of days off has dates and files, only and except, and nothing else");
    else if (code == CF_OK && !gathering->files)
        code = cf_error_set(err, CF_USAGE, "only and except are for files, and none is in the list");
    gathering->files |= before;
    return code;
}

static int gather(struct gathering *gathering, const json_t *value, const struct cf_days_off *like, int depth,
                  struct cf_error *err)
{
    if (json_is_string(value) && json_string_length(value))
        return add_line(gathering, json_string_value(value), like, err);
    if (depth < NESTED && json_is_object(value))
        return gather_table(gathering, value, like, depth, err);
    if (depth >= NESTED || !json_is_array(value))
        return cf_error_set(
            err, CF_USAGE,
            "days off are dates and files of them, { \"12-25\", \"holidays.ics\" }, a file perhaps with "
            "what counts of it: { \"holidays.ics\", only = { … } }");
    int code = CF_OK;
    for (size_t i = 0; i < json_array_size(value) && code == CF_OK; i++)
        code = gather(gathering, json_array_get(value, i), like, depth + 1, err);
    return code;
}

/* ---- The calendar -------------------------------------------------------------------------------------- */

/* The folder of the policy's file, where the paths of files begin. */
static size_t folder_of(lua_State *L, char *out, size_t size)
{
    const char *path = cf_policy_path(cf_lua_script_of(L)->policy);
    return (size_t)snprintf(out, size, "%.*s", (int)(cf_path_file(path) - path), path);
}

/* A file counts with the most that it may have, since its content may be another one any day. */
static int charge(struct cf_lua *lua, const struct gathering *gathering, struct cf_lua_object *object,
                  struct cf_error *err)
{
    size_t bytes = gathering->count * CF_LUA_LINE;
    for (size_t i = 0; i < gathering->count; i++)
        bytes += cf_calendar_names_file(gathering->entries[i].line) ? CF_CALENDAR_FILE : 0;
    if (!cf_lua_try_hold(lua, bytes))
        return cf_error_set(err, CF_USAGE,
                            "the policy would hold more than the %d MiB of memory it may, of which each file "
                            "counts for %d MiB; put the days off into fewer files, or into one calendar",
                            (int)(lua->limit >> 20), CF_CALENDAR_FILE >> 20);
    object->held += bytes;
    return CF_OK;
}

/* Files are read while the policy's file runs, so that no task ever waits for a disk. */
static int create(lua_State *L, const json_t *value, const json_t *only, const json_t *except,
                  const struct cf_zone *zone, struct cf_lua_object *object, struct cf_error *err)
{
    struct gathering gathering = {0};
    struct cf_days_off like = {0};
    char folder[1024] = "";
    int code = read_filter(&gathering, "only", only, &like.only, err);
    if (code == CF_OK)
        code = read_filter(&gathering, "except", except, &like.except, err);
    if (code == CF_OK)
        code = gather(&gathering, value, &like, 0, err);
    if (code == CF_OK && gathering.files && cf_lua_script_of(L)->running)
        code = cf_error_set(err, CF_USAGE,
                            "files belong outside of tasks: they are read once, while the policy loads");
    if (code == CF_OK && gathering.files && folder_of(L, folder, sizeof folder) >= sizeof folder)
        code = cf_error_set(err, CF_USAGE, "the policy's folder has too long a name");
    if (code == CF_OK)
        code = charge(cf_lua_of(L), &gathering, object, err);
    if (code == CF_OK)
        code = cf_calendar_days_off(gathering.entries, gathering.count, folder, zone, &object->calendar, err);
    cf_lua_owe(L, gathering.count * CF_LUA_LINE_COST);
    finish(&gathering);
    return code;
}

/* The value at `index` as JSON, which the caller frees; NULL: there is none. */
static int take_json(lua_State *L, int index, json_t **ret_value, struct cf_error *err)
{
    return lua_isnoneornil(L, index) ? CF_OK : cf_lua_json(L, index, ret_value, err);
}

/* The object on top stays, too, and with it what it is charged with. */
static void keep(lua_State *L, const struct cf_lua_object *object)
{
    lua_pushvalue(L, -1);
    (void)luaL_ref(L, LUA_REGISTRYINDEX);
    cf_policy_keep_calendar(cf_lua_script_of(L)->policy, object->calendar);
}

/* calendar.dates(lines, { zone =, only =, except = }): nothing in here throws while it holds memory. */
static int dates(lua_State *L)
{
    enum { LINES = 1, OPTIONS, ONLY, EXCEPT };
    static const char what[] = "calendar.dates";
    static const char *const known[] = {"zone", "only", "except", NULL};
    lua_settop(L, OPTIONS);
    cf_lua_check_keys(L, OPTIONS, what, known);
    const struct cf_zone *zone = cf_lua_check_zone(L, OPTIONS, what);
    lua_settop(L, OPTIONS);
    for (int i = 1; i <= 2; i++)
        if (lua_istable(L, OPTIONS))
            (void)lua_getfield(L, OPTIONS, known[i]);
        else
            lua_pushnil(L);
    struct cf_lua_object *object = cf_lua_push_calendar(L);
    cf_lua_hold_calendar(L, object, what, 0);
    json_t *lines = NULL, *only = NULL, *except = NULL;
    struct cf_error err = {0};
    int code = take_json(L, LINES, &lines, &err);
    if (code == CF_OK)
        code = take_json(L, ONLY, &only, &err);
    if (code == CF_OK)
        code = take_json(L, EXCEPT, &except, &err);
    if (code == CF_OK)
        code = create(L, lines, only, except, zone, object, &err);
    json_decref(lines);
    json_decref(only);
    json_decref(except);
    if (code < 0)
        cf_lua_throw(L, "%s: %s", what, err.text);
    if (!cf_lua_script_of(L)->running)
        keep(L, object);
    return 1;
}

void cf_lua_push_dates(lua_State *L, const char *option, const json_t *value)
{
    struct cf_lua_object *object = cf_lua_push_calendar(L);
    struct cf_error err = {0};
    cf_lua_hold_calendar(L, object, "option", 0);
    if (create(L, value, NULL, NULL, cf_lua_of(L)->zone, object, &err) < 0)
        cf_lua_throw(L, "option '%s': %s", option, err.text);
    keep(L, object);
}

void cf_lua_add_dates(lua_State *L)
{
    lua_getfield(L, -1, "calendar");
    lua_pushcfunction(L, dates);
    lua_setfield(L, -2, "dates");
    lua_pop(L, 1);
}
