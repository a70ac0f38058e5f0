#include "desktop/session_bus.h"

#include <stdio.h>
#include <stdlib.h>

int cf_session_bus_open(struct cf_loop *loop, cf_bus_lost *lost, void *data, struct cf_bus **ret_bus)
{
    const char *address = getenv("DBUS_SESSION_BUS_ADDRESS"), *folder = getenv("XDG_RUNTIME_DIR");
    char path[512];
    struct cf_error err;
    if (!address && !folder)
        return CF_UNAVAILABLE;
    (void)snprintf(path, sizeof path, "unix:path=%s/bus", folder ? folder : "");
    return cf_bus_open(loop, address ? address : path, -1, lost, data, ret_bus, &err);
}
