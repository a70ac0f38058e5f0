/*
 * journal FOLDER ENTRIES: how fast the journal in FOLDER takes entries. Prints "TOGETHER ALONE" as entries a
 * second of wall time, for the disk is what takes it: all queued at once, and each only when the one before
 * is kept. Of the latter, ENTRIES / 100 are written.
 */
#include "journal/writer.h"

#include <stdio.h>
#include <stdlib.h>

static int left;

static void on_kept(void *context, int code)
{
    left -= code == CF_OK;
    if (left == 0)
        cf_loop_stop(context);
}

static void wait_until_kept(struct cf_loop *loop)
{
    if (left > 0)
        cf_loop_run(loop);
}

int main(int argc, char **argv)
{
    int count = argc == 3 ? atoi(argv[2]) : 0;
    struct cf_loop *loop = NULL;
    struct cf_writer *writer = NULL;
    struct cf_error err = {0};
    if (count < 100 || count > CF_WRITER_QUEUE || cf_loop_create(&loop, &err) != CF_OK)
        return 2;
    const struct cf_writer_setup setup = {.loop = loop, .folder = argv[1]};
    if (cf_writer_create(&setup, &writer, &err) != CF_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const struct cf_journal *journal = cf_writer_journal(writer);
    struct cf_entry entry = {.what = CF_WHAT_PAUSE, /* the engine's own: of no policy's part of the queue */
                             .at = cf_loop_wall(loop), /* else an engine would delete it for its age */
                             .text = "you will be logged off in 5 minutes"};
    cf_writer_last(writer, &entry.number, &entry.decision);

    int64_t begin = cf_loop_now(loop).us;
    left = count;
    for (int i = 0; i < count; i++) {
        entry.number++;
        journal->write(journal->data, &entry, on_kept, loop);
    }
    wait_until_kept(loop);
    int64_t together = cf_loop_now(loop).us - begin;

    begin = cf_loop_now(loop).us;
    for (int i = 0; i < count / 100; i++) {
        left = 1;
        entry.number++;
        journal->write(journal->data, &entry, on_kept, loop);
        wait_until_kept(loop);
    }
    int64_t alone = cf_loop_now(loop).us - begin;
    cf_writer_destroy(writer);
    cf_loop_run(loop);
    cf_loop_destroy(loop);
    (void)printf("%.0f %.0f\n", count * 1e6 / (double)together, count / 100 * 1e6 / (double)alone);
    return 0;
}
