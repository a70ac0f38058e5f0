/* Days off: dates, and the names of files with more of them. */
#include "base/memory.h"
#include "base/text.h"
#include "calendar/calendar.h"
#include "calendar/file.h"
#include "calendar/source.h"

#include <stdlib.h>

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

static int add_file(const struct cf_days_off *entry, const char *folder, const struct cf_zone *zone,
                    struct cf_calendar **sum, struct cf_error *err)
{
    static const struct cf_event_filter all = {0};
    char *path = join(folder, entry->line);
    struct cf_calendar *calendar = NULL;
    int code = cf_source_create(path, zone, entry->only ? entry->only : &all,
                                entry->except ? entry->except : &all, &calendar, err);
    if (code == CF_OK)
        code = cf_calendar_add(sum, calendar, err);
    free(path);
    return code;
}

int cf_calendar_days_off(const struct cf_days_off *entries, size_t count, const char *folder,
                         const struct cf_zone *zone, struct cf_calendar **ret_calendar, struct cf_error *err)
{
    const char **dates = cf_alloc((count + 1) * sizeof *dates);
    size_t date_count = 0;
    struct cf_calendar *sum = NULL;
    struct cf_error all = {0};
    for (size_t i = 0; i < count; i++)
        if (!cf_calendar_names_file(entries[i].line))
            dates[date_count++] = entries[i].line;
    if (date_count || !count)
        (void)cf_calendar_dates(dates, date_count, zone, &sum, &all);
    for (size_t i = 0; i < count; i++) {
        struct cf_error why = {0};
        if (cf_calendar_names_file(entries[i].line) && add_file(&entries[i], folder, zone, &sum, &why) < 0)
            cf_error_add(&all, &why);
    }
    if (!all.code)
        *ret_calendar = sum;
    else
        cf_calendar_unref(sum);
    if (all.code && err)
        *err = all;
    free(dates);
    return all.code;
}
