/* What --help prints, made from the table of verbs. Lines fit 80 columns. */
#ifndef CF_PROGRAM_HELP_H
#define CF_PROGRAM_HELP_H

#include "program/verbs.h"

extern const char cf_help_about[];           /* what curfew is, in a sentence */
extern const char *const cf_help_statuses[]; /* what each exit status means; ends in NULL */

void cf_help_program(const struct cf_verb *const *verbs, FILE *out);
void cf_help_verb(const struct cf_verb *verb, FILE *out);

#endif
