/* Sessions made for reading: a table that fits the terminal. */
#ifndef CF_PROGRAM_SESSION_TABLE_H
#define CF_PROGRAM_SESSION_TABLE_H

#include "base/text.h"
#include "session/session.h"

enum cf_column {
    CF_COLUMN_ID,
    CF_COLUMN_USER,
    CF_COLUMN_TYPE,
    CF_COLUMN_FROM,
    CF_COLUMN_STATE,
    CF_COLUMN_IDLE,
    CF_COLUMN_SINCE,
    CF_COLUMNS
};

struct cf_session_table {
    const struct cf_zone *zone; /* whose clock it shows */
    char *(*rows)[CF_COLUMNS];
    size_t count;
};

void cf_session_table_add(struct cf_session_table *table, const struct cf_session *session,
                          struct cf_mono now);

/* Prints the rows under a heading, the longest columns cut so that a line has at most `width` columns; 0: no
 * limit. */
void cf_session_table_print(const struct cf_session_table *table, unsigned width, struct cf_buffer *out);
void cf_session_table_finish(struct cf_session_table *table);

#endif
