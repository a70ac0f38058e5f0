#include "program/help.h"

#include "program/args.h"

/* Of a verb, which may be two words, or of the program. */
static int help(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    if (!args->operand_count) {
        cf_help_program(args->verbs, out);
        return CF_OK;
    }
    char *const *words = (char *const *)(uintptr_t)args->operands; /* which are only read */
    int used = 0;
    const struct cf_verb *verb = cf_verb_find(args->verbs, (int)args->operand_count, words, &used, err);
    if (verb)
        cf_help_verb(verb, out);
    return verb ? CF_OK : err->code;
}

static int version(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    (void)args, (void)err;
    (void)fprintf(out, "curfew %s\n", cf_version);
    return CF_OK;
}

static const struct cf_option_group *const none[] = {NULL};

const struct cf_verb cf_verb_help = {
    .name = "help",
    .summary = "tell more about a verb",
    .usage = (const char *const[]){"[VERB]", NULL},
    .about =
        "Prints what VERB does and which options it takes, as `curfew VERB --help` does; without VERB, what "
        "there is.",
    .groups = none,
    .most = 2,
    .run = help,
};

const struct cf_verb cf_verb_version = {
    .name = "version",
    .summary = "tell which curfew this is",
    .usage = (const char *const[]){"", NULL},
    .about = "Prints the version, and the commit that it was built from where that is known, as `curfew "
             "--version` does.",
    .groups = none,
    .run = version,
};
