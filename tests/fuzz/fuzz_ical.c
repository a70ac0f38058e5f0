/* iCalendar files: whatever they say, they are refused, or become windows in order, in a bounded time. */
#include "calendar/file.h"
#include "fuzz_calendar.h"

#include <time.h>

/* What a file costs: so much whatever it says, since days that are looked at have a limit of their own, and
 * the rest by its size. Microseconds of this thread, with sanitizers. */
enum { COST = 10000000, COST_OF_BYTE = 20 };

static int64_t worked(void)
{
    struct timespec time;
    fuzz_check(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cf_zone *berlin;
    fuzz_check(cf_zone_get("Europe/Berlin", &berlin, NULL) == 0);
    char *text = fuzz_text(data, size);
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    const struct cf_file_reading how = {.name = "days.ics", .zone = berlin};
    int64_t before = worked();
    int code = cf_calendar_read_ical(text, &how, &calendar, &err);
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION /* a time is no test */
    fuzz_check(worked() - before <= COST + COST_OF_BYTE * (int64_t)size);
#else
    (void)before;
#endif
    if (code == 0)
        fuzz_calendar(calendar);
    else
        fuzz_check(err.code && strncmp(err.text, "days.ics:", 9) == 0);
    free(text);
    return 0;
}
