/* The configuration that a command line means: a file's, or policies named one by one, with --set on top. */
#ifndef CF_PROGRAM_SETTINGS_H
#define CF_PROGRAM_SETTINGS_H

#include "engine/config/config.h"
#include "program/args.h"

/* --config, --set, --dry-run */
extern const struct cf_option_group cf_settings_options;

/*
 * Reads the configuration: the operands are policies; without any it is the file of --config, else `usual`
 * (NULL: one of both is wanted). Policies named by operands are in force at once (CF_MODE_ACT): the verb
 * decides on dry run. Returns 0, CF_USAGE or CF_POLICY. Finish the configuration where it returned 0.
 */
int cf_settings_read(const struct cf_args *args, const char *usual, struct cf_config *ret_config,
                     struct cf_error *err);

/* Reads a configuration file alone. */
int cf_settings_read_file(const char *path, struct cf_config *ret_config, struct cf_error *err);

/*
 * Whether nobody else can write the configuration file and, where only trusted files are loaded, its
 * policies: 0, or CF_REFUSED, as cf_trust_file says.
 */
int cf_settings_trust(const struct cf_config *config, struct cf_error *err);

/* "idle, after-hours": the policies' names, cut to size. Returns out. */
const char *cf_settings_names(const struct cf_config *config, char *out, size_t size);

/* Whether nothing at all would be done. */
bool cf_settings_dry(const struct cf_config *config);

#endif
