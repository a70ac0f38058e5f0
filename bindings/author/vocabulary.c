#include "author/vocabulary.h"

#include "base/memory.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The state ----------------------------------------------------------------------------------------- */

static int misuse(lua_State *L)
{
    cf_lua_throw(L, "%s", luaL_checkstring(L, 1));
}

static struct cf_span length_of(lua_State *L, const char *key)
{
    lua_getfield(L, 1, key);
    char what[32];
    snprintf(what, sizeof what, "'%s'", key);
    return cf_lua_check_wait(L, -1, what);
}

/* pace { every = 2 * minute, during = 3 * hour } → every, during */
static int pace(lua_State *L)
{
    if (!lua_istable(L, 1))
        cf_lua_throw(L, "a pace is a table, { every = 2 * minute, during = 3 * hour }, not %s",
                     cf_lua_quote(L, 1));
    if (length_of(L, "every").us == 0)
        cf_lua_throw(L, "'every' must be longer than nothing");
    (void)length_of(L, "during");
    return 2;
}

void cf_vocabulary_push(lua_State *L, const luaL_Reg *core)
{
    static const luaL_Reg shared[] = {{"misuse", misuse}, {"pace", pace}, {0}};
    cf_lua_push_globals(L, 0);
    lua_newtable(L);
    luaL_setfuncs(L, shared, 0);
    luaL_setfuncs(L, core, 0);
    lua_pushvalue(L, -1);
    cf_vocabulary_prelude(L, lua_absindex(L, -3), cf_embedded_people_lua, cf_embedded_people_lua_size, 1, 1);
}

void cf_vocabulary_prelude(lua_State *L, int globals, const char *text, size_t size, int arguments,
                           int results)
{
    cf_lua_load_text(L, "=curfew", text, size);
    lua_pushvalue(L, globals);
    cf_lua_set_env(L);
    lua_insert(L, -arguments - 1);
    lua_call(L, arguments, results);
}

void cf_vocabulary_load(lua_State *L, int globals, const char *path)
{
    cf_lua_load_file(L, path);
    cf_lua_push_env(L, globals);
    cf_lua_set_env(L);
}

int cf_vocabulary_protect(struct cf_lua *lua, lua_CFunction fn, const char *path, void *data,
                          struct cf_error *err)
{
    struct cf_error wrong = {0};
    int code = cf_lua_protect(lua, fn, data, &wrong);
    if (code == 0)
        return 0;
    if (!strstr(wrong.text, cf_path_file(path))) /* memory ran out */
        cf_error_prefix(&wrong, "%s", cf_path_file(path));
    return cf_error_copy(err, code, &wrong);
}

/* ---- People -------------------------------------------------------------------------------------------- */

const char *cf_vocabulary_text(lua_State *L, int index, const char *what, const char *wanted)
{
    size_t length = 0;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
    if (!text || length == 0 || strlen(text) != length)
        cf_lua_throw(L, "%s wants %s, not %s", what, wanted, cf_lua_quote(L, index));
    return text;
}

static _Noreturn void wrong_field(lua_State *L, const char *name, const char *wanted)
{
    cf_lua_throw(L, "logon: '%s' wants %s, not %s", name, wanted, cf_lua_quote(L, -1));
}

/* The list on top, as a table of C strings that lives on the Lua stack, below which the list stays. */
static const char **strings(lua_State *L, const char *name)
{
    if (!lua_istable(L, -1))
        wrong_field(L, name, "a list of texts");
    int list = lua_gettop(L);
    lua_Unsigned count = lua_rawlen(L, list);
    const char **items = lua_newuserdatauv(L, (count + 1) * sizeof *items, 0);
    for (lua_Unsigned i = 0; i < count; i++) {
        if (lua_rawgeti(L, list, (lua_Integer)i + 1) != LUA_TSTRING)
            wrong_field(L, name, "a list of texts");
        items[i] = lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    items[count] = NULL;
    return items;
}

/* The field's value is on top. */
static void set_field(lua_State *L, struct cf_session *record, enum cf_field field)
{
    const struct cf_field_info *info = &cf_fields[field];
    void *place = (char *)record + info->offset;
    switch (info->type) {
    case CF_TYPE_STRING:
        if (lua_type(L, -1) != LUA_TSTRING)
            wrong_field(L, info->name, "a text");
        cf_session_set_string(record, field, lua_tostring(L, -1));
        return;
    case CF_TYPE_LIST: cf_session_set_list(record, field, strings(L, info->name)); return;
    case CF_TYPE_NUMBER:
        if (!lua_isinteger(L, -1))
            wrong_field(L, info->name, "a whole number");
        *(int64_t *)place = lua_tointeger(L, -1);
        return;
    case CF_TYPE_TRI:
        if (!lua_isboolean(L, -1))
            wrong_field(L, info->name, "true or false");
        *(enum cf_tri *)place = cf_tri_of(lua_toboolean(L, -1));
        return;
    case CF_TYPE_INSTANT:
    case CF_TYPE_SINCE: break;
    }
    if (field != CF_FIELD_IDLE || lua_type(L, -1) != LUA_TSTRING ||
        strcmp(lua_tostring(L, -1), "unknown") != 0)
        cf_lua_throw(L, "logon: '%s' follows from what happens%s", info->name,
                     field == CF_FIELD_IDLE ? "; only idle = \"unknown\" can be asked for" : "");
    cf_session_set_string(record, CF_FIELD_IDLE_SOURCE, "unknown");
}

enum cf_field cf_vocabulary_field(lua_State *L, const char *name)
{
    int field = cf_field_by_name(name);
    if (field >= 0)
        return (enum cf_field)field;
    struct cf_near nearest = {.wanted = name};
    for (size_t i = 0; i < CF_FIELD_COUNT; i++)
        cf_near_try(&nearest, cf_fields[i].name);
    if (nearest.word)
        cf_lua_throw(L, "a session has no field '%s'; did you mean '%s'?", name, nearest.word);
    cf_lua_throw(L, "a session has no field '%s'", name);
}

static void read_fields(lua_State *L, struct cf_session *record)
{
    enum { FIELDS = 2, KEY, VALUE };
    if (!lua_istable(L, FIELDS))
        cf_lua_throw(L, "logon wants a table of fields behind the name, not %s", cf_lua_quote(L, FIELDS));
    lua_settop(L, FIELDS);
    for (lua_pushnil(L); lua_next(L, FIELDS); lua_settop(L, KEY)) {
        const char *name = cf_vocabulary_text(L, KEY, "logon", "fields by name");
        if (strcmp(name, "id") == 0)
            cf_replace((char **)(void *)&record->identity.id,
                       cf_vocabulary_text(L, VALUE, "logon: 'id'", "a text"));
        else
            set_field(L, record, cf_vocabulary_field(L, name));
    }
}

static void drop_record(struct cf_session *record)
{
    if (record)
        cf_session_finish(record);
    free(record);
}

uint32_t cf_vocabulary_logon(lua_State *L, struct cf_people *people)
{
    if (people->count == CF_SCENARIO_LABELS)
        cf_lua_throw(L, "more than %d people log on", CF_SCENARIO_LABELS);
    const char *user = cf_vocabulary_text(L, 1, "logon", "a user's name");
    drop_record(people->draft);
    people->draft = cf_alloc(sizeof *people->draft);
    cf_session_init(people->draft);
    cf_session_set_string(people->draft, CF_FIELD_USER, user);
    if (!lua_isnoneornil(L, 2))
        read_fields(L, people->draft);
    people->records = cf_grow(people->records, people->count, sizeof(struct cf_session *));
    people->records[people->count] = people->draft;
    people->draft = NULL;
    return (uint32_t)people->count++;
}

void cf_people_finish(struct cf_people *people)
{
    drop_record(people->draft);
    for (size_t i = 0; i < people->count; i++)
        drop_record(people->records[i]);
    free(people->records);
    *people = (struct cf_people){0};
}

/* ---- Events -------------------------------------------------------------------------------------------- */

static enum cf_event_kind kind_at(lua_State *L, int index)
{
    int kind = cf_event_by_name(lua_tostring(L, index));
    if (kind < 0)
        luaL_error(L, "no event is called %s", lua_tostring(L, index));
    return (enum cf_event_kind)kind;
}

struct cf_event cf_vocabulary_act(lua_State *L)
{
    struct cf_event event = {.label = (uint32_t)luaL_checkinteger(L, 1), .kind = kind_at(L, 2)};
    event.argument = luaL_optinteger(L, 3, 0);
    if (event.kind == CF_EVENT_JOB)
        event.text = cf_vocabulary_text(L, 4, event.argument ? "runs" : "stops", "a program's name");
    event.line = cf_lua_line(L);
    return event;
}

/* The sum of all steps stays within what one may be. */
static int64_t check_step(lua_State *L, struct cf_span stepped)
{
    int64_t by = cf_lua_check_span(L, 2, "step").us;
    if (by > CF_SCENARIO_LENGTH - stepped.us || by < -CF_SCENARIO_LENGTH - stepped.us)
        cf_lua_throw(L, "step: the clock would be too far from where it started");
    return by;
}

struct cf_event cf_vocabulary_host(lua_State *L, struct cf_span stepped)
{
    struct cf_event event = {.kind = kind_at(L, 1), .line = cf_lua_line(L)};
    switch (event.kind) {
    case CF_EVENT_SLEEP: event.argument = cf_lua_check_wait(L, 2, "a sleep").us; break;
    case CF_EVENT_STEP: event.argument = check_step(L, stepped); break;
    default:
        event.text = cf_vocabulary_text(L, 3, "fault", "a fault's name");
        if (cf_lua_is_span(L, 2))
            event.argument = cf_lua_check_wait(L, 2, "fault").us;
        else if (lua_isinteger(L, 2))
            event.argument = lua_tointeger(L, 2);
        else
            cf_lua_throw(L, "fault '%s' wants a chance in a thousand, or a span, not %s", event.text,
                         cf_lua_quote(L, 2));
    }
    return event;
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

void cf_vocabulary_start(lua_State *L, struct cf_instant *ret_start, const struct cf_zone **ret_zone)
{
    const char *when = cf_vocabulary_text(L, 1, "starts", "a time such as \"2026-03-02 08:00\"");
    const struct cf_zone *zone = cf_zone_utc();
    struct cf_instant start;
    struct cf_error err = {0};
    if (!lua_isnoneornil(L, 2) &&
        cf_zone_get(cf_vocabulary_text(L, 2, "starts", "a zone such as \"Europe/Berlin\""), &zone, &err) < 0)
        cf_lua_throw(L, "%s", err.text);
    if (cf_instant_parse(when, zone, &start, &err) < 0)
        cf_lua_throw(L, "%s", err.text);
    *ret_start = start;
    *ret_zone = zone;
}

struct cf_span cf_vocabulary_advance(lua_State *L, struct cf_span past)
{
    char most[CF_SPAN_TEXT];
    struct cf_span span = cf_lua_check_wait(L, 1, "advance");
    if (span.us > CF_SCENARIO_LENGTH - past.us)
        cf_lua_throw(L, "more than %s would go by",
                     cf_span_words((struct cf_span){CF_SCENARIO_LENGTH}, most));
    return span;
}

/* "19:00", "7:30", "19:00:30". */
static bool time_of_day(const char *text, struct cf_civil *civil)
{
    int end = 0;
    *civil = (struct cf_civil){0};
    if (sscanf(text, "%2d:%2d%n", &civil->hour, &civil->minute, &end) < 2)
        return false;
    if (text[end] == ':') {
        int more = 0;
        if (sscanf(text + end, ":%2d%n", &civil->second, &more) < 1)
            return false;
        end += more;
    }
    return text[end] == '\0' && civil->hour >= 0 && civil->hour < 24 && civil->minute >= 0 &&
           civil->minute < 60 && civil->second >= 0 && civil->second < 60;
}

struct cf_instant cf_vocabulary_next(lua_State *L, const struct cf_zone *zone, struct cf_instant now)
{
    const char *text = cf_vocabulary_text(L, 1, "advance_to", "a time such as \"19:00\"");
    struct cf_civil civil;
    struct cf_instant then = CF_NEVER;
    struct cf_error err = {0};
    if (time_of_day(text, &civil)) {
        int64_t today = cf_days_of_date(cf_zone_civil(zone, now.us).date);
        for (int64_t day = today; day == today || then.us <= now.us; day++) {
            civil.date = cf_date_of_days(day);
            then.us = cf_zone_instant_us(zone, civil);
        }
    } else if (cf_instant_parse(text, zone, &then, &err) < 0) {
        cf_lua_throw(L, "advance_to: %s", err.text);
    }
    if (then.us < now.us) {
        char local[CF_INSTANT_TEXT];
        cf_lua_throw(L, "advance_to: %s is past; it is %s now", text, cf_instant_local(now, zone, local));
    }
    return then;
}
