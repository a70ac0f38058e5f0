/* A program begun in a session, as its user, which only SYSTEM may do. Calls that may block, for threads. */
#ifndef CF_WTS_LAUNCH_H
#define CF_WTS_LAUNCH_H

#include "wts/server.h"

/*
 * `program` is a whole path; `command` is what it sees as its command line, and is written to. `standard`,
 * which is inheritable, becomes its standard input and output; NULL: it has none. Nothing else of ours gets
 * in. 0, and *ret_process is the caller's to close; or Windows' error.
 */
DWORD cf_wts_launch(const struct cf_wts_server *server, DWORD id, const WCHAR *program, WCHAR *command,
                    HANDLE standard, HANDLE *ret_process);

#endif
