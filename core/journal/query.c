#include "journal/query.h"

#include "journal/database.h"
#include "journal/retention.h"
#include "journal/row.h"

#include <string.h>
#include <utlist.h>

/* ---- What is meant, as SQL ---- */

enum parameter { AFTER = 1, USER, SESSION, POLICY, SINCE, UNTIL, DECISION, COUNT };

static void add_whats(uint64_t whats, struct cf_buffer *sql)
{
    const char *comma = " AND what IN (";
    for (int what = 0; what < CF_WHAT_COUNT; what++) {
        if (!(whats >> what & 1))
            continue;
        cf_buffer_printf(sql, "%s'%s'", comma, cf_what_name((enum cf_what)what));
        comma = ", ";
    }
    cf_buffer_puts(sql, ")");
}

static void add_conditions(const struct cf_query *query, struct cf_buffer *sql)
{
    cf_buffer_printf(sql, " FROM entries WHERE number > ?%d", AFTER);
    if (query->user)
        cf_buffer_printf(sql, " AND user = ?%d", USER);
    if (query->session)
        cf_buffer_printf(sql, " AND session = ?%d", SESSION);
    if (query->policy)
        cf_buffer_printf(sql, " AND policy = ?%d", POLICY);
    if (cf_instant_known(query->since))
        cf_buffer_printf(sql, " AND at >= ?%d", SINCE);
    if (cf_instant_known(query->until))
        cf_buffer_printf(sql, " AND at < ?%d", UNTIL);
    if (query->decision)
        cf_buffer_printf(sql, " AND decision = ?%d AND decision > 0", DECISION);
    if (query->dry)
        cf_buffer_puts(sql, " AND dry");
    if (query->whats)
        add_whats(query->whats, sql);
}

static void bind_text(sqlite3_stmt *statement, enum parameter parameter, const char *text)
{
    if (text) /* a parameter that is not there cannot be bound */
        (void)sqlite3_bind_text(statement, (int)parameter, text, -1, SQLITE_STATIC);
}

static void bind_all(sqlite3_stmt *statement, const struct cf_query *query, uint64_t after, uint64_t count)
{
    (void)sqlite3_bind_int64(statement, AFTER, (int64_t)after);
    bind_text(statement, USER, query->user);
    bind_text(statement, SESSION, query->session);
    bind_text(statement, POLICY, query->policy);
    if (cf_instant_known(query->since))
        (void)sqlite3_bind_int64(statement, SINCE, query->since.us);
    if (cf_instant_known(query->until))
        (void)sqlite3_bind_int64(statement, UNTIL, query->until.us);
    if (query->decision)
        (void)sqlite3_bind_int64(statement, DECISION, (int64_t)query->decision);
    (void)sqlite3_bind_int64(statement, COUNT, (int64_t)count);
}

/* ---- A page at a time ---- */

struct page {
    struct cf_rows rows;
    size_t count;
    uint64_t after; /* the number of the last row that was read */
    bool backwards; /* the rows come the other way round */
};

static int read_rows(struct cf_database *database, sqlite3_stmt *statement, struct page *page,
                     struct cf_error *err)
{
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct cf_entry entry;
        struct cf_session session;
        page->count++;
        page->after = (uint64_t)sqlite3_column_int64(statement, 0);
        if (!cf_row_read(statement, &entry, &session))
            continue;
        struct cf_row *row = cf_row_create(&entry);
        if (page->backwards)
            LL_PREPEND(page->rows.first, row);
        else
            cf_rows_add(&page->rows, row);
    }
    return step == SQLITE_DONE ? CF_OK : cf_database_fail(database, err);
}

/* Reads `sql` whole into the page, which is empty. */
static int read_page(struct cf_database *database, const char *sql, const struct cf_query *query,
                     uint64_t count, struct page *page, struct cf_error *err)
{
    sqlite3_stmt *statement = NULL;
    *page = (struct page){.after = page->after};
    int code = cf_database_prepare(database, sql, &statement, err);
    if (code != CF_OK)
        return code;
    bind_all(statement, query, page->after, count);
    code = read_rows(database, statement, page, err);
    (void)sqlite3_finalize(statement);
    return code;
}

static bool hand_over(const struct page *page, cf_query_take *take, void *data)
{
    bool wanted = true;
    for (const struct cf_row *row = page->rows.first; row && wanted; row = row->next)
        wanted = take(data, &row->entry);
    return wanted;
}

/* The number before the first of the last so many. */
static int find_last(struct cf_database *database, const struct cf_query *query, uint64_t *after,
                     struct cf_error *err)
{
    struct cf_buffer sql = {0};
    sqlite3_stmt *statement = NULL;
    cf_buffer_puts(&sql, "SELECT min(number) FROM (SELECT number");
    add_conditions(query, &sql);
    cf_buffer_printf(&sql, " ORDER BY number DESC LIMIT ?%d)", COUNT);
    int code = cf_database_prepare(database, sql.data, &statement, err);
    cf_buffer_finish(&sql);
    if (code != CF_OK)
        return code;
    bind_all(statement, query, *after, query->last);
    if (sqlite3_step(statement) != SQLITE_ROW)
        code = cf_database_fail(database, err);
    else if (sqlite3_column_type(statement, 0) != SQLITE_NULL)
        *after = (uint64_t)sqlite3_column_int64(statement, 0) - 1;
    (void)sqlite3_finalize(statement);
    return code;
}

/* *after: from where on, and then up to where. */
static int run(struct cf_database *database, const struct cf_query *query, uint64_t *after,
               cf_query_take *take, void *data, struct cf_error *err)
{
    struct cf_buffer sql = {0};
    cf_buffer_puts(&sql, "SELECT " CF_ROW_COLUMNS);
    add_conditions(query, &sql);
    cf_buffer_printf(&sql, " ORDER BY number LIMIT ?%d", COUNT);
    struct page page = {.after = *after};
    int code;
    bool more = true;
    do {
        code = read_page(database, sql.data, query, CF_QUERY_PAGE, &page, err);
        more = code == CF_OK && hand_over(&page, take, data) && page.count == CF_QUERY_PAGE;
        cf_rows_finish(&page.rows);
    } while (more);
    cf_buffer_finish(&sql);
    *after = page.after;
    return code;
}

int cf_query_run(const char *folder, const struct cf_query *query, cf_query_take *take, void *data,
                 struct cf_error *err)
{
    struct cf_database database;
    uint64_t after = query->after;
    int code = cf_database_open_to_read(&database, folder, err);
    if (code == CF_OK && query->last)
        code = find_last(&database, query, &after, err);
    if (code == CF_OK)
        code = run(&database, query, &after, take, data, err);
    cf_database_finish(&database);
    return code;
}

/* The index is named: a search by another, or a scan, is an error and no surprise. */
static const char *latest_sql(const struct cf_query_latest *latest)
{
#define LATEST(index, condition)                                                                             \
    "SELECT " CF_ROW_COLUMNS " FROM entries INDEXED BY " index " WHERE " condition                           \
    " AND at >= ?3 ORDER BY at DESC, number DESC LIMIT ?4"
    if (latest->user)
        return LATEST("entries_user", "user = ?1");
    return latest->uid == CF_NUMBER_UNKNOWN ? LATEST("entries_session", "session = ?1")
                                            : LATEST("entries_own", "uid = ?2 AND session = ?1");
#undef LATEST
}

int cf_query_latest(const char *folder, const struct cf_query_latest *latest, cf_query_take *take, void *data,
                    struct cf_error *err)
{
    struct cf_database database;
    struct page page = {.backwards = true};
    sqlite3_stmt *statement = NULL;
    int code = cf_database_open_to_read(&database, folder, err);
    if (code == CF_OK)
        code = cf_database_prepare(&database, latest_sql(latest), &statement, err);
    if (code == CF_OK) {
        const char *name = latest->user ? latest->user : latest->session;
        (void)sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        (void)sqlite3_bind_int64(statement, 2, latest->uid); /* where it is asked for */
        (void)sqlite3_bind_int64(statement, 3, latest->since.us);
        (void)sqlite3_bind_int(statement, 4, latest->count);
        code = read_rows(&database, statement, &page, err);
    }
    (void)sqlite3_finalize(statement);
    cf_database_finish(&database);
    if (code == CF_OK)
        (void)hand_over(&page, take, data);
    cf_rows_finish(&page.rows);
    return code;
}

int cf_query_open_decisions(const char *folder, cf_query_take *take, void *data, struct cf_error *err)
{
    struct cf_database database;
    struct page page = {0};
    int code = cf_database_open_to_read(&database, folder, err);
    if (code == CF_OK)
        code = read_page(&database,
                         "SELECT " CF_ROW_COLUMNS " FROM entries e WHERE number IN"
                         " (SELECT min(number) FROM entries WHERE decision > 0"
                         " AND what IN ('logoff', 'force') AND NOT dry GROUP BY decision)"
                         " AND " CF_RETENTION_OPEN " ORDER BY number",
                         &CF_QUERY_ALL, 0, &page, err);
    cf_database_finish(&database);
    if (code == CF_OK)
        (void)hand_over(&page, take, data);
    cf_rows_finish(&page.rows);
    return code;
}

/* ---- Following ---- */

struct following {
    struct cf_loop *loop;
    const char *folder;
    struct cf_query query;
    cf_query_take *take;
    void *data;
    uint64_t after;
    struct cf_error err;
    bool closed;
};

static bool take_followed(void *data, const struct cf_entry *entry)
{
    struct following *following = data;
    bool wanted = following->take(following->data, entry);
    if (!wanted)
        cf_loop_stop(following->loop);
    return wanted;
}

/* The journal is opened anew each time: it may be another file by now. */
static int catch_up(struct following *following, struct cf_error *err)
{
    struct cf_database database;
    int64_t newest = 0;
    int code = cf_database_open_to_read(&database, following->folder, err);
    if (code == CF_OK)
        code = cf_database_number(&database, "SELECT max(number) FROM entries", &newest, err);
    if (code == CF_OK && (uint64_t)newest < following->after)
        following->after = 0;
    if (code == CF_OK && following->query.last)
        code = find_last(&database, &following->query, &following->after, err);
    if (code == CF_OK) {
        following->query.last = 0;
        code = run(&database, &following->query, &following->after, take_followed, following, err);
    }
    cf_database_finish(&database);
    return code == CF_UNAVAILABLE ? CF_OK : code; /* it will come */
}

/* The writer touches the file once a commit can be seen. What SQLite does to those beside it is no news: even
 * opening them to read, as root, is an event. */
static void on_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
    (void)events;
    (void)status;
    struct following *following = handle->data;
    bool news = !name || strcmp(name, "journal.db") == 0;
    if (news && catch_up(following, &following->err) != CF_OK)
        cf_loop_stop(following->loop);
}

static void on_closed(uv_handle_t *handle)
{
    ((struct following *)handle->data)->closed = true;
}

int cf_query_follow(struct cf_loop *loop, const char *folder, const struct cf_query *query,
                    cf_query_take *take, void *data, struct cf_error *err)
{
    struct following following = {
        .loop = loop, .folder = folder, .query = *query, .take = take, .data = data, .after = query->after};
    uv_fs_event_t handle = {.data = &following};
    (void)uv_fs_event_init(cf_loop_uv(loop), &handle);
    int status = uv_fs_event_start(&handle, on_event, folder, 0);
    int code = status == 0 ? catch_up(&following, &following.err)
                           : cf_error_set(&following.err, CF_FAILED, "%s cannot be watched: %s", folder,
                                          uv_strerror(status));
    if (code == CF_OK)
        cf_loop_run(loop);
    uv_close((uv_handle_t *)&handle, on_closed);
    while (!following.closed)
        (void)uv_run(cf_loop_uv(loop), UV_RUN_NOWAIT);
    if (following.err.code != CF_OK && err)
        *err = following.err;
    return following.err.code;
}
