/*
 * Time zones: any zone of the IANA database, read from its TZif file (RFC 8536) and the POSIX rule at its
 * end, without touching the process's own zone.
 *
 * "Local seconds" are seconds since 1970-01-01 00:00 as a clock on the zone's wall would count them.
 */
#ifndef CF_TIME_ZONE_H
#define CF_TIME_ZONE_H

#include "base/error.h"
#include "time/civil.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cf_zone;

/*
 * Gets the zone called `name` ("Europe/Berlin", "UTC"), or the host's own where name is NULL or "local" ($TZ,
 * then /etc/localtime; UTC where TZ is empty, or there is no such file: localtime(5)). Zones are shared,
 * never change, and live until cf_zones_release(); a caller only borrows them. Names that could leave the
 * zone folder are refused. Any thread may ask. Returns 0, CF_USAGE (no such zone) or CF_FAILED (a broken
 * file; a link that leads nowhere, where tzdata is missing).
 */
int cf_zone_get(const char *name, const struct cf_zone **ret_zone, struct cf_error *err);

/* Whether the host's own zone is UTC for want of /etc/localtime. */
bool cf_zone_is_assumed(void);

/*
 * Reads the files of all zones handed out once more. Where one's differs, its name means the new zone from
 * now on, and the one handed out goes on as it was: whoever borrowed it has to ask anew. `tell` is called for
 * each such name, and once with an error for each that cannot be read any more, and so stays. Whether any
 * differs.
 */
bool cf_zones_refresh(void (*tell)(void *data, const char *name, const struct cf_error *err), void *data);

/* The folders whose files decide which zones there are, some more than once: for whoever watches them. */
void cf_zones_folders(void (*tell)(void *data, const char *folder), void *data);

/* Never fails. */
const struct cf_zone *cf_zone_utc(void);

enum { CF_ZONE_NAME = 128 };

/* The name of the zone called so but for the case of letters: "europe/berlin". False: there is none. */
bool cf_zone_spell(const char *name, char out[CF_ZONE_NAME]);

/* From `at` on, UTC seconds, `offset` is in force. */
struct cf_zone_onset {
    int64_t at;
    int32_t offset;
};

/* A zone of these onsets, ascending, with `before` in force before the first. The caller destroys it. */
struct cf_zone *cf_zone_of_onsets(const char *name, int32_t before, const struct cf_zone_onset *onsets,
                                  size_t count);

/* Frees every zone handed out. For the end of the program and of tests. */
void cf_zones_release(void);

/* Reads a zone from the bytes of a TZif file: for tests and fuzzers. The caller destroys it. */
int cf_zone_parse(const char *name, const uint8_t *bytes, size_t size, struct cf_zone **ret_zone,
                  struct cf_error *err);
void cf_zone_destroy(struct cf_zone *zone);

const char *cf_zone_name(const struct cf_zone *zone);

/* Seconds to add to UTC for local time at `utc` (seconds since 1970). ret_abbreviation may be NULL. */
int32_t cf_zone_offset(const struct cf_zone *zone, int64_t utc, const char **ret_abbreviation);

/* The first instant after `utc` at which the offset changes; false when there is none any more. */
bool cf_zone_next_change(const struct cf_zone *zone, int64_t utc, int64_t *ret_utc);

/* How a local time maps to UTC: once, not at all (in a spring gap), or twice (in an autumn fold). */
enum cf_local_kind { CF_LOCAL_ONCE, CF_LOCAL_GAP, CF_LOCAL_FOLD };

/*
 * Finds the UTC seconds of `local` seconds, which lie within ±2^62. CF_LOCAL_GAP: both outputs hold the
 * instant of the jump, moved on by as much as the local time lies in the gap (02:30 reads as 03:30).
 * CF_LOCAL_FOLD: *ret_first and *ret_second are the earlier and the later. CF_LOCAL_ONCE: both the same.
 */
enum cf_local_kind cf_zone_utc_of_local(const struct cf_zone *zone, int64_t local, int64_t *ret_first,
                                        int64_t *ret_second);

/* The civil time at `us` microseconds UTC, and the first UTC microsecond of a civil time (a gap's as above).
 */
struct cf_civil cf_zone_civil(const struct cf_zone *zone, int64_t us);
int64_t cf_zone_instant_us(const struct cf_zone *zone, struct cf_civil civil);

#endif
