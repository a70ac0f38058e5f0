/* What a one-off command does is journalled where an engine runs, which has the journal. */
#ifndef CF_PROGRAM_NOTING_H
#define CF_PROGRAM_NOTING_H

#include "program/setup/visit.h"

/*
 * Tells this machine's engine that the session is about to be logged off, disconnected ("disconnect") or told
 * something ("tell"), with the command's own words. Without an engine, nothing happens; nor does the command
 * wait for one that does not answer for more than a moment, since people decide and the engine does not.
 */
void cf_note(const struct cf_visit *visit, cf_session_key key, const char *what, const char *text);

#endif
