/*
 * iCalendar files (RFC 5545, 5546, 7986): events become windows. The file is read by a parser of our own,
 * which looks at each byte once and believes nothing that it has not read whole; see ical/.
 */
#include "calendar/file.h"

#include "base/memory.h"
#include "base/text.h"
#include "calendar/ical/event.h"
#include "calendar/kind.h"
#include "calendar/parts.h"

#include <stdlib.h>

static int compare_windows(const void *a, const void *b)
{
    const struct cf_ical_window *x = a, *y = b;
    if (x->whole_day != y->whole_day)
        return x->whole_day - y->whole_day;
    return (x->event > y->event) - (x->event < y->event);
}

/* A calendar of the windows [from, to), all of whole days or none, and nothing where there are none. */
static struct cf_calendar *pattern_of(const struct cf_ical_file *in, size_t from, size_t to)
{
    struct cf_window *windows = cf_alloc((to - from + 1) * sizeof *windows);
    for (size_t i = from; i < to; i++)
        windows[i - from] = (struct cf_window){in->windows[i].from, in->windows[i].to};
    bool whole_day = from == to || in->windows[from].whole_day;
    struct cf_calendar *calendar =
        cf_pattern_create(CF_ONCE, whole_day ? in->zone : cf_zone_utc(), windows, to - from);
    free(windows);
    return calendar;
}

/* A part for each event, and all of them together. */
static int create(struct cf_ical_file *in, struct cf_calendar **ret_calendar, struct cf_error *err)
{
    if (in->window_count)
        qsort(in->windows, in->window_count, sizeof *in->windows, compare_windows);
    struct cf_parts parts = {.file = in->name};
    size_t times = 0;
    while (times < in->window_count && !in->windows[times].whole_day)
        times++;
    for (size_t i = 0, next; i < in->window_count; i = next) {
        for (next = i + 1;
             next < in->window_count && compare_windows(&in->windows[i], &in->windows[next]) == 0;)
            next++;
        const char *name = in->events[in->windows[i].event].summary;
        cf_parts_add(&parts, pattern_of(in, i, next), name ? name : "");
    }
    int code = CF_OK;
    if (times)
        code = cf_calendar_add(&parts.whole, pattern_of(in, 0, times), err);
    if (code == CF_OK && (times < in->window_count || !times))
        code = cf_calendar_add(&parts.whole, pattern_of(in, times, in->window_count), err);
    if (!in->event_count)
        cf_parts_note(&parts, in->others ? "holds no events, only tasks or the like, which are not days off"
                                         : "holds no events");
    *ret_calendar = cf_parts_create(&parts);
    return code;
}

int cf_calendar_read_ical(char *text, const struct cf_file_reading *how, struct cf_calendar **ret_calendar,
                          struct cf_error *err)
{
    struct cf_error all = {0};
    struct cf_ical_file in = {.name = how->name,
                              .zone = how->zone,
                              .only = how->only,
                              .except = how->except,
                              .err = &all,
                              .budget = CF_ICAL_DAYS,
                              .zones.budget = CF_ICAL_ONSET_DAYS};
    int code = cf_ical_read_lines(&in, text);
    for (size_t i = 0; i < in.event_count && !cf_ical_full(&in); i++)
        cf_ical_read_event(&in, &in.events[i]);
    if (code == CF_OK)
        cf_ical_expand(&in);
    if (!in.mistakes)
        code = create(&in, ret_calendar, &all);
    else
        code = CF_USAGE;
    if (code < 0 && err)
        *err = all;
    cf_ical_zones_finish(&in.zones);
    free(in.windows);
    free(in.lines);
    free(in.events);
    return code;
}
