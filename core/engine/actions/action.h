/*
 * An action: one warning, lock, disconnect or logoff, from the run that asks for it to its outcome. It goes
 * through its checks in this order, and ends at the first that fails:
 *
 *   identity → configuration guards → vetoes → warning → share and turn → a fresh reading of the run's
 *   grounds → the journal's row → the request, with its expectations → the host shows that it is done
 *
 * It outlives its run only once it was asked of the host: then it is seen through to its outcome.
 */
#ifndef CF_ENGINE_ACTION_H
#define CF_ENGINE_ACTION_H

#include "engine/grounds/notices.h"
#include "engine/grounds/vetoes.h"
#include "engine/readings/reading.h"
#include "engine/task.h"

enum cf_action_state {
    CF_ACTION_CHECKING, /* guards, vetoes, its warning, its turn; once more when its row is kept */
    CF_ACTION_QUEUED,  /* a warning: for the screen; a logoff: until its warning is old enough, for its share,
                        * or for its minute. Its timer has it checked again */
    CF_ACTION_MOOT,    /* a warning whose grounds do not hold: its timer ends the run, unless they do then */
    CF_ACTION_CROWDED, /* no place among the logoffs of its minute: its timer has the run queued */
    CF_ACTION_READING, /* what it rests on is read once more */
    CF_ACTION_KEEPING, /* the journal writes its row */
    CF_ACTION_SUBMITTED, /* the host is asked, or the session is to be gone by its timer */
    CF_ACTION_FORCING,   /* the journal writes that it is going to be forced */
    CF_ACTION_FORCED,    /* as submitted */
    CF_ACTION_OVER,      /* the journal will call back, and nothing is left to do */
};

struct cf_action {
    struct cf_engine *engine;
    struct cf_action *prev, *next;
    struct cf_action *next_logoff; /* of its session, once decided */
    char *policy;                  /* its name: the action may outlive it */
    struct cf_task *task; /* NULL: its run has ended; else it waits for this, or (of a notice) does not */
    enum cf_action_kind kind;
    enum cf_action_state state;
    cf_session_key session;
    char *text;                   /* reason, or what a warning says when it is shown */
    char *reason;                 /* of a warning */
    struct cf_notice_texts texts; /* of a warning, until they are its notice's */
    struct cf_span left, idle;    /* announced; as last read */
    struct cf_mono quiet_since;   /* what the decision saw, and the host must still see, even if forced */
    bool in_use; /* a logoff: there was input after the run's last warning, which it does not ask for */
    bool unwarned, goes_unwarned; /* a logoff: its script wants none of a warning; its user saw none */
    bool keeps;                   /* a logoff: what its user has left running goes on */
    bool tell, dry;
    bool quiet; /* a warning of a session that none reaches: it has its row once it is delivered, and else
                   none */
    int line;
    struct cf_mono vetted; /* when the vetoes let it pass, where it waits for its share; unknown: does not */
    struct cf_shared_logoff *waits_for_share; /* NULL: does not */
    struct cf_mono turn;  /* of a logoff, by limits.logoffs_per_minute; unknown: has none yet */
    size_t ground;        /* next of the run's grounds to look at */
    cf_session_key fresh; /* whose reading has just come */
    uint64_t decision, notice, call;
    struct cf_veto_query query;
    struct cf_reader reader;
    struct cf_timer timer; /* see its states */
};

/* Begins to show the notice, by an action that its run does not wait for. */
void cf_action_again(struct cf_notice *notice);

/* It is its turn on the screen; or it is not, and its run goes on. */
void cf_action_show(struct cf_action *action);
void cf_action_put_back(struct cf_action *action, int code, const char *message);

/* Ends it, with a row, and resumes its run. */
void cf_action_refuse(struct cf_action *action, int code, const char *why);

/* Its run has no use for it: what was not yet submitted is dropped. */
void cf_action_drop(struct cf_action *action);

bool cf_action_is_submitted(const struct cf_action *action);
void cf_actions_session_gone(struct cf_session_state *state);
void cf_actions_destroy(struct cf_engine *engine);

/* Logoffs, and warnings of them, that wait for their turn. */
size_t cf_actions_waiting(const struct cf_engine *engine);

#endif
