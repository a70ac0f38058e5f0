/* What a run has waited for, and looked at, and must still be so when it acts. */
#ifndef CF_ENGINE_GROUND_H
#define CF_ENGINE_GROUND_H

#include "engine/task.h"
struct cf_read;

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

bool cf_task_counts_down(const struct cf_task *task); /* so that its grounds are looked at all the time */

/* What of this read has to be read again before it counts: sampled, and not known to be as it is now. */
uint64_t cf_read_stale(const struct cf_engine *engine, const struct cf_read *read, uint64_t since);

/* A session of which something sampled counts that the condition read, and that is not as it is now. NULL:
 * none. */
struct cf_session_state *cf_condition_unread(const struct cf_engine *engine,
                                             const struct cf_condition *condition, uint64_t since,
                                             uint64_t *ret_fields);

#endif
