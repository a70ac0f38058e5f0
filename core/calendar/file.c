#include "calendar/file.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "calendar/kind.h"
#include "calendar/parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool ends_in(const char *text, const char *ending)
{
    size_t length = strlen(text), wanted = strlen(ending);
    if (length <= wanted)
        return false;
    for (const char *at = text + length - wanted; *at; at++, ending++)
        if ((*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at) != *ending)
            return false;
    return true;
}

bool cf_calendar_names_file(const char *line)
{
    return ends_in(line, ".ics") || ends_in(line, ".txt");
}

/* The whole file, ending in NUL; the caller frees it. */
static int read_text(const char *path, char **ret_text, struct cf_error *err)
{
    size_t size;
    char *text = NULL;
    int code = cf_file_read(path, CF_CALENDAR_FILE, &text, &size, err);
    if (code < 0)
        return code;
    if (memchr(text, '\0', size)) {
        free(text);
        return cf_error_set(err, CF_USAGE, "%s: is neither a text nor an iCalendar file", path);
    }
    *ret_text = text;
    return CF_OK;
}

static bool begins_calendar(const char *text)
{
    static const char begin[] = "BEGIN:VCALENDAR";
    return strncasecmp(text + strspn(text, "\r\n"), begin, strlen(begin)) == 0;
}

/* What no event met: what is written and means nothing. */
static void note_unmet(struct cf_buffer *note, const char *list, const struct cf_event_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        if (!filter->patterns[i].met)
            cf_buffer_printf(note, "%shas no event that %s = { %s = \"%.80s\" } means",
                             note->length ? "; " : "", list, cf_event_field_name(filter->patterns[i].field),
                             filter->patterns[i].text);
}

static int read_ical(char *text, struct cf_file_reading *how, struct cf_calendar **ret_calendar,
                     struct cf_error *err)
{
    int code = cf_calendar_read_ical(text, how, ret_calendar, err);
    struct cf_buffer note = {0};
    note_unmet(&note, "only", how->only);
    note_unmet(&note, "except", how->except);
    if (code == CF_OK && note.length)
        cf_calendar_add_note(*ret_calendar, note.data);
    cf_buffer_finish(&note);
    return code;
}

int cf_calendar_read_file(const char *path, const struct cf_zone *zone, const struct cf_event_filter *only,
                          const struct cf_event_filter *except, struct cf_calendar **ret_calendar,
                          uint64_t *ret_digest, struct cf_error *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    char *bytes = NULL;
    int code = read_text(path, &bytes, err);
    if (!bytes)
        return code;
    *ret_digest = cf_hash_bytes(CF_HASH_NONE, bytes, strlen(bytes));
    struct cf_event_filter mine, others;
    cf_event_filter_copy(&mine, only);
    cf_event_filter_copy(&others, except);
    struct cf_file_reading how = {cf_path_file(path), zone, &mine, &others};
    char *text = strncmp(bytes, mark, strlen(mark)) == 0 ? bytes + strlen(mark) : bytes;
    if (ends_in(path, ".ics") || begins_calendar(text))
        code = read_ical(text, &how, ret_calendar, err);
    else if (only->count || except->count)
        code = cf_error_set(err, CF_USAGE, "%s: only and except are for iCalendar files, and this is a text",
                            how.name);
    else
        code = cf_calendar_read_text(text, &how, ret_calendar, err);
    cf_event_filter_finish(&mine);
    cf_event_filter_finish(&others);
    free(bytes);
    return code;
}
