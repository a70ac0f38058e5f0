/* What the host makes of each request, and of each fault. */
#include "sim_fixture.h"

static void test_refresh_reads_now(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){.faults = {.latency = {2000000}}});
    struct cf_request request = fixture_request(&fixture, CF_ACTION_REFRESH);
    request.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, CF_SECOND, "");
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    fixture_hears(&fixture, CF_SECOND, "1 done\n");
    assert_int_equal(fixture.reading.us, CF_SECOND.us); /* the time of the answer, not of the question */
    fixture_close(&fixture);
}

/* From when it is asked for, once, and only what was asked for. */
static void test_the_next_change_is_told_once(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    struct cf_request request = fixture_request(&fixture, CF_ACTION_WATCH);
    request.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, CF_SECOND, "1 done, watched\n");
    fixture_event(&fixture, CF_EVENT_OUTPUT, 0);
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    fixture_hears(&fixture, CF_SECOND, "seen 1 ana: idle\n");
    request.fields |= CF_FIELD_BIT(CF_FIELD_OUTPUT);
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, CF_SECOND, "2 done, watched\n");
    fixture_event(&fixture, CF_EVENT_OUTPUT, 0);
    fixture_hears(&fixture, CF_SECOND, "seen 1 ana: output\n");
    request.fields = 0;
    fixture_submit(&fixture, request);
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    fixture_hears(&fixture, CF_SECOND, "seen 1 ana: idle\n3 done\n"); /* it was not yet cancelled */
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    fixture_hears(&fixture, CF_SECOND, "");
    cf_sim_faults(fixture.sim)->untold = 1000;
    request.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, CF_SECOND, "4 done\n");
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    fixture_hears(&fixture, CF_SECOND, "");
    fixture_close(&fixture);
}

static void test_without_latency_the_answer_comes_at_once_but_not_inside(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    for (int i = 0; i < CF_ACTION_COUNT; i++)
        if (i != CF_ACTION_LOGOFF && i != CF_ACTION_LOGOFF_FORCED)
            fixture_ask(&fixture, (enum cf_action_kind)i);
    fixture_hears(&fixture, (struct cf_span){0},
                  "listing\nseen 1 ana: all\nlisted\n1 done\n2 done\n3 done, delivered\n4 done\n"
                  "seen 1 ana: locked locked_for\n5 done\n"
                  "seen 1 ana: active disconnected disconnected_for\n6 done\n7 done\n8 done\n9 done\n");
    fixture_ask(&fixture, CF_ACTION_LOCK); /* it is already so */
    fixture_ask(&fixture, CF_ACTION_DISCONNECT);
    fixture_hears(&fixture, (struct cf_span){0}, "10 done\n11 done\n");
    fixture_close(&fixture);
}

static void test_requests_want_the_very_session(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    struct cf_request right = fixture_request(&fixture, CF_ACTION_LOGOFF), request = right;
    request.session.birth++;
    fixture_submit(&fixture, request);
    request = right;
    request.session.boot++;
    fixture_submit(&fixture, request);
    request = right;
    request.session.host = "another";
    fixture_submit(&fixture, request);
    request = right;
    request.session.id = "2";
    fixture_submit(&fixture, request);
    request = right;
    request.session.id =
        "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111";
    fixture_submit(&fixture, request);
    fixture_submit(&fixture, (struct cf_request){.action = CF_ACTION_WARN, .deadline = CF_MONO_UNKNOWN});
    fixture_hears(&fixture, CF_SECOND, "1 gone\n2 gone\n3 gone\n4 gone\n5 gone\n6 gone\n");
    fixture_submit(&fixture, right);
    fixture_hears(&fixture, CF_SECOND, "7 done\ngone 1\n");
    fixture_submit(&fixture, right);
    fixture_hears(&fixture, CF_SECOND, "8 gone\n");
    fixture_close(&fixture);
}

static void test_acts_look_for_input_first(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    static const enum cf_action_kind acts[] = {CF_ACTION_LOCK, CF_ACTION_DISCONNECT, CF_ACTION_LOGOFF,
                                               CF_ACTION_LOGOFF_FORCED};
    fixture_hears(&fixture, CF_SECOND, "");
    for (size_t i = 0; i < 4; i++) {
        struct cf_request request = fixture_request(&fixture, acts[i]);
        request.quiet_since = cf_loop_now(fixture.loop);
        fixture_submit(&fixture, request);
        fixture_event(&fixture, CF_EVENT_INPUT, 0); /* at the same instant: not later */
    }
    fixture_hears(
        &fixture, (struct cf_span){1},
        "seen 1 ana: locked locked_for\n1 done\nseen 1 ana: active disconnected disconnected_for\n2 done\n"
        "3 done\ngone 1\n4 gone\n");
    fixture_event(&fixture, CF_EVENT_RETURN, 0);
    fixture_hears(&fixture, CF_SECOND, "seen 2 ana: all\n");
    for (size_t i = 0; i < 4; i++) {
        struct cf_request request = fixture_request(&fixture, acts[i]);
        request.quiet_since = (struct cf_mono){cf_loop_now(fixture.loop).us - CF_SECOND.us - 1};
        fixture_submit(&fixture, request);
    }
    fixture_hears(&fixture, CF_SECOND, "5 stale\n6 stale\n7 stale\n8 stale\n");
    assert_int_equal(cf_sim_session(fixture.sim, 0)->locked, CF_TRI_NO);
    fixture_close(&fixture);
}

static void test_a_terminal_has_no_screen(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open(&fixture, (struct cf_sim_setup){0});
    fixture_logon(&fixture, 0, "ana", "tty");
    fixture_hears(&fixture, CF_SECOND, "seen 1 ana: all\nlisting\nseen 1 ana: all\nlisted\n");
    fixture_ask(&fixture, CF_ACTION_LOCK);
    fixture_ask(&fixture, CF_ACTION_DISCONNECT);
    fixture_hears(&fixture, CF_SECOND, "1 unsupported\n2 unsupported\n");
    assert_int_equal(fixture_apply(&fixture, (struct cf_event){.kind = CF_EVENT_LOCK}), CF_POLICY);
    fixture_close(&fixture);
}

static void warn(struct sim_fixture *fixture, uint64_t notice, const char *text, const char *ask)
{
    struct cf_request request = fixture_request(fixture, CF_ACTION_WARN);
    request.notice = notice;
    request.text = text;
    request.ask = ask;
    fixture_submit(fixture, request);
}

static void answer(struct sim_fixture *fixture, int64_t yes, int code)
{
    assert_int_equal(fixture_apply(fixture, (struct cf_event){.kind = CF_EVENT_ANSWER, .argument = yes}),
                     code);
}

static void test_notices_stay_until_withdrawn_or_answered(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    answer(&fixture, 1, CF_POLICY);
    warn(&fixture, 11, "first", "Stay");
    warn(&fixture, 12, "second", "Stay");
    warn(&fixture, 13, "third", NULL);
    fixture_hears(&fixture, CF_HOUR, "1 done, delivered\n2 done, delivered\n3 done, delivered\n");
    assert_int_equal(cf_sim_notice_count(fixture.sim, 0), 3);
    assert_string_equal(cf_sim_notice(fixture.sim, 0, 0), "first");
    assert_string_equal(cf_sim_notice(fixture.sim, 0, 2), "third");
    assert_null(cf_sim_notice(fixture.sim, 0, 3));
    answer(&fixture, 0, 0);
    fixture_hears(&fixture, CF_SECOND, "answered 12 no\n");
    assert_int_equal(cf_sim_session(fixture.sim, 0)->last_input.us, CF_HOUR.us);
    struct cf_request request = fixture_request(&fixture, CF_ACTION_WITHDRAW);
    request.notice = 13;
    fixture_submit(&fixture, request);
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, CF_SECOND, "4 done\n5 done\n");
    assert_int_equal(cf_sim_notice_count(fixture.sim, 0), 1);
    answer(&fixture, 1, 0);
    fixture_hears(&fixture, CF_SECOND, "answered 11 yes\n");
    answer(&fixture, 1, CF_POLICY);

    for (uint64_t i = 0; i < 100; i++) /* a screen has an end */
        warn(&fixture, 100 + i, i == 99 ? "last" : "more", NULL);
    cf_loop_run_until(fixture.loop, cf_loop_now(fixture.loop));
    assert_int_equal(cf_sim_notice_count(fixture.sim, 0), 64);
    assert_string_equal(cf_sim_notice(fixture.sim, 0, 63), "last");
    fixture_event(&fixture, CF_EVENT_LOGOFF, 0);
    assert_int_equal(cf_sim_notice_count(fixture.sim, 0), 0);
    fixture_close(&fixture);
}

static void test_refused_logons(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    struct cf_request request = {
        .action = CF_ACTION_REFUSE_LOGONS, .deadline = CF_MONO_UNKNOWN, .on = true, .text = "maintenance"};
    fixture_submit(&fixture, request);
    fixture_event(&fixture, CF_EVENT_LOGOFF, 0);
    fixture_hears(&fixture, CF_SECOND, "gone 1\n1 done\n");
    struct cf_error err;
    struct cf_event back = {.kind = CF_EVENT_RETURN};
    assert_int_equal(cf_sim_apply(fixture.sim, &back, &err), CF_DENIED);
    assert_string_equal(err.text, "ana cannot log on: the host refuses logons: maintenance");
    request.on = false;
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, CF_SECOND, "2 done\n");
    assert_int_equal(cf_sim_apply(fixture.sim, &back, &err), 0);
    fixture_hears(&fixture, CF_SECOND, "seen 2 ana: all\n");
    fixture_close(&fixture);
}

static void test_after_its_deadline_nothing_is_done(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){.faults = {.slow = 1000}});
    struct cf_request request = fixture_request(&fixture, CF_ACTION_LOGOFF);
    request.deadline = (struct cf_mono){CF_MINUTE.us - 1};
    fixture_submit(&fixture, request);
    request.deadline.us++;
    request.action = CF_ACTION_LOCK;
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, (struct cf_span){CF_MINUTE.us - 1}, "");
    fixture_hears(&fixture, (struct cf_span){1}, "1 timeout\nseen 1 ana: locked locked_for\n2 done\n");
    fixture_close(&fixture);
}

static void test_faults(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
    struct cf_sim_faults *faults = cf_sim_faults(fixture.sim);
    fixture_hears(&fixture, CF_HOUR, "");

    *faults = (struct cf_sim_faults){.failing = 1000};
    fixture_ask(&fixture, CF_ACTION_LOGOFF);
    fixture_ask(&fixture, CF_ACTION_LIST);
    fixture_hears(&fixture, CF_SECOND, "1 failed\n2 failed\n");

    *faults = (struct cf_sim_faults){.refusing = 1000};
    fixture_ask(&fixture, CF_ACTION_LOGOFF);
    fixture_hears(&fixture, CF_SECOND, "3 denied\n");

    *faults = (struct cf_sim_faults){.undelivered = 1000};
    warn(&fixture, 1, "nobody reads this", NULL);
    fixture_hears(&fixture, CF_SECOND, "4 done\n");
    assert_int_equal(cf_sim_notice_count(fixture.sim, 0), 0);

    *faults = (struct cf_sim_faults){.lying = 1000};
    struct cf_request request = fixture_request(&fixture, CF_ACTION_REFRESH);
    request.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    fixture_event(&fixture, CF_EVENT_INPUT, 0);
    int64_t truth = cf_sim_session(fixture.sim, 0)->last_input.us;
    fixture_submit(&fixture, request);
    fixture_hears(&fixture, CF_SECOND, "5 done\n");
    assert_true(fixture.reading.us <= truth - CF_HOUR.us);
    assert_int_equal(cf_sim_session(fixture.sim, 0)->last_input.us, truth);

    *faults = (struct cf_sim_faults){.hanging = 1000};
    fixture_ask(&fixture, CF_ACTION_LOGOFF);
    fixture_hears(&fixture, CF_HOUR, "6 done\n");
    *faults = (struct cf_sim_faults){0};
    fixture_ask(&fixture, CF_ACTION_LOGOFF); /* still hangs */
    fixture_hears(&fixture, CF_HOUR, "7 done\n");
    fixture_ask(&fixture, CF_ACTION_LOGOFF_FORCED);
    fixture_hears(&fixture, CF_SECOND, "8 done\ngone 1\n");

    fixture_event(&fixture, CF_EVENT_RETURN, 0);
    *faults = (struct cf_sim_faults){.vanishing = 1000};
    fixture_ask(&fixture, CF_ACTION_REFRESH);
    fixture_hears(&fixture, CF_SECOND, "seen 2 ana: all\ngone 2\n9 gone\n");
    fixture_close(&fixture);
}

/* A host that says nothing, says it twice, or speaks of somebody else. */
static void test_wrong_answers(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){.faults = {.silent = 1000}});
    struct cf_sim_faults *faults = cf_sim_faults(fixture.sim);
    const struct cf_session *ana = cf_sim_session(fixture.sim, 0);
    fixture_ask(&fixture, CF_ACTION_LOCK);
    fixture_hears(&fixture, CF_HOUR, "");
    assert_int_equal(ana->locked, CF_TRI_NO);
    *faults = (struct cf_sim_faults){.twice = 1000};
    fixture_ask(&fixture, CF_ACTION_LOCK);
    fixture_hears(&fixture, CF_SECOND,
                  "seen 1 ana: locked locked_for\n2 done\n2 done\n18446744073709551613 done\n");
    *faults = (struct cf_sim_faults){.mistaken = 1000};
    fixture_ask(&fixture, CF_ACTION_REFRESH);
    fixture_hears(&fixture, CF_SECOND, "3 done\n"); /* there is nobody else */
    assert_true(cf_identity_equal(&fixture.read, &ana->identity));
    fixture_logon(&fixture, 1, "bea", "x11");
    fixture_ask(&fixture, CF_ACTION_REFRESH);
    fixture_hears(&fixture, CF_SECOND, "seen 2 bea: all\n4 done\n");
    assert_true(cf_identity_equal(&fixture.read, &cf_sim_session(fixture.sim, 1)->identity));
    *faults = (struct cf_sim_faults){.reborn = 1000};
    fixture_ask(&fixture, CF_ACTION_REFRESH);
    fixture_hears(&fixture, CF_SECOND, "5 done\n");
    assert_string_equal(fixture.read.id, ana->identity.id);
    assert_true(fixture.read.birth != ana->identity.birth);
    fixture_close(&fixture);
}

static void test_vain_acts(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){.faults = {.stale = 1000}});
    struct cf_sim_faults *faults = cf_sim_faults(fixture.sim);
    fixture_ask(&fixture, CF_ACTION_LOCK);
    fixture_ask(&fixture, CF_ACTION_LOGOFF_FORCED);
    fixture_hears(&fixture, CF_SECOND, "1 stale\n2 stale\n");
    *faults = (struct cf_sim_faults){.deaf = 1000};
    fixture_ask(&fixture, CF_ACTION_LOGOFF_FORCED);
    fixture_hears(&fixture, CF_HOUR, "3 done\n");
    *faults = (struct cf_sim_faults){.lasting = 1000};
    for (uint64_t notice = 1; notice <= 2; notice++) {
        struct cf_request warning = fixture_request(&fixture, CF_ACTION_WARN);
        warning.text = "soon";
        warning.notice = notice;
        fixture_submit(&fixture, warning);
    }
    fixture_hears(&fixture, CF_SECOND, "4 done, delivered, for good\n5 done, delivered, for good\n");
    assert_int_equal(cf_sim_notice_count(fixture.sim, 0), 1);
    fixture_close(&fixture);
}

/* Some requests only, and with a code. */
static void test_chosen_faults(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    unsigned reads = CF_SIM_KIND(CF_ACTION_REFRESH) | CF_SIM_KIND(CF_ACTION_WATCH);
    struct cf_sim_faults faults = {.failing = 1000, .kinds = reads, .fields = CF_FIELD_BIT(CF_FIELD_GROUPS)};
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){.faults = faults});
    struct cf_request reading = fixture_request(&fixture, CF_ACTION_REFRESH);
    reading.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    fixture_submit(&fixture, reading);
    reading.fields |= CF_FIELD_BIT(CF_FIELD_GROUPS);
    fixture_submit(&fixture, reading);
    fixture_ask(&fixture, CF_ACTION_WITHDRAW);
    fixture_hears(&fixture, CF_SECOND, "1 done\n2 failed\n3 done\n");
    cf_sim_faults(fixture.sim)->code = CF_UNAVAILABLE;
    fixture_submit(&fixture, reading);
    fixture_hears(&fixture, CF_SECOND, "4 unavailable\n");
    cf_sim_faults(fixture.sim)->kinds = CF_SIM_KIND(CF_ACTION_WITHDRAW);
    fixture_submit(&fixture, reading);
    fixture_ask(&fixture, CF_ACTION_WITHDRAW);
    fixture_hears(&fixture, CF_SECOND, "5 done\n6 unavailable\n");
    fixture_close(&fixture);
}

static void test_held(void **state)
{
    (void)state;
    for (int done = 0; done < 2; done++) {
        struct sim_fixture fixture;
        fixture_open_with_ana(&fixture, (struct cf_sim_setup){0});
        cf_sim_hold(fixture.sim, CF_SIM_KIND(CF_ACTION_LOCK), done);
        fixture_ask(&fixture, CF_ACTION_LOCK);
        fixture_ask(&fixture, CF_ACTION_REFRESH);
        fixture_hears(&fixture, CF_HOUR, done ? "seen 1 ana: locked locked_for\n2 done\n" : "2 done\n");
        cf_sim_release(fixture.sim);
        fixture_hears(&fixture, CF_SECOND, done ? "1 done\n" : "seen 1 ana: locked locked_for\n1 done\n");
        fixture_ask(&fixture, CF_ACTION_LOCK);
        fixture_hears(&fixture, CF_SECOND, "3 done\n");
        fixture_close(&fixture);
    }
}

/* What no event does: its record changes, and its session ends without a word. */
static void test_by_hand(void **state)
{
    (void)state;
    struct sim_fixture fixture;
    fixture_open(&fixture, (struct cf_sim_setup){.hides_births = true,
                                                 .sampled = CF_FIELD_BIT(CF_FIELD_GROUPS),
                                                 .warns_by = "it went by mail"});
    assert_int_equal(cf_sim_ops.capabilities(fixture.sim)->fields[CF_FIELD_GROUPS], CF_SUPPLY_SAMPLED);
    fixture_logon(&fixture, 0, "ana", "x11");
    cf_loop_run_until(fixture.loop, cf_loop_now(fixture.loop));
    assert_null(strstr(fixture.heard.data, "all"));
    assert_null(strstr(fixture.heard.data, "groups"));
    cf_buffer_clear(&fixture.heard);
    assert_int_equal(cf_sim_session(fixture.sim, 0)->identity.birth, 0);
    cf_sim_record(fixture.sim, 0)->uid = 7;
    cf_sim_tell(fixture.sim, 0, CF_FIELD_BIT(CF_FIELD_UID) | CF_FIELD_BIT(CF_FIELD_GROUPS));
    fixture_hears(&fixture, CF_SECOND, "seen 1 ana: uid groups\n");
    struct cf_request warning = fixture_request(&fixture, CF_ACTION_WARN);
    warning.text = "soon";
    fixture_submit(&fixture, warning);
    fixture_hears(&fixture, CF_SECOND, "1 done, delivered, it went by mail\n");
    assert_null(cf_sim_refusal(fixture.sim));
    fixture_submit(&fixture, (struct cf_request){.action = CF_ACTION_REFUSE_LOGONS,
                                                 .deadline = CF_MONO_UNKNOWN,
                                                 .on = true,
                                                 .text = "closed"});
    fixture_hears(&fixture, CF_SECOND, "2 done\n");
    assert_string_equal(cf_sim_refusal(fixture.sim), "closed");
    cf_sim_end_untold(fixture.sim, 0);
    fixture_hears(&fixture, CF_SECOND, "");
    assert_null(cf_sim_record(fixture.sim, 0));
    fixture_close(&fixture);
}

static unsigned failures(uint64_t seed)
{
    struct sim_fixture fixture;
    fixture_open_with_ana(&fixture, (struct cf_sim_setup){.seed = seed, .faults = {.failing = 250}});
    unsigned failed = 0, order = 0;
    for (unsigned i = 0; i < 1000; i++) {
        fixture_ask(&fixture, CF_ACTION_LIST);
        cf_loop_run_until(fixture.loop, cf_loop_now(fixture.loop));
        failed += fixture.code != 0;
        order = order * 31 + failed;
    }
    assert_in_range(failed, 180, 320);
    fixture_close(&fixture);
    return order;
}

static void test_chances_come_from_the_seed(void **state)
{
    (void)state;
    assert_int_equal(failures(1), failures(1));
    assert_int_not_equal(failures(1), failures(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refresh_reads_now),
        cmocka_unit_test(test_the_next_change_is_told_once),
        cmocka_unit_test(test_without_latency_the_answer_comes_at_once_but_not_inside),
        cmocka_unit_test(test_requests_want_the_very_session),
        cmocka_unit_test(test_acts_look_for_input_first),
        cmocka_unit_test(test_a_terminal_has_no_screen),
        cmocka_unit_test(test_notices_stay_until_withdrawn_or_answered),
        cmocka_unit_test(test_refused_logons),
        cmocka_unit_test(test_after_its_deadline_nothing_is_done),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_wrong_answers),
        cmocka_unit_test(test_vain_acts),
        cmocka_unit_test(test_chosen_faults),
        cmocka_unit_test(test_held),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_chances_come_from_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
