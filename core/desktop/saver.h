/*
 * X11's screen saver's extension (MIT-SCREEN-SAVER): how long ago there was input,
 * where XSync has no counter of that, as at x2go's X server. It has to be asked.
 */
#ifndef CF_DESKTOP_SAVER_H
#define CF_DESKTOP_SAVER_H

#include "time/span.h"

#include <stdbool.h>
#include <xcb/xcb.h>

bool cf_saver_is_there(xcb_connection_t *connection);

/* Asks; returns the sequence number of the reply. */
unsigned cf_saver_ask(xcb_connection_t *connection);

/* What such a reply says. */
struct cf_span cf_saver_idle(const void *reply);

#endif
