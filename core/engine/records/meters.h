/* What the journal was told, counted, and the last failures: for who asks later. */
#ifndef CF_ENGINE_METERS_H
#define CF_ENGINE_METERS_H

#include "engine/records/journal.h"

enum {
    CF_METERS_FAILURES = 8, /* that are kept */
    CF_METER_REASONS = 16,  /* codes are from 0 to -10 */
};

/* What the journal was told of one policy, or of none. Outlives the policy: counters never go back. */
struct cf_meter {
    char *policy; /* "": the engine itself */
    uint64_t told[CF_WHAT_COUNT], would_have[CF_WHAT_COUNT];
    uint64_t refused[CF_METER_REASONS];
    struct cf_meter *next;
};

struct cf_failure {
    struct cf_instant at;
    char *policy, *text;
};

struct cf_meters {
    struct cf_meter *first;
    struct cf_failure failures[CF_METERS_FAILURES]; /* a ring */
    size_t failure_count;                           /* of all there ever were */
};

void cf_meters_note(struct cf_meters *meters, const struct cf_entry *entry);
void cf_meters_finish(struct cf_meters *meters);

#endif
