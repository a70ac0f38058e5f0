#include "calendar/file.h"

#include "base/memory.h"
#include "base/text.h"
#include "calendar/kind.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool is_absolute(const char *path)
{
    return path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');
}

static char *join(const char *folder, const char *name)
{
    if (is_absolute(name))
        return cf_strdup(name);
    struct cf_buffer path = {0};
    cf_buffer_printf(&path, "%s%s", folder, name);
    return path.data;
}

/* The whole file, ending in NUL; the caller frees it. */
static int read_bytes(const char *path, char **ret_text, struct cf_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return cf_error_set(err, CF_FAILED, "%s: cannot be read: %s", path, strerror(errno));
    char *text = cf_alloc(CF_CALENDAR_FILE + 2);
    size_t size = fread(text, 1, CF_CALENDAR_FILE + 1, file);
    int code = CF_OK;
    if (ferror(file))
        code = cf_error_set(err, CF_FAILED, "%s: cannot be read: %s", path, strerror(errno));
    else if (size > CF_CALENDAR_FILE)
        code = cf_error_set(err, CF_USAGE, "%s: is larger than the %d MiB that a file of dates may have",
                            path, CF_CALENDAR_FILE >> 20);
    else if (memchr(text, '\0', size))
        code = cf_error_set(err, CF_USAGE, "%s: is neither a text nor an iCalendar file", path);
    fclose(file);
    if (code == CF_OK)
        *ret_text = text;
    else
        free(text);
    return code;
}

static int read_file(const char *path, const struct cf_zone *zone, struct cf_calendar **ret_calendar,
                     struct cf_error *err)
{
    static const char mark[] = "\xEF\xBB\xBF", begin[] = "BEGIN:VCALENDAR";
    char *bytes = NULL;
    int code = read_bytes(path, &bytes, err);
    if (!bytes)
        return code;
    char *text = strncmp(bytes, mark, strlen(mark)) == 0 ? bytes + strlen(mark) : bytes;
    if (ends_in(path, ".ics") || strncmp(text, begin, strlen(begin)) == 0)
        code = cf_calendar_read_ical(text, cf_path_file(path), zone, ret_calendar, err);
    else
        code = cf_calendar_read_text(text, cf_path_file(path), zone, ret_calendar, err);
    free(bytes);
    return code;
}

static int add_file(const char *name, const char *folder, const struct cf_zone *zone,
                    struct cf_calendar **sum, struct cf_error *err)
{
    char *path = join(folder, name);
    struct cf_calendar *calendar = NULL;
    int code = read_file(path, zone, &calendar, err);
    if (code == CF_OK)
        code = cf_calendar_add(sum, calendar, err);
    free(path);
    return code;
}

int cf_calendar_days_off(const char *const *lines, size_t count, const char *folder,
                         const struct cf_zone *zone, struct cf_calendar **ret_calendar, struct cf_error *err)
{
    const char **dates = cf_alloc(count * sizeof *dates);
    size_t date_count = 0;
    for (size_t i = 0; i < count; i++)
        if (!cf_calendar_names_file(lines[i]))
            dates[date_count++] = lines[i];
    struct cf_calendar *sum = NULL;
    int code = CF_OK;
    if (date_count || !count)
        code = cf_calendar_dates(dates, date_count, zone, &sum, err);
    for (size_t i = 0; i < count && code == CF_OK; i++)
        if (cf_calendar_names_file(lines[i]))
            code = add_file(lines[i], folder, zone, &sum, err);
    if (code == CF_OK)
        *ret_calendar = sum;
    else
        cf_calendar_unref(sum);
    free(dates);
    return code;
}
