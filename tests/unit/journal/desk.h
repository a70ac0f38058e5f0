/* A journal in a folder of its own, on a loop in virtual time, and entries made by chance. */
#ifndef CF_TESTS_JOURNAL_DESK_H
#define CF_TESTS_JOURNAL_DESK_H

#include "../../fixture/folder.h"
#include "../unit.h"

#include "base/log.h"
#include "base/memory.h"
#include "journal/query.h"
#include "journal/writer.h"

extern struct desk {
    char folder[FOLDER_PATH];
    struct cf_loop *loop;
    struct cf_writer *writer;
    struct cf_writer_setup setup;
    uint64_t last_entry, last_decision;
    uint64_t written; /* numbers given */
    int kept, refused;
    bool stops; /* the loop, when all are told of */
} desk;

/* An empty one, in place of the last. */
void desk_renew_folder(void);
int desk_set_up(void **state);
void desk_open(void);
void desk_close(void);
int desk_tear_down(void **state);
void desk_on_kept(void *context, int code);

/* One entry of that kind about ana's session. `waits`: it is asked to be told. */
void desk_write(enum cf_what what, uint64_t decision, const char *text, bool waits);

/* Until the thread has written all that it has; it may be shortening the file still. */
void desk_run(void);
bool desk_count_one(void *data, const struct cf_entry *entry);
size_t desk_count(const struct cf_query *query);

/* Text of any bytes but NUL, mostly letters; NULL at times. Borrowed until the fourth next. */
const char *desk_text(uint64_t *random);

#endif
