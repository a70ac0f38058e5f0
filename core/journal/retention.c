#include "journal/retention.h"

/* The oldest `most` entries of those that may go: a decision goes as one where `before` counts, so that what
 * came of it is not forgotten ahead of it when the clock was set back. */
static int delete_rows(struct cf_database *database, int64_t before, int64_t most, int64_t *ret_deleted,
                       struct cf_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = cf_database_prepare(
        database,
        "DELETE FROM entries WHERE number IN (SELECT e.number FROM entries e WHERE e.at < ?1"
        " AND NOT (" CF_RETENTION_OPEN ")"
        " AND NOT EXISTS (SELECT 1 FROM entries o WHERE o.decision = e.decision AND o.decision > 0"
        " AND o.at >= ?1) ORDER BY e.number LIMIT ?2)",
        &statement, err);
    if (code != CF_OK)
        return code;
    (void)sqlite3_bind_int64(statement, 1, before);
    (void)sqlite3_bind_int64(statement, 2, most);
    if (sqlite3_step(statement) != SQLITE_DONE)
        code = cf_database_fail(database, err);
    else
        *ret_deleted = sqlite3_changes(database->sqlite);
    (void)sqlite3_finalize(statement);
    return code;
}

/* By how many of its entries, at their mean size, the journal is too large; 0: it is not. */
static int excess(struct cf_database *database, int64_t bytes, int64_t *ret_rows, struct cf_error *err)
{
    int64_t pages = 0, unused = 0, size = 0, rows = 0;
    int code = cf_database_number(database, "PRAGMA page_count", &pages, err);
    if (code == CF_OK)
        code = cf_database_number(database, "PRAGMA freelist_count", &unused, err);
    if (code == CF_OK)
        code = cf_database_number(database, "PRAGMA page_size", &size, err);
    if (code == CF_OK)
        code = cf_database_number(database, "SELECT max(number) - min(number) + 1 FROM entries", &rows, err);
    if (code != CF_OK)
        return code;
    int64_t used = (pages - unused) * size;
    *ret_rows = used > bytes ? (int64_t)((double)rows * (double)(used - bytes) / (double)used) + 1 : 0;
    return CF_OK;
}

int cf_retention_sweep(struct cf_database *database, const struct cf_retention *retention,
                       struct cf_instant now, bool *ret_more, struct cf_error *err)
{
    int64_t old = 0, many = 0, rows = 0;
    int code = CF_OK;
    if (retention->keep.us > 0)
        code = delete_rows(database, now.us - retention->keep.us, CF_RETENTION_ROWS, &old, err);
    if (code == CF_OK && retention->bytes > 0)
        code = excess(database, retention->bytes, &rows, err);
    if (code == CF_OK && rows)
        code =
            delete_rows(database, INT64_MAX, rows < CF_RETENTION_ROWS ? rows : CF_RETENTION_ROWS, &many, err);
    if (code == CF_OK && old + many)
        code = cf_database_run(database, "PRAGMA incremental_vacuum", err);
    if (code == CF_OK)
        *ret_more = old == CF_RETENTION_ROWS || many > 0;
    return code;
}
