#include "author/lint/lint.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/log.h"
#include "commands/host.h"
#include "program/output/days_off.h"
#include "program/output/option_list.h"
#include "program/output/paragraph.h"
#include "program/setup/hosts.h"
#include "program/setup/in_vain.h"
#include "program/setup/loaded.h"
#include "program/setup/names.h"
#include "program/setup/refusals.h"
#include "program/setup/settings.h"

#include <stdlib.h>
#include <string.h>

static const struct cf_option_group what = {
    "What to check",
    (const struct cf_option[]){
        {"config", "FILE", "a configuration, with every policy in it"},
        {"options", NULL, "do not check: print what can be set in each policy, and to what"},
        {"json", NULL, "print a line of JSON for each finding or option, and nothing else"},
        {0},
    },
};

/* What is being checked, and what was found. */
struct check {
    FILE *out;
    bool json;
    const char *path; /* of the policy */
    unsigned mistakes, warnings;
};

/* ---- Findings ---- */

/* What is so on this host today, and may not be elsewhere, or tomorrow. */
static bool is_note(const struct cf_finding *finding)
{
    return strcmp(finding->kind, "host") == 0;
}

static void tell_finding(void *data, const struct cf_finding *finding)
{
    struct check *check = data;
    char line[24] = "";
    bool own = strcmp(finding->file, cf_path_file(check->path)) == 0;
    const char *path = own ? check->path : finding->file; /* else a module's */
    *(finding->warns ? &check->warnings : &check->mistakes) += 1;
    if (check->json) {
        cf_json_print(check->out, json_pack("{s:o, s:i, s:b, s:s, s:o}", "file", cf_json_text(path), "line",
                                            finding->line, "mistake", !finding->warns, "kind", finding->kind,
                                            "text", cf_json_text(finding->text)));
        return;
    }
    if (finding->line)
        (void)snprintf(line, sizeof line, "%d:", finding->line);
    cf_say(check->out, "%s:%s %s%s", path, line,
           !finding->warns    ? ""
           : is_note(finding) ? "note: "
                              : "warning: ",
           finding->text);
}

static void tell_note(void *data, const char *text)
{
    tell_finding(data, &(const struct cf_finding){.file = cf_path_file(((struct check *)data)->path),
                                                  .warns = true,
                                                  .kind = "calendar",
                                                  .text = text});
}

/* The next ones of the policy's days off, by name, and what should be known of its files. */
static void tell_days_off(const struct cf_config *config, size_t index, const struct cf_zone *zone,
                          struct check *check)
{
    enum { NEXT = 5 };
    static const int64_t year = INT64_C(366) * 86400 * 1000000;
    struct cf_config one = *config;
    struct cf_loaded loaded;
    const struct cf_calendar *calendar;
    const char *policy;
    one.policies += index;
    one.policy_count = 1;
    bool good = cf_loaded_init(&loaded, &one, zone, NULL) == CF_OK;
    for (size_t i = 0; good && (calendar = cf_engine_calendar(loaded.engine, i, &policy)) != NULL; i++) {
        struct cf_day_off *list = NULL;
        struct cf_instant now = cf_loop_wall(loaded.loop);
        size_t count = cf_calendar_list(calendar, now, (struct cf_instant){now.us + year}, &list);
        if (count && !check->json)
            cf_say(check->out, _("%s: the next days off:"), check->path);
        for (size_t k = 0; k < count && k < NEXT && !check->json; k++)
            cf_day_off_print(&list[k], zone, check->out);
        free(list);
        cf_calendar_notes(calendar, now, tell_note, check);
    }
    cf_loaded_finish(&loaded);
}

static bool check_policies(const struct cf_config *config, const struct check *how)
{
    bool good = true;
    for (size_t i = 0; i < config->policy_count; i++) {
        struct check check = *how;
        const struct cf_zone *zone;
        check.path = config->policies[i].path;
        cf_log_set_level(CF_LOG_NOTHING); /* what policies say while they are tried */
        cf_lint(&config->policies[i], cf_policy_folder(), tell_finding, &check);
        if (!check.mistakes && cf_zone_get(NULL, &zone, NULL) == CF_OK)
            tell_days_off(config, i, zone, &check);
        cf_log_set_level(CF_LOG_NOTICE);
        if (!check.mistakes && !check.json)
            cf_say(check.out, _("%s: no mistakes"), check.path);
        good &= !check.mistakes;
    }
    return good;
}

static void warn(void *data, const char *text)
{
    struct check *check = data;
    tell_finding(check,
                 &(const struct cf_finding){
                     .file = cf_path_file(check->path), .warns = true, .kind = "nobody", .text = text});
}

/* A policy whose every session the configuration protects does nothing, and says nothing. */
static void check_reach(const struct cf_config *config, const struct cf_engine *engine, struct check *check)
{
    for (size_t i = 0; i < config->policy_count; i++) {
        const char *why = cf_engine_out_of_reach(engine, i);
        struct cf_buffer text = {0};
        cf_buffer_printf(&text, "policies.%s can touch none of the sessions that it selects: %s%s",
                         config->policies[i].name, why ? why : "",
                         why && strstr(why, "console") ? "; protect = { console = false } frees it" : "");
        if (why)
            warn(check, text.data);
        cf_buffer_finish(&text);
    }
}

/* Whom it means, and cannot. */
static void check_people(const struct cf_config *config, struct check *check)
{
    struct cf_loaded loaded;
    struct cf_error err;
    bool whole =
        cf_loaded_init(&loaded, config, cf_zone_utc(), &err) == CF_OK; /* what does not load was told */
    if (whole)
        check_reach(config, loaded.engine, check);
    cf_refusals_check(config, warn, check);
    cf_names_check(config, whole ? loaded.engine : NULL, cf_name_on_host, CF_NAMES_PATIENCE, warn, check);
    cf_loaded_finish(&loaded);
}

static void note(void *data, const char *text)
{
    struct check *check = data;
    tell_finding(check, &(const struct cf_finding){
                            .file = cf_path_file(check->path), .warns = true, .kind = "host", .text = text});
}

/* Whom it would end of those who are logged on, were more known of them. */
static void check_host(const struct cf_config *config, struct check *check)
{
    const struct cf_backend_wish wish = {.people = true};
    struct cf_host *host;
    struct cf_error err;
    const struct cf_host_setup setup = {.backend = cf_hosts[0],
                                        .backend_setup = cf_backend_settings(cf_hosts[0], &wish),
                                        .fields = CF_IN_VAIN_FIELDS,
                                        .once = true};
    if (cf_host_open(&setup, &host, &err) == CF_OK) {
        cf_in_vain_check(config, cf_host_sessions(host), note, check);
        cf_host_close(host);
    } else if (!check->json) {
        cf_say(check->out,
               _("%s: not looked at: which policies would end nobody of those who are logged on here (%s)"),
               check->path, err.text);
    }
}

static bool check_config(const char *path, const struct check *how)
{
    struct cf_config config;
    struct cf_error err = {0};
    if (cf_settings_read_file(path, &config, &err)) {
        cf_log_error(&err);
        return false;
    }
    bool good = check_policies(&config, how);
    struct check whole = *how;
    whole.path = path;
    check_people(&config, &whole);
    if (good && config.policy_count)
        check_host(&config, &whole);
    if (!config.policy_count && !how->json)
        cf_say(how->out, _("%s: warning: no policies: nothing will ever happen"), path);
    else if (good && !how->json)
        cf_say(how->out, _("%s: no mistakes"), path);
    cf_config_finish(&config);
    return good;
}

static bool check_file(const char *path, const struct check *how)
{
    struct cf_config config;
    struct cf_error err = {0};
    cf_config_init(&config);
    bool good = cf_config_add_policy(&config, path, cf_policy_folder(), NULL, &err) == CF_OK;
    if (good)
        good = check_policies(&config, how);
    else
        cf_log_error(&err);
    cf_config_finish(&config);
    return good;
}

/* The policy is loaded, and nothing is done. */
static bool tell_options(const char *path, const struct check *how)
{
    struct cf_config config;
    struct cf_loaded loaded = {0};
    struct cf_error err = {0};
    cf_config_init(&config);
    int code = cf_config_add_policy(&config, path, cf_policy_folder(), NULL, &err);
    if (code == CF_OK)
        code = cf_loaded_init(&loaded, &config, cf_zone_utc(), &err);
    if (code != CF_OK)
        cf_log_error(&err);
    else if (how->json)
        cf_option_list_json(config.policies[0].name,
                            cf_engine_options(loaded.engine, config.policies[0].name), how->out);
    else
        cf_option_list(cf_engine_options(loaded.engine, config.policies[0].name), how->out);
    cf_loaded_finish(&loaded);
    cf_config_finish(&config);
    return code == CF_OK;
}

static int check(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *config = cf_args_value(args, "config");
    if (!config && !args->operand_count)
        return cf_error_set(err, CF_USAGE,
                            _("check what? Name files of policies, or a configuration by --config FILE"));
    const struct check how = {.out = out, .json = cf_args_has(args, "json")};
    bool options = cf_args_has(args, "options");
    if (config && options)
        return cf_error_set(err, CF_USAGE, _("--options is about policies: name their files"));
    bool good = !config || check_config(config, &how);
    for (size_t i = 0; i < args->operand_count; i++)
        good &= options ? tell_options(args->operands[i], &how) : check_file(args->operands[i], &how);
    return good ? CF_OK : CF_POLICY;
}

const struct cf_verb cf_verb_check = {
    .name = "check",
    .summary = "look for mistakes in policies and configurations",
    .usage = (const char *const[]){"POLICY.lua...", "--config FILE", "--options POLICY.lua...", NULL},
    .about =
        "Loads each policy as a start would, then reads it and tries it on a simulated host in virtual time, "
        "for what loads but cannot work: misspelt names, fields and globals, options that nobody reads, times "
        "compared with plain numbers or taken for true or false, conditions that never hold, logoffs that are always "
        "refused, answers that nobody reads, and whatever "
        "fails when people are idle, locked, disconnected or restless for days. Of a policy with days off "
        "it prints the next ones by name. Of a configuration it also says, in notes, which policies would end nobody of those "
        "who are logged on here, since nobody knows what these policies go by; the host is asked, and nothing is done there.\n"
        "A mistake makes the exit status 3. A warning may be meant, and does not.",
    .groups = (const struct cf_option_group *const[]){&what, NULL},
    .most = CF_OPERANDS,
    .run = check,
};
