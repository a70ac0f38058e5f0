#include "program/setup/settings.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/trust.h"
#include "bindings/data.h"
#include "program/setup/hosts.h"
#include "program/setup/revision.h"

#include <string.h>

const struct cf_option_group cf_settings_options = {
    "Policies",
    (const struct cf_option[]){
        {"config", "FILE", "take the policies and all else from this configuration"},
        {"set", "POLICY.OPTION=VALUE",
         "give a policy's option another value, such as idle.limit=10m; may be repeated"},
        {"dry-run", NULL, "decide and record everything, but show, lock and end nothing"},
        {0},
    },
};

int cf_settings_read_file(const char *path, struct cf_config *ret_config, struct cf_error *err)
{
    json_t *value = NULL;
    int code = cf_lua_data(path, &value, NULL, err);
    if (code)
        return code;
    struct cf_config config;
    cf_config_init(&config);
    code = cf_config_parse(&config, path, value, cf_policy_folder(), err);
    json_decref(value);
    if (cf_lua_doubles(path, err) != CF_OK)
        code = CF_POLICY;
    if (code)
        cf_config_finish(&config);
    else
        *ret_config = config;
    return code;
}

static int read_operands(const struct cf_args *args, struct cf_config *config, struct cf_error *err)
{
    for (size_t i = 0; i < args->operand_count; i++) {
        int code = cf_config_add_policy(config, args->operands[i], cf_policy_folder(), NULL, err);
        if (code)
            return code;
    }
    config->mode = CF_MODE_ACT;
    return CF_OK;
}

/* "after-hours.grace=5m": an option's name has no dot, a policy's may. */
static int set_option(struct cf_config *config, const char *text, struct cf_error *err)
{
    char name[256];
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : 0;
    if (length == 0 || length >= sizeof name)
        return cf_error_set(err, CF_USAGE, _("--set %s: write POLICY.OPTION=VALUE, such as idle.limit=10m"),
                            text);
    memcpy(name, text, length);
    name[length] = '\0';
    char *dot = strrchr(name, '.');
    if (!dot || dot == name || !dot[1])
        return cf_error_set(err, CF_USAGE, _("--set %s: write POLICY.OPTION=VALUE, such as idle.limit=10m"),
                            text);
    *dot = '\0';

    json_t *value = NULL;
    int code = cf_lua_value(equals + 1, &value, err);
    if (code == CF_OK) {
        code = cf_config_set_option(config, name, dot + 1, value, err);
        json_decref(value);
    }
    if (code)
        cf_error_prefix(err, "--set %s", text);
    return code;
}

/* Of two values for one option, one is not meant. */
static int refuse_twice(const struct cf_args *args, const char *text, struct cf_error *err)
{
    size_t length = strcspn(text, "=") + 1, count = 0, place = 0;
    for (const char *other; (other = cf_args_each(args, "set", &place));)
        count += strncmp(other, text, length) == 0;
    return count > 1 ? cf_error_set(err, CF_USAGE, _("--set %.*s is given twice"), (int)length - 1, text)
                     : CF_OK;
}

static int set_options(const struct cf_args *args, struct cf_config *config, struct cf_error *err)
{
    const char *text;
    for (size_t place = 0; (text = cf_args_each(args, "set", &place));) {
        int code = refuse_twice(args, text, err);
        if (code == CF_OK)
            code = set_option(config, text, err);
        if (code)
            return code;
    }
    return CF_OK;
}

int cf_settings_read(const struct cf_args *args, const char *usual, struct cf_config *ret_config,
                     struct cf_error *err)
{
    const char *path = cf_args_value(args, "config");
    if (path && args->operand_count)
        return cf_error_set(err, CF_USAGE, _("give policies or --config, not both: %s belongs in %s"),
                            args->operands[0], path);
    if (!path && !args->operand_count && !usual)
        return cf_error_set(err, CF_USAGE,
                            _("which policies? Name their files, or a configuration by --config FILE"));

    struct cf_config config;
    int code;
    if (args->operand_count) {
        cf_config_init(&config);
        code = read_operands(args, &config, err);
    } else {
        code = cf_settings_read_file(path ? path : usual, &config, err);
        if (code)
            return code;
    }
    if (code == CF_OK)
        code = set_options(args, &config, err);
    if (code) {
        cf_config_finish(&config);
        return code;
    }
    if (cf_args_has(args, "dry-run"))
        config.mode = CF_MODE_DRY;
    cf_revision_take(&config);
    *ret_config = config;
    return CF_OK;
}

int cf_settings_trust(const struct cf_config *config, struct cf_error *err)
{
    int code = config->path ? cf_trust_file(config->path, err) : CF_OK;
    for (size_t i = 0; code == CF_OK && config->trusted_only && i < config->policy_count; i++)
        code = cf_trust_file(config->policies[i].path, err);
    if (code == CF_OK && config->trusted_only && config->warn_command)
        code = cf_trust_file(config->warn_command[0], err);
    return code;
}

const char *cf_settings_names(const struct cf_config *config, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < config->policy_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", config->policies[i].name);
    return out;
}

bool cf_settings_dry(const struct cf_config *config)
{
    bool dry = true;
    for (size_t i = 0; i < config->policy_count; i++)
        dry &= config->mode == CF_MODE_DRY || config->policies[i].mode == CF_MODE_DRY;
    return dry;
}
