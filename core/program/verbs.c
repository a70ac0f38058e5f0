#include "program/verbs.h"

#include "base/log.h"
#include "base/text.h"
#include "program/args.h"
#include "program/help.h"
#include "program/terminal.h"
#include "time/zone.h"

#include <string.h>

extern const struct cf_verb cf_verb_simulate, cf_verb_run, cf_verb_sessions, cf_verb_test, cf_verb_check,
    cf_verb_new;

const struct cf_verb *const cf_verbs[] = {
    &cf_verb_simulate, &cf_verb_run, &cf_verb_sessions, &cf_verb_test, &cf_verb_check, &cf_verb_new, NULL,
};

const struct cf_verb *cf_verb_find(const char *name, struct cf_error *err)
{
    struct cf_near nearest = {.wanted = name};
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        if (strcmp((*verb)->name, name) == 0)
            return *verb;
        cf_near_try(&nearest, (*verb)->name);
    }
    if (nearest.word)
        cf_error_set(err, CF_USAGE, "there is no verb %s: did you mean %s?", name, nearest.word);
    else
        cf_error_set(err, CF_USAGE, "there is no verb %s; curfew --help lists them", name);
    return NULL;
}

static int run_verb(const struct cf_verb *verb, int argc, char **argv, struct cf_error *err)
{
    struct cf_args args;
    int code = cf_args_parse(&args, verb, argc, argv, err);
    if (code == CF_OK && args.help)
        cf_help_verb(verb, stdout);
    else if (code == CF_OK)
        code = verb->run(&args, stdout, err);
    cf_args_finish(&args);
    return code;
}

static int run_words(int argc, char **argv, struct cf_error *err)
{
    if (argc < 2) {
        cf_help_program(stderr);
        return CF_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        cf_help_program(stdout);
        return CF_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("curfew " CF_VERSION);
        return CF_OK;
    }
    if (argv[1][0] == '-')
        return cf_error_set(err, CF_USAGE,
                            "a verb comes first, then its options; curfew --help lists the verbs");
    const struct cf_verb *verb = cf_verb_find(argv[1], err);
    return verb ? run_verb(verb, argc - 2, argv + 2, err) : err->code;
}

void cf_program_complain(const struct cf_error *err)
{
    for (const char *line = err->text; *line;) {
        int length = (int)strcspn(line, "\n");
        cf_log(CF_LOG_ERROR, "%.*s", length, line);
        line += length + (line[length] == '\n');
    }
}

int cf_program_main(int argc, char **argv)
{
    cf_terminal_ignore_broken_pipes();
    struct cf_error err = {0};
    int code = run_words(argc, argv, &err);
    int closing = cf_terminal_close(stdout, code ? NULL : &err);
    cf_program_complain(&err);
    cf_zones_release();
    return cf_exit_status(code ? code : closing);
}
