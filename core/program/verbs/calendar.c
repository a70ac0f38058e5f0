#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "program/output/days_off.h"
#include "program/output/paragraph.h"
#include "program/setup/loaded.h"
#include "program/setup/places.h"
#include "program/setup/settings.h"
#include "program/setup/zones.h"

#include <stdlib.h>

/* Which days are asked for. */
struct asked {
    FILE *out;
    bool json;
    int year;
    struct cf_instant from, to, now;
    const struct cf_zone *zone;
};

static void warn(void *data, const char *text)
{
    char safe[CF_ERROR_SIZE];
    (void)data;
    (void)cf_text_safe(text, safe, sizeof safe);
    cf_log(CF_LOG_WARNING, "%s", safe);
}

static void print_calendar(const struct asked *asked, const struct cf_calendar *calendar, const char *policy)
{
    struct cf_day_off *list = NULL;
    size_t count = cf_calendar_list(calendar, asked->from, asked->to, &list);
    for (size_t i = 0; i < count; i++)
        if (asked->json)
            cf_day_off_json(&list[i], policy, asked->zone, asked->out);
        else
            cf_day_off_print(&list[i], asked->zone, asked->out);
    if (!count && !asked->json)
        cf_line(asked->out, 0, _("no days off in %d"), asked->year);
    free(list);
    cf_calendar_notes(calendar, asked->now, warn, NULL);
}

static int print_file(const struct asked *asked, const char *path, struct cf_error *err)
{
    struct cf_calendar *calendar = NULL;
    const struct cf_days_off entry = {.line = path};
    int code = cf_calendar_days_off(&entry, 1, "", asked->zone, &calendar, err);
    if (code == CF_OK)
        print_calendar(asked, calendar, NULL);
    cf_calendar_unref(calendar);
    return code == CF_UNAVAILABLE ? CF_FAILED : code;
}

static int print_config(const struct asked *asked, const char *path, struct cf_error *err)
{
    struct cf_config config;
    struct cf_loaded loaded;
    int code = cf_settings_read_file(path, &config, err);
    if (code != CF_OK)
        return code;
    code = cf_loaded_init(&loaded, &config, asked->zone, err);
    const char *policy;
    const struct cf_calendar *calendar;
    bool any = false;
    for (size_t i = 0; code == CF_OK && (calendar = cf_engine_calendar(loaded.engine, i, &policy)) != NULL;
         i++) {
        if (!cf_calendar_has_parts(calendar))
            continue; /* such as the default of an option */
        if (any && !asked->json)
            (void)fputc('\n', asked->out);
        if (!asked->json)
            cf_line(asked->out, 0, "%s:", policy);
        print_calendar(asked, calendar, policy);
        any = true;
    }
    if (code == CF_OK && !any && !asked->json)
        cf_line(asked->out, 0, _("%s: no policy has days off"), path);
    cf_loaded_finish(&loaded);
    cf_config_finish(&config);
    return code;
}

static struct cf_instant begin_of(int year, const struct cf_zone *zone)
{
    return (struct cf_instant){cf_zone_instant_us(zone, (struct cf_civil){.date = {year, 1, 1}})};
}

static int calendar(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct asked asked = {.out = out, .json = cf_args_has(args, "json")};
    struct cf_clock clock;
    cf_clock_init_system(&clock);
    asked.now = cf_clock_wall(&clock);
    int code = cf_zones_own(&asked.zone, err);
    if (code != CF_OK)
        return code;
    uint64_t year;
    code = cf_args_number(args, "year", 1970, 9999,
                          (uint64_t)cf_zone_civil(asked.zone, asked.now.us).date.year, &year, err);
    if (code != CF_OK)
        return code;
    asked.year = (int)year;
    asked.from = begin_of(asked.year, asked.zone);
    asked.to = begin_of(asked.year + 1, asked.zone);
    const char *path = args->operand_count ? args->operands[0] : cf_usual_config();
    return cf_calendar_names_file(path) ? print_file(&asked, path, err) : print_config(&asked, path, err);
}

static const struct cf_option_group which = {
    "Which days",
    (const struct cf_option[]){
        {"year", "YEAR", "those of this year (the present one)"},
        {"json", NULL, "one JSON object per line"},
        {0},
    },
};

const struct cf_verb cf_verb_calendar = {
    .name = "calendar",
    .summary = "print the days off of a year by name",
    .usage =
        (const char *const[]){"HOLIDAYS.ics|HOLIDAYS.txt [--year YEAR]", "[CONFIG.lua] [--year YEAR]", NULL},
    .about =
        "Reads a file of days off, or all those that the policies of a configuration go by, just as a running "
        "curfew does, and prints what it found, in the time zone of this host. Mistakes are told with their line, "
        "and what should be known of a file, such as that its last day is over, is a warning.",
    .groups = (const struct cf_option_group *const[]){&which, NULL},
    .most = 1,
    .run = calendar,
};
