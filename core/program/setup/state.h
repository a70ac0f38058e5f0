/* The folder in which the journal and what policies keep outlive a restart. */
#ifndef CF_PROGRAM_STATE_H
#define CF_PROGRAM_STATE_H

#include "base/error.h"

#include <stdbool.h>

/* Whether it is a folder that curfew can write to. */
bool cf_state_is_writable(const char *folder);

/*
 * 0, or CF_REFUSED where somebody else could write the folder or one of our files in it (cf_trust_file), or
 * where curfew cannot write one: what decides, and what was decided, is kept there.
 */
int cf_state_trust(const char *folder, struct cf_error *err);

#endif
