/* What a VTIMEZONE says. */
#ifndef CF_CALENDAR_ICAL_DEFINITION_H
#define CF_CALENDAR_ICAL_DEFINITION_H

#include "calendar/ical/zones.h"

/* Works out when its clock changes, and to what: sets its zone, or what is wrong with it ("has no DTSTART in
 * line 7"). Cuts its lines into pieces, and takes
 * 1 from *budget for each day looked at. */
void cf_zone_definition_follow(struct cf_zone_definition *definition, int64_t *budget);

#endif
