/*
 * What must hold whatever happened, judged by the journal on disk and by the host's own record of what was
 * done to whom; never by the engine's opinion.
 */
#ifndef CF_TESTS_FAULTS_JUDGE_H
#define CF_TESTS_FAULTS_JUDGE_H

#include "life.h"

/* The case, for messages; it holds, or the test fails. */
extern const char *judge_case;
void judge_must(bool holds, const char *what, uint32_t seat);

/* The seat of that session; fails where it is nobody's. */
uint32_t judge_seat(const struct cf_session *session);

/* After all faults: the engine is alive, so who is idle has been ended. */
void judge(const char *name);

#endif
