/* The inside of a zone, shared by what reads one, what extends it by its rule, and what looks into it. */
#ifndef CF_TIME_ZONE_DATA_H
#define CF_TIME_ZONE_DATA_H

#include "time/zone.h"

enum {
    CF_ZONE_FILE_SIZE = 256 * 1024, /* the largest file of tzdata has 4 kB */
};

/* Seconds in the 400 years after which dates and weekdays repeat. */
#define CF_ZONE_CYCLE (INT64_C(146097) * 86400)

/* A kind of local time: what to add to UTC, and its name, at letters + name. */
struct cf_zone_type {
    int32_t offset;
    uint32_t name;
};

/* From `at`, UTC seconds, types[type] is in force. */
struct cf_zone_change {
    int64_t at;
    uint16_t type;
};

struct cf_zone {
    char *name;
    struct cf_zone_type *types; /* types[0] is in force before the first change */
    size_t type_count;
    char *letters; /* names of types, each ending in NUL */
    size_t letter_count;
    struct cf_zone_change *changes; /* ascending */
    size_t change_count;
    /*
     * A rule goes on for ever, but repeats every CF_ZONE_CYCLE: changes[] holds it for a year longer than one
     * cycle from cycle_from on, and a later time is looked up as the time in that cycle that it repeats.
     */
    bool cyclic;
    int64_t cycle_from;
};

/*
 * Extends `zone` by a POSIX TZ rule ("CET-1CEST,M3.5.0,M10.5.0/3") beyond its last change; a zone without any
 * change follows it from the year 1900 on, and one without types gets the rule's. `rule` need not end in NUL.
 * Returns 0, or CF_FAILED with the zone as it was.
 */
int cf_zone_extend(struct cf_zone *zone, const char *rule, size_t length, struct cf_error *err);

/* Adds a type with a name of `length` bytes; returns its index. */
uint16_t cf_zone_add_type(struct cf_zone *zone, int32_t offset, const char *name, size_t length);

#endif
