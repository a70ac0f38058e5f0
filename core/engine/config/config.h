/* The configuration: what curfew.lua says, checked. Read from plain JSON values; who evaluates Lua is
 * elsewhere. */
#ifndef CF_ENGINE_CONFIG_H
#define CF_ENGINE_CONFIG_H

#include "session/selector.h"
#include "time/span.h"

#include <jansson.h>

enum cf_mode {
    CF_MODE_ACT,
    CF_MODE_WARN, /* warnings are shown, nothing is ended */
    CF_MODE_DRY,  /* as installed: everything is decided and journalled, nothing happens */
};

struct cf_policy_config {
    char *name;                        /* unique; the file's name without ".lua" where none is given */
    char *path;                        /* of the file */
    json_t *options;                   /* an object: what is neither `name` nor another word of the entry */
    struct cf_selector *only, *except; /* NULL: all, none */
    enum cf_mode mode;
    json_t *texts; /* told instead of the policy's: its text to another, and a language to such; NULL: none */
    char **over;   /* names of policies whose vetoes do not hold it; ends in NULL, NULL for none */
    struct cf_span stay; /* for how long at most a user may put it off; zero: not at all */
    bool unwarned;       /* it may end who is connected and was not warned */
    bool keeps;          /* what a session's user has left running goes on after its logoff */
    double share;        /* of all sessions it may end in ten minutes; 0: as limits.share */
};

enum { CF_REVISION = 17 }; /* 16 hexadecimal digits */

struct cf_config {
    char *path;                 /* for messages; NULL: made by the command line */
    char revision[CF_REVISION]; /* differs where its files do; "": nobody has looked */
    bool trusted_only; /* what others could write is not loaded: a real host's sessions are at stake */
    char *language;    /* "pt_BR": of users of whom the host does not tell it; NULL: English */
    struct cf_policy_config *policies;
    size_t policy_count;
    enum cf_mode mode; /* the strictest of this and the policy's own is in force */
    bool protect_root, protect_system, protect_console;
    struct cf_selector *protect; /* any condition that holds protects; NULL: none */
    struct {
        struct cf_span notice; /* a warning's least age before a logoff */
        struct cf_span ends;   /* how long a logoff may take before it is forced */
        struct cf_span stay;   /* how long `stay` alone counts as life, from the first of it */
        unsigned logoffs_per_minute;
        double share; /* of all sessions one policy may end in ten minutes */
    } limits;
    struct {
        struct cf_span keep; /* entries older than this go */
        double megabytes;    /* the oldest go while it is larger */
    } journal;
    char **warn_command; /* for warnings that reach nobody: a path and its arguments; NULL: none */
    char *
        *administrators; /* groups whose members may do all that root may, of a running curfew; NULL: none */
};

enum {
    CF_CONFIG_POLICIES = 200,
    CF_CONFIG_PACE = 100000,       /* the most that limits.logoffs_per_minute can be */
    CF_CONFIG_MEGABYTES = 1000000, /* the most that journal.megabytes can be */
};

/* The defaults: dry run, root, system accounts and console protected, no policies. */
void cf_config_init(struct cf_config *config);
void cf_config_finish(struct cf_config *config);

/*
 * Reads `value`, an object of the top-level keys. Names of policies without a slash are looked for in the
 * folder "policies" beside `path`, then in `policy_folder`. Every mistake is reported, a line each:
 * "policies[2].limt: …". Returns 0 or CF_POLICY.
 */
int cf_config_parse(struct cf_config *config, const char *path, const json_t *value,
                    const char *policy_folder, struct cf_error *err);

/* `protect` and `limits`, an object of their keys and "others": whether `protect` names anybody else. */
json_t *cf_config_guards(const struct cf_config *config);

/* Adds a policy by file or name with options (an object, may be NULL; a reference of its own is taken). */
int cf_config_add_policy(struct cf_config *config, const char *file, const char *policy_folder,
                         json_t *options, struct cf_error *err);

/* Sets one option, as --set POLICY.OPTION=VALUE does. CF_USAGE where no such policy is configured. */
int cf_config_set_option(struct cf_config *config, const char *policy, const char *option, json_t *value,
                         struct cf_error *err);

#endif
