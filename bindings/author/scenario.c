#include "author/scenario.h"

#include "author/vocabulary.h"

#include "base/memory.h"
#include "bindings/state/time_values.h"

#include <stdlib.h>

/* An event, and its place among those of the same time. */
struct noted {
    struct cf_event event; /* owns its text */
    size_t order;
};

struct draft {
    const char *path;
    struct cf_instant start;
    const struct cf_zone *zone;
    struct cf_span now, stepped, length; /* since the start; how far the host's clock was stepped */
    struct cf_people people;
    struct noted *events;
    size_t count;
};

static struct draft *draft_of(lua_State *L)
{
    return cf_lua_of(L)->owner;
}

/* ---- Primitives ---------------------------------------------------------------------------------------- */

static void note(lua_State *L, struct cf_event event)
{
    struct draft *draft = draft_of(L);
    if (draft->count == CF_SCENARIO_EVENTS)
        cf_lua_throw(L, "more than %d events", CF_SCENARIO_EVENTS);
    event.at_us = draft->now.us;
    event.text = cf_strdup(event.text);
    draft->events = cf_grow(draft->events, draft->count, sizeof *draft->events);
    draft->events[draft->count] = (struct noted){event, draft->count};
    draft->count++;
}

static void move_to(struct draft *draft, int64_t us)
{
    draft->now.us = us;
    if (us > draft->length.us)
        draft->length.us = us;
}

static int starts(lua_State *L)
{
    struct draft *draft = draft_of(L);
    if (draft->count || draft->now.us)
        cf_lua_throw(L, "starts() comes before everything else");
    cf_vocabulary_start(L, &draft->start, &draft->zone);
    return 0;
}

static int logon(lua_State *L)
{
    uint32_t label = cf_vocabulary_logon(L, &draft_of(L)->people);
    note(L, (struct cf_event){.kind = CF_EVENT_LOGON, .label = label, .line = cf_lua_line(L)});
    lua_pushinteger(L, label);
    return 1;
}

static int act(lua_State *L)
{
    note(L, cf_vocabulary_act(L));
    return 0;
}

static int on_host(lua_State *L)
{
    struct cf_event event = cf_vocabulary_host(L, draft_of(L)->stepped);
    note(L, event);
    if (event.kind == CF_EVENT_STEP)
        draft_of(L)->stepped.us += event.argument;
    return 0;
}

static int advance(lua_State *L)
{
    struct draft *draft = draft_of(L);
    move_to(draft, draft->now.us + cf_vocabulary_advance(L, draft->now).us);
    return 0;
}

static int advance_to(lua_State *L)
{
    struct draft *draft = draft_of(L);
    struct cf_instant wall = {draft->start.us + draft->now.us + draft->stepped.us};
    struct cf_span span = {cf_vocabulary_next(L, draft->zone, wall).us - wall.us};
    cf_lua_push_span(L, span);
    lua_replace(L, 1);
    return advance(L);
}

static int now(lua_State *L)
{
    cf_lua_push_span(L, draft_of(L)->now);
    return 1;
}

static int back(lua_State *L)
{
    draft_of(L)->now = cf_lua_check_wait(L, 1, "back");
    return 0;
}

static int gone(lua_State *L)
{
    lua_pushboolean(L, false);
    return 1;
}

/* ---- Compiling ----------------------------------------------------------------------------------------- */

static int run(lua_State *L)
{
    static const luaL_Reg core[] = {{"starts", starts},   {"logon", logon},
                                    {"act", act},         {"host", on_host},
                                    {"advance", advance}, {"now", now},
                                    {"back", back},       {"advance_to", advance_to},
                                    {"gone", gone},       {0}};
    struct draft *draft = lua_touserdata(L, 1);
    cf_vocabulary_push(L, core);
    int globals = lua_absindex(L, -3);
    cf_vocabulary_prelude(L, globals, cf_embedded_scenario_lua, cf_embedded_scenario_lua_size, 2, 0);
    cf_vocabulary_load(L, globals, draft->path);
    lua_call(L, 0, 0);
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const struct noted *left = a, *right = b;
    if (left->event.at_us != right->event.at_us)
        return left->event.at_us < right->event.at_us ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

/* Says once more what contradicts, with the line as errors of Lua have it. */
static int refuse(const struct draft *draft, struct cf_script *script, struct cf_event event,
                  struct cf_error *err)
{
    int line = event.line;
    event.line = 0;
    int code = cf_script_add(script, &event, err);
    cf_error_prefix(err, "%s:%d", cf_path_file(draft->path), line);
    cf_script_destroy(script);
    return code;
}

static int compile(struct draft *draft, struct cf_scenario **ret_scenario, struct cf_error *err)
{
    if (draft->count)
        qsort(draft->events, draft->count, sizeof *draft->events, by_time);
    struct cf_script *script = cf_script_create(draft->start);
    for (size_t i = 0; i < draft->count; i++) {
        struct cf_event *event = &draft->events[i].event;
        if (event->kind == CF_EVENT_LOGON)
            event->logon = draft->people.records[event->label];
        if (cf_script_add(script, event, err) < 0)
            return refuse(draft, script, *event, err);
    }
    struct cf_scenario *scenario = cf_script_finish(script, draft->length.us);
    scenario->zone = draft->zone;
    *ret_scenario = scenario;
    return 0;
}

int cf_lua_scenario(const char *path, struct cf_scenario **ret_scenario, struct cf_error *err)
{
    struct draft draft = {.path = path, .start = CF_VOCABULARY_START, .zone = cf_zone_utc()};
    struct cf_lua lua = {0};
    int code = cf_lua_open(&lua, CF_LUA_MEMORY, CF_LUA_ALONE, err);
    if (code == 0) {
        lua.owner = &draft;
        code = cf_vocabulary_protect(&lua, run, path, &draft, err);
    }
    cf_lua_close(&lua);
    if (code == 0)
        code = compile(&draft, ret_scenario, err);
    for (size_t i = 0; i < draft.count; i++)
        free((char *)draft.events[i].event.text);
    free(draft.events);
    cf_people_finish(&draft.people);
    return code;
}
