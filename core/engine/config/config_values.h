/*
 * Reading the configuration's values, for the files that have the tables of its keys. Each mistake becomes a
 * line of its own with its place, "policies[2].limt: …", and reading goes on.
 */
#ifndef CF_ENGINE_CONFIG_VALUES_H
#define CF_ENGINE_CONFIG_VALUES_H

#include "engine/config/config.h"

#define CF_LEAST_SHARE 0.001 /* less would mean that nothing may ever be done */

/* Where we are in the file, for messages; collects a line for each mistake. */
struct cf_config_reader {
    struct cf_error *err;
    const char *policy_folder; /* where shipped policies are; may be NULL */
    char where[256];
    int code;
};

void cf_config_mistake(struct cf_config_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends ".key" or "[index]" to where we are; give the returned length to leave(). */
size_t cf_config_enter(struct cf_config_reader *reader, const char *key, size_t index);
void cf_config_leave(struct cf_config_reader *reader, size_t length);

struct cf_config_key;

/* How values of one type are read into the field `at`, which stays untouched where the value is wrong, and
 * told as JSON; what has no `tell` is not told. */
struct cf_config_type {
    void (*read)(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value, void *at);
    json_t *(*tell)(const void *at);
};

/* A row of a table of keys; the last one has no name. */
struct cf_config_key {
    const char *name;
    const struct cf_config_type *type;
    size_t offset;                       /* of the field, in what the table is about */
    double least, most;                  /* of a number */
    const struct cf_config_table *table; /* of the keys of a table */
};

struct cf_config_table {
    const struct cf_config_key *keys;
    /* What has no row is read by `other`; where that is NULL, "UNKNOWN; there are KEY, KEY and KEY" is a
     * mistake. */
    void (*other)(struct cf_config_reader *reader, void *into, const char *key, json_t *value);
    const char *unknown;
};

extern const struct cf_config_type cf_config_bool;     /* bool */
extern const struct cf_config_type cf_config_span;     /* struct cf_span, from zero on */
extern const struct cf_config_type cf_config_number;   /* double */
extern const struct cf_config_type cf_config_count;    /* unsigned */
extern const struct cf_config_type cf_config_text;     /* char *, not empty */
extern const struct cf_config_type cf_config_language; /* char *, "pt_BR" */
extern const struct cf_config_type cf_config_mode;     /* enum cf_mode */
extern const struct cf_config_type cf_config_dry_run;  /* enum cf_mode: a bool in the file */
extern const struct cf_config_type cf_config_names; /* char **: a text or a list; see cf_config_free_names */
extern const struct cf_config_type cf_config_selector; /* struct cf_selector * */
extern const struct cf_config_type cf_config_keys; /* whatever `table` is about: a table with named entries */

/* Reads all keys of an object, or of a list, into what `table` is about. */
void cf_config_read(struct cf_config_reader *reader, const struct cf_config_table *table, json_t *value,
                    void *into);

/* Of a table that has both: whether one of dry_run and mode takes back what the other says. */
void cf_config_check_modes(struct cf_config_reader *reader, const json_t *table);

/* What is told of it: an object of its own. */
json_t *cf_config_tell(const struct cf_config_table *table, const void *from);

/* Adds the condition of one field. */
void cf_config_read_condition(struct cf_config_reader *reader, struct cf_selector *selector,
                              const char *field, const json_t *value);

/* Frees a list that ends in NULL; NULL is fine. */
void cf_config_free_names(char **names);

#endif
