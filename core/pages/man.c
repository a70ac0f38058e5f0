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

const char *cf_page_name(const struct cf_verb *verb, const char *name, char out[CF_PAGE_NAME])
{
    (void)snprintf(out, CF_PAGE_NAME, "%s%s", verb->windows ? "" : "curfew-", name);
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

static void put_head(const char *page, const char *date, const char *does, FILE *out)
{
    (void)fprintf(out, ".TH %s 1 %s \"curfew " CF_VERSION "\" \"User Commands\"\n.SH NAME\n%s \\- ", page,
                  date, page);
    put(does, out);
    (void)fputc('\n', out);
}

static void put_statuses(FILE *out)
{
    (void)fputs(".SH EXIT STATUS\n", out);
    for (int i = 0; cf_help_statuses[i]; i++)
        (void)fprintf(out, ".TP\n%d\n%s\n", i, cf_help_statuses[i]);
}

/* Windows' commands under each of their names, others in each of their forms. */
static void put_synopsis(const struct cf_verb *verb, FILE *out)
{
    (void)fputs(".SH SYNOPSIS\n", out);
    const char *name;
    for (size_t which = 0; verb->windows && (name = cf_verb_name(verb, which)); which++) {
        (void)fputs(which ? ".br\n" : "", out);
        put_usage("", name, verb->usage[0], out);
    }
    for (const char *const *form = verb->usage; !verb->windows && *form; form++) {
        (void)fputs(form == verb->usage ? "" : ".br\n", out);
        put_usage("curfew ", verb->name, *form, out);
    }
}

/* What is said of a Windows' command: see cf_windows in verbs.h of the groups. */
static void put_switches(const struct cf_verb *verb, FILE *out)
{
    (void)fputs("\n.SH OPTIONS\n", out);
    put_options("", verb->windows->operands, out);
    for (int ours = 0; ours < 2 && verb->groups[ours]; ours++)
        put_options(ours ? "--" : "/", verb->groups[ours]->options, out);
    put_option("/", &(const struct cf_option){"?", NULL, "print the most important of this"}, out);
}

static void put_groups(const struct cf_verb *verb, FILE *out)
{
    (void)fputs("\n.SH OPTIONS\n", out);
    for (const struct cf_option_group *const *group = verb->groups; *group; group++) {
        if (group != verb->groups && (*group)->title)
            (void)fprintf(out, ".SS %s\n", (*group)->title);
        put_options("--", (*group)->options, out);
    }
    put_option("--", &(const struct cf_option){"help", NULL, "print the most important of this"}, out);
}

void cf_page_verb(const struct cf_verb *verb, const char *date, FILE *out)
{
    char page[CF_PAGE_NAME];
    put_head(cf_page_name(verb, verb->name, page), date, verb->summary, out);
    put_synopsis(verb, out);
    (void)fputs(".SH DESCRIPTION\n", out);
    put(verb->about, out);
    (verb->windows ? put_switches : put_groups)(verb, out);
    put_statuses(out);
    (void)fputs(".SH SEE ALSO\n.BR curfew (1),\n.BR curfew.lua (5)\n", out);
}

void cf_page_program(const char *date, FILE *out)
{
    put_head("curfew", date, cf_help_about + strlen("curfew "), out);
    (void)fputs(".SH SYNOPSIS\n\\fBcurfew\\fR \\fIVERB\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n"
                ".SH DESCRIPTION\nEach verb has a page of its own.\n"
                ".BR curfew.lua (5)\nis about the configuration of a host,\n"
                ".BR curfew\\-policy (7)\nabout the words that policies are written in.\n.SH VERBS\n",
                out);
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        char page[CF_PAGE_NAME];
        (void)fprintf(out, ".TP\n.BR %s (1)\n", cf_page_name(*verb, (*verb)->name, page));
        put((*verb)->summary, out);
        (void)fputc('\n', out);
    }
    put_statuses(out);
    (void)fputs(".SH SEE ALSO\n.BR curfew.lua (5),\n.BR curfew\\-policy (7)\n", out);
}
