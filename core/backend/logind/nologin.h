/*
 * New logons, refused by pam_nologin(8): a file with the reason, for those who are refused, and a rule of PAM
 * that reads it. root comes in all the same. The file is in a folder that goes with the service, so that
 * neither a crash nor a kill leaves logons refused.
 */
#ifndef CF_LOGIND_NOLOGIN_H
#define CF_LOGIND_NOLOGIN_H

#include "base/error.h"

#include <stdbool.h>

#define CF_NOLOGIN_FILE "/run/curfew/nologin"

/* Where PAM has its rules, ending in NULL. */
extern const char *const cf_nologin_rules[];

/* Puts the text there, all of it at once, and safe to display. CF_FAILED: it cannot be written. */
int cf_nologin_write(const char *path, const char *text, struct cf_error *err);

/* Takes it away, if it is there. */
void cf_nologin_remove(const char *path);

/* Whether a rule in one of these folders has pam_nologin read the file; else it refuses nobody. */
bool cf_nologin_is_read(const char *const *folders, const char *path);

/* That there is none, and what to do about it, for people; NULL: there is one. */
const char *cf_nologin_gap(void);

#endif
