/*
 * Reading the configuration's values, for the files that know its keys. Each mistake becomes a line of its
 * own with its place, "policies[2].limt: …", and reading goes on.
 */
#ifndef CF_ENGINE_CONFIG_VALUES_H
#define CF_ENGINE_CONFIG_VALUES_H

#include "engine/config/config.h"

#define CF_LEAST_SHARE 0.001 /* less would mean that nothing may ever be done */

/* Where we are in the file, for messages; collects a line for each mistake. */
struct cf_config_reader {
    struct cf_error *err;
    char where[256];
    int code;
};

void cf_config_mistake(struct cf_config_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends ".key" or "[index]" to where we are; give the returned length to leave(). */
size_t cf_config_enter(struct cf_config_reader *reader, const char *key, size_t index);
void cf_config_leave(struct cf_config_reader *reader, size_t length);

/* Outputs stay untouched where the value is wrong. */
void cf_config_read_bool(struct cf_config_reader *reader, const json_t *value, bool *ret);
void cf_config_read_span(struct cf_config_reader *reader, const json_t *value, struct cf_span *ret);
void cf_config_read_number(struct cf_config_reader *reader, const json_t *value, double least, double most,
                           double *ret);
void cf_config_read_mode(struct cf_config_reader *reader, const json_t *value, enum cf_mode *ret_mode);
void cf_config_read_dry_run(struct cf_config_reader *reader, const json_t *value, enum cf_mode *ret_mode);

/* Of a table that has both: whether one takes back what the other says. */
void cf_config_check_modes(struct cf_config_reader *reader, const json_t *table);

/* A text or a list of texts; ends in NULL, and is freed by cf_config_free_names (NULL is fine). */
void cf_config_read_names(struct cf_config_reader *reader, const json_t *value, char ***ret_names);
void cf_config_free_names(char **names);

/* Adds one field's condition; reads a whole table of them. */
void cf_config_read_condition(struct cf_config_reader *reader, struct cf_selector *selector,
                              const char *field, const json_t *value);
void cf_config_read_selector(struct cf_config_reader *reader, const json_t *value,
                             struct cf_selector **ret_selector);

/* ---- config_policies.c ---- */

/* The list of policies, a table each. */
void cf_config_read_policies(struct cf_config_reader *reader, struct cf_config *config, const json_t *value,
                             const char *policy_folder);
void cf_config_finish_policy(struct cf_policy_config *policy);

/* Whether each `over` names a policy that is configured. */
void cf_config_check_over(struct cf_config_reader *reader, const struct cf_config *config);

#endif
