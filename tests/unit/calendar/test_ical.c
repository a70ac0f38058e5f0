/* iCalendar files: events by themselves, what is refused, and limits. */
#include "files.h"

#include "calendar/ical/zones.h"

#include <time.h>

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

/* Zones whose clocks change for ever, as many as there may be, share what may be spent on them. */
static void test_hostile_zones(void **state)
{
    (void)state;
    static char text[256 * 1024];
    char *at = text + sprintf(text, "BEGIN:VCALENDAR\n");
    for (int i = 0; i < CF_ICAL_ZONES; i++)
        at += sprintf(
            at,
            "BEGIN:VTIMEZONE\nTZID:z%d\nBEGIN:STANDARD\nDTSTART:00010101T000000\nTZOFFSETFROM:+0100\n"
            "TZOFFSETTO:+0200\nRRULE:FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2,1;BYDAY=MO;BYSETPOS=-300\nEND:STANDARD\n"
            "END:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=z%d:20260101T000000\nEND:VEVENT\n",
            i, i);
    strcpy(at, "END:VCALENDAR\n");
    refuse("a.ics", text, "changes its clock too often to be followed"); /* none would be, alone */
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
        cmocka_unit_test(test_ical),          cmocka_unit_test(test_refused_ical),
        cmocka_unit_test(test_ical_limits),   cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_hostile_zones), cmocka_unit_test(test_many_endless),
        cmocka_unit_test(test_mutilated),
    };
    return cmocka_run_group_tests_name("calendar, iCalendar", tests, folder_set_up, drop_folder);
}
