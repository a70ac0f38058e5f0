#include "program/help.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 79, OPTION_COLUMN = 26 };

/* Writes `text` from column `at` on, its further lines indented by `indent`; ends the last line. */
static void paragraph(const char *text, size_t at, size_t indent, FILE *out)
{
    size_t column = at;
    while (*text) {
        size_t length = strcspn(text, " \n");
        if (column > indent && column + 1 + length > WIDTH) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fwrite(text, 1, length, out);
        column += length;
        text += length;
        if (*text == '\n') {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        if (*text)
            text++;
    }
    (void)fputc('\n', out);
}

static void option_help(const struct cf_option *option, FILE *out)
{
    int used = fprintf(out, "  --%s%s%s", option->name, option->value ? " " : "",
                       option->value ? option->value : "");
    if (used >= OPTION_COLUMN)
        (void)fprintf(out, "\n%*s", OPTION_COLUMN, "");
    else
        (void)fprintf(out, "%*s", OPTION_COLUMN - used, "");
    paragraph(option->help, OPTION_COLUMN, OPTION_COLUMN, out);
}

void cf_help_verb(const struct cf_verb *verb, FILE *out)
{
    (void)fprintf(out, "curfew %s: %s\n\n", verb->name, verb->summary);
    for (const char *const *form = verb->usage; *form; form++) {
        int used = fprintf(out, "%s curfew %s ", form == verb->usage ? "usage:" : "      ", verb->name);
        paragraph(*form, (size_t)used, (size_t)used, out);
    }
    (void)fputc('\n', out);
    paragraph(verb->about, 0, 0, out);
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
        (void)fprintf(out, "  %-10s  %s\n", (*verb)->name, (*verb)->summary);
    (void)fputs("\ncurfew VERB --help tells more of each; curfew --version, which one this is.\n"
                "Exit status: 0 done, 1 failed, 2 wrong usage, 3 policy or configuration wrong,\n"
                "4 sessions out of reach.\n",
                out);
}
