/* Sessions whose idle time is not to be relied on: noted once, told as an error where it lasts. */
#ifndef CF_ENGINE_DOUBTS_H
#define CF_ENGINE_DOUBTS_H

#include "engine/context.h"

#define CF_DOUBT_LONG cf_minutes(480) /* until somebody is to look at it */

struct cf_doubt {
    struct cf_mono since; /* unknown: there is none any more */
    bool long_told;
    struct cf_timer timer; /* until it has lasted for CF_DOUBT_LONG */
};

void cf_doubt_changed(struct cf_session_state *state); /* the session's idle_doubt */
void cf_doubt_finish(struct cf_session_state *state);

#endif
