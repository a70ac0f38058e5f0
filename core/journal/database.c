#include "journal/database.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "journal/aside.h"
#include "journal/row.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>
#ifndef _WIN32
#include <sys/file.h>
#include <unistd.h>
#endif

enum {
    WAL_LEFT = 4 << 20,      /* bytes of the write-ahead log that stay allocated */
    PATIENCE_TO_READ = 2000, /* ms */
};

/* Whether the file itself seems to blame, and not its surroundings. While it is being opened, what SQLite
 * calls just an error are tables that are not ours. */
int cf_database_fail(struct cf_database *database, struct cf_error *err)
{
    int code = sqlite3_errcode(database->sqlite) & 0xFF;
    database->foreign = code == SQLITE_ERROR && !database->insert;
    database->broken = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || database->foreign;
    return cf_error_set(err, CF_FAILED, "%s: %s", database->path, sqlite3_errmsg(database->sqlite));
}

int cf_database_run(struct cf_database *database, const char *sql, struct cf_error *err)
{
    return sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK
               ? CF_OK
               : cf_database_fail(database, err);
}

int cf_database_end(struct cf_database *database, int code, struct cf_error *err)
{
    if (code == CF_OK)
        code = cf_database_run(database, "COMMIT", err);
    if (code != CF_OK && !sqlite3_get_autocommit(database->sqlite))
        (void)sqlite3_exec(database->sqlite, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

int cf_database_prepare(struct cf_database *database, const char *sql, sqlite3_stmt **ret_statement,
                        struct cf_error *err)
{
    return sqlite3_prepare_v2(database->sqlite, sql, -1, ret_statement, NULL) == SQLITE_OK
               ? CF_OK
               : cf_database_fail(database, err);
}

int cf_database_number(struct cf_database *database, const char *sql, int64_t *ret_number,
                       struct cf_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = cf_database_prepare(database, sql, &statement, err);
    if (code != CF_OK)
        return code;
    int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(statement, 0);
    else if (step == SQLITE_DONE)
        *ret_number = 0;
    else
        code = cf_database_fail(database, err);
    (void)sqlite3_finalize(statement);
    return code;
}

/* ---- Whether the file is ours, and sound ---- */

/* Whether a disk that could not be read, or memory that ran out, explains what quick_check found: it calls a
 * page that it could not get broken. */
static bool is_reading_to_blame(sqlite3 *sqlite, const char *found)
{
    const char *code = strstr(found, "error code=");
    long number = code ? strtol(code + strlen("error code="), NULL, 10) & 0xFF : SQLITE_CORRUPT;
    sqlite3_file *wal = NULL;
    int read = 0, read_wal = 0; /* errno of the last failure; 0: none */
    (void)sqlite3_file_control(sqlite, NULL, SQLITE_FCNTL_LAST_ERRNO, &read);
    (void)sqlite3_file_control(sqlite, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal && wal->pMethods)
        (void)wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &read_wal);
    return read || read_wal || (number != SQLITE_CORRUPT && number != SQLITE_NOTADB);
}

static int check_pages(struct cf_database *database, struct cf_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = cf_database_prepare(database, "PRAGMA quick_check(1)", &statement, err);
    if (code != CF_OK)
        return code;
    const char *word = NULL;
    if (sqlite3_step(statement) != SQLITE_ROW)
        code = cf_database_fail(database, err);
    else if (!(word = (const char *)sqlite3_column_text(statement, 0)) || strcmp(word, "ok") != 0)
        code = cf_error_set(err, CF_FAILED, "%s: %s", database->path, word ? word : "unreadable");
    database->broken |= word && code != CF_OK && !is_reading_to_blame(database->sqlite, word);
    (void)sqlite3_finalize(statement);
    return code;
}

/* Whether it is new, ours, or to be set aside. */
static int check_version(struct cf_database *database, bool *ret_new, struct cf_error *err)
{
    int64_t version = 0, tables = 0;
    int code = cf_database_number(database, "PRAGMA user_version", &version, err);
    if (code == CF_OK)
        code = cf_database_number(database, "SELECT count(*) FROM sqlite_schema", &tables, err);
    if (code != CF_OK)
        return code;
    *ret_new = version == 0 && tables == 0;
    if (*ret_new || (version > 0 && version <= CF_DATABASE_VERSION))
        return CF_OK;
    database->broken = database->foreign = true;
    if (version > CF_DATABASE_VERSION)
        return cf_error_set(err, CF_FAILED, _("%s: was written by a newer curfew (version %lld)"),
                            database->path, (long long)version);
    return cf_error_set(err, CF_FAILED, "%s: is a database, but not a journal of curfew", database->path);
}

/* ---- Opening ---- */

static void close_file(struct cf_database *database)
{
    (void)sqlite3_finalize(database->insert);
    (void)sqlite3_close(database->sqlite);
    database->insert = NULL;
    database->sqlite = NULL;
}

/* Nothing that a file's author put into its schema is ever run: no triggers, no views, no functions there. */
static int open_sqlite(const char *path, int flags, sqlite3 **ret_sqlite)
{
    static const int options[][2] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                     {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                     {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                     {SQLITE_DBCONFIG_ENABLE_VIEW, 0}};
    int status = sqlite3_open_v2(path, ret_sqlite, flags, NULL);
    for (size_t i = 0; status == SQLITE_OK && i < sizeof options / sizeof *options; i++)
        status = sqlite3_db_config(*ret_sqlite, options[i][0], options[i][1], NULL);
    return status;
}

/* SQLite would make it readable for all, and follow a link out of the folder. */
static int make_file(const char *path, struct cf_error *err)
{
    uv_fs_t request;
    uv_file fd = uv_fs_open(NULL, &request, path, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
    uv_fs_req_cleanup(&request);
    if (fd >= 0) {
        (void)uv_fs_close(NULL, &request, fd, NULL);
        uv_fs_req_cleanup(&request);
        return CF_OK;
    }
    if (fd != UV_EEXIST)
        return cf_error_set(err, CF_FAILED, "%s: %s", path, uv_strerror(fd));
    int status = uv_fs_lstat(NULL, &request, path, NULL);
    bool regular = status == 0 && (request.statbuf.st_mode & S_IFMT) == S_IFREG;
    uv_fs_req_cleanup(&request);
    return regular
               ? CF_OK
               : cf_error_set(err, CF_FAILED,
                              "%s is no plain file, and what is written there would go elsewhere; remove it",
                              path);
}

/* A journal of an older curfew is brought to this one's shape, whole or not at all. */
static int upgrade(struct cf_database *database, struct cf_error *err)
{
    int64_t version = 0;
    int code = cf_database_number(database, "PRAGMA user_version", &version, err);
    if (code != CF_OK || version == CF_DATABASE_VERSION)
        return code;
    struct cf_buffer sql = {0};
    cf_buffer_printf(&sql, "BEGIN IMMEDIATE; %s PRAGMA user_version = %d", cf_row_upgrade,
                     CF_DATABASE_VERSION);
    code = cf_database_end(database, cf_database_run(database, sql.data, err), err);
    cf_buffer_finish(&sql);
    return code;
}

/* It has a default, so an older curfew writes the table as before, and nothing is a new version. */
static int add_by_user(struct cf_database *database, struct cf_error *err)
{
    int64_t there = 0;
    int code = cf_database_number(
        database, "SELECT count(*) FROM pragma_table_info('entries') WHERE name = 'by_user'", &there, err);
    return code == CF_OK && !there ? cf_database_run(database, cf_row_by_user, err) : code;
}

int cf_database_index(struct cf_database *database, struct cf_error *err)
{
    database->indexed = true;
    return cf_database_run(database, cf_row_indexes, err);
}

static int set_up(struct cf_database *database, bool fresh, struct cf_error *err)
{
    char sql[128];
    int code = fresh ? cf_database_run(database, "PRAGMA auto_vacuum = INCREMENTAL", err) : CF_OK;
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = %d",
                   WAL_LEFT);
    if (code == CF_OK)
        code = cf_database_run(database, sql, err);
    if (code == CF_OK && fresh) {
        struct cf_buffer schema = {0};
        cf_buffer_printf(&schema, "BEGIN; %s %s PRAGMA user_version = %d; COMMIT", cf_row_schema,
                         cf_row_indexes, CF_DATABASE_VERSION);
        code = cf_database_run(database, schema.data, err);
        cf_buffer_finish(&schema);
    }
    if (code == CF_OK && !fresh)
        code = upgrade(database, err);
    if (code == CF_OK && !fresh)
        code = add_by_user(database, err);
    database->indexed = fresh;
    database->loose = fresh ? 0 : INT64_MAX / 2; /* nobody knows */
    return code == CF_OK ? cf_database_prepare(database, cf_row_insert, &database->insert, err) : code;
}

/* A file that is looked at and found to be none of ours stays as it is, its write-ahead log included. */
static int open_file(struct cf_database *database, struct cf_error *err)
{
    bool fresh = false;
    database->broken = database->foreign = false;
    int code = make_file(database->path, err);
    if (code != CF_OK)
        return code;
    code = open_sqlite(database->path, SQLITE_OPEN_READWRITE, &database->sqlite) == SQLITE_OK
               ? CF_OK
               : cf_database_fail(database, err);
    if (code == CF_OK) {
        (void)sqlite3_busy_timeout(database->sqlite, (int)(database->patience.us / 1000));
        (void)sqlite3_db_config(database->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        code = check_version(database, &fresh, err);
    }
    if (code == CF_OK && !fresh)
        code = check_pages(database, err);
    if (code == CF_OK) {
        (void)sqlite3_db_config(database->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
        code = set_up(database, fresh, err);
    }
    if (code != CF_OK)
        close_file(database);
    return code;
}

/* A failure of the moment (a disk that is out of reach, say) may look like damage: only a file that is found
 * damaged by a second look, through a handle of its own, is. */
static bool is_damaged(const struct cf_database *database)
{
    struct cf_database again = {.path = database->path};
    struct cf_error ignored;
    if (open_sqlite(again.path, SQLITE_OPEN_READWRITE, &again.sqlite) == SQLITE_OK) {
        (void)sqlite3_busy_timeout(again.sqlite, (int)(database->patience.us / 1000));
        (void)sqlite3_db_config(again.sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        (void)check_pages(&again, &ignored);
    }
    close_file(&again);
    return again.broken;
}

/* The file and what SQLite has laid beside it get another name. */
static int set_aside(struct cf_database *database, const struct cf_error *why, struct cf_buffer *aside,
                     struct cf_error *err)
{
    struct cf_buffer to = {0}, removed = {0};
    cf_aside_name(database->path, &to, &removed);
    int status = cf_aside_move(database->path, to.data);
    if (status == 0) {
        cf_buffer_clear(aside);
        cf_buffer_printf(aside, "the journal was set aside as %s and a new one begun: %s", to.data,
                         why->text);
        if (removed.length)
            cf_buffer_printf(aside, "; the oldest set aside before went for it: %s", removed.data);
    } else {
        cf_error_set(err, CF_FAILED, "%s, and it cannot be set aside: %s", why->text, uv_strerror(status));
    }
    cf_buffer_finish(&to);
    cf_buffer_finish(&removed);
    return status == 0 ? CF_OK : CF_FAILED;
}

/* The folder itself is locked, too: a lock file can be removed, and a second curfew would lock another. */
static int lock_folder_itself(struct cf_database *database, const char *folder, struct cf_error *err)
{
#ifndef _WIN32 /* which removes no file that is open */
    database->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (database->folder < 0)
        return cf_error_set(err, CF_FAILED, "%s: %s", folder, strerror(errno));
    if (flock(database->folder, LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR))
        return CF_OK; /* a file system without such locks has the file's alone */
    (void)close(database->folder);
    database->folder = -1;
    return cf_error_set(err, CF_REFUSED, "another curfew is at work and writes %s; give --state FOLDER",
                        database->path);
#else
    (void)database;
    (void)folder;
    (void)err;
    return CF_OK;
#endif
}

static void unlock_folder(struct cf_database *database)
{
    (void)sqlite3_close(database->lock);
    database->lock = NULL;
#ifndef _WIN32
    if (database->folder >= 0)
        (void)close(database->folder);
    database->folder = -1;
#endif
}

/* Held for as long as the program lives, whatever its end: the lock is the operating system's. */
static int lock_folder(struct cf_database *database, struct cf_error *err)
{
    if (database->lock)
        return CF_OK;
    struct cf_buffer path = {0};
    cf_buffer_printf(&path, "%.*s", (int)(strlen(database->path) - strlen("/journal.db")), database->path);
    int code = lock_folder_itself(database, path.length ? path.data : "/", err), status = SQLITE_ERROR;
    cf_buffer_puts(&path, "/journal.lock");
    if (code == CF_OK)
        code = make_file(path.data, err);
    if (code == CF_OK)
        status = open_sqlite(path.data, SQLITE_OPEN_READWRITE, &database->lock);
    if (status == SQLITE_OK)
        status = sqlite3_exec(database->lock, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    if ((status & 0xFF) == SQLITE_BUSY)
        code = cf_error_set(err, CF_REFUSED, "another curfew is at work and writes %s; give --state FOLDER",
                            database->path);
    else if (code == CF_OK && status != SQLITE_OK)
        code = cf_error_set(err, CF_FAILED, "%s: %s", path.data, sqlite3_errmsg(database->lock));
    if (code != CF_OK)
        unlock_folder(database);
    cf_buffer_finish(&path);
    return code;
}

int cf_database_open_again(struct cf_database *database, struct cf_buffer *aside, struct cf_error *err)
{
    struct cf_error why = {0};
    close_file(database);
    int code = lock_folder(database, err);
    if (code != CF_OK)
        return code;
    code = open_file(database, &why);
    if (code != CF_OK && database->broken && (database->foreign || is_damaged(database))) {
        code = set_aside(database, &why, aside, &why);
        if (code == CF_OK)
            code = open_file(database, &why);
    }
    if (code != CF_OK && err)
        *err = why;
    return code;
}

static char *path_in(const char *folder)
{
    struct cf_buffer path = {0};
    cf_buffer_printf(&path, "%s/journal.db", folder);
    return path.data;
}

int cf_database_open(struct cf_database *database, const char *folder, struct cf_span patience,
                     struct cf_buffer *aside, struct cf_error *err)
{
    *database = (struct cf_database){
        .path = path_in(folder), .folder = -1, .patience = patience.us ? patience : CF_DATABASE_PATIENCE};
    return cf_database_open_again(database, aside, err);
}

void cf_database_finish(struct cf_database *database)
{
    close_file(database);
    unlock_folder(database);
    free(database->path);
    *database = (struct cf_database){.folder = -1};
}

int cf_database_open_to_read(struct cf_database *database, const char *folder, struct cf_error *err)
{
    *database = (struct cf_database){.path = path_in(folder), .folder = -1};
    uv_fs_t request;
    int64_t version = 0;
    int status = uv_fs_access(NULL, &request, database->path, R_OK, NULL), code;
    uv_fs_req_cleanup(&request);
    if (status < 0)
        return cf_error_set(err, status == UV_ENOENT ? CF_UNAVAILABLE : CF_FAILED, "%s: %s", database->path,
                            status == UV_ENOENT ? _("there is no journal yet") : uv_strerror(status));
    code = open_sqlite(database->path, SQLITE_OPEN_READONLY, &database->sqlite) == SQLITE_OK
               ? CF_OK
               : cf_database_fail(database, err);
    if (code == CF_OK) { /* else there may be no handle: no memory was left for one */
        (void)sqlite3_busy_timeout(database->sqlite, PATIENCE_TO_READ);
        code = cf_database_number(database, "PRAGMA user_version", &version, err);
    }
    if (code == CF_OK && version == 0) /* it is being made */
        code = cf_error_set(err, CF_UNAVAILABLE, "%s: %s", database->path, _("there is no journal yet"));
    else if (code == CF_OK && version > CF_DATABASE_VERSION)
        code = cf_error_set(err, CF_FAILED, _("%s: was written by a newer curfew (version %lld)"),
                            database->path, (long long)version);
    else if (code == CF_OK && version < CF_DATABASE_VERSION)
        code = cf_error_set(err, CF_FAILED,
                            _("%s: was written by an older curfew; curfew run brings it up to date"),
                            database->path);
    return code;
}
