/* What a session's user sees: of the notices that runs have for it one at a time, the soonest end. */
#ifndef CF_ENGINE_SCREEN_H
#define CF_ENGINE_SCREEN_H

#include "base/hash.h"
#include "session/registry.h"
#include "time/loop.h"

struct cf_act;
struct cf_task;
struct cf_presence;

#define CF_ANNOUNCED_LATE cf_minutes(5) /* how far past its announced end a warning still counts */

struct cf_words {
    char *text, *title, *ask, *language; /* text: with its {left}; the others may be NULL */
};

/* What a run shows on one session's screen: one warning at a time, the next takes its place. */
struct cf_notice {
    struct cf_notice *next;   /* of the run, for another session */
    struct cf_notice *behind; /* of the session: the one opened before */
    struct cf_task *task;
    cf_session_key session;
    uint64_t id, answered; /* of the last warning; of the last one that was answered with yes, 0: none */
    struct cf_words words;
    int line;
    struct cf_mono ends, promised; /* as announced; as last delivered; unknown: no time */
    struct cf_mono life;           /* the last sign of it when the run first warned */
    struct cf_mono told_at;        /* when it was last delivered */
    struct cf_mono since;          /* on the screen since; unknown: it is not, … */
    struct cf_span seen;           /* … and how long before; unknown: never */
    struct cf_act *act;            /* is to show it; NULL: none */
    bool ready;                    /* the act only waits for its turn */
    bool open;                     /* is on the screen, or waits behind another */
    bool told;                     /* the user relies on it */
    bool missed;                   /* was to be shown, and reached nobody */
    bool has_place;                /* among the logoffs of the minute of its end, … */
    int64_t booked;                /* … which is this one: pace.c */
    UT_hash_handle hh;             /* of all, by id */
};

/* What a session's user sees. */
struct cf_screen {
    struct cf_notice *open;  /* what is to be seen; newest first */
    struct cf_notice *shown; /* whose warning stands there; NULL: nobody's any more */
    uint64_t id;             /* of that warning, 0: none */
    bool withdrawable;
    struct cf_act *showing; /* is on its way there */
    struct cf_timer settle;
    UT_hash_handle hh; /* of all on which something stands, by id */
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

void cf_notice_pause(struct cf_notice *notice); /* another takes its place */

#endif
