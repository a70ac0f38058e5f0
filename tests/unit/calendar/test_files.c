/* Days off out of files: text, iCalendar, and what is neither. */
#include "../unit.h"
#include "make.h"

#include "calendar/file.h"
#include "calendar/ical/zones.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/curfew-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    strcat(folder, "/");
    return 0;
}

static int drop_folder(void **state)
{
    folder[strlen(folder) - 1] = '\0';
    assert_int_equal(rmdir(folder), 0);
    return release_zones(state);
}

static struct cf_event_filter *only, *except; /* for what is read next */

/* Reads one file of that content. */
static int read_bytes(const char *name, const char *bytes, size_t size, const char *zone,
                      struct cf_calendar **ret_calendar, struct cf_error *err)
{
    char path[128];
    snprintf(path, sizeof path, "%s%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    const struct cf_days_off entry = {name, only, except};
    int code = cf_calendar_days_off(&entry, 1, folder, zone_called(zone), ret_calendar, err);
    remove(path);
    return code;
}

static int read_text(const char *name, const char *text, const char *zone, struct cf_calendar **ret_calendar,
                     struct cf_error *err)
{
    return read_bytes(name, text, strlen(text), zone, ret_calendar, err);
}

/* The windows from 2026 on, at most `most`: "2026-12-25 00:00:00 to 2026-12-26 00:00:00; …", in UTC. */
static void write_windows(const struct cf_calendar *calendar, const char *zone, int most, char *out,
                          size_t size)
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

static void check_windows(const char *name, const char *text, const char *expect)
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

/* ---- Text ---------------------------------------------------------------------------------------------- */

static void test_text(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},
        {"\n\n# nothing\n   # at all\n\t\n", ""},
        {"2026-12-25", "2026-12-25 00:00 to 2026-12-26 00:00"},
        {"\xEF\xBB\xBF# days off\r\n\r\n2026-05-01 # Labour Day\r\n  2026-12-24..2026-12-26\t\r\n",
         "2026-05-01 00:00 to 2026-05-02 00:00; 2026-12-24 00:00 to 2026-12-27 00:00"},
        {"2026-05-01\n02-29\n", "2026-03-01 00:00 to 2026-03-01 00:00+"},
    };
    for (size_t i = 0; i + 1 < sizeof rows / sizeof *rows; i++)
        check_windows("holidays.txt", rows[i][0], rows[i][1]);
}

static void refuse(const char *name, const char *text, const char *says)
{
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    int code = read_text(name, text, "Europe/Berlin", &calendar, &err);
    if (code >= 0 || calendar || !strstr(err.text, says))
        fail_msg("%s\n%s\n  wanted: %s\n  got: %d %s", name, text, says, code, err.text);
    assert_true(read_text(name, text, "Europe/Berlin", &calendar, NULL) < 0);
}

static void test_refused_text(void **state)
{
    (void)state;
    refuse("holidays.txt", "Christmas", "holidays.txt:1: is not a date; write");
    refuse("holidays.txt", "# off\n\n12-25\n2026-02-29 # no\n", "holidays.txt:4: is not a date");
    refuse("holidays.txt", "12-25\r\n2026-12-24..2026-12-23", "holidays.txt:2: ends before it begins");
    refuse("a.TXT", "12-25, 12-26", "a.TXT:1: is not a date");
    refuse("a.txt", "other.ics", "a.txt:1: is not a date");

    char *many = calloc(CF_CALENDAR_LINES + 2, 7);
    assert_non_null(many);
    for (int i = 0; i <= CF_CALENDAR_LINES; i++)
        memcpy(many + 6 * i, "12-25\n", 6);
    refuse("many.txt", many, "many.txt:1001: a calendar can have 1000 lines");
    free(many);
    char *large = calloc(1, CF_CALENDAR_FILE + 2);
    assert_non_null(large);
    memset(large, '\n', CF_CALENDAR_FILE + 1);
    refuse("large.txt", large, "is larger than 2097152 bytes");
    large[CF_CALENDAR_FILE] = '\0';
    check_windows("large.txt", large, "");
    free(large);

    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    assert_int_equal(read_bytes("nul.txt", "12-25\n\0", 7, "UTC", &calendar, &err), CF_USAGE);
    const struct cf_days_off missing = {.line = "missing.txt"}, itself = {.line = ".txt"};
    assert_int_equal(cf_calendar_days_off(&missing, 1, folder, cf_zone_utc(), &calendar, &err),
                     CF_UNAVAILABLE);
    assert_non_null(strstr(err.text, "missing.txt: cannot be read: No such file"));
    assert_int_equal(cf_calendar_days_off(&itself, 1, folder, cf_zone_utc(), &calendar, &err), CF_USAGE);
    assert_null(calendar);
}

/* Dates and files in one list. */
static void test_mixed(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%sa.txt", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("2026-12-26\n", file);
    fclose(file);
    const struct cf_days_off lists[][3] = {
        {{"2026-12-25", NULL, NULL}, {"a.txt", NULL, NULL}, {"2026-12-31", NULL, NULL}},
        {{path, NULL, NULL}, {"2026-12-25", NULL, NULL}, {"2026-12-31", NULL, NULL}}};
    for (size_t i = 0; i < 2; i++) {
        struct cf_calendar *calendar = NULL;
        struct cf_error err = {0};
        if (cf_calendar_days_off(lists[i], 3, i ? "/nowhere/" : folder, zone_called("UTC"), &calendar, &err) <
            0)
            fail_msg("%s", err.text);
        char got[256];
        write_windows(calendar, "UTC", 3, got, sizeof got);
        assert_string_equal(got,
                            "2026-12-25 00:00 to 2026-12-27 00:00; 2026-12-31 00:00 to 2027-01-01 00:00");
        cf_calendar_unref(calendar);
    }
    remove(path);
    struct cf_calendar *calendar = NULL;
    assert_int_equal(cf_calendar_days_off(NULL, 0, folder, cf_zone_utc(), &calendar, NULL), CF_OK);
    assert_int_equal(cf_calendar_starts(calendar, instant_of("2026-01-01", "UTC")).us, CF_NEVER.us);
    cf_calendar_unref(calendar);
}

/* ---- iCalendar ----------------------------------------------------------------------------------------- */

/* "|" ends a line; "{" and "}" begin and end an event with a UID of its own, "<" and ">" one with the UID
 * "a". */
static const char *ical_of(const char *events)
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

static void test_ical(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},
        /* Whole days: DTEND is not among them. */
        {"{DTSTART;VALUE=DATE:20261225}", "2026-12-25 00:00 to 2026-12-26 00:00"},
        {"{DTSTART;VALUE=DATE:20261225|DTEND;VALUE=DATE:20261227}", "2026-12-25 00:00 to 2026-12-27 00:00"},
        {"{DTSTART;VALUE=DATE:20261225|DTEND;VALUE=DATE:20261225}", "2026-12-25 00:00 to 2026-12-26 00:00"},
        {"{DTSTART;VALUE=DATE:20261225|DURATION:P1W}", "2026-12-25 00:00 to 2027-01-01 00:00"},
        {"{DTSTART;VALUE=DATE:20260329}", "2026-03-29 00:00 to 2026-03-30 00:00"}, /* of 23 hours */
        /* Times: UTC, floating, of a zone, of a zone by another name. */
        {"{DTSTART:20261225T080000Z|DTEND:20261225T100000Z}", "2026-12-25 09:00 to 2026-12-25 11:00"},
        {"{DTSTART:20261225T080000|DTEND:20261225T100000}", "2026-12-25 08:00 to 2026-12-25 10:00"},
        {"{DTSTART;TZID=America/New_York:20261225T080000|DURATION:PT1H30M}",
         "2026-12-25 14:00 to 2026-12-25 15:30"},
        {"{DTSTART;TZID=\"/freeassociation.sourceforge.net/America/New_York\":20261225T080000|DURATION:PT1H}",
         "2026-12-25 14:00 to 2026-12-25 15:00"},
        {"BEGIN:VTIMEZONE|TZID:Eastern|X-LIC-LOCATION:America/New_York|END:VTIMEZONE|"
         "{DTSTART;TZID=Eastern:20261225T080000|DURATION:PT1H}",
         "2026-12-25 14:00 to 2026-12-25 15:00"},
        {"BEGIN:VTIMEZONE|TZID:Eastern|X-LIC-LOCATION:America/New_York|END:VTIMEZONE|"
         "{DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=4|EXDATE;TZID=Eastern:20260102T030000|"
         "EXDATE;TZID=/x/Europe/Berlin:20260103T090000|EXDATE;TZID=Eastern:20260104T030000}",
         "2026-01-01 09:00 to 2026-01-01 10:00"},
        {"{DTSTART;TZID=Europe/London:20261225T080000|DTEND;TZID=Europe/Paris:20261225T100000}",
         "2026-12-25 09:00 to 2026-12-25 10:00"},
        {"{DTSTART:20261225T080000}", ""}, /* has no length */
        {"{DTSTART:20260329T023000|DURATION:PT1H}", "2026-03-29 03:30 to 2026-03-29 04:30"},
        {"{DTSTART:20261024T120000|DURATION:P1D}", "2026-10-24 12:00 to 2026-10-25 12:00"},
        {"{DTSTART:20261024T120000|DURATION:PT24H}", "2026-10-24 12:00 to 2026-10-25 11:00"},
        /* Recurring: at nine by the clock of its own zone, whatever that does to UTC or to Berlin. */
        {"{DTSTART:20260327T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2}",
         "2026-03-27 09:00 to 2026-03-27 10:00; 2026-04-03 09:00 to 2026-04-03 10:00"},
        {"{DTSTART;TZID=America/New_York:20260306T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2}",
         "2026-03-06 15:00 to 2026-03-06 16:00; 2026-03-13 14:00 to 2026-03-13 15:00"},
        {"{DTSTART:20260327T080000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2}",
         "2026-03-27 09:00 to 2026-03-27 10:00; 2026-04-03 10:00 to 2026-04-03 11:00"},
        {"{DTSTART;VALUE=DATE:20201225|RRULE:FREQ=YEARLY}",
         "2026-12-25 00:00 to 2026-12-26 00:00; 2027-12-25 00:00 to 2027-12-26 00:00+"},
        {"{DTSTART;VALUE=DATE:20240229|RRULE:FREQ=YEARLY}",
         "2028-02-29 00:00 to 2028-03-01 00:00; 2032-02-29 00:00 to 2032-03-01 00:00+"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=YEARLY;UNTIL=20270101}",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2027-01-01 00:00 to 2027-01-02 00:00"},
        {"{DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20260102T080000Z}",
         "2026-01-01 09:00 to 2026-01-01 10:00; 2026-01-02 09:00 to 2026-01-02 10:00"},
        {"{DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20260102T075959Z}",
         "2026-01-01 09:00 to 2026-01-01 10:00"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30}", ""},
        /* As publishers write them. */
        {"{DTSTART;VALUE=DATE:20260101|RRULE:}", "2026-01-01 00:00 to 2026-01-02 00:00"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=2;|EXDATE:|RDATE:}",
         "2026-01-01 00:00 to 2026-01-03 00:00"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=2;BYHOUR=0;BYMINUTE=0}",
         "2026-01-01 00:00 to 2026-01-03 00:00"},
        {"{DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2;BYHOUR=9;BYMINUTE=0;BYSECOND=0}",
         "2026-01-01 09:00 to 2026-01-01 10:00; 2026-01-02 09:00 to 2026-01-02 10:00"},
        {"{DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=HOURLY;INTERVAL=24;COUNT=2}",
         "2026-01-01 09:00 to 2026-01-01 10:00; 2026-01-02 09:00 to 2026-01-02 10:00"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=2}",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-02-01 00:00 to 2026-02-02 00:00"},
        {"{DTSTART:20260101|DTEND:20260103}", "2026-01-01 00:00 to 2026-01-03 00:00"},
        {"{DTSTART;VALUE=DATE:20260101T000000}", "2026-01-01 00:00 to 2026-01-02 00:00"},
        {"{DTSTART;VALUE=DATE:20260101|DURATION:PT48H}", "2026-01-01 00:00 to 2026-01-03 00:00"},
        {"{dtstart;value=date:20260101|Duration:P2D}", "2026-01-01 00:00 to 2026-01-03 00:00"},
        /* Without some, and with others. */
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=MONTHLY;COUNT=3|EXDATE;VALUE=DATE:20260201,20260301}",
         "2026-01-01 00:00 to 2026-01-02 00:00"},
        {"{DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=3|EXDATE:20260102T080000Z|"
         "EXDATE;VALUE=DATE:20260103}",
         "2026-01-01 09:00 to 2026-01-01 10:00"},
        {"{DTSTART;VALUE=DATE:20260101|RDATE;VALUE=DATE:20260301,20260201}",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-02-01 00:00 to 2026-02-02 00:00; "
         "2026-03-01 00:00 to 2026-03-02 00:00"},
        {"{DTSTART:20260101T090000|DURATION:PT1H|RDATE;VALUE=PERIOD:20260201T090000/PT2H,20260301T090000/20260301T100000}",
         "2026-01-01 09:00 to 2026-01-01 10:00; 2026-02-01 09:00 to 2026-02-01 11:00; "
         "2026-03-01 09:00 to 2026-03-01 10:00"},
        {"<DTSTART;VALUE=DATE:20260101|RRULE:FREQ=MONTHLY;COUNT=2>"
         "<RECURRENCE-ID;VALUE=DATE:20260201|DTSTART;VALUE=DATE:20260203>",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-02-03 00:00 to 2026-02-04 00:00"},
        {"<RECURRENCE-ID;VALUE=DATE:20260201|DTSTART;VALUE=DATE:20260201|DTEND;VALUE=DATE:20260205>"
         "<DTSTART;VALUE=DATE:20260101|RRULE:FREQ=MONTHLY;COUNT=2>",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-02-01 00:00 to 2026-02-05 00:00"},
        {"<RECURRENCE-ID;VALUE=DATE:20260201|DTSTART;VALUE=DATE:20260201|STATUS:CANCELLED>"
         "<DTSTART;VALUE=DATE:20260101|RRULE:FREQ=MONTHLY;COUNT=2>",
         "2026-01-01 00:00 to 2026-01-02 00:00"},
        /* What does not matter. */
        {"{STATUS:CANCELLED|DTSTART;VALUE=DATE:20261225}", ""},
        {"{STATUS:TENTATIVE|TRANSP:TRANSPARENT|LOCATION:|DTSTART;VALUE=DATE:20261225|X-FOO;BAR=1:baz}",
         "2026-12-25 00:00 to 2026-12-26 00:00"},
        {"BEGIN:VTODO|UID:t|DTSTART;VALUE=DATE:20261231|END:VTODO|{DTSTART;VALUE=DATE:20261225}",
         "2026-12-25 00:00 to 2026-12-26 00:00"},
        {"{DTSTART;VALUE=DATE:20261225}{DTSTART:20261226T000000|DURATION:PT6H}",
         "2026-12-25 00:00 to 2026-12-26 06:00"},
        {"{DTST| ART;VALUE=DA|\tTE:20261225}", "2026-12-25 00:00 to 2026-12-26 00:00"},
        {"END:VCALENDAR|BEGIN:VCALENDAR|{DTSTART;VALUE=DATE:20261225}",
         "2026-12-25 00:00 to 2026-12-26 00:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_windows("a.ics", ical_of(rows[i][0]), rows[i][1]);
        check_windows("a.txt", ical_of(rows[i][0]), rows[i][1]);
    }
}

/* Series: revisions, and events in the place of occurrences. "<" and ">" are of one UID. */
static void test_series(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        /* The newest revision counts: by SEQUENCE, then by DTSTAMP. */
        {"<SEQUENCE:0|DTSTART;VALUE=DATE:20260101><SEQUENCE:2|DTSTART;VALUE=DATE:20260103>"
         "<SEQUENCE:1|DTSTART;VALUE=DATE:20260102>",
         "2026-01-03 00:00 to 2026-01-04 00:00"},
        {"<DTSTAMP:20250102T000000Z|DTSTART;VALUE=DATE:20260103><DTSTAMP:20250101T000000Z|DTSTART;VALUE=DATE:20260101>",
         "2026-01-03 00:00 to 2026-01-04 00:00"},
        {"<DTSTART;VALUE=DATE:20260103><SUMMARY:copy|DTSTART;VALUE=DATE:20260103>",
         "2026-01-03 00:00 to 2026-01-04 00:00"},
        {"<SEQUENCE:1|STATUS:CANCELLED><DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=2>"
         "<RECURRENCE-ID;VALUE=DATE:20260102|DTSTART;VALUE=DATE:20260105>",
         ""},
        {"<DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=2><RECURRENCE-ID;VALUE=DATE:20260102|SEQUENCE:1|"
         "DTSTART;VALUE=DATE:20260105><RECURRENCE-ID;VALUE=DATE:20260102|DTSTART;VALUE=DATE:20260104>",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-01-05 00:00 to 2026-01-06 00:00"},
        /* What stands in the place of one occurrence recurs no more. */
        {"<DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=2>"
         "<RECURRENCE-ID;VALUE=DATE:20260102|DTSTART;VALUE=DATE:20260104|RRULE:FREQ=DAILY>",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-01-04 00:00 to 2026-01-05 00:00"},
        /* From one occurrence on all are moved, are as long, or are not at all; single ones come first. */
        {"<DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=4>"
         "<RECURRENCE-ID;RANGE=THISANDFUTURE:20260102T090000|DTSTART:20260102T100000|DURATION:PT2H>",
         "2026-01-01 09:00 to 2026-01-01 10:00; 2026-01-02 10:00 to 2026-01-02 12:00; "
         "2026-01-03 10:00 to 2026-01-03 12:00; 2026-01-04 10:00 to 2026-01-04 12:00"},
        {"<DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=4>"
         "<RECURRENCE-ID;RANGE=THISANDFUTURE:20260102T090000|DTSTART:20260102T100000|DURATION:PT2H>"
         "<RECURRENCE-ID:20260103T090000|DTSTART:20260103T150000|DURATION:PT1H>"
         "<RECURRENCE-ID;RANGE=THISANDFUTURE:20260104T090000|STATUS:CANCELLED|DTSTART:20260104T090000>",
         "2026-01-01 09:00 to 2026-01-01 10:00; 2026-01-02 10:00 to 2026-01-02 12:00; "
         "2026-01-03 15:00 to 2026-01-03 16:00"},
        {"<DTSTART;VALUE=DATE:20260101|RRULE:FREQ=WEEKLY;COUNT=3>"
         "<RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20260108|DTSTART;VALUE=DATE:20260109|DURATION:P2D>",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-01-09 00:00 to 2026-01-11 00:00; "
         "2026-01-16 00:00 to 2026-01-18 00:00"},
        {"<DTSTART;TZID=America/New_York:20260306T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2>"
         "<RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260306|DTSTART;TZID=America/New_York:20260306T100000|"
         "DURATION:PT1H>",
         "2026-03-06 16:00 to 2026-03-06 17:00; 2026-03-13 15:00 to 2026-03-13 16:00"},
        /* Exceptions of another kind of value mean the occurrence that they name. */
        {"<DTSTART;TZID=America/New_York:20260102T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=4|EXDATE:20260103T090000|"
         "EXDATE;VALUE=DATE:20260104|EXDATE:20260105T140000Z>",
         "2026-01-02 15:00 to 2026-01-02 16:00"},
        {"<DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=5|EXDATE:20260102T000000|EXDATE:20260103T000000Z|"
         "EXDATE:20260103T230000Z|EXDATE;TZID=Europe/Berlin:20260105T000000>",
         "2026-01-01 00:00 to 2026-01-02 00:00"},
        {"<DTSTART;TZID=America/New_York:20260102T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2>"
         "<RECURRENCE-ID:20260103T090000|DTSTART;TZID=America/New_York:20260103T120000|DURATION:PT1H>",
         "2026-01-02 15:00 to 2026-01-02 16:00; 2026-01-03 18:00 to 2026-01-03 19:00"},
        {"<DTSTART:20260102T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2>"
         "<RECURRENCE-ID;VALUE=DATE:20260103|DTSTART:20260103T120000|DURATION:PT1H>",
         "2026-01-02 09:00 to 2026-01-02 10:00; 2026-01-03 12:00 to 2026-01-03 13:00"},
        /* Without a UID each stands for itself. */
        {"BEGIN:VEVENT|DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY;COUNT=2|EXDATE;VALUE=DATE:20260105|END:VEVENT|"
         "BEGIN:VEVENT|UID:|DTSTART;VALUE=DATE:20260105|END:VEVENT|",
         "2026-01-01 00:00 to 2026-01-03 00:00; 2026-01-05 00:00 to 2026-01-06 00:00"},
        {"METHOD:CANCEL|{DTSTART;VALUE=DATE:20260101}", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_windows("a.ics", ical_of(rows[i][0]), rows[i][1]);
    refuse("a.ics", ical_of("<DTSTART;VALUE=DATE:20260101><DTSTART;VALUE=DATE:20260102>"),
           "a.ics:8: the event \"a\" has the UID of that in line 4, and neither SEQUENCE nor DTSTAMP");
    refuse(
        "a.ics",
        ical_of("<DTSTART;VALUE=DATE:20260101><RECURRENCE-ID;RANGE=THISANDPRIOR:20260101|DTSTART:20260102>"),
        "a RANGE other than THISANDFUTURE");
    refuse("a.ics",
           ical_of("<DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY>"
                   "<RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260101|DTSTART:20260102T090000>"),
           "makes times of whole days");
    refuse("a.ics", ical_of("BEGIN:VEVENT|RECURRENCE-ID:20260101|DTSTART:20260102|END:VEVENT|"),
           "no UID that says");
    refuse("a.ics", ical_of("{DTSTART;VALUE=DATE:20260101|EXDATE:20260101T120000}"),
           "by a time, but lasts whole days");
}

#define BERLIN                                                                                                      \
    "BEGIN:DAYLIGHT|DTSTART:19810329T020000|TZOFFSETFROM:+0100|TZOFFSETTO:+0200|RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=" \
    "-1SU|END:DAYLIGHT|BEGIN:STANDARD|DTSTART:19961027T030000|TZOFFSETFROM:+0200|TZOFFSETTO:+0100|RRULE:FREQ="      \
    "YEARLY;BYMONTH=10;BYDAY=-1SU|END:STANDARD|END:VTIMEZONE|"

/* Windows as Berlin sees them. */
static void test_zones(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        /* By Windows' names, and what Outlook makes of them, in any case. */
        {"{DTSTART;TZID=Eastern Standard Time:20260705T080000|DURATION:PT1H}",
         "2026-07-05 14:00 to 2026-07-05 15:00"},
        {"{DTSTART;TZID=eastern standard time:20260705T080000|DURATION:PT1H}",
         "2026-07-05 14:00 to 2026-07-05 15:00"},
        {"{DTSTART;TZID=\"(UTC-05:00) Eastern Time (US & Canada)\":20260705T080000|DURATION:PT1H}",
         "2026-07-05 14:00 to 2026-07-05 15:00"},
        {"{DTSTART;TZID=\"tzone://Microsoft/Utc\":20260705T080000|DURATION:PT1H}",
         "2026-07-05 10:00 to 2026-07-05 11:00"},
        {"{DTSTART;TZID=america/new_york:20260705T080000|DURATION:PT1H}",
         "2026-07-05 14:00 to 2026-07-05 15:00"},
        /* Defined by the file, whatever the name. */
        {"BEGIN:VTIMEZONE|TZID:Customized Time Zone|" BERLIN
         "{DTSTART;TZID=Customized Time Zone:20260705T080000|DURATION:PT1H}",
         "2026-07-05 08:00 to 2026-07-05 09:00"},
        {"BEGIN:VTIMEZONE|TZID:(GMT+01.00) Amsterdam/Berlin|X-MICROSOFT-CDO-TZID:4|" BERLIN
         "{DTSTART;TZID=(GMT+01.00) Amsterdam/Berlin:20260305T080000|DURATION:PT1H|RRULE:FREQ=MONTHLY;COUNT=2}",
         "2026-03-05 08:00 to 2026-03-05 09:00; 2026-04-05 08:00 to 2026-04-05 09:00"},
        {"BEGIN:VTIMEZONE|TZID:EST|BEGIN:DAYLIGHT|DTSTART:20070311T020000|TZOFFSETFROM:-0500|TZOFFSETTO:-0400|"
         "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU|END:DAYLIGHT|BEGIN:STANDARD|DTSTART:20071104T020000|"
         "TZOFFSETFROM:-0400|TZOFFSETTO:-0500|RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU|END:STANDARD|END:VTIMEZONE|"
         "{DTSTART;TZID=EST:20260705T080000|DURATION:PT1H}",
         "2026-07-05 14:00 to 2026-07-05 15:00"},
        {"{DTSTART;TZID=EST:20260705T080000|DURATION:PT1H}", "2026-07-05 15:00 to 2026-07-05 16:00"},
        {"BEGIN:VTIMEZONE|TZID:local|BEGIN:STANDARD|DTSTART:16010101T000000|TZOFFSETFROM:+0530|TZOFFSETTO:+0530|"
         "END:STANDARD|END:VTIMEZONE|{DTSTART;TZID=local:20260705T080000|DURATION:PT1H}",
         "2026-07-05 04:30 to 2026-07-05 05:30"},
        {"BEGIN:VTIMEZONE|TZID:x|BEGIN:STANDARD|DTSTART:20200101T000000|TZOFFSETFROM:+0100|TZOFFSETTO:+0300|"
         "RDATE:20260101T000000,20270101T000000|END:STANDARD|END:VTIMEZONE|"
         "{DTSTART;TZID=X:20260705T080000|DURATION:PT1H}",
         "2026-07-05 07:00 to 2026-07-05 08:00"},
        /* A definition agrees with the place by whose name it goes, or is silent. */
        {"BEGIN:VTIMEZONE|TZID:Europe/Berlin|" BERLIN
         "{DTSTART;TZID=Europe/Berlin:20260705T080000|DURATION:PT1H}",
         "2026-07-05 08:00 to 2026-07-05 09:00"},
        {"BEGIN:VTIMEZONE|TZID:America/New_York|BEGIN:STANDARD|DTSTART:20261101T020000|TZOFFSETFROM:-0400|"
         "TZOFFSETTO:-0500|END:STANDARD|END:VTIMEZONE|{DTSTART;TZID=America/New_York:20260705T080000|DURATION:PT1H}",
         "2026-07-05 14:00 to 2026-07-05 15:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_windows("a.ics", ical_of(rows[i][0]), rows[i][1]);
    static const char *const refused[][2] = {
        {"{SUMMARY:Talk|DTSTART;TZID=local:20260705T080000}",
         "a.ics:7: the event \"Talk\" is in a time zone that curfew does not know"},
        {"BEGIN:VTIMEZONE|TZID:Asia/Tokyo|" BERLIN "{DTSTART;TZID=Asia/Tokyo:20260705T080000}",
         "of which line 4 says something else"},
        {"BEGIN:VTIMEZONE|TZID:x|BEGIN:STANDARD|DTSTART:20200101T000000|TZOFFSETFROM:+0100|END:STANDARD|END:VTIMEZONE|"
         "{DTSTART;TZID=x:20260705T080000}",
         "the time zone of line 4, which lacks DTSTART, TZOFFSETFROM or TZOFFSETTO in the part that begins in line 6"},
        {"BEGIN:VTIMEZONE|TZID:x|BEGIN:STANDARD|DTSTART:20200101T000000|TZOFFSETFROM:+0100|TZOFFSETTO:+9900|"
         "END:STANDARD|END:VTIMEZONE|{DTSTART;TZID=x:20260705T080000}",
         "has a mistake in line 9"},
        {"BEGIN:VTIMEZONE|TZID:x|BEGIN:STANDARD|DTSTART:16010101T000000|TZOFFSETFROM:+0100|TZOFFSETTO:+0200|"
         "RRULE:FREQ=MINUTELY|END:STANDARD|END:VTIMEZONE|{DTSTART;TZID=x:20260705T080000}",
         "changes its clock"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        refuse("a.ics", ical_of(refused[i][0]), refused[i][1]);
}

static void test_refused_ical(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"{SUMMARY:New Year}", "a.ics:4: the event \"New Year\" has no DTSTART"},
        {"{SUMMARY:\033[2J|DTSTART:rubbish}",
         "a.ics:7: the event \"?[2J\" has a value of DTSTART that is not a date or a time"},
        {"{DTSTART;VALUE=DATE:20260230}",
         "a.ics:6: the event \"0\" has a value of DTSTART that is not a date"},
        {"{DTSTART:20260228T250000}", "is not a date or a time"},
        {"{DTSTART:20260228T120000X}", "is not a date or a time"},
        {"{DTSTART;VALUE=DATE:20260228T120000}", "is not a date or a time"},
        {"{DTSTART;VALUE=DATE:20260228|DTEND;VALUE=DATE:20260227}", "ends before it begins"},
        {"{DTSTART:20260228T120000|DTEND:20260228T110000}", "ends before it begins"},
        {"{DTSTART:20260228T120000|DURATION:-PT1H}", "or negative"},
        {"{DTSTART:20260228T120000|DURATION:P3500000000D}", "longer than a hundred years"},
        {"{DTSTART:20260228T120000|DURATION:P99999D}", "longer than a hundred years"},
        {"{DTSTART:20260228T120000|DURATION:P}", "not a span"},
        {"{DTSTART:20260228T120000|DURATION:PT}", "not a span"},
        {"{DTSTART:20260228T120000|DURATION:P1M}", "not a span"},
        {"{DTSTART:20260228T120000|DURATION:1D}", "not a span"},
        {"{DTSTART:20260228T120000|DURATION:}", "not a span"},
        {"{DTSTART:20260228T120000|DURATION:PT1M1H}", "not a span"},
        {"{DTSTART:20260228|DURATION:PT1H}", "does not last whole days"},
        {"{DTSTART:20260228T120000|DURATION:PT1H|DTEND:20260228T130000}", "both DTEND and DURATION"},
        {"{DTSTART:20260228T120000|DTEND;VALUE=DATE:20260301}", "the other way round"},
        {"{DTSTART:20260228T120000|DTSTART:20260228T120000}", "has a second DTSTART"},
        {"{DTSTART;TZID=../../etc/passwd:20260228T120000}", "in a time zone that curfew does not know"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=SOMETIMES}",
         "a.ics:7: the event \"0\" has a rule whose FREQ is not"},
        {"{DTSTART:20260101T000000|DURATION:PT1S|RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=29}",
         "occur more than"},
        {"{DTSTART:20260101T000000|DURATION:PT1S|RRULE:FREQ=SECONDLY}", "occur more than"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=HOURLY}", "by hours or less, but lasts whole days"},
        {"{DTSTART;VALUE=DATE:20260101|EXDATE:never}", "has a value of EXDATE that is not a date"},
        {"{DTSTART;VALUE=DATE:20260101|EXDATE:20260101,}", "has a value of EXDATE that is not a date"},
        {"{DTSTART;VALUE=DATE:20260101|RDATE:20260101T120000}", "RDATE of another kind"},
        {"{DTSTART:20260101T090000|RDATE;VALUE=PERIOD:20260201T090000/PX}",
         "has a value of RDATE that is not a date"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY|EXRULE:FREQ=WEEKLY}", "EXRULE"},
        {"{DTSTART;VALUE=DATE:20260101|SEQUENCE:x}", "SEQUENCE that is not a number"},
        {"{DTSTART;VALUE=DATE:20260101|just words}", "has a line that is not \"NAME:value\""},
        {"{DTSTART;VALUE=DATE;VALUE=DATE:20260101}", "has a line that has a parameter twice"},
        {"{DTSTART;TZID=a,b:20260101T000000}", "has a line that has two values for one parameter"},
        {"{DTSTART;TZID=\"a:20260101T000000}", "has a line that has a quotation mark"},
        {"BEGIN:VEVENT|END:VCALENDAR", "something else ends than what begins in line 4"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refuse("a.ics", ical_of(rows[i][0]), rows[i][1]);
    refuse("a.ics", "", "a.ics:1: is not an iCalendar file");
    refuse("a.ics", "12-25\n", "a.ics:1: is not an iCalendar file");
    refuse("a.ics", "root:$6$secret:19000::\n", "a.ics:1: is outside of any calendar");
    refuse("a.ics", "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nEND:VEVENT\n", "so that it holds nothing");
    refuse("a.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n",
           "is cut short: what begins in line 2 has no end");
}

/* All mistakes are told, up to a limit, and not a word of what stands there. */
static void test_all_mistakes(void **state)
{
    (void)state;
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    const char *text =
        ical_of("{SUMMARY:One|DTSTART:secret}{SUMMARY:Two|DTSTART;VALUE=DATE:20260101|RRULE:FREQ=SECRET}");
    assert_int_equal(read_text("a.ics", text, "UTC", &calendar, &err), CF_USAGE);
    assert_string_equal(err.text,
                        "a.ics:7: the event \"One\" has a value of DTSTART that is not a date or a time\n"
                        "a.ics:13: the event \"Two\" has a rule whose FREQ is not a frequency");
    char many[4096] = "";
    for (int i = 0; i < 40; i++)
        strcat(many, "{SUMMARY:S|DTSTART:x}");
    assert_int_equal(read_text("a.ics", ical_of(many), "UTC", &calendar, &err), CF_USAGE);
    int lines = 1;
    for (const char *c = err.text; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, CF_ICAL_MISTAKES + 1);
    assert_non_null(strstr(err.text, "there are more mistakes than these"));
    assert_int_equal(read_text("a.txt", "root:$6$secret\n12-25\nbin:secret\n", "UTC", &calendar, &err),
                     CF_USAGE);
    assert_null(strstr(err.text, "secret"));
    assert_non_null(strstr(err.text, "a.txt:1: "));
    assert_non_null(strstr(err.text, "a.txt:3: "));
}

/* `before`, `part` with its number in it, so often, `behind`. */
static void refuse_many(const char *before, const char *part, int count, const char *behind, const char *says)
{
    char *text = calloc(1, strlen(before) + (size_t)count * (strlen(part) + 12) + strlen(behind) + 1);
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "%s", before);
    for (int i = 0; i < count; i++)
        used += (size_t)sprintf(text + used, "%s", part);
    strcpy(text + used, behind);
    refuse("a.ics", text, says);
    free(text);
}

static void test_ical_limits(void **state)
{
    (void)state;
    static const char begin[] = "BEGIN:VCALENDAR\n", end[] = "END:VCALENDAR\n";
    static const char daily[] =
        "BEGIN:VEVENT\nDTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\n";
    static const char never[] =
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY;BYDAY=MO;BYMONTHDAY=31;"
        "BYSETPOS=-200\nEND:VEVENT\n";
    refuse_many(begin, "BEGIN:VEVENT\nDTSTART:20260101T000000Z\nEND:VEVENT\n", CF_ICAL_EVENTS + 1, end,
                "more than the 10000 events");
    refuse_many(begin, daily, 40, end, "occur more than 1000000 times until 2100");
    refuse_many(begin, never, 40, end, "recur too often");
    refuse_many(begin, "BEGIN:VEVENT\n", 100000, end, "more than 16 deep");
    refuse_many(begin, "BEGIN:VTIMEZONE\nEND:VTIMEZONE\n", CF_ICAL_ZONES + 1, end,
                "more than 200 time zones");
}

/* What takes other readers for ever takes no longer than any other file. */
static void test_hostile(void **state)
{
    (void)state;
    static const struct {
        const char *before, *part, *behind;
    } rows[] = {
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nATTENDEE", ";X=Y", ":x\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nSUMMARY:", "x\n y", "\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n", "CATEGORIES:x\nSUMMARY:y\n", "\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nEXDATE:20260102", ",20260103", "\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY;BYDAY=MO", ",MO",
         "\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t part = strlen(rows[i].part), count = CF_CALENDAR_FILE / part - 100;
        char *text = calloc(1, CF_CALENDAR_FILE + 1);
        assert_non_null(text);
        size_t used = (size_t)sprintf(text, "%s", rows[i].before);
        for (size_t k = 0; k < count; k++, used += part)
            memcpy(text + used, rows[i].part, part);
        sprintf(text + used, "%sEND:VEVENT\nEND:VCALENDAR\n", rows[i].behind);
        struct cf_calendar *calendar = NULL;
        struct cf_error err = {0};
        clock_t from = clock();
        if (read_text("a.ics", text, "UTC", &calendar, &err) < 0)
            fail_msg("%s", err.text);
        assert_true(clock() - from < 2 * CLOCKS_PER_SEC);
        cf_calendar_unref(calendar);
        free(text);
    }
}

/* Endless events of a year's timetable. */
static void test_many_endless(void **state)
{
    (void)state;
    char text[64 * 1024] = "BEGIN:VCALENDAR\n", *at = text + strlen(text);
    for (int i = 0; i < 200; i++)
        at += sprintf(
            at,
            "BEGIN:VEVENT\nUID:%d\nDTSTART:20180101T%02d0000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n",
            i, i % 24);
    strcpy(at, "END:VCALENDAR\n");
    check_windows("a.ics", text, "2026-01-05 00:00 to 2026-01-06 00:00+");
}

/* Only a regular file is opened, and nothing waits for one that is not. */
static void test_no_file(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%spipe.ics", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    const char *const paths[] = {path, "/dev/zero.txt/../../dev/zero", "/"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct cf_calendar *calendar = NULL;
        struct cf_error err = {0};
        static const struct cf_event_filter all = {0};
        uint64_t digest;
        assert_int_equal(cf_calendar_read_file(i == 1 ? "/dev/zero" : paths[i], cf_zone_utc(), &all, &all,
                                               &calendar, &digest, &err),
                         CF_FAILED);
        if (!strstr(err.text, "is not a regular file"))
            fail_msg("%s", err.text);
    }
    remove(path);
}

/* ---- Which events count, and what they are called ---------------------------------------------------------
 */

static void add_pattern(struct cf_event_filter *filter, const char *field, const char *text)
{
    enum cf_event_field which;
    assert_true(cf_event_field_read(field, &which));
    cf_event_filter_add(filter, which, text);
}

static void test_filters(void **state)
{
    (void)state;
    static const char events[] =
        "{SUMMARY:New Year's Day|DESCRIPTION:Public holiday|DTSTART;VALUE=DATE:20260101|TRANSP:TRANSPARENT}"
        "{SUMMARY:Epiphany|DESCRIPTION:Observance\\nTo hide observances\\, go to Settings|CATEGORIES:Church,Fun Days|"
        "DTSTART;VALUE=DATE:20260106}"
        "{SUMMARY:Groundhog Day|DTSTART;VALUE=DATE:20260202|CATEGORIES:Animals|CATEGORIES:Fun Days}";
    static const char first[] = "2026-01-01 00:00 to 2026-01-02 00:00",
                      second[] = "2026-01-06 00:00 to 2026-01-07 00:00",
                      third[] = "2026-02-02 00:00 to 2026-02-03 00:00";
    static const struct {
        const char *only[4], *except[4], *expect[3]; /* a field and its pattern, and another */
    } rows[] = {
        {{"description", "Public holiday*"}, {NULL}, {first}},
        {{"description", "public HOLIDAY"}, {NULL}, {first}},
        {{NULL}, {"description", "observance*"}, {first, third}},
        {{"summary", "*day*"}, {NULL}, {first, third}},
        {{"summary", "*day*", "summary", "Epiphany"}, {NULL}, {first, second, third}},
        {{"summary", "*day*", "transp", "transparent"}, {NULL}, {first}},
        {{"transp", "OPAQUE"}, {NULL}, {second, third}},
        {{"categories", "fun*"}, {NULL}, {second, third}},
        {{"categories", "fun*"}, {"summary", "Epi?hany"}, {third}},
        {{NULL}, {"summary", "Epiphany", "categories", "animals"}, {first}},
        {{"description", "Bank holiday"}, {NULL}, {NULL}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cf_event_filter filters[2] = {0};
        for (size_t k = 0; k < 4; k += 2) {
            if (rows[i].only[k])
                add_pattern(&filters[0], rows[i].only[k], rows[i].only[k + 1]);
            if (rows[i].except[k])
                add_pattern(&filters[1], rows[i].except[k], rows[i].except[k + 1]);
        }
        char expect[256] = "";
        for (size_t k = 0; k < 3 && rows[i].expect[k]; k++)
            sprintf(expect + strlen(expect), "%s%s", k ? "; " : "", rows[i].expect[k]);
        only = &filters[0];
        except = &filters[1];
        check_windows("a.ics", ical_of(events), expect);
        only = except = NULL;
        cf_event_filter_finish(&filters[0]);
        cf_event_filter_finish(&filters[1]);
    }
}

static void add_note(void *data, const char *text)
{
    strcat(strcat(data, text), "|");
}

static void check_notes(const char *name, const char *text, const char *now, const char *expect)
{
    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    char got[1024] = "";
    if (read_text(name, text, "UTC", &calendar, &err) < 0)
        fail_msg("%s", err.text);
    cf_calendar_notes(calendar, instant_of(now, "UTC"), add_note, got);
    if (expect[0] ? !strstr(got, expect) : got[0] != '\0')
        fail_msg("%s\n  wanted: %s\n  got: %s", text, expect, got);
    cf_calendar_unref(calendar);
}

static void test_notes(void **state)
{
    (void)state;
    check_notes("a.ics", ical_of(""), "2026-01-01", "a.ics holds no events|");
    check_notes("a.ics", ical_of("BEGIN:VTODO|UID:t|DUE:20261231T000000|END:VTODO|"), "2026-01-01",
                "a.ics holds no events, only tasks or the like");
    check_notes("a.ics", ical_of("{DTSTART;VALUE=DATE:20251225|STATUS:CANCELLED}"), "2026-01-01",
                "a.ics holds no days off");
    check_notes("a.ics", ical_of("{DTSTART;VALUE=DATE:20251225}"), "2026-01-01",
                "its last day off is over, since it began on 2025-12-25");
    check_notes("a.ics", ical_of("{DTSTART;VALUE=DATE:20251225}"), "2025-12-25 12:00", "");
    check_notes("a.txt", "# none\n", "2026-01-01", "a.txt holds no days off");
    check_notes("a.txt", "2025-12-25\n", "2026-01-01", "a.txt: its last day off is over");
    check_notes("a.txt", "12-25\n", "2026-01-01", "");
    struct cf_event_filter filter = {0};
    add_pattern(&filter, "summary", "Xmas*");
    except = &filter;
    check_notes("a.ics", ical_of("{SUMMARY:Christmas|DTSTART;VALUE=DATE:20261225}"), "2026-01-01",
                "a.ics has no event that except = { summary = \"Xmas*\" } means");
    except = NULL;
    cf_event_filter_finish(&filter);
}

static void test_names(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        {"a.ics",
         "{SUMMARY:New Year\\, first|DTSTART;VALUE=DATE:20260101}{SUMMARY:Talk|DTSTART:20260101T090000Z|DURATION:PT1H}"},
        {"a.txt", "2026-01-01 # New Year, first\n01-06..01-07#Epiphany\n"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct cf_calendar *calendar = NULL;
        struct cf_error err = {0};
        if (read_text(files[i][0], i ? files[i][1] : ical_of(files[i][1]), "UTC", &calendar, &err) < 0)
            fail_msg("%s", err.text);
        struct cf_calendar *open = combined(CF_CALENDAR_MINUS, calendar_of("Mon-Fri", "UTC"), calendar);
        const char *name = cf_calendar_name(open, instant_of("2026-01-01 12:00", "UTC"));
        assert_string_equal(name ? name : "", "New Year, first");
        assert_null(cf_calendar_name(open, instant_of("2026-01-02", "UTC")));
        struct cf_day_off *list = NULL;
        size_t count =
            cf_calendar_list(open, instant_of("2026-01-01", "UTC"), instant_of("2027-01-01", "UTC"), &list);
        assert_int_equal(count, 2);
        assert_string_equal(list[1].name, i ? "Epiphany" : "Talk");
        assert_string_equal(list[1].file, files[i][0]);
        free(list);
        cf_calendar_unref(open);
    }
}

/* A file that was mutilated gives a calendar or an error, but neither a crash nor an endless search. */
static void test_mutilated(void **state)
{
    (void)state;
    static char whole[16384];
    snprintf(
        whole, sizeof whole, "%s",
        ical_of(
            "BEGIN:VTIMEZONE|TZID:Eastern|X-LIC-LOCATION:America/New_York|END:VTIMEZONE|"
            "{SUMMARY:Christmas|DTSTART;VALUE=DATE:20201225|DTEND;VALUE=DATE:20201227|RRULE:FREQ=YEARLY}"
            "{DTSTART;TZID=Eastern:20260105T220000|DURATION:PT8H|RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH|"
            "EXDATE;TZID=Eastern:20260119T220000|RDATE;VALUE=PERIOD:20260201T090000Z/PT2H}"
            "{RECURRENCE-ID;TZID=Eastern:20260202T220000|DTSTART;TZID=Europe/Paris:20260203T080000|"
            "DTEND:20260203T120000Z}"
            "{STATUS:CANCELLED|DTSTART:20260105T220000|DURATION:P1DT8H|RRULE:FREQ=MONTHLY;BYDAY=-1FR;"
            "BYSETPOS=1;UNTIL=20300101T000000Z}"));
    static const char alphabet[] = "0123456789:;=,-/\r\n \tABEGINVTZRULDP\x01\x7f\xff";
    uint64_t seed = 5;
    int read = 0;
    for (int i = 0; i < 400; i++) {
        char text[sizeof whole];
        size_t size = strlen(whole);
        memcpy(text, whole, size);
        for (int64_t k = pick(&seed, 6); k >= 0; k--) {
            size_t at = (size_t)pick(&seed, (int64_t)size), length = (size_t)pick(&seed, 20) + 1;
            if (pick(&seed, 4)) {
                text[at] = alphabet[pick(&seed, sizeof alphabet - 1)];
            } else if (at + length < size) {
                memmove(text + at, text + at + length, size - at - length);
                size -= length;
            }
        }
        struct cf_calendar *calendar = NULL;
        struct cf_error err = {0};
        if (read_bytes("a.ics", text, size, "Europe/Berlin", &calendar, &err) == CF_OK) {
            char got[512];
            write_windows(calendar, "Europe/Berlin", 8, got, sizeof got);
            read++;
        } else {
            assert_non_null(strstr(err.text, "a.ics:"));
        }
        cf_calendar_unref(calendar);
    }
    assert_in_range(read, 20, 380);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),         cmocka_unit_test(test_refused_text),
        cmocka_unit_test(test_mixed),        cmocka_unit_test(test_ical),
        cmocka_unit_test(test_series),       cmocka_unit_test(test_zones),
        cmocka_unit_test(test_refused_ical), cmocka_unit_test(test_all_mistakes),
        cmocka_unit_test(test_ical_limits),  cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_many_endless), cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_filters),      cmocka_unit_test(test_notes),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_mutilated),
    };
    return cmocka_run_group_tests_name("calendar, files", tests, make_folder, drop_folder);
}
