#include "desk.h"

enum { ENTRIES = 200 };

/* In real time: what comes is told of by the system. */
static int set_up(void **state)
{
    (void)desk_set_up(state);
    cf_loop_destroy(desk.loop);
    assert_int_equal(cf_loop_create(&desk.loop, NULL), CF_OK);
    desk.setup.loop = desk.loop;
    return 0;
}

static uint64_t seen;

/* Each entry that arrives has the next one written: none may be missed, or this waits for ever. */
static bool take_and_write(void *data, const struct cf_entry *entry)
{
    (void)data;
    assert_int_equal(entry->number, ++seen);
    if (seen < ENTRIES)
        desk_write(CF_WHAT_WARN, 0, "and one more", seen % 2);
    return seen < ENTRIES;
}

static void test_follow(void **state)
{
    (void)state;
    seen = 0;
    desk_open();
    desk_write(CF_WHAT_WARN, 0, "the first", false);
    struct cf_query query = CF_QUERY_ALL;
    query.user = "ana";
    assert_int_equal(cf_query_follow(desk.loop, desk.folder, &query, take_and_write, NULL, NULL), CF_OK);
    assert_int_equal(seen, ENTRIES);
}

/* The last so many first, and then what comes; the journal is set aside meanwhile, and begins anew. */
static bool take_over(void *data, const struct cf_entry *entry)
{
    static const uint64_t expected[] = {18, 19, 20, 21, 1, 2};
    (void)data;
    assert_int_equal(entry->number, expected[seen++]);
    if (seen == 3) {
        desk_write(CF_WHAT_WARN, 0, "twenty-one", false);
    } else if (seen == 4) {
        cf_writer_destroy(desk.writer);
        assert_int_equal(rename(folder_path("journal.db"), folder_path("journal.db.aside-1")), 0);
        desk_open();
        desk_write(CF_WHAT_WARN, 0, "one", false);
        desk_write(CF_WHAT_WARN, 0, "two", false);
    }
    return seen < sizeof expected / sizeof *expected;
}

static void test_begun_anew(void **state)
{
    (void)state;
    seen = 0;
    desk_open();
    for (int i = 0; i < 20; i++)
        desk_write(CF_WHAT_WARN, 0, "x", false);
    desk_close();
    desk_open();
    struct cf_query query = CF_QUERY_ALL;
    query.last = 3;
    assert_int_equal(cf_query_follow(desk.loop, desk.folder, &query, take_over, NULL, NULL), CF_OK);
}

static void test_nowhere(void **state)
{
    (void)state;
    struct cf_error err;
    assert_int_equal(cf_query_follow(desk.loop, "/nowhere at all", &CF_QUERY_ALL, take_over, NULL, &err),
                     CF_FAILED);
    assert_non_null(strstr(err.text, "/nowhere at all cannot be watched"));
}

/* ---- Readers meanwhile ---- */

struct reader {
    uv_thread_t thread;
    uint64_t next; /* the number expected */
    uint64_t rounds;
    const char *wrong;
};

static bool check_order(void *data, const struct cf_entry *entry)
{
    struct reader *reader = data;
    if (entry->number != reader->next++)
        reader->wrong = "an entry is missing, or there twice";
    return true;
}

static void read_on(void *data)
{
    struct reader *reader = data;
    for (uint64_t most = 0; most < 10 * ENTRIES && !reader->wrong; reader->rounds++) {
        reader->next = 1;
        if (cf_query_run(desk.folder, &CF_QUERY_ALL, check_order, reader, NULL) != CF_OK)
            reader->wrong = "the journal could not be read";
        if (reader->next - 1 < most)
            reader->wrong = "an entry went away";
        most = reader->next - 1;
    }
}

static void test_two_readers(void **state)
{
    (void)state;
    struct reader readers[2] = {0};
    desk.stops = true;
    desk_open();
    for (int i = 0; i < 2; i++)
        assert_int_equal(uv_thread_create(&readers[i].thread, read_on, &readers[i]), 0);
    for (int i = 0; i < 10 * ENTRIES; i++) {
        desk_write(CF_WHAT_WARN, 0, "x", true);
        if (i % 7 == 0)
            cf_loop_run(desk.loop);
    }
    if ((uint64_t)desk.kept < desk.written)
        cf_loop_run(desk.loop);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(uv_thread_join(&readers[i].thread), 0);
        if (readers[i].wrong)
            fail_msg("%s", readers[i].wrong);
    }
    assert_int_equal(desk.kept, 10 * ENTRIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_follow, set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_begun_anew, set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_nowhere, set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_two_readers, set_up, desk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
