/*
 * An act: one warning, lock, disconnect or logoff on its way through the action pipeline, shared by the files
 * that see it through: pipeline.c (may it be done?), request.c (it is done, and what comes of it), act.c (its
 * life).
 */
#ifndef CF_ENGINE_ACT_H
#define CF_ENGINE_ACT_H

#include "engine/grounds/notices.h"
#include "engine/grounds/vetoes.h"
#include "engine/readings/reading.h"
#include "engine/task.h"

struct cf_act {
    struct cf_engine *engine;
    struct cf_act *previous, *next;
    struct cf_act *next_logoff; /* of its session, once decided */
    char *policy;               /* its name: the act may outlive it */
    struct cf_task *task; /* NULL once its run has ended; it waits for this act, or (of a notice) does not */
    enum cf_action action;
    cf_session_key session;
    char *text;                 /* reason, or what a warning says when it is shown */
    char *reason;               /* of a warning */
    struct cf_words words;      /* of a warning, until they are its notice's */
    struct cf_span left, idle;  /* announced; as last read */
    struct cf_mono quiet_since; /* what the decision saw, and the host must still see, even if forced */
    bool in_use; /* a logoff: there was input after the run's last warning, which it does not ask for */
    bool unwarned, goes_unwarned; /* a logoff: its script wants none of a warning; its user saw none */
    bool tell, dry;
    int line;
    struct cf_mono vetted; /* when the vetoes let it pass, where it waits for its share; unknown: does not */
    struct cf_ending *waits_for_share; /* NULL: does not */
    struct cf_mono turn;               /* of a logoff, by limits.logoffs_per_minute; unknown: has none yet */
    size_t ground;                     /* next of the run's grounds to look at */
    cf_session_key fresh;              /* whose reading has just come */
    uint64_t decision, notice, call;
    struct cf_inquiry inquiry;
    struct cf_reader reader;
    struct cf_timer limit; /* for the session to be gone */
    bool moot;             /* a warning: its timer ends the run, unless it turns out otherwise */
    bool crowded;          /* it found no place: its timer ends the run, which is queued */
    bool submitted, forced;
    bool keeping, over; /* the journal will call back, … and finds that there is nothing left to do */
};

/* ---- act.c ---- */

struct cf_act *cf_act_create(struct cf_task *task, enum cf_action action, cf_session_key session, int line,
                             void (*due)(struct cf_timer *timer)); /* see `limit` */
void cf_act_destroy(struct cf_act *act);

/* The act's notice, NULL where it has none. */
struct cf_notice *cf_act_notice(const struct cf_act *act);

/* Writes an entry about it into the journal; `kept` may be NULL, and is told with the act. */
void cf_act_write(struct cf_act *act, enum cf_what what, int code, const char *text, cf_journal_kept *kept);

/* End it, and resume the run that waits for it: as the result says, or with a reason that is journalled. */
void cf_act_finish(struct cf_act *act, const struct cf_result *result);
void cf_act_refuse(struct cf_act *act, int code, const char *why);
void cf_act_fail(struct cf_act *act, int code, const char *why);

/* ---- pipeline.c ---- */

void cf_act_again(struct cf_notice *notice); /* begins to show it, by an act that its run does not wait for */
void cf_act_show(struct cf_act *act);        /* it is its turn */
void cf_act_put_back(struct cf_act *act, int code, const char *message); /* it is not */
void cf_act_drop(struct cf_act *act); /* its run has no use for it: what was not yet submitted is dropped */
void cf_acts_session_gone(struct cf_presence *presence);
void cf_acts_destroy(struct cf_engine *engine);
bool cf_act_is_submitted(const struct cf_act *act);

/* Logoffs, and warnings of them, that wait for their turn. */
size_t cf_acts_waiting(const struct cf_engine *engine);

/* ---- request.c ---- */

void cf_act_submit(struct cf_act *act);                 /* asks the host for it */
void cf_act_warned(struct cf_act *act, bool delivered); /* a warning is over */

#endif
