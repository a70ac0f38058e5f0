/* The calendars of days off that policies have made. */
#include "engine/runs/calendars.h"

#include "base/memory.h"
#include "engine/context.h"
#include "engine/policy.h"
#include "engine/runs/schedules.h"

#include <stdlib.h>

struct cf_kept_calendar {
    struct cf_calendar *calendar;
    struct cf_kept_calendar *next;
};

void cf_policy_keep_calendar(struct cf_policy *policy, struct cf_calendar *calendar)
{
    struct cf_kept_calendar *kept = cf_alloc(sizeof *kept);
    kept->calendar = cf_calendar_ref(calendar);
    *policy->calendars_end = kept;
    policy->calendars_end = &kept->next;
}

void cf_calendars_drop(struct cf_policy *policy)
{
    policy->calendars_end = &policy->calendars;
    while (policy->calendars) {
        struct cf_kept_calendar *kept = policy->calendars;
        policy->calendars = kept->next;
        cf_calendar_unref(kept->calendar);
        free(kept);
    }
}

const struct cf_calendar *cf_policy_calendar(const struct cf_policy *policy, size_t index)
{
    const struct cf_kept_calendar *kept = policy->calendars;
    while (kept && index-- > 0)
        kept = kept->next;
    return kept ? kept->calendar : NULL;
}

const struct cf_calendar *cf_engine_calendar(const struct cf_engine *engine, size_t index,
                                             const char **ret_policy)
{
    for (size_t i = 0; i < engine->policy_count; i++)
        for (const struct cf_kept_calendar *kept = engine->policies[i]->calendars; kept; kept = kept->next)
            if (index-- == 0) {
                *ret_policy = cf_policy_name(engine->policies[i]);
                return kept->calendar;
            }
    return NULL;
}

void cf_engine_calendars_changed(struct cf_engine *engine, const char *reason)
{
    for (size_t i = 0; i < engine->policy_count; i++)
        cf_schedules_calendar_changed(engine->policies[i]);
    cf_engine_restart(engine, reason);
}
