/* What a session's user sees: of the notices that runs have for it one at a time, the soonest end. */
#ifndef CF_ENGINE_NOTICE_QUEUE_H
#define CF_ENGINE_NOTICE_QUEUE_H

#include "base/hash.h"
#include "session/registry.h"
#include "time/loop.h"

struct cf_action;
struct cf_task;
struct cf_session_state;

#define CF_ANNOUNCED_LATE cf_minutes(5) /* how far past its announced end a warning still counts */

struct cf_notice_texts {
    char *text, *title, *ask, *language; /* text: with its {left}; the others may be NULL */
};

/* What a run shows on one session's screen: one warning at a time, the next takes its place. */
struct cf_notice {
    struct cf_notice *next;   /* of the run, for another session */
    struct cf_notice *behind; /* of the session: the one opened before */
    struct cf_task *task;
    cf_session_key session;
    uint64_t id, answered; /* of the last warning; of the last one that was answered with yes, 0: none */
    struct cf_notice_texts texts;
    int line;
    struct cf_mono ends, promised; /* as announced; as last delivered; unknown: no time */
    struct cf_mono life;           /* the last sign of it when the run first warned */
    struct cf_mono told_at;        /* when it was last delivered */
    struct cf_mono since;          /* on the screen since; unknown: it is not, … */
    struct cf_span seen;           /* … and how long before; unknown: never */
    struct cf_action *action;      /* is to show it; NULL: none */
    bool ready;                    /* the action only waits for its turn */
    bool open;                     /* is on the screen, or waits behind another */
    bool told;                     /* the user relies on it */
    bool missed;                   /* was to be shown, and reached nobody */
    bool has_place;                /* among the logoffs of the minute of its end, … */
    int64_t booked;                /* … which is this one: pace.c */
    UT_hash_handle hh;             /* of all, by id */
};

/* What a session's user sees. */
struct cf_notice_queue {
    struct cf_notice *open;  /* what is to be seen; newest first */
    struct cf_notice *shown; /* whose warning stands there; NULL: nobody's any more */
    uint64_t id;             /* of that warning, 0: none */
    bool withdrawable;
    struct cf_action *showing; /* is on its way there */
    struct cf_timer settle;
    UT_hash_handle hh; /* of all on which something stands, by id */
};

/* The notices that are to be seen there, the newest first. */
struct cf_notice *cf_notice_queue_open(const struct cf_session_state *state);

void cf_notice_queue_add(struct cf_session_state *state,
                         struct cf_notice *notice); /* anew where it is there */
void cf_notice_queue_remove(struct cf_session_state *state, struct cf_notice *notice);
void cf_notice_queue_forget(struct cf_session_state *state,
                            struct cf_notice *notice); /* its text may go, too */

/* Has shown what is to be shown, and all that was ready wait behind it. */
void cf_notice_queue_settle(struct cf_session_state *state);

/* The warning is there; `notice`: NULL where its run is over. */
void cf_notice_queue_shows(struct cf_session_state *state, struct cf_notice *notice, uint64_t id,
                           bool withdrawable);
void cf_notice_queue_answered(struct cf_session_state *state, struct cf_notice *notice, uint64_t id);

void cf_notice_queue_release(struct cf_session_state *state, const struct cf_action *action); /* which ends */
void cf_notice_queue_end(struct cf_session_state *state); /* the session has gone */

void cf_notice_pause(struct cf_notice *notice); /* another takes its place */

#endif
