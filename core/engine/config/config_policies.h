/* The configuration's list of policies. */
#ifndef CF_ENGINE_CONFIG_POLICIES_H
#define CF_ENGINE_CONFIG_POLICIES_H

#include "engine/config/config_values.h"

/* Read into a struct cf_config. */
extern const struct cf_config_type cf_config_policies;

void cf_config_finish_policy(struct cf_policy_config *policy);

/* Whether each `over` names a policy that is configured. */
void cf_config_check_over(struct cf_config_reader *reader, const struct cf_config *config);

#endif
