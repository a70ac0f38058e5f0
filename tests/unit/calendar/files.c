#include "files.h"

#include <stdio.h>
#include <string.h>

int drop_folder(void **state)
{
    folder_drop();
    return release_zones(state);
}

struct cf_event_filter *only, *except;

int read_bytes(const char *name, const char *bytes, size_t size, const char *zone,
               struct cf_calendar **ret_calendar, struct cf_error *err)
{
    const char *path = folder_write_bytes(name, bytes, size);
    const struct cf_days_off entry = {name, only, except};
    int code = cf_calendar_days_off(&entry, 1, folder_path(""), zone_called(zone), ret_calendar, err);
    remove(path);
    return code;
}

int read_text(const char *name, const char *text, const char *zone, struct cf_calendar **ret_calendar,
              struct cf_error *err)
{
    return read_bytes(name, text, strlen(text), zone, ret_calendar, err);
}

void write_windows(const struct cf_calendar *calendar, const char *zone, int most, char *out, size_t size)
{
    struct cf_instant at = instant_of("2026-01-01", zone);
    out[0] = '\0';
    for (int i = 0; i < most; i++) {
        char from[CF_INSTANT_TEXT], to[CF_INSTANT_TEXT];
        struct cf_instant start = cf_calendar_starts(calendar, at);
        if (start.us == CF_NEVER.us)
            break;
        at = cf_calendar_ends(calendar, start);
        cf_instant_local(start, zone_called(zone), from);
        cf_instant_local(at, zone_called(zone), to);
        size_t used = strlen(out);
        snprintf(out + used, size - used, "%s%.16s to %.16s", i ? "; " : "", from, to);
    }
}

void check_windows(const char *name, const char *text, const char *expect)
{
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    if (read_text(name, text, "Europe/Berlin", &calendar, &err) < 0)
        fail_msg("%s\n%s", text, err.text);
    char got[512];
    int most = 1;
    for (const char *c = expect; *c; c++)
        most += *c == ';';
    write_windows(calendar, "Europe/Berlin", most + (*expect && expect[strlen(expect) - 1] != '+'), got,
                  sizeof got);
    cf_calendar_unref(calendar);
    size_t length = strlen(expect);
    bool more = length && expect[length - 1] == '+'; /* and so on */
    if (more ? strncmp(got, expect, length - 1) != 0 : strcmp(got, expect) != 0)
        fail_msg("%s\n%s\n  wanted: %s\n  got: %s", name, text, expect, got);
}

void refuse(const char *name, const char *text, const char *says)
{
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    int code = read_text(name, text, "Europe/Berlin", &calendar, &err);
    if (code >= 0 || calendar || !strstr(err.text, says))
        fail_msg("%s\n%s\n  wanted: %s\n  got: %d %s", name, text, says, code, err.text);
    assert_true(read_text(name, text, "Europe/Berlin", &calendar, NULL) < 0);
}

const char *ical_of(const char *events)
{
    static char text[16384];
    static char own[40];
    size_t used = (size_t)snprintf(text, sizeof text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n");
    for (const char *c = events; *c; c++) {
        char one[2] = {*c, '\0'};
        snprintf(own, sizeof own, "BEGIN:VEVENT\r\nUID:%d\r\n", (int)(c - events));
        const char *more = *c == '|'                ? "\r\n"
                           : *c == '{'              ? own
                           : *c == '<'              ? "BEGIN:VEVENT\r\nUID:a\r\n"
                           : *c == '}' || *c == '>' ? "\r\nEND:VEVENT\r\n"
                                                    : one;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", more);
    }
    snprintf(text + used, sizeof text - used, "END:VCALENDAR\r\n");
    return text;
}
