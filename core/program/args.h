/* Reading a command line by a verb's table of options. */
#ifndef CF_PROGRAM_ARGS_H
#define CF_PROGRAM_ARGS_H

#include "program/verbs.h"

#include <stdbool.h>
#include <stdint.h>

struct cf_given {
    const struct cf_option *option;
    const char *value; /* NULL for a flag */
};

/* What was given to a verb. Everything is borrowed from argv. */
struct cf_args {
    const struct cf_verb *verb;
    const struct cf_verb *const *verbs; /* all there are, for help; ends in NULL */
    bool help;                          /* --help was among them; then nothing else was checked */
    struct cf_given *given;
    size_t given_count;
    const char **operands;
    size_t operand_count;
};

/*
 * Reads the words after the verb: "--name VALUE", "--name=VALUE", flags, operands, and "--", after which all
 * are operands. Returns 0 or CF_USAGE; finish it in both cases.
 */
int cf_args_parse(struct cf_args *args, const struct cf_verb *verb, int argc, char **argv,
                  struct cf_error *err);
void cf_args_finish(struct cf_args *args);

bool cf_args_has(const struct cf_args *args, const char *name);

/* "--all", or "-a" for short: what "*" means, without a shell's own idea of that. */
bool cf_args_mean_all(const struct cf_args *args);

/* The value given last, NULL where none was. */
const char *cf_args_value(const struct cf_args *args, const char *name);

/* The values in order, NULL after the last; *place starts at 0. */
const char *cf_args_each(const struct cf_args *args, const char *name, size_t *place);

/* A whole number within bounds; `usual` where none was given. */
int cf_args_number(const struct cf_args *args, const char *name, uint64_t least, uint64_t most,
                   uint64_t usual, uint64_t *ret_number, struct cf_error *err);

/* CF_USAGE when any of the options (the names end in NULL) was given; `why` completes "--name …". */
int cf_args_refuse(const struct cf_args *args, const char *const *names, const char *why,
                   struct cf_error *err);

#endif
