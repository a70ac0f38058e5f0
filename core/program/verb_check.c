#include "program/assembly.h"
#include "program/hosts.h"
#include "program/settings.h"
#include "sim/sim.h"

static const struct cf_option_group what = {
    "What to check",
    (const struct cf_option[]){
        {"config", "FILE", "a configuration, with every policy in it"},
        {0},
    },
};

/* Loads one policy of the configuration as a start would, on a simulated host where nothing happens. */
static bool loads(const struct cf_config *config, size_t index, FILE *out)
{
    struct cf_config one = *config;
    one.policies = &config->policies[index];
    one.policy_count = 1;
    struct cf_assembly_setup setup = {
        .backend = &cf_sim_ops,
        .config = &one,
        .zone = cf_zone_utc(),
        .is_virtual = true,
        .report = {.out = out, .quiet = true},
    };
    struct cf_assembly assembly;
    struct cf_error err = {0};
    bool good = cf_assembly_init(&assembly, &setup, &err) == CF_OK;
    if (good)
        cf_assembly_finish(&assembly);
    else
        cf_program_complain(&err);
    return good;
}

static bool check_policies(const struct cf_config *config, FILE *out)
{
    bool good = true;
    for (size_t i = 0; i < config->policy_count; i++) {
        bool loaded = loads(config, i, out);
        if (loaded)
            (void)fprintf(out, "%s: no mistakes\n", config->policies[i].path);
        good &= loaded;
    }
    return good;
}

static bool check_config(const char *path, FILE *out)
{
    struct cf_config config;
    struct cf_error err = {0};
    if (cf_settings_read_file(path, &config, &err)) {
        cf_program_complain(&err);
        return false;
    }
    bool good = check_policies(&config, out);
    if (good)
        (void)fprintf(out, "%s: no mistakes\n", path);
    cf_config_finish(&config);
    return good;
}

static bool check_file(const char *path, FILE *out)
{
    struct cf_config config;
    struct cf_error err = {0};
    cf_config_init(&config);
    bool good = cf_config_add_policy(&config, path, cf_policy_folder(), NULL, &err) == CF_OK;
    if (good)
        good = check_policies(&config, out);
    else
        cf_program_complain(&err);
    cf_config_finish(&config);
    return good;
}

static int check(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *config = cf_args_value(args, "config");
    if (!config && !args->operand_count)
        return cf_error_set(err, CF_USAGE,
                            "check what? Name files of policies, or a configuration by --config FILE");
    bool good = !config || check_config(config, out);
    for (size_t i = 0; i < args->operand_count; i++)
        good &= check_file(args->operands[i], out);
    return good ? CF_OK : CF_POLICY;
}

const struct cf_verb cf_verb_check = {
    .name = "check",
    .summary = "look for mistakes in policies and configurations",
    .usage = (const char *const[]){"POLICY.lua...", "--config FILE", NULL},
    .about = "Loads each policy as a start would, touches no host, and reports every mistake.",
    .groups = (const struct cf_option_group *const[]){&what, NULL},
    .most = CF_OPERANDS,
    .run = check,
};
