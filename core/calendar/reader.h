/* The words that lines of hours and of appointments have in common: days and times of day. */
#ifndef CF_CALENDAR_READER_H
#define CF_CALENDAR_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { CF_WEEKDAYS = 7 };

/* A line being read. `example` is what its errors end with; `err` may be NULL. */
struct cf_scanner {
    const char *line, *at, *example;
    struct cf_error *err;
};

/* "line": why; write for instance example. Returns CF_USAGE. */
int cf_scanner_fail(const struct cf_scanner *in, const char *why);

void cf_scanner_skip(struct cf_scanner *in);         /* blanks */
bool cf_scanner_take(struct cf_scanner *in, char c); /* with the blanks around it, where it is what comes */

/* Sets those named by "Mon-Fri,Sun", in English, three letters or whole, any case; ranges may wrap. A line
 * that begins with a digit names none and means every day. */
int cf_scanner_days(struct cf_scanner *in, bool days[CF_WEEKDAYS]);

/* "7:30", "19:00", "24:00", in seconds since midnight. */
bool cf_scanner_time(struct cf_scanner *in, int64_t *ret_seconds);

#endif
