/* GNOME's compositor, Mutter, on Wayland: its monitor of idleness, on the user's own bus. */
#ifndef CF_DESKTOP_MUTTER_H
#define CF_DESKTOP_MUTTER_H

#include "desktop/display.h"

/* Where Mutter is not at work, idle time is unknown. */
extern const struct cf_display_ops cf_mutter_ops;

#endif
