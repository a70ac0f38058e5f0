/* Programs that keep a user's sessions from being marked as idle, as logind lists them (systemd-inhibit). */
#ifndef CF_LOGIND_INHIBITORS_H
#define CF_LOGIND_INHIBITORS_H

#include "bus/bus.h"
#include "session/session.h"

/* `done` of the call follows, never inside this one. */
void cf_inhibitors_ask(struct cf_bus *bus, struct cf_bus_call *call, struct cf_span limit);

/* Whether a program of this user's is among those of the reply; unknown where that is none. */
enum cf_tri cf_inhibitors_take(sd_bus_message *reply, int64_t uid);

#endif
