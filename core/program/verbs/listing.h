/* What Windows' listings have in common. */
#ifndef CF_PROGRAM_LISTING_H
#define CF_PROGRAM_LISTING_H

#include "commands/tables.h"
#include "program/verbs.h"

/* The session as an object that has not ended yet. */
void cf_listing_begin_json(struct cf_table *table, const struct cf_session *session, bool own);

/* "No User exists for *", as scripts know it; the word may be anything. CF_FAILED. */
int cf_none_exists(const char *what, const char *word);

#endif
