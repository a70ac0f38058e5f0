/* A journal with an engine that is told of it: what is said of troubles in the log, and what the rows say. */
#ifndef CF_TESTS_JOURNAL_TOLD_H
#define CF_TESTS_JOURNAL_TOLD_H

#include "../../fixture/engine.h"

#include "desk.h"

#include <sqlite3.h>

/* ---- What the log has said, the writer's thread too ---- */

void forget_said(void);

/* How often; where `ret_sum` is not NULL, the sum of the numbers that stand ahead of it. */
int count_said(const char *text, unsigned long long *ret_sum);

/* ---- The engine and its journal ---- */

int set_up(void **state);
int tear_down(void **state);

/* The engine begins under the writer that is open; both end. */
void begin_engine(void);
void end(void);

void wait_for(struct cf_span span);
void run(void);

/* ---- What the journal has ---- */

extern struct row {
    uint64_t number, decision;
    int code;
    bool is_hostile;
    char text[256];
} rows[64];
extern size_t row_count; /* of all, `rows` has the first */

/* Of these kinds, a bit each; 0: all. */
size_t read_rows(uint64_t whats);

/* ---- Another program's lock ---- */

extern sqlite3 *other; /* NULL: it holds none */

void lock(void);
void unlock(void);

#endif
