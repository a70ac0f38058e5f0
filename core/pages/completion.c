#include "engine/records/journal.h"
#include "pages/pages.h"
#include "program/setup/hosts.h"

#include <string.h>

extern const char cf_embedded_curfew_bash[];

static const char mark[] = "@TABLE@\n";

/* The words of a usage that are kinds of operands; what stands behind an option is its value. */
static void put_operands(const char *usage, FILE *out)
{
    bool option = false; /* the word before is one, whose value may come */
    for (const char *word = usage; *(word += strspn(word, " [{|")); word += strcspn(word, " ")) {
        size_t whole = strcspn(word, " "), length = strcspn(word, " ]}");
        bool is_option = word[0] == '-' || word[0] == '/';
        while (length && word[length - 1] == '.')
            length--;
        if (!is_option && !option)
            (void)fprintf(out, " '%.*s'", (int)length, word);
        option = is_option && length == whole && !memchr(word, ':', length);
    }
}

static void put_options(const char *sign, const char *joint, const struct cf_option *options, FILE *out)
{
    for (; options->name; options++)
        (void)fprintf(out, " '%s%s%s%.*s'", strcmp(sign, "--") == 0 && !options->name[1] ? "-" : sign,
                      options->name, options->value ? joint : "",
                      options->value ? (int)strcspn(options->value, " ") : 0,
                      options->value ? options->value : "");
}

static void put_verb(const char *name, const struct cf_verb *verb, FILE *out)
{
    (void)fprintf(out, "    '%s')\n        options=(", name);
    for (size_t i = 0; verb->groups[i] && !(verb->windows && i == 2); i++) {
        bool switches = verb->windows && i == 0; /* of what help shows of it, as there */
        put_options(switches ? "/" : "--", switches ? ":" : "=", verb->groups[i]->options, out);
    }
    (void)fprintf(out, " '%s')\n        operands=(", verb->windows ? "/?" : "--help");
    for (const char *const *form = verb->usage; *form; form++)
        put_operands(*form, out);
    (void)fputs(" )\n        ;;\n", out);
}

/* Calls `put` with each name of each verb. */
static void each_name(void (*put)(const char *name, const struct cf_verb *verb, FILE *out), FILE *out)
{
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        const char *name;
        for (size_t which = 0; (name = cf_verb_name(*verb, which)); which++)
            put(name, *verb, out);
    }
}

static void put_name(const char *name, const struct cf_verb *verb, FILE *out)
{
    (void)verb;
    (void)fprintf(out, " '%s'", name);
}

static void put_link(const char *name, const struct cf_verb *verb, FILE *out)
{
    if (cf_verb_linked(verb, name))
        (void)fprintf(out, " '%.*s'", (int)strcspn(name, " "), name);
}

void cf_completion_bash(FILE *out)
{
    const char *table = strstr(cf_embedded_curfew_bash, mark);
    (void)fwrite(cf_embedded_curfew_bash, 1, (size_t)(table - cf_embedded_curfew_bash), out);
    (void)fputs("_curfew_verbs=(", out);
    each_name(put_name, out);
    (void)fputs(" '--help' '--version')\n_curfew_links=(", out);
    each_name(put_link, out);
    (void)fputs(" )\n_curfew_backends=(", out);
    for (const struct cf_backend_ops *const *ops = cf_hosts; *ops; ops++)
        (void)fprintf(out, " '%s'", (*ops)->name);
    (void)fputs(" )\n_curfew_whats=(", out);
    for (int what = 0; what < CF_WHAT_COUNT; what++)
        (void)fprintf(out, " '%s'", cf_what_name((enum cf_what)what));
    (void)fputs(" )\n_curfew_table() {\n    options=() operands=()\n    case $1 in\n", out);
    each_name(put_verb, out);
    (void)fputs("    esac\n}\n", out);
    (void)fputs(table + strlen(mark), out);
}
