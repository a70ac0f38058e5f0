/* What an iCalendar file means by the names of its zones. */
#ifndef CF_CALENDAR_ICAL_ZONES_H
#define CF_CALENDAR_ICAL_ZONES_H

#include "calendar/ical/content.h"
#include "time/windows_zones.h"
#include "time/zone.h"

enum {
    CF_ICAL_ZONES = 200,        /* zones that a file may define, and that it may name */
    CF_ICAL_OBSERVANCES = 2000, /* parts of all definitions together */
    CF_ICAL_ONSETS = 5000, /* changes of the clock that one definition may have until CF_ICAL_LAST_YEAR */
    CF_ICAL_ONSET_DAYS = 10000000, /* days that may be looked at to find those of all definitions */
};

/* A property of a definition, as the file has it. */
struct cf_zone_line {
    struct cf_zone_line *next;
    struct cf_content content;
};

/* STANDARD or DAYLIGHT. */
struct cf_observance {
    struct cf_observance *next;
    struct cf_zone_line *lines;
    int line;
};

struct cf_zone_definition {
    struct cf_zone_definition *next;
    const char *tzid, *location; /* X-LIC-LOCATION; NULL: none */
    int line;
    struct cf_observance *observances;
    struct cf_zone
        *zone; /* what they say, once that was worked out; NULL: not yet, or they cannot be followed */
    struct cf_error wrong;
};

/* All of a file. Zeroed is none, but for the budget. */
struct cf_ical_zones {
    struct cf_zone_definition *definitions;
    struct cf_zone_use *uses;
    size_t definition_count, observance_count, use_count;
    int64_t budget; /* CF_ICAL_ONSET_DAYS, less what was spent */
};

void cf_ical_zones_finish(struct cf_ical_zones *zones);

/* While the file is read. NULL: there are too many. */
struct cf_zone_definition *cf_ical_zones_define(struct cf_ical_zones *zones, int line);
struct cf_observance *cf_ical_zones_observe(struct cf_ical_zones *zones,
                                            struct cf_zone_definition *definition, int line);
void cf_observance_add(struct cf_observance *observance, const struct cf_content *content);

/* A name, and what it means. */
struct cf_zone_use {
    struct cf_zone_use *next;
    const char *tzid;
    const struct cf_zone *zone;
    const struct cf_zone_definition *definition; /* the file's, which it is compared with; NULL: none */
};

/*
 * What `tzid` means. An IANA name of a place ("Europe/Berlin", as the name itself, as X-LIC-LOCATION, as the
 * tail of the name), in any case, is that zone; any other name what the file defines by it; one that the file
 * does not define, the IANA or Windows zone called so. CF_USAGE, with the rest of a sentence.
 */
int cf_ical_zones_find(struct cf_ical_zones *zones, const char *tzid, const struct cf_zone_use **ret_use,
                       struct cf_error *err);

/* Whether the file's own definition, if any, agrees with the zone about these local seconds. */
bool cf_zone_use_agrees(const struct cf_zone_use *use, int64_t local);

#endif
