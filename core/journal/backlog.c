#include "journal/backlog.h"

#include "base/memory.h"
#include "journal/row.h"

#include <stdlib.h>
#include <string.h>

struct cf_backlog *cf_backlog_of(struct cf_backlog **policies, const char *policy)
{
    struct cf_backlog *backlog = *policies;
    while (backlog && strcmp(backlog->policy, policy) != 0)
        backlog = backlog->next;
    if (backlog)
        return backlog;
    backlog = cf_alloc(sizeof *backlog);
    *backlog =
        (struct cf_backlog){.policy = cf_strdup(policy), .most = CF_BACKLOG_ENTRIES, .next = *policies};
    return *policies = backlog;
}

static size_t length_of(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return length < CF_ROW_TEXT ? length : CF_ROW_TEXT;
}

size_t cf_backlog_bytes(const struct cf_entry *entry)
{
    return sizeof(struct cf_row) + length_of(entry->text) + length_of(entry->reason);
}

bool cf_backlog_has_room(const struct cf_backlog *backlog, size_t bytes)
{
    return backlog->entries < backlog->most &&
           (!backlog->policy || backlog->bytes + bytes <= CF_BACKLOG_BYTES);
}

void cf_backlogs_finish(struct cf_backlog **policies)
{
    for (struct cf_backlog *backlog; (backlog = *policies);) {
        *policies = backlog->next;
        free(backlog->policy);
        free(backlog);
    }
}
