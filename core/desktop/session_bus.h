/* The user's own bus, on which desktops talk. */
#ifndef CF_DESKTOP_SESSION_BUS_H
#define CF_DESKTOP_SESSION_BUS_H

#include "bus/bus.h"

/* As DBUS_SESSION_BUS_ADDRESS has it, or else where service managers put it. CF_UNAVAILABLE: there is none.
 */
int cf_session_bus_open(struct cf_loop *loop, cf_bus_lost *lost, void *data, struct cf_bus **ret_bus);

#endif
