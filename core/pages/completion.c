#include "engine/records/journal.h"
#include "pages/pages.h"
#include "program/setup/hosts.h"

#include <string.h>

extern const char cf_embedded_curfew_bash[], cf_embedded_curfew_zsh[], cf_embedded_curfew_fish[];

/* How a shell writes what stands in the table. Each script has the marks @NAMES@, @LISTS@ and @CASES@. */
struct cf_shell {
    const char *script;
    const char *list, *end;            /* around a list's values; %s is its name */
    const char *begin_case, *end_case; /* around one case; %s is what it is about */
    const char *apostrophe;            /* within apostrophes */
    bool helps;                        /* shows what each option does */
};

const struct cf_shell cf_shell_bash = {
    cf_embedded_curfew_bash, "%s=(", " )\n", "'%s')\n", ";;\n", "'\\''", false};
const struct cf_shell cf_shell_zsh = {
    cf_embedded_curfew_zsh, "%s=(", " )\n", "'%s')\n", ";;\n", "'\\''", true};
const struct cf_shell cf_shell_fish = {
    cf_embedded_curfew_fish, "set %s", "\n", "case '%s'\n", "", "\\'", true};

/* Of the kinds that a list's values are made of. */
typedef void lister(const struct cf_shell *shell, const struct cf_verb *verb, FILE *out);

static void put_list(const struct cf_shell *shell, const char *name, lister *values,
                     const struct cf_verb *verb, FILE *out)
{
    (void)fprintf(out, shell->list, name);
    values(shell, verb, out);
    (void)fputs(shell->end, out);
}

static void put_quoted(const struct cf_shell *shell, const char *text, FILE *out)
{
    (void)fputs(" '", out);
    for (; *text; text++) {
        if (*text == '\'')
            (void)fputs(shell->apostrophe, out);
        else
            (void)fputc(*text, out);
    }
    (void)fputs("'", out);
}

/* ---- One verb: its options, what they do, and its operands ---- */

/* The groups of options that completion offers: of Windows' commands, those that help shows. */
static const struct cf_option_group *group_of(const struct cf_verb *verb, size_t which)
{
    return verb->windows && which == 2 ? NULL : verb->groups[which];
}

static void put_options(const struct cf_shell *shell, const struct cf_verb *verb, FILE *out)
{
    (void)shell;
    for (size_t i = 0; group_of(verb, i); i++) {
        bool switches = verb->windows && i == 0; /* as there */
        for (const struct cf_option *option = verb->groups[i]->options; option->name; option++)
            (void)fprintf(out, " '%s%s%s%.*s'",
                          switches          ? "/"
                          : option->name[1] ? "--"
                                            : "-",
                          option->name, option->value ? (switches ? ":" : "=") : "",
                          option->value ? (int)strcspn(option->value, " ") : 0,
                          option->value ? option->value : "");
    }
    (void)fprintf(out, " '%s'", verb->windows ? "/?" : "--help");
}

static void put_helps(const struct cf_shell *shell, const struct cf_verb *verb, FILE *out)
{
    for (size_t i = 0; group_of(verb, i); i++) {
        for (const struct cf_option *option = verb->groups[i]->options; option->name; option++)
            put_quoted(shell, option->help, out);
    }
    put_quoted(shell, "print the most important of this", out);
}

/* The words of a usage that are kinds of operands; what stands behind an option is its value. */
static void put_operands_of(const char *usage, FILE *out)
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

static void put_operands(const struct cf_shell *shell, const struct cf_verb *verb, FILE *out)
{
    (void)shell;
    for (const char *const *form = verb->usage; *form; form++)
        put_operands_of(*form, out);
}

static void put_cases(const struct cf_shell *shell, FILE *out)
{
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        const char *name;
        for (size_t which = 0; (name = cf_verb_name(*verb, which)); which++) {
            (void)fprintf(out, shell->begin_case, name);
            put_list(shell, "switches", put_options, *verb, out);
            if (shell->helps)
                put_list(shell, "helps", put_helps, *verb, out);
            put_list(shell, "operands", put_operands, *verb, out);
            (void)fputs(shell->end_case, out);
        }
    }
}

/* ---- All verbs ---- */

static void put_verbs(const struct cf_shell *shell, const struct cf_verb *none, FILE *out)
{
    (void)shell, (void)none;
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        const char *name;
        for (size_t which = 0; (name = cf_verb_name(*verb, which)); which++)
            (void)fprintf(out, " '%s'", name);
    }
    (void)fputs(" '--help' '--version'", out);
}

static void put_summaries(const struct cf_shell *shell, const struct cf_verb *none, FILE *out)
{
    (void)none;
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        for (size_t which = 0; cf_verb_name(*verb, which); which++)
            put_quoted(shell, (*verb)->summary, out);
    }
    put_quoted(shell, "print the most important of this", out);
    put_quoted(shell, "tell which curfew this is", out);
}

/* The commands that are links to curfew; names of two words share their first. */
static void put_links(FILE *out)
{
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        const char *name;
        for (size_t which = 0; (name = cf_verb_name(*verb, which)); which++) {
            if (cf_verb_linked(*verb, name))
                (void)fprintf(out, " %.*s", (int)strcspn(name, " "), name);
        }
    }
}

static void put_back_ends(const struct cf_shell *shell, const struct cf_verb *none, FILE *out)
{
    (void)shell, (void)none;
    for (const struct cf_backend_ops *const *ops = cf_hosts; *ops; ops++)
        (void)fprintf(out, " '%s'", (*ops)->name);
}

static void put_whats(const struct cf_shell *shell, const struct cf_verb *none, FILE *out)
{
    (void)shell, (void)none;
    for (int what = 0; what < CF_WHAT_COUNT; what++)
        (void)fprintf(out, " '%s'", cf_what_name((enum cf_what)what));
}

static void put_lists(const struct cf_shell *shell, FILE *out)
{
    put_list(shell, "_curfew_verbs", put_verbs, NULL, out);
    if (shell->helps)
        put_list(shell, "_curfew_summaries", put_summaries, NULL, out);
    put_list(shell, "_curfew_backends", put_back_ends, NULL, out);
    put_list(shell, "_curfew_whats", put_whats, NULL, out);
}

void cf_completion(const struct cf_shell *shell, FILE *out)
{
    for (const char *rest = shell->script; *rest;) {
        size_t length = strcspn(rest, "@");
        (void)fwrite(rest, 1, length, out);
        rest += length;
        size_t mark = *rest ? strcspn(rest + 1, "@ \n") + 2 : 0;
        if (mark == strlen("@NAMES@") && strncmp(rest, "@NAMES@", mark) == 0)
            (void)fputs("curfew", out), put_links(out);
        else if (mark == strlen("@LISTS@") && strncmp(rest, "@LISTS@", mark) == 0)
            put_lists(shell, out);
        else if (mark == strlen("@CASES@") && strncmp(rest, "@CASES@", mark) == 0)
            put_cases(shell, out);
        else if (mark)
            (void)fputc(*rest, out), mark = 1;
        rest += mark;
    }
}
