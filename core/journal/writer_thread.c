#include "journal/writer_thread.h"

#include "base/log.h"
#include "base/memory.h"

#include <stdlib.h>

struct cf_writer_thread {
    /* The loop's thread. */
    struct cf_writer_thread_setup setup;
    uv_thread_t thread;
    uint64_t last_entry, last_decision;
    size_t under_way; /* entries that have not come back */
    bool had_lock;

    /* Shared. */
    uv_mutex_t mutex;
    uv_cond_t work, over;
    uv_async_t done_async;
    struct cf_rows queue, done;
    struct cf_instant sweep_at; /* known: what is too old then is to go */
    struct cf_buffer news;
    struct cf_error failure;
    bool deaf; /* nobody is to be told any more */
    bool closing, ended;
    int owners; /* the loop and the thread: whoever leaves last frees it */

    /* The writing thread. */
    struct cf_database database;
    uint64_t shift_entry, shift_decision; /* where the file could not be opened before numbers were given */
    bool opened;                          /* once */
};

static struct cf_row *take_all(struct cf_rows *rows)
{
    struct cf_row *first = rows->first;
    rows->first = NULL;
    return first;
}

/* The first so many bytes of them. */
static struct cf_row *take_some(struct cf_rows *rows, size_t bytes)
{
    struct cf_row *first = rows->first, **end = &rows->first;
    for (size_t taken = 0; *end && taken < bytes; end = &(*end)->next)
        taken += (*end)->bytes;
    struct cf_row *rest = *end;
    *end = NULL;
    rows->first = rest;
    return first;
}

/* ---- The file ---- */

/* The last numbers in a file that has just been opened for the first time. */
static int read_last(struct cf_writer_thread *thread, uint64_t *ret_entry, uint64_t *ret_decision,
                     struct cf_error *err)
{
    int64_t entry = 0, decision = 0;
    int code = cf_database_number(&thread->database, "SELECT max(number) FROM entries", &entry, err);
    if (code == CF_OK)
        code = cf_database_number(&thread->database, "SELECT max(decision) FROM entries", &decision, err);
    if (code != CF_OK)
        return code;
    *ret_entry = (uint64_t)entry;
    *ret_decision = (uint64_t)decision;
    thread->opened = true;
    return CF_OK;
}

/* A file that could be opened only now has numbers of its own, behind which this program's go on. */
static int open_late(struct cf_writer_thread *thread, struct cf_buffer *news, struct cf_error *err)
{
    int code = cf_database_open_again(&thread->database, news, err);
    return code == CF_OK && !thread->opened
               ? read_last(thread, &thread->shift_entry, &thread->shift_decision, err)
               : code;
}

static int insert(struct cf_writer_thread *thread, const struct cf_row *row, struct cf_error *err)
{
    sqlite3_stmt *statement = thread->database.insert;
    struct cf_entry entry = row->entry;
    entry.number += thread->shift_entry;
    if (entry.decision)
        entry.decision += thread->shift_decision;
    cf_row_bind(statement, &entry);
    int code = sqlite3_step(statement) == SQLITE_DONE ? CF_OK : cf_database_fail(&thread->database, err);
    (void)sqlite3_reset(statement);
    return code;
}

/* Readers that follow watch the folder. SQLite makes a commit visible after its last write to the file. */
static void wake_readers(const struct cf_database *database, struct cf_instant at)
{
    uv_fs_t request;
    double seconds = (double)at.us / 1e6;
    (void)uv_fs_utime(NULL, &request, database->path, seconds, seconds, NULL);
    uv_fs_req_cleanup(&request);
}

/* What was written to a file that is there no more, or has another in its place, is written again. */
static int check_place(struct cf_database *database, struct cf_buffer *news, struct cf_error *err)
{
    int moved = 0;
    (void)sqlite3_file_control(database->sqlite, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return CF_OK;
    database->broken = true;
    cf_buffer_puts(news, "the journal was removed, and goes on in a new file");
    return cf_error_set(err, CF_FAILED, "%s: was removed", database->path);
}

static int write_once(struct cf_writer_thread *thread, const struct cf_row *rows, struct cf_buffer *news,
                      struct cf_error *err)
{
    struct cf_database *database = &thread->database;
    const struct cf_row *last = rows;
    int code = cf_database_run(database, "BEGIN IMMEDIATE", err);
    for (const struct cf_row *row = rows; row && code == CF_OK; last = row, row = row->next)
        code = insert(thread, row, err);
    code = cf_database_end(database, code, err);
    if (code == CF_OK)
        code = check_place(database, news, err);
    if (code == CF_OK)
        wake_readers(database, last->entry.at);
    return code;
}

/* A journal that turns out to be broken is set aside, and the entries begin a new one. */
static int write_rows(struct cf_writer_thread *thread, const struct cf_row *rows, struct cf_buffer *news,
                      struct cf_error *err)
{
    struct cf_database *database = &thread->database;
    int code = database->sqlite ? CF_OK : open_late(thread, news, err);
    if (code != CF_OK)
        return code;
    database->broken = false;
    code = write_once(thread, rows, news, err);
    if (!database->broken)
        return code;
    code = cf_database_open_again(database, news, err);
    return code == CF_OK ? write_once(thread, rows, news, err) : code;
}

static void make_indexes(struct cf_database *database)
{
    struct cf_error err;
    if (cf_database_index(database, &err))
        cf_log(CF_LOG_WARNING, "the journal has no indexes, so `curfew why` does not see into it: %s",
               err.text);
}

/* ---- The thread: these are called with the mutex held, and let it go while they work ---- */

/* A flood may write much between two sweeps, or begin before there was time for indexes. What is deleted for
 * one batch is more than it can have. */
static void keep_size(struct cf_writer_thread *thread)
{
    enum { AT_ONCE = 8 };
    struct cf_database *database = &thread->database;
    const struct cf_retention *retention = &thread->setup.retention;
    struct cf_error err;
    uv_mutex_unlock(&thread->mutex);
    bool more = cf_retention_is_over(database, retention);
    if (more && !database->indexed)
        make_indexes(database);
    for (int i = 0; more && i < AT_ONCE; i++)
        if (cf_retention_sweep(database, retention, (struct cf_instant){CF_UNKNOWN_US}, &more, &err))
            break; /* the hourly sweep says so */
    uv_mutex_lock(&thread->mutex);
}

static void add_indexes(struct cf_writer_thread *thread)
{
    uv_mutex_unlock(&thread->mutex);
    make_indexes(&thread->database);
    uv_mutex_lock(&thread->mutex);
}

static void write_queue(struct cf_writer_thread *thread)
{
    struct cf_row *rows = take_some(&thread->queue, CF_WRITER_BATCH);
    uv_mutex_unlock(&thread->mutex);
    struct cf_buffer news = {0};
    struct cf_error err = {0};
    int code = write_rows(thread, rows, &news, &err);
    uv_mutex_lock(&thread->mutex);
    for (struct cf_row *row = rows, *next; row; row = next) {
        next = row->next;
        row->code = code;
        cf_rows_add(&thread->done, row);
    }
    thread->failure = err;
    thread->failure.code = code;
    cf_buffer_add(&thread->news, news.data ? news.data : "", news.length);
    cf_buffer_finish(&news);
    if (!thread->deaf)
        (void)uv_async_send(&thread->done_async);
    if (code == CF_OK)
        keep_size(thread);
}

static void sweep(struct cf_writer_thread *thread)
{
    struct cf_instant at = thread->sweep_at;
    thread->sweep_at.us = CF_UNKNOWN_US;
    uv_mutex_unlock(&thread->mutex);
    bool more = false;
    struct cf_error err;
    if (thread->database.sqlite &&
        cf_retention_sweep(&thread->database, &thread->setup.retention, at, &more, &err))
        cf_log(CF_LOG_WARNING, "the journal could not be shortened: %s", err.text);
    uv_mutex_lock(&thread->mutex);
    if (more)
        thread->sweep_at = at;
}

/* Called with the mutex held. */
static void leave(struct cf_writer_thread *thread)
{
    bool is_last = --thread->owners == 0;
    uv_mutex_unlock(&thread->mutex);
    if (!is_last)
        return;
    uv_mutex_destroy(&thread->mutex);
    uv_cond_destroy(&thread->work);
    uv_cond_destroy(&thread->over);
    cf_rows_finish(&thread->done);
    cf_buffer_finish(&thread->news);
    free(thread);
}

static void run_thread(void *data)
{
    struct cf_writer_thread *thread = data;
    uv_mutex_lock(&thread->mutex);
    for (;;) {
        if (thread->queue.first)
            write_queue(thread);
        else if (thread->closing)
            break;
        else if (thread->database.sqlite && !thread->database.indexed)
            add_indexes(thread);
        else if (cf_instant_known(thread->sweep_at))
            sweep(thread);
        else
            uv_cond_wait(&thread->work, &thread->mutex);
    }
    uv_mutex_unlock(&thread->mutex);
    cf_database_finish(&thread->database);
    uv_mutex_lock(&thread->mutex);
    thread->ended = true;
    uv_cond_signal(&thread->over);
    leave(thread);
}

/* ---- The loop ---- */

static void on_done(uv_async_t *async)
{
    struct cf_writer_thread *thread = async->data;
    uv_mutex_lock(&thread->mutex);
    struct cf_row *rows = take_all(&thread->done);
    struct cf_error failure = thread->failure;
    uv_mutex_unlock(&thread->mutex);
    if (!rows) /* taken when it was told of others */
        return;
    size_t count = 0;
    for (const struct cf_row *row = rows; row; row = row->next)
        count++;
    thread->setup.done(thread->setup.data, rows, &failure);
    thread->under_way -= count;
    if (!thread->under_way) {
        cf_loop_release(thread->setup.loop);
        uv_unref((uv_handle_t *)&thread->done_async);
    }
}

int cf_writer_thread_create(const struct cf_writer_thread_setup *setup, struct cf_writer_thread **ret_thread,
                            struct cf_error *err)
{
    struct cf_writer_thread *thread = cf_alloc(sizeof *thread);
    *thread = (struct cf_writer_thread){
        .setup = *setup, .sweep_at = cf_loop_wall(setup->loop), .owners = 2, .done_async = {.data = thread}};
    int code = cf_database_open(&thread->database, setup->folder, setup->patience, &thread->news, err);
    if (code == CF_OK)
        code = read_last(thread, &thread->last_entry, &thread->last_decision, err);
    if (code == CF_REFUSED) {
        cf_database_finish(&thread->database);
        free(thread);
        return code;
    }
    if (code != CF_OK)
        thread->failure = *err;
    thread->had_lock = thread->database.lock != NULL;
    (void)uv_mutex_init(&thread->mutex);
    (void)uv_cond_init(&thread->work);
    (void)uv_cond_init(&thread->over);
    (void)uv_async_init(cf_loop_uv(setup->loop), &thread->done_async, on_done);
    uv_unref((uv_handle_t *)&thread->done_async);
    (void)uv_thread_create(&thread->thread, run_thread, thread);
    *ret_thread = thread;
    return code;
}

static void on_closed(uv_handle_t *handle)
{
    struct cf_writer_thread *thread = handle->data;
    uv_mutex_lock(&thread->mutex);
    leave(thread);
}

/* Of what came back, and of which nobody was told. */
static size_t count_lost(const struct cf_row *row)
{
    size_t count = 0;
    for (; row; row = row->next)
        count += row->code != CF_OK && !row->kept;
    return count;
}

size_t cf_writer_thread_destroy(struct cf_writer_thread *thread, struct cf_span drain)
{
    uv_mutex_lock(&thread->mutex);
    thread->closing = true;
    uv_cond_signal(&thread->work);
    for (int status = 0; !thread->ended && status == 0;)
        status = uv_cond_timedwait(&thread->over, &thread->mutex, (uint64_t)drain.us * 1000);
    thread->deaf = true;
    bool ended = thread->ended;
    size_t lost = ended ? count_lost(thread->done.first) : thread->under_way;
    uv_mutex_unlock(&thread->mutex);
    if (ended)
        (void)uv_thread_join(&thread->thread);
    if (thread->under_way)
        cf_loop_release(thread->setup.loop);
    uv_close((uv_handle_t *)&thread->done_async, on_closed);
    return lost;
}

void cf_writer_thread_add(struct cf_writer_thread *thread, struct cf_row *row, int code)
{
    if (!thread->under_way++) {
        cf_loop_hold(thread->setup.loop);
        uv_ref((uv_handle_t *)&thread->done_async);
    }
    row->code = code;
    uv_mutex_lock(&thread->mutex);
    cf_rows_add(code == CF_OK ? &thread->queue : &thread->done, row);
    if (code == CF_OK)
        uv_cond_signal(&thread->work);
    else
        (void)uv_async_send(&thread->done_async);
    uv_mutex_unlock(&thread->mutex);
}

void cf_writer_thread_sweep(struct cf_writer_thread *thread, struct cf_instant at)
{
    uv_mutex_lock(&thread->mutex);
    thread->sweep_at = at;
    uv_cond_signal(&thread->work);
    uv_mutex_unlock(&thread->mutex);
}

struct cf_buffer cf_writer_thread_take_news(struct cf_writer_thread *thread)
{
    uv_mutex_lock(&thread->mutex);
    struct cf_buffer news = thread->news;
    thread->news = (struct cf_buffer){0};
    uv_mutex_unlock(&thread->mutex);
    return news;
}

void cf_writer_thread_last(const struct cf_writer_thread *thread, uint64_t *ret_entry, uint64_t *ret_decision)
{
    *ret_entry = thread->last_entry;
    *ret_decision = thread->last_decision;
}

bool cf_writer_thread_had_lock(const struct cf_writer_thread *thread)
{
    return thread->had_lock;
}
