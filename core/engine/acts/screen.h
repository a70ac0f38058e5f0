/* What a session's user sees: of the notices that runs have for it one at a time, the soonest end. */
#ifndef CF_ENGINE_SCREEN_H
#define CF_ENGINE_SCREEN_H

#include "time/loop.h"

struct cf_act;
struct cf_notice;
struct cf_presence;

/* What a session's user sees. */
struct cf_screen {
    struct cf_notice *open;  /* what is to be seen; newest first */
    struct cf_notice *shown; /* whose warning stands there; NULL: nobody's any more */
    uint64_t id;             /* of that warning, 0: none */
    bool withdrawable;
    struct cf_act *showing; /* is on its way there */
    struct cf_timer settle;
};

/* The notices that are to be seen there, the newest first. */
struct cf_notice *cf_screen_open(const struct cf_presence *presence);

void cf_screen_add(struct cf_presence *presence, struct cf_notice *notice); /* anew where it is there */
void cf_screen_remove(struct cf_presence *presence, struct cf_notice *notice);
void cf_screen_forget(struct cf_presence *presence, struct cf_notice *notice); /* its text may go, too */

/* Has shown what is to be shown, and all that was ready wait behind it. */
void cf_screen_settle(struct cf_presence *presence);

/* The warning is there; `notice`: NULL where its run is over. */
void cf_screen_shows(struct cf_presence *presence, struct cf_notice *notice, uint64_t id, bool withdrawable);
void cf_screen_answered(struct cf_presence *presence, struct cf_notice *notice, uint64_t id);

void cf_screen_let_go(struct cf_presence *presence, const struct cf_act *act); /* which ends */
void cf_screen_end(struct cf_presence *presence);                              /* the session has gone */

#endif
