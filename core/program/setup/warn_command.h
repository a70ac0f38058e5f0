/*
 * `warn_command`: a warning that reaches nobody on the host's own ways is handed to a command, which may mail
 * it, say. A back end around the host's: whoever asks it for a warning learns that it was delivered where the
 * command ends with 0.
 *
 * The command gets the text on its standard input and CURFEW_SESSION, CURFEW_USER, CURFEW_HOST and
 * CURFEW_LEFT (whole seconds until the announced end; empty: none) in its environment, with a plain PATH and
 * nothing else. It is killed, with what it has started, after CF_WARN_COMMAND_LIMIT.
 */
#ifndef CF_PROGRAM_WARN_COMMAND_H
#define CF_PROGRAM_WARN_COMMAND_H

#include "backend/backend.h"

#define CF_WARN_COMMAND_LIMIT cf_seconds(15)

enum { CF_WARN_COMMAND_MOST = 32 }; /* at once; a warning beyond reaches nobody, and is tried again */

/* Borrowed until close(). */
struct cf_warn_command {
    const struct cf_backend_ops *host;
    const void *host_setup;
    const char *const *words; /* end in NULL; the first is a path */
};

extern const struct cf_backend_ops cf_warn_command_ops; /* its setup is a struct cf_warn_command */

#endif
