/* A file of days off that changes while it is in use. */
#include "files.h"

#include "calendar/source.h"

static const struct cf_event_filter all = {0};

/* Reads it as a worker would, and takes that: what cf_source_take says. */
static int read_again(struct cf_calendar *calendar, struct cf_error *err)
{
    struct cf_source_reading reading;
    cf_source_read(cf_source_order(calendar), &reading);
    return cf_source_take(calendar, &reading, err);
}

static void test_changes(void **state)
{
    (void)state;
    const char *path = folder_path("days.txt");
    struct cf_calendar *days = NULL;
    struct cf_error err = {0};
    struct cf_instant friday = instant_of("2026-12-25 12:00", "UTC"),
                      monday = instant_of("2026-12-28 12:00", "UTC");
    folder_write("days.txt", "2026-12-25\n");
    assert_int_equal(cf_source_create(path, cf_zone_utc(), &all, &all, &days, &err), CF_OK);
    struct cf_calendar *open =
        combined(CF_CALENDAR_MINUS, calendar_of("Mon-Fri", "UTC"), cf_calendar_ref(days));
    assert_false(cf_calendar_contains(open, friday));
    assert_true(cf_calendar_contains(open, monday));
    assert_int_equal(read_again(days, &err), 0);

    folder_write("days.txt", "2026-12-28\n"); /* what was remembered of Friday counts no more */
    assert_int_equal(read_again(days, &err), 1);
    assert_true(cf_calendar_contains(open, friday));
    assert_false(cf_calendar_contains(open, monday));
    folder_write("days.txt", "2026-12-28\n");
    assert_int_equal(read_again(days, &err), 0);

    folder_write("days.txt", "2026-12-25\nnever\n");
    assert_int_equal(read_again(days, &err), CF_USAGE);
    assert_non_null(strstr(err.text, "days.txt:2: is not a date"));
    assert_false(cf_calendar_contains(open, monday));
    assert_int_equal(read_again(days, &err), 0); /* told once */
    remove(path);
    assert_int_equal(read_again(days, &err), CF_UNAVAILABLE);
    assert_false(cf_calendar_contains(open, monday));
    folder_write("days.txt", "# none any more\n");
    assert_int_equal(read_again(days, &err), 1);
    assert_true(cf_calendar_contains(open, friday) && cf_calendar_contains(open, monday));
    cf_calendar_unref(open);
    cf_calendar_unref(days);
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_changes)};
    return cmocka_run_group_tests_name("calendar, sources", tests, folder_set_up, drop_folder);
}
