/* A journal with an engine that is told of it: what is said of troubles in the log, and what the rows say. */
#ifndef CF_TESTS_JOURNAL_TOLD_H
#define CF_TESTS_JOURNAL_TOLD_H

#include "../../fixture/engine.h"

#include "desk.h"

#include <sqlite3.h>

/* ---- What the log has said, the writer's thread too ---- */

void told_forget(void);

/* How often; where `ret_sum` is not NULL, the sum of the numbers that stand ahead of it. */
int told_count(const char *text, unsigned long long *ret_sum);

/* ---- The engine and its journal ---- */

int told_set_up(void **state);
int told_tear_down(void **state);

/* The engine begins under the writer that is open; both end. */
void told_begin_engine(void);
void told_end_engine(void);

void told_wait(struct cf_span span);
void told_run(void);

/* ---- What the journal has ---- */

extern struct row {
    uint64_t number, decision;
    int code;
    bool is_hostile;
    char text[256];
} told_rows[64];
extern size_t told_row_count; /* of all, `told_rows` has the first */

/* Of these kinds, a bit each; 0: all. */
size_t told_read_rows(uint64_t whats);

/* ---- Another program's lock ---- */

extern sqlite3 *other; /* NULL: it holds none */

void told_lock(void);
void told_unlock(void);

#endif
