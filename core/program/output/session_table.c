#include "program/output/session_table.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const headings[CF_COLUMNS] = {
    [CF_COLUMN_ID] = "ID",       [CF_COLUMN_USER] = "USER",   [CF_COLUMN_TYPE] = "TYPE",
    [CF_COLUMN_FROM] = "FROM",   [CF_COLUMN_STATE] = "STATE", [CF_COLUMN_IDLE] = "IDLE",
    [CF_COLUMN_SINCE] = "SINCE",
};

enum { GAP = 2, LEAST = 6 /* columns a cut column keeps */ };

static char *cell(const char *text)
{
    char safe[256];
    cf_text_safe(text && *text ? text : "-", safe, sizeof safe);
    return cf_strdup(safe);
}

static const char *state(const struct cf_session *session)
{
    if (session->closing == CF_TRI_YES)
        return "closing";
    if (session->disconnected == CF_TRI_YES)
        return "disconnected";
    if (session->locked == CF_TRI_YES)
        return "locked";
    static const char *const words[] = {
        [CF_TRI_UNKNOWN] = "unknown", [CF_TRI_NO] = "inactive", [CF_TRI_YES] = "active"};
    return words[session->active];
}

/* "1h25m", "40s": seconds matter below an hour only. */
static const char *idle(struct cf_span span, char out[CF_SPAN_TEXT])
{
    if (!cf_span_known(span))
        return "unknown";
    int64_t unit = span.us < CF_HOUR.us ? CF_SECOND.us : CF_MINUTE.us;
    return cf_span_brief((struct cf_span){span.us - span.us % unit}, out);
}

static const char *origin(const struct cf_session *session)
{
    const char *const names[] = {session->remote_host, session->client, session->name, session->seat};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i] && *names[i])
            return names[i];
    }
    return NULL;
}

void cf_session_table_add(struct cf_session_table *table, const struct cf_session *session,
                          struct cf_mono now)
{
    table->rows = cf_grow(table->rows, table->count, sizeof *table->rows);
    char **row = table->rows[table->count++];
    char span[CF_SPAN_TEXT], since[CF_INSTANT_TEXT] = "unknown";
    if (cf_instant_known(session->logon)) {
        cf_instant_local(session->logon, table->zone, since);
        since[strlen("2026-03-02 08:55")] = '\0';
    }
    row[CF_COLUMN_ID] = cell(session->identity.id);
    row[CF_COLUMN_USER] = cell(session->user);
    row[CF_COLUMN_TYPE] = cell(session->type);
    row[CF_COLUMN_FROM] = cell(origin(session));
    row[CF_COLUMN_STATE] = cell(state(session));
    row[CF_COLUMN_IDLE] = cell(idle(cf_session_span(session, CF_FIELD_IDLE, now), span));
    row[CF_COLUMN_SINCE] = cell(since);
}

void cf_session_table_finish(struct cf_session_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        for (int column = 0; column < CF_COLUMNS; column++)
            free(table->rows[i][column]);
    }
    free(table->rows);
    table->rows = NULL;
    table->count = 0;
}

/* The columns' widths: what they hold, then one taken off the widest that may be cut until all fit. */
static void fit(const struct cf_session_table *table, unsigned limit, size_t widths[CF_COLUMNS])
{
    static const int cut[] = {CF_COLUMN_FROM, CF_COLUMN_USER, CF_COLUMN_TYPE, CF_COLUMN_ID};
    size_t total = (CF_COLUMNS - 1) * GAP;
    for (int column = 0; column < CF_COLUMNS; column++) {
        widths[column] = strlen(headings[column]);
        for (size_t i = 0; i < table->count; i++) {
            const char *text = table->rows[i][column];
            size_t width = cf_utf8_columns(text, strlen(text));
            widths[column] = width > widths[column] ? width : widths[column];
        }
        total += widths[column];
    }
    for (; limit && total > limit; total--) {
        int widest = cut[0];
        for (size_t i = 1; i < sizeof cut / sizeof cut[0]; i++)
            widest = widths[cut[i]] > widths[widest] ? cut[i] : widest;
        if (widths[widest] <= LEAST)
            break;
        widths[widest]--;
    }
}

void cf_session_table_print(const struct cf_session_table *table, unsigned width, struct cf_buffer *out)
{
    size_t widths[CF_COLUMNS];
    fit(table, width, widths);
    for (size_t i = 0; i <= table->count; i++) {
        for (int column = 0; column < CF_COLUMNS; column++) {
            const char *text = i ? table->rows[i - 1][column] : headings[column];
            bool last = column == CF_COLUMNS - 1;
            cf_buffer_cell(out, text, last ? 0 : widths[column], last ? NULL : "…");
            cf_buffer_puts(out, last ? "\n" : "  ");
        }
    }
}
