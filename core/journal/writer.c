#include "journal/writer.h"

#include "base/log.h"
#include "base/memory.h"
#include "journal/backlog.h"
#include "journal/running.h"
#include "journal/writer_thread.h"

#include <stdio.h>
#include <stdlib.h>

struct cf_writer {
    struct cf_loop *loop;
    struct cf_journal journal;
    struct cf_writer_thread *thread;
    struct cf_engine *engine; /* NULL: none yet */
    struct cf_timer retry, sweep, tell_lost;
    struct cf_backlog own, *policies; /* the engine's; the policies' */
    struct cf_rows back;              /* could not be written, and are tried again */
    uint64_t refused, dropped;
    struct cf_error trouble; /* code CF_OK: none */
    struct cf_span drain;
    char *running; /* the folder where we are marked as running; NULL: we are not */
    bool crashed;  /* the run before did not end by itself, and nobody was told yet */
};

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
    struct cf_buffer news = cf_writer_thread_take_news(writer->thread);
    if (news.length)
        note(writer, news.data);
    cf_buffer_finish(&news);
}

/* Has the thread try again what could not be written. */
static void hand_back(struct cf_writer *writer)
{
    struct cf_row *row = writer->back.first;
    writer->back.first = NULL;
    cf_timer_stop(writer->loop, &writer->retry);
    for (struct cf_row *next; row; row = next) {
        next = row->next;
        cf_writer_thread_add(writer->thread, row, CF_OK);
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
    cf_writer_thread_add(writer->thread, row, room ? CF_OK : CF_REFUSED);
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
        cf_timer_set(writer->loop, &writer->retry, cf_mono_add(cf_loop_now(writer->loop), CF_WRITER_RETRY));
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

static void on_done(void *data, struct cf_row *rows, const struct cf_error *failure)
{
    struct cf_writer *writer = data;
    if (failure->code != CF_OK)
        fail(writer, failure);
    for (struct cf_row *row = rows, *next; row; row = next) {
        next = row->next;
        settle(writer, row);
    }
    tell_news(writer);
    if (failure->code == CF_OK && writer->trouble.code != CF_OK && writer->own.entries < CF_WRITER_QUEUE / 2)
        recover(writer);
}

static void on_retry(struct cf_timer *timer)
{
    hand_back(timer->data);
}

static void on_sweep(struct cf_timer *timer)
{
    struct cf_writer *writer = timer->data;
    cf_writer_thread_sweep(writer->thread, cf_loop_wall(writer->loop));
}

/* ---- Life ---- */

int cf_writer_create(const struct cf_writer_setup *setup, struct cf_writer **ret_writer, struct cf_error *err)
{
    struct cf_writer *writer = cf_alloc(sizeof *writer);
    *writer = (struct cf_writer){.loop = setup->loop,
                                 .journal = {.data = writer, .write = write_entry},
                                 .retry = {.fire = on_retry, .data = writer},
                                 .sweep = {.fire = on_sweep, .data = writer},
                                 .tell_lost = {.fire = on_tell_lost, .data = writer},
                                 .own = {.most = CF_WRITER_QUEUE},
                                 .drain = setup->drain.us ? setup->drain : CF_WRITER_DRAIN};
    const struct cf_writer_thread_setup thread = {.loop = setup->loop,
                                                  .folder = setup->folder,
                                                  .patience = setup->patience,
                                                  .retention = setup->retention,
                                                  .done = on_done,
                                                  .data = writer};
    struct cf_error why;
    int code = cf_writer_thread_create(&thread, &writer->thread, &why);
    if (code == CF_REFUSED) {
        free(writer);
        return cf_error_copy(err, code, &why);
    }
    if (code != CF_OK)
        fail(writer, &why);
    if (cf_writer_thread_had_lock(writer->thread)) {
        writer->running = cf_strdup(setup->folder);
        writer->crashed = cf_running_begin(setup->folder);
    }
    *ret_writer = writer;
    return CF_OK;
}

/* What nobody can be told by the journal any more. */
static void log_lost(const struct cf_writer *writer)
{
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
    cf_timer_stop(writer->loop, &writer->tell_lost);
    log_lost(writer);
    size_t lost = cf_writer_thread_destroy(writer->thread, writer->drain);
    if (lost)
        cf_log(CF_LOG_ERROR, "%zu entries could not be written to the journal and are lost", lost);
    cf_backlogs_finish(&writer->policies);
    if (writer->running && !writer->crashed)
        cf_running_end(writer->running);
    free(writer->running);
    free(writer);
}

/* ---- What others may know ---- */

const struct cf_journal *cf_writer_journal(const struct cf_writer *writer)
{
    return &writer->journal;
}

void cf_writer_last(const struct cf_writer *writer, uint64_t *ret_entry, uint64_t *ret_decision)
{
    cf_writer_thread_last(writer->thread, ret_entry, ret_decision);
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
