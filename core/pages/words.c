#include "pages/pages.h"

/* What is translated, and where it stands. */
static void put(const char *where, const char *part, const char *text, FILE *out)
{
    if (!text)
        return;
    (void)fprintf(out, "/* %s %s */\n_(\"", where, part);
    for (; *text; text++)
        (void)fprintf(out, *text == '\n' ? "\\n" : *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    (void)fputs("\");\n", out);
}

static void put_options(const char *where, const struct cf_option *options, FILE *out)
{
    for (; options && options->name; options++)
        put(where, options->name, options->help, out);
}

void cf_page_words(FILE *out)
{
    for (const struct cf_verb *const *each = cf_verbs; *each; each++) {
        const struct cf_verb *verb = *each;
        put(verb->name, "in a line of at most 62 columns", verb->summary, out);
        put(verb->name, "at length", verb->about, out);
        for (const struct cf_option_group *const *group = verb->groups; *group; group++) {
            put(verb->name, "options", (*group)->title, out);
            put_options(verb->name, (*group)->options, out);
        }
        if (verb->windows)
            put_options(verb->name, verb->windows->operands, out);
    }
}
