/* Programs that keep a user's sessions from being marked as idle, as logind lists them (systemd-inhibit). */
#ifndef CF_LOGIND_INHIBITORS_H
#define CF_LOGIND_INHIBITORS_H

#include "bus/bus.h"
#include "session/session.h"

/* What a listing reads once for all sessions: who is content with what was asked for at that moment takes it.
 */
struct cf_inhibitors {
    struct cf_bus_call call;
    struct cf_mono asked_at;
    sd_bus_message *reply; /* NULL: none, or it failed */
};

/* Whether a program of this user's is among those of the reply, which can be read again; unknown where that
 * is none. */
enum cf_tri cf_inhibitors_take(sd_bus_message *reply, int64_t uid);

#endif
