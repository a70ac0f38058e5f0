/*
 * What became of logoffs that were under way when curfew last ended: the host's first listing shows it, and
 * the journal is told. A decision is closed by one entry, so being ended in the midst of this does no harm.
 */
#ifndef CF_JOURNAL_OUTCOMES_H
#define CF_JOURNAL_OUTCOMES_H

#include "engine/engine.h"

struct cf_outcomes;

/* Reads which decisions are open, before the engine makes new ones. */
int cf_outcomes_read(const char *folder, struct cf_outcomes **ret_outcomes, struct cf_error *err);
void cf_outcomes_destroy(struct cf_outcomes *outcomes); /* NULL is fine */

/* Closes each, once: call it when the host has listed its sessions, again if you like. NULL is fine. */
void cf_outcomes_settle(struct cf_outcomes *outcomes, struct cf_engine *engine);

#endif
