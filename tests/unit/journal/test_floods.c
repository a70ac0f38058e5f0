#include "desk.h"

#include "journal/retention.h"

/* The journal is shortened while it is written: by its size in a flood, and by its age once an hour. */

static struct flood {
    uint64_t random;
    int64_t limit;
    bool *honest; /* by number: a decision, or what came of one */
    uint64_t decision;
    int64_t decided; /* bytes of theirs */
    bool full;       /* the file has reached its limit, and no more goes than has to */
    size_t kept, lost, others;
    uint64_t first; /* the earliest decision that is there */
} flood;

enum { MOST = 200000, LONGEST = 900, ROW = 280 };

#ifdef _WIN32
enum { FLOODS = 1 }; /* each takes Wine's disk a while */
#else
enum { FLOODS = 4 };
#endif

static void pour(enum cf_what what, uint64_t decision, bool users)
{
    static char text[LONGEST + 1];
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){"host", "7", 1, 100};
    session.user = (char *)"ana";
    session.uid = 1000;
    int length = (int)pick(&flood.random, users || !decision ? LONGEST : LONGEST / 4);
    memset(text, 'x', sizeof text);
    text[length] = '\0';
    struct cf_entry entry = {.number = ++desk.written,
                             .decision = decision,
                             .at = cf_loop_wall(desk.loop),
                             .what = what,
                             .session = &session,
                             .text = text,
                             .by_user = users};
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    journal->write(journal->data, &entry, NULL, NULL);
    assert_true(desk.written < MOST);
    flood.honest[desk.written] = decision && !users;
    if (decision && !users)
        flood.decided += ROW + length;
}

static void decide(void)
{
    flood.decision++;
    pour(CF_WHAT_WARN, flood.decision, false);
    pour(CF_WHAT_LOGOFF, flood.decision, false);
    pour(pick(&flood.random, 4) ? CF_WHAT_ENDED : CF_WHAT_FAILED, flood.decision, false);
}

/* A note, a `stay`, or a failure that is no action's. */
static void chatter(void)
{
    int64_t kind = pick(&flood.random, 4);
    if (kind == 0) {
        flood.decision++;
        pour(CF_WHAT_LOGOFF, flood.decision, true);
        pour(CF_WHAT_ENDED, flood.decision, true);
    } else {
        pour(kind == 1 ? CF_WHAT_EXTEND : CF_WHAT_FAILED, 0, kind == 1);
    }
}

static void check_file(void)
{
    struct stat status;
    desk_run();
    assert_int_equal(stat(folder_path("journal.db"), &status), 0);
    assert_in_range(status.st_size, flood.full ? flood.limit / 2 : 0, flood.limit + CF_RETENTION_SLACK);
    flood.full |= status.st_size > flood.limit;
}

static bool note_kept(void *data, const struct cf_entry *entry)
{
    (void)data;
    bool honest = flood.honest[entry->number];
    flood.kept += honest;
    flood.others += !honest;
    if (honest && entry->number < flood.first)
        flood.first = entry->number;
    return true;
}

static void look(void)
{
    flood.kept = flood.lost = flood.others = 0;
    flood.first = UINT64_MAX;
    uint64_t written = desk.written;
    desk_close(); /* the thread tells that entries are written, and then shortens the file */
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, note_kept, NULL, NULL), CF_OK);
    desk_open();
    desk.written = written;
    for (uint64_t number = 1; number <= desk.written; number++)
        flood.lost += flood.honest[number];
    flood.lost -= flood.kept;
}

/* Whatever is said and fails meanwhile, decisions are there as long as they fit, and the file keeps to its
 * size. */
static void test_flood(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < FLOODS; round++) {
        flood = (struct flood){.random = 100 + round, .limit = 2000000 + 1000000 * (int64_t)round};
        flood.honest = cf_alloc(MOST * sizeof *flood.honest);
        desk.setup.retention.bytes = flood.limit;
        desk_open();
        int64_t seldom = 1 + pick(&flood.random, 30), run = round ? 1 + pick(&flood.random, 3000) : 12000;
        for (int i = 0; i < 20000; i++) {
            if (pick(&flood.random, seldom) == 0 && flood.decided < flood.limit * 7 / 8)
                decide();
            chatter();
            if (i % run == 0)
                check_file();
        }
        check_file();
        look();
        assert_int_equal(flood.lost, 0);
        assert_in_range(flood.others, 0, 15000);
        for (int i = 0; i < 10000; i++) {
            decide();
            if (i % run == 0)
                check_file();
        }
        check_file();
        look(); /* the oldest of them, then */
        assert_true(flood.lost > 0 && flood.kept > 1000);
        for (uint64_t number = flood.first; number <= desk.written; number++)
            flood.kept -= flood.honest[number];
        assert_int_equal(flood.kept, 0);
        desk_close();
        free(flood.honest);
        assert_int_equal(remove(folder_path("journal.db")), 0);
    }
}

/* One that begins as a journal is opened, before the thread had time for anything else. */
static void test_flood_at_once(void **state)
{
    (void)state;
    flood = (struct flood){.random = 7, .limit = 2000000};
    flood.honest = cf_alloc(MOST * sizeof *flood.honest);
    desk.setup.retention.bytes = flood.limit;
    for (int round = 0; round < 4; round++) {
        desk_open();
        for (int i = 0; i < 12000; i++)
            chatter();
        check_file();
        desk_close();
    }
    free(flood.honest);
}

/* The thread takes its time; it is waited for. */
static void wait_for_count(size_t count)
{
    uint64_t until = uv_hrtime() + UINT64_C(60000000000);
    while (desk_count(NULL) != count)
        if (uv_hrtime() > until)
            fail_msg("there are %zu entries, not %zu", desk_count(NULL), count);
}

/* The writer does it by itself: at opening, all that there is, and an hour after something was written,
 * whatever else is written meanwhile. */
static void test_by_itself(void **state)
{
    (void)state;
    desk.setup.retention.keep = CF_DAY;
    desk_open();
    for (int i = 0; i < 2 * CF_RETENTION_ROWS + 10; i++) {
        desk_write(CF_WHAT_WARN, 0, "x", false);
        if (i % 1000 == 0) /* more of one policy's would not find room at once */
            desk_run();
    }
    desk_close();
    assert_int_equal(desk_count(NULL), 2 * CF_RETENTION_ROWS + 10);
    cf_loop_run_until(desk.loop, cf_mono_add(cf_loop_now(desk.loop), CF_DAY));
    cf_loop_run_until(desk.loop, cf_mono_add(cf_loop_now(desk.loop), CF_HOUR));
    desk_open();
    wait_for_count(0);
    desk_write(CF_WHAT_WARN, 0, "x", false);
    desk_write(CF_WHAT_LOGOFF, 1, "x", false);
    desk_run();
    cf_loop_run_until(desk.loop, cf_mono_add(cf_loop_now(desk.loop), CF_DAY));
    for (int i = 0; i < 3; i++) {
        desk_write(CF_WHAT_WARN, 0, "x", false);
        cf_loop_run_until(desk.loop, cf_mono_add(cf_loop_now(desk.loop), cf_minutes(25)));
    }
    wait_for_count(4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_flood, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_flood_at_once, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_by_itself, desk_set_up, desk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
