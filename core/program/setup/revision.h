/* Which configuration is in force, in sixteen digits that the journal's entries carry. */
#ifndef CF_PROGRAM_REVISION_H
#define CF_PROGRAM_REVISION_H

#include "engine/config/config.h"

/*
 * Takes the configuration's revision from what its file, the files of its policies and their options hold at
 * this moment: equal where these are equal, on every host. What a policy loads besides (`require`, a list of
 * holidays) does not count.
 */
void cf_revision_take(struct cf_config *config);

#endif
