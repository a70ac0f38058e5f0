/*
 * The verbs of the command line. One table describes them all; dispatch and help go by it, and so can
 * completion and manual pages: it names every verb, option and operand, and the kind of value each takes.
 */
#ifndef CF_PROGRAM_VERBS_H
#define CF_PROGRAM_VERBS_H

#include "base/error.h"

#include <stddef.h>
#include <stdio.h>

#ifndef CF_VERSION
#define CF_VERSION "0.1.0"
#endif

struct cf_args;

/* "--name VALUE", or a flag. */
struct cf_option {
    const char *name;  /* without the dashes */
    const char *value; /* its value's kind, for help and completion: "FILE", "N"…; NULL: a flag */
    const char *help;  /* ends in no full stop */
};

/* Options that belong together, several verbs' perhaps. */
struct cf_option_group {
    const char *title;
    const struct cf_option *options; /* ends in one without a name */
};

struct cf_verb {
    const char *name;
    const char *summary;                         /* what it does, in a line */
    const char *const *usage;                    /* what may follow the name, a form each; ends in NULL */
    const char *about;                           /* paragraphs, parted by line feeds */
    const struct cf_option_group *const *groups; /* ends in NULL; every verb takes --help besides */
    size_t least, most;                          /* operands; most 0: none */
    int (*run)(const struct cf_args *args, FILE *out, struct cf_error *err);
};

enum { CF_OPERANDS = 10000 }; /* the most operands any verb takes */

extern const struct cf_verb *const cf_verbs[]; /* ends in NULL */

const struct cf_verb *cf_verb_find(const char *name, struct cf_error *err); /* NULL: *err names a near one */

/* Logs an error, each of its lines as one. */
void cf_program_complain(const struct cf_error *err);

/* The whole program but for `main`. Returns the exit status. */
int cf_program_main(int argc, char **argv);

#endif
