#include "pages/pages.h"
#include "program/help.h"

#include <string.h>

/* Prose, or an option's name: nothing in it is a request to troff. `code` is bold. */
static void put(const char *text, FILE *out)
{
    bool bold = false;
    for (const char *c = text; *c; c++) {
        bool first = c == text || c[-1] == '\n';
        switch (*c) {
        case '`': (void)fputs((bold = !bold) ? "\\fB" : "\\fR", out); break;
        case '\n': (void)fputs("\n.PP\n", out); break;
        case '\\': (void)fputs("\\e", out); break;
        case '-': (void)fputs("\\-", out); break;
        case '\'': (void)fputs("\\(aq", out); break;
        case '^': (void)fputs("\\(ha", out); break;
        case '~': (void)fputs("\\(ti", out); break;
        default: (void)fprintf(out, "%s%c", first && *c == '.' ? "\\&" : "", *c);
        }
    }
}

const char *cf_page_name(const char *name, char out[CF_PAGE_NAME])
{
    (void)snprintf(out, CF_PAGE_NAME, "%s", name);
    for (char *blank; (blank = strchr(out, ' '));)
        *blank = '-';
    return out;
}

/* "--users N", and what it does. `sign`: "--", "/", or "" for an operand. */
static void put_option(const char *sign, const struct cf_option *option, FILE *out)
{
    (void)fputs(".TP\n\\fB", out);
    put(strcmp(sign, "--") == 0 && !option->name[1] ? "-" : sign, out);
    put(option->name, out);
    (void)fputs("\\fR", out);
    if (option->value)
        (void)fprintf(out, "%s\\fI%s\\fR", strcmp(sign, "/") == 0 ? ":" : " ", option->value);
    (void)fputc('\n', out);
    put(option->help, out);
    (void)fputc('\n', out);
}

static void put_options(const char *sign, const struct cf_option *options, FILE *out)
{
    for (; options && options->name; options++)
        put_option(sign, options, out);
}

static void put_usage(const char *before, const char *name, const char *usage, FILE *out)
{
    (void)fprintf(out, "\\fB%s%s\\fR ", before, name);
    put(usage, out);
    (void)fputc('\n', out);
}

static void put_head(const char *name, const char *date, const char *does, FILE *out)
{
    char page[CF_PAGE_NAME];
    (void)fprintf(out, ".TH %s 1 %s \"curfew " CF_VERSION "\" \"User Commands\"\n.SH NAME\n%s \\- ",
                  cf_page_name(name, page), date, page);
    put(does, out);
    (void)fputc('\n', out);
}

static void put_statuses(FILE *out)
{
    (void)fputs(".SH EXIT STATUS\n", out);
    for (int i = 0; cf_help_statuses[i]; i++)
        (void)fprintf(out, ".TP\n%d\n%s\n", i, cf_help_statuses[i]);
}

/* What is said of a Windows' command: see cf_windows in verbs.h of the groups. */
static void put_switches(const struct cf_verb *verb, FILE *out)
{
    put_options("", verb->windows->operands, out);
    for (int ours = 0; ours < 2 && verb->groups[ours]; ours++)
        put_options(ours ? "--" : "/", verb->groups[ours]->options, out);
    put_option("/", &(const struct cf_option){"?", NULL, "print the most important of this"}, out);
}

void cf_page_windows(const struct cf_verb *verb, const char *date, FILE *out)
{
    put_head(verb->name, date, verb->summary, out);
    (void)fputs(".SH SYNOPSIS\n", out);
    const char *name;
    for (size_t which = 0; (name = cf_verb_name(verb, which)); which++) {
        (void)fputs(which ? ".br\n" : "", out);
        put_usage("", name, verb->usage[0], out);
    }
    (void)fputs(".SH DESCRIPTION\n", out);
    put(verb->about, out);
    (void)fputs("\n.SH OPTIONS\n", out);
    put_switches(verb, out);
    put_statuses(out);
    (void)fputs(".SH SEE ALSO\n.BR curfew (1)\n", out);
}

/* How many verbs before `end` (NULL: of all) have the group. */
static size_t users_of(const struct cf_option_group *group, const struct cf_verb *end)
{
    size_t count = 0;
    for (const struct cf_verb *const *verb = cf_verbs; *verb && *verb != end; verb++) {
        for (const struct cf_option_group *const *each = (*verb)->groups; *each; each++)
            count += *each == group;
    }
    return count;
}

static void put_verb(const struct cf_verb *verb, FILE *out)
{
    (void)fprintf(out, ".SS curfew %s\n", verb->name);
    if (verb->windows) {
        put(verb->summary, out);
        char name[CF_PAGE_NAME];
        (void)fprintf(out, ": see\n.BR %s (1).\n", cf_page_name(verb->name, name));
        return;
    }
    for (const char *const *form = verb->usage; *form; form++) {
        (void)fputs(form == verb->usage ? "" : ".br\n", out);
        put_usage("curfew ", verb->name, *form, out);
    }
    (void)fputs(".PP\n", out);
    put(verb->about, out);
    (void)fputc('\n', out);
    for (const struct cf_option_group *const *group = verb->groups; *group; group++) {
        if (users_of(*group, NULL) == 1)
            put_options("--", (*group)->options, out);
        else
            (void)fprintf(out, ".PP\nIt takes the options of \\(lq%s\\(rq below.\n", (*group)->title);
    }
}

void cf_page_program(const char *date, FILE *out)
{
    put_head("curfew", date, cf_help_about + strlen("curfew "), out);
    (void)fputs(".SH SYNOPSIS\n\\fBcurfew\\fR \\fIVERB\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n"
                ".SH DESCRIPTION\n",
                out);
    put(cf_help_about, out);
    (void)fputs("\n.SH VERBS\n", out);
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++)
        put_verb(*verb, out);
    (void)fputs(".SH OPTIONS OF SEVERAL VERBS\n", out);
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        for (const struct cf_option_group *const *group = (*verb)->groups; *group; group++) {
            if (!(*group)->title || users_of(*group, NULL) == 1 || users_of(*group, *verb) > 0)
                continue;
            (void)fprintf(out, ".SS %s\n", (*group)->title);
            put_options("--", (*group)->options, out);
        }
    }
    put_statuses(out);
    const char *before = ".SH SEE ALSO\n";
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        char name[CF_PAGE_NAME];
        if (!(*verb)->windows)
            continue;
        (void)fprintf(out, "%s.BR %s (1)", before, cf_page_name((*verb)->name, name));
        before = ",\n";
    }
    (void)fputc('\n', out);
}
