/* Displays (X or Wayland): whether a process has to do with one, and whether one may be a session's. */
#ifndef CF_LOGIND_DISPLAY_H
#define CF_LOGIND_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

enum { CF_DISPLAY_NUMBER = 10 };

/* An X display that a session is known to serve itself. */
struct cf_display_own {
    char number[CF_DISPLAY_NUMBER]; /* "51"; empty: none by which its processes are told from another's */
    int64_t server;                 /* the process that serves it; 0: not known */
};

/* What a process serves, by its name. */
enum cf_display_server {
    CF_DISPLAY_NONE,
    CF_DISPLAY_OF_SEAT,    /* an X server that may be the seat's, at its screen and keyboard */
    CF_DISPLAY_WITHIN,     /* one that shows in windows of another display, which has its input */
    CF_DISPLAY_APART,      /* one that is used from elsewhere, or by nobody: VNC's, x2go's, xpra's, Xvfb */
    CF_DISPLAY_COMPOSITOR, /* Wayland's */
    CF_DISPLAY_MANAGER     /* the same, or the window manager of an X server, which serves none */
};

/* `process` is its folder in proc. */
enum cf_display_server cf_display_served(int process);

/* True where it serves one, by its name, and is not `server`, the session's own X server. `process` is the
 * folder of `pid` in proc. */
bool cf_display_is_another(int process, int64_t pid, int64_t server);

/*
 * True where it serves one, by its name, or was told of one when it began (DISPLAY, WAYLAND_DISPLAY), which
 * is not the session's own. `missed` becomes true where it cannot be read. May hang: see workers.h.
 */
bool cf_display_is_used(int process, int64_t pid, const struct cf_display_own *own, bool *missed);

/* Of ":51", or ":51.0", the number; empty where it is none of this machine's, or NULL. */
void cf_display_number(const char *name, char ret_number[CF_DISPLAY_NUMBER]);

/*
 * Whether the X display that an agent was given (core/agent/lines.h) may be the session's: `own` is logind's
 * word for that, ":10". NULL, of either: nothing is known of it, and so it may.
 */
bool cf_display_may_be(const char *own, const char *given);

#endif
