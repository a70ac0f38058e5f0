#include "engine/records/meters.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static struct cf_meter *meter_of(struct cf_meters *meters, const char *policy)
{
    struct cf_meter **place = &meters->first;
    while (*place && strcmp((*place)->policy, policy) != 0)
        place = &(*place)->next;
    if (!*place) {
        *place = cf_alloc(sizeof **place);
        (*place)->policy = cf_strdup(policy);
    }
    return *place;
}

static void keep_error(struct cf_meters *meters, const struct cf_entry *entry)
{
    struct cf_failure *failure = &meters->failures[meters->failure_count++ % CF_METERS_FAILURES];
    failure->at = entry->at;
    cf_replace(&failure->policy, entry->policy);
    cf_replace(&failure->text, entry->text);
}

void cf_meters_note(struct cf_meters *meters, const struct cf_entry *entry)
{
    if (entry->by_command || entry->by_user)
        return; /* whoever says it often would write what the engine has done */
    struct cf_meter *meter = meter_of(meters, entry->policy ? entry->policy : "");
    (entry->dry ? meter->would_have : meter->told)[entry->what]++;
    if (entry->what == CF_WHAT_REFUSED && -entry->code < CF_METER_REASONS)
        meter->refused[-entry->code]++;
    if (entry->what == CF_WHAT_FAILED)
        keep_error(meters, entry);
}

void cf_meters_finish(struct cf_meters *meters)
{
    while (meters->first) {
        struct cf_meter *meter = meters->first;
        meters->first = meter->next;
        free(meter->policy);
        free(meter);
    }
    for (size_t i = 0; i < CF_METERS_FAILURES; i++) {
        free(meters->failures[i].policy);
        free(meters->failures[i].text);
    }
}
