/* A crowd on a simulated host under one policy, with a share and a pace, and what the journal said of it. */
#ifndef CF_TESTS_SCENARIOS_CROWD_H
#define CF_TESTS_SCENARIOS_CROWD_H

#include "stage.h"

#include "sim/random.h"

#include <stdlib.h>
#include <string.h>

#define MINUTES(n) ((struct cf_mono){INT64_C(60000000) * (n)})

enum { MOST = 300, OTHERS = 300 };

/* What the journal said. */
static struct heard {
    struct stage stage;
    int64_t logoffs[4 * MOST], held_at; /* when; 0: never */
    char why[256];
    size_t logoff_count, held, ended, refused;
    int64_t warned[MOST + OTHERS]; /* by user: when, first, of the end that is announced; 0: not */
    size_t warnings[MOST + OTHERS], late;
} heard;

/* A user's number, by their name. */
static inline size_t number_of(const struct cf_entry *entry)
{
    return strtoul(entry->session->user + strlen("user"), NULL, 10);
}

static inline void hear_of_warnings(const struct cf_entry *entry)
{
    if (entry->what == CF_WHAT_WARN && !heard.warned[number_of(entry)]) {
        heard.warned[number_of(entry)] = entry->at_mono.us;
        heard.warnings[number_of(entry)]++;
    } else if (entry->what == CF_WHAT_WITHDRAW) {
        heard.warned[number_of(entry)] = 0;
    } else if (entry->what == CF_WHAT_LOGOFF && heard.warned[number_of(entry)]) {
        int64_t ahead = entry->at_mono.us - heard.warned[number_of(entry)];
        heard.late += ahead < cf_minutes(5).us || ahead > cf_minutes(6).us + cf_seconds(10).us;
    } else if (entry->what == CF_WHAT_LOGOFF) {
        heard.late += strcmp(entry->policy, "idle") == 0;
    }
}

static inline void hear(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data;
    cf_journal_queue_push(&heard.stage.kept, kept, context);
    heard.ended += entry->what == CF_WHAT_ENDED;
    heard.refused += entry->what == CF_WHAT_REFUSED;
    hear_of_warnings(entry);
    if (entry->what == CF_WHAT_LOGOFF) {
        assert_in_range(heard.logoff_count, 0, sizeof heard.logoffs / sizeof *heard.logoffs - 1);
        heard.logoffs[heard.logoff_count++] = entry->at_mono.us;
    } else if (entry->what == CF_WHAT_HELD) {
        heard.held++;
        heard.held_at = entry->at_mono.us;
        (void)snprintf(heard.why, sizeof heard.why, "%s", entry->text);
    }
}

/* How many were ended in the ten minutes until then. */
static inline size_t ended_before(int64_t at)
{
    size_t count = 0;
    for (size_t i = 0; i < heard.logoff_count; i++)
        count += heard.logoffs[i] <= at && heard.logoffs[i] > at - cf_minutes(10).us;
    return count;
}

/* ---- Who is there ---- */

static struct population {
    struct cf_session records[MOST + OTHERS];
    size_t count, event_count;
    struct cf_event events[MOST * 30];
} crowd;

static inline void begin_crowd(void)
{
    crowd.count = crowd.event_count = 0;
}

static inline void add_event(enum cf_event_kind kind, uint32_t label, struct cf_span at)
{
    assert_in_range(crowd.event_count, 0, sizeof crowd.events / sizeof *crowd.events - 1);
    crowd.events[crowd.event_count++] =
        (struct cf_event){.at_us = at.us,
                          .kind = kind,
                          .label = label,
                          .logon = kind == CF_EVENT_LOGON ? &crowd.records[label] : NULL};
}

static inline int by_time(const void *left, const void *right)
{
    const struct cf_event *a = left, *b = right;
    return a->at_us != b->at_us ? (a->at_us > b->at_us) - (a->at_us < b->at_us)
                                : (a->label > b->label) - (a->label < b->label);
}

static inline struct cf_scenario *finish_crowd(void)
{
    struct cf_script *script = cf_script_create((struct cf_instant){INT64_C(1772438400000000)});
    qsort(crowd.events, crowd.event_count, sizeof *crowd.events, by_time);
    for (size_t i = 0; i < crowd.event_count; i++)
        assert_int_equal(cf_script_add(script, &crowd.events[i], NULL), 0);
    return cf_script_finish(script, cf_minutes(24 * 60).us);
}

/* Logs on, and gives no further sign of life. */
static inline uint32_t add_one(const char *class, struct cf_span at)
{
    struct cf_session *record = &crowd.records[crowd.count];
    cf_session_init(record);
    char name[32];
    (void)snprintf(name, sizeof name, "user%zu", crowd.count);
    cf_session_set_string(record, CF_FIELD_USER, name);
    cf_session_set_string(record, CF_FIELD_CLASS, class);
    cf_session_set_string(record, CF_FIELD_TYPE, "tty");
    record->uid = (int64_t)(1001 + crowd.count);
    record->console = CF_TRI_NO;
    add_event(CF_EVENT_LOGON, (uint32_t)crowd.count, at);
    return (uint32_t)crowd.count++;
}

/* Is there, and types every ten minutes for four hours. */
static inline void add_busy(struct cf_random *random)
{
    int64_t at = cf_random_below(random, 600);
    uint32_t label = add_one(cf_random_chance(random, 100) ? "user-light" : "user", cf_seconds(at));
    for (at += 300; at < 4 * 3600; at += 600)
        add_event(CF_EVENT_INPUT, label, cf_seconds(at));
}

static inline void open_on(struct cf_sim_setup sim, const char *policy, double share, uint32_t pace)
{
    heard = (struct heard){0};
    stage_open(&heard.stage, policy, finish_crowd(), sim, hear);
    heard.stage.config.limits.share = share;
    heard.stage.config.limits.logoffs_per_minute = pace;
}

static inline void open_faulty(const char *policy, double share, uint32_t pace, struct cf_sim_faults faults)
{
    open_on((struct cf_sim_setup){.seed = 1, .faults = faults}, policy, share, pace);
}

static inline void open_crowd(const char *policy, double share, uint32_t pace)
{
    open_faulty(policy, share, pace, (struct cf_sim_faults){0});
}

static inline void close_crowd(void)
{
    stage_close(&heard.stage);
    for (size_t i = 0; i < crowd.count; i++)
        cf_session_finish(&crowd.records[i]);
}

static inline void run_until(struct cf_mono until)
{
    cf_loop_run_until(heard.stage.loop, until);
}

#endif
