#include "program/help.h"

#include "program/paragraph.h"

enum { OPTION_COLUMN = 26 };

static void option_help(const struct cf_option *option, FILE *out)
{
    int used = fprintf(out, "  --%s%s%s", option->name, option->value ? " " : "",
                       option->value ? option->value : "");
    if (used >= OPTION_COLUMN)
        (void)fprintf(out, "\n%*s", OPTION_COLUMN, "");
    else
        (void)fprintf(out, "%*s", OPTION_COLUMN - used, "");
    cf_paragraph(option->help, OPTION_COLUMN, OPTION_COLUMN, out);
}

enum { SWITCH_COLUMN = 22 };

static void switch_help(const char *name, const char *help, FILE *out)
{
    int used = fprintf(out, "  %s", name);
    (void)fprintf(out, used < SWITCH_COLUMN ? "%*s" : "\n%*s",
                  used < SWITCH_COLUMN ? SWITCH_COLUMN - used : SWITCH_COLUMN, "");
    cf_paragraph(help, SWITCH_COLUMN, SWITCH_COLUMN, out);
}

/* As Windows' commands tell of themselves. */
static void windows_help(const struct cf_verb *verb, FILE *out)
{
    cf_paragraph(verb->about, 0, 0, out);
    (void)fputc('\n', out);
    const char *names[] = {verb->name, verb->windows->also};
    for (size_t i = 0; i < 2 && names[i]; i++) {
        int used = fprintf(out, "%s ", names[i]);
        cf_paragraph(verb->usage[0], (size_t)used, (size_t)used, out);
    }
    (void)fputc('\n', out);
    for (const struct cf_option *operand = verb->windows->operands; operand && operand->name; operand++)
        switch_help(operand->name, operand->help, out);
    for (int ours = 0; ours < 2 && verb->groups[ours]; ours++) {
        for (const struct cf_option *option = verb->groups[ours]->options; option->name; option++) {
            char name[64];
            (void)snprintf(name, sizeof name, "%s%s%s%s", ours ? "--" : "/", option->name,
                           !option->value ? ""
                           : ours         ? " "
                                          : ":",
                           option->value ? option->value : "");
            switch_help(name, option->help, out);
        }
    }
    switch_help("/?", "this text", out);
}

void cf_help_verb(const struct cf_verb *verb, FILE *out)
{
    if (verb->windows) {
        windows_help(verb, out);
        return;
    }
    (void)fprintf(out, "curfew %s: %s\n\n", verb->name, verb->summary);
    for (const char *const *form = verb->usage; *form; form++) {
        int used = fprintf(out, "%s curfew %s ", form == verb->usage ? "usage:" : "      ", verb->name);
        cf_paragraph(*form, (size_t)used, (size_t)used, out);
    }
    (void)fputc('\n', out);
    cf_paragraph(verb->about, 0, 0, out);
    for (const struct cf_option_group *const *group = verb->groups; *group; group++) {
        (void)fprintf(out, "\n%s:\n", (*group)->title);
        for (const struct cf_option *option = (*group)->options; option->name; option++)
            option_help(option, out);
    }
}

void cf_help_program(FILE *out)
{
    (void)fputs("curfew logs people off, kindly and only when it should.\n\n"
                "usage: curfew VERB [OPTION]... [ARGUMENT]...\n\n",
                out);
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++)
        (void)fprintf(out, "  %-13s  %s\n", (*verb)->name, (*verb)->summary);
    (void)fputs("\ncurfew VERB --help tells more of each; curfew --version, which one this is.\n"
                "Exit status: 0 done, 1 failed, 2 wrong usage, 3 policy or configuration wrong,\n"
                "4 sessions out of reach.\n",
                out);
}
