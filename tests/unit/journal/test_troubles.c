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
        told_forget();
        desk_open();
        for (int64_t steps = 40; steps > 0; steps--)
            switch (pick(&random, 6)) {
            case 0: other ? told_unlock() : told_lock(); break;
            case 1: desk_write(CF_WHAT_LOGOFF, 0, "awaited", true); break;
            case 2:
                desk_write(CF_WHAT_RESTART, 0, "not awaited", false);
                unawaited++;
                break;
            case 3: told_wait(CF_WRITER_RETRY); break;
            default: told_run();
            }
        if (other)
            told_unlock();
        desk_write(CF_WHAT_LOGOFF, 0, "awaited", true);
        told_run();
        assert_null(cf_writer_trouble(desk.writer));
        told_run(); /* what was kept back is tried at once, then */
        assert_int_equal(desk_count(NULL), unawaited + (size_t)desk.kept);
        assert_int_equal(told_count("the journal cannot be written, so nothing is done to sessions: ", NULL),
                         told_count("the journal could not be written for a while; ", NULL));
        (void)told_count(" actions were refused", &refused);
        (void)told_count(" entries lost", &lost);
        assert_int_equal(refused, desk.refused);
        assert_int_equal(lost, 0);
        told_end_engine();
        assert_int_equal(told_count("lost", NULL), told_count("0 entries lost", NULL));
        assert_int_equal(told_count("missing", NULL), 0);
        assert_int_equal(remove(folder_path("journal.db")), 0);
    }
}

/* By itself: with nothing else to be written. */
static void test_tried_again(void **state)
{
    (void)state;
    desk_open();
    told_lock();
    desk_write(CF_WHAT_RESTART, 0, "not awaited", false);
    told_wait(cf_minutes(10));
    assert_non_null(strstr(cf_writer_trouble(desk.writer), "locked"));
    assert_int_equal(told_count("cannot be written", NULL), 1); /* and not with each try */
    told_unlock();
    told_wait(CF_WRITER_RETRY);
    assert_null(cf_writer_trouble(desk.writer));
    assert_int_equal(desk_count(NULL), 1);
}

static void on_kept(void *context, int code)
{
    if (code != CF_OK && other) /* it is refused at once, whatever the file does */
        told_unlock();
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
    told_lock();
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    struct cf_entry entry = {0};
    for (int i = 0; i < CF_WRITER_QUEUE + 20; i++) {
        entry.number++;
        journal->write(journal->data, &entry, i < CF_WRITER_QUEUE + 7 ? on_kept : NULL, NULL);
    }
    told_run();
    assert_int_equal(desk.kept, CF_WRITER_QUEUE);
    assert_int_equal(desk.refused, 7);
    assert_int_equal(desk_count(NULL), CF_WRITER_QUEUE);
    assert_null(cf_writer_trouble(desk.writer));
    assert_int_equal(told_count("cannot be written, so nothing is done to sessions: more entries wait", NULL),
                     1);
    assert_int_equal(
        told_count("for a while; 7 actions were refused and 13 entries lost: more entries", NULL), 1);
}

/* ---- What a policy loses ---- */

static void flood(int count)
{
    cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_RESTART, .policy = "idle"}, NULL, NULL);
    for (int i = 0; i < count; i++)
        cf_engine_write(rig.engine,
                        &(struct cf_entry){.what = CF_WHAT_DOOR, .policy = "hostile", .text = "x"}, NULL,
                        NULL);
    told_run();
}

/* Once a minute, to the entry. */
static void test_told_what_is_missing(void **state)
{
    (void)state;
    desk_open();
    told_begin_engine();
    told_lock();
    for (int more = 0; more < 2; more++) {
        flood(CF_BACKLOG_ENTRIES + 5);
        told_wait(cf_seconds(40));
        flood(6);
        told_wait(cf_seconds(19));
        assert_int_equal(told_count("are missing", NULL), 0);
        told_wait(cf_seconds(1));
        assert_int_equal(told_count("are missing", NULL), 1);
        assert_int_equal(
            told_count(": 11 entries of the policy 'hostile' are missing here: more than 4096 of its "
                       "entries, or 4 MiB, waited",
                       NULL) +
                told_count("\n11 entries of the policy 'hostile' are missing here: more than 4096 "
                           "of its entries, or 4 MiB, waited",
                           NULL),
            1);
        told_wait(cf_minutes(3));
        assert_int_equal(told_count("are missing", NULL), 1);
        told_unlock();
        told_wait(CF_WRITER_RETRY);
        assert_null(cf_writer_trouble(desk.writer));
        assert_int_equal(told_read_rows(UINT64_C(1) << CF_WHAT_DOOR),
                         (size_t)CF_BACKLOG_ENTRIES * (size_t)(more + 1)); /* there is room again */
        (void)told_read_rows(UINT64_C(1) << CF_WHAT_FAILED);
        size_t told = 0;
        for (size_t i = 0; i < told_row_count; i++)
            if (told_rows[i].is_hostile) {
                told++;
                assert_int_equal(told_rows[i].code, CF_REFUSED);
                assert_non_null(
                    strstr(told_rows[i].text, "11 entries of the policy 'hostile' are missing here"));
            }
        assert_int_equal(told, more + 1);
        told_forget();
        told_lock();
    }
    /* What there is no more time to tell is said in the log. */
    flood(CF_BACKLOG_ENTRIES + 3);
    told_unlock();
    told_run();
    told_end_engine();
    assert_int_equal(told_count("3 entries of the policy 'hostile' are missing in the journal", NULL), 1);
    assert_int_equal(told_count("are missing", NULL), 1);
}

/* It is no trouble of the journal's. */
static void test_only_the_policy(void **state)
{
    (void)state;
    desk.setup.patience = (struct cf_span){0};
    desk_open();
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    struct cf_entry entry = {.what = CF_WHAT_DOOR, .policy = "hostile", .text = "x"};
    told_lock();
    for (int i = 0; i < CF_BACKLOG_ENTRIES + 9; i++) {
        entry.number++;
        journal->write(journal->data, &entry, i < CF_BACKLOG_ENTRIES + 4 ? NULL : on_kept, NULL);
    }
    desk.written = entry.number;
    told_wait(CF_WRITER_LOST); /* the first that is refused unlocks */
    assert_int_equal(desk.refused, 5);
    assert_int_equal(told_count("cannot be written", NULL), 0);
    assert_int_equal(told_count("9 entries of the policy 'hostile' are missing here", NULL), 1);
    assert_int_equal(unlink(folder_path("journal.db")), 0);
    assert_int_equal(mkdir(folder_path("journal.db"), 0700), 0);
    desk_write(CF_WHAT_RESTART, 0, "x", false);
    told_run();
    assert_int_equal(told_count("cannot be written", NULL), 1);
    assert_int_equal(rmdir(folder_path("journal.db")), 0);
    told_wait(CF_WRITER_RETRY);
    assert_int_equal(told_count("0 actions were refused and 0 entries lost", NULL), 1);
}

/* What cannot be written in the end is lost, and counted: not what was refused. */
static void test_lost_at_the_end(void **state)
{
    (void)state;
    for (int waits = 0; waits < 2; waits++) {
        told_forget();
        desk_open();
        told_lock();
        for (int i = 0; i < 7; i++)
            desk_write(CF_WHAT_RESTART, 0, "not awaited", false);
        if (waits)
            told_run(); /* they are kept back, and tried once more */
        for (int i = 0; i < 3; i++)
            desk_write(CF_WHAT_LOGOFF, 0, "awaited", true);
        told_end_engine();
        told_unlock();
        assert_int_equal(told_count("7 entries could not be written to the journal and are lost", NULL), 1);
        desk_open();
        desk_write(CF_WHAT_RESTART, 0, "written at the end", false);
        told_end_engine();
        assert_int_equal(told_count("could not be written to", NULL), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_troubles, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_tried_again, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_overflow, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_told_what_is_missing, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_only_the_policy, told_set_up, told_tear_down),
        cmocka_unit_test_setup_teardown(test_lost_at_the_end, told_set_up, told_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
