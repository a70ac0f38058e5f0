#include "engine/config/config_policies.h"

#include "base/memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Whom else nobody may touch: fields of sessions. */
static void read_protected(struct cf_config_reader *reader, void *into, const char *field, json_t *value)
{
    struct cf_config *config = into;
    if (!config->protect)
        config->protect = cf_selector_create();
    cf_config_read_condition(reader, config->protect, field, value);
}

#define AT(field) .offset = offsetof(struct cf_config, field)

static const struct cf_config_table protect = {
    .keys =
        (const struct cf_config_key[]){
            {"root", &cf_config_bool, AT(protect_root)},
            {"system", &cf_config_bool, AT(protect_system)},
            {"console", &cf_config_bool, AT(protect_console)},
            {0},
        },
    .other = read_protected,
};

static const struct cf_config_table limits = {
    .keys =
        (const struct cf_config_key[]){
            {"notice", &cf_config_span, AT(limits.notice)},
            {"ends", &cf_config_span, AT(limits.ends)},
            {"stay", &cf_config_span, AT(limits.stay)},
            {"logoffs_per_minute", &cf_config_count, AT(limits.logoffs_per_minute), .least = 1,
             .most = CF_CONFIG_PACE},
            {"share", &cf_config_number, AT(limits.share), .least = CF_LEAST_SHARE, .most = 1},
            {0},
        },
    .unknown = "there is no such limit",
};

static const struct cf_config_table journal = {
    .keys =
        (const struct cf_config_key[]){
            {"keep", &cf_config_span, AT(journal.keep)},
            {"megabytes", &cf_config_number, AT(journal.megabytes), .least = 1, .most = CF_CONFIG_MEGABYTES},
            {0},
        },
    .unknown = "there is no such setting of the journal",
};

static const struct cf_config_table settings = {
    .keys =
        (const struct cf_config_key[]){
            {"dry_run", &cf_config_dry_run, AT(mode)},
            {"mode", &cf_config_mode, AT(mode)},
            {"language", &cf_config_language, AT(language)},
            {"policies", &cf_config_policies, .offset = 0},
            {"protect", &cf_config_keys, .table = &protect},
            {"limits", &cf_config_keys, .table = &limits},
            {"journal", &cf_config_keys, .table = &journal},
            {"administrators", &cf_config_names, AT(administrators)},
            {"warn_command", &cf_config_names, AT(warn_command)},
            {0},
        },
    .unknown = "there is no such setting",
};

void cf_config_init(struct cf_config *config)
{
    *config = (struct cf_config){.mode = CF_MODE_DRY,
                                 .protect_root = true,
                                 .protect_system = true,
                                 .protect_console = true,
                                 .limits = {.notice = CF_MINUTE,
                                            .ends = cf_seconds(10),
                                            .stay = cf_minutes(8 * 60),
                                            .logoffs_per_minute = 120,
                                            .share = 0.5},
                                 .journal = {.keep = cf_minutes(90 * 24 * 60), .megabytes = 200}};
}

void cf_config_finish(struct cf_config *config)
{
    for (size_t i = 0; i < config->policy_count; i++)
        cf_config_finish_policy(&config->policies[i]);
    free(config->policies);
    free(config->path);
    free(config->language);
    cf_config_free_names(config->administrators);
    cf_config_free_names(config->warn_command);
    cf_selector_destroy(config->protect);
    *config = (struct cf_config){0};
}

/* Whose working directory or PATH it would be looked for in, nobody should have to know. */
static void check_command(struct cf_config_reader *reader, char *const *words)
{
    if (!words || !words[0] || words[0][0] == '/' || strchr(words[0], ':'))
        return;
    size_t length = cf_config_enter(reader, "warn_command", 0);
    cf_config_mistake(reader, "give the whole path of the command, from / on");
    cf_config_leave(reader, length);
}

int cf_config_parse(struct cf_config *config, const char *path, const json_t *value,
                    const char *policy_folder, struct cf_error *err)
{
    struct cf_config_reader reader = {.err = err, .policy_folder = policy_folder};
    if (err)
        *err = (struct cf_error){0};
    cf_replace(&config->path, path);
    cf_config_read(&reader, &settings, (json_t *)value, config);
    cf_config_check_modes(&reader, value);
    check_command(&reader, config->warn_command);
    if (path)
        cf_config_check_over(&reader, config);
    return reader.code;
}

json_t *cf_config_guards(const struct cf_config *config)
{
    json_t *guards = cf_config_tell(&protect, config), *others = cf_config_tell(&limits, config);
    (void)json_object_set_new(guards, "others", json_boolean(config->protect));
    (void)json_object_update(guards, others);
    json_decref(others);
    return guards;
}
