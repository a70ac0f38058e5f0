/* Days off that change while policies rest on them: what waits, waits for the new ones. */
#include "../fixture/folder.h"
#include "calendar/source.h"
#include "engine/answers/explain.h"
#include "simulation.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define START ((struct cf_instant){INT64_C(1772409600000000)}) /* Monday 2026-03-02, 00:00 UTC */

static struct play {
    struct simulation sim;
    int64_t told, refused; /* µs since START of the last of each; -1: none */
    unsigned afresh;       /* entries */
} play;

/* As an editor does it: beside its place first. */
static void write_days(const char *text)
{
    assert_int_equal(rename(folder_write("days.txt.next", text), folder_path("days.txt")), 0);
}

static void write_entry(void *data, const struct cf_entry *entry)
{
    (void)data;
    if (entry->what == CF_WHAT_TELL)
        play.told = entry->at.us - START.us;
    if (entry->what == CF_WHAT_DOOR)
        play.refused = entry->at.us - START.us;
    play.afresh += entry->what == CF_WHAT_RESTART;
}

static void take(void *data, const struct cf_calendar *calendar)
{
    struct cf_source_reading reading;
    struct cf_error err;
    if (!cf_source_order(calendar))
        return;
    cf_source_read(cf_source_order(calendar), &reading);
    *(int *)data = cf_source_take((struct cf_calendar *)(uintptr_t)calendar, &reading, &err);
}

/* As a running curfew does it. */
static void change_days(const char *text)
{
    const char *name;
    int code = 0;
    write_days(text);
    cf_calendar_visit(cf_engine_calendar(play.sim.engine, 0, &name), take, &code);
    assert_int_equal(code, 1);
    cf_engine_calendars_changed(play.sim.engine, "days off were changed");
}

/* What the status has to say of days off. */
static void assert_notes(const char *text)
{
    json_t *status = cf_explain_status(play.sim.engine), *notes = json_object_get(status, "days_off");
    assert_int_equal(json_array_size(notes), text ? 1 : 0);
    if (text)
        assert_string_equal(json_string_value(json_object_get(json_array_get(notes, 0), "text")), text);
    json_decref(status);
}

static void run_until(int64_t day)
{
    simulation_run_to(&play.sim, (struct cf_span){day * CF_DAY.us - CF_HOUR.us});
}

static void open_play(const char *text)
{
    struct cf_script *script = cf_script_create(START);
    struct cf_session ana;
    person_init(&ana, "ana", 1000);
    script_log_on(script, CF_SECOND, 0, &ana);
    write_days(text);
    const char *policy =
        folder_write("off.lua", "local off = calendar.dates('days.txt')\n"
                                "sessions.watch({ class = 'user' }, function (session)\n"
                                "  session:wait(function () return off:contains(clock.now()) end)\n"
                                "  session:tell('off')\n"
                                "  clock.sleep(30 * day)\n"
                                "end)\n"
                                "clock.at(off, function () host.refuse_logons('off') end)\n");
    play = (struct play){.told = -1, .refused = -1};
    simulation_open(&play.sim, policy, cf_script_finish(script, 60 * CF_DAY.us), (struct cf_sim_setup){0},
                    write_entry);
}

/* 2026-03-10 becomes 2026-03-05: both what a condition waits for and what begins with a window come that day.
 */
static void test_sooner(void **state)
{
    (void)state;
    open_play("2026-03-10\n");
    run_until(1);
    assert_int_equal(play.told, -1);
    change_days("2026-03-05 # Founders' Day\n");
    assert_int_equal(play.afresh, 1);
    run_until(5);
    assert_true(play.told >= 3 * CF_DAY.us && play.told < 3 * CF_DAY.us + CF_MINUTE.us);
    assert_int_equal(play.refused, 3 * CF_DAY.us);
    play.refused = -1;
    run_until(20); /* nothing comes on the tenth */
    assert_int_equal(play.refused, -1);
    simulation_close(&play.sim);
}

static void test_not_at_all(void **state)
{
    (void)state;
    open_play("2026-03-05\n");
    run_until(1);
    assert_notes(NULL);
    change_days("# none\n");
    assert_notes("days.txt holds no days off");
    run_until(30);
    assert_int_equal(play.told, -1);
    assert_int_equal(play.refused, -1);
    simulation_close(&play.sim);
}

/* Within a window that has begun, its run is not begun again; one that is open all of a sudden is. */
static void test_within(void **state)
{
    (void)state;
    open_play("2026-03-02..2026-03-04\n");
    run_until(1);
    assert_true(play.refused >= 0);
    play.refused = -1;
    change_days("2026-03-01..2026-03-06\n");
    run_until(2);
    assert_int_equal(play.refused, -1);
    simulation_close(&play.sim);

    open_play("2026-03-10\n");
    run_until(1);
    change_days("2026-03-01..2026-03-06\n");
    run_until(2);
    assert_true(play.refused > 0 && play.refused < CF_DAY.us);
    simulation_close(&play.sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sooner), cmocka_unit_test(test_not_at_all),
                                       cmocka_unit_test(test_within)};
    return cmocka_run_group_tests_name("scenarios, days off", tests, folder_set_up, folder_tear_down);
}
