/*
 * Who may log on to this machine: what `change logon` tells and changes, and what becomes of a policy's
 * refusals here. On Linux it is pam_nologin(8)'s to refuse, on Windows the drain mode's.
 */
#ifndef CF_PROGRAM_LOGONS_H
#define CF_PROGRAM_LOGONS_H

#include "backend/backend.h"

enum { CF_LOGONS_WHY = 256 };

/* `why`: by what they are refused, for people, where that is not a person's own word; else "". */
enum cf_logons cf_logons_read(char why[CF_LOGONS_WHY]);

/* By hand, so that it lasts. CF_UNSUPPORTED: this machine cannot; CF_DENIED, CF_FAILED. */
int cf_logons_change(enum cf_logons logons, struct cf_error *err);

/* Why nobody would be refused though a policy refuses logons, for people; NULL: they would be. */
const char *cf_logons_gap(void);

/* Takes away what a curfew that was killed has left refused. No other may be at work. */
void cf_logons_clean(void);

#endif
