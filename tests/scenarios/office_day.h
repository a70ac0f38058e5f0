/* A day of an office of 1,000 under a policy, and what it took. */
#ifndef CF_TESTS_SCENARIOS_OFFICE_DAY_H
#define CF_TESTS_SCENARIOS_OFFICE_DAY_H

#include "simulation.h"

struct office_day {
    struct simulation sim; /* first: the journal's data */
    int64_t last_birth;
    uint64_t sessions, logoffs, failures;
    struct cf_engine_counts counts;
};

/* `pushes`: the host tells of every input, instead of being asked. */
void office_day_run(struct office_day *day, const char *policy, bool pushes);

#endif
