/*
 * The journal's sink on disk: one thread writes what is queued, much of it at once in one transaction, and an
 * entry is told to be kept when that is on disk. Between transactions it sees to it that the file keeps to
 * its size.
 *
 * What cannot be written is refused where somebody waits for it, and stays queued where nobody does; it is
 * tried again with the next entry, and every CF_WRITER_RETRY. Virtual time stands still while the thread is
 * at work.
 */
#ifndef CF_JOURNAL_WRITER_H
#define CF_JOURNAL_WRITER_H

#include "engine/engine.h"
#include "journal/retention.h"

#define CF_WRITER_RETRY cf_seconds(10)
#define CF_WRITER_SWEEP CF_HOUR        /* from an entry to the next look at what is too old or too much */
#define CF_WRITER_DRAIN cf_seconds(10) /* for what is queued to be written at the end */

#define CF_WRITER_LOST CF_MINUTE /* from an entry that a policy lost to the one that counts them */

/*
 * What may wait to be written; beyond, entries are refused where somebody waits for them, and else dropped
 * and counted. Each policy has a part of its own, so that a flood of one loses nothing of another's, nor of
 * the engine's, to which belongs what came of actions.
 */
enum { CF_WRITER_QUEUE = 1 << 16 }; /* entries of the engine */

struct cf_writer;

struct cf_writer_setup {
    struct cf_loop *loop;
    const char *folder; /* of journal.db; for this user alone, which the caller sees to */
    struct cf_retention retention;
    struct cf_span patience; /* with another program's lock; zero: CF_DATABASE_PATIENCE */
    struct cf_span drain;    /* zero: CF_WRITER_DRAIN */
};

/*
 * A disk that is full or read-only is no failure here: entries are refused until it is mended. CF_REFUSED:
 * another curfew writes this journal.
 */
int cf_writer_create(const struct cf_writer_setup *setup, struct cf_writer **ret_writer,
                     struct cf_error *err);

/* Writes what is queued, as far as that is done in CF_WRITER_DRAIN; nobody is told. NULL is fine. Run the
 * loop afterwards. */
void cf_writer_destroy(struct cf_writer *writer);

const struct cf_journal *cf_writer_journal(const struct cf_writer *writer);

/* The numbers in the journal as it was opened, for struct cf_engine_setup. */
void cf_writer_last(const struct cf_writer *writer, uint64_t *ret_entry, uint64_t *ret_decision);

/* Journals from now on what happens to the journal itself: set aside, not written for a while. */
void cf_writer_attach(struct cf_writer *writer, struct cf_engine *engine);

/* NULL, or why nothing can be written at present. Borrowed until the loop goes on. */
const char *cf_writer_trouble(const struct cf_writer *writer);

#endif
