/*
 * The journal made for reading: a heading for each day, then a line an entry: time, user, session, what, why.
 *
 *     Monday 2026-03-02
 *     09:25:00 ana      c4   warn    No activity: you will be logged off in 5 minutes.
 *     09:30:00 ana      c4   logoff  idle for 30 minutes
 */
#ifndef CF_PROGRAM_TIMELINE_H
#define CF_PROGRAM_TIMELINE_H

#include "engine/records/journal.h"

struct cf_timeline {
    const struct cf_zone *zone; /* whose clock it shows */
    unsigned width;             /* columns at which reasons are wrapped; 0: never */
    bool colour;
    bool outcomes;       /* tells of sessions that have ended in the end, too */
    bool names_policies; /* behind the reason of what they do to sessions */
    bool in_words;       /* "would have been logged off: idle…" for "(logoff) idle…" */

    /* Its own, zero at first. */
    int64_t day;                                        /* that was headed last, from 1 on; 0: none */
    int64_t offset_us, offset_from_us, offset_until_us; /* of the zone, and while it holds */
    int user_width, session_width;                      /* columns grow with what they must hold */
};

/*
 * Adds the lines of one entry; none for CF_WHAT_ENDED without `outcomes`, as a logoff that does not end is
 * heard of otherwise. Whatever users or hosts wrote is made safe to display.
 */
void cf_timeline_add(struct cf_timeline *timeline, const struct cf_entry *entry, struct cf_buffer *out);

#endif
