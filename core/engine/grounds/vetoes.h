/* `sessions.protect`: asked one after another, each with a time limit; what fails, holds. */
#ifndef CF_ENGINE_VETOES_H
#define CF_ENGINE_VETOES_H

#include "engine/engine.h"

struct cf_session_state;

/* The question whether any veto holds a session, put to one veto after another; embedded in whoever asks. */
struct cf_veto_query {
    struct cf_engine *engine;
    struct cf_task *asker, *asked; /* asked: the veto's task, NULL while none is asked */
    cf_session_key session;
    size_t policy;              /* of those asked, … */
    const struct cf_veto *veto; /* … and its veto; NULL: its first comes next */
    struct cf_timer limit;
    void (*done)(void *data, const struct cf_veto *veto, const char *reason);
    void *data;
};

/*
 * Asks every veto that concerns the session, except those that the asker's entry overrides or whose time is
 * up. `done` comes once: with the veto that holds and its reason, or, in this very call where nobody is to be
 * asked, with NULLs.
 */
void cf_veto_query_begin(struct cf_veto_query *query, struct cf_task *asker, cf_session_key session,
                         void (*done)(void *data, const struct cf_veto *veto, const char *reason),
                         void *data);
void cf_veto_query_cancel(struct cf_veto_query *query); /* fine where it asks nothing */

void cf_veto_clocks_finish(struct cf_task *task);

/*
 * Asks each veto that the session is the first to concern, for what it looks at to be known in time: its
 * answer does not count.
 */
void cf_vetoes_apply(struct cf_engine *engine); /* other policies are in force */
void cf_vetoes_rehearse(const struct cf_session_state *state);

/* A veto's run is over: NULL for no reason. Destroys the task. */
void cf_veto_query_answered(struct cf_task *task, const char *reason);

#endif
