/* Days off out of files: text, what is no file, which events count, and what they are called. */
#include "files.h"

#include <sys/stat.h>

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
    const char *folder = folder_path("");
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
    const char *folder = folder_path(""), *path = folder_write("a.txt", "2026-12-26\n");
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

/* Only a regular file is opened, and nothing waits for one that is not. */
static void test_no_file(void **state)
{
    (void)state;
    const char *path = folder_path("pipe.ics");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),    cmocka_unit_test(test_refused_text),
        cmocka_unit_test(test_mixed),   cmocka_unit_test(test_all_mistakes),
        cmocka_unit_test(test_no_file), cmocka_unit_test(test_filters),
        cmocka_unit_test(test_notes),   cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("calendar, files", tests, folder_set_up, drop_folder);
}
