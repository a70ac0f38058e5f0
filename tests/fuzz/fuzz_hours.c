/* Hours of a week, dates, files of dates, and appointments. The first byte chooses the zone. */
#include "calendar/appointment.h"
#include "calendar/file.h"
#include "fuzz_calendar.h"

enum { LINES = 20, APPOINTMENTS = 20 };

static void lines(char *text, const struct cf_zone *zone)
{
    const char *list[LINES];
    size_t count = 0;
    for (char *line = strtok(text, "\n"); line && count < LINES; line = strtok(NULL, "\n"))
        list[count++] = line;
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    if (cf_calendar_weekly(list, count, zone, &calendar, &err) == 0)
        fuzz_calendar(calendar);
    else
        fuzz_check(err.code == CF_USAGE && err.text[0]);
    if (cf_calendar_dates(list, count, zone, &calendar, &err) == 0)
        fuzz_calendar(calendar);
    else
        fuzz_check(err.code == CF_USAGE && err.text[0]);
}

static void appointment(const char *text, const struct cf_zone *zone)
{
    struct cf_appointment appointment;
    if (cf_appointment_parse(text, zone, &appointment, NULL) != 0)
        return;
    struct cf_instant at = {INT64_C(1774000000) * 1000000};
    for (int i = 0; i < APPOINTMENTS; i++) {
        struct cf_instant next = cf_appointment_next(&appointment, at);
        fuzz_check(next.us > at.us && next.us <= at.us + 8 * CF_DAY.us);
        fuzz_check(cf_appointment_next(&appointment, (struct cf_instant){next.us - 1}).us == next.us);
        at = next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const zones[] = {"UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe"};
    const struct cf_zone *zone;
    if (!size)
        return 0;
    fuzz_check(cf_zone_get(zones[data[0] % 4], &zone, NULL) == 0);
    char *text = fuzz_text(data + 1, size - 1), *copy = cf_strdup(text);
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    if (cf_calendar_read_text(copy, &(const struct cf_file_reading){.name = "days", .zone = zone}, &calendar,
                              &err) == 0)
        fuzz_calendar(calendar);
    else
        fuzz_check(err.code == CF_USAGE && strncmp(err.text, "days:", 5) == 0);
    appointment(text, zone);
    lines(text, zone);
    free(copy);
    free(text);
    return 0;
}
