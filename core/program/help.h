/* What --help prints, made from the table of verbs. Lines fit 80 columns. */
#ifndef CF_PROGRAM_HELP_H
#define CF_PROGRAM_HELP_H

#include "program/verbs.h"

void cf_help_program(FILE *out);
void cf_help_verb(const struct cf_verb *verb, FILE *out);

#endif
