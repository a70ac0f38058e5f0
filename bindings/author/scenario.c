#include "author/scenario.h"

#include "author/words.h"

#include "base/memory.h"
#include "bindings/state/time_values.h"

#include <stdlib.h>

/* An event, and its place among those of the same time. */
struct noted {
    struct cf_event event; /* owns its text */
    size_t order;
};

struct scene {
    const char *path;
    struct cf_instant start;
    const struct cf_zone *zone;
    struct cf_span now, stepped, length; /* since the start; how far the host's clock was stepped */
    struct cf_people people;
    struct noted *events;
    size_t count;
};

static struct scene *scene_of(lua_State *L)
{
    return cf_lua_of(L)->owner;
}

/* ---- Primitives ---------------------------------------------------------------------------------------- */

static void note(lua_State *L, struct cf_event event)
{
    struct scene *scene = scene_of(L);
    if (scene->count == CF_SCENARIO_EVENTS)
        cf_lua_throw(L, "more than %d events", CF_SCENARIO_EVENTS);
    event.at_us = scene->now.us;
    event.text = cf_strdup(event.text);
    scene->events = cf_grow(scene->events, scene->count, sizeof *scene->events);
    scene->events[scene->count] = (struct noted){event, scene->count};
    scene->count++;
}

static void move_to(struct scene *scene, int64_t us)
{
    scene->now.us = us;
    if (us > scene->length.us)
        scene->length.us = us;
}

static int starts(lua_State *L)
{
    struct scene *scene = scene_of(L);
    if (scene->count || scene->now.us)
        cf_lua_throw(L, "starts() comes before everything else");
    cf_words_start(L, &scene->start, &scene->zone);
    return 0;
}

static int logon(lua_State *L)
{
    uint32_t label = cf_words_logon(L, &scene_of(L)->people);
    note(L, (struct cf_event){.kind = CF_EVENT_LOGON, .label = label, .line = cf_lua_line(L)});
    lua_pushinteger(L, label);
    return 1;
}

static int act(lua_State *L)
{
    note(L, cf_words_act(L));
    return 0;
}

static int on_host(lua_State *L)
{
    struct cf_event event = cf_words_host(L, scene_of(L)->stepped);
    note(L, event);
    if (event.kind == CF_EVENT_STEP)
        scene_of(L)->stepped.us += event.argument;
    return 0;
}

static int advance(lua_State *L)
{
    struct scene *scene = scene_of(L);
    move_to(scene, scene->now.us + cf_words_advance(L, scene->now).us);
    return 0;
}

static int advance_to(lua_State *L)
{
    struct scene *scene = scene_of(L);
    struct cf_instant wall = {scene->start.us + scene->now.us + scene->stepped.us};
    struct cf_span span = {cf_words_next(L, scene->zone, wall).us - wall.us};
    cf_lua_push_span(L, span);
    lua_replace(L, 1);
    return advance(L);
}

static int now(lua_State *L)
{
    cf_lua_push_span(L, scene_of(L)->now);
    return 1;
}

static int back(lua_State *L)
{
    scene_of(L)->now = cf_lua_check_wait(L, 1, "back");
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
    struct scene *scene = lua_touserdata(L, 1);
    cf_words_push(L, core);
    int globals = lua_absindex(L, -3);
    cf_words_prelude(L, globals, cf_embedded_scenario_lua, cf_embedded_scenario_lua_size, 2, 0);
    cf_words_load(L, globals, scene->path);
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
static int refuse(const struct scene *scene, struct cf_script *script, struct cf_event event,
                  struct cf_error *err)
{
    int line = event.line;
    event.line = 0;
    int code = cf_script_add(script, &event, err);
    cf_error_prefix(err, "%s:%d", cf_path_file(scene->path), line);
    cf_script_destroy(script);
    return code;
}

static int compile(struct scene *scene, struct cf_scenario **ret_scenario, struct cf_error *err)
{
    if (scene->count)
        qsort(scene->events, scene->count, sizeof *scene->events, by_time);
    struct cf_script *script = cf_script_create(scene->start);
    for (size_t i = 0; i < scene->count; i++) {
        struct cf_event *event = &scene->events[i].event;
        if (event->kind == CF_EVENT_LOGON)
            event->logon = scene->people.records[event->label];
        if (cf_script_add(script, event, err) < 0)
            return refuse(scene, script, *event, err);
    }
    struct cf_scenario *scenario = cf_script_finish(script, scene->length.us);
    scenario->zone = scene->zone;
    *ret_scenario = scenario;
    return 0;
}

int cf_lua_scenario(const char *path, struct cf_scenario **ret_scenario, struct cf_error *err)
{
    struct scene scene = {.path = path, .start = CF_WORDS_START, .zone = cf_zone_utc()};
    struct cf_lua lua = {0};
    int code = cf_lua_open(&lua, CF_LUA_MEMORY, CF_LUA_ALONE, err);
    if (code == 0) {
        lua.owner = &scene;
        code = cf_words_protect(&lua, run, path, &scene, err);
    }
    cf_lua_close(&lua);
    if (code == 0)
        code = compile(&scene, ret_scenario, err);
    for (size_t i = 0; i < scene.count; i++)
        free((char *)scene.events[i].event.text);
    free(scene.events);
    cf_people_finish(&scene.people);
    return code;
}
