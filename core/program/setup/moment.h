/* A time as people write it, and journalctl reads it. */
#ifndef CF_PROGRAM_MOMENT_H
#define CF_PROGRAM_MOMENT_H

#include "time/instant.h"

/*
 * "2026-03-02 17:30", "2026-03-02", "17:30" (today), "now", "today", "yesterday", "tomorrow" (from midnight),
 * "2h", "-2h" and "2h ago" (before now), "+2h" (after it). Days are `zone`'s. CF_USAGE, with a sentence.
 */
int cf_moment_parse(const char *text, const struct cf_zone *zone, struct cf_instant now,
                    struct cf_instant *ret_instant, struct cf_error *err);

#endif
