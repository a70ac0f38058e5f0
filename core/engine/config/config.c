#include "engine/config/config_values.h"

#include "base/memory.h"
#include "base/template.h"

#include <stdlib.h>
#include <string.h>

static void read_protect_key(struct cf_config_reader *reader, struct cf_config *config, const char *key,
                             const json_t *value)
{
    bool *flag = strcmp(key, "root") == 0      ? &config->protect_root
                 : strcmp(key, "system") == 0  ? &config->protect_system
                 : strcmp(key, "console") == 0 ? &config->protect_console
                                               : NULL;
    if (flag) {
        cf_config_read_bool(reader, value, flag);
        return;
    }
    if (!config->protect)
        config->protect = cf_selector_create();
    cf_config_read_condition(reader, config->protect, key, value);
}

static void read_limit(struct cf_config_reader *reader, struct cf_config *config, const char *key,
                       const json_t *value)
{
    double number = config->limits.logoffs_per_minute;
    if (strcmp(key, "notice") == 0) {
        cf_config_read_span(reader, value, &config->limits.notice);
    } else if (strcmp(key, "ends") == 0) {
        cf_config_read_span(reader, value, &config->limits.ends);
    } else if (strcmp(key, "stay") == 0) {
        cf_config_read_span(reader, value, &config->limits.stay);
    } else if (strcmp(key, "share") == 0) {
        cf_config_read_number(reader, value, CF_LEAST_SHARE, 1, &config->limits.share);
    } else if (strcmp(key, "logoffs_per_minute") == 0) {
        cf_config_read_number(reader, value, 1, CF_CONFIG_PACE, &number);
        config->limits.logoffs_per_minute = (unsigned)number;
    } else {
        cf_config_mistake(
            reader, "there is no such limit; there are notice, ends, stay, logoffs_per_minute and share");
    }
}

static void read_journal_key(struct cf_config_reader *reader, struct cf_config *config, const char *key,
                             const json_t *value)
{
    if (strcmp(key, "keep") == 0)
        cf_config_read_span(reader, value, &config->journal.keep);
    else if (strcmp(key, "megabytes") == 0)
        cf_config_read_number(reader, value, 1, CF_CONFIG_MEGABYTES, &config->journal.megabytes);
    else
        cf_config_mistake(reader, "there is no such setting of the journal; there are keep and megabytes");
}

static void read_table(struct cf_config_reader *reader, struct cf_config *config, const json_t *value,
                       void (*read)(struct cf_config_reader *, struct cf_config *, const char *,
                                    const json_t *))
{
    if (!json_is_object(value)) {
        cf_config_mistake(reader, "must be a table with named entries");
        return;
    }
    const char *key;
    json_t *one;
    json_object_foreach((json_t *)value, key, one)
    {
        size_t length = cf_config_enter(reader, key, 0);
        read(reader, config, key, one);
        cf_config_leave(reader, length);
    }
}

static void read_language(struct cf_config_reader *reader, const json_t *value, char **ret_language)
{
    if (json_is_string(value) && cf_language_is(json_string_value(value)))
        cf_replace(ret_language, json_string_value(value));
    else
        cf_config_mistake(reader, "must be a language such as \"pt_BR\"");
}

static void read_key(struct cf_config_reader *reader, struct cf_config *config, const char *key,
                     const json_t *value, const char *policy_folder)
{
    if (strcmp(key, "dry_run") == 0)
        cf_config_read_dry_run(reader, value, &config->mode);
    else if (strcmp(key, "mode") == 0)
        cf_config_read_mode(reader, value, &config->mode);
    else if (strcmp(key, "language") == 0)
        read_language(reader, value, &config->language);
    else if (strcmp(key, "policies") == 0)
        cf_config_read_policies(reader, config, value, policy_folder);
    else if (strcmp(key, "protect") == 0)
        read_table(reader, config, value, read_protect_key);
    else if (strcmp(key, "limits") == 0)
        read_table(reader, config, value, read_limit);
    else if (strcmp(key, "journal") == 0)
        read_table(reader, config, value, read_journal_key);
    else if (strcmp(key, "administrators") == 0)
        cf_config_read_names(reader, value, &config->administrators);
    else
        cf_config_mistake(
            reader, "there is no such setting; there are dry_run, mode, language, policies, protect, limits, "
                    "journal and administrators");
}

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
    cf_selector_destroy(config->protect);
    *config = (struct cf_config){0};
}

int cf_config_parse(struct cf_config *config, const char *path, const json_t *value,
                    const char *policy_folder, struct cf_error *err)
{
    struct cf_config_reader reader = {.err = err};
    if (err)
        *err = (struct cf_error){0};
    cf_replace(&config->path, path);
    const char *key;
    json_t *one;
    json_object_foreach((json_t *)value, key, one)
    {
        size_t length = cf_config_enter(&reader, key, 0);
        read_key(&reader, config, key, one, policy_folder);
        cf_config_leave(&reader, length);
    }
    cf_config_check_modes(&reader, value);
    if (path)
        cf_config_check_over(&reader, config);
    return reader.code;
}
