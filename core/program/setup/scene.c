#include "program/setup/scene.h"

#include "author/scenario.h"
#include "base/words.h"
#include "time/instant.h"

#include <inttypes.h>
#include <string.h>

enum { USERS = 1000000, DAYS = 36600 };

static const char usual_start[] =
    "2026-03-02"; /* a Monday; always the same, so that equal seeds give equal runs */

const struct cf_option_group cf_scene_options = {
    "The simulated host",
    (const struct cf_option[]){
        {"users", "N", "people at the office (20)"},
        {"days", "N", "days to simulate (1)"},
        {"seed", "N", "which office, and which faults: equal seeds give equal days (1)"},
        {"from", "DATE", "the first day (2026-03-02, a Monday)"},
        {"scenario", "FILE",
         "play this scenario instead of an office's days: a Lua file, or what --events printed"},
        {"faults", NULL, "let the host be slow, fail, refuse and hang now and then"},
        {"zone", "ZONE", "the time zone of the host, such as Europe/Berlin (the scenario's own, or UTC)"},
        {0},
    },
};

int cf_scene_refuse(const struct cf_args *args, struct cf_error *err)
{
    for (const struct cf_option *option = cf_scene_options.options; option->name; option++) {
        if (cf_args_has(args, option->name))
            return cf_error_set(err, CF_USAGE, "--%s %s", option->name, _(CF_SIM_ONLY));
    }
    return CF_OK;
}

static int read_office(const struct cf_args *args, struct cf_scene *scene, struct cf_error *err)
{
    uint64_t users, days, seed = scene->sim.seed;
    struct cf_instant start;
    const char *from = cf_args_value(args, "from");
    int code = cf_args_number(args, "users", 1, USERS, 20, &users, err);
    if (code == CF_OK)
        code = cf_args_number(args, "days", 1, DAYS, 1, &days, err);
    if (code == CF_OK)
        code = cf_instant_parse(from ? from : usual_start, scene->zone, &start, err);
    if (code)
        return code;
    struct cf_civil midnight = {.date = cf_zone_civil(scene->zone, start.us).date};
    start.us = cf_zone_instant_us(scene->zone, midnight);
    struct cf_office office = {
        .users = (uint32_t)users,
        .days = (uint32_t)days,
        .seed = seed,
        .start = start,
        .faults = cf_args_has(args, "faults"),
        .zone = scene->zone,
    };
    char day[CF_INSTANT_TEXT];
    (void)snprintf(scene->text, sizeof scene->text,
                   "%" PRIu64 " user%s, %" PRIu64 " day%s from %.10s (%s), seed %" PRIu64, users,
                   users == 1 ? "" : "s", days, days == 1 ? "" : "s",
                   cf_instant_local(start, scene->zone, day), cf_zone_name(scene->zone), seed);
    return cf_office_create(&office, &scene->scenario, err);
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int read_file(const struct cf_args *args, const char *path, struct cf_scene *scene,
                     struct cf_error *err)
{
    static const char *const office_only[] = {"users", "days", "from", "faults", NULL};
    int code = cf_args_refuse(args, office_only,
                              N_("is for an office; a scenario's file says everything itself"), err);
    if (code)
        return code;
    code = ends_in(path, ".lua") ? cf_lua_scenario(path, &scene->scenario, err)
                                 : cf_scenario_read(path, &scene->scenario, err);
    if (code)
        return code;
    if (scene->scenario->zone && !cf_args_has(args, "zone"))
        scene->zone = scene->scenario->zone;
    (void)snprintf(scene->text, sizeof scene->text, "%s (%s)", path, cf_zone_name(scene->zone));
    return CF_OK;
}

int cf_scene_read(const struct cf_args *args, struct cf_scene *ret_scene, struct cf_error *err)
{
    struct cf_scene scene = {0};
    const char *zone = cf_args_value(args, "zone"), *path = cf_args_value(args, "scenario");
    int code = cf_zone_get(zone ? zone : "UTC", &scene.zone, err);
    if (code == CF_OK)
        code = cf_args_number(args, "seed", 0, UINT64_MAX, 1, &scene.sim.seed, err);
    if (code == CF_OK)
        code = path ? read_file(args, path, &scene, err) : read_office(args, &scene, err);
    if (code)
        return code;
    scene.sim.scenario = scene.scenario;
    *ret_scene = scene;
    return CF_OK;
}

void cf_scene_finish(struct cf_scene *scene)
{
    cf_scenario_destroy(scene->scenario);
    *scene = (struct cf_scene){0};
}
