#include "program/help.h"

#include "base/i18n.h"
#include "base/text.h"
#include "program/output/paragraph.h"

#include <string.h>

enum { OPTION_COLUMN = 26, SWITCH_COLUMN = 22 };

/* What may be written, and from `column` on what it is; on a line of its own where the first is too long. */
static void tell(const char *word, const char *help, int column, FILE *out)
{
    int used = fprintf(out, "  %s", word);
    (void)fprintf(out, used < column ? "%*s" : "\n%*s", used < column ? column - used : column, "");
    cf_paragraph(_(help), (size_t)column, (size_t)column, out);
}

/* An option as it is written: a sign, its name, what parts it from its value, the value. */
static void tell_option(const struct cf_option *option, const char *sign, const char *colon, int column,
                        FILE *out)
{
    char word[64];
    (void)snprintf(word, sizeof word, "%s%s%s%s", sign, option->name, option->value ? colon : "",
                   option->value ? option->value : "");
    tell(word, option->help, column, out);
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
        tell(operand->name, operand->help, SWITCH_COLUMN, out);
    const struct cf_option *option;
    for (option = verb->groups[0] ? verb->groups[0]->options : NULL; option && option->name; option++)
        tell_option(option, "/", ":", SWITCH_COLUMN, out);
    for (option = verb->groups[0] && verb->groups[1] ? verb->groups[1]->options : NULL;
         option && option->name; option++)
        tell_option(option, option->name[1] ? "--" : "-", " ", SWITCH_COLUMN, out);
    tell("/?", N_("this text"), SWITCH_COLUMN, out);
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
            tell_option(option, "--", " ", OPTION_COLUMN, out);
    }
}

const char cf_help_about[] = N_("curfew logs people off, kindly and only when it should.");

const char *const cf_help_statuses[] = {N_("done"),
                                        N_("failed"),
                                        N_("wrong usage"),
                                        N_("policy or configuration wrong"),
                                        N_("sessions out of reach"),
                                        NULL};

void cf_help_program(const struct cf_verb *const *verbs, FILE *out)
{
    (void)fprintf(out, "%s\n\n%s curfew VERB [OPTION]... [ARGUMENT]...\n\n", _(cf_help_about), _("usage:"));
    for (const struct cf_verb *const *verb = verbs; *verb; verb++)
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
