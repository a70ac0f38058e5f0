/* Whether a process has to do with a display (X or Wayland), at which its user may be at work. */
#ifndef CF_LOGIND_DISPLAY_H
#define CF_LOGIND_DISPLAY_H

#include <stdbool.h>

/*
 * True where it serves one, by its name, or was told of one when it began (DISPLAY, WAYLAND_DISPLAY).
 * `process` is its folder in proc; `missed` becomes true where it cannot be read. May hang: see workers.h.
 */
bool cf_display_is_used(int process, bool *missed);

#endif
