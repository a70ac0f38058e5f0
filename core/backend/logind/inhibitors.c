#include "logind/inhibitors.h"

#include <string.h>

/* "sleep:idle:handle-lid-switch" */
static bool has_idle(const char *what)
{
    static const char idle[] = "idle";
    for (; *what; what += strspn(what, ":")) {
        size_t length = strcspn(what, ":");
        if (length == strlen(idle) && strncmp(what, idle, length) == 0)
            return true;
        what += length;
    }
    return false;
}

enum cf_tri cf_inhibitors_take(sd_bus_message *reply, int64_t uid)
{
    const char *what, *mode;
    uint32_t of;
    int code;
    bool found = false;
    if (!reply || sd_bus_message_rewind(reply, true) < 0 ||
        sd_bus_message_enter_container(reply, 'a', "(ssssuu)") < 0)
        return CF_TRI_UNKNOWN;
    while ((code = sd_bus_message_read(reply, "(ssssuu)", &what, NULL, NULL, &mode, &of, NULL)) > 0)
        found |= (int64_t)of == uid && has_idle(what) && strcmp(mode, "delay") != 0;
    return code < 0 ? CF_TRI_UNKNOWN : cf_tri_of(found);
}
