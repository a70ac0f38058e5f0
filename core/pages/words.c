#include "pages/pages.h"

/* A text, and what translators should know about it. */
static void put(const char *note, const char *text, FILE *out)
{
    if (!text)
        return;
    (void)fprintf(out, "/* %s */\n_(\"", note);
    for (; *text; text++)
        (void)fprintf(out, *text == '\n' ? "\\n" : *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    (void)fputs("\");\n", out);
}

static void put_options(const struct cf_option *options, FILE *out)
{
    for (; options && options->name; options++)
        put(options->name, options->help, out);
}

void cf_page_words(FILE *out)
{
    for (const struct cf_verb *const *each = cf_verbs; *each; each++) {
        const struct cf_verb *verb = *each;
        put("at most 59 columns", verb->summary, out);
        put(verb->name, verb->about, out);
        for (const struct cf_option_group *const *group = verb->groups; *group; group++) {
            put("a heading", (*group)->title, out);
            put_options((*group)->options, out);
        }
        if (verb->windows)
            put_options(verb->windows->operands, out);
    }
}
