/* Entries of the journal as rows of its table: what is kept of each, written and read in one place. */
#ifndef CF_JOURNAL_ROW_H
#define CF_JOURNAL_ROW_H

#include "engine/records/journal.h"

#include <sqlite3.h>

enum { CF_ROW_TEXT = 16 << 10 }; /* bytes of a text that are kept; what is longer is cut */

/* The table, in the order of all the functions below. */
#define CF_ROW_COLUMNS                                                                                       \
    "number, decision, at, what, dry, code, policy, line, host, session, boot, birth, user, uid, name, "     \
    "idle_us, text, reason, unwarned, in_use, revision"

extern const char cf_row_schema[];
extern const char cf_row_upgrade[]; /* a table of version 1 becomes one of this */
extern const char cf_row_by_user[]; /* a column that tables of version 2 may lack: older ones do without */
extern const char cf_row_indexes[]; /* made where they are not there, after all columns */
extern const char cf_row_insert[];

struct cf_backlog;

/* An entry on its own, on its way to the table or from it. */
struct cf_row {
    struct cf_entry entry;     /* `session` is NULL or points to the one below */
    struct cf_session session; /* identity, user, uid and name */
    cf_journal_kept *kept;
    void *context;
    struct cf_backlog *backlog; /* that it waits in, … */
    size_t bytes;               /* … and what it takes there */
    int code;                   /* what came of writing it */
    struct cf_row *next;
};

struct cf_row *cf_row_create(const struct cf_entry *entry); /* a copy */
void cf_row_destroy(struct cf_row *row);                    /* NULL is fine */

/* Rows in the order of their coming; {0}: none. */
struct cf_rows {
    struct cf_row *first, **end;
};

void cf_rows_add(struct cf_rows *rows, struct cf_row *row); /* takes it */
void cf_rows_finish(struct cf_rows *rows);                  /* those too that are there */

/* Binds what cf_row_insert wants; borrowed until the statement is reset. */
void cf_row_bind(sqlite3_stmt *insert, const struct cf_entry *entry);

/* The entry that a statement of CF_ROW_COLUMNS stands at, borrowed until it steps on. `session` is where its
 * session goes. False: of a kind that this curfew does not know. */
bool cf_row_read(sqlite3_stmt *select, struct cf_entry *ret_entry, struct cf_session *session);

#endif
