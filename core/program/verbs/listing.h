/* What Windows' listings have in common. */
#ifndef CF_PROGRAM_LISTING_H
#define CF_PROGRAM_LISTING_H

#include "base/json.h"
#include "commands/tables.h"
#include "program/verbs.h"

/* The session as an object, which is the caller's. */
json_t *cf_listing_json(const struct cf_table *table, const struct cf_session *session, bool own);

/* "No User exists for *", as scripts know it; the word may be anything. CF_FAILED. */
int cf_none_exists(const char *what, const char *word);

#endif
