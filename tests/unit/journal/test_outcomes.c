#include "told.h"

#include "journal/outcomes.h"

#include <signal.h>
#include <sys/wait.h>

/* The host has the session 1 that began at 100, and no other. */

enum { DECISIONS = 40 };

static struct cf_outcomes *outcomes;

static int set_up(void **state)
{
    (void)desk_set_up(state);
    (void)rig_set_up(state);
    rig.config.policy_count = 0;
    rig.newcomer.identity.boot = 1;
    rig.newcomer.identity.birth = 100;
    return 0;
}

static int tear_down(void **state)
{
    (void)rig_tear_down(state);
    return desk_tear_down(state);
}

/* curfew begins: journal, open decisions, engine; the host lists its sessions. */
static void begin(void)
{
    struct cf_error err = {0};
    desk.setup.loop = rig.loop;
    desk_open();
    assert_int_equal(cf_outcomes_read(desk.folder, &outcomes, &err), CF_OK);
    told_begin_engine();
    rig_arrive();
    cf_loop_run_until(rig.loop, cf_loop_now(rig.loop));
}

static void end(void)
{
    cf_engine_destroy(rig.engine);
    rig.engine = NULL;
    cf_outcomes_destroy(outcomes);
    outcomes = NULL;
    cf_writer_destroy(desk.writer);
    desk.writer = NULL;
    cf_loop_run(rig.loop);
}

static void write_about(uint64_t decision, enum cf_what what, bool dry, const char *id, int64_t birth)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){"rig", id, 1, birth};
    session.user = (char *)"ana";
    struct cf_entry entry = {.number = ++desk.written,
                             .decision = decision,
                             .what = what,
                             .dry = dry,
                             .policy = "idle",
                             .line = 17,
                             .session = &session,
                             .idle = {what == CF_WHAT_LOGOFF ? cf_minutes(30).us : CF_UNKNOWN_US},
                             .text = "idle for 30 minutes"};
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    journal->write(journal->data, &entry, NULL, NULL);
}

/* What each decision came to in the end: its outcomes as text. */
static char came_to[DECISIONS + 1][64];
static unsigned crashes; /* that the journal tells of */

static bool note(void *data, const struct cf_entry *entry)
{
    (void)data;
    if (!entry->decision) {
        assert_non_null(strstr(entry->text, "the run before did not end by itself"));
        crashes++;
        return true;
    }
    char *all = came_to[entry->decision];
    size_t used = strlen(all);
    if (entry->what != CF_WHAT_LOGOFF && entry->what != CF_WHAT_FORCE && entry->what != CF_WHAT_WARN) {
        (void)snprintf(all + used, sizeof came_to[0] - used, "%s ", cf_what_name(entry->what));
        assert_string_equal(entry->policy, "idle");
        assert_int_equal(entry->line, 17);
        assert_string_equal(entry->session->user, "ana");
        assert_false(cf_span_known(entry->idle)); /* that was the logoff's, some time ago */
    }
    return true;
}

static void read_outcomes(void)
{
    memset(came_to, 0, sizeof came_to);
    crashes = 0;
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, note, NULL, NULL), CF_OK);
}

static void test_settled(void **state)
{
    (void)state;
    desk_open();
    write_about(1, CF_WHAT_LOGOFF, false, "1", 100); /* still there */
    write_about(2, CF_WHAT_LOGOFF, false, "1", 50);  /* another one had its id */
    write_about(3, CF_WHAT_LOGOFF, false, "2", 100);
    write_about(4, CF_WHAT_LOGOFF, true, "3", 100); /* would have been */
    write_about(5, CF_WHAT_WARN, false, "1", 100);
    write_about(6, CF_WHAT_LOGOFF, false, "4", 100);
    write_about(6, CF_WHAT_FORCE, false, "4", 100);
    write_about(7, CF_WHAT_LOGOFF, false, "5", 100);
    write_about(7, CF_WHAT_ENDED, false, "5", 100);
    write_about(8, CF_WHAT_LOGOFF, false, "1", 100);
    write_about(8, CF_WHAT_REFUSED, false, "1", 100);
    desk_close();
    static const char *const expected[] = {"", "failed ", "ended ", "ended ",  "",
                                           "", "ended ",  "ended ", "refused "};
    for (int again = 0; again < 2; again++) {
        begin();
        cf_outcomes_settle(NULL, rig.engine);
        cf_outcomes_settle(outcomes, rig.engine);
        cf_outcomes_settle(outcomes, rig.engine); /* listed once more */
        end();
        read_outcomes();
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            assert_string_equal(came_to[i], expected[i]);
        assert_int_equal(crashes, 0);
    }
}

/* It is closing when curfew comes back: nothing is said until it has ended, or it is never known. */
static void test_closing(void **state)
{
    (void)state;
    desk_open();
    write_about(1, CF_WHAT_LOGOFF, false, "1", 100);
    desk_close();
    rig.session->closing = CF_TRI_YES;
    for (int again = 0; again < 3; again++) {
        begin();
        cf_outcomes_settle(outcomes, rig.engine);
        rig_run_to((struct cf_span){(1 + again) * CF_HOUR.us});
        if (again == 2)
            rig_log_off();
        end();
        read_outcomes();
        assert_string_equal(came_to[1], again == 2 ? "ended " : "");
    }
}

/* It had not begun to close, and closes right after: what was said is corrected. */
static void test_corrected(void **state)
{
    (void)state;
    desk_open();
    write_about(1, CF_WHAT_LOGOFF, false, "1", 100);
    desk_close();
    begin();
    cf_outcomes_settle(outcomes, rig.engine);
    rig_log_off();
    end();
    read_outcomes();
    assert_string_equal(came_to[1], "failed ended ");
}

/* Killed at any moment of that, again and again: one outcome each. */
static void test_killed_meanwhile(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        desk_open();
        for (uint64_t decision = 1; decision <= DECISIONS; decision++)
            write_about(decision, CF_WHAT_LOGOFF, false, decision % 2 ? "1" : "2", 100);
        desk_run();
        (void)raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    for (int round = 0; round < 10; round++) {
        child = fork();
        if (child == 0) {
            begin();
            cf_outcomes_settle(outcomes, rig.engine);
            if (round % 2)
                (void)sched_yield();
            (void)raise(SIGKILL);
        }
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
    begin();
    cf_outcomes_settle(outcomes, rig.engine);
    end();
    read_outcomes();
    for (int decision = 1; decision <= DECISIONS; decision++)
        assert_string_equal(came_to[decision], decision % 2 ? "failed " : "ended ");
    assert_in_range(crashes, 1, 11); /* the last of them for sure: those before may have been killed again */
    unsigned told = crashes;
    begin();
    end();
    read_outcomes();
    assert_int_equal(crashes, told); /* that one had ended by itself */
}

/* What happens to the journal itself is journalled. */
static char first_text[512];

static bool take_text(void *data, const struct cf_entry *entry)
{
    (void)data;
    (void)snprintf(first_text, sizeof first_text, "%s", entry->text);
    return false;
}

static void test_set_aside(void **state)
{
    (void)state;
    FILE *file = fopen(folder_path("journal.db"), "w");
    (void)fputs("this is no database", file);
    (void)fclose(file);
    struct cf_error err;
    assert_true(cf_outcomes_read(desk.folder, &outcomes, &err) < 0);
    assert_null(outcomes);
    begin();
    end();
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, take_text, NULL, NULL), CF_OK);
    assert_non_null(strstr(first_text, "journal.db.aside-1 and a new one begun: "));
    assert_non_null(strstr(first_text, "not a database"));
}

static void test_recovered(void **state)
{
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(mkdir(folder_path("journal.db"), 0700), 0); /* in its way */
    desk.setup.loop = rig.loop;
    desk_open();
    assert_non_null(cf_writer_trouble(desk.writer));
    struct cf_engine_setup setup = {.loop = rig.loop,
                                    .backend = &cf_sim_ops,
                                    .backend_setup = &rig.host,
                                    .policy_host = &rig_policy_host,
                                    .config = &rig.config,
                                    .journal = cf_writer_journal(desk.writer),
                                    .zone = cf_zone_utc()};
    assert_int_equal(cf_engine_create(&setup, &rig.engine, NULL), CF_OK);
    cf_writer_attach(desk.writer, rig.engine);
    for (int i = 0; i < 3; i++)
        cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_LOGOFF, .decision = 1}, desk_on_kept,
                        NULL);
    cf_loop_run_until(rig.loop, cf_loop_now(rig.loop));
    assert_int_equal(desk.refused, 3);
    assert_int_equal(rmdir(folder_path("journal.db")), 0);
    cf_engine_write(rig.engine, &(struct cf_entry){.what = CF_WHAT_LOGOFF, .decision = 2}, desk_on_kept,
                    NULL);
    cf_loop_run_until(rig.loop, cf_loop_now(rig.loop));
    assert_int_equal(desk.kept, 1);
    end();
    struct cf_query query = CF_QUERY_ALL;
    query.whats = UINT64_C(1) << CF_WHAT_FAILED;
    assert_int_equal(cf_query_run(desk.folder, &query, take_text, NULL, NULL), CF_OK);
    assert_non_null(strstr(first_text, "3 actions were refused and 0 entries lost"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_killed_meanwhile, set_up,
                                        tear_down), /* forks: before any thread */
        cmocka_unit_test_setup_teardown(test_settled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_closing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_corrected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_set_aside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recovered, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
