/*
 * What waits to be written, counted: the engine's own entries, and each policy's, so that what one loses, no
 * other does.
 */
#ifndef CF_JOURNAL_BACKLOG_H
#define CF_JOURNAL_BACKLOG_H

#include "engine/records/journal.h"

enum {
    CF_BACKLOG_ENTRIES = 4096,  /* of one policy, … */
    CF_BACKLOG_BYTES = 4 << 20, /* … and what they may take */
};

struct cf_backlog {
    char *policy;          /* NULL: the engine's */
    size_t entries, bytes; /* that wait, … */
    size_t most;           /* … and may wait, of entries */
    uint64_t lost;         /* of a policy, and not yet told of */
    struct cf_backlog *next;
};

/* The policy's, which is made where there is none yet. */
struct cf_backlog *cf_backlog_of(struct cf_backlog **policies, const char *policy);

/* What an entry takes while it waits. */
size_t cf_backlog_bytes(const struct cf_entry *entry);

/* The engine's is limited by entries alone. */
bool cf_backlog_has_room(const struct cf_backlog *backlog, size_t bytes);

void cf_backlogs_finish(struct cf_backlog **policies);

#endif
