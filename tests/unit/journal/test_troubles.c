#include "told.h"

#include "journal/backlog.h"

#include <sys/stat.h>
#include <unistd.h>

/* What cannot be written, what is lost by it, and what people are told of that: by the log, and in the
 * journal itself once it can be written. */

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
        desk_write(CF_WHAT_RESTART, 0, "written at the end", false);
        end();
        assert_int_equal(count_said("could not be written to", NULL), 1);
    }
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
