/*
 * What every kind of calendar has. A kind is a table of functions and a file: `sets` combines others,
 * `pattern` repeats windows of local time; whatever else knows its own windows joins them here.
 */
#ifndef CF_CALENDAR_KIND_H
#define CF_CALENDAR_KIND_H

#include "calendar/calendar.h"

/* From an instant on until `edge`, exclusive, the calendar holds every instant or none. `edge` may be
 * CF_NEVER. */
struct cf_stretch {
    bool inside;
    int64_t edge; /* microseconds, like every time of this layer that has no unit in its name */
    bool cut;     /* it may go on behind the edge: the work ran out */
};

/* What one question may cost: a step for each look at a calendar that is made of no other. */
struct cf_calendar_work {
    unsigned done,
        most; /* once it has done the most, a look gives what it has, cut; `most` 0: contains alone */
};

typedef void cf_calendar_visit_fn(void *data, const struct cf_calendar *calendar);

struct cf_calendar_kind {
    /* The longest stretch that begins at `at`, which is within ±CF_CALENDAR_REACH, or a cut one. */
    struct cf_stretch (*look)(const struct cf_calendar *calendar, int64_t at, struct cf_calendar_work *work);
    void (*finish)(struct cf_calendar *calendar); /* frees what it holds, but not itself */

    /* Calls fn for those calendars in it that have names, or a file. NULL: there are none. */
    void (*visit)(const struct cf_calendar *calendar, cf_calendar_visit_fn *fn, void *data);

    /* Grows with each change of what it holds. NULL: it never changes. */
    uint64_t (*generation)(const struct cf_calendar *calendar);
};

void cf_calendar_visit(const struct cf_calendar *calendar, cf_calendar_visit_fn *fn, void *data);
uint64_t cf_calendar_generation(const struct cf_calendar *calendar);

/* The last stretch looked up: a policy asks about the same window for one session after the other. */
struct cf_calendar_memo {
    int64_t from;
    struct cf_stretch stretch;
    uint64_t generation;
    unsigned work; /* of the last question that was put to this calendar itself */
};

/* The first member of every kind. */
struct cf_calendar {
    const struct cf_calendar_kind *kind;
    unsigned references, operations;
    bool changes; /* is, or is made of, one whose content may be replaced */
    struct cf_calendar_memo *memo;
};

#define CF_CALENDAR_REACH (INT64_C(1) << 62) /* 146,000 years */

/* Makes `calendar`, of which the caller gets the one reference, an instance of `kind`. */
void cf_calendar_init(struct cf_calendar *calendar, const struct cf_calendar_kind *kind);

/* Makes *sum (NULL: none yet) the union of it and `more`; both references are taken over. On failure, *sum is
 * unchanged. */
int cf_calendar_add(struct cf_calendar **sum, struct cf_calendar *more, struct cf_error *err);

/* Adds to what a person should know of a calendar that was just read out of a file. */
void cf_calendar_add_note(struct cf_calendar *calendar, const char *text);

struct cf_stretch cf_calendar_look(const struct cf_calendar *calendar, int64_t at,
                                   struct cf_calendar_work *work);

#endif
