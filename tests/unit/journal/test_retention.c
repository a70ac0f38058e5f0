#include "desk.h"

#include "journal/retention.h"

/*
 * Whatever was written when: after the journal was shortened, nothing that is too old is left, but for what
 * belongs to a decision that is open or has something younger; nothing went that need not; no open decision
 * was closed, and no closed one opened.
 */

enum { ROWS = 400, DECISIONS = 60 };

struct one {
    int64_t at;
    uint64_t decision;
    enum cf_what what;
    bool dry, users, there;
} entries[ROWS + 1];

static bool mark(void *data, const struct cf_entry *entry)
{
    (void)data;
    entries[entry->number].there = true;
    return true;
}

static bool is_open(uint64_t decision, bool only_there)
{
    bool acted = false, ended = false;
    for (int i = 1; decision && i <= ROWS; i++) {
        const struct one *one = &entries[i];
        if (one->decision != decision || one->dry || (only_there && !one->there))
            continue;
        acted |= one->what == CF_WHAT_LOGOFF || one->what == CF_WHAT_FORCE;
        ended |= one->what == CF_WHAT_ENDED || one->what == CF_WHAT_FAILED || one->what == CF_WHAT_REFUSED;
    }
    return acted && !ended;
}

static bool is_closed(uint64_t decision)
{
    bool acted = false;
    for (int i = 1; decision && i <= ROWS; i++)
        acted |= entries[i].decision == decision && entries[i].what != CF_WHAT_WARN && !entries[i].dry;
    return acted && !is_open(decision, false);
}

static bool has_younger(uint64_t decision, int64_t cutoff)
{
    bool younger = false;
    for (int i = 1; decision && i <= ROWS; i++)
        younger |= entries[i].decision == decision && entries[i].at >= cutoff;
    return younger;
}

static void write_by_chance(uint64_t *random)
{
    static const enum cf_what whats[] = {CF_WHAT_LOGOFF, CF_WHAT_FORCE, CF_WHAT_ENDED,
                                         CF_WHAT_FAILED, CF_WHAT_WARN,  CF_WHAT_REFUSED};
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    int64_t at = 1000000;
    memset(entries, 0, sizeof entries);
    for (uint64_t i = 1; i <= ROWS; i++) {
        at += pick(random, 20) ? pick(random, 1000) : pick(random, 200000) - 100000; /* the clock is set */
        uint64_t decision = pick(random, 3) ? (uint64_t)pick(random, DECISIONS) : 0;
        bool open = is_open(decision, false);
        enum cf_what what =
            open ? whats[pick(random, 6)] : whats[pick(random, 2)]; /* first that, then what of it */
        entries[i] = (struct one){
            at, open || !is_closed(decision) ? decision : 0, what, pick(random, 3) == 0, false, false};
        entries[i].users = entries[i].decision ? entries[i].decision % 4 == 1 : pick(random, 3) == 0;
        struct cf_entry entry = {.number = i,
                                 .decision = entries[i].decision,
                                 .at = {at},
                                 .what = entries[i].what,
                                 .dry = entries[i].dry,
                                 .by_user = entries[i].users,
                                 .text = "idle for 30 minutes"};
        journal->write(journal->data, &entry, NULL, NULL);
    }
}

static void shorten(const struct cf_retention *retention, struct cf_instant now)
{
    struct cf_database database;
    struct cf_buffer aside = {0};
    struct cf_error err = {0};
    bool more = true;
    if (cf_database_open(&database, desk.folder, (struct cf_span){0}, &aside, &err) != CF_OK)
        fail_msg("%s", err.text);
    while (more)
        if (cf_retention_sweep(&database, retention, now, &more, &err) != CF_OK)
            fail_msg("%s", err.text);
    cf_database_finish(&database);
    cf_buffer_finish(&aside);
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, mark, NULL, NULL), CF_OK);
}

static size_t count_open_one(void)
{
    size_t count = 0;
    assert_int_equal(cf_query_open_decisions(desk.folder, desk_count_one, &count, NULL), CF_OK);
    return count;
}

static void check_open(void)
{
    size_t count = 0;
    for (uint64_t decision = 1; decision < DECISIONS; decision++) {
        assert_int_equal(is_open(decision, true), is_open(decision, false));
        count += is_open(decision, false);
    }
    assert_int_equal(count_open_one(), count);
}

static void test_age(void **state)
{
    (void)state;
    for (uint64_t round = 0, random = 1; round < CASES(25); round++) {
        desk_open();
        write_by_chance(&random);
        desk_close();
        int64_t cutoff = entries[1 + pick(&random, ROWS)].at, keep = 1 + pick(&random, 1000000);
        shorten(&(struct cf_retention){.keep = {keep}}, (struct cf_instant){cutoff + keep});
        for (int i = 1; i <= ROWS; i++) {
            const struct one *one = &entries[i];
            assert_int_equal(one->there, one->at >= cutoff || is_open(one->decision, false) ||
                                             has_younger(one->decision, cutoff));
        }
        check_open();
        assert_int_equal(remove(folder_path("journal.db")), 0);
    }
}

/* What is to go first has the least. */
static int rank_of(const struct one *one)
{
    return one->users ? 0 : one->decision ? 2 : 1;
}

/* What is kept is what matters most, and of that the latest. */
static void check_ranks(void)
{
    for (int i = 1; i <= ROWS; i++)
        for (int j = 1; j <= ROWS && entries[i].there && !is_open(entries[i].decision, false); j++) {
            int kept = rank_of(&entries[i]), other = rank_of(&entries[j]);
            assert_true(entries[j].there || other < kept || (other == kept && j < i));
        }
}

static void test_size(void **state)
{
    (void)state;
    for (uint64_t round = 0, random = 9; round < CASES(25); round++) {
        desk_open();
        write_by_chance(&random);
        desk_close();
        struct stat before, after;
        assert_int_equal(stat(folder_path("journal.db"), &before), 0);
        int64_t bytes = 24000 + pick(&random, before.st_size);
        shorten(&(struct cf_retention){.bytes = bytes}, (struct cf_instant){0});
        assert_int_equal(stat(folder_path("journal.db"), &after), 0);
        size_t left = 0, others = 0;
        for (int i = 1; i <= ROWS; i++) {
            bool open = is_open(entries[i].decision, false);
            assert_true(entries[i].there || !open);
            others += entries[i].there && !open;
            left += entries[i].there;
        }
        check_ranks();
        assert_true(after.st_size <= bytes || others == 0);
        assert_true(before.st_size > bytes || left == ROWS);
        check_open();
        assert_int_equal(remove(folder_path("journal.db")), 0);
    }
}

/* ---- One sweep at a time ---- */

static struct cf_database database = {.folder = -1}; /* closed */

static int close_database(void **state)
{
    cf_database_finish(&database);
    return desk_tear_down(state);
}

static void open_database(void)
{
    struct cf_buffer aside = {0};
    struct cf_error err = {0};
    if (cf_database_open(&database, desk.folder, (struct cf_span){1000}, &aside, &err) != CF_OK)
        fail_msg("%s", err.text);
    assert_null(aside.data);
}

static void change(const char *sql)
{
    struct cf_error err = {0};
    if (cf_database_run(&database, sql, &err) != CF_OK)
        fail_msg("%s: %s", sql, err.text);
}

static int64_t number_of(const char *sql)
{
    int64_t number = -1;
    assert_int_equal(cf_database_number(&database, sql, &number, NULL), CF_OK);
    return number;
}

static int64_t count_rows(void)
{
    return number_of("SELECT count(*) FROM entries");
}

static int64_t measure_used(void)
{
    return (number_of("PRAGMA page_count") - number_of("PRAGMA freelist_count")) *
           number_of("PRAGMA page_size");
}

/* A new journal with so many rows, which are alike; of every second one `decision` is its own number. */
static void make_rows(int count, int text, bool decisions)
{
    char sql[600];
    cf_database_finish(&database);
    (void)remove(folder_path("journal.db"));
    open_database();
    (void)snprintf(
        sql, sizeof sql,
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < %d) INSERT INTO "
        "entries (number, decision, at, what, dry, code, line, idle_us, text) SELECT x, CASE WHEN "
        "%d AND x %% 2 = 0 THEN x ELSE 0 END, x, 'warn', 0, 0, 0, 0, printf('%%.*c', %d, 'x') FROM n",
        count, decisions, text);
    change(sql);
}

/* Whether there may be more to delete. */
static bool sweep(int64_t keep, int64_t bytes, int64_t now)
{
    bool more = false;
    struct cf_error err = {0};
    struct cf_retention retention = {.keep = {keep}, .bytes = bytes};
    if (cf_retention_sweep(&database, &retention, (struct cf_instant){now}, &more, &err) != CF_OK)
        fail_msg("%s", err.text);
    return more;
}

/* Nothing is told of one that failed but why, and nothing of it stays done. */
static void assert_sweep_fails(int64_t keep, int64_t bytes, const char *why)
{
    bool more = false;
    struct cf_error err = {0};
    struct cf_retention retention = {.keep = {keep}, .bytes = bytes};
    int64_t rows = count_rows();
    assert_int_equal(
        cf_retention_sweep(&database, &retention, (struct cf_instant){INT64_MAX / 2}, &more, &err),
        CF_FAILED);
    assert_non_null(strstr(err.text, why));
    assert_false(more);
    assert_int_equal(count_rows(), rows);
    assert_true(sqlite3_get_autocommit(database.sqlite));
}

static void test_so_much_at_once(void **state)
{
    (void)state;
    enum { MORE = 200 };
    make_rows(CF_RETENTION_ROWS + MORE, 10, false);
    assert_true(sweep(1, 0, INT64_MAX / 2)); /* by age */
    assert_int_equal(count_rows(), MORE);
    assert_false(sweep(1, 0, INT64_MAX / 2));
    assert_int_equal(count_rows(), 0);
    make_rows(CF_RETENTION_ROWS + MORE, 10, false);
    assert_true(sweep(0, 1, CF_UNKNOWN_US)); /* by size */
    assert_int_equal(count_rows(), MORE);
    assert_int_equal(database.loose,
                     CF_RETENTION_ROWS); /* and is not compacted while there is more to delete */
    assert_true(sweep(0, 1, CF_UNKNOWN_US));
    assert_int_equal(count_rows(), 0);
    assert_false(sweep(0, 1, CF_UNKNOWN_US));
    make_rows(4, 10, true);
    change("UPDATE entries SET decision = 1, what = 'logoff'");
    assert_false(sweep(1, 1, INT64_MAX / 2)); /* what is open stays, and is not looked at for ever */
    assert_int_equal(count_rows(), 4);
}

static void test_never(void **state)
{
    (void)state;
    make_rows(1000, 100, true);
    assert_false(sweep(0, 0, INT64_MAX / 2));
    assert_false(sweep(1, 0, CF_UNKNOWN_US)); /* nobody knows what is old */
    assert_int_equal(count_rows(), 1000);
}

/* What goes is what has to, to the step; what fits needs not so much as a lock. */
static void test_no_more_than_has_to(void **state)
{
    (void)state;
    enum { ROWS_OF_THEM = 4000 };
    make_rows(ROWS_OF_THEM, 300, false);
    int64_t all = measure_used(), half = all / 2;
    assert_false(sweep(0, half, CF_UNKNOWN_US));
    int64_t rows = count_rows(), used = measure_used();
    assert_in_range(rows, ROWS_OF_THEM / 3, ROWS_OF_THEM * 2 / 3);
    assert_int_equal(rows % 100, 0);
    assert_in_range(used, half - (ROWS_OF_THEM - rows) / 2 * 300, half);
    assert_int_equal(number_of("PRAGMA freelist_count"), 0); /* it is given back */
    assert_int_equal(database.loose, ROWS_OF_THEM - rows);
    make_rows(ROWS_OF_THEM, 300, false);
    assert_false(sweep(0, used, CF_UNKNOWN_US)); /* the same, to the byte */
    assert_int_equal(count_rows(), rows);
    assert_int_equal(database.loose, ROWS_OF_THEM - rows);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_false(sweep(0, used, INT64_MAX / 2));
    assert_sweep_fails(1, used, "locked");
    assert_sweep_fails(0, used - 1, "locked");
    (void)sqlite3_close(other);
}

/* What went from between decisions is made up for by writing the file anew, before one of them goes. */
static void test_compact(void **state)
{
    (void)state;
    enum { DECIDED = 1500 };
    sqlite3_stmt *reader = NULL;
    make_rows(2 * DECIDED, 300, true);
    int64_t all = measure_used();
    assert_int_equal(sqlite3_prepare_v2(database.sqlite, "SELECT number FROM entries", -1, &reader, NULL), 0);
    assert_int_equal(sqlite3_step(reader), SQLITE_ROW); /* in the midst of it nothing can be written anew */
    bool more = false;
    struct cf_error err = {0};
    struct cf_retention retention = {.bytes = all * 5 / 8};
    assert_int_equal(
        cf_retention_sweep(&database, &retention, (struct cf_instant){CF_UNKNOWN_US}, &more, &err),
        CF_FAILED);
    assert_non_null(strstr(err.text, "VACUUM"));
    (void)sqlite3_finalize(reader);
    assert_int_equal(count_rows(), DECIDED);
    make_rows(2 * DECIDED, 300, true);
    assert_false(sweep(0, all * 5 / 8, CF_UNKNOWN_US));
    assert_int_equal(count_rows(), DECIDED);
    assert_int_equal(number_of("SELECT min(decision) FROM entries"), 2);
    assert_int_equal(database.loose, 0);
    assert_false(sweep(0, all * 3 / 8, CF_UNKNOWN_US)); /* the oldest, then */
    assert_in_range(count_rows(), DECIDED / 2, DECIDED - 100);
    assert_true(number_of("SELECT min(decision) FROM entries") > 2);
    assert_int_equal(database.loose, 0);
}

/* It is written anew only where that is worth it: rows of 200 bytes went, of a sixteenth of its size in all.
 */
static void test_compact_is_worth_it(void **state)
{
    (void)state;
    for (int missing = 0; missing < 2; missing++) {
        make_rows(1000, 300, true);
        change("UPDATE entries SET decision = number");
        int64_t bytes = measure_used() / 2, loose = bytes / 16 / 200 - missing;
        database.loose = loose;
        assert_false(sweep(0, bytes, CF_UNKNOWN_US));
        assert_in_range(count_rows(), 300, 700);
        assert_int_equal(database.loose, missing ? loose : 0);
    }
}

static void test_fails(void **state)
{
    (void)state;
    make_rows(1000, 300, true);
    change("DROP INDEX entries_by_user"); /* of a journal of an older curfew: it is made by the writer */
    assert_sweep_fails(0, 1, "no such index");
}

static void test_is_over(void **state)
{
    (void)state;
    make_rows(6000, 500, false);
    int64_t used = measure_used(), limit = used - CF_RETENTION_SLACK / 2;
    assert_in_range(limit, 1, used);
    assert_true(cf_retention_is_over(&database, &(struct cf_retention){.bytes = limit - 1}));
    assert_false(cf_retention_is_over(&database, &(struct cf_retention){.bytes = limit}));
    assert_false(cf_retention_is_over(&database, &(struct cf_retention){.bytes = 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_age, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_size, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_so_much_at_once, desk_set_up, close_database),
        cmocka_unit_test_setup_teardown(test_never, desk_set_up, close_database),
        cmocka_unit_test_setup_teardown(test_no_more_than_has_to, desk_set_up, close_database),
        cmocka_unit_test_setup_teardown(test_compact, desk_set_up, close_database),
        cmocka_unit_test_setup_teardown(test_compact_is_worth_it, desk_set_up, close_database),
        cmocka_unit_test_setup_teardown(test_fails, desk_set_up, close_database),
        cmocka_unit_test_setup_teardown(test_is_over, desk_set_up, close_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
