/* What the engine tells who asks: about one session under several policies, about itself, and its counters.
 */
#include "../fixture/folder.h"
#include "simulation.h"

#include "engine/answers/explain.h"
#include "engine/answers/metrics.h"

#include <stdlib.h>
#include <string.h>

static struct simulation sim;

/* Ana logs on at 21:00 over ssh and goes away; root is there as well. */
static void open_host(void)
{
    struct cf_script *script = cf_script_create((struct cf_instant){INT64_C(1772485200000000)});
    for (uint32_t i = 0; i < 2; i++) {
        struct cf_session record;
        person_init(&record, i ? "root" : "ana", i ? 0 : 1000);
        cf_session_set_string(&record, CF_FIELD_NAME, i ? "pts/2" : "pts/1");
        record.remote = CF_TRI_YES;
        script_log_on(script, (struct cf_span){0}, i, &record);
    }
    simulation_open(&sim, "policies/idle.lua", cf_script_finish(script, cf_minutes(24 * 60).us),
                    (struct cf_sim_setup){.seed = 1}, NULL);
}

static void close_host(void)
{
    simulation_close(&sim);
}

static void run_until(int64_t minute)
{
    simulation_run_to(&sim, cf_minutes(minute));
}

static json_t *why(int place)
{
    cf_session_key key = 0;
    for (int i = 0; i <= place; i++)
        key = cf_registry_next(cf_engine_registry(sim.engine), key);
    return cf_explain_session(sim.engine, key);
}

static const json_t *policy_of(const json_t *told, size_t place)
{
    return json_array_get(json_object_get(told, "policies"), place);
}

static void expect(const json_t *told, const char *key, const char *text)
{
    const char *said = json_string_value(json_object_get(told, key));
    if (!said || strcmp(said, text) != 0)
        fail_msg("%s is %s, not %s", key, said ? said : "absent", text);
}

static void expect_test(const json_t *policy, size_t place, bool holds, const char *text)
{
    const json_t *test = json_array_get(json_object_get(policy, "tests"), place);
    expect(test, "text", text);
    assert_int_equal(json_is_true(json_object_get(test, "holds")), holds);
}

static void test_wait_and_countdown(void **state)
{
    (void)state;
    open_host();
    run_until(12);
    json_t *told = why(0);
    expect(told, "user", "ana");
    assert_int_equal(json_integer_value(json_object_get(told, "idle")), 12 * 60);
    assert_true(json_is_null(json_object_get(told, "protected")));
    expect(policy_of(told, 0), "policy", "idle");
    expect(policy_of(told, 0), "says", "waits until the session has been idle for long enough");
    expect(policy_of(told, 0), "at", "2026-03-02T21:25:00.000000Z");
    expect_test(policy_of(told, 0), 0, false, "idle (12 minutes) >= 25 minutes");
    assert_true(json_integer_value(json_object_get(policy_of(told, 0), "line")) > 0);
    json_decref(told);

    run_until(26);
    told = why(0);
    expect(policy_of(told, 0), "says", "counts down: any activity ends that");
    expect(policy_of(told, 0), "announced", "2026-03-02T21:30:00.000000Z");
    json_decref(told);
    close_host();
}

static void test_guard(void **state)
{
    (void)state;
    open_host();
    run_until(1);
    json_t *told = why(1);
    expect(told, "protected", "root is protected");
    expect(policy_of(told, 0), "says", "leaves protected sessions alone");
    json_decref(told);
    assert_null(cf_explain_session(sim.engine, 0));
    close_host();
}

/* A condition of one's own, with a calendar: what of it holds, and when it may. */
static void test_condition(void **state)
{
    (void)state;
    open_host();
    simulation_add_policy(&sim, "policies/lab-closing.lua", NULL);
    run_until(12);
    json_t *told = why(0);
    expect(policy_of(told, 1), "policy", "lab-closing");
    expect(policy_of(told, 1), "says", "waits until its condition holds");
    expect_test(policy_of(told, 1), 0, true, "the calendar holds now");
    expect(policy_of(told, 1), "at", "2026-03-02T22:00:00.000000Z");
    json_decref(told);
    close_host();
}

/* What days off are called; a name is the file's, and only shown safely. */
static void test_days_off(void **state)
{
    (void)state;
    const char *ics = folder_write(
        "founders.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART;VALUE=DATE:20260302\r\nSUMMARY:Founders' \033[31mDay\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    open_host();
    simulation_add_policy(&sim, "policies/after-hours.lua", json_pack("{s:s}", "holidays", ics));
    run_until(3);
    json_t *told = why(0);
    const json_t *names = json_object_get(policy_of(told, 1), "calendar");
    assert_int_equal(json_array_size(names), 1);
    assert_string_equal(json_string_value(json_array_get(names, 0)), "Founders' ?[31mDay");
    json_decref(told);
    close_host();
}

static void grant(void *data, const struct cf_stay_told *told)
{
    *(struct cf_stay_told *)data = *told;
}

static void test_stay(void **state)
{
    (void)state;
    struct cf_stay_told told_stay = {0};
    open_host();
    run_until(26);
    cf_session_key ana = cf_registry_next(cf_engine_registry(sim.engine), 0);
    assert_int_equal(cf_engine_stay(sim.engine, ana, cf_minutes(20), grant, &told_stay, NULL), 0);
    assert_int_equal(told_stay.granted.us, 0);
    assert_false(told_stay.spent); /* there never was anything to grant */
    close_host();
    open_host();
    sim.config.policies[0].stay = cf_minutes(60);
    run_until(26);
    ana = cf_registry_next(cf_engine_registry(sim.engine), 0);
    assert_int_equal(cf_engine_stay(sim.engine, ana, cf_minutes(20), grant, &told_stay, NULL), 0);
    assert_int_equal(told_stay.granted.us, cf_minutes(20).us);
    json_t *told = why(0);
    expect(policy_of(told, 0), "stays_until", "2026-03-02T21:46:00.000000Z");
    assert_int_equal(json_integer_value(json_object_get(policy_of(told, 0), "stay")), 3600);
    json_decref(told);
    assert_int_equal(cf_engine_stay(sim.engine, 12345, cf_minutes(20), grant, &told_stay, NULL), CF_GONE);
    close_host();
}

/* ---- What is promised helps, and nothing else is ---- */

static struct {
    cf_session_key warned; /* the first that was, … */
    bool ended;            /* … and is logged off */
} promised;

static void hear_promise(void *data, const struct cf_entry *entry)
{
    (void)data;
    cf_session_key key =
        entry->session ? cf_registry_find(cf_engine_registry(sim.engine), &entry->session->identity) : 0;
    if (entry->what == CF_WHAT_WARN && !promised.warned)
        promised.warned = key;
    if (entry->what == CF_WHAT_LOGOFF && key == promised.warned)
        promised.ended = true;
}

/* Ana logs on twice over ssh, early on a Sunday, and goes away. */
static void open_promise(const char *policy)
{
    struct cf_script *script = cf_script_create((struct cf_instant){INT64_C(1772323200000000)});
    for (uint32_t i = 0; i < 2; i++) {
        struct cf_session record;
        person_init(&record, "ana", 1000);
        cf_session_set_list(&record, CF_FIELD_GROUPS, (const char *const[]){"students", NULL});
        record.remote = CF_TRI_YES;
        script_log_on(script, (struct cf_span){i * CF_MINUTE.us + 1}, i, &record);
    }
    promised.warned = 0;
    promised.ended = false;
    simulation_open(&sim, policy, cf_script_finish(script, cf_minutes(24 * 60).us),
                    (struct cf_sim_setup){.seed = 1}, hear_promise);
}

/* Whoever is told that activity ends a countdown is not ended after some; whoever is told that nothing does,
 * is. */
static void test_what_is_promised_helps(void **state)
{
    (void)state;
    static const struct {
        const char *policy;
        bool activity;
    } rows[] = {
        {"idle", true},
        {"lab-closing", true},
        {"after-hours", false},
        {"maintenance", false},
        {"session-limit", false},
        {"daily-allowance", false},
        {"one-session-per-user", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[64];
        struct cf_stay_told said = {0};
        (void)snprintf(path, sizeof path, "policies/%s.lua", rows[i].policy);
        open_promise(path);
        for (int64_t second = 0; !promised.warned; second++)
            simulation_run_to(&sim, cf_seconds(second));
        simulation_run_on(&sim, CF_SECOND);
        json_t *told = cf_explain_session(sim.engine, promised.warned);
        const json_t *policy = policy_of(told, 0);
        if (json_is_true(json_object_get(policy, "activity")) != rows[i].activity)
            fail_msg("%s: activity is said to be otherwise", rows[i].policy);
        assert_non_null(json_string_value(json_object_get(policy, "announced")));
        assert_int_equal(json_is_true(json_object_get(policy, "answer")),
                         strcmp(rows[i].policy, "lab-closing") == 0);
        json_decref(told);
        assert_int_equal(
            cf_engine_stay(sim.engine, promised.warned, (struct cf_span){CF_UNKNOWN_US}, grant, &said, NULL),
            0);
        assert_int_equal(said.anew, rows[i].activity);
        assert_int_equal(cf_span_known(said.left), !rows[i].activity);
        struct cf_span left = cf_span_known(said.left) ? said.left : cf_minutes(5);
        simulation_run_on(&sim, (struct cf_span){left.us + CF_SECOND.us});
        if (promised.ended == rows[i].activity)
            fail_msg("%s: the session %s", rows[i].policy, promised.ended ? "has ended" : "is still there");
        close_host();
    }
}

/* What ends everybody at an appointment is no session's own run, and is told of all the same. */
static void test_an_appointment_that_ends_everybody(void **state)
{
    (void)state;
    const char *path = folder_write(
        "everybody.lua", "--- Ends everybody.\n"
                         "clock.at('21:05', function ()\n"
                         "  for _, s in ipairs(sessions.list { class = 'user', user = 'ana' }) do\n"
                         "    s:warn('{left} are left.', { left = 5 * minute })\n"
                         "    clock.sleep(5 * minute)\n"
                         "    s:logoff('closed')\n"
                         "  end\n"
                         "end)\n");
    struct cf_stay_told said = {0};
    open_host();
    simulation_add_policy(&sim, path, NULL);
    run_until(6);
    json_t *told = why(0);
    expect(policy_of(told, 1), "says", "has announced its end, in a run that is not about it alone");
    expect(policy_of(told, 1), "announced", "2026-03-02T21:10:00.000000Z");
    assert_false(json_is_true(json_object_get(policy_of(told, 1), "activity")));
    json_decref(told);
    cf_session_key ana = cf_registry_next(cf_engine_registry(sim.engine), 0);
    assert_int_equal(cf_engine_stay(sim.engine, ana, cf_minutes(20), grant, &said, NULL), 0);
    assert_string_equal(said.policy, "everybody"); /* told last */
    assert_false(said.anew);
    assert_int_equal(said.left.us, cf_minutes(4).us);
    run_until(10);
    simulation_run_on(&sim, CF_SECOND);
    assert_null(cf_registry_get(cf_engine_registry(sim.engine), ana));
    close_host();
}

/* Left alone is not unknown. */
static void test_left_alone(void **state)
{
    (void)state;
    static const struct {
        bool excepts;
        const char *field, *value, *says;
    } rows[] = {
        {true, "user", "ana", "leaves it alone: its entry in the configuration excepts it"},
        {true, "domain", "lab",
         "leaves it alone: nobody knows whether its entry in the configuration excepts it"},
        {false, "user", "bea", "leaves it alone: its entry in the configuration is for others only"},
        {false, "domain", "lab",
         "leaves it alone: nobody knows whether its entry in the configuration is for it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_host();
        struct cf_selector *selector = cf_selector_create();
        const char *const values[] = {rows[i].value, NULL};
        assert_int_equal(cf_selector_add_text(selector, rows[i].field, values, NULL), 0);
        *(rows[i].excepts ? &sim.config.policies[0].except : &sim.config.policies[0].only) = selector;
        run_until(1);
        json_t *told = why(0);
        expect(policy_of(told, 0), "says", rows[i].says);
        json_decref(told);
        close_host(); /* and the selector with the configuration */
    }
}

static void test_status_and_metrics(void **state)
{
    (void)state;
    struct cf_buffer text = {0};
    open_host();
    run_until(60);
    cf_engine_warn(sim.engine, "protect.users: there is no user 'anna' on this host");
    json_t *told = cf_explain_status(sim.engine);
    expect(told, "backend", "sim");
    assert_string_equal(json_string_value(json_array_get(json_object_get(told, "warnings"), 0)),
                        "protect.users: there is no user 'anna' on this host");
    assert_true(json_object_size(json_object_get(policy_of(told, 0), "protected")) <= 1);
    assert_int_equal(json_integer_value(json_object_get(told, "sessions")), 1);
    expect(policy_of(told, 0), "state", "at work");
    assert_true(json_is_true(json_object_get(json_object_get(told, "guards"), "root")));
    assert_int_equal(json_array_size(json_object_get(told, "errors")), 0);
    json_decref(told);
    cf_engine_metrics(sim.engine, &text);
    static const char *const lines[] = {
        "\ncurfew_sessions{state=\"all\"} 1\n",
        "\ncurfew_policy_at_work{policy=\"idle\"} 1\n",
        "\ncurfew_decisions_total{policy=\"idle\",what=\"warn\",dry_run=\"false\"} 2\n",
        "\ncurfew_decisions_total{policy=\"idle\",what=\"logoff\",dry_run=\"false\"} 1\n",
        "\ncurfew_host_requests_total{action=\"logoff\"} 1\n",
        "\n# TYPE curfew_wakeups_total counter\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(text.data, lines[i]))
            fail_msg("no line %s in %s", lines[i], text.data);
    cf_buffer_finish(&text);
    close_host();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait_and_countdown),
        cmocka_unit_test(test_guard),
        cmocka_unit_test(test_condition),
        cmocka_unit_test(test_stay),
        cmocka_unit_test(test_days_off),
        cmocka_unit_test(test_what_is_promised_helps),
        cmocka_unit_test(test_an_appointment_that_ends_everybody),
        cmocka_unit_test(test_left_alone),
        cmocka_unit_test(test_status_and_metrics),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
