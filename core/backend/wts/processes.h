/* A session's processes: calls that may block, for threads. What they give is the caller's. */
#ifndef CF_WTS_PROCESSES_H
#define CF_WTS_PROCESSES_H

#include "wts/server.h"

struct cf_wts_processes {
    char **list;     /* "4711 notepad.exe", ends in NULL */
    char **programs; /* each once by its name and, where that ends in .exe, without; ends in NULL */
    char *sid;       /* the user's: of the first process that is a person's; NULL: not told */
    int64_t cpu;     /* µs, of those that are there */
};

enum { CF_WTS_PROCESSES_MOST = 4096 }; /* beyond, a session's programs are not known */

/* 0, or Windows' error. */
DWORD cf_wts_processes_read(const struct cf_wts_server *server, DWORD session,
                            struct cf_wts_processes *ret_processes);
void cf_wts_processes_finish(struct cf_wts_processes *processes);

/* Ends the processes of the session's user, not the system's own: those keep a session that hangs. */
DWORD cf_wts_processes_end(const struct cf_wts_server *server, DWORD session);

#endif
