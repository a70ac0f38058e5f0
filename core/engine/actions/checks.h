/* What an action has to pass, by what is known at the moment: each NULL, or why it does not. */
#ifndef CF_ENGINE_CHECKS_H
#define CF_ENGINE_CHECKS_H

#include "engine/actions/action.h"
#include "engine/grounds/ground.h"

const char *cf_check_allowed(const struct cf_action *action);  /* identity, configuration, stays */
const char *cf_check_possible(const struct cf_action *action); /* what this host can do at all */
bool cf_check_is_so_already(const struct cf_action *action);   /* locked, or disconnected */

/* Whether the run may log off for all that it has shown; where a little patience will mend it, *ret_until is
 * when, else unknown. */
const char *cf_check_warned(const struct cf_action *action, struct cf_mono *ret_until);
bool cf_check_is_told(const struct cf_action *action); /* whether the journal is told that a warning lacks */

/* Each of the run's grounds, and not that nobody has touched the session, which is cf_quiet_fails. */
const char *cf_check_grounds(const struct cf_action *action, char text[CF_GROUND_TEXT]);

/* A run that begins again and again can wait for its turn before it warns, and another cannot. */
bool cf_check_can_queue(const struct cf_action *action);

/* Whether the end that a first warning announces has no place among the logoffs of its minute. */
bool cf_check_is_crowded(const struct cf_action *action);

#endif
