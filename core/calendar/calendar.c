#include "calendar/calendar.h"

#include "base/memory.h"
#include "calendar/kind.h"

#include <assert.h>
#include <stdlib.h>

void cf_calendar_init(struct cf_calendar *calendar, const struct cf_calendar_kind *kind)
{
    calendar->kind = kind;
    calendar->references = 1;
    calendar->memo = cf_alloc(sizeof *calendar->memo);
    *calendar->memo = (struct cf_calendar_memo){.from = INT64_MAX};
}

struct cf_calendar *cf_calendar_ref(struct cf_calendar *calendar)
{
    calendar->references++;
    return calendar;
}

void cf_calendar_unref(struct cf_calendar *calendar)
{
    if (!calendar)
        return;
    assert(calendar->references > 0);
    if (--calendar->references > 0)
        return;
    calendar->kind->finish(calendar);
    free(calendar->memo);
    free(calendar);
}

void cf_calendar_visit(const struct cf_calendar *calendar, cf_calendar_visit_fn *fn, void *data)
{
    if (calendar->kind->visit)
        calendar->kind->visit(calendar, fn, data);
}

uint64_t cf_calendar_generation(const struct cf_calendar *calendar)
{
    return calendar->changes ? calendar->kind->generation(calendar) : 0;
}

struct cf_stretch cf_calendar_look(const struct cf_calendar *calendar, int64_t at,
                                   struct cf_calendar_work *work)
{
    if (at <= -CF_CALENDAR_REACH || at >= CF_CALENDAR_REACH)
        return (struct cf_stretch){false, CF_NEVER.us, false};
    struct cf_calendar_memo *memo = calendar->memo;
    uint64_t generation = cf_calendar_generation(calendar);
    bool short_of = memo->stretch.cut && work->done < work->most;
    if (at < memo->from || at >= memo->stretch.edge || memo->generation != generation || short_of)
        *memo =
            (struct cf_calendar_memo){at, calendar->kind->look(calendar, at, work), generation, memo->work};
    return memo->stretch;
}

static struct cf_stretch ask(const struct cf_calendar *calendar, int64_t at, unsigned most)
{
    struct cf_calendar_work work = {.most = most};
    struct cf_stretch stretch = cf_calendar_look(calendar, at, &work);
    calendar->memo->work = work.done;
    return stretch;
}

unsigned cf_calendar_worked(const struct cf_calendar *calendar)
{
    return calendar->memo->work;
}

bool cf_calendar_contains(const struct cf_calendar *calendar, struct cf_instant at)
{
    return ask(calendar, at.us, 0).inside;
}

struct cf_instant cf_calendar_next_edge(const struct cf_calendar *calendar, struct cf_instant after)
{
    return (struct cf_instant){ask(calendar, after.us, CF_CALENDAR_WORK).edge};
}

struct cf_instant cf_calendar_starts(const struct cf_calendar *calendar, struct cf_instant at)
{
    struct cf_stretch stretch = ask(calendar, at.us, CF_CALENDAR_WORK);
    return stretch.inside || !cf_instant_known(at) ? at
           : stretch.cut                           ? CF_NEVER
                                                   : (struct cf_instant){stretch.edge};
}

struct cf_instant cf_calendar_ends(const struct cf_calendar *calendar, struct cf_instant at)
{
    struct cf_stretch stretch = ask(calendar, at.us, CF_CALENDAR_WORK);
    return !stretch.inside ? at : stretch.cut ? CF_NEVER : (struct cf_instant){stretch.edge};
}
