#include "desk.h"

#include "journal/aside.h"
#include "journal/database.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>

/* Files that are no sound journal of this curfew are set aside as they are, and a new one is begun. */

static char *slurp(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    (void)fseek(file, 0, SEEK_END);
    *ret_size = (size_t)ftell(file);
    rewind(file);
    char *bytes = cf_alloc(*ret_size + 1);
    assert_int_equal(fread(bytes, 1, *ret_size, file), *ret_size);
    (void)fclose(file);
    return bytes;
}

static void spill(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    (void)fclose(file);
}

/* A journal with some content, closed. */
static void make_journal(void)
{
    desk_open();
    for (int i = 0; i < 300; i++)
        desk_write(CF_WHAT_WARN, 0, "No activity: you will be logged off in 5 minutes.", false);
    desk_close();
}

static void change(const char *sql)
{
    sqlite3 *sqlite;
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
}

/* Whatever lies there, curfew writes; returns whether it lies aside, to the byte. */
static bool opens(const char *bytes, size_t size)
{
    desk.kept = 0;
    desk_open();
    assert_null(cf_writer_trouble(desk.writer));
    desk_write(CF_WHAT_WARN, 0, "after", true);
    desk_run();
    assert_int_equal(desk.kept, 1);
    desk_close();
    size_t aside_size = 0;
    char *aside = slurp(folder_path("journal.db.aside-1"), &aside_size);
    if (!aside)
        return false;
    assert_int_equal(aside_size, size);
    assert_memory_equal(aside, bytes, size);
    free(aside);
    assert_int_equal(desk.last_entry, 0);
    assert_int_equal(desk_count(NULL), 1);
    assert_int_equal(remove(folder_path("journal.db.aside-1")), 0);
    return true;
}

static void test_damaged(void **state)
{
    (void)state;
    size_t size = 0;
    uint64_t random = 11;
    int asides = 0;
    make_journal();
    char *sound = slurp(folder_path("journal.db"), &size), *bytes = cf_alloc(size);
    for (int round = 0; round < CASES(90); round++) {
        size_t length = size;
        memcpy(bytes, sound, size);
        switch (round % 3) {
        case 0: /* cut */ length = (size_t)pick(&random, (int64_t)size); break;
        case 1: /* a stretch of anything */
            for (int64_t at = pick(&random, (int64_t)size), end = at + 4096; at < end && at < (int64_t)size;
                 at++)
                bytes[at] = (char)chance(&random);
            break;
        default: /* some bits */
            for (int i = 0; i < 5; i++)
                bytes[pick(&random, (int64_t)size)] ^= (char)(1 << pick(&random, 8));
        }
        spill(folder_path("journal.db"), bytes, length);
        asides += opens(bytes, length);
        (void)remove(folder_path("journal.db-wal"));
        (void)remove(folder_path("journal.db-shm"));
    }
    assert_true(asides > CASES(50)); /* the others hit nothing that holds the tables together */
    free(sound);
    free(bytes);
}

static void test_foreign(void **state)
{
    (void)state;
    static const char *const made[] = {"PRAGMA user_version = 3", "PRAGMA user_version = 0",
                                       "PRAGMA user_version = -3"};
    size_t size = 0;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        make_journal();
        change(made[i]);
        char *bytes = slurp(folder_path("journal.db"), &size);
        assert_true(opens(bytes, size));
        free(bytes);
        assert_int_equal(remove(folder_path("journal.db")), 0);
    }
    assert_false(opens(NULL, 0)); /* an empty file is a new journal */
}

/* One of the first curfew goes on as it is, with room for what it did not know. */
static bool is_older(void *data, const struct cf_entry *entry)
{
    ++*(size_t *)data;
    assert_false(entry->unwarned);
    assert_null(entry->revision);
    return true;
}

static void test_older(void **state)
{
    (void)state;
    size_t size = 0, count = 0;
    struct cf_error err;
    make_journal();
    change("ALTER TABLE entries DROP COLUMN reason; ALTER TABLE entries DROP COLUMN unwarned;"
           "ALTER TABLE entries DROP COLUMN in_use;"
           "ALTER TABLE entries DROP COLUMN revision; PRAGMA user_version = 1");
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, is_older, &count, &err), CF_FAILED);
    assert_non_null(strstr(err.text, "older curfew; curfew run brings it up to date"));
    char *bytes = slurp(folder_path("journal.db"), &size);
    assert_false(opens(bytes, size)); /* it is not set aside */
    free(bytes);
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, is_older, &count, &err), CF_OK);
    assert_true(count > 10);
    /* What only says that it is older is no journal. */
    change("PRAGMA user_version = 1");
    bytes = slurp(folder_path("journal.db"), &size);
    assert_true(opens(bytes, size));
    free(bytes);
}

/* Of a newer curfew that was killed: what is in its write-ahead log stays there. */
static void test_newer_killed(void **state)
{
    (void)state;
    make_journal();
    sqlite3 *newer;
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &newer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(newer, "PRAGMA user_version = 9; DELETE FROM entries WHERE number > 10",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    size_t size = 0, wal_size = 0;
    char *bytes = slurp(folder_path("journal.db"), &size),
         *wal = slurp(folder_path("journal.db-wal"), &wal_size);
    (void)sqlite3_close(newer);
    spill(folder_path("journal.db"), bytes, size);
    spill(folder_path("journal.db-wal"), wal, wal_size);
    assert_true(opens(bytes, size));
    size_t aside_size = 0;
    char *aside = slurp(folder_path("journal.db.aside-1-wal"), &aside_size);
    assert_int_equal(aside_size, wal_size);
    assert_memory_equal(aside, wal, wal_size);
    free(aside);
    free(bytes);
    free(wal);
}

/* Readers say what they see and change nothing. */
static void test_readers(void **state)
{
    (void)state;
    struct cf_error err;
    size_t count = 0;
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, desk_count_one, &count, &err), CF_UNAVAILABLE);
    assert_non_null(strstr(err.text, "there is no journal yet"));
    make_journal();
    change("PRAGMA user_version = 3");
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, desk_count_one, &count, &err), CF_FAILED);
    assert_non_null(strstr(err.text, "newer curfew"));
    spill(folder_path("journal.db"), "no database at all", 18);
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, desk_count_one, &count, &err), CF_FAILED);
    assert_non_null(strstr(err.text, "not a database"));
    assert_int_equal(count, 0);
}

/* By another process: closing the file in this one would let go of SQLite's locks. */
static void damage(off_t at, uint64_t *random)
{
    char page[4096];
    for (size_t i = 0; i < sizeof page; i++)
        page[i] = (char)chance(random);
    const char *path = folder_path("journal.db");
    pid_t child = fork();
    if (child == 0) {
        int fd = open(path, O_WRONLY);
        _exit(pwrite(fd, page, sizeof page, at) != sizeof page);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Damaged while it is written: everybody is told, and in the end there is a sound journal again. */
static void test_damaged_at_work(void **state)
{
    (void)state;
    uint64_t random = 2;
    make_journal();
    for (int round = 0; round < 6; round++) {
        desk_open();
        damage(4096 * (1 + pick(&random, 8)), &random);
        for (int i = 0; i < 200; i++)
            desk_write(CF_WHAT_WARN, 0, "No activity: you will be logged off in 5 minutes.", true);
        desk_run();
        desk_close();
    }
    assert_int_equal(desk.kept + desk.refused, 1200);
    desk_open();
    assert_null(cf_writer_trouble(desk.writer));
    assert_int_equal(access(folder_path("journal.db.aside-1"), F_OK), 0);
}

/* ---- A disk that cannot be read at times, which is no damage ---- */

static uint64_t disk_random;
static int disk_fails; /* of so many reads, one; 0: none */

static ssize_t read_badly(int fd, void *bytes, size_t size, off_t at)
{
    if (disk_fails && pick(&disk_random, disk_fails) == 0) {
        errno = EIO;
        return -1;
    }
    return pread(fd, bytes, size, at);
}

static void test_unreadable(void **state)
{
    (void)state;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    make_journal();
    assert_int_equal(vfs->xSetSystemCall(vfs, "pread", (sqlite3_syscall_ptr)read_badly), SQLITE_OK);
    (void)vfs->xSetSystemCall(vfs, "pread64", (sqlite3_syscall_ptr)read_badly);
    for (int round = 0; round < CASES(200); round++) {
        disk_random = (uint64_t)round + 1;
        disk_fails = 2 + round % 50;
        desk_open();
        for (int i = 0; i < 5; i++)
            desk_write(CF_WHAT_WARN, 0, "while the disk fails", true);
        desk_run();
        disk_fails = 0;
        desk_close();
        assert_int_not_equal(access(folder_path("journal.db.aside-1"), F_OK), 0);
    }
    (void)vfs->xSetSystemCall(vfs, NULL, NULL);
    desk_open();
    assert_null(cf_writer_trouble(desk.writer));
    assert_true(desk.kept > 100 && desk.refused > 100);
    assert_int_equal(desk_count(NULL), 300 + desk.kept);
}

/* ---- Many set aside ---- */

static void test_asides(void **state)
{
    (void)state;
    struct cf_database database;
    struct cf_buffer news = {0};
    for (int i = 1; i <= 8; i++) {
        spill(folder_path("journal.db"), "no database at all", 18);
        cf_buffer_clear(&news);
        assert_int_equal(cf_database_open(&database, desk.folder, cf_seconds(1), &news, NULL), CF_OK);
        cf_database_finish(&database);
        char text[64];
        (void)snprintf(text, sizeof text, "the oldest set aside before went for it: journal.db.aside-%d",
                       i - 5);
        assert_int_equal(strstr(news.data, text) != NULL, i > 5);
    }
    assert_int_not_equal(access(folder_path("journal.db.aside-3"), F_OK), 0);
    assert_int_equal(access(folder_path("journal.db.aside-4"), F_OK), 0);
    assert_int_equal(access(folder_path("journal.db.aside-8"), F_OK), 0);
    /* One that is too large for all the others. */
    assert_int_equal(truncate(folder_path("journal.db.aside-7"), CF_ASIDE_BYTES), 0);
    spill(folder_path("journal.db"), "no database at all", 18);
    cf_buffer_clear(&news);
    assert_int_equal(cf_database_open(&database, desk.folder, cf_seconds(1), &news, NULL), CF_OK);
    cf_database_finish(&database);
    assert_int_not_equal(access(folder_path("journal.db.aside-7"), F_OK), 0);
    assert_int_equal(access(folder_path("journal.db.aside-8"), F_OK), 0);
    assert_int_equal(access(folder_path("journal.db.aside-9"), F_OK), 0);
    cf_buffer_finish(&news);
}

/* ---- One at a time ---- */

/* Whichever of its files is removed: the other curfew lives. */
static void test_one_at_a_time(void **state)
{
    (void)state;
    static const char *const names[] = {"journal.db", "journal.lock", "journal.db-wal", "journal.db-shm"};
    for (unsigned removed = 0; removed < 16; removed++) {
        struct cf_database first, second;
        struct cf_buffer news = {0};
        struct cf_error err = {0};
        assert_int_equal(cf_database_open(&first, desk.folder, cf_seconds(1), &news, NULL), CF_OK);
        for (size_t i = 0; i < 4; i++)
            if (removed >> i & 1)
                (void)remove(folder_path(names[i]));
        assert_int_equal(cf_database_open(&second, desk.folder, cf_seconds(1), &news, &err), CF_REFUSED);
        assert_non_null(strstr(err.text, "another curfew is at work"));
        cf_database_finish(&second);
        cf_database_finish(&first);
        assert_int_equal(cf_database_open(&first, desk.folder, cf_seconds(1), &news, NULL), CF_OK);
        cf_database_finish(&first);
        cf_buffer_finish(&news);
    }
}

/* What a crafted file has in its schema is not run, not even by a write to the table. */
static void test_crafted(void **state)
{
    (void)state;
    make_journal();
    change(
        "CREATE TABLE seen(x); CREATE TRIGGER t AFTER INSERT ON entries BEGIN INSERT INTO seen VALUES(1); END");
    desk_open();
    desk_write(CF_WHAT_WARN, 0, "after", true);
    desk_run();
    desk_close();
    sqlite3 *sqlite;
    sqlite3_stmt *count;
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(sqlite, "SELECT count(*) FROM seen", -1, &count, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(count, 0), 0);
    (void)sqlite3_finalize(count);
    (void)sqlite3_close(sqlite);
}

/* Views in the table's place, and an index whose expression calls for work: none of it is curfew's journal.
 */
static void test_crafted_schema(void **state)
{
    (void)state;
    static const char *const made[] = {
        "ALTER TABLE entries RENAME TO others; CREATE VIEW entries AS SELECT * FROM others",
        "ALTER TABLE entries RENAME TO others; CREATE VIEW entries AS SELECT others.*, load_extension('x') "
        "FROM others",
        "DROP TABLE entries; CREATE VIRTUAL TABLE entries USING fts5(a)",
        "DROP TABLE entries; CREATE VIEW entries AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 "
        "FROM n) SELECT x FROM n",
    };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        sqlite3 *sqlite;
        make_journal();
        assert_int_equal(sqlite3_open(folder_path("journal.db"), &sqlite), SQLITE_OK);
        bool is_made = sqlite3_exec(sqlite, made[i], NULL, NULL, NULL) == SQLITE_OK;
        assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
        size_t count = 0;
        struct cf_error err;
        if (is_made) /* readers do not run it either */
            assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, desk_count_one, &count, &err),
                             CF_FAILED);
        assert_int_equal(count, 0);
        desk_open();
        assert_null(cf_writer_trouble(desk.writer));
        desk_close();
        assert_int_equal(access(folder_path("journal.db.aside-1"), F_OK) == 0, is_made);
        desk_renew_folder();
    }
}

/* A schema of many thousand tables costs its reading, and no more. */
static void test_huge_schema(void **state)
{
    (void)state;
    sqlite3 *sqlite;
    char sql[64];
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(sql, sizeof sql, "CREATE TABLE t%d (x)", i);
        assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
    }
    assert_int_equal(sqlite3_exec(sqlite, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
    desk_open();
    assert_null(cf_writer_trouble(desk.writer));
    assert_int_equal(access(folder_path("journal.db.aside-1"), F_OK), 0);
}

/* A link in place of a file would let whoever laid it have another file written. */
static void test_links(void **state)
{
    (void)state;
    static const char *const names[] = {"journal.db", "journal.lock"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct cf_error err = {0};
        struct cf_buffer aside = {0};
        struct cf_database database;
        size_t size = 1;
        spill(folder_path("victim"), "", 0);
        (void)remove(folder_path("journal.lock"));
        assert_int_equal(symlink("victim", folder_path(names[i])), 0);
        assert_int_equal(cf_database_open(&database, desk.folder, cf_seconds(1), &aside, &err), CF_FAILED);
        assert_non_null(strstr(err.text, "is no plain file"));
        cf_database_finish(&database);
        cf_buffer_finish(&aside);
        free(slurp(folder_path("victim"), &size));
        assert_int_equal(size, 0);
        assert_int_equal(remove(folder_path(names[i])), 0);
    }
}

/* Nor is one followed that stands where SQLite lays its own files beside it. */
static void test_links_beside(void **state)
{
    (void)state;
    static const char *const names[] = {"journal.db-wal", "journal.db-shm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size = 1;
        make_journal();
        spill(folder_path("victim"), "", 0);
        assert_int_equal(symlink("victim", folder_path(names[i])), 0);
        desk_open();
        desk_write(CF_WHAT_WARN, 0, "after", true);
        desk_run();
        desk_close();
        free(slurp(folder_path("victim"), &size));
        assert_int_equal(size, 0);
        desk_renew_folder();
    }
}

/* Each allocation of SQLite fails in its turn. */
static int allocations_left;
static sqlite3_mem_methods usual;

static void *allocate(int size)
{
    return allocations_left-- > 0 ? usual.xMalloc(size) : NULL;
}

static void test_no_memory_to_read(void **state)
{
    (void)state;
    make_journal();
    assert_int_equal(sqlite3_shutdown(), SQLITE_OK);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual), SQLITE_OK);
    sqlite3_mem_methods failing = usual;
    failing.xMalloc = allocate;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing), SQLITE_OK);
    allocations_left = 1 << 20;
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    for (int left = 0; left < 60; left++) {
        struct cf_database database;
        struct cf_error err = {0};
        allocations_left = left;
        (void)cf_database_open_to_read(&database, desk.folder, &err);
        cf_database_finish(&database);
    }
    assert_int_equal(sqlite3_shutdown(), SQLITE_OK);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &usual), SQLITE_OK);
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
}

static void count_when_indexed(const struct cf_query_latest *latest, size_t *count)
{
    while (cf_query_latest(desk.folder, latest, desk_count_one, count, NULL) != CF_OK)
        (void)usleep(1000); /* each index comes by itself */
}

/* A journal of an older curfew gets the indexes, and stays one that it can read. */
static void test_indexes(void **state)
{
    (void)state;
    desk_open();
    desk_write(CF_WHAT_WARN, 0, "x", false);
    desk_close();
    change("DROP INDEX entries_own; DROP INDEX entries_session; DROP INDEX entries_user;"
           "DROP INDEX entries_by_user; DROP INDEX entries_apart; ALTER TABLE entries DROP COLUMN by_user");
    struct cf_query_latest latest = {.session = "7", .uid = CF_NUMBER_UNKNOWN, .since = {0}, .count = 10};
    size_t count = 0;
    assert_int_equal(cf_query_latest(desk.folder, &latest, desk_count_one, &count, NULL), CF_FAILED);
    struct cf_database database;
    struct cf_buffer aside = {0};
    assert_int_equal(cf_database_open(&database, desk.folder, (struct cf_span){0}, &aside, NULL), CF_OK);
    assert_null(aside.data);
    cf_database_finish(&database); /* opening does not wait for them, … */
    assert_int_equal(cf_query_latest(desk.folder, &latest, desk_count_one, &count, NULL), CF_FAILED);
    desk_open(); /* … but the thread makes them */
    count_when_indexed(&latest, &count);
    assert_int_equal(count, 1);
    latest.user = "ana";
    count_when_indexed(&latest, &count);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_damaged, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_foreign, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_older, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_newer_killed, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_readers, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_at_work, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_crafted, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_unreadable, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_asides, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_one_at_a_time, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_crafted_schema, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_huge_schema, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_links, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_links_beside, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_no_memory_to_read, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_indexes, desk_set_up, desk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
