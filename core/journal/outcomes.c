#include "journal/outcomes.h"

#include "base/memory.h"
#include "journal/query.h"
#include "journal/row.h"

#include <stdlib.h>

struct cf_outcomes {
    struct cf_rows rows; /* the decisions that are open */
};

static bool keep(void *data, const struct cf_entry *entry)
{
    struct cf_outcomes *outcomes = data;
    cf_rows_add(&outcomes->rows, cf_row_create(entry));
    return true;
}

int cf_outcomes_read(const char *folder, struct cf_outcomes **ret_outcomes, struct cf_error *err)
{
    struct cf_outcomes *outcomes = cf_alloc(sizeof *outcomes);
    int code = cf_query_open_decisions(folder, keep, outcomes, err);
    if (code == CF_OK)
        *ret_outcomes = outcomes;
    else
        cf_outcomes_destroy(outcomes);
    return code;
}

void cf_outcomes_destroy(struct cf_outcomes *outcomes)
{
    if (!outcomes)
        return;
    cf_rows_finish(&outcomes->rows);
    free(outcomes);
}

void cf_outcomes_settle(struct cf_outcomes *outcomes, struct cf_engine *engine)
{
    for (const struct cf_row *row = outcomes ? outcomes->rows.first : NULL; row; row = row->next) {
        const struct cf_session *session = row->entry.session;
        cf_session_key there = session ? cf_registry_find(cf_engine_registry(engine), &session->identity) : 0;
        struct cf_entry entry = row->entry;
        entry.idle.us = CF_UNKNOWN_US;
        if (there && cf_engine_await_end(engine, there, &entry))
            continue; /* it is closing, and the journal is told when it has ended */
        entry.what = there ? CF_WHAT_FAILED : CF_WHAT_ENDED;
        entry.code = there ? CF_FAILED : CF_OK;
        entry.text = there ? "it was not ended before curfew was started again" : NULL;
        cf_engine_write(engine, &entry, NULL, NULL);
    }
    if (outcomes)
        cf_rows_finish(&outcomes->rows);
}
