/*
 * Journals set aside, PATH.aside-1, PATH.aside-2 and so on: what was found damaged is kept for whoever wants
 * to know, within limits. The oldest goes first, and whoever sets a new one aside is told which did.
 */
#ifndef CF_JOURNAL_ASIDE_H
#define CF_JOURNAL_ASIDE_H

#include "base/text.h"

#include <stdint.h>

enum { CF_ASIDES = 5 };                     /* kept, the next one included */
#define CF_ASIDE_BYTES (INT64_C(512) << 20) /* of all of them; the next one is kept whatever its size */

/* The name for the next one. Older ones that are too many, or too large together, are removed, and named in
 * *removed. */
void cf_aside_name(const char *path, struct cf_buffer *ret_name, struct cf_buffer *removed);

/* Moves the journal at `path` there, with what SQLite has laid beside it. 0, or libuv's code of the file
 * itself. */
int cf_aside_move(const char *path, const char *name);

#endif
