/* A day of an office of 1,000 under a policy, and what it took. */
#ifndef CF_TESTS_LAB_H
#define CF_TESTS_LAB_H

#include "stage.h"

struct lab {
    struct stage stage;
    int64_t last_birth;
    uint64_t sessions, logoffs, failures;
    struct cf_engine_counts counts;
};

static inline void lab_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    (void)event;
    struct lab *lab = data;
    if (!session || session->identity.birth <= lab->last_birth)
        return;
    lab->last_birth = session->identity.birth;
    lab->sessions++;
}

static inline void lab_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    struct lab *lab = data; /* whose stage comes first */
    cf_journal_queue_push(&lab->stage.kept, kept, context);
    lab->logoffs += entry->what == CF_WHAT_LOGOFF;
    lab->failures += entry->what == CF_WHAT_FAILED;
}

/* `pushes`: the host tells of every input, instead of being asked. */
static inline struct lab lab_run(const char *policy, bool pushes)
{
    struct lab lab = {0};
    const struct cf_office office = {.users = 1000,
                                     .days = 1,
                                     .seed = 1,
                                     .start = {INT64_C(1772409600000000)}, /* Monday 2026-03-02, 00:00 UTC */
                                     .zone = cf_zone_utc()};
    struct cf_scenario *scenario = NULL;
    assert_int_equal(cf_office_create(&office, &scenario, NULL), 0);
    stage_open(&lab.stage, policy, scenario, (struct cf_sim_setup){.pushes_input = pushes}, lab_entry);
    cf_sim_on_event(cf_engine_backend(lab.stage.engine), lab_event, &lab);
    stage_run(&lab.stage);
    lab.counts = *cf_engine_counts(lab.stage.engine);
    stage_close(&lab.stage);
    return lab;
}

#endif
