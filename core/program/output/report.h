/* The journal that a command writes to its output, as a timeline or as JSON lines, counting as it goes. */
#ifndef CF_PROGRAM_REPORT_H
#define CF_PROGRAM_REPORT_H

#include "engine/records/journal.h"
#include "program/output/tally.h"
#include "program/output/timeline.h"
#include "time/loop.h"

#include <stdio.h>

struct cf_report;

struct cf_report_setup {
    struct cf_loop *loop; /* stopped when the output cannot be written any more */
    FILE *out;
    const struct cf_zone *zone;
    bool json, quiet; /* quiet: entries are counted only */
    bool prompt;      /* every entry is written out at once, for somebody who waits for it */
    bool names_policies;
    bool outcomes; /* the timeline tells of sessions that have ended in the end, too */
};

struct cf_report *cf_report_create(const struct cf_report_setup *setup);
void cf_report_destroy(struct cf_report *report); /* before its loop; NULL is fine */

const struct cf_journal *cf_report_journal(const struct cf_report *report);
struct cf_tally *cf_report_tally(struct cf_report *report);

/* Whether the output was lost: whoever runs the loop should end. */
bool cf_report_broken(const struct cf_report *report);

/* Times are told in this zone from now on. */
void cf_report_set_zone(struct cf_report *report, const struct cf_zone *zone);

/* Adds the summary. */
void cf_report_summary(struct cf_report *report);

#endif
