/* Days off out of files: text, iCalendar, and what is neither. */
#include "../unit.h"
#include "make.h"

#include "calendar/file.h"

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
    int code = cf_calendar_days_off(&name, 1, folder, zone_called(zone), ret_calendar, err);
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
    refuse("holidays.txt", "Christmas", "holidays.txt:1: \"Christmas\" is no date");
    refuse("holidays.txt", "# off\n\n12-25\n2026-02-29 # no\n", "holidays.txt:4: \"2026-02-29\" is no date");
    refuse("holidays.txt", "12-25\r\n2026-12-24..2026-12-23",
           "holidays.txt:2: \"2026-12-24..2026-12-23\" ends before");
    refuse("a.TXT", "12-25, 12-26", "a.TXT:1: \"12-25, 12-26\" is no date");
    refuse("a.txt", "other.ics", "a.txt:1: \"other.ics\" is no date");

    char *many = calloc(CF_CALENDAR_LINES + 2, 7);
    assert_non_null(many);
    for (int i = 0; i <= CF_CALENDAR_LINES; i++)
        memcpy(many + 6 * i, "12-25\n", 6);
    refuse("many.txt", many, "many.txt:1001: a calendar can have 1000 lines");
    free(many);
    char *large = calloc(1, CF_CALENDAR_FILE + 2);
    assert_non_null(large);
    memset(large, '\n', CF_CALENDAR_FILE + 1);
    refuse("large.txt", large, "larger than the 2 MiB");
    large[CF_CALENDAR_FILE] = '\0';
    check_windows("large.txt", large, "");
    free(large);

    struct cf_calendar *calendar = NULL;
    struct cf_error err = {0};
    assert_int_equal(read_bytes("nul.txt", "12-25\n\0", 7, "UTC", &calendar, &err), CF_USAGE);
    const char *missing = "missing.txt";
    assert_int_equal(cf_calendar_days_off(&missing, 1, folder, cf_zone_utc(), &calendar, &err), CF_FAILED);
    assert_non_null(strstr(err.text, "missing.txt: cannot be read: No such file"));
    const char *itself = ".txt";
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
    const char *lists[][3] = {{"2026-12-25", "a.txt", "2026-12-31"}, {path, "2026-12-25", "2026-12-31"}};
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

/* "|" ends a line; "{" and "}" begin and end an event with a UID. */
static const char *ical_of(const char *events)
{
    static char text[8192];
    size_t used = (size_t)snprintf(text, sizeof text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n");
    for (const char *c = events; *c; c++) {
        char one[2] = {*c, '\0'};
        const char *more = *c == '|'   ? "\r\n"
                           : *c == '{' ? "BEGIN:VEVENT\r\nUID:a\r\n"
                           : *c == '}' ? "\r\nEND:VEVENT\r\n"
                                       : one;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", more);
    }
    snprintf(text + used, sizeof text - used, "END:VCALENDAR\r\n");
    return text;
}

static bool has_ical(void)
{
    struct cf_calendar *calendar = NULL;
    int code = read_text("a.ics", ical_of(""), "UTC", &calendar, NULL);
    cf_calendar_unref(calendar);
    return code != CF_UNSUPPORTED;
}

static void test_ical(void **state)
{
    (void)state;
    if (!has_ical())
        skip();
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
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=MONTHLY;COUNT=2}"
         "{RECURRENCE-ID;VALUE=DATE:20260201|DTSTART;VALUE=DATE:20260203}",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-02-03 00:00 to 2026-02-04 00:00"},
        {"{RECURRENCE-ID;VALUE=DATE:20260201|DTSTART;VALUE=DATE:20260201|DTEND;VALUE=DATE:20260205}"
         "{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=MONTHLY;COUNT=2}",
         "2026-01-01 00:00 to 2026-01-02 00:00; 2026-02-01 00:00 to 2026-02-05 00:00"},
        {"{RECURRENCE-ID;VALUE=DATE:20260201|DTSTART;VALUE=DATE:20260201|STATUS:CANCELLED}"
         "{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=MONTHLY;COUNT=2}",
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

static void test_refused_ical(void **state)
{
    (void)state;
    if (!has_ical())
        skip();
    static const char *const rows[][2] = {
        {"{SUMMARY:New Year}", "a.ics: the event \"New Year\" has no DTSTART"},
        {"{SUMMARY:\033[2J|DTSTART:rubbish}", "the event \"?[2J\" has a DTSTART that cannot be read"},
        {"{DTSTART;VALUE=DATE:20260230}", "the event \"a\" has a DTSTART that is no date"},
        {"{DTSTART:20260228T250000}", "is no date or no time"},
        {"{DTSTART;VALUE=DATE:20260228|DTEND;VALUE=DATE:20260227}", "ends before it begins"},
        {"{DTSTART:20260228T120000|DTEND:20260228T110000}", "ends before it begins"},
        {"{DTSTART:20260228T120000|DURATION:-PT1H}", "ends before it begins"},
        {"{DTSTART:20260228T120000|DTEND;VALUE=DATE:20260301}", "the other way round"},
        {"{DTSTART;TZID=W. Europe Standard Time:20260228T120000}",
         "knows no time zone \"W. Europe Standard Time\""},
        {"{DTSTART;TZID=../../etc/passwd:20260228T120000}", "knows no time zone"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=SOMETIMES}", "has a RRULE that cannot be read"},
        {"{DTSTART:20260101T000000|RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30}",
         "recurs by a frequency other"},
        {"{DTSTART:20260101T000000|RRULE:FREQ=DAILY;BYHOUR=9,14}", "recurs by BYHOUR"},
        {"{DTSTART;VALUE=DATE:20260101|EXDATE:never}", "has a EXDATE that cannot be read"},
        {"{DTSTART;VALUE=DATE:20260101|RDATE:20260101T120000}", "RDATE of another kind"},
        {"{DTSTART;VALUE=DATE:20260101|RRULE:FREQ=DAILY|EXRULE:FREQ=WEEKLY}", "EXRULE"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refuse("a.ics", ical_of(rows[i][0]), rows[i][1]);
    refuse("a.ics", "", "is not an iCalendar file");
    refuse("a.ics", "12-25\n", "is not an iCalendar file");
    refuse("a.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n", "is cut short");
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
    if (!has_ical())
        skip();
    static const char begin[] = "BEGIN:VCALENDAR\n", end[] = "END:VCALENDAR\n";
    static const char daily[] =
        "BEGIN:VEVENT\nDTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\n";
    static const char never[] =
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY;BYDAY=MO;BYMONTHDAY=31;"
        "BYSETPOS=-200\nEND:VEVENT\n";
    refuse_many(begin, "BEGIN:VEVENT\nDTSTART:20260101T000000Z\nEND:VEVENT\n", CF_ICAL_EVENTS + 1, end,
                "one of more than");
    refuse_many(begin, daily, 30, end, "occur more than 500000 times until 2100");
    refuse_many(begin, never, 40, end, "recur over too many years");
    refuse_many(begin, "BEGIN:VEVENT\n", 100000, end, "more than 16 deep");
    refuse_many("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n",
                "EXDATE;VALUE=DATE:20260101\n", CF_ICAL_VALUES + 1, "END:VEVENT\nEND:VCALENDAR\n",
                "excepts more than 400");
    refuse_many("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nRDATE;VALUE=DATE:20260101",
                ",20260101", 100000, "\nEND:VEVENT\nEND:VCALENDAR\n", "adds more than 400");
}

/* A file that was mutilated gives a calendar or an error, but neither a crash nor an endless search. */
static void test_mutilated(void **state)
{
    (void)state;
    if (!has_ical())
        skip();
    static char whole[8192];
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
            assert_non_null(strstr(err.text, "a.ics: "));
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
        cmocka_unit_test(test_refused_ical), cmocka_unit_test(test_ical_limits),
        cmocka_unit_test(test_mutilated),
    };
    return cmocka_run_group_tests_name("calendar, files", tests, make_folder, drop_folder);
}
