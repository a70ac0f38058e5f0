/*
 * A table of faults: a countdown is under way when the fault begins, and goes on, or begins afresh, when it
 * is over. Meanwhile and afterwards nobody is ended wrongly or unwarned, no decision is lost, the engine
 * lives.
 */
#include "../fixture/disk.h"
#include "judge.h"

#include "journal/query.h"

#include <sqlite3.h>

static const char dan_works[] =
    "sessions.protect({ users = { 'dan' } }, function () return 'dan works' end)\n";

/* ---- Faults of the journal ---- */

static void fill_disk(void)
{
    disk_limit(1);
}

static void make_space(void)
{
    assert_non_null(cf_writer_trouble(life.writer)); /* for `status` */
    disk_free();
}

static sqlite3 *other;

static void lock_journal(void)
{
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

static void unlock_journal(void)
{
    assert_non_null(cf_writer_trouble(life.writer));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

/* Another program scribbles over it. */
static void spoil(const char *name)
{
    FILE *file = fopen(folder_path(name), "r+");
    if (!file)
        return;
    for (int i = 0; i < 1 << 19; i++)
        (void)fputc(0x5A, file);
    (void)fclose(file);
}

static void spoil_journal(void)
{
    spoil("journal.db");
    spoil("journal.db-wal");
}

/* While it is written: SQLite looks at the file again once somebody else has changed it. */
static void spoil_at_work(void)
{
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "SELECT count(*) FROM entries", NULL, NULL, NULL), SQLITE_OK);
    spoil_journal();
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE other (x)", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(other);
}

static bool is_said;

static bool hear(void *data, const struct cf_entry *entry)
{
    (void)data;
    is_said |= entry->what == CF_WHAT_FAILED && strstr(entry->text, "set aside as") != NULL;
    return true;
}

static void was_set_aside(void)
{
    assert_int_equal(access(folder_path("journal.db.aside-1"), F_OK), 0);
    is_said = false;
    assert_int_equal(cf_query_run(folder_path(""), &CF_QUERY_ALL, hear, NULL, NULL), CF_OK);
    assert_true(is_said);
}

/* Ends, and finds it spoilt at the next start. */
static void start_on_spoilt(void)
{
    life_end();
    spoil_journal();
    life_begin();
}

static void slow_rows(void)
{
    life.row_takes = cf_minutes(7);
}

static void quick_rows(void)
{
    life.row_takes = (struct cf_span){0};
}

/* ---- Faults of the host ---- */

static void be_silent(void)
{
    world->faults.silent = true;
}

static void read_late(void)
{
    world->faults.reading = cf_seconds(15);
}

static void act_late(void)
{
    world->faults.acting = cf_seconds(25);
}

static void answer_twice(void)
{
    world->faults.doubles = true;
}

static void answer_for_another(void)
{
    world->faults.other_session = true;
}

static void answer_for_the_next(void)
{
    world->faults.other_birth = true;
}

static void lie(void)
{
    world->faults.lies = true;
}

static void mend_host(void)
{
    world->faults = (struct faults){0};
    host_list_again(); /* as hosts do that have been out of order */
}

/* ---- Who comes back between the reading and the action ---- */

static enum cf_what at_row;

static void come_back(const struct cf_entry *entry)
{
    if (entry->what != at_row || strcmp(entry->session->user, at_row == CF_WHAT_FORCE ? "eve" : "ana") != 0)
        return;
    life.before_row = NULL;
    world->seats[judge_seat(entry->session)].last_input = cf_loop_now(life.loop).us;
}

static void type_before_logoff(void)
{
    at_row = CF_WHAT_LOGOFF;
    life.before_row = come_back;
}

static void type_before_force(void)
{
    at_row = CF_WHAT_FORCE;
    life.before_row = come_back;
}

static void typed(void)
{
    assert_null(life.before_row);
    judge_must(world->seats[at_row == CF_WHAT_FORCE ? 2 : 0].present, "ended although back", 0);
}

/* gil, of whom nobody has to be warned, reconnects while the row is written. */
static void reconnect(const struct cf_entry *entry)
{
    if (entry->what != CF_WHAT_LOGOFF || strcmp(entry->session->user, "gil") != 0)
        return;
    life.before_row = NULL;
    world->seats[5].disconnected = 0;
    host_seen(&world->seats[5]);
}

static void reconnect_before_logoff(void)
{
    life.before_row = reconnect;
}

static void reconnected(void)
{
    judge_must(world->seats[5].present, "ended although back", 5);
}

/* ---- Who leaves while the row is written ---- */

static void leave(const struct cf_entry *entry)
{
    if (entry->what != at_row || strcmp(entry->session->user, at_row == CF_WHAT_FORCE ? "eve" : "ana") != 0)
        return;
    life.before_row = NULL;
    uint32_t seat = judge_seat(entry->session);
    world->seats[seat].left = true;
    if (life.row_takes.us)
        host_leave(seat);
    else
        world->seats[seat].present = false; /* and nobody is told */
}

static void leave_untold(void)
{
    at_row = CF_WHAT_LOGOFF;
    life.before_row = leave;
}

static void leave_before_logoff(void)
{
    at_row = CF_WHAT_LOGOFF;
    life.before_row = leave;
    life.row_takes = CF_SECOND;
}

static void leave_before_force(void)
{
    at_row = CF_WHAT_FORCE;
    life.before_row = leave;
    life.row_takes = CF_SECOND;
}

static void left(void)
{
    assert_null(life.before_row);
    quick_rows();
    mend_host();
}

/* ---- Faults of the clock ---- */

static void step_forward(void)
{
    life_jump(cf_minutes(24 * 60), false);
}

static void step_back(void)
{
    life_jump(cf_minutes(-24 * 60), false);
}

static void sleep_long(void)
{
    life_jump(cf_minutes(600), true);
}

static void nothing(void)
{
}

/* ---- The table ---- */

static const struct fault {
    const char *name;
    void (*begins)(void), (*ends)(void);
    int from, to; /* seconds since the start */
    bool holds;   /* nobody is ended while it lasts */
    void (*check)(void);
} faults[] = {
    {"disk full", fill_disk, make_space, 26 * 60, 50 * 60, true, NULL},
    {"disk full when a logoff has begun", fill_disk, make_space, 30 * 60 + 5, 50 * 60, true, NULL},
    {"database locked", lock_journal, unlock_journal, 26 * 60, 50 * 60, true, NULL},
    {"database spoilt at work", spoil_at_work, nothing, 26 * 60, 50 * 60, false, was_set_aside},
    {"database spoilt between lives", start_on_spoilt, nothing, 26 * 60, 30 * 60, true, was_set_aside},
    {"rows seven minutes late", slow_rows, quick_rows, 29 * 60 + 30, 40 * 60, true, NULL},
    {"host hangs", be_silent, mend_host, 26 * 60, 50 * 60, false, NULL},
    {"host hangs when a logoff has begun", be_silent, mend_host, 30 * 60 + 1, 50 * 60, false, NULL},
    {"readings late", read_late, mend_host, 26 * 60, 50 * 60, true, NULL},
    {"actions late", act_late, mend_host, 26 * 60, 50 * 60, false, NULL},
    {"answers twice, and to nobody", answer_twice, mend_host, 60, 60 * 60, false, NULL},
    {"answers for the wrong session", answer_for_another, mend_host, 26 * 60, 50 * 60, true, NULL},
    {"answers for who has the id next", answer_for_the_next, mend_host, 29 * 60 + 30, 31 * 60, true, NULL},
    {"lies about idle", lie, mend_host, 60, 60 * 60, false, NULL},
    {"input before the logoff", type_before_logoff, typed, 26 * 60, 31 * 60, false, NULL},
    {"input before the force", type_before_force, typed, 26 * 60, 31 * 60, false, NULL},
    {"reconnected before the logoff", reconnect_before_logoff, reconnected, 26 * 60, 42 * 60, false, NULL},
    {"left before the logoff", leave_before_logoff, left, 26 * 60, 31 * 60, false, NULL},
    {"left before the logoff, untold", leave_untold, left, 26 * 60, 31 * 60, false, NULL},
    {"left before the force", leave_before_force, left, 26 * 60, 31 * 60, false, NULL},
    {"clock set forward", step_forward, nothing, 29 * 60, 29 * 60 + 1, true, NULL},
    {"clock set back", step_back, nothing, 29 * 60, 29 * 60 + 1, true, NULL},
    {"clock set back when a logoff has begun", step_back, nothing, 30 * 60, 31 * 60, false, NULL},
    {"asleep", sleep_long, nothing, 29 * 60, 29 * 60 + 1, true, NULL},
};

static size_t ended(void)
{
    size_t count = 0;
    for (size_t i = 0; i < world->record_count; i++)
        count += (world->records[i].action == CF_ACTION_LOGOFF ||
                  world->records[i].action == CF_ACTION_LOGOFF_FORCED) &&
                 world->records[i].code == CF_OK;
    return count;
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const struct fault *fault = &faults[i];
        judge_case = fault->name;
        life_prepare(dan_works);
        host_seat_all();
        host_seat("eve", 1003)->deaf = true;
        host_seat("dan", 1004)->protected = true;
        host_seat("root", 0)->protected = true;
        host_seat("gil", 1005)->disconnected = MINUTE_US;
        life_begin();
        life_run_to(fault->from * CF_SECOND.us);
        size_t before = ended();
        fault->begins();
        life_run_to(fault->to * CF_SECOND.us);
        judge_must(!fault->holds || ended() == before, "somebody was ended", 0);
        fault->ends();
        life_run_to(cf_loop_now(life.loop).us + 150 * MINUTE_US);
        life_end();
        if (fault->check)
            fault->check();
        judge(fault->name);
        life_clear();
    }
}

/* ---- A `protect` that cannot answer ---- */

static void test_protect(void **state)
{
    (void)state;
    static const char *const bodies[][2] = {
        {"fails, and is set aside", "error('broken')"},
        {"runs for ever", "while true do end"},
        {"waits for ever", "session:wait(function () return false end)"},
        {"wants all memory", "local s = 'x'; while true do s = s .. s end"},
        {"reads what nobody knows", "return session.domain == 'lab' and 'in the lab'"},
        {"hides its failure", "pcall(function () while true do end end)"},
    };
    char script[256];
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        (void)snprintf(script, sizeof script,
                       "sessions.protect({ users = { 'dan' } }, function (session) %s end)\n", bodies[i][1]);
        life_prepare(script);
        (void)host_seat("ana", 1001);
        host_seat("dan", 1004)->protected = true;
        life_begin();
        life_run_to(240 * MINUTE_US);
        life_end();
        judge(bodies[i][0]);
        life_clear();
    }
}

/* ---- Ten thousand at once ---- */

static void test_crowd(void **state)
{
    (void)state;
    life_prepare(dan_works);
    life.looks_at_every = 500;
    for (int64_t i = 0; i < SEATS; i++)
        host_seat(i % 10 ? "ana" : "dan", 1000 + i)->protected = i % 10 == 0;
    life_begin();
    life.config.limits.logoffs_per_minute = CF_CONFIG_PACE;
    life_run_to(31 * MINUTE_US);
    life_end();
    judge("ten thousand at once");
    life_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_protect),
        cmocka_unit_test(test_crowd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
