/*
 * The thread that writes the journal. Rows are given to it and come back, always later and in the loop, with
 * what came of them; what waits is written in one transaction. Between transactions it makes the indexes that
 * are missing, and deletes what is too old or too much.
 *
 * All functions are for the loop's thread. Virtual time stands still while rows are under way.
 */
#ifndef CF_JOURNAL_WRITER_THREAD_H
#define CF_JOURNAL_WRITER_THREAD_H

#include "journal/retention.h"
#include "journal/row.h"
#include "time/loop.h"

enum { CF_WRITER_BATCH = 1 << 20 }; /* bytes that are written in one transaction, about */

struct cf_writer_thread;

struct cf_writer_thread_setup {
    struct cf_loop *loop;
    const char *folder; /* of journal.db */
    struct cf_span patience;
    struct cf_retention retention;

    /* Takes rows that come back, each with its `code`. *failure is the last transaction's, or that of opening
     * the file where there was none yet; its code CF_OK: there is none. */
    void (*done)(void *data, struct cf_row *rows, const struct cf_error *failure);
    void *data;
};

/* CF_FAILED: the file cannot be opened at present, which is tried again with each row. CF_REFUSED: another
 * curfew writes it, and there is no thread. */
int cf_writer_thread_create(const struct cf_writer_thread_setup *setup, struct cf_writer_thread **ret_thread,
                            struct cf_error *err);

/*
 * Writes what has been added, as far as that is done in `drain`; nobody is told. A thread that takes longer
 * is left to itself, and frees what is its own should it ever end. The number of entries that were lost. Run
 * the loop afterwards.
 */
size_t cf_writer_thread_destroy(struct cf_writer_thread *thread, struct cf_span drain);

/* The last numbers in the file as it was opened; 0 where that failed: once it is there, the thread adds the
 * file's own to those of rows. */
void cf_writer_thread_last(const struct cf_writer_thread *thread, uint64_t *ret_entry,
                           uint64_t *ret_decision);

/* Whether this curfew held the journal's lock from the beginning. */
bool cf_writer_thread_had_lock(const struct cf_writer_thread *thread);

/* Takes the row, to write it, or with a code other than CF_OK only to give it back. */
void cf_writer_thread_add(struct cf_writer_thread *thread, struct cf_row *row, int code);

/* What is too old at that moment goes when there is time for it. */
void cf_writer_thread_sweep(struct cf_writer_thread *thread, struct cf_instant at);

/* What happened to the journal since this was last asked, as text for the journal itself; finish it. */
struct cf_buffer cf_writer_thread_take_news(struct cf_writer_thread *thread);

#endif
