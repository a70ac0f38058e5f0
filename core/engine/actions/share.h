/* How many of all sessions one policy may end within ten minutes. */
#ifndef CF_ENGINE_SHARE_H
#define CF_ENGINE_SHARE_H

#include "engine/actions/action.h"

/* Whether the logoff may go ahead by its policy's share. False: it waits, and its timer fires once it may; or
 * it may not, and *ret_why says why. */
bool cf_share_ask(struct cf_action *action, const char **ret_why);
void cf_share_leave(struct cf_action *action);   /* it waits no longer; fine where it does not */
void cf_share_changed(struct cf_policy *policy); /* what it has announced has been taken back */
void cf_share_finish(struct cf_policy *policy);

#endif
