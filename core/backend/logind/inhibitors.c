#include "logind/inhibitors.h"

#include "logind/host.h"

#include <string.h>

void cf_inhibitors_ask(struct cf_bus *bus, struct cf_bus_call *call, struct cf_span limit)
{
    static const struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER,
                                                "ListInhibitors"};
    cf_bus_call(bus, call, &method, limit, NULL);
}

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
    if (!reply || sd_bus_message_enter_container(reply, 'a', "(ssssuu)") < 0)
        return CF_TRI_UNKNOWN;
    while ((code = sd_bus_message_read(reply, "(ssssuu)", &what, NULL, NULL, &mode, &of, NULL)) > 0)
        found |= (int64_t)of == uid && has_idle(what) && strcmp(mode, "delay") != 0;
    return code < 0 ? CF_TRI_UNKNOWN : cf_tri_of(found);
}
