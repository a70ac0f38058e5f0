#include "../../fixture/disk.h"
#include "desk.h"

#include "journal/backlog.h"
#include "journal/row.h"
#include "journal/writer_thread.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { NOBODY = 65534 };

/* ---- In order ---- */

static void on_kept_is_there(void *context, int code)
{
    (void)context;
    assert_int_equal(code, CF_OK);
    desk.kept++;
    assert_true(desk_count(NULL) >= (size_t)desk.kept);
}

/* Told in order, when a reader sees it; numbers and decisions go on after a restart. */
static void test_kept(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 3; round++) {
        desk_open();
        assert_int_equal(desk.last_entry, round * 20);
        assert_int_equal(desk.last_decision, round * 100);
        const struct cf_journal *journal = cf_writer_journal(desk.writer);
        desk.kept = (int)(round * 20);
        for (uint64_t i = 1; i <= 20; i++) {
            struct cf_entry entry = {.number = desk.last_entry + i, .decision = round * 100 + i * 5};
            journal->write(journal->data, &entry, on_kept_is_there, NULL);
            assert_int_equal(desk.kept, round * 20 + (i > 10 ? 10 : 0)); /* never inside */
            if (i == 10)
                desk_run();
        }
        desk_run();
        assert_int_equal(desk.kept, (round + 1) * 20);
        desk_close();
    }
    struct stat status;
    assert_int_equal(stat(folder_path("journal.db"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* What is queued at the end is written, and nobody is told. */
static void test_drained(void **state)
{
    (void)state;
    desk_open();
    for (int i = 0; i < 1000; i++)
        desk_write(CF_WHAT_WARN, 0, "x", true);
    desk_close();
    assert_int_equal(desk.kept, 0);
    assert_int_equal(desk_count(NULL), 1000);
}

/* Nothing of it keeps a loop that has nothing else to do. */
static void test_loop_ends(void **state)
{
    (void)state;
    desk_open();
    cf_loop_run(desk.loop);
    desk_write(CF_WHAT_WARN, 0, "x", true);
    cf_loop_run(desk.loop);
    assert_int_equal(desk.kept, 1);
}

static void test_one_writer(void **state)
{
    (void)state;
    desk_open();
    struct cf_writer *second = NULL;
    struct cf_error err = {0};
    assert_int_equal(cf_writer_create(&desk.setup, &second, &err), CF_REFUSED);
    assert_non_null(strstr(err.text, "another curfew is at work"));
    desk_write(CF_WHAT_WARN, 0, "x", true);
    desk_run();
    assert_int_equal(desk.kept, 1);
}

/* ---- Killed ---- */

static int told; /* a pipe: the numbers that were kept */

static void on_kept_tell(void *context, int code)
{
    uint64_t number = (uint64_t)(uintptr_t)context;
    if (code != CF_OK || write(told, &number, sizeof number) != sizeof number)
        _exit(1);
}

static _Noreturn void write_for_ever(void)
{
    desk_open();
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    for (uint64_t random = 1, number = desk.last_entry;;) {
        for (int64_t burst = pick(&random, 20); burst >= 0; burst--) {
            struct cf_entry entry = {.number = ++number, .text = "written by a program that will be killed"};
            journal->write(journal->data, &entry, on_kept_tell, (void *)(uintptr_t)number);
        }
        desk_run();
    }
}

static bool mark(void *data, const struct cf_entry *entry)
{
    ((char *)data)[entry->number] = 1;
    return true;
}

static void test_killed(void **state)
{
    (void)state;
    enum { KILLS = 10, NUMBERS = 100000 };
    char *kept = cf_alloc(NUMBERS), *found = cf_alloc(NUMBERS);
    uint64_t random = 5;
    for (int kill_at = 0; kill_at < KILLS; kill_at++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            told = ends[1];
            write_for_ever();
        }
        (void)close(ends[1]);
        uint64_t number;
        for (int64_t wanted = 1 + pick(&random, 100); wanted > 0; wanted--) {
            assert_int_equal(read(ends[0], &number, sizeof number), sizeof number);
            kept[number] = 1;
        }
        (void)kill(child, SIGKILL);
        while (read(ends[0], &number, sizeof number) == sizeof number) /* told before the end came */
            kept[number] = 1;
        (void)close(ends[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
    desk_open();
    desk_close();
    assert_int_equal(access(folder_path("journal.db.aside-1"), F_OK), -1);
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, mark, found, NULL), CF_OK);
    for (int i = 0; i < NUMBERS; i++)
        assert_true(found[i] >= kept[i]);
    free(kept);
    free(found);
}

/* ---- A disk that cannot be written ---- */

/* Actions are refused; what nobody waits for is written once that is possible. */
static void test_full(void **state)
{
    (void)state;
    char text[4000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    desk_open();
    desk_write(CF_WHAT_LOGOFF, 1, "before", true);
    desk_run();
    assert_int_equal(desk.kept, 1);
    disk_limit(100000);
    while (!desk.refused) {
        desk_write(CF_WHAT_WARN, 0, text, true);
        desk_run();
        assert_true(desk.kept < 100);
    }
    assert_non_null(cf_writer_trouble(desk.writer));
    int kept = desk.kept;
    desk_write(CF_WHAT_ENDED, 1, text, false);
    desk_write(CF_WHAT_WARN, 0, text, true);
    desk_run();
    assert_int_equal(desk.kept, kept);
    assert_int_equal(desk.refused, 2);
    cf_loop_run_until(desk.loop, cf_mono_add(cf_loop_now(desk.loop), CF_MINUTE)); /* still full */
    assert_int_equal(
        desk_count(&(struct cf_query){.since = {CF_UNKNOWN_US}, .until = {CF_UNKNOWN_US}, .decision = 1}), 1);
    disk_free();
    cf_loop_run_until(desk.loop, cf_mono_add(cf_loop_now(desk.loop), CF_WRITER_RETRY));
    assert_null(cf_writer_trouble(desk.writer));
    assert_int_equal(
        desk_count(&(struct cf_query){.since = {CF_UNKNOWN_US}, .until = {CF_UNKNOWN_US}, .decision = 1}), 2);
    desk_write(CF_WHAT_WARN, 0, text, true);
    desk_run();
    assert_int_equal(desk.kept, kept + 1);
    assert_int_equal(desk_count(NULL), (size_t)kept + 2);
}

/* Nobody may write there, from the beginning: numbers of this run go on behind those that are there. */
static void test_forbidden(void **state)
{
    (void)state;
    desk_open();
    for (int i = 0; i < 5; i++)
        desk_write(CF_WHAT_WARN, 10, "before", false);
    desk_close();
    static const char *const files[] = {"", "journal.db", "journal.lock"};
    bool root = geteuid() == 0;
    for (size_t i = 0; root && i < sizeof files / sizeof *files; i++)
        assert_int_equal(chown(folder_path(files[i]), NOBODY, NOBODY), 0);
    assert_int_equal(chmod(desk.folder, 0), 0);
    assert_int_equal(root ? seteuid(NOBODY) : 0, 0);
    desk_open();
    assert_non_null(cf_writer_trouble(desk.writer));
    desk_write(CF_WHAT_LOGOFF, 1, "refused", true);
    desk_write(CF_WHAT_RESTART, 0, "kept back", false);
    desk_run();
    assert_int_equal(desk.refused, 1);
    assert_int_equal(chmod(desk.folder, 0700), 0);
    desk_write(CF_WHAT_LOGOFF, 2, "after", true);
    desk_run();
    assert_int_equal(desk.kept, 1);
    assert_null(cf_writer_trouble(desk.writer));
    desk_close();
    assert_int_equal(root ? seteuid(0) : 0, 0);
    assert_int_equal(desk_count(NULL), 7);
    desk_open();
    assert_int_equal(desk.last_decision, 12);
}

/* Removed by somebody while it is written, or replaced, as those who rotate logs do: what is told to be kept
 * is in the file that has the name. */
static void test_removed(void **state)
{
    (void)state;
    for (int replaced = 0; replaced < 2; replaced++) {
        desk_open();
        desk_write(CF_WHAT_WARN, 0, "before", true);
        desk_run();
        assert_int_equal(unlink(folder_path("journal.db")), 0);
        if (replaced)
            (void)folder_write("journal.db", "");
        desk_write(CF_WHAT_WARN, 0, "after", true);
        desk_run();
        assert_int_equal(desk.kept, 2 * (replaced + 1));
        assert_null(cf_writer_trouble(desk.writer));
        assert_int_equal(desk_count(NULL), 1);
        desk_close();
    }
}

/* ---- Another program's lock ---- */

static sqlite3 *other;

static void other_locks(void)
{
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

static void other_unlocks(void *unused)
{
    (void)unused;
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    other = NULL;
}

/* Nothing is left of a transaction that failed in its middle, whatever came behind that; and it is over: what
 * comes next is written. */
static void test_written_after_a_failure(void **state)
{
    (void)state;
    desk_open();
    other_locks();
    assert_int_equal(sqlite3_exec(other, "CREATE UNIQUE INDEX once ON entries (decision) WHERE decision = 7;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    desk_write(CF_WHAT_RESTART, 0, "the thread may have this one alone", true);
    desk_write(CF_WHAT_WARN, 7, "x", true);
    desk_write(CF_WHAT_LOGOFF, 7, "the same", true);
    desk_write(CF_WHAT_LOGOFF, 8, "another", true);
    other_unlocks(NULL);
    desk_run();
    assert_int_equal(desk.refused + desk.kept, 4);
    assert_in_range(desk.refused, 3, 4);
    assert_int_equal(desk_count(NULL), desk.kept);
    int before = desk.kept;
    desk_write(CF_WHAT_WARN, 8, "x", true);
    desk_run();
    assert_int_equal(desk.kept, before + 1);
    assert_int_equal(desk_count(NULL), desk.kept);
}

/* Much at once is several transactions: what fails takes only its own with it. */
static void test_batches(void **state)
{
    (void)state;
    enum { MANY = 6000, LENGTH = 400 };
    char text[LENGTH + 1];
    memset(text, 'x', LENGTH);
    text[LENGTH] = '\0';
    desk_open();
    other_locks();
    assert_int_equal(sqlite3_exec(other, "CREATE UNIQUE INDEX once ON entries (decision) WHERE decision = 7;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    for (int i = 0; i < MANY; i++) {
        struct cf_entry entry = {.number = ++desk.written, .decision = i < MANY - 2 ? 0 : 7, .text = text};
        journal->write(journal->data, &entry, desk_on_kept, NULL);
    }
    other_unlocks(NULL);
    desk_run();
    assert_int_equal(desk.refused + desk.kept, MANY);
    assert_in_range(desk.refused, 2, CF_WRITER_BATCH / LENGTH);
    assert_int_equal(desk_count(NULL), desk.kept);
}

/* For longer than anybody's patience. */
static void test_locked(void **state)
{
    (void)state;
    desk.setup.patience = (struct cf_span){20000};
    desk_open();
    other_locks();
    desk_write(CF_WHAT_LOGOFF, 1, "refused", true);
    desk_write(CF_WHAT_RESTART, 0, "kept back", false);
    desk_run();
    assert_int_equal(desk.refused, 1);
    assert_non_null(strstr(cf_writer_trouble(desk.writer), "locked"));
    other_unlocks(NULL);
    cf_loop_run_until(desk.loop, cf_mono_add(cf_loop_now(desk.loop), CF_WRITER_RETRY));
    assert_null(cf_writer_trouble(desk.writer));
    assert_int_equal(desk_count(NULL), 1);
}

/* For a while: the rows wait. */
static void test_waits(void **state)
{
    (void)state;
    uv_thread_t thread;
    desk_open();
    other_locks();
    for (int i = 0; i < 100; i++)
        desk_write(CF_WHAT_WARN, 0, "x", true);
    assert_int_equal(uv_thread_create(&thread, other_unlocks, NULL), 0);
    desk_run();
    assert_int_equal(uv_thread_join(&thread), 0);
    assert_int_equal(desk.kept, 100);
    assert_int_equal(desk.refused, 0);
}

/* One of a policy, of that many bytes. */
static void flood(struct cf_entry entry, size_t bytes, bool waits)
{
    char *text = cf_alloc(bytes + 1);
    memset(text, 'x', bytes);
    entry.number = ++desk.written;
    entry.text = text;
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    journal->write(journal->data, &entry, waits ? desk_on_kept : NULL, NULL);
    free(text);
}

static const struct cf_entry of_hostile = {.what = CF_WHAT_DOOR, .policy = "hostile"};

/* All but what a policy writes at will. */
static bool count_others(void *data, const struct cf_entry *entry)
{
    *(size_t *)data += !entry->policy || strcmp(entry->policy, "hostile") != 0 || entry->what != CF_WHAT_DOOR;
    return true;
}

/* Memory that the program has had, in bytes. */
static size_t peak(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (size_t)usage.ru_maxrss * 1024;
}

/* A flood of one policy, by number or by size, loses nothing of another's, nor what came of an action, its
 * own included, nor what the engine says of it, and stops no action of another. What it takes is bounded. */
static void test_flood(void **state)
{
    (void)state;
    uint64_t random = 11;
    for (int large = 0; large < 2; large++) {
        desk_open();
        other_locks();
        size_t others = 0, bytes = large ? 20000 : 10, before = peak();
        for (int i = 0; i < 100000; i++) {
            flood(of_hostile, bytes, false);
            if (pick(&random, 100) || others == CF_BACKLOG_ENTRIES)
                continue;
            others++;
            switch (pick(&random, 5)) {
            case 0: flood((struct cf_entry){.what = CF_WHAT_DOOR, .policy = "idle"}, 100, false); break;
            case 1: flood((struct cf_entry){.what = CF_WHAT_DOOR}, 100, false); break;
            case 2:
                flood((struct cf_entry){.what = CF_WHAT_ENDED, .decision = 7, .policy = "hostile"}, 100,
                      false);
                break;
            case 3:
                flood((struct cf_entry){.what = CF_WHAT_FAILED, .policy = "hostile", .verdict = true}, 100,
                      false);
                break;
            default: desk_write(CF_WHAT_ENDED, 7, "done", false); break;
            }
        }
        assert_true(IS_SANITIZED || peak() - before < 64 << 20);
        struct cf_entry action = {.what = CF_WHAT_LOGOFF, .decision = 8, .policy = "hostile"};
        flood(action, bytes, true); /* refused, as is what it writes besides */
        flood(of_hostile, bytes, true);
        action.policy = "idle";
        flood(action, bytes, true);
        other_unlocks(NULL);
        desk_run();
        assert_null(cf_writer_trouble(desk.writer));
        assert_int_equal(desk.refused, 2 * (large + 1));
        assert_int_equal(desk.kept, large + 1);
        size_t found = 0, all = desk_count(NULL);
        assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, count_others, &found, NULL), CF_OK);
        assert_int_equal(found, others + 1);
        size_t limit = large ? CF_BACKLOG_BYTES / CF_ROW_TEXT : CF_BACKLOG_ENTRIES;
        assert_true(all - found <= limit && all - found > limit - 20);
        flood(of_hostile, bytes, true); /* there is room again */
        desk_run();
        assert_int_equal(desk.kept, large + 2);
        desk.kept = large + 1;
        desk_close();
        (void)unlink(folder_path("journal.db"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_killed, desk_set_up,
                                        desk_tear_down), /* forks: before any thread */
        cmocka_unit_test_setup_teardown(test_kept, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_drained, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_loop_ends, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_one_writer, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_written_after_a_failure, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_full, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_forbidden, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_removed, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_batches, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_locked, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_waits, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_flood, desk_set_up, desk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
