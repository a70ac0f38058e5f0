#include "journal/writer.h"

#include "base/log.h"
#include "base/memory.h"
#include "journal/backlog.h"
#include "journal/row.h"
#include "journal/running.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cf_writer {
    /* The loop's thread. */
    struct cf_loop *loop;
    struct cf_journal journal;
    struct cf_engine *engine; /* NULL: none yet */
    struct cf_timer retry, sweep, tell_lost;
    uint64_t last_entry, last_decision;
    struct cf_backlog own, *policies; /* the engine's; the policies' */
    size_t under_way;                 /* entries with the thread */
    struct cf_rows back;              /* could not be written, and are tried again */
    uint64_t refused, dropped;
    struct cf_error trouble; /* code CF_OK: none */
    char *running;           /* the folder where we are marked as running; NULL: we are not */
    bool crashed;            /* the run before did not end by itself, and nobody was told yet */

    /* Shared. */
    uv_mutex_t mutex;
    uv_cond_t work, over;
    uv_async_t done_async;
    struct cf_rows queue, done;
    struct cf_instant sweep_at; /* known: what is too old then is to go */
    struct cf_buffer news;      /* for the journal, about itself */
    struct cf_error failure;    /* of the last transaction; code CF_OK: it is on disk */
    bool closing, ended, abandoned;

    /* The writing thread. */
    uv_thread_t thread;
    struct cf_database database;
    struct cf_retention retention;
    uint64_t shift_entry,
        shift_decision; /* where the journal could not be opened before numbers were given */
    bool opened;        /* once */
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

/* ---- The thread ---- */

/* The last numbers in a file that has just been opened for the first time. */
static int read_last(struct cf_writer *writer, uint64_t *ret_entry, uint64_t *ret_decision,
                     struct cf_error *err)
{
    int64_t entry = 0, decision = 0;
    int code = cf_database_number(&writer->database, "SELECT max(number) FROM entries", &entry, err);
    if (code == CF_OK)
        code = cf_database_number(&writer->database, "SELECT max(decision) FROM entries", &decision, err);
    if (code != CF_OK)
        return code;
    *ret_entry = (uint64_t)entry;
    *ret_decision = (uint64_t)decision;
    writer->opened = true;
    return CF_OK;
}

/* A file that could be opened only now has numbers of its own, behind which this program's go on. */
static int open_late(struct cf_writer *writer, struct cf_buffer *news, struct cf_error *err)
{
    int code = cf_database_open_again(&writer->database, news, err);
    return code == CF_OK && !writer->opened
               ? read_last(writer, &writer->shift_entry, &writer->shift_decision, err)
               : code;
}

static int insert(struct cf_writer *writer, const struct cf_row *row, struct cf_error *err)
{
    sqlite3_stmt *statement = writer->database.insert;
    struct cf_entry entry = row->entry;
    entry.number += writer->shift_entry;
    if (entry.decision)
        entry.decision += writer->shift_decision;
    cf_row_bind(statement, &entry);
    int code = sqlite3_step(statement) == SQLITE_DONE ? CF_OK : cf_database_fail(&writer->database, err);
    (void)sqlite3_reset(statement);
    return code;
}

/* Readers that follow watch the folder. SQLite makes a commit visible after its last write to the file. */
static int wake_readers(const struct cf_writer *writer, struct cf_instant at)
{
    uv_fs_t request;
    double seconds = (double)at.us / 1e6;
    int status = uv_fs_utime(NULL, &request, writer->database.path, seconds, seconds, NULL);
    uv_fs_req_cleanup(&request);
    return status;
}

static int write_once(struct cf_writer *writer, const struct cf_row *rows, struct cf_buffer *news,
                      struct cf_error *err)
{
    struct cf_database *database = &writer->database;
    int code = database->sqlite ? CF_OK : open_late(writer, news, err);
    if (code != CF_OK)
        return code;
    const struct cf_row *last = rows;
    code = cf_database_run(database, "BEGIN IMMEDIATE", err);
    for (const struct cf_row *row = rows; row && code == CF_OK; last = row, row = row->next)
        code = insert(writer, row, err);
    code = cf_database_end(database, code, err);
    if (code == CF_OK && wake_readers(writer, last->entry.at) == UV_ENOENT) {
        database->broken = true;
        cf_buffer_puts(news, "the journal was removed, and a new one is begun");
        code = cf_error_set(err, CF_FAILED, "%s: was removed", database->path);
    }
    return code;
}

/* A journal that turns out to be broken is set aside, and the entries begin a new one. */
static int write_rows(struct cf_writer *writer, const struct cf_row *rows, struct cf_buffer *news,
                      struct cf_error *err)
{
    int code = write_once(writer, rows, news, err);
    if (code == CF_OK || !writer->database.sqlite || !writer->database.broken)
        return code;
    code = cf_database_open_again(&writer->database, news, err);
    return code == CF_OK ? write_once(writer, rows, news, err) : code;
}

static void tell_loop(struct cf_writer *writer)
{
    if (!writer->abandoned)
        (void)uv_async_send(&writer->done_async);
}

static void make_indexes(struct cf_database *database)
{
    struct cf_error err;
    if (cf_database_index(database, &err))
        cf_log(CF_LOG_WARNING, "the journal has no indexes, so `curfew why` does not see into it: %s",
               err.text);
}

/* A flood may write much between two sweeps, or begin before there was time for indexes. What is deleted for
 * one batch is more than it can have. */
static void keep_size(struct cf_writer *writer)
{
    enum { AT_ONCE = 8 };
    struct cf_database *database = &writer->database;
    struct cf_error err;
    uv_mutex_unlock(&writer->mutex);
    bool more = cf_retention_is_over(database, &writer->retention);
    if (more && !database->indexed)
        make_indexes(database);
    for (int i = 0; more && i < AT_ONCE; i++)
        if (cf_retention_sweep(database, &writer->retention, (struct cf_instant){CF_UNKNOWN_US}, &more, &err))
            break; /* the hourly sweep says so */
    uv_mutex_lock(&writer->mutex);
}

static void add_indexes(struct cf_writer *writer)
{
    uv_mutex_unlock(&writer->mutex);
    make_indexes(&writer->database);
    uv_mutex_lock(&writer->mutex);
}

/* These are called with the mutex held, and let it go while they work. */
static void write_queue(struct cf_writer *writer)
{
    struct cf_row *rows = take_some(&writer->queue, CF_WRITER_BATCH);
    uv_mutex_unlock(&writer->mutex);
    struct cf_buffer news = {0};
    struct cf_error err = {0};
    int code = write_rows(writer, rows, &news, &err);
    uv_mutex_lock(&writer->mutex);
    for (struct cf_row *row = rows, *next; row; row = next) {
        next = row->next;
        row->code = code;
        cf_rows_add(&writer->done, row);
    }
    writer->failure = err;
    writer->failure.code = code;
    cf_buffer_add(&writer->news, news.data ? news.data : "", news.length);
    cf_buffer_finish(&news);
    tell_loop(writer);
    if (code == CF_OK)
        keep_size(writer);
}

static void sweep(struct cf_writer *writer)
{
    struct cf_instant at = writer->sweep_at;
    uv_mutex_unlock(&writer->mutex);
    bool more = false;
    struct cf_error err;
    if (writer->database.sqlite && cf_retention_sweep(&writer->database, &writer->retention, at, &more, &err))
        cf_log(CF_LOG_WARNING, "the journal could not be shortened: %s", err.text);
    uv_mutex_lock(&writer->mutex);
    if (!more && writer->sweep_at.us == at.us)
        writer->sweep_at.us = CF_UNKNOWN_US;
}

static void run_thread(void *data)
{
    struct cf_writer *writer = data;
    uv_mutex_lock(&writer->mutex);
    for (;;) {
        if (writer->queue.first)
            write_queue(writer);
        else if (writer->closing)
            break;
        else if (writer->database.sqlite && !writer->database.indexed)
            add_indexes(writer);
        else if (cf_instant_known(writer->sweep_at))
            sweep(writer);
        else
            uv_cond_wait(&writer->work, &writer->mutex);
    }
    uv_mutex_unlock(&writer->mutex);
    cf_database_finish(&writer->database);
    uv_mutex_lock(&writer->mutex);
    writer->ended = true;
    uv_cond_signal(&writer->over);
    uv_mutex_unlock(&writer->mutex);
}

/* ---- The loop ---- */

/* What happens to the journal is journalled, and said aloud. */
static void note(const struct cf_writer *writer, const char *text)
{
    cf_log(CF_LOG_ERROR, "%s", text);
    struct cf_entry entry = {.what = CF_WHAT_FAILED, .code = CF_FAILED, .text = text};
    if (writer->engine)
        cf_engine_write(writer->engine, &entry, NULL, NULL);
}

static void tell_news(struct cf_writer *writer)
{
    if (!writer->engine)
        return;
    uv_mutex_lock(&writer->mutex);
    struct cf_buffer news = writer->news;
    writer->news = (struct cf_buffer){0};
    uv_mutex_unlock(&writer->mutex);
    if (news.length)
        note(writer, news.data);
    cf_buffer_finish(&news);
}

/* Gives an entry to the thread, or, refused already, to on_done. */
static void hand(struct cf_writer *writer, struct cf_row *row, int code)
{
    if (!writer->under_way++) {
        cf_loop_hold(writer->loop);
        uv_ref((uv_handle_t *)&writer->done_async);
    }
    row->code = code;
    uv_mutex_lock(&writer->mutex);
    cf_rows_add(code == CF_OK ? &writer->queue : &writer->done, row);
    if (code == CF_OK)
        uv_cond_signal(&writer->work);
    else
        tell_loop(writer);
    uv_mutex_unlock(&writer->mutex);
}

static void hand_back(struct cf_writer *writer)
{
    cf_timer_stop(writer->loop, &writer->retry);
    for (struct cf_row *row = take_all(&writer->back), *next; row; row = next) {
        next = row->next;
        hand(writer, row, CF_OK);
    }
}

/* ---- Whose part of the queue ---- */

/* What came of an action, and what the engine says of a policy, is the engine's own. */
static struct cf_backlog *backlog_of(struct cf_writer *writer, const struct cf_entry *entry,
                                     cf_journal_kept *kept)
{
    if (!entry->policy || entry->verdict || (entry->decision && !kept))
        return &writer->own;
    return cf_backlog_of(&writer->policies, entry->policy);
}

/* Told once a minute at most, with a count, however much it is. */
static void lose(struct cf_writer *writer, struct cf_backlog *backlog)
{
    backlog->lost++;
    if (!cf_timer_is_set(&writer->tell_lost))
        cf_timer_set(writer->loop, &writer->tell_lost,
                     cf_mono_add(cf_loop_now(writer->loop), CF_WRITER_LOST));
}

static void on_tell_lost(struct cf_timer *timer)
{
    struct cf_writer *writer = timer->data;
    for (struct cf_backlog *backlog = writer->policies; backlog; backlog = backlog->next) {
        char text[CF_ERROR_SIZE];
        if (!backlog->lost)
            continue;
        (void)snprintf(
            text, sizeof text,
            "%llu entries of the policy '%.100s' are missing here: more than %d of its entries, or %d "
            "MiB, waited to be written; it should do less at once",
            (unsigned long long)backlog->lost, backlog->policy, CF_BACKLOG_ENTRIES, CF_BACKLOG_BYTES >> 20);
        backlog->lost = 0;
        cf_log(CF_LOG_WARNING, "%s", text);
        struct cf_entry entry = {.what = CF_WHAT_FAILED,
                                 .code = CF_REFUSED,
                                 .policy = backlog->policy,
                                 .text = text,
                                 .verdict = true};
        if (writer->engine)
            cf_engine_write(writer->engine, &entry, NULL, NULL);
    }
    cf_backlogs_drop_idle(&writer->policies);
}

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    struct cf_writer *writer = data;
    struct cf_backlog *backlog = backlog_of(writer, entry, kept);
    size_t bytes = cf_backlog_bytes(entry);
    bool room = cf_backlog_has_room(backlog, bytes);
    if (!room && backlog->policy) {
        lose(writer, backlog);
        if (!kept)
            return;
    }
    struct cf_row *row = cf_row_create(entry);
    row->kept = kept;
    row->context = context;
    row->backlog = backlog;
    row->bytes = bytes;
    backlog->entries++;
    backlog->bytes += bytes;
    hand(writer, row, room ? CF_OK : CF_REFUSED);
    if (!cf_timer_is_set(&writer->sweep))
        cf_timer_set(writer->loop, &writer->sweep, cf_mono_add(cf_loop_now(writer->loop), CF_WRITER_SWEEP));
}

static void fail(struct cf_writer *writer, const struct cf_error *err)
{
    if (writer->trouble.code == CF_OK)
        cf_log(CF_LOG_ERROR, "the journal cannot be written, so nothing is done to sessions: %s", err->text);
    writer->trouble = *err;
}

static void recover(struct cf_writer *writer)
{
    char text[CF_ERROR_SIZE + 200];
    (void)snprintf(text, sizeof text,
                   "the journal could not be written for a while; %llu actions were refused and %llu entries "
                   "lost: %s",
                   (unsigned long long)writer->refused, (unsigned long long)writer->dropped,
                   writer->trouble.text);
    writer->trouble = (struct cf_error){0};
    writer->refused = writer->dropped = 0;
    note(writer, text);
    hand_back(writer);
}

/* One entry is done with, or is to be tried again. */
static void settle(struct cf_writer *writer, struct cf_row *row)
{
    struct cf_backlog *backlog = row->backlog;
    bool written = row->code == CF_OK, full = row->code == CF_REFUSED;
    if (!written && !full && !row->kept) {
        cf_rows_add(&writer->back, row);
        return;
    }
    if (full && !backlog->policy)
        fail(writer, &(struct cf_error){CF_REFUSED, "more entries wait to be written than it may hold"});
    if (!written && !(full && backlog->policy))
        *(row->kept ? &writer->refused : &writer->dropped) += 1;
    backlog->entries--;
    backlog->bytes -= row->bytes;
    if (row->kept)
        row->kept(row->context, row->code);
    cf_row_destroy(row);
}

static void on_done(uv_async_t *async)
{
    struct cf_writer *writer = async->data;
    uv_mutex_lock(&writer->mutex);
    struct cf_row *row = take_all(&writer->done);
    struct cf_error failure = writer->failure;
    uv_mutex_unlock(&writer->mutex);
    if (failure.code != CF_OK)
        fail(writer, &failure);
    size_t count = 0;
    bool written = false;
    for (struct cf_row *next; row; row = next) {
        next = row->next;
        written |= row->code == CF_OK;
        settle(writer, row);
        count++;
    }
    cf_backlogs_drop_idle(&writer->policies);
    writer->under_way -= count;
    if (count && !writer->under_way) {
        cf_loop_release(writer->loop);
        uv_unref((uv_handle_t *)&writer->done_async);
    }
    tell_news(writer);
    if (written && failure.code == CF_OK && writer->trouble.code != CF_OK &&
        writer->own.entries < CF_WRITER_QUEUE / 2)
        recover(writer);
    else if (writer->back.first && !cf_timer_is_set(&writer->retry))
        cf_timer_set(writer->loop, &writer->retry, cf_mono_add(cf_loop_now(writer->loop), CF_WRITER_RETRY));
}

static void on_retry(struct cf_timer *timer)
{
    hand_back(timer->data);
}

static void on_sweep(struct cf_timer *timer)
{
    struct cf_writer *writer = timer->data;
    uv_mutex_lock(&writer->mutex);
    writer->sweep_at = cf_loop_wall(writer->loop);
    uv_cond_signal(&writer->work);
    uv_mutex_unlock(&writer->mutex);
}

/* ---- Life ---- */

static int open_first(struct cf_writer *writer, const struct cf_writer_setup *setup, struct cf_error *err)
{
    int code = cf_database_open(&writer->database, setup->folder, setup->patience, &writer->news, err);
    return code == CF_OK ? read_last(writer, &writer->last_entry, &writer->last_decision, err) : code;
}

int cf_writer_create(const struct cf_writer_setup *setup, struct cf_writer **ret_writer, struct cf_error *err)
{
    struct cf_writer *writer = cf_alloc(sizeof *writer);
    *writer = (struct cf_writer){.loop = setup->loop,
                                 .journal = {.data = writer, .write = write_entry},
                                 .retry = {.fire = on_retry, .data = writer},
                                 .sweep = {.fire = on_sweep, .data = writer},
                                 .tell_lost = {.fire = on_tell_lost, .data = writer},
                                 .own = {.most = CF_WRITER_QUEUE},
                                 .retention = setup->retention,
                                 .sweep_at = cf_loop_wall(setup->loop),
                                 .done_async = {.data = writer}};
    struct cf_error why;
    int code = open_first(writer, setup, &why);
    if (code == CF_REFUSED) {
        cf_database_finish(&writer->database);
        free(writer);
        return cf_error_copy(err, code, &why);
    }
    if (code != CF_OK)
        fail(writer, &why);
    if (writer->database.lock) {
        writer->running = cf_strdup(setup->folder);
        writer->crashed = cf_running_begin(setup->folder);
    }
    (void)uv_mutex_init(&writer->mutex);
    (void)uv_cond_init(&writer->work);
    (void)uv_cond_init(&writer->over);
    (void)uv_async_init(cf_loop_uv(writer->loop), &writer->done_async, on_done);
    uv_unref((uv_handle_t *)&writer->done_async);
    (void)uv_thread_create(&writer->thread, run_thread, writer);
    *ret_writer = writer;
    return CF_OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct cf_writer *writer = handle->data;
    if (writer->abandoned) /* its thread may still come back, to find that nobody listens */
        return;
    uv_mutex_destroy(&writer->mutex);
    uv_cond_destroy(&writer->work);
    uv_cond_destroy(&writer->over);
    cf_buffer_finish(&writer->news);
    free(writer);
}

/* What was not written in the end. */
static size_t count_lost(const struct cf_row *row)
{
    size_t count = 0;
    for (; row; row = row->next)
        count += row->code != CF_OK && !row->kept;
    return count;
}

/* What nobody can be told by the journal any more. */
static void log_lost(struct cf_writer *writer)
{
    cf_timer_stop(writer->loop, &writer->tell_lost);
    for (const struct cf_backlog *backlog = writer->policies; backlog; backlog = backlog->next)
        if (backlog->lost)
            cf_log(CF_LOG_WARNING, "%llu entries of the policy '%s' are missing in the journal",
                   (unsigned long long)backlog->lost, backlog->policy);
}

void cf_writer_destroy(struct cf_writer *writer)
{
    if (!writer)
        return;
    hand_back(writer);
    cf_timer_stop(writer->loop, &writer->sweep);
    log_lost(writer);
    uv_mutex_lock(&writer->mutex);
    writer->closing = true;
    uv_cond_signal(&writer->work);
    while (!writer->ended && !writer->abandoned)
        writer->abandoned = uv_cond_timedwait(&writer->over, &writer->mutex,
                                              (uint64_t)CF_WRITER_DRAIN.us * 1000) == UV_ETIMEDOUT;
    size_t lost = writer->abandoned ? writer->under_way : count_lost(writer->done.first);
    uv_mutex_unlock(&writer->mutex);
    if (lost)
        cf_log(CF_LOG_ERROR, "%zu entries could not be written to the journal and are lost", lost);
    if (!writer->abandoned) {
        (void)uv_thread_join(&writer->thread);
        cf_rows_finish(&writer->done);
    }
    if (writer->under_way)
        cf_loop_release(writer->loop);
    cf_backlogs_finish(&writer->policies);
    if (writer->running && !writer->crashed)
        cf_running_end(writer->running);
    free(writer->running);
    uv_close((uv_handle_t *)&writer->done_async, on_closed);
}

/* ---- What others may know ---- */

const struct cf_journal *cf_writer_journal(const struct cf_writer *writer)
{
    return &writer->journal;
}

void cf_writer_last(const struct cf_writer *writer, uint64_t *ret_entry, uint64_t *ret_decision)
{
    *ret_entry = writer->last_entry;
    *ret_decision = writer->last_decision;
}

void cf_writer_attach(struct cf_writer *writer, struct cf_engine *engine)
{
    writer->engine = engine;
    tell_news(writer);
    if (writer->crashed)
        note(writer, "the run before did not end by itself: curfew was killed, or crashed, or its host went "
                     "down; every countdown begins anew");
    writer->crashed = false;
}

const char *cf_writer_trouble(const struct cf_writer *writer)
{
    return writer->trouble.code == CF_OK ? NULL : writer->trouble.text;
}
