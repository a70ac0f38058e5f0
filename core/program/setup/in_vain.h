/* Policies that would end nobody of those who are logged on, since the host does not know what they go by. */
#ifndef CF_PROGRAM_IN_VAIN_H
#define CF_PROGRAM_IN_VAIN_H

#include "engine/config/config.h"
#include "session/registry.h"

/* What of a session has to be read before. */
#define CF_IN_VAIN_FIELDS                                                                                    \
    (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_GROUPS) | CF_FIELD_BIT(CF_FIELD_DISCONNECTED))

/*
 * Tells, as `status` does of a curfew at work: of each policy that waits for sessions to be disconnected of
 * which nobody knows whether they are, and of sessions whose idle time is waited for and unknown. Desktops
 * are none of these, as their agents know it, which speak to a curfew at work alone. The policies are run on
 * a simulated host with the same sessions, for a moment: nothing is done to anybody.
 */
void cf_in_vain_check(const struct cf_config *config, const struct cf_registry *sessions,
                      void (*tell)(void *data, const char *text), void *data);

#endif
