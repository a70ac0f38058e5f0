/*
 * X11: the counter IDLETIME of the XSync extension, and an alarm on it for the next input, so that nothing is
 * asked while nobody types. Where there is no such counter, the screen saver's extension, which is asked
 * every two seconds while input is waited for. Not Xwayland, which sees only what is typed into its own
 * windows.
 */
#ifndef CF_DESKTOP_X11_H
#define CF_DESKTOP_X11_H

#include "desktop/display.h"

extern const struct cf_display_ops cf_x11_ops; /* the display that DISPLAY names */

/* Whether that display takes no connection of ours, or is another user's. */
bool cf_x11_is_astray(void);

#endif
