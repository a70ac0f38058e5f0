/* What a one-off command does is journalled where an engine runs, which has the journal. */
#ifndef CF_PROGRAM_JOURNAL_NOTE_H
#define CF_PROGRAM_JOURNAL_NOTE_H

#include "program/setup/client.h"

/*
 * Tells this machine's engine what is done to the session: "warn", or "logoff" right before it; "tell",
 * "disconnect" or "lock" once it is done; "stays" or "failed" where it came to nothing; with the command's
 * own words. CF_UNAVAILABLE without an engine, nor does the command wait for one that does not answer for
 * more than a moment, since people decide and the engine does not; CF_REFUSED: the user has answered the
 * warning by `stay`, and is not to be logged off.
 */
int cf_journal_note(const struct cf_client *client, cf_session_key key, const char *what, const char *text,
                    struct cf_error *err);

#endif
