/* Files of days off, written and read, for tests. */
#ifndef CF_TESTS_CALENDAR_FILES_H
#define CF_TESTS_CALENDAR_FILES_H

#include "../../fixture/folder.h"
#include "make.h"

#include "calendar/file.h"

int drop_folder(void **state); /* and the zones; for cmocka */

extern struct cf_event_filter *only, *except; /* for what is read next */

/* Reads one file of that content. */
int read_bytes(const char *name, const char *bytes, size_t size, const char *zone,
               struct cf_calendar **ret_calendar, struct cf_error *err);
int read_text(const char *name, const char *text, const char *zone, struct cf_calendar **ret_calendar,
              struct cf_error *err);

/* The windows from 2026 on, at most `most`: "2026-12-25 00:00:00 to 2026-12-26 00:00:00; …", in UTC. */
void write_windows(const struct cf_calendar *calendar, const char *zone, int most, char *out, size_t size);

/* A file of that name and text has these windows, in Europe/Berlin; "+" at the end: and so on. */
void check_windows(const char *name, const char *text, const char *expect);

/* It cannot be read, and the error says that. */
void refuse(const char *name, const char *text, const char *says);

/* "|" ends a line; "{" and "}" begin and end an event with a UID of its own, "<" and ">" one with the UID
 * "a". */
const char *ical_of(const char *events);

#endif
