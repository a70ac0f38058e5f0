/* What a run comes to: the journal's entries counted, and the idle time of sessions that policies saved. */
#ifndef CF_PROGRAM_TALLY_H
#define CF_PROGRAM_TALLY_H

#include "engine/records/journal.h"
#include "sim/scenario.h"

struct cf_tally {
    uint64_t entries[CF_WHAT_COUNT];
    uint64_t sessions;    /* that logged on */
    struct cf_span saved; /* see cf_tally_event */
    int64_t *ended_us;    /* for each label, when its session was ended by a policy; 0: it was not */
    size_t labels;
};

void cf_tally_finish(struct cf_tally *tally);

void cf_tally_entry(struct cf_tally *tally, const struct cf_entry *entry);

/*
 * An event of the simulated host at `now`. A session that a policy ended would have stood there until its
 * user came back or left: that time is saved, as far as it lies within the run.
 */
void cf_tally_event(struct cf_tally *tally, const struct cf_event *event, struct cf_mono now);

/* The run is over. */
void cf_tally_end(struct cf_tally *tally, struct cf_mono now);

/* A table for people; an object for programs, {"summary":{…}}. */
void cf_tally_print(const struct cf_tally *tally, struct cf_buffer *out);
void cf_tally_json(const struct cf_tally *tally, struct cf_buffer *out);

#endif
