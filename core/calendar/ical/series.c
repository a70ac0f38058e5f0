/*
 * Events of one UID are one series: the event itself, in its newest revision, and those that stand in the
 * place of some of its occurrences, or of all from one on (RFC 5545, 3.8.4.4; RFC 5546, 2.1.5).
 */
#include "base/memory.h"
#include "calendar/ical/event.h"
#include "calendar/ical/recurrence.h"
#include "time/civil.h"

#include <stdlib.h>
#include <string.h>

/* Which occurrence is meant: that of a time, or all of a day. */
struct key {
    bool day;
    int64_t at; /* days since 1970; UTC seconds */
};

/* From `from` on, occurrences are like this event. */
struct change {
    int64_t from;         /* as place_of() */
    int64_t id, id_local; /* when that occurrence was to be: UTC, and on the event's own clock */
    struct cf_ical_event *event;
};

struct series {
    struct cf_ical_file *in;
    struct cf_ical_event *main; /* NULL: only occurrences of it are here */
    struct key *excepted;
    size_t excepted_count;
    struct change *changes;
    size_t change_count;
    const struct cf_rule *rule; /* being followed */
    bool failed;
};

/* ---- Occurrences --------------------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    return x->day != y->day ? x->day - y->day : (x->at > y->at) - (x->at < y->at);
}

/* What an occurrence is called, in seconds; ascending as they do. */
static int64_t place_of(const struct cf_ical_time *time)
{
    return time->whole_day ? time->local : time->utc;
}

static bool is_excepted(const struct series *series, const struct cf_ical_time *start)
{
    const struct key keys[] = {{true, cf_ical_day(start->local)}, {false, start->utc}};
    for (size_t i = 0; i < (start->whole_day ? 1 : 2) && series->excepted_count; i++)
        if (bsearch(&keys[i], series->excepted, series->excepted_count, sizeof keys[i], compare_keys))
            return true;
    return false;
}

/* Whether one more may be; those count, too, that are excepted or last no time, since each takes some. */
static bool count_occurrence(struct cf_ical_file *in, struct cf_ical_event *event)
{
    if (++in->occurrences <= CF_ICAL_WINDOWS)
        return true;
    (void)cf_ical_mistake(in, event->line, event, "and those before it occur more than %d times until %d",
                          CF_ICAL_WINDOWS, CF_ICAL_LAST_YEAR);
    return false;
}

static void add_window(struct cf_ical_file *in, struct cf_ical_event *event, const struct cf_ical_time *start,
                       const struct cf_ical_length *length)
{
    int64_t last_day = start->local + length->days * CF_DAY_SECONDS, from = start->local, to = last_day;
    if (!start->whole_day) {
        from = start->utc;
        to = (length->days ? cf_ical_time_of_local(start, last_day).utc : from) + length->seconds;
    }
    if (event->hidden || to <= from)
        return;
    in->windows = cf_grow(in->windows, in->window_count, sizeof *in->windows);
    in->windows[in->window_count++] =
        (struct cf_ical_window){from, to, (uint32_t)event->number, start->whole_day};
}

/* The event that an occurrence is like; NULL: none, it was cancelled. */
static const struct change *change_at(const struct series *series, int64_t at)
{
    size_t low = 0, high = series->change_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (series->changes[middle].from <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &series->changes[low - 1] : NULL;
}

/* What the clock of a zone shows at that instant. */
static int64_t local_in(const struct cf_ical_time *like, int64_t utc)
{
    return utc + cf_zone_offset(like->zone, utc, NULL);
}

/* An occurrence that is like a later version: as far moved as that is from the one whose place it takes. */
static void add_changed(struct series *series, const struct change *change, const struct cf_ical_time *start)
{
    struct cf_ical_event *as = change->event;
    int64_t moved = as->start.zone == start->zone ? start->local + as->start.local - change->id_local
                                                  : local_in(&as->start, start->utc) + as->start.local -
                                                        local_in(&as->start, change->id);
    struct cf_ical_time time = cf_ical_time_of_local(&as->start, moved);
    add_window(series->in, as, &time, &as->length);
}

static bool add_occurrence(struct series *series, const struct cf_ical_time *start,
                           const struct cf_ical_length *length)
{
    if (!count_occurrence(series->in, series->main))
        return false;
    if (is_excepted(series, start))
        return true;
    const struct change *change = change_at(series, place_of(start));
    if (!change)
        add_window(series->in, series->main, start, length);
    else if (!change->event->cancelled)
        add_changed(series, change, start);
    return true;
}

/* ---- Rules and dates ----------------------------------------------------------------------------------- */

/* Whether a time that the rule found comes no later than its UNTIL. */
static bool is_before_end(const struct cf_rule *rule, const struct cf_ical_time *start)
{
    if (!rule->has_until)
        return true;
    if (rule->until.whole_day || start->whole_day)
        return cf_ical_day(start->local) <= cf_ical_day(rule->until.local);
    return (rule->until.utc ? start->utc : start->local) <= rule->until.local;
}

static bool found(void *data, int64_t local)
{
    struct series *series = data;
    struct cf_ical_time start = cf_ical_time_of_local(&series->main->start, local);
    if (is_before_end(series->rule, &start))
        series->failed = !add_occurrence(series, &start, &series->main->length);
    return !series->failed;
}

static void add_rule(struct series *series, const struct cf_content *content)
{
    struct cf_ical_file *in = series->in;
    struct cf_ical_event *main = series->main;
    struct cf_rule rule;
    struct cf_error why;
    if (cf_rule_read(content->value, main->start.whole_day, &rule, &why) < 0) {
        (void)cf_ical_mistake(in, content->line, main, "%s", why.text);
        return;
    }
    int64_t last = cf_days_of_date((struct cf_date){CF_ICAL_LAST_YEAR + 1, 1, 1}) * CF_DAY_SECONDS - 1;
    if (rule.has_until && rule.until.local + 2 * CF_DAY_SECONDS < last) /* which may be of another zone */
        last = rule.until.local + 2 * CF_DAY_SECONDS;
    series->rule = &rule;
    if (!cf_recurrence_run(&rule, main->start.local, last, &in->budget, found, series))
        (void)cf_ical_mistake(in, content->line, main,
                              "and those before it recur too often to be followed until %d",
                              CF_ICAL_LAST_YEAR);
}

/* "START/END" or "START/SPAN". */
static int read_period(struct cf_ical_file *in, struct cf_ical_event *event, const struct cf_content *content,
                       char *text, struct cf_ical_time *ret_start, struct cf_ical_length *ret_length)
{
    char *end = strchr(text, '/');
    *end++ = '\0';
    struct cf_ical_time until;
    int code = cf_ical_read_time(in, event, content, text, ret_start);
    if (code < 0)
        return code;
    if (cf_ical_read_length(end, ret_length))
        return CF_OK;
    code = cf_ical_read_time(in, event, content, end, &until);
    return code < 0 ? code : cf_ical_set_end(in, event, content->line, ret_start, &until, ret_length);
}

/* The dates and periods of one RDATE. */
static bool add_dates(struct series *series, const struct cf_content *content)
{
    struct cf_ical_file *in = series->in;
    struct cf_ical_event *main = series->main;
    char *list = content->value[0] ? content->value : NULL;
    for (char *item; (item = cf_content_item(&list, ',')) != NULL;) {
        struct cf_ical_time start;
        struct cf_ical_length length = main->length;
        int code = strchr(item, '/') ? read_period(in, main, content, item, &start, &length)
                                     : cf_ical_read_time(in, main, content, item, &start);
        if (code == CF_OK && start.whole_day != main->start.whole_day)
            code = cf_ical_mistake(in, content->line, main, "has an RDATE of another kind than its DTSTART");
        if (code == CF_OK && start.floating && !start.whole_day) /* on the event's own clock */
            start = cf_ical_time_of_local(&main->start, start.local);
        if (code < 0 || !add_occurrence(series, &start, &length))
            return false;
    }
    return true;
}

/* ---- Exceptions ---------------------------------------------------------------------------------------- */

/* Which occurrence of the event a time means, whatever kind of value that is. */
static int read_key(struct series *series, struct cf_ical_event *event, int line,
                    const struct cf_ical_time *time, struct key *ret_key)
{
    const struct cf_ical_event *main = series->main ? series->main : event;
    if (main->start.whole_day && !time->whole_day) {
        int64_t here = time->floating ? time->local : local_in(&main->start, time->utc);
        if (time->local % CF_DAY_SECONDS && here % CF_DAY_SECONDS)
            return cf_ical_mistake(series->in, line, event,
                                   "means an occurrence by a time, but lasts whole days");
        *ret_key = (struct key){true, cf_ical_day(time->local % CF_DAY_SECONDS ? here : time->local)};
        return CF_OK;
    }
    if (time->whole_day)
        *ret_key = (struct key){true, cf_ical_day(time->local)};
    else if (time->floating) /* on the event's own clock */
        *ret_key = (struct key){false, cf_ical_time_of_local(&main->start, time->local).utc};
    else
        *ret_key = (struct key){false, time->utc};
    return CF_OK;
}

static void add_key(struct series *series, struct key key)
{
    series->excepted = cf_grow(series->excepted, series->excepted_count, sizeof key);
    series->excepted[series->excepted_count++] = key;
}

static void read_exceptions(struct series *series)
{
    struct cf_ical_file *in = series->in;
    struct cf_ical_event *main = series->main;
    for (size_t i = main->first; i < main->first + main->count; i++) {
        const struct cf_content *content = &in->lines[i].content;
        char *list = in->lines[i].property == CF_ICAL_EXDATE && content->value[0] ? content->value : NULL;
        for (char *item; (item = cf_content_item(&list, ',')) != NULL;) {
            struct cf_ical_time time;
            struct key key;
            if (cf_ical_read_time(in, main, content, item, &time) < 0 ||
                read_key(series, main, content->line, &time, &key) < 0)
                return;
            add_key(series, key);
        }
    }
}

/* An event in the place of an occurrence, or of all from that on. */
static void read_instead(struct series *series, struct cf_ical_event *event)
{
    const struct cf_ical_event *main = series->main;
    int line = cf_ical_first(series->in, event, CF_ICAL_RECURRENCE_ID)->line;
    struct key key;
    if (read_key(series, event, line, &event->id, &key) < 0)
        return;
    add_key(series, key);
    if (!event->and_future || !main)
        return;
    if (!event->cancelled && event->start.whole_day != main->start.whole_day) {
        (void)cf_ical_mistake(
            series->in, line, event,
            "makes times of whole days, or the other way round, from one occurrence on; write it as "
            "an event of its own");
        return;
    }
    struct change change = {.event = event, .id_local = event->id.local};
    if (key.day)
        change.id_local =
            key.at * CF_DAY_SECONDS + (main->start.local - cf_ical_day(main->start.local) * CF_DAY_SECONDS);
    else if (!event->id.floating && event->id.zone != main->start.zone)
        change.id_local = local_in(&main->start, event->id.utc);
    struct cf_ical_time id = cf_ical_time_of_local(&main->start, change.id_local),
                        midnight = cf_ical_time_of_local(&main->start, key.at * CF_DAY_SECONDS);
    change.id = id.utc;
    change.from = place_of(key.day ? &midnight : &id);
    series->changes = cf_grow(series->changes, series->change_count, sizeof *series->changes);
    series->changes[series->change_count++] = change;
}

static int compare_changes(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* ---- A series ------------------------------------------------------------------------------------------ */

static void expand_main(struct series *series)
{
    struct cf_ical_file *in = series->in;
    const struct cf_ical_event *main = series->main;
    bool ruled = false;
    for (size_t i = main->first; i < main->first + main->count && !main->bad; i++)
        if (in->lines[i].property == CF_ICAL_RRULE && in->lines[i].content.value[0]) {
            ruled = true;
            add_rule(series, &in->lines[i].content);
        }
    if (!ruled && !main->bad)
        (void)add_occurrence(series, &main->start, &main->length);
    for (size_t i = main->first; i < main->first + main->count && !main->bad; i++)
        if (in->lines[i].property == CF_ICAL_RDATE && !add_dates(series, &in->lines[i].content))
            return;
}

/* `events` are of one UID: in order of what they replace, the main one first, each in one revision. */
static void expand_series(struct cf_ical_file *in, struct cf_ical_event **events, size_t count)
{
    struct series series = {.in = in, .main = events[0]->instead ? NULL : events[0]};
    if (series.main && series.main->cancelled)
        return;
    for (size_t i = 0; i < count; i++)
        if (events[i]->bad)
            return;
    for (size_t i = series.main ? 1 : 0; i < count; i++)
        read_instead(&series, events[i]);
    if (series.main)
        read_exceptions(&series);
    if (series.excepted_count)
        qsort(series.excepted, series.excepted_count, sizeof *series.excepted, compare_keys);
    if (series.change_count)
        qsort(series.changes, series.change_count, sizeof *series.changes, compare_changes);
    if (series.main)
        expand_main(&series);
    for (size_t i = series.main ? 1 : 0; i < count; i++)
        if (!events[i]->cancelled && !events[i]->bad && count_occurrence(in, events[i]))
            add_window(in, events[i], &events[i]->start, &events[i]->length);
    free(series.excepted);
    free(series.changes);
}

/* ---- Revisions ----------------------------------------------------------------------------------------- */

/* By UID, events without one each for itself; by what they replace; the newest revision first. */
static int compare_events(const void *a, const void *b)
{
    const struct cf_ical_event *x = *(struct cf_ical_event *const *)a, *y = *(struct cf_ical_event *const *)b;
    int order = !x->uid != !y->uid ? !y->uid - !x->uid : x->uid ? strcmp(x->uid, y->uid) : 0;
    if (order || !x->uid)
        return order ? order : (x->number > y->number) - (x->number < y->number);
    if (x->instead != y->instead)
        return x->instead - y->instead;
    if (x->instead && x->id.utc != y->id.utc)
        return x->id.utc < y->id.utc ? -1 : 1;
    if (x->sequence != y->sequence)
        return x->sequence > y->sequence ? -1 : 1;
    if (x->stamp != y->stamp)
        return x->stamp > y->stamp ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static bool is_same_place(const struct cf_ical_event *a, const struct cf_ical_event *b)
{
    return a->instead == b->instead && (!a->instead || a->id.utc == b->id.utc);
}

/* Whether two events say the same of when they are. */
static bool say_the_same(const struct cf_ical_file *in, const struct cf_ical_event *a,
                         const struct cf_ical_event *b)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        while (i < a->count && in->lines[a->first + i].property > CF_ICAL_STATUS &&
               in->lines[a->first + i].property < CF_ICAL_RRULE)
            i++;
        while (k < b->count && in->lines[b->first + k].property > CF_ICAL_STATUS &&
               in->lines[b->first + k].property < CF_ICAL_RRULE)
            k++;
        if (i == a->count || k == b->count)
            return i == a->count && k == b->count;
        const struct cf_ical_line *x = &in->lines[a->first + i], *y = &in->lines[b->first + k];
        const char *xz = x->content.tzid ? x->content.tzid : "", *yz = y->content.tzid ? y->content.tzid : "";
        if (x->property != y->property || strcmp(x->content.value, y->content.value) != 0 ||
            strcmp(xz, yz) != 0)
            return false;
    }
}

/* Keeps the newest revision of each of these, which are of one UID. Returns how many are left. */
static size_t drop_old(struct cf_ical_file *in, struct cf_ical_event **events, size_t count)
{
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        struct cf_ical_event *newest = events[kept - 1], *event = events[i];
        if (!is_same_place(newest, event))
            events[kept++] = event;
        else if (newest->sequence == event->sequence && newest->stamp == event->stamp && !event->bad &&
                 !say_the_same(in, newest, event))
            (void)cf_ical_mistake(
                in, event->line, event,
                "has the UID of that in line %d, and neither SEQUENCE nor DTSTAMP says which is newer",
                newest->line);
    }
    return kept;
}

void cf_ical_expand(struct cf_ical_file *in)
{
    struct cf_ical_event **sorted = cf_alloc((in->event_count + 1) * sizeof *sorted);
    for (size_t i = 0; i < in->event_count; i++)
        sorted[i] = &in->events[i];
    if (in->event_count)
        qsort(sorted, in->event_count, sizeof *sorted, compare_events);
    for (size_t i = 0, next; i < in->event_count && !cf_ical_full(in); i = next) {
        for (next = i + 1; next < in->event_count && sorted[i]->uid && sorted[next]->uid &&
                           strcmp(sorted[i]->uid, sorted[next]->uid) == 0;)
            next++;
        size_t left = sorted[i]->uid ? drop_old(in, sorted + i, next - i) : 1;
        expand_series(in, sorted + i, left);
    }
    free(sorted);
}
