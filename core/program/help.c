#include "program/help.h"

#include "base/text.h"
#include "base/words.h"
#include "program/output/paragraph.h"

#include <string.h>

enum { OPTION_COLUMN = 26 };

static void option_help(const struct cf_option *option, FILE *out)
{
    int used = fprintf(out, "  --%s%s%s", option->name, option->value ? " " : "",
                       option->value ? option->value : "");
    if (used >= OPTION_COLUMN)
        (void)fprintf(out, "\n%*s", OPTION_COLUMN, "");
    else
        (void)fprintf(out, "%*s", OPTION_COLUMN - used, "");
    cf_paragraph(_(option->help), OPTION_COLUMN, OPTION_COLUMN, out);
}

enum { SWITCH_COLUMN = 22 };

static void switch_help(const char *name, const char *help, FILE *out)
{
    int used = fprintf(out, "  %s", name);
    (void)fprintf(out, used < SWITCH_COLUMN ? "%*s" : "\n%*s",
                  used < SWITCH_COLUMN ? SWITCH_COLUMN - used : SWITCH_COLUMN, "");
    cf_paragraph(_(help), SWITCH_COLUMN, SWITCH_COLUMN, out);
}

/* As Windows' commands tell of themselves. */
static void windows_help(const struct cf_verb *verb, FILE *out)
{
    cf_paragraph(_(verb->about), 0, 0, out);
    (void)fputc('\n', out);
    const char *name;
    for (size_t which = 0; (name = cf_verb_name(verb, which)); which++) {
        int used = fprintf(out, "%s ", name);
        cf_paragraph(verb->usage[0], (size_t)used, (size_t)used, out);
    }
    (void)fputc('\n', out);
    for (const struct cf_option *operand = verb->windows->operands; operand && operand->name; operand++)
        switch_help(operand->name, operand->help, out);
    for (int ours = 0; ours < 2 && verb->groups[ours]; ours++) {
        for (const struct cf_option *option = verb->groups[ours]->options; option->name; option++) {
            char word[64];
            (void)snprintf(word, sizeof word, "%s%s%s",
                           !ours             ? "/"
                           : option->name[1] ? "--"
                                             : "-",
                           option->name,
                           !option->value ? ""
                           : ours         ? " "
                                          : ":");
            (void)strncat(word, option->value ? option->value : "", sizeof word - strlen(word) - 1);
            switch_help(word, option->help, out);
        }
    }
    switch_help("/?", N_("this text"), out);
}

void cf_help_verb(const struct cf_verb *verb, FILE *out)
{
    if (verb->windows) {
        windows_help(verb, out);
        return;
    }
    (void)fprintf(out, "curfew %s: %s\n\n", verb->name, _(verb->summary));
    for (const char *const *form = verb->usage; *form; form++) {
        int head = (int)strlen(_("usage:"));
        int used = fprintf(out, "%-*s curfew %s ", head, form == verb->usage ? _("usage:") : "", verb->name);
        cf_paragraph(*form, (size_t)used, (size_t)used, out);
    }
    (void)fputc('\n', out);
    cf_paragraph(_(verb->about), 0, 0, out);
    for (const struct cf_option_group *const *group = verb->groups; *group; group++) {
        (void)fprintf(out, "\n%s:\n", _((*group)->title));
        for (const struct cf_option *option = (*group)->options; option->name; option++)
            option_help(option, out);
    }
}

const char cf_help_about[] = N_("curfew logs people off, kindly and only when it should.");

const char *const cf_help_statuses[] = {N_("done"),
                                        N_("failed"),
                                        N_("wrong usage"),
                                        N_("policy or configuration wrong"),
                                        N_("sessions out of reach"),
                                        NULL};

void cf_help_program(FILE *out)
{
    (void)fprintf(out, "%s\n\n%s curfew VERB [OPTION]... [ARGUMENT]...\n\n", _(cf_help_about), _("usage:"));
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++)
        (void)fprintf(out, "  %-16s  %s\n", (*verb)->name, _((*verb)->summary));
    (void)fprintf(out, "\n%s\n",
                  _("curfew help VERB tells more about each; curfew --version, which curfew this is."));
    struct cf_buffer statuses = {0};
    cf_buffer_puts(&statuses, _("Exit status:"));
    for (int i = 0; cf_help_statuses[i]; i++)
        cf_buffer_printf(&statuses, "%s %d %s", i ? "," : "", i, _(cf_help_statuses[i]));
    cf_buffer_puts(&statuses, ".");
    cf_paragraph(statuses.data, 0, 0, out);
    cf_buffer_finish(&statuses);
}
