#include "calendar/ical/content.h"

#include <stddef.h>
#include <string.h>

static char upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

bool cf_content_is(const char *name, const char *capitals)
{
    while (*name && upper(*name) == *capitals) {
        name++;
        capitals++;
    }
    return *name == *capitals;
}

/* The line end at `at`: "\n", "\r\n" or "\r"; 0: none. */
static size_t line_end(const char *at)
{
    return at[0] == '\r' ? 1 + (at[1] == '\n') : at[0] == '\n';
}

/* Puts the parts of the line at in->at together, there. Returns it, and moves behind it. */
static char *unfold(struct cf_content_reader *in)
{
    char *line = in->at, *to = line, *from = line;
    while (*from) {
        size_t end = line_end(from);
        if (!end) {
            *to++ = *from++;
            continue;
        }
        from += end;
        in->line++;
        if (*from != ' ' && *from != '\t')
            break;
        from++;
    }
    in->at = from;
    *to = '\0';
    return line;
}

static bool is_name(char c)
{
    c = upper(c);
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* Moves over a name; returns what stands behind it, and puts NUL there. '\0' also where there is no name. */
static char take_name(char **at)
{
    char *begin = *at, *end = begin;
    while (is_name(*end))
        end++;
    char mark = *end;
    if (end == begin || !mark)
        return '\0';
    *end = '\0';
    *at = end + 1;
    return mark;
}

/* Moves over a parameter's value. Returns the mark behind it, which becomes NUL, or NULL: a quote has no end.
 */
static const char *take_parameter(char **at, char *ret_mark)
{
    char *value = *at, *end;
    if (*value == '"') {
        end = strchr(++value, '"');
        if (!end)
            return NULL;
        *end++ = '\0';
    } else {
        end = value + strcspn(value, ";:,\"");
    }
    *ret_mark = *end;
    if (*end) {
        *end = '\0';
        end++;
    }
    *at = end;
    return value;
}

static const char **place_of(struct cf_content *content, const char *name)
{
    return cf_content_is(name, "TZID")    ? &content->tzid
           : cf_content_is(name, "VALUE") ? &content->type
           : cf_content_is(name, "RANGE") ? &content->range
                                          : NULL;
}

/* Parameters and all that follows. Returns NULL or what is wrong. */
static const char *read_parameters(struct cf_content *content, char *at)
{
    char mark = ';';
    while (mark == ';') {
        char *name = at;
        if (take_name(&at) != '=')
            return "has a parameter without a value";
        const char **place = place_of(content, name);
        if (place && *place)
            return "has a parameter twice";
        do {
            const char *value = take_parameter(&at, &mark);
            if (!value)
                return "has a quotation mark that is not closed";
            if (place && *place)
                return "has two values for one parameter";
            if (place)
                *place = value;
        } while (mark == ',');
    }
    if (mark != ':')
        return mark ? "has a quotation mark in the middle of a parameter" : "has no colon";
    content->value = at;
    return NULL;
}

enum cf_content_step cf_content_next(struct cf_content_reader *in, struct cf_content *ret_content,
                                     const char **ret_wrong)
{
    while (*in->at) {
        struct cf_content content = {.line = in->line};
        char *at = content.name = unfold(in);
        if (!at[strspn(at, " \t")])
            continue;
        char mark = take_name(&at);
        const char *wrong = mark != ';' && mark != ':' ? "is not \"NAME:value\"" : NULL;
        if (mark == ';')
            wrong = read_parameters(&content, at);
        else
            content.value = at;
        *ret_content = content;
        *ret_wrong = wrong;
        return wrong ? CF_CONTENT_WRONG : CF_CONTENT_LINE;
    }
    return CF_CONTENT_END;
}

void cf_content_unescape(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text == '\\' && text[1])
            *to++ = *++text == 'n' || *text == 'N' ? '\n' : *text;
        else
            *to++ = *text;
    }
    *to = '\0';
}

char *cf_content_item(char **list, char mark)
{
    char *item = *list;
    if (!item)
        return NULL;
    char *end = item;
    while (*end && *end != mark)
        end += *end == '\\' && end[1] ? 2 : 1;
    *list = *end ? end + 1 : NULL;
    *end = '\0';
    return item;
}
