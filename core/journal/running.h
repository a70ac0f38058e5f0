/*
 * FOLDER/journal.running stands while a curfew is at work on the journal, and goes at its orderly end: where
 * it is found at a start, the run before was killed, crashed, or lost its host's power.
 */
#ifndef CF_JOURNAL_RUNNING_H
#define CF_JOURNAL_RUNNING_H

#include <stdbool.h>

/* Whoever calls holds the lock on the folder. True: one stood there already. */
bool cf_running_begin(const char *folder);
void cf_running_end(const char *folder);

#endif
