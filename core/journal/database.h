/*
 * The file behind the journal, FOLDER/journal.db: SQLite in WAL mode, every commit on disk before it is told.
 *
 * A file that is no sound journal, or one of a newer curfew, is set aside under another name, as it is, and a
 * new one is begun (aside.h); one that only cannot be read at the moment never is. One program at a time
 * writes, which locks on FOLDER and on FOLDER/journal.lock see to; others may read.
 */
#ifndef CF_JOURNAL_DATABASE_H
#define CF_JOURNAL_DATABASE_H

#include "base/error.h"
#include "base/text.h"
#include "time/span.h"

#include <sqlite3.h>

enum { CF_DATABASE_VERSION = 2 }; /* of the schema: PRAGMA user_version */

#define CF_DATABASE_PATIENCE cf_seconds(5) /* with another program that holds the file */

struct cf_database {
    sqlite3 *sqlite; /* NULL: closed */
    sqlite3 *lock;
    int folder; /* locked, too; -1: not open */
    sqlite3_stmt *insert;
    char *path;
    struct cf_span patience;
    int64_t
        loose;    /* rows that went from between others since the file was last compact, as far as is known */
    bool indexed; /* it has all indexes, or cannot have them */
    bool broken;  /* the last failure seems the file's own: it is looked at again, and perhaps set aside */
    bool foreign; /* … because it is none of ours, or a newer curfew's */
};

/*
 * Opens for writing. Where another file had to be set aside for that, *aside (empty) says which and why. Zero
 * patience is the usual one. CF_REFUSED: another curfew writes it; CF_FAILED. Finish it in both cases.
 */
int cf_database_open(struct cf_database *database, const char *folder, struct cf_span patience,
                     struct cf_buffer *aside, struct cf_error *err);

/* The same once more, after a failure. */
int cf_database_open_again(struct cf_database *database, struct cf_buffer *aside, struct cf_error *err);
void cf_database_finish(struct cf_database *database);

/* Ends a transaction: keeps it where `code` is CF_OK, else takes it back. The code of what failed first. */
int cf_database_end(struct cf_database *database, int code, struct cf_error *err);

/* Makes the indexes that a journal of an older curfew lacks: seconds of work. Until then `why` finds nothing,
 * and nothing goes by size. */
int cf_database_index(struct cf_database *database, struct cf_error *err);

/* For readers, also of other programs. CF_UNAVAILABLE: there is no journal yet; CF_FAILED. */
int cf_database_open_to_read(struct cf_database *database, const char *folder, struct cf_error *err);

/* Runs statements without results. */
int cf_database_run(struct cf_database *database, const char *sql, struct cf_error *err);

/* The one number that a statement answers, 0 where that is none. */
int cf_database_number(struct cf_database *database, const char *sql, int64_t *ret_number,
                       struct cf_error *err);

int cf_database_prepare(struct cf_database *database, const char *sql, sqlite3_stmt **ret_statement,
                        struct cf_error *err);

/* Says what SQLite last said; CF_FAILED. */
int cf_database_fail(struct cf_database *database, struct cf_error *err);

#endif
