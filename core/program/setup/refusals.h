/* Policies that refuse logons, on a host where nothing heeds that. */
#ifndef CF_PROGRAM_REFUSALS_H
#define CF_PROGRAM_REFUSALS_H

#include "engine/config/config.h"

/* Tells of each such policy, by the words of its own file; what it requires is not looked at. */
void cf_refusals_check(const struct cf_config *config, void (*tell)(void *data, const char *text),
                       void *data);

#endif
