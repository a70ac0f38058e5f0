/* What a run has waited for, and looked at, and must still be so when it acts. */
#ifndef CF_ENGINE_GROUND_H
#define CF_ENGINE_GROUND_H

#include "engine/engine.h"
#include <uthash.h>

/* What a run waits for, and what must still be true when it acts. */
struct cf_ground {
    cf_session_key session;
    struct cf_span idle;            /* without a function: it is known to be idle for at least this */
    uint64_t function;              /* the script's condition, 0: none */
    struct cf_condition *condition; /* NULL: the session only has to be read once more, for the next ground */
    uint64_t changed;               /* fields of its session that have, since it was last seen to hold */
    struct cf_mono until;           /* it holds until then, unless something changes; 0: to be looked at */
    bool others_changed;            /* … and whether other sessions have, come or gone */
};

/* What a script has read by itself of how long nobody touched a session. */
struct cf_look {
    cf_session_key session;
    struct cf_mono input, output; /* the last ones then */
    bool at_output;               /* it has looked at the output, too */
    bool before_warning;          /* it has looked at the input before it warned anybody there */
    bool unknown;                 /* it saw that nobody knows whether the session is in use */
    UT_hash_handle hh;
};

enum { CF_GROUND_TEXT = 120 };

/* Whether the condition holds, asked anew only where what it came to before may not stand; or CF_POLICY. */
int cf_ground_ask(struct cf_task *task, struct cf_ground *ground, struct cf_error *err);
void cf_grounds_forget(struct cf_task *task); /* all of them, and what else the run takes for granted */
void cf_ground_add(struct cf_task *task, const struct cf_ground *ground);
void cf_ground_finish(struct cf_task *task, struct cf_ground *ground);
void cf_grounds_changed(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed);

/* Whether it held when last looked at, nothing has changed since, and its turn has not come. */
bool cf_ground_stands(const struct cf_task *task, const struct cf_ground *ground);

/* By what is known: NULL, or why this ground does not hold. */
const char *cf_ground_fails(struct cf_task *task, struct cf_ground *ground, char text[CF_GROUND_TEXT]);

/* The same for what else the run takes for granted about this session: that nobody has touched it. */
const char *cf_quiet_fails(const struct cf_task *task, cf_session_key session);

/* Since when a sign of life counts for the run, by what it knew of the session. */
struct cf_mono cf_life_mark(const struct cf_task *task, cf_session_key session);
void cf_looks_finish(struct cf_task *task);

/* The sampled fields of the session that its script has looked at and rests on. */
uint64_t cf_task_looked_at(const struct cf_task *task, cf_session_key session);

/* Whether a sign of life of the session ends the run. */
bool cf_task_wants_quiet(const struct cf_task *task, cf_session_key session);

/* Whether the run rests on anything that a fresh reading of this session may show to be otherwise. */
bool cf_task_rests(const struct cf_task *task, cf_session_key session);

#endif
