/* The program: the table of its verbs, and what is done with a command line. */
#ifndef CF_PROGRAM_PROGRAM_H
#define CF_PROGRAM_PROGRAM_H

#include "program/verbs.h"

extern const struct cf_verb *const cf_verbs[]; /* ends in NULL */

/* The whole program but for `main`. Returns the exit status. */
int cf_program_main(int argc, char **argv);

#endif
