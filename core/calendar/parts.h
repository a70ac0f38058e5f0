/* Days off with their names: a calendar, and the named calendars that it is made of. */
#ifndef CF_CALENDAR_PARTS_H
#define CF_CALENDAR_PARTS_H

#include "calendar/kind.h"

struct cf_part {
    struct cf_calendar *calendar;
    char *name; /* "": none */
};

/* What cf_parts_create makes a calendar of. */
struct cf_parts {
    const char *file;          /* out of which it was read; NULL: none */
    struct cf_calendar *whole; /* what all parts hold; a reference that is handed over */
    struct cf_part *list;
    size_t count;
    char *note; /* what a person should know of it; NULL: nothing */
};

/* Takes the reference over. */
void cf_parts_add(struct cf_parts *parts, struct cf_calendar *calendar, const char *name);

/* Adds to the note. */
void cf_parts_note(struct cf_parts *parts, const char *text);

/* Frees all that the parts hold: where nothing is made of them. */
void cf_parts_finish(struct cf_parts *parts);

struct cf_calendar *cf_parts_create(struct cf_parts *parts);

#endif
