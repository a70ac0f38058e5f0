/* The calendars of days off that policies have made. */
#ifndef CF_ENGINE_CALENDARS_H
#define CF_ENGINE_CALENDARS_H

#include "calendar/calendar.h"
#include "engine/engine.h"

/* calendars.c: lets go of those that the policy has made. */
void cf_calendars_drop(struct cf_policy *policy);
const struct cf_calendar *cf_policy_calendar(const struct cf_policy *policy,
                                             size_t index); /* NULL: no more */

#endif
