/*
 * What a verb of the command line is. One table (program.h) describes them all; dispatch, help, completion
 * and manual pages go by it: it names every verb, option and operand, and the kind of value each takes.
 */
#ifndef CF_PROGRAM_VERBS_H
#define CF_PROGRAM_VERBS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct cf_args;

/* "--name VALUE", or a flag. */
struct cf_option {
    const char *name;  /* without the dashes */
    const char *value; /* its value's kind, for help and completion: "FILE", "N"…; NULL: a flag; "SPAN TEXT"
                          are two values, the second a word of its own */
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
    bool listing;  /* only shows what is there; may be asked of several hosts at once, /server:a,b,c */
    bool sessions; /* its operands are sessions */
    bool there;    /* of another host its own curfew is asked, since its bus does not tell */
    bool (*reads_input)(const struct cf_args *args); /* whether standard input is the verb's; NULL: never */
    const struct cf_windows *windows;                /* NULL: none of Windows' commands */
};

/* A word that is another program's on Unix; NULL on Windows. */
#ifdef _WIN32
#define CF_UNIX_HAS(word) NULL
#else
#define CF_UNIX_HAS(word) (word)
#endif

/*
 * A verb that is one of Windows' commands: its options may be written "/name:VALUE" and "-name", in any case.
 * Its help looks as there, and shows the first of its groups so, the second as options of ours, and no more.
 */
struct cf_windows {
    const char *const *also; /* the names it has besides, "query user"; ends in NULL; NULL: none */
    const char *unlinked;    /* a name's first word that is no link: Unix has another program of it; NULL */
    size_t text;             /* from this operand on, counted from 1, all is text; 0: never */
    const struct cf_option *operands; /* what they are, for help; ends in one without a name */
};

/* The names of a verb: its own (0), then the others; NULL after the last. */
const char *cf_verb_name(const struct cf_verb *verb, size_t which);

/* Whether a link called by the first word of this one of its names runs it. */
bool cf_verb_linked(const struct cf_verb *verb, const char *name);

/* "0.1.0 (1a2b3c4d5e6f)": with the commit that it was built of, where that is known. */
extern const char cf_version[];

enum { CF_OPERANDS = 10000 }; /* the most operands any verb takes */

/* The verb of a table, which ends in NULL, that the words begin with, and how many of them name it. NULL:
 * *err names a near one. */
const struct cf_verb *cf_verb_find(const struct cf_verb *const *verbs, int count, char *const *words,
                                   int *ret_used, struct cf_error *err);

#endif
