/* iCalendar files: whatever they say, they are refused, or become windows in order, in a bounded time. */
#include "calendar/file.h"
#include "fuzz_calendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cf_zone *berlin;
    fuzz_check(cf_zone_get("Europe/Berlin", &berlin, NULL) == 0);
    char *text = fuzz_text(data, size);
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    const struct cf_file_reading how = {.name = "days.ics", .zone = berlin};
    if (cf_calendar_read_ical(text, &how, &calendar, &err) == 0)
        fuzz_calendar(calendar);
    else
        fuzz_check(err.code && strncmp(err.text, "days.ics:", 9) == 0);
    free(text);
    return 0;
}
