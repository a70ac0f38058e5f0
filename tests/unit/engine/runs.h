/* Runs of policies in C, the idle policy's among them, and the steps that they are made of. */
#ifndef CF_TESTS_ENGINE_RUNS_H
#define CF_TESTS_ENGINE_RUNS_H

#include "../../fixture/engine.h"

/* The idle policy's. */
extern const struct cf_span limit, first;

/* Steps: a script returns CF_STEP_WAITING after one. */
void wait_idle(struct cf_task *task, struct cf_span span);
void wait_life(struct cf_task *task, struct cf_span span);
void sleep_for(struct cf_task *task, struct cf_span span);
void announce(struct cf_task *task, struct cf_span left);
void log_off(struct cf_task *task);

/* ---- Scripts ---- */

/* The idle policy, in C. */
enum cf_step idle(struct cf_task *task, int step, const struct cf_result *result);

/* Hours, and nothing else: whoever works until the end is logged off, and the entry says so. */
enum cf_step hours(struct cf_task *task, int step, const struct cf_result *result);

/* Rests on the session being locked, and does without a warning. */
enum cf_step locked(struct cf_task *task, int step, const struct cf_result *result);

/* The same, and on its user having been away for a minute. */
enum cf_step locked_and_idle(struct cf_task *task, int step, const struct cf_result *result);

/* ---- What happens, and what was journalled ---- */

void lock(enum cf_tri locked);
void leaves(void);
void expect(const char *journal);

#endif
