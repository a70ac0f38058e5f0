#include "told.h"

#include <sys/stat.h>
#include <unistd.h>

/* How a journal is begun and ended when something is in its way: it opens late, the run before crashed, the
 * disk does not answer. */

/* ---- A file that is opened late ---- */

/* Is kept, and the journal is without trouble from then on. */
static void write_late(uint64_t decision)
{
    desk.kept = 0;
    cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_LOGOFF, .decision = decision},
                    desk_on_kept, NULL);
    told_run();
    assert_int_equal(desk.kept, 1);
    assert_null(cf_writer_trouble(desk.writer));
    told_run(); /* what is said of it */
}

/* Numbers go on behind those that are there, as if it had been open; also in a new file after that. */
static void test_late(void **state)
{
    (void)state;
    desk_open();
    for (int i = 0; i < 5; i++)
        desk_write(CF_WHAT_WARN, 10, "before", false);
    told_end_engine();
    assert_int_equal(rename(folder_path("journal.db"), folder_path("other")), 0);
    assert_int_equal(mkdir(folder_path("journal.db"), 0700), 0); /* in its way */
    desk_open();
    told_begin_engine();
    for (int i = 0; i < 3; i++) {
        assert_non_null(strstr(cf_writer_trouble(desk.writer), "is no plain file"));
        cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_LOGOFF, .decision = 1}, desk_on_kept,
                        NULL);
        told_run();
        assert_int_equal(desk.refused, i + 1);
    }
    assert_int_equal(rmdir(folder_path("journal.db")), 0);
    assert_int_equal(rename(folder_path("other"), folder_path("journal.db")), 0);
    write_late(2);
    assert_int_equal(told_read_rows(0), 7);
    for (size_t i = 0; i < told_row_count; i++) {
        assert_true(i == 0 || told_rows[i].number > told_rows[i - 1].number);
        assert_int_equal(told_rows[i].decision, i < 5 ? 10 : i == 5 ? 12 : 0);
    }
    assert_non_null(strstr(told_rows[6].text, "3 actions were refused and 0 entries"));
    uint64_t last = told_rows[6].number;
    assert_int_equal(unlink(folder_path("journal.db")), 0);
    assert_int_equal(mkdir(folder_path("journal.db"), 0700), 0);
    cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_LOGOFF, .decision = 3}, desk_on_kept,
                    NULL);
    told_run();
    assert_int_equal(desk.refused, 4);
    assert_int_equal(rmdir(folder_path("journal.db")), 0);
    write_late(4);
    assert_int_equal(told_read_rows(0), 3);
    assert_true(told_rows[0].number > last);
    assert_int_equal(told_rows[0].decision, 0);
    assert_non_null(strstr(told_rows[0].text, "the journal was removed, and goes on in"));
    assert_int_equal(told_rows[1].decision, 14);
    assert_non_null(strstr(told_rows[2].text, "1 actions were refused and 0 entries"));
    assert_int_equal(told_count("the journal was removed", NULL), 1);
    assert_int_equal(told_count("has no indexes", NULL),
                     0); /* nor was anything asked of a file that is not there */
    assert_int_equal(told_count("could not be shortened", NULL), 0);
}

/* Why `why` finds nothing is said, in a journal of an older curfew that another program holds. */
static void test_no_indexes(void **state)
{
    (void)state;
    desk_open();
    desk_write(CF_WHAT_WARN, 1, "before", false);
    told_end_engine();
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "DROP INDEX entries_by_user", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    told_lock();
    desk_open();
    for (uint64_t until = uv_hrtime() + UINT64_C(60000000000);
         told_count("the journal has no indexes, so `curfew why` does not see into it: ", NULL) == 0;)
        assert_true(uv_hrtime() < until);
    told_unlock();
}

/* What happened before there was an engine to tell it is told then. */
static void test_told_later(void **state)
{
    (void)state;
    (void)folder_write("journal.db", "no database at all");
    desk_open();
    desk_write(CF_WHAT_RESTART, 0, "the first", true);
    told_run();
    assert_int_equal(desk.kept, 1);
    desk.last_entry = desk.written;
    told_begin_engine();
    told_run();
    assert_int_equal(told_read_rows(0), 2);
    assert_non_null(strstr(told_rows[1].text, "the journal was set aside as"));
}

/* ---- The mark of a crash ---- */

static bool is_marked(void)
{
    return access(folder_path("journal.running"), F_OK) == 0;
}

/* It stays until somebody was told, and is then told no more. */
static void test_crash(void **state)
{
    (void)state;
    const char *text = "the run before did not end by itself";
    desk_open();
    assert_true(is_marked());
    told_end_engine();
    assert_false(is_marked());
    (void)folder_write("journal.running", "");
    desk_open();
    told_end_engine(); /* before there was an engine */
    assert_true(is_marked());
    for (int run_of = 0; run_of < 2; run_of++) {
        desk_open();
        told_begin_engine();
        assert_true(is_marked());
        told_end_engine();
        assert_false(is_marked());
        assert_int_equal(told_count(text, NULL), 1);
        assert_int_equal(told_read_rows(0), 1);
        assert_non_null(strstr(told_rows[0].text, text));
    }
    /* Whoever has no lock has no mark. */
    assert_int_equal(unlink(folder_path("journal.lock")), 0);
    assert_int_equal(symlink("elsewhere", folder_path("journal.lock")), 0);
    desk_open();
    assert_false(is_marked());
    (void)folder_write("journal.running", "another's");
    told_end_engine();
    assert_true(is_marked());
    assert_int_equal(unlink(folder_path("journal.lock")), 0);
}

/* ---- A disk that does not answer ---- */

static struct {
    bool hangs;
    uv_sem_t goes_on;
} disk;

static void hang(void)
{
    if (disk.hangs)
        uv_sem_wait(&disk.goes_on);
}

static ssize_t hang_in_pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    hang();
    return pwrite(fd, bytes, size, at);
}

/* curfew ends all the same. What comes back later finds that nobody listens, ends its work, and leaves the
 * journal to the next. */
static void test_hanging(void **state)
{
    (void)state;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    (void)uv_sem_init(&disk.goes_on, 0);
    desk.setup.drain = (struct cf_span){20000};
    desk_open();
    desk_write(CF_WHAT_RESTART, 0, "before", true);
    told_run();
    assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)hang_in_pwrite), SQLITE_OK);
    (void)vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)hang_in_pwrite);
    disk.hangs = true;
    for (int i = 0; i < 4; i++)
        desk_write(CF_WHAT_RESTART, 0, "never", i % 2);
    told_end_engine();
    assert_int_equal(told_count("4 entries could not be written to the journal and are lost", NULL), 1);
    assert_int_equal(desk.kept, 1);
    assert_false(is_marked()); /* it was no crash */
    (void)rig_tear_down(state);
    disk.hangs = false;
    uv_sem_post(&disk.goes_on);
    (void)rig_set_up(state);
    desk.setup.loop = rig.loop;
    int code;
    for (uint64_t until = uv_hrtime() + UINT64_C(60000000000);
         (code = cf_writer_create(&desk.setup, &desk.writer, NULL)) == CF_REFUSED;)
        assert_true(uv_hrtime() < until);
    assert_int_equal(code, CF_OK); /* it has let go of the journal */
    (void)vfs->xSetSystemCall(vfs, NULL, NULL);
    told_end_engine();
    assert_int_equal(told_read_rows(0), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_late, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_no_indexes, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_told_later, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_crash, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_hanging, told_set_up, told_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
