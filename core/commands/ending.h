/* Ending a session for good, warned of or not: what logoff, reset session and tsdiscon are made of. */
#ifndef CF_COMMANDS_ENDING_H
#define CF_COMMANDS_ENDING_H

#include "commands/host.h"

#include <stdio.h>

/*
 * Ends the session, by force at once or where it does not end otherwise, and returns 0 only when it has gone.
 * `say` (NULL: nobody) is told what is being done, a line each. CF_DENIED, CF_FAILED, CF_TIMEOUT and others,
 * with the session in the sentence.
 */
int cf_end_session(struct cf_host *host, cf_session_key key, bool forced, FILE *say, struct cf_error *err);

/*
 * Shows `text` and waits. 0: the time is over, or the session has ended meanwhile. CF_REFUSED: the user wants
 * to stay. CF_FAILED: Ctrl-C was pressed, and the warning taken back. That, or others: it reached nobody, and
 * nothing was waited for.
 */
int cf_warn_session(struct cf_host *host, cf_session_key key, struct cf_span ahead, const char *text,
                    const char *title, struct cf_error *err);

/* CF_UNSUPPORTED where this host, or a session of this kind, cannot be disconnected. */
int cf_disconnect_session(struct cf_host *host, cf_session_key key, struct cf_error *err);

#endif
