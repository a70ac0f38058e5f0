#include "journal/retention.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    STEP = 100,      /* rows deleted between two looks at the size */
    ROW_BYTES = 200, /* of a short row, with its indexes */
    LOOSE = 16,      /* a file is compacted where rows of a sixteenth of its size went from between others */
};

/* What goes first where the journal is too large: users' own words, then whatever belongs to no decision.
 * Decisions and what came of them go only where they alone are too much. */
enum rank { USERS, APART, DECISIONS, RANKS };

static const char *const ranks[RANKS] = {
    [USERS] = "entries e INDEXED BY entries_by_user WHERE e.by_user = 1",
    [APART] = "entries e INDEXED BY entries_apart WHERE e.decision = 0",
    [DECISIONS] = "entries e WHERE true",
};

/* What is too old and may go: a decision goes as one, so that what came of it is not forgotten ahead of it
 * when the clock was set back. */
#define TOO_OLD                                                                                              \
    "entries e WHERE e.at < %" PRId64 " AND NOT EXISTS (SELECT 1 FROM entries o WHERE"                       \
    " o.decision = e.decision AND o.decision > 0 AND o.at >= %" PRId64 ")"

/* The oldest `most` of these. */
static int delete_rows(struct cf_database *database, const char *which, int most, int64_t *ret_deleted,
                       struct cf_error *err)
{
    char sql[1024];
    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM entries WHERE number IN (SELECT e.number FROM %s"
                   " AND NOT (" CF_RETENTION_OPEN ") ORDER BY e.number LIMIT %d)",
                   which, most);
    int code = cf_database_run(database, sql, err);
    if (code == CF_OK)
        *ret_deleted = sqlite3_changes(database->sqlite);
    return code;
}

/* The bytes of the file that are in use. */
static int measure(struct cf_database *database, int64_t *ret_used, struct cf_error *err)
{
    return cf_database_number(database,
                              "SELECT (page_count - freelist_count) * page_size"
                              " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
                              ret_used, err);
}

/* Deletes rows of one rank until the rest fits, or there are no more, or enough went at once. */
static int delete_rank(struct cf_database *database, enum rank rank, int64_t bytes, int64_t *used,
                       int64_t *deleted, struct cf_error *err)
{
    int64_t step = STEP;
    int code = CF_OK;
    while (code == CF_OK && *used > bytes && step == STEP && *deleted < CF_RETENTION_ROWS) {
        code = delete_rows(database, ranks[rank], STEP, &step, err);
        if (code == CF_OK)
            code = measure(database, used, err);
        *deleted += step;
        if (rank != DECISIONS)
            database->loose += step;
    }
    return code;
}

static int delete_ranks(struct cf_database *database, enum rank first, enum rank end, int64_t bytes,
                        int64_t *used, int64_t *deleted, struct cf_error *err)
{
    int code = cf_database_run(database, "BEGIN IMMEDIATE", err);
    for (int rank = (int)first; code == CF_OK && rank < (int)end; rank++)
        code = delete_rank(database, (enum rank)rank, bytes, used, deleted, err);
    return cf_database_end(database, code, err);
}

/* What went from between decisions has left pages half empty; written anew, they may fit after all. */
static int compact(struct cf_database *database, int64_t bytes, int64_t *used, struct cf_error *err)
{
    if (database->loose < bytes / LOOSE / ROW_BYTES)
        return CF_OK;
    database->loose = 0;
    int code = cf_database_run(database, "VACUUM", err);
    return code == CF_OK ? measure(database, used, err) : code;
}

static int fit(struct cf_database *database, int64_t bytes, int64_t *deleted, bool *more,
               struct cf_error *err)
{
    int64_t used = 0;
    int code = measure(database, &used, err);
    if (code != CF_OK || used <= bytes)
        return code;
    code = delete_ranks(database, USERS, DECISIONS, bytes, &used, deleted, err);
    if (code == CF_OK && used > bytes && *deleted < CF_RETENTION_ROWS) { /* nothing else is left */
        code = compact(database, bytes, &used, err);
        if (code == CF_OK)
            code = delete_ranks(database, DECISIONS, RANKS, bytes, &used, deleted, err);
    }
    *more = used > bytes && *deleted > 0;
    return code;
}

/* Deletes some of what is from before that moment. */
static int delete_older(struct cf_database *database, int64_t moment, int64_t *ret_deleted,
                        struct cf_error *err)
{
    char which[512];
    (void)snprintf(which, sizeof which, TOO_OLD, moment, moment);
    return delete_rows(database, which, CF_RETENTION_ROWS, ret_deleted, err);
}

int cf_retention_sweep(struct cf_database *database, const struct cf_retention *retention,
                       struct cf_instant now, bool *ret_more, struct cf_error *err)
{
    int64_t old = 0, many = 0;
    bool more = false;
    int code = CF_OK;
    if (retention->keep.us > 0 && cf_instant_known(now))
        code = delete_older(database, now.us - retention->keep.us, &old, err);
    if (code == CF_OK && retention->bytes > 0)
        code = fit(database, retention->bytes, &many, &more, err);
    if (code == CF_OK && old + many)
        code = cf_database_run(database, "PRAGMA incremental_vacuum", err);
    if (code == CF_OK)
        *ret_more = old == CF_RETENTION_ROWS || more;
    return code;
}

bool cf_retention_is_over(struct cf_database *database, const struct cf_retention *retention)
{
    int64_t used = 0;
    return retention->bytes > 0 && measure(database, &used, NULL) == CF_OK &&
           used > retention->bytes + CF_RETENTION_SLACK / 2;
}
