#include "../../fixture/engine.h"

#include "desk.h"

#include "journal/backlog.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

/* What cannot be written, what is lost by it, and what people are told of that: by the log, and in the
 * journal itself once it can be written. */

static struct {
    uv_mutex_t mutex;
    char lines[1 << 16];
    size_t used;
} said;

/* The thread says something, too. */
static void hear(void *data, enum cf_log_level level, const char *line)
{
    (void)data;
    (void)level;
    uv_mutex_lock(&said.mutex);
    int length = snprintf(said.lines + said.used, sizeof said.lines - said.used, "%s\n", line);
    said.used += (size_t)length;
    assert_true(said.used < sizeof said.lines);
    uv_mutex_unlock(&said.mutex);
}

static void forget_said(void)
{
    said.used = 0;
    said.lines[0] = '\0';
}

/* How often; where `ret_sum` is not NULL, the sum of the numbers that stand ahead of it. */
static int count_said(const char *text, unsigned long long *ret_sum)
{
    int count = 0;
    unsigned long long sum = 0;
    uv_mutex_lock(&said.mutex);
    for (const char *at = said.lines; (at = strstr(at, text)); at++, count++) {
        const char *digits = at;
        while (digits > said.lines && digits[-1] >= '0' && digits[-1] <= '9')
            digits--;
        sum += strtoull(digits, NULL, 10);
    }
    uv_mutex_unlock(&said.mutex);
    if (ret_sum)
        *ret_sum = sum;
    return count;
}

static int set_up(void **state)
{
    (void)desk_set_up(state);
    (void)rig_set_up(state);
    rig.config.policy_count = 0;
    desk.setup.loop = rig.loop;
    desk.setup.patience = (struct cf_span){2000};
    desk.setup.retention = (struct cf_retention){.keep = CF_DAY, .bytes = 1 << 20};
    (void)uv_mutex_init(&said.mutex);
    forget_said();
    cf_log_set_level(CF_LOG_WARNING);
    cf_log_set_writer(hear, NULL);
    return 0;
}

static void end(void)
{
    cf_engine_destroy(rig.engine);
    rig.engine = NULL;
    cf_writer_destroy(desk.writer);
    desk.writer = NULL;
    cf_loop_run(rig.loop);
}

static int tear_down(void **state)
{
    end();
    cf_log_set_writer(NULL, NULL);
    uv_mutex_destroy(&said.mutex);
    (void)rig_tear_down(state);
    return desk_tear_down(state);
}

static void begin_engine(void)
{
    struct cf_error err = {0};
    struct cf_engine_setup setup = {.loop = rig.loop,
                                    .backend = &cf_sim_ops,
                                    .backend_setup = &rig.host,
                                    .policy_host = &rig_policy_host,
                                    .config = &rig.config,
                                    .journal = cf_writer_journal(desk.writer),
                                    .last_entry = desk.last_entry,
                                    .last_decision = desk.last_decision,
                                    .zone = cf_zone_utc()};
    if (cf_engine_create(&setup, &rig.engine, &err) != CF_OK)
        fail_msg("%s", err.text);
    cf_writer_attach(desk.writer, rig.engine);
}

static void wait_for(struct cf_span span)
{
    cf_loop_run_until(rig.loop, cf_mono_add(cf_loop_now(rig.loop), span));
}

static void run(void)
{
    wait_for((struct cf_span){0});
}

/* ---- What the journal has ---- */

static struct row {
    uint64_t number, decision;
    int code;
    bool is_hostile;
    char text[256];
} rows[64];
static size_t row_count, all_rows; /* of which `rows` has the first */

static bool take_row(void *data, const struct cf_entry *entry)
{
    (void)data;
    if (++all_rows > sizeof rows / sizeof *rows)
        return true;
    struct row *row = &rows[row_count++];
    row->number = entry->number;
    row->decision = entry->decision;
    row->code = entry->code;
    row->is_hostile = entry->policy && strcmp(entry->policy, "hostile") == 0;
    (void)snprintf(row->text, sizeof row->text, "%s", entry->text ? entry->text : "");
    return true;
}

/* Of these kinds, a bit each; 0: all. */
static size_t read_rows(uint64_t whats)
{
    struct cf_query query = CF_QUERY_ALL;
    query.whats = whats;
    row_count = all_rows = 0;
    assert_int_equal(cf_query_run(desk.folder, &query, take_row, NULL, NULL), CF_OK);
    return all_rows;
}

/* ---- Another program's lock ---- */

static sqlite3 *other;

static void lock(void)
{
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &other), SQLITE_OK);
    (void)sqlite3_busy_timeout(other, 60000); /* with the thread */
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

static void unlock(void)
{
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    other = NULL;
}

/* ---- Tests ---- */

/* Whatever comes when: each trouble is told when it begins and when it is over, with what it cost; and what
 * nobody waited for is there in the end. */
static void test_troubles(void **state)
{
    (void)state;
    for (uint64_t random = 3, round = 0; round < CASES(24); round++) {
        size_t unawaited = 0;
        unsigned long long refused = 0, lost = 0;
        desk.kept = desk.refused = 0;
        forget_said();
        desk_open();
        for (int64_t steps = 40; steps > 0; steps--)
            switch (pick(&random, 6)) {
            case 0: other ? unlock() : lock(); break;
            case 1: desk_write(CF_WHAT_LOGOFF, 0, "awaited", true); break;
            case 2:
                desk_write(CF_WHAT_RESTART, 0, "not awaited", false);
                unawaited++;
                break;
            case 3: wait_for(CF_WRITER_RETRY); break;
            default: run();
            }
        if (other)
            unlock();
        desk_write(CF_WHAT_LOGOFF, 0, "awaited", true);
        run();
        assert_null(cf_writer_trouble(desk.writer));
        run(); /* what was kept back is tried at once, then */
        assert_int_equal(desk_count(NULL), unawaited + (size_t)desk.kept);
        assert_int_equal(count_said("the journal cannot be written, so nothing is done to sessions: ", NULL),
                         count_said("the journal could not be written for a while; ", NULL));
        (void)count_said(" actions were refused", &refused);
        (void)count_said(" entries lost", &lost);
        assert_int_equal(refused, desk.refused);
        assert_int_equal(lost, 0);
        end();
        assert_int_equal(count_said("lost", NULL), count_said("0 entries lost", NULL));
        assert_int_equal(count_said("missing", NULL), 0);
        assert_int_equal(remove(folder_path("journal.db")), 0);
    }
}

/* By itself: with nothing else to be written. */
static void test_tried_again(void **state)
{
    (void)state;
    desk_open();
    lock();
    desk_write(CF_WHAT_RESTART, 0, "not awaited", false);
    wait_for(cf_minutes(10));
    assert_non_null(strstr(cf_writer_trouble(desk.writer), "locked"));
    assert_int_equal(count_said("cannot be written", NULL), 1); /* and not with each try */
    unlock();
    wait_for(CF_WRITER_RETRY);
    assert_null(cf_writer_trouble(desk.writer));
    assert_int_equal(desk_count(NULL), 1);
}

static void on_kept(void *context, int code)
{
    if (code != CF_OK && other) /* it is refused at once, whatever the file does */
        unlock();
    desk_on_kept(context, code);
    if (code == CF_OK && !cf_writer_trouble(desk.writer))
        assert_true(CF_WRITER_QUEUE - desk.kept < CF_WRITER_QUEUE / 2);
}

/* More than may wait: there is no more trouble once half of it is written. */
static void test_overflow(void **state)
{
    (void)state;
    desk.setup.patience = (struct cf_span){0};
    desk.setup.retention.bytes = 0;
    desk_open();
    lock();
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    struct cf_entry entry = {0};
    for (int i = 0; i < CF_WRITER_QUEUE + 20; i++) {
        entry.number++;
        journal->write(journal->data, &entry, i < CF_WRITER_QUEUE + 7 ? on_kept : NULL, NULL);
    }
    run();
    assert_int_equal(desk.kept, CF_WRITER_QUEUE);
    assert_int_equal(desk.refused, 7);
    assert_int_equal(desk_count(NULL), CF_WRITER_QUEUE);
    assert_null(cf_writer_trouble(desk.writer));
    assert_int_equal(count_said("cannot be written, so nothing is done to sessions: more entries wait", NULL),
                     1);
    assert_int_equal(
        count_said("for a while; 7 actions were refused and 13 entries lost: more entries", NULL), 1);
}

/* ---- What a policy loses ---- */

static void flood(int count)
{
    cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_RESTART, .policy = "idle"}, NULL, NULL);
    for (int i = 0; i < count; i++)
        cf_engine_write(rig.engine,
                        &(struct cf_entry){.what = CF_WHAT_DOOR, .policy = "hostile", .text = "x"}, NULL,
                        NULL);
    run();
}

/* Once a minute, to the entry. */
static void test_told_what_is_missing(void **state)
{
    (void)state;
    desk_open();
    begin_engine();
    lock();
    for (int more = 0; more < 2; more++) {
        flood(CF_BACKLOG_ENTRIES + 5);
        wait_for(cf_seconds(40));
        flood(6);
        wait_for(cf_seconds(19));
        assert_int_equal(count_said("are missing", NULL), 0);
        wait_for(cf_seconds(1));
        assert_int_equal(count_said("are missing", NULL), 1);
        assert_int_equal(
            count_said(": 11 entries of the policy 'hostile' are missing here: more than 4096 of its "
                       "entries, or 4 MiB, waited",
                       NULL) +
                count_said("\n11 entries of the policy 'hostile' are missing here: more than 4096 "
                           "of its entries, or 4 MiB, waited",
                           NULL),
            1);
        wait_for(cf_minutes(3));
        assert_int_equal(count_said("are missing", NULL), 1);
        unlock();
        wait_for(CF_WRITER_RETRY);
        assert_null(cf_writer_trouble(desk.writer));
        assert_int_equal(read_rows(UINT64_C(1) << CF_WHAT_DOOR),
                         (size_t)CF_BACKLOG_ENTRIES * (size_t)(more + 1)); /* there is room again */
        (void)read_rows(UINT64_C(1) << CF_WHAT_FAILED);
        size_t told = 0;
        for (size_t i = 0; i < row_count; i++)
            if (rows[i].is_hostile) {
                told++;
                assert_int_equal(rows[i].code, CF_REFUSED);
                assert_non_null(strstr(rows[i].text, "11 entries of the policy 'hostile' are missing here"));
            }
        assert_int_equal(told, more + 1);
        forget_said();
        lock();
    }
    /* What there is no more time to tell is said in the log. */
    flood(CF_BACKLOG_ENTRIES + 3);
    unlock();
    run();
    end();
    assert_int_equal(count_said("3 entries of the policy 'hostile' are missing in the journal", NULL), 1);
    assert_int_equal(count_said("are missing", NULL), 1);
}

/* It is no trouble of the journal's. */
static void test_only_the_policy(void **state)
{
    (void)state;
    desk.setup.patience = (struct cf_span){0};
    desk_open();
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    struct cf_entry entry = {.what = CF_WHAT_DOOR, .policy = "hostile", .text = "x"};
    lock();
    for (int i = 0; i < CF_BACKLOG_ENTRIES + 9; i++) {
        entry.number++;
        journal->write(journal->data, &entry, i < CF_BACKLOG_ENTRIES + 4 ? NULL : on_kept, NULL);
    }
    desk.written = entry.number;
    wait_for(CF_WRITER_LOST); /* the first that is refused unlocks */
    assert_int_equal(desk.refused, 5);
    assert_int_equal(count_said("cannot be written", NULL), 0);
    assert_int_equal(count_said("9 entries of the policy 'hostile' are missing here", NULL), 1);
    assert_int_equal(unlink(folder_path("journal.db")), 0);
    assert_int_equal(mkdir(folder_path("journal.db"), 0700), 0);
    desk_write(CF_WHAT_RESTART, 0, "x", false);
    run();
    assert_int_equal(count_said("cannot be written", NULL), 1);
    assert_int_equal(rmdir(folder_path("journal.db")), 0);
    wait_for(CF_WRITER_RETRY);
    assert_int_equal(count_said("0 actions were refused and 0 entries lost", NULL), 1);
}

/* What cannot be written in the end is lost, and counted: not what was refused. */
static void test_lost_at_the_end(void **state)
{
    (void)state;
    for (int waits = 0; waits < 2; waits++) {
        forget_said();
        desk_open();
        lock();
        for (int i = 0; i < 7; i++)
            desk_write(CF_WHAT_RESTART, 0, "not awaited", false);
        if (waits)
            run(); /* they are kept back, and tried once more */
        for (int i = 0; i < 3; i++)
            desk_write(CF_WHAT_LOGOFF, 0, "awaited", true);
        end();
        unlock();
        assert_int_equal(count_said("7 entries could not be written to the journal and are lost", NULL), 1);
        desk_open();
        end();
        assert_int_equal(count_said("could not be written to", NULL), 1);
    }
}

/* ---- A file that is opened late ---- */

/* Is kept, and the journal is without trouble from then on. */
static void write_late(uint64_t decision)
{
    desk.kept = 0;
    cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_LOGOFF, .decision = decision},
                    desk_on_kept, NULL);
    run();
    assert_int_equal(desk.kept, 1);
    assert_null(cf_writer_trouble(desk.writer));
    run(); /* what is said of it */
}

/* Numbers go on behind those that are there, as if it had been open; also in a new file after that. */
static void test_late(void **state)
{
    (void)state;
    desk_open();
    for (int i = 0; i < 5; i++)
        desk_write(CF_WHAT_WARN, 10, "before", false);
    end();
    assert_int_equal(rename(folder_path("journal.db"), folder_path("other")), 0);
    assert_int_equal(mkdir(folder_path("journal.db"), 0700), 0); /* in its way */
    desk_open();
    begin_engine();
    for (int i = 0; i < 3; i++) {
        assert_non_null(strstr(cf_writer_trouble(desk.writer), "is no plain file"));
        cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_LOGOFF, .decision = 1}, desk_on_kept,
                        NULL);
        run();
        assert_int_equal(desk.refused, i + 1);
    }
    assert_int_equal(rmdir(folder_path("journal.db")), 0);
    assert_int_equal(rename(folder_path("other"), folder_path("journal.db")), 0);
    write_late(2);
    assert_int_equal(read_rows(0), 7);
    for (size_t i = 0; i < row_count; i++) {
        assert_true(i == 0 || rows[i].number > rows[i - 1].number);
        assert_int_equal(rows[i].decision, i < 5 ? 10 : i == 5 ? 12 : 0);
    }
    assert_non_null(strstr(rows[6].text, "3 actions were refused and 0 entries"));
    uint64_t last = rows[6].number;
    assert_int_equal(unlink(folder_path("journal.db")), 0);
    assert_int_equal(mkdir(folder_path("journal.db"), 0700), 0);
    cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_LOGOFF, .decision = 3}, desk_on_kept,
                    NULL);
    run();
    assert_int_equal(desk.refused, 4);
    assert_int_equal(rmdir(folder_path("journal.db")), 0);
    write_late(4);
    assert_int_equal(read_rows(0), 3);
    assert_true(rows[0].number > last);
    assert_int_equal(rows[0].decision, 0);
    assert_non_null(strstr(rows[0].text, "the journal was removed, and goes on in"));
    assert_int_equal(rows[1].decision, 14);
    assert_non_null(strstr(rows[2].text, "1 actions were refused and 0 entries"));
    assert_int_equal(count_said("the journal was removed", NULL), 1);
    assert_int_equal(count_said("has no indexes", NULL),
                     0); /* nor was anything asked of a file that is not there */
    assert_int_equal(count_said("could not be shortened", NULL), 0);
}

/* Why `why` finds nothing is said, in a journal of an older curfew that another program holds. */
static void test_no_indexes(void **state)
{
    (void)state;
    desk_open();
    desk_write(CF_WHAT_WARN, 1, "before", false);
    end();
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "DROP INDEX entries_by_user", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    lock();
    desk_open();
    for (uint64_t until = uv_hrtime() + UINT64_C(60000000000);
         count_said("the journal has no indexes, so `curfew why` does not see into it: ", NULL) == 0;)
        assert_true(uv_hrtime() < until);
    unlock();
}

/* What happened before there was an engine to tell it is told then. */
static void test_told_later(void **state)
{
    (void)state;
    (void)folder_write("journal.db", "no database at all");
    desk_open();
    desk_write(CF_WHAT_RESTART, 0, "the first", true);
    run();
    assert_int_equal(desk.kept, 1);
    desk.last_entry = desk.written;
    begin_engine();
    run();
    assert_int_equal(read_rows(0), 2);
    assert_non_null(strstr(rows[1].text, "the journal was set aside as"));
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
    end();
    assert_false(is_marked());
    (void)folder_write("journal.running", "");
    desk_open();
    end(); /* before there was an engine */
    assert_true(is_marked());
    for (int run_of = 0; run_of < 2; run_of++) {
        desk_open();
        begin_engine();
        assert_true(is_marked());
        end();
        assert_false(is_marked());
        assert_int_equal(count_said(text, NULL), 1);
        assert_int_equal(read_rows(0), 1);
        assert_non_null(strstr(rows[0].text, text));
    }
    /* Whoever has no lock has no mark. */
    assert_int_equal(unlink(folder_path("journal.lock")), 0);
    assert_int_equal(symlink("elsewhere", folder_path("journal.lock")), 0);
    desk_open();
    assert_false(is_marked());
    (void)folder_write("journal.running", "another's");
    end();
    assert_true(is_marked());
    assert_int_equal(unlink(folder_path("journal.lock")), 0);
}

/* ---- A disk that does not answer ---- */

static struct {
    bool hangs;
    uv_sem_t goes_on, closes;
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

static int note_close(int fd)
{
    uv_sem_post(&disk.closes);
    return close(fd);
}

/* curfew ends all the same, and what comes back later finds that nobody listens. */
static void test_hanging(void **state)
{
    (void)state;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    (void)uv_sem_init(&disk.goes_on, 0);
    (void)uv_sem_init(&disk.closes, 0);
    desk.setup.drain = (struct cf_span){20000};
    desk_open();
    desk_write(CF_WHAT_RESTART, 0, "before", true);
    run();
    assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)hang_in_pwrite), SQLITE_OK);
    (void)vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)hang_in_pwrite);
    (void)vfs->xSetSystemCall(vfs, "close", (sqlite3_syscall_ptr)note_close);
    disk.hangs = true;
    for (int i = 0; i < 4; i++)
        desk_write(CF_WHAT_RESTART, 0, "never", i % 2);
    end();
    assert_int_equal(count_said("4 entries could not be written to the journal and are lost", NULL), 1);
    assert_int_equal(desk.kept, 1);
    assert_false(is_marked()); /* it was no crash */
    (void)rig_tear_down(state);
    disk.hangs = false;
    uv_sem_post(&disk.goes_on);
    uv_sem_wait(&disk.closes);
    (void)vfs->xSetSystemCall(vfs, NULL, NULL);
    (void)rig_set_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_troubles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tried_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_overflow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_told_what_is_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_only_the_policy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lost_at_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_indexes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_told_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_crash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hanging, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
