/* What every calendar promises, whatever it was made of. */
#ifndef CF_TESTS_FUZZ_CALENDAR_H
#define CF_TESTS_FUZZ_CALENDAR_H

#include "calendar/calendar.h"
#include "fuzz.h"

static inline bool fuzz_in(const struct cf_calendar *calendar, int64_t us)
{
    return cf_calendar_contains(calendar, (struct cf_instant){us});
}

/* Its edges from `us` on ascend, `contains` changes at each and nowhere between, and `starts` and `ends`
 * agree. */
static inline void fuzz_walk(const struct cf_calendar *calendar, int64_t us)
{
    enum { EDGES = 20 };
    for (int i = 0; i < EDGES && us != CF_NEVER.us; i++) {
        struct cf_instant at = {us};
        int64_t edge = cf_calendar_next_edge(calendar, at).us;
        bool in = fuzz_in(calendar, us);
        fuzz_check(edge > us);
        fuzz_check(cf_calendar_ends(calendar, at).us == (in ? edge : us));
        fuzz_check(cf_calendar_starts(calendar, at).us == (in ? us : edge));
        if (edge != CF_NEVER.us) {
            fuzz_check(fuzz_in(calendar, edge) == !in);
            fuzz_check(fuzz_in(calendar, edge - 1) == in);
            fuzz_check(fuzz_in(calendar, us + (edge - us) / 2) == in);
        }
        us = edge;
    }
}

static inline void fuzz_calendar(struct cf_calendar *calendar)
{
    static const char *const from[] = {"0000-01-01", "1969-12-31 23:59", "2000-02-29", "2026-03-28",
                                       "2026-10-24", "2099-12-31",       "9999-01-01"};
    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        struct cf_instant at;
        fuzz_check(cf_instant_parse(from[i], cf_zone_utc(), &at, NULL) == 0);
        fuzz_walk(calendar, at.us);
    }
    fuzz_check(!fuzz_in(calendar, CF_UNKNOWN_US) && !fuzz_in(calendar, CF_NEVER.us));
    cf_calendar_unref(calendar);
}

#endif
