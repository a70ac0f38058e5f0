/*
 * How a session's sources of input are found: every terminal that controls a process of the session or of a
 * child of one, or that one has as standard input or output; servers of tmux and screen and what they serve
 * are among them wherever the service manager put it. And whether there is a display, in the session or among
 * what ends with its user's last session: what the user's own service manager has begun.
 *
 * Reads /proc, so it belongs on a worker thread.
 */
#ifndef CF_LOGIND_SEARCH_H
#define CF_LOGIND_SEARCH_H

#include "logind/display.h"
#include "logind/sources.h"

enum { CF_SEARCH_THREADS = 16384 /* looked at for children, in one session */ };

/* Whose: as logind says. */
struct cf_search_of {
    int64_t leader, uid;
    int64_t member;   /* a process of it by which it is found, where the leader has gone; 0: the leader */
    const char *unit; /* its scope; NULL: not known */
    const char *tty;  /* NULL: none named */
    const char *user; /* their name; NULL: not known */
    bool displays;    /* they are looked for, which may hang */
    bool graphical;   /* has a display of its own, and a hint or an agent for it; */
    bool seated;      /* at the machine's own screen; */
    struct cf_display_own own; /* that one, where logind knows of none: others are looked for */
};

/* Finds a session's, and reads their times; `proc` is where proc is mounted. `written` is left as it is. */
void cf_search_sources(struct cf_sources *sources, const struct cf_search_of *session, const char *proc);

/*
 * Adds those of another session of the same user: where a session serves terminals, they may look at them
 * from there, and what they type need not reach a process of the session (in tmux's copy mode).
 */
void cf_search_elsewhere(struct cf_sources *sources, const struct cf_search_of *session, const char *proc);

#endif
