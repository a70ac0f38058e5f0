#include "program/setup/simulated.h"

#include "author/scenario.h"
#include "base/i18n.h"
#include "time/instant.h"

#include <inttypes.h>
#include <string.h>

enum { USERS = 1000000, DAYS = 36600 };

static const char usual_start[] =
    "2026-03-02"; /* a Monday; always the same, so that equal seeds give equal runs */

const struct cf_option_group cf_simulated_options = {
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

int cf_simulated_refuse(const struct cf_args *args, struct cf_error *err)
{
    for (const struct cf_option *option = cf_simulated_options.options; option->name; option++) {
        if (cf_args_has(args, option->name))
            return cf_error_set(err, CF_USAGE, "--%s %s", option->name, _(CF_SIM_ONLY));
    }
    return CF_OK;
}

static int read_office(const struct cf_args *args, struct cf_simulated *simulated, struct cf_error *err)
{
    uint64_t users, days, seed = simulated->sim.seed;
    struct cf_instant start;
    const char *from = cf_args_value(args, "from");
    int code = cf_args_number(args, "users", 1, USERS, 20, &users, err);
    if (code == CF_OK)
        code = cf_args_number(args, "days", 1, DAYS, 1, &days, err);
    if (code == CF_OK)
        code = cf_instant_parse(from ? from : usual_start, simulated->zone, &start, err);
    if (code)
        return code;
    struct cf_civil midnight = {.date = cf_zone_civil(simulated->zone, start.us).date};
    start.us = cf_zone_instant_us(simulated->zone, midnight);
    struct cf_office office = {
        .users = (uint32_t)users,
        .days = (uint32_t)days,
        .seed = seed,
        .start = start,
        .faults = cf_args_has(args, "faults"),
        .zone = simulated->zone,
    };
    char day[CF_INSTANT_TEXT];
    (void)snprintf(simulated->text, sizeof simulated->text,
                   "%" PRIu64 " user%s, %" PRIu64 " day%s from %.10s (%s), seed %" PRIu64, users,
                   users == 1 ? "" : "s", days, days == 1 ? "" : "s",
                   cf_instant_local(start, simulated->zone, day), cf_zone_name(simulated->zone), seed);
    return cf_office_create(&office, &simulated->scenario, err);
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int read_file(const struct cf_args *args, const char *path, struct cf_simulated *simulated,
                     struct cf_error *err)
{
    static const char *const office_only[] = {"users", "days", "from", "faults", NULL};
    int code = cf_args_refuse(args, office_only,
                              N_("is for an office; a scenario's file says everything itself"), err);
    if (code)
        return code;
    code = ends_in(path, ".lua") ? cf_lua_scenario(path, &simulated->scenario, err)
                                 : cf_scenario_read(path, &simulated->scenario, err);
    if (code)
        return code;
    if (simulated->scenario->zone && !cf_args_has(args, "zone"))
        simulated->zone = simulated->scenario->zone;
    (void)snprintf(simulated->text, sizeof simulated->text, "%s (%s)", path, cf_zone_name(simulated->zone));
    return CF_OK;
}

int cf_simulated_read(const struct cf_args *args, struct cf_simulated *ret_simulated, struct cf_error *err)
{
    struct cf_simulated simulated = {0};
    const char *zone = cf_args_value(args, "zone"), *path = cf_args_value(args, "scenario");
    int code = cf_zone_get(zone ? zone : "UTC", &simulated.zone, err);
    if (code == CF_OK)
        code = cf_args_number(args, "seed", 0, UINT64_MAX, 1, &simulated.sim.seed, err);
    if (code == CF_OK)
        code = path ? read_file(args, path, &simulated, err) : read_office(args, &simulated, err);
    if (code)
        return code;
    simulated.sim.scenario = simulated.scenario;
    *ret_simulated = simulated;
    return CF_OK;
}

void cf_simulated_finish(struct cf_simulated *simulated)
{
    cf_scenario_destroy(simulated->scenario);
    *simulated = (struct cf_simulated){0};
}
