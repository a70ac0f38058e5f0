/* What each event does to the host, and what is told of it. */
#include "sim_fixture.h"

#include "base/memory.h"

#include <inttypes.h>

static void test_logon_gives_a_whole_record(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open(&fixture, (struct cf_sim_setup){.host = "lab"});
    fixture_hears(&fixture, CF_MINUTE, "listing\nlisted\n");
    fixture_logon(&fixture, 0, "ana", "rdp");
    fixture_hears(&fixture, CF_SECOND, "seen 1 ana: all\n");

    const struct cf_session *ana = cf_sim_session(fixture.sim, 0);
    assert_string_equal(ana->identity.host, "lab");
    assert_string_equal(cf_sim_ops.host(fixture.sim), "lab");
    assert_int_equal(ana->identity.birth, CF_MINUTE.us + 1);
    assert_true(ana->identity.boot != 0);
    assert_string_equal(ana->class_, "user");
    assert_string_equal(ana->idle_source, "sim");
    assert_int_equal(ana->uid, 1001);
    assert_int_equal(ana->logged_on.us, CF_MINUTE.us);
    assert_int_equal(ana->last_input.us, CF_MINUTE.us);
    assert_int_equal(ana->active, CF_TRI_YES);
    assert_int_equal(ana->locked, CF_TRI_NO);
    assert_int_equal(ana->disconnected, CF_TRI_NO);
    assert_int_equal(ana->closing, CF_TRI_NO);
    assert_int_equal(ana->console, CF_TRI_NO);
    assert_int_equal(ana->remote, CF_TRI_YES);
    assert_false(cf_mono_known(ana->locked_since));
    assert_null(cf_sim_session(fixture.sim, 1));
    fixture_close(&fixture);
}

static void test_changes_are_told_field_by_field(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    const struct cf_session *ana = cf_sim_session(fixture.sim, 0);
    fixture_hears(&fixture, CF_MINUTE, "");
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    fixture_hears(&fixture, CF_MINUTE, "");
    assert_int_equal(ana->last_input.us, CF_MINUTE.us);
    fixture_event(&fixture, CF_EVENT_OUTPUT, 0);
    fixture_event(&fixture, CF_EVENT_LOCK, 0);
    fixture_hears(&fixture, CF_MINUTE, "seen 1 ana: locked locked_for\n");
    assert_int_equal(ana->last_input.us, CF_MINUTE.us);
    assert_int_equal(ana->locked_since.us, 2 * CF_MINUTE.us);
    fixture_event(&fixture, CF_EVENT_UNLOCK, 0);
    assert_int_equal(ana->last_input.us, 3 * CF_MINUTE.us);
    fixture_event(&fixture, CF_EVENT_DISCONNECT, 0);
    fixture_hears(&fixture, CF_MINUTE,
                  "seen 1 ana: locked locked_for\nseen 1 ana: active disconnected disconnected_for\n");
    assert_int_equal(ana->active, CF_TRI_NO);
    assert_int_equal(ana->disconnected_since.us, 3 * CF_MINUTE.us);
    fixture_event(&fixture, CF_EVENT_RECONNECT, 0);
    fixture_hears(&fixture, CF_MINUTE, "seen 1 ana: active disconnected disconnected_for\n");
    assert_int_equal(ana->last_input.us, 4 * CF_MINUTE.us);
    fixture_event(&fixture, CF_EVENT_RETURN, 0);
    fixture_hears(&fixture, CF_MINUTE, "");
    assert_int_equal(ana->last_input.us, 5 * CF_MINUTE.us);
    fixture_event(&fixture, CF_EVENT_LOCK, 0);
    fixture_event(&fixture, CF_EVENT_DISCONNECT, 0);
    cf_buffer_clear(&fixture.heard);
    fixture_event(&fixture, CF_EVENT_RETURN, 0);
    fixture_hears(&fixture, CF_MINUTE,
                  "seen 1 ana: active locked disconnected locked_for disconnected_for\n");
    fixture_event(&fixture, CF_EVENT_LOGOFF, 0);
    fixture_hears(&fixture, CF_MINUTE, "gone 1\n");
    assert_null(cf_sim_session(fixture.sim, 0));
    fixture_close(&fixture);
}

static void test_input_is_pushed_where_asked_for(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){.pushes_input = true});
    assert_int_equal(cf_sim_ops.capabilities(fixture.sim)->fields[CF_FIELD_IDLE], CF_SUPPLY_PUSHED);
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    fixture_hears(&fixture, CF_SECOND, "seen 1 ana: idle\n");
    fixture_close(&fixture);

    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    const struct cf_capabilities *able = cf_sim_ops.capabilities(fixture.sim);
    assert_int_equal(able->fields[CF_FIELD_IDLE], CF_SUPPLY_TOLD);
    assert_int_equal(able->fields[CF_FIELD_PROGRAMS], CF_SUPPLY_SAMPLED);
    assert_int_equal(able->fields[CF_FIELD_LOCKED], CF_SUPPLY_PUSHED);
    for (int i = 0; i < CF_ACTION_COUNT; i++)
        assert_true(able->actions[i]);
    fixture_close(&fixture);
}

static void test_no_identity_comes_twice(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open(&fixture, (struct cf_sim_setup){0});
    struct cf_session record;
    cf_session_init(&record);
    cf_session_set_string(&record, CF_FIELD_USER, "ben");
    record.identity.id = cf_strdup("7");
    int64_t last = 0;
    for (int i = 0; i < 20; i++) { /* all at one instant */
        assert_int_equal(fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_LOGON, .logon = &record}),
                         0);
        const struct cf_session *ben = cf_sim_session(fixture.sim, 0);
        assert_string_equal(ben->identity.id, "7");
        assert_true(ben->identity.birth > last);
        last = ben->identity.birth;
        if (i % 2) { /* the id is in use: the host gives its own */
            assert_int_equal(
                fixture_apply(&fixture,
                              (struct cf_event){.kind = CF_EVENT_LOGON, .label = 1, .logon = &record}),
                0);
            assert_string_not_equal(cf_sim_session(fixture.sim, 1)->identity.id, "7");
            fixture_event(&fixture, CF_EVENT_LOGOFF, 1);
        }
        fixture_event(&fixture, CF_EVENT_LOGOFF, 0);
    }
    cf_session_finish(&record);
    fixture_close(&fixture);
}

static void test_many_ids_are_found_again(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open(&fixture, (struct cf_sim_setup){0});
    for (uint32_t round = 0; round < 5; round++)
        for (uint32_t label = 0; label < 300; label++) {
            if (cf_sim_session(fixture.sim, label))
                fixture_event(&fixture, CF_EVENT_LOGOFF, label);
            if ((label * 7 + round) % 3)
                fixture_logon(&fixture, label, "ana", "x11");
        }
    cf_loop_run_until(fixture.loop, (struct cf_mono){0});
    cf_buffer_clear(&fixture.heard);
    unsigned there = 0;
    for (uint32_t label = 0; label < 300; label++) {
        const struct cf_session *session = cf_sim_session(fixture.sim, label);
        if (!session)
            continue;
        there++;
        fixture_submit(&fixture, (struct cf_request){.action = CF_ACTION_REFRESH,
                                                     .deadline = CF_MONO_UNKNOWN,
                                                     .session = session->identity});
        cf_loop_run_until(fixture.loop, (struct cf_mono){0});
        assert_int_equal(fixture.code, 0);
    }
    assert_true(there > 150);
    fixture_close(&fixture);
}

static void test_unknown_idle_stays_unknown(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open(&fixture, (struct cf_sim_setup){.pushes_input = true});
    struct cf_session record;
    cf_session_init(&record);
    cf_session_set_string(&record, CF_FIELD_USER, "ana");
    cf_session_set_string(&record, CF_FIELD_IDLE_SOURCE, "unknown");
    assert_int_equal(fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_LOGON, .logon = &record}), 0);
    cf_session_finish(&record);
    cf_buffer_clear(&fixture.heard);
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    assert_false(cf_mono_known(cf_sim_session(fixture.sim, 0)->last_input));
    assert_null(cf_sim_session(fixture.sim, 0)->idle_source);
    fixture_hears(&fixture, CF_SECOND, "listing\nseen 1 ana: all\nlisted\n");
    fixture_close(&fixture);
}

static void test_return_logs_on_again_with_the_same_record(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    int64_t birth = cf_sim_session(fixture.sim, 0)->identity.birth;
    fixture_ask(&fixture, CF_ACTION_LOGOFF);
    fixture_hears(&fixture, CF_MINUTE, "1 done\ngone 1\n");
    assert_int_equal(fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_INPUT}), CF_POLICY);
    fixture_event(&fixture, CF_EVENT_RETURN, 0);
    fixture_hears(&fixture, CF_SECOND, "seen 2 ana: all\n");
    assert_true(cf_sim_session(fixture.sim, 0)->identity.birth > birth);
    assert_int_equal(fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_RETURN, .label = 1}),
                     CF_POLICY);
    fixture_close(&fixture);
}

static void test_jobs_use_the_processor_while_the_host_is_awake(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    assert_int_equal(
        fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_JOB, .text = "make", .argument = 1}), 0);
    assert_int_equal(
        fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_JOB, .text = "make", .argument = 1}),
        CF_POLICY);
    assert_string_equal(cf_sim_session(fixture.sim, 0)->programs[0], "make");
    fixture_hears(&fixture, CF_MINUTE, "");
    assert_int_equal(
        fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_SLEEP, .argument = CF_HOUR.us}), 0);
    assert_int_equal(cf_loop_now(fixture.loop).us, CF_MINUTE.us + CF_HOUR.us);
    fixture_hears(&fixture, CF_MINUTE, "");
    struct cf_request request = fixture_request(&fixture, CF_ACTION_REFRESH);
    request.fields = CF_FIELD_BIT(CF_FIELD_CPU);
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, CF_MINUTE, "1 done\n");
    assert_int_equal(fixture.cpu, 2 * CF_MINUTE.us);
    assert_int_equal(fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_JOB, .text = "make"}), 0);
    assert_null(cf_sim_session(fixture.sim, 0)->programs[0]);
    assert_int_equal(fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_JOB, .text = "make"}),
                     CF_POLICY);
    fixture_close(&fixture);
}

static void heard_clock(void *data, enum cf_clock_change change, struct cf_span by)
{
    cf_buffer_printf(data, "%s %" PRId64 "\n", change == CF_CLOCK_STEPPED ? "stepped" : "resumed", by.us);
}

static void test_the_host_sleeps_and_its_clock_steps(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    cf_loop_on_clock(fixture.loop, heard_clock, &fixture.heard);
    int64_t wall = cf_loop_wall(fixture.loop).us;
    assert_int_equal(
        fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_STEP, .argument = -CF_HOUR.us}), 0);
    assert_int_equal(cf_loop_wall(fixture.loop).us, wall - CF_HOUR.us);
    assert_int_equal(cf_loop_now(fixture.loop).us, 0);
    assert_int_equal(fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_SLEEP, .argument = 5}), 0);
    assert_int_equal(cf_loop_now(fixture.loop).us, 5);
    fixture_hears(&fixture, CF_SECOND, "stepped -3600000000\nresumed 5\n");
    fixture_close(&fixture);
}

static void narrate(void *data, const struct cf_event *event, const struct cf_session *session)
{
    cf_buffer_printf(data, "%s %s%s%s\n", session ? session->user : "host", cf_event_name(event->kind),
                     event->text ? " " : "", event->text ? event->text : "");
}

static struct cf_scenario *day_of_ana(void)
{
    struct cf_script *script = cf_script_create((struct cf_instant){0});
    struct cf_session ana;
    cf_session_init(&ana);
    cf_session_set_string(&ana, CF_FIELD_USER, "ana");
    const struct cf_event events[] = {
        {.at_us = 1, .kind = CF_EVENT_LOGON, .logon = &ana},
        {.at_us = CF_SECOND.us, .kind = CF_EVENT_INPUT},
        {.at_us = CF_SECOND.us, .kind = CF_EVENT_LOCK},
        {.at_us = CF_MINUTE.us, .kind = CF_EVENT_INPUT}, /* curfew has ended the session by then */
        {.at_us = CF_MINUTE.us, .kind = CF_EVENT_RETURN},
        {.at_us = CF_MINUTE.us, .kind = CF_EVENT_FAULT, .text = "failing", .argument = 7},
        {.at_us = CF_MINUTE.us + 1, .kind = CF_EVENT_SLEEP, .argument = CF_MINUTE.us},
        {.at_us = 2 * CF_MINUTE.us + 1, .kind = CF_EVENT_LOGOFF},
    };
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        assert_int_equal(cf_script_add(script, &events[i], NULL), 0);
    cf_session_finish(&ana);
    return cf_script_finish(script, 0);
}

static void test_a_scenario_is_played(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    struct cf_scenario *scenario = day_of_ana();
    fixture_open(&fixture, (struct cf_sim_setup){.scenario = scenario});
    struct cf_buffer told = {0};
    cf_sim_on_event(fixture.sim, narrate, &told);
    fixture_hears(&fixture, CF_SECOND, "listing\nlisted\nseen 1 ana: all\nseen 1 ana: locked locked_for\n");
    fixture_ask(&fixture, CF_ACTION_LOGOFF_FORCED);
    fixture_hears(&fixture, CF_HOUR, "1 done\ngone 1\nseen 2 ana: all\ngone 2\n");
    assert_string_equal(told.data,
                        "ana logon\nana input\nana lock\nana logoff ended\nana return\nhost fault failing\n"
                        "host sleep\nana logoff\n");
    assert_int_equal(cf_sim_played(fixture.sim), 8);
    assert_int_equal(cf_sim_faults(fixture.sim)->failing, 7);
    cf_buffer_finish(&told);
    fixture_close(&fixture);
    cf_scenario_destroy(scenario);
}

static void test_closing_inside_a_callback(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    struct cf_scenario *scenario = day_of_ana();
    fixture_open(&fixture, (struct cf_sim_setup){.scenario = scenario});
    fixture_hears(&fixture, CF_SECOND, "listing\nlisted\nseen 1 ana: all\nseen 1 ana: locked locked_for\n");
    fixture_ask(&fixture, CF_ACTION_LOGOFF);
    fixture_ask(&fixture, CF_ACTION_REFRESH); /* dropped */
    fixture.close_at_gone = &fixture.sim;
    fixture_hears(&fixture, CF_HOUR, "1 done\ngone 1\n");
    assert_null(fixture.sim);
    fixture_close(&fixture);
    cf_scenario_destroy(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logon_gives_a_whole_record),
        cmocka_unit_test(test_changes_are_told_field_by_field),
        cmocka_unit_test(test_input_is_pushed_where_asked_for),
        cmocka_unit_test(test_no_identity_comes_twice),
        cmocka_unit_test(test_many_ids_are_found_again),
        cmocka_unit_test(test_unknown_idle_stays_unknown),
        cmocka_unit_test(test_return_logs_on_again_with_the_same_record),
        cmocka_unit_test(test_jobs_use_the_processor_while_the_host_is_awake),
        cmocka_unit_test(test_the_host_sleeps_and_its_clock_steps),
        cmocka_unit_test(test_a_scenario_is_played),
        cmocka_unit_test(test_closing_inside_a_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
