/* Displays (X or Wayland): whether a process has to do with one, and whether one may be a session's. */
#ifndef CF_LOGIND_DISPLAY_H
#define CF_LOGIND_DISPLAY_H

#include <stdbool.h>

/*
 * True where it serves one, by its name, or was told of one when it began (DISPLAY, WAYLAND_DISPLAY).
 * `process` is its folder in proc; `missed` becomes true where it cannot be read. May hang: see workers.h.
 */
bool cf_display_is_used(int process, bool *missed);

/*
 * Whether the X display that an agent was given (core/agent/lines.h) may be the session's: `own` is logind's
 * word for that, ":10". NULL, of either: nothing is known of it, and so it may.
 */
bool cf_display_may_be(const char *own, const char *given);

#endif
