#include "calendar/parts.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

struct named {
    struct cf_calendar head;
    struct cf_parts parts;
    char *file;
};

void cf_parts_add(struct cf_parts *parts, struct cf_calendar *calendar, const char *name)
{
    parts->list = cf_grow(parts->list, parts->count, sizeof *parts->list);
    parts->list[parts->count++] = (struct cf_part){calendar, cf_strdup(name)};
}

void cf_parts_note(struct cf_parts *parts, const char *text)
{
    struct cf_buffer note = {0};
    cf_buffer_printf(&note, "%s%s%s", parts->note ? parts->note : "", parts->note ? "; " : "", text);
    free(parts->note);
    parts->note = note.data;
}

void cf_parts_finish(struct cf_parts *parts)
{
    cf_calendar_unref(parts->whole);
    for (size_t i = 0; i < parts->count; i++) {
        cf_calendar_unref(parts->list[i].calendar);
        free(parts->list[i].name);
    }
    free(parts->list);
    free(parts->note);
}

static struct cf_stretch look(const struct cf_calendar *calendar, int64_t at, struct cf_calendar_work *work)
{
    return cf_calendar_look(((const struct named *)calendar)->parts.whole, at, work);
}

static void finish(struct cf_calendar *calendar)
{
    struct named *named = (struct named *)calendar;
    cf_parts_finish(&named->parts);
    free(named->file);
}

static void visit(const struct cf_calendar *calendar, cf_calendar_visit_fn *fn, void *data)
{
    fn(data, calendar);
}

static const struct cf_calendar_kind kind = {look, finish, visit, NULL};

struct cf_calendar *cf_parts_create(struct cf_parts *parts)
{
    struct named *named = cf_alloc(sizeof *named);
    cf_calendar_init(&named->head, &kind);
    named->parts = *parts;
    named->parts.file = named->file = cf_strdup(parts->file);
    return &named->head;
}

/* The parts of a calendar that cf_calendar_visit came to; NULL: it has none. */
static const struct cf_parts *parts_of(const struct cf_calendar *calendar)
{
    return calendar->kind == &kind ? &((const struct named *)calendar)->parts : NULL;
}

void cf_calendar_add_note(struct cf_calendar *calendar, const char *text)
{
    if (calendar->kind == &kind)
        cf_parts_note(&((struct named *)calendar)->parts, text);
}

static void find_any(void *data, const struct cf_calendar *calendar)
{
    const struct cf_parts *parts = parts_of(calendar);
    if (parts && (parts->count || parts->file))
        *(bool *)data = true;
}

bool cf_calendar_has_parts(const struct cf_calendar *calendar)
{
    bool any = false;
    cf_calendar_visit(calendar, find_any, &any);
    return any;
}

/* ---- Names --------------------------------------------------------------------------------------------- */

struct naming {
    struct cf_instant at;
    const char *name;
};

static void find_name(void *data, const struct cf_calendar *calendar)
{
    struct naming *naming = data;
    const struct cf_parts *parts = parts_of(calendar);
    for (size_t i = 0; parts && i < parts->count && !naming->name; i++)
        if (parts->list[i].name[0] && cf_calendar_contains(parts->list[i].calendar, naming->at))
            naming->name = parts->list[i].name;
}

const char *cf_calendar_name(const struct cf_calendar *calendar, struct cf_instant at)
{
    struct naming naming = {at, NULL};
    cf_calendar_visit(calendar, find_name, &naming);
    return naming.name;
}

/* ---- All of them --------------------------------------------------------------------------------------- */

struct listing {
    struct cf_instant from, to;
    struct cf_day_off *list;
    size_t count;
};

static void add_part(struct listing *listing, const struct cf_part *part, const char *file)
{
    struct cf_instant at = listing->from;
    while (listing->count < CF_CALENDAR_LISTED) {
        struct cf_instant start = cf_calendar_starts(part->calendar, at);
        if (start.us >= listing->to.us)
            return;
        at = cf_calendar_ends(part->calendar, start);
        listing->list = cf_grow(listing->list, listing->count, sizeof *listing->list);
        listing->list[listing->count++] = (struct cf_day_off){start, at, part->name, file};
        if (at.us == CF_NEVER.us)
            return;
    }
}

static void list_parts(void *data, const struct cf_calendar *calendar)
{
    const struct cf_parts *parts = parts_of(calendar);
    for (size_t i = 0; parts && i < parts->count; i++)
        add_part(data, &parts->list[i], parts->file);
}

static int compare_days(const void *a, const void *b)
{
    const struct cf_day_off *x = a, *y = b;
    if (x->from.us != y->from.us)
        return x->from.us < y->from.us ? -1 : 1;
    return (x->to.us > y->to.us) - (x->to.us < y->to.us);
}

size_t cf_calendar_list(const struct cf_calendar *calendar, struct cf_instant from, struct cf_instant to,
                        struct cf_day_off **ret_list)
{
    struct listing listing = {.from = from, .to = to};
    cf_calendar_visit(calendar, list_parts, &listing);
    if (listing.count)
        qsort(listing.list, listing.count, sizeof *listing.list, compare_days);
    *ret_list = listing.list;
    return listing.count;
}

/* ---- What to know -------------------------------------------------------------------------------------- */

struct noting {
    struct cf_instant now;
    cf_calendar_note_fn *tell;
    void *data;
};

/* When the last window of all began, where that is over; false: it is not, or there is none. */
static bool is_over(const struct cf_parts *parts, struct cf_instant now, struct cf_instant *ret_last)
{
    static const int64_t before = INT64_C(36525) * 86400 * 1000000;
    if (cf_calendar_starts(parts->whole, now).us != CF_NEVER.us)
        return false;
    struct cf_day_off *list = NULL;
    struct listing listing = {.from = {now.us - before}, .to = now};
    const struct cf_part whole = {parts->whole, NULL};
    add_part(&listing, &whole, NULL);
    list = listing.list;
    if (listing.count)
        *ret_last = list[listing.count - 1].from;
    free(list);
    return listing.count > 0;
}

static void note(void *data, const struct cf_calendar *calendar)
{
    const struct noting *noting = data;
    const struct cf_parts *parts = parts_of(calendar);
    if (!parts || (!parts->file && !parts->count))
        return;
    struct cf_buffer text = {0};
    struct cf_instant last;
    const char *file = parts->file ? parts->file : "the list of dates";
    if (parts->note)
        cf_buffer_printf(&text, "%s %s", file, parts->note);
    else if (!parts->count)
        cf_buffer_printf(&text, "%s holds no days off", file);
    if (parts->count && is_over(parts, noting->now, &last)) {
        char day[CF_INSTANT_TEXT];
        cf_buffer_printf(
            &text, "%s%s: its last day off is over, since it began on %.10s; write those to come into it",
            text.length ? "; " : "", text.length ? "" : file, cf_instant_utc(last, day));
    }
    if (text.length)
        noting->tell(noting->data, text.data);
    cf_buffer_finish(&text);
}

void cf_calendar_notes(const struct cf_calendar *calendar, struct cf_instant now, cf_calendar_note_fn *tell,
                       void *data)
{
    struct noting noting = {now, tell, data};
    cf_calendar_visit(calendar, note, &noting);
}
