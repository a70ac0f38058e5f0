/*
 * The tables of Windows' query commands, to the byte, since scripts cut them up at fixed columns or wherever
 * two blanks stand. They do not change with the language. What is too long for its column is cut and ends in
 * "~"; ids are not.
 */
#ifndef CF_COMMANDS_TABLES_H
#define CF_COMMANDS_TABLES_H

#include "base/text.h"
#include "session/session.h"

enum { CF_IDLE_TEXT = 32, CF_LOGON_TEXT = 32 };

/* "." below a minute, "8" minutes, "15:17" hours and minutes, "1+01:06" with days; "none " where nobody
 * knows. */
const char *cf_idle_notation(struct cf_span idle, char out[CF_IDLE_TEXT]);

/* "6/14/2021 11:35 AM"; "" where unknown. */
const char *cf_logon_notation(struct cf_instant logon, const struct cf_zone *zone, char out[CF_LOGON_TEXT]);

/* "Active", "Disc" (the background counts as that), "Conn" where nobody has logged on, "Listen", "Down". */
const char *cf_session_state(const struct cf_session *session);

/* Where a table is for and what it marks with ">". */
struct cf_table {
    const struct cf_zone *zone;
    struct cf_mono now;
    struct cf_buffer text;
};

/* Each adds a line; the heading where session is NULL. */
void cf_table_user(struct cf_table *table, const struct cf_session *session, bool own);
void cf_table_session(struct cf_table *table, const struct cf_session *session, bool own);
void cf_table_process(struct cf_table *table, const struct cf_session *session, bool own, const char *pid,
                      const char *image);

#endif
