/*
 * Which zone a name means. RFC 5545 says: what the file defines by it. But definitions in real files are
 * often of this year alone, or older than the law; so a name that is a place's is taken as that, as most
 * programs do, and compared.
 */
#include "calendar/ical/zones.h"

#include "base/memory.h"
#include "calendar/ical/definition.h"
#include "time/civil.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- What the file has --------------------------------------------------------------------------------- */

struct cf_zone_definition *cf_ical_zones_define(struct cf_ical_zones *zones, int line)
{
    if (zones->definition_count == CF_ICAL_ZONES)
        return NULL;
    struct cf_zone_definition *definition = cf_alloc(sizeof *definition);
    definition->line = line;
    definition->next = zones->definitions;
    zones->definitions = definition;
    zones->definition_count++;
    return definition;
}

struct cf_observance *cf_ical_zones_observe(struct cf_ical_zones *zones,
                                            struct cf_zone_definition *definition, int line)
{
    if (zones->observance_count == CF_ICAL_OBSERVANCES)
        return NULL;
    struct cf_observance *observance = cf_alloc(sizeof *observance);
    observance->line = line;
    observance->next = definition->observances;
    definition->observances = observance;
    zones->observance_count++;
    return observance;
}

void cf_observance_add(struct cf_observance *observance, const struct cf_content *content)
{
    struct cf_zone_line *line = cf_alloc(sizeof *line);
    line->content = *content;
    line->next = observance->lines;
    observance->lines = line;
}

static void free_observance(struct cf_observance *observance)
{
    while (observance->lines) {
        struct cf_zone_line *line = observance->lines;
        observance->lines = line->next;
        free(line);
    }
    free(observance);
}

static void free_definition(struct cf_zone_definition *definition)
{
    while (definition->observances) {
        struct cf_observance *observance = definition->observances;
        definition->observances = observance->next;
        free_observance(observance);
    }
    cf_zone_destroy(definition->zone);
    free(definition);
}

void cf_ical_zones_finish(struct cf_ical_zones *zones)
{
    while (zones->definitions) {
        struct cf_zone_definition *definition = zones->definitions;
        zones->definitions = definition->next;
        free_definition(definition);
    }
    while (zones->uses) {
        struct cf_zone_use *use = zones->uses;
        zones->uses = use->next;
        free(use);
    }
}

/* ---- What a name means --------------------------------------------------------------------------------- */

static struct cf_zone_definition *find_definition(const struct cf_ical_zones *zones, const char *tzid)
{
    struct cf_zone_definition *near = NULL;
    for (struct cf_zone_definition *each = zones->definitions; each; each = each->next) {
        if (each->tzid && strcmp(each->tzid, tzid) == 0)
            return each;
        if (each->tzid && strcasecmp(each->tzid, tzid) == 0)
            near = each;
    }
    return near;
}

/* The zone of that IANA name, in any case; NULL: there is none. */
static const struct cf_zone *get(const char *name)
{
    const struct cf_zone *zone = NULL;
    char spelt[CF_ZONE_NAME];
    if (strcmp(name, "local") == 0) /* which would be the host's */
        return NULL;
    if (cf_zone_get(name, &zone, NULL) < 0 && cf_zone_spell(name, spelt))
        (void)cf_zone_get(spelt, &zone, NULL);
    return zone;
}

/* The same of one that names a place, or whose tail does: "/freeassociation.sourceforge.net/Europe/Berlin".
 */
static const struct cf_zone *get_place(const char *name)
{
    enum { PARTS = 8 };
    const struct cf_zone *zone = NULL;
    for (int i = 0; name && !zone && i < PARTS && strchr(name, '/'); i++) {
        zone = get(name);
        name = strchr(name, '/') + 1;
    }
    return zone;
}

/* "W. Europe Standard Time", "(UTC+01:00) Amsterdam, …", "Amsterdam, …". */
static const struct cf_zone *get_windows(const char *name)
{
    for (const struct cf_windows_zone *each = cf_windows_zones; each->name; each++) {
        const char *shown = strstr(each->shown, ") ");
        if (strcasecmp(name, each->name) == 0 || strcasecmp(name, each->shown) == 0 ||
            (shown && strcasecmp(name, shown + 2) == 0))
            return get(each->iana);
    }
    return NULL;
}

/* One that the file does not define. */
static const struct cf_zone *get_undefined(const char *name)
{
    const char *tail = strrchr(name, '/'); /* "tzone://Microsoft/Utc" */
    const struct cf_zone *zone = get(name);
    zone = zone ? zone : get_windows(name);
    return zone || !tail ? zone : get(tail + 1);
}

static int look_up(struct cf_ical_zones *zones, struct cf_zone_use *use, struct cf_error *err)
{
    struct cf_zone_definition *definition = find_definition(zones, use->tzid);
    bool defined = definition && definition->observances;
    use->zone = get_place(use->tzid);
    if (!use->zone && definition)
        use->zone = get_place(definition->location);
    if (!use->zone && !defined)
        use->zone = get_undefined(use->tzid);
    if (!defined)
        return use->zone
                   ? CF_OK
                   : cf_error_set(err, CF_USAGE,
                                  "is in a time zone that curfew does not know and the file does not define; "
                                  "zones go by their IANA names, such as Europe/Berlin, or by a VTIMEZONE");
    if (!definition->zone && !definition->wrong.code)
        cf_zone_definition_follow(definition, &zones->budget);
    if (!use->zone && !definition->zone)
        return cf_error_set(err, CF_USAGE, "is in the time zone of line %d, which %s", definition->line,
                            definition->wrong.text);
    if (!use->zone)
        use->zone = definition->zone;
    else if (definition->zone)
        use->definition = definition;
    return CF_OK;
}

int cf_ical_zones_find(struct cf_ical_zones *zones, const char *tzid, const struct cf_zone_use **ret_use,
                       struct cf_error *err)
{
    for (struct cf_zone_use *use = zones->uses; use; use = use->next)
        if (strcmp(use->tzid, tzid) == 0) {
            *ret_use = use;
            return CF_OK;
        }
    if (zones->use_count == CF_ICAL_ZONES)
        return cf_error_set(err, CF_USAGE, "is in one of more than %d time zones", CF_ICAL_ZONES);
    struct cf_zone_use *use = cf_alloc(sizeof *use);
    use->tzid = tzid;
    int code = look_up(zones, use, err);
    if (code < 0) {
        free(use);
        return code;
    }
    use->next = zones->uses;
    zones->uses = use;
    zones->use_count++;
    *ret_use = use;
    return CF_OK;
}

bool cf_zone_use_agrees(const struct cf_zone_use *use, int64_t local)
{
    static const struct cf_date from = {2000, 1, 1}; /* what was before is left out of most definitions */
    int64_t ours, theirs, second, change;
    const struct cf_zone *defined = use->definition ? use->definition->zone : NULL;
    if (!defined || local < cf_days_of_date(from) * 86400)
        return true;
    (void)cf_zone_utc_of_local(use->zone, local, &ours, &second);
    (void)cf_zone_utc_of_local(defined, local, &theirs, &second);
    return ours == theirs || (cf_zone_next_change(defined, INT64_MIN / 2, &change) && theirs < change);
}
