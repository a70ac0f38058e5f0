/*
 * People made up at random, who touch their keyboards just before, at and just after the moments at which
 * policies look, and hosts that fail while they do.
 */
#ifndef CF_TESTS_RANDOM_PEOPLE_H
#define CF_TESTS_RANDOM_PEOPLE_H

#include "sim/random.h"
#include "sim/scenario.h"

/* Makes the record somebody, now and then one whom a guard protects, or whose idle time nobody knows. */
void dress(struct cf_session *who, struct cf_random *random);

/* Whether no guard of the usual configuration protects it. */
bool is_unguarded(const struct cf_session *session);

/* Names a fault and its strength in `event`, whose kind is CF_EVENT_FAULT: 0 ends it. */
void set_fault(struct cf_event *event, struct cf_random *random);

struct people {
    uint32_t count;
    int64_t length_us;
    const int64_t *gaps; /* µs after a sign of life at which something is due */
    size_t gap_count;
    bool faults;
};

struct cf_scenario *people_live(const struct people *people, struct cf_instant start,
                                struct cf_random *random);

#endif
