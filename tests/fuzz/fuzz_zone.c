/* Time zones: TZif files, and what is none is taken for the rule of one. */
#include "calendar/calendar.h"
#include "fuzz.h"
#include "time/zone_data.h"

enum { CHANGES = 100 };

/* Whether the wall clock at `utc` is what leads back to it. */
static void there_and_back(const struct cf_zone *zone, int64_t utc)
{
    const char *name;
    int64_t first, second;
    int64_t local = utc + cf_zone_offset(zone, utc, &name);
    fuzz_check(strlen(name) < 256);
    enum cf_local_kind kind = cf_zone_utc_of_local(zone, local, &first, &second);
    fuzz_check(kind != CF_LOCAL_GAP && first <= utc && utc <= second);
    fuzz_check((kind == CF_LOCAL_ONCE) == (first == second));
    fuzz_check(first + cf_zone_offset(zone, first, NULL) == local);
    fuzz_check(second + cf_zone_offset(zone, second, NULL) == local);
}

/* Whether no other change is so near that a time may be left out at both. */
static bool is_alone(const struct cf_zone *zone, int64_t at)
{
    const int64_t near = INT64_C(2) * 26 * 3600;
    int64_t change;
    return cf_zone_next_change(zone, at - near, &change) && change == at &&
           (!cf_zone_next_change(zone, at, &change) || change > at + near);
}

/* Where the clock jumps ahead, the times between lead to as much later. */
static void jump(const struct cf_zone *zone, int64_t at)
{
    int32_t before = cf_zone_offset(zone, at - 1, NULL), after = cf_zone_offset(zone, at, NULL);
    int64_t first, second;
    fuzz_check(before != after);
    if (before < after && cf_zone_utc_of_local(zone, at + before, &first, &second) == CF_LOCAL_GAP)
        fuzz_check(first == second && (first == at || !is_alone(zone, at)));
    there_and_back(zone, at - 1);
    there_and_back(zone, at);
}

static void walk(const struct cf_zone *zone, int64_t utc)
{
    for (int i = 0; i < CHANGES; i++) {
        int64_t change;
        there_and_back(zone, utc);
        bool any = cf_zone_next_change(zone, utc, &change);
        int64_t last = any ? change - 1 : INT64_C(1) << 61;
        fuzz_check(!any || change > utc);
        fuzz_check(cf_zone_offset(zone, last, NULL) == cf_zone_offset(zone, utc, NULL));
        if (!any)
            return;
        jump(zone, change);
        utc = change;
    }
}

/* Where clocks jump by days, or every second, hours of a week mean little; but looking for them comes to an
 * end. */
static void hours(const struct cf_zone *zone)
{
    static const char *const lines[] = {"Mon-Fri 07:30-19:00", "Sun 02:30-03:00", "Sat 22:00-02:30"};
    struct cf_calendar *calendar;
    fuzz_check(cf_calendar_weekly(lines, sizeof lines / sizeof *lines, zone, &calendar, NULL) == 0);
    struct cf_instant at = {INT64_C(1774000000) * 1000000};
    for (int i = 0; i < CHANGES && at.us != CF_NEVER.us; i++) {
        struct cf_instant edge = cf_calendar_next_edge(calendar, at);
        fuzz_check(edge.us > at.us);
        at = edge;
    }
    cf_calendar_unref(calendar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cf_zone *zone = NULL;
    struct cf_error err = {0};
    int code;
    if (size >= 4 && memcmp(data, "TZif", 4) == 0) {
        code = cf_zone_parse("fuzz", data, size, &zone, &err);
    } else {
        zone = cf_alloc(sizeof *zone);
        code = cf_zone_extend(zone, (const char *)data, size, &err);
    }
    if (code == 0) {
        static const int64_t from[] = {-(INT64_C(1) << 60), -2208988800, 0, 1774000000, INT64_C(1) << 40};
        for (size_t i = 0; i < sizeof from / sizeof *from; i++)
            walk(zone, from[i]);
        hours(zone);
    } else {
        fuzz_check(code == CF_FAILED && err.text[0]);
    }
    cf_zone_destroy(zone);
    return 0;
}
