/* The simulated host of one test, with its virtual time, its engine, and a record of all that
 * happened. */
#ifndef CF_AUTHOR_TEST_HOST_H
#define CF_AUTHOR_TEST_HOST_H

#include "engine/engine.h"
#include "sim/sim.h"

#define CF_TEST_HOST_NOBODY UINT32_MAX

enum { CF_TEST_HOST_ROWS = 50000 }; /* things that may happen in one test, repeated input counted once */

/* A row of the timeline: an event, or an entry of the journal. */
struct cf_row {
    int64_t at_us, until_us; /* since the host's beginning; until: the last of `times` equal events */
    unsigned times;
    int what;       /* enum cf_what; -1: an event */
    int code;       /* of what failed, or was refused */
    int line;       /* of the policy; 0: unknown */
    bool unwarned;  /* a logoff: its user saw no warning */
    uint32_t label; /* of the person, or CF_TEST_HOST_NOBODY */
    char *who;      /* user, or "" */
    char *by;       /* the policy, or "" */
    char *text;
};

/* Which label a session was seen at. */
struct cf_sighting {
    struct cf_identity identity; /* its strings are owned */
    uint32_t label;
};

struct cf_test_host {
    struct cf_instant start; /* the owner's to set, like `zone`, until the host is opened */
    const struct cf_zone *zone;
    const char *policy_folder;                       /* may be NULL */
    const struct cf_policy_host_ops *policy_host;    /* Lua's, unless it is changed until then */
    struct cf_sim_setup sim;                         /* all off at first */
    void (*asked)(void *data, int line, bool holds); /* as the engine's; NULL at first */
    void *asked_data;

    struct cf_loop *loop; /* NULL until opened */
    struct cf_engine *engine;
    struct cf_config config; /* of the engine: acting, without policies unless it was given */
    bool configured;
    struct cf_config **loads; /* what the added policies rest on */
    size_t load_count;
    struct cf_journal journal;
    struct cf_journal_queue queue;
    struct cf_mono begun;
    struct cf_row *rows;
    size_t row_count;
    struct cf_sighting *sightings;
    size_t sighting_count;
    uint32_t people; /* labels used so far */
};

/* In UTC, unless `start` and `zone` are changed before it is opened. */
void cf_test_host_init(struct cf_test_host *test_host, struct cf_instant start, const char *policy_folder);
void cf_test_host_finish(struct cf_test_host *test_host);

/*
 * Puts a configuration in force, before it is opened: `value` as cf_config_parse has it, of the file `path`,
 * in whose words all of it is then, or (NULL) on top of what tests have anyhow. Its dry run does not count.
 */
int cf_test_host_configure(struct cf_test_host *test_host, const char *path, const json_t *value,
                           struct cf_error *err);

/* Makes clock, host and engine where that was not done yet. */
int cf_test_host_open(struct cf_test_host *test_host, struct cf_error *err);

/* Adds a policy: `entry` as in the configuration's list of policies, with its words and options. */
int cf_test_host_add_policy(struct cf_test_host *test_host, json_t *entry, struct cf_error *err);

/* Makes an event happen now, and what follows from it at once. */
int cf_test_host_apply(struct cf_test_host *test_host, const struct cf_event *event, struct cf_error *err);

/* Lets time pass, unless its rows are full. */
void cf_test_host_run(struct cf_test_host *test_host, struct cf_span span);

/* More than CF_TEST_HOST_ROWS things happened. */
bool cf_test_host_is_full(const struct cf_test_host *test_host);

/* The person's session, or NULL. */
const struct cf_session *cf_test_host_session(const struct cf_test_host *test_host, uint32_t label);

/* Whether the row tells what came of a decision, rather than what was decided. */
bool cf_row_is_outcome(const struct cf_row *row);

/* "25:00", from an hour on "1:05:00", fractions dropped. Returns out. */
const char *cf_row_time(int64_t us, char out[CF_SPAN_TEXT]);

#endif
