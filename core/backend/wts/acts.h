/*
 * What is done to a session, on a thread: its identity and what is expected of it are looked at right before
 * the system call, by the same thread. Whatever blocks holds up this act alone.
 */
#ifndef CF_WTS_ACTS_H
#define CF_WTS_ACTS_H

#include "wts/failure.h"
#include "wts/look.h"
#include "wts/processes.h"
#include "wts/record.h"

enum cf_wts_deed {
    CF_WTS_LOGOFF,
    CF_WTS_LOGOFF_FORCED, /* its user's processes first */
    CF_WTS_DISCONNECT,
    CF_WTS_LOCK,
    CF_WTS_SHOW,         /* a message, without waiting for anybody */
    CF_WTS_QUESTION,     /* waits for the answer, or for its time to be over */
    CF_WTS_PROCESSES_OF, /* nothing is done; its processes are read */
};

struct cf_wts_act {
    enum cf_wts_deed deed;
    DWORD id;
    int64_t birth;           /* must be this very session */
    bool quiet;              /* expects no input after `since`, … */
    int64_t since;           /* … by the server's clock, … */
    int64_t not_before;      /* … which showed this when the act was asked for */
    bool vouched;            /* at the console a helper has just said so, and nothing else is looked at */
    enum cf_wts_locks locks; /* LOCK: by which it is seen */
    WCHAR *title, *text;     /* of a message; owned */
    DWORD seconds;           /* that it is shown */

    /* What came of it. */
    int code;        /* CF_OK; CF_GONE; CF_STALE; CF_TIMEOUT: it was over before it was done; or Windows' */
    const char *why; /* a sentence where it is none of Windows' */
    DWORD error;     /* Windows', or 0 */
    bool delivered;  /* a message */
    DWORD answer;
    struct cf_wts_processes processes;
};

/* Does it, unless `over` is set by the time that everything has been looked at. */
void cf_wts_act_run(struct cf_wts_act *act, const struct cf_wts_server *server, const atomic_bool *over);
void cf_wts_act_finish(struct cf_wts_act *act);

#endif
