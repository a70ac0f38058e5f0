/* Which events of a file are meant. */
#include "base/memory.h"
#include "base/text.h"
#include "calendar/calendar.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[CF_EVENT_FIELDS] = {[CF_EVENT_SUMMARY] = "summary",
                                                   [CF_EVENT_DESCRIPTION] = "description",
                                                   [CF_EVENT_CATEGORIES] = "categories",
                                                   [CF_EVENT_TRANSP] = "transp"};

const char *cf_event_field_name(enum cf_event_field field)
{
    return names[field];
}

bool cf_event_field_read(const char *name, enum cf_event_field *ret_field)
{
    for (enum cf_event_field field = 0; field < CF_EVENT_FIELDS; field++)
        if (strcmp(name, names[field]) == 0) {
            *ret_field = field;
            return true;
        }
    return false;
}

static char *in_small_letters(const char *text)
{
    char *copy = cf_strdup(text);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

bool cf_event_pattern_matches(const char *pattern, const char *text)
{
    char *a = in_small_letters(pattern), *b = in_small_letters(text);
    bool matches = cf_text_matches(a, b);
    free(a);
    free(b);
    return matches;
}

void cf_event_filter_add(struct cf_event_filter *filter, enum cf_event_field field, const char *text)
{
    filter->patterns = cf_grow(filter->patterns, filter->count, sizeof *filter->patterns);
    filter->patterns[filter->count++] = (struct cf_event_pattern){field, cf_strdup(text), false};
}

void cf_event_filter_finish(struct cf_event_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        free(filter->patterns[i].text);
    free(filter->patterns);
    *filter = (struct cf_event_filter){0};
}

void cf_event_filter_copy(struct cf_event_filter *to, const struct cf_event_filter *from)
{
    *to = (struct cf_event_filter){0};
    for (size_t i = 0; i < from->count; i++)
        cf_event_filter_add(to, from->patterns[i].field, from->patterns[i].text);
}
