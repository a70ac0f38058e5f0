/* Content lines of iCalendar (RFC 5545, 3.1): what is folded is put together, and cut into its parts. The
 * cost is that of reading the text once, whatever it says. */
#ifndef CF_CALENDAR_ICAL_CONTENT_H
#define CF_CALENDAR_ICAL_CONTENT_H

#include <stdbool.h>

/* A text being read, which is cut into pieces meanwhile. */
struct cf_content_reader {
    char *at;
    int line; /* of `at`; 1 at first */
};

/* One line. Its parts lie in the text and end in NUL. Of parameters only those that matter here are kept. */
struct cf_content {
    int line; /* where it begins */
    char *name, *value;
    const char *tzid, *type, *range; /* TZID, VALUE, RANGE; NULL: not given */
};

enum cf_content_step { CF_CONTENT_END, CF_CONTENT_LINE, CF_CONTENT_WRONG };

/* The next line that is not empty. CF_CONTENT_WRONG: it is none, and *ret_wrong says why ("has no colon");
 * the reader stands behind it. */
enum cf_content_step cf_content_next(struct cf_content_reader *in, struct cf_content *ret_content,
                                     const char **ret_wrong);

/* Whether a name is this one, which is in capitals, in any case. */
bool cf_content_is(const char *name, const char *capitals);

/* Takes the backslashes out of a value of text, in place: "\n", "\,", "\;", "\\". */
void cf_content_unescape(char *text);

/* Cuts the next item off a list that is parted by commas, or by another mark; NULL: there is no more. */
char *cf_content_item(char **list, char mark);

#endif
