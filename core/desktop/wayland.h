/*
 * Input at a Wayland display, by the protocol ext-idle-notify-v1 (KWin, sway, labwc and others; not GNOME's
 * Mutter). There an idle time cannot be asked for, so it is kept from when the agent began: exact from ten
 * seconds on, and none below. What keeps a compositor from going idle, as a film does, counts as input there.
 */
#ifndef CF_DESKTOP_WAYLAND_H
#define CF_DESKTOP_WAYLAND_H

#include "desktop/display.h"

extern const struct cf_display_ops cf_wayland_ops;

#endif
