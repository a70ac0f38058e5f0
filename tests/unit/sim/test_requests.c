/* What the host makes of each request, and of each fault. */
#include "bench.h"

static void test_refresh_reads_now(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){.faults = {.latency = {2000000}}});
    struct cf_request request = bench_request(&bench, CF_ACTION_REFRESH);
    request.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    bench_submit(&bench, request);
    bench_hears(&bench, CF_SECOND, "");
    bench_event(&bench, CF_EVENT_INPUT, 0);
    bench_hears(&bench, CF_SECOND, "1 done\n");
    assert_int_equal(bench.reading.us, CF_SECOND.us); /* the time of the answer, not of the question */
    bench_close(&bench);
}

/* From when it is asked for, once, and only what was asked for. */
static void test_the_next_change_is_told_once(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){0});
    struct cf_request request = bench_request(&bench, CF_ACTION_WATCH);
    request.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    bench_submit(&bench, request);
    bench_hears(&bench, CF_SECOND, "1 done, watched\n");
    bench_event(&bench, CF_EVENT_OUTPUT, 0);
    bench_event(&bench, CF_EVENT_INPUT, 0);
    bench_event(&bench, CF_EVENT_INPUT, 0);
    bench_hears(&bench, CF_SECOND, "seen 1 ana: idle\n");
    request.fields |= CF_FIELD_BIT(CF_FIELD_OUTPUT);
    bench_submit(&bench, request);
    bench_hears(&bench, CF_SECOND, "2 done, watched\n");
    bench_event(&bench, CF_EVENT_OUTPUT, 0);
    bench_hears(&bench, CF_SECOND, "seen 1 ana: output\n");
    request.fields = 0;
    bench_submit(&bench, request);
    bench_event(&bench, CF_EVENT_INPUT, 0);
    bench_hears(&bench, CF_SECOND, "seen 1 ana: idle\n3 done\n"); /* it was not yet cancelled */
    bench_event(&bench, CF_EVENT_INPUT, 0);
    bench_hears(&bench, CF_SECOND, "");
    cf_sim_faults(bench.sim)->untold = 1000;
    request.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    bench_submit(&bench, request);
    bench_hears(&bench, CF_SECOND, "4 done\n");
    bench_event(&bench, CF_EVENT_INPUT, 0);
    bench_hears(&bench, CF_SECOND, "");
    bench_close(&bench);
}

static void test_without_latency_the_answer_comes_at_once_but_not_inside(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){0});
    for (int i = 0; i < CF_ACTION_COUNT; i++)
        if (i != CF_ACTION_LOGOFF && i != CF_ACTION_LOGOFF_FORCED)
            bench_ask(&bench, (enum cf_action_kind)i);
    bench_hears(&bench, (struct cf_span){0},
                "listing\nseen 1 ana: all\nlisted\n1 done\n2 done\n3 done, delivered\n4 done\n"
                "seen 1 ana: locked locked_for\n5 done\n"
                "seen 1 ana: active disconnected disconnected_for\n6 done\n7 done\n8 done\n9 done\n");
    bench_ask(&bench, CF_ACTION_LOCK); /* it is already so */
    bench_ask(&bench, CF_ACTION_DISCONNECT);
    bench_hears(&bench, (struct cf_span){0}, "10 done\n11 done\n");
    bench_close(&bench);
}

static void test_requests_want_the_very_session(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){0});
    struct cf_request right = bench_request(&bench, CF_ACTION_LOGOFF), request = right;
    request.session.birth++;
    bench_submit(&bench, request);
    request = right;
    request.session.boot++;
    bench_submit(&bench, request);
    request = right;
    request.session.host = "another";
    bench_submit(&bench, request);
    request = right;
    request.session.id = "2";
    bench_submit(&bench, request);
    request = right;
    request.session.id =
        "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111";
    bench_submit(&bench, request);
    bench_submit(&bench, (struct cf_request){.action = CF_ACTION_WARN, .deadline = CF_MONO_UNKNOWN});
    bench_hears(&bench, CF_SECOND, "1 gone\n2 gone\n3 gone\n4 gone\n5 gone\n6 gone\n");
    bench_submit(&bench, right);
    bench_hears(&bench, CF_SECOND, "7 done\ngone 1\n");
    bench_submit(&bench, right);
    bench_hears(&bench, CF_SECOND, "8 gone\n");
    bench_close(&bench);
}

static void test_acts_look_for_input_first(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){0});
    static const enum cf_action_kind acts[] = {CF_ACTION_LOCK, CF_ACTION_DISCONNECT, CF_ACTION_LOGOFF,
                                               CF_ACTION_LOGOFF_FORCED};
    bench_hears(&bench, CF_SECOND, "");
    for (size_t i = 0; i < 4; i++) {
        struct cf_request request = bench_request(&bench, acts[i]);
        request.quiet_since = cf_loop_now(bench.loop);
        bench_submit(&bench, request);
        bench_event(&bench, CF_EVENT_INPUT, 0); /* at the same instant: not later */
    }
    bench_hears(
        &bench, (struct cf_span){1},
        "seen 1 ana: locked locked_for\n1 done\nseen 1 ana: active disconnected disconnected_for\n2 done\n"
        "3 done\ngone 1\n4 gone\n");
    bench_event(&bench, CF_EVENT_RETURN, 0);
    bench_hears(&bench, CF_SECOND, "seen 2 ana: all\n");
    for (size_t i = 0; i < 4; i++) {
        struct cf_request request = bench_request(&bench, acts[i]);
        request.quiet_since = (struct cf_mono){cf_loop_now(bench.loop).us - CF_SECOND.us - 1};
        bench_submit(&bench, request);
    }
    bench_hears(&bench, CF_SECOND, "5 stale\n6 stale\n7 stale\n8 stale\n");
    assert_int_equal(cf_sim_session(bench.sim, 0)->locked, CF_TRI_NO);
    bench_close(&bench);
}

static void test_a_terminal_has_no_screen(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, (struct cf_sim_setup){0});
    bench_logon(&bench, 0, "ana", "tty");
    bench_hears(&bench, CF_SECOND, "seen 1 ana: all\nlisting\nseen 1 ana: all\nlisted\n");
    bench_ask(&bench, CF_ACTION_LOCK);
    bench_ask(&bench, CF_ACTION_DISCONNECT);
    bench_hears(&bench, CF_SECOND, "1 unsupported\n2 unsupported\n");
    assert_int_equal(bench_apply(&bench, (struct cf_event){.kind = CF_EVENT_LOCK}), CF_POLICY);
    bench_close(&bench);
}

static void warn(struct bench *bench, uint64_t notice, const char *text, const char *ask)
{
    struct cf_request request = bench_request(bench, CF_ACTION_WARN);
    request.notice = notice;
    request.text = text;
    request.ask = ask;
    bench_submit(bench, request);
}

static void answer(struct bench *bench, int64_t yes, int code)
{
    assert_int_equal(bench_apply(bench, (struct cf_event){.kind = CF_EVENT_ANSWER, .argument = yes}), code);
}

static void test_notices_stay_until_withdrawn_or_answered(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){0});
    answer(&bench, 1, CF_POLICY);
    warn(&bench, 11, "first", "Stay");
    warn(&bench, 12, "second", "Stay");
    warn(&bench, 13, "third", NULL);
    bench_hears(&bench, CF_HOUR, "1 done, delivered\n2 done, delivered\n3 done, delivered\n");
    assert_int_equal(cf_sim_notice_count(bench.sim, 0), 3);
    assert_string_equal(cf_sim_notice(bench.sim, 0, 0), "first");
    assert_string_equal(cf_sim_notice(bench.sim, 0, 2), "third");
    assert_null(cf_sim_notice(bench.sim, 0, 3));
    answer(&bench, 0, 0);
    bench_hears(&bench, CF_SECOND, "answered 12 no\n");
    assert_int_equal(cf_sim_session(bench.sim, 0)->last_input.us, CF_HOUR.us);
    struct cf_request request = bench_request(&bench, CF_ACTION_WITHDRAW);
    request.notice = 13;
    bench_submit(&bench, request);
    bench_submit(&bench, request);
    bench_hears(&bench, CF_SECOND, "4 done\n5 done\n");
    assert_int_equal(cf_sim_notice_count(bench.sim, 0), 1);
    answer(&bench, 1, 0);
    bench_hears(&bench, CF_SECOND, "answered 11 yes\n");
    answer(&bench, 1, CF_POLICY);

    for (uint64_t i = 0; i < 100; i++) /* a screen has an end */
        warn(&bench, 100 + i, i == 99 ? "last" : "more", NULL);
    cf_loop_run_until(bench.loop, cf_loop_now(bench.loop));
    assert_int_equal(cf_sim_notice_count(bench.sim, 0), 64);
    assert_string_equal(cf_sim_notice(bench.sim, 0, 63), "last");
    bench_event(&bench, CF_EVENT_LOGOFF, 0);
    assert_int_equal(cf_sim_notice_count(bench.sim, 0), 0);
    bench_close(&bench);
}

static void test_refused_logons(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){0});
    struct cf_request request = {
        .action = CF_ACTION_REFUSE_LOGONS, .deadline = CF_MONO_UNKNOWN, .on = true, .text = "maintenance"};
    bench_submit(&bench, request);
    bench_event(&bench, CF_EVENT_LOGOFF, 0);
    bench_hears(&bench, CF_SECOND, "gone 1\n1 done\n");
    struct cf_error err;
    struct cf_event back = {.kind = CF_EVENT_RETURN};
    assert_int_equal(cf_sim_apply(bench.sim, &back, &err), CF_DENIED);
    assert_string_equal(err.text, "ana cannot log on: the host refuses logons: maintenance");
    request.on = false;
    bench_submit(&bench, request);
    bench_hears(&bench, CF_SECOND, "2 done\n");
    assert_int_equal(cf_sim_apply(bench.sim, &back, &err), 0);
    bench_hears(&bench, CF_SECOND, "seen 2 ana: all\n");
    bench_close(&bench);
}

static void test_after_its_deadline_nothing_is_done(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){.faults = {.slow = 1000}});
    struct cf_request request = bench_request(&bench, CF_ACTION_LOGOFF);
    request.deadline = (struct cf_mono){CF_MINUTE.us - 1};
    bench_submit(&bench, request);
    request.deadline.us++;
    request.action = CF_ACTION_LOCK;
    bench_submit(&bench, request);
    bench_hears(&bench, (struct cf_span){CF_MINUTE.us - 1}, "");
    bench_hears(&bench, (struct cf_span){1}, "1 timeout\nseen 1 ana: locked locked_for\n2 done\n");
    bench_close(&bench);
}

static void test_faults(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){0});
    struct cf_sim_faults *faults = cf_sim_faults(bench.sim);
    bench_hears(&bench, CF_HOUR, "");

    *faults = (struct cf_sim_faults){.failing = 1000};
    bench_ask(&bench, CF_ACTION_LOGOFF);
    bench_ask(&bench, CF_ACTION_LIST);
    bench_hears(&bench, CF_SECOND, "1 failed\n2 failed\n");

    *faults = (struct cf_sim_faults){.refusing = 1000};
    bench_ask(&bench, CF_ACTION_LOGOFF);
    bench_hears(&bench, CF_SECOND, "3 denied\n");

    *faults = (struct cf_sim_faults){.undelivered = 1000};
    warn(&bench, 1, "nobody reads this", NULL);
    bench_hears(&bench, CF_SECOND, "4 done\n");
    assert_int_equal(cf_sim_notice_count(bench.sim, 0), 0);

    *faults = (struct cf_sim_faults){.lying = 1000};
    struct cf_request request = bench_request(&bench, CF_ACTION_REFRESH);
    request.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    bench_event(&bench, CF_EVENT_INPUT, 0);
    int64_t truth = cf_sim_session(bench.sim, 0)->last_input.us;
    bench_submit(&bench, request);
    bench_hears(&bench, CF_SECOND, "5 done\n");
    assert_true(bench.reading.us <= truth - CF_HOUR.us);
    assert_int_equal(cf_sim_session(bench.sim, 0)->last_input.us, truth);

    *faults = (struct cf_sim_faults){.hanging = 1000};
    bench_ask(&bench, CF_ACTION_LOGOFF);
    bench_hears(&bench, CF_HOUR, "6 done\n");
    *faults = (struct cf_sim_faults){0};
    bench_ask(&bench, CF_ACTION_LOGOFF); /* still hangs */
    bench_hears(&bench, CF_HOUR, "7 done\n");
    bench_ask(&bench, CF_ACTION_LOGOFF_FORCED);
    bench_hears(&bench, CF_SECOND, "8 done\ngone 1\n");

    bench_event(&bench, CF_EVENT_RETURN, 0);
    *faults = (struct cf_sim_faults){.vanishing = 1000};
    bench_ask(&bench, CF_ACTION_REFRESH);
    bench_hears(&bench, CF_SECOND, "seen 2 ana: all\ngone 2\n9 gone\n");
    bench_close(&bench);
}

/* A host that says nothing, says it twice, or speaks of somebody else. */
static void test_wrong_answers(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){.faults = {.silent = 1000}});
    struct cf_sim_faults *faults = cf_sim_faults(bench.sim);
    const struct cf_session *ana = cf_sim_session(bench.sim, 0);
    bench_ask(&bench, CF_ACTION_LOCK);
    bench_hears(&bench, CF_HOUR, "");
    assert_int_equal(ana->locked, CF_TRI_NO);
    *faults = (struct cf_sim_faults){.twice = 1000};
    bench_ask(&bench, CF_ACTION_LOCK);
    bench_hears(&bench, CF_SECOND,
                "seen 1 ana: locked locked_for\n2 done\n2 done\n18446744073709551613 done\n");
    *faults = (struct cf_sim_faults){.mistaken = 1000};
    bench_ask(&bench, CF_ACTION_REFRESH);
    bench_hears(&bench, CF_SECOND, "3 done\n"); /* there is nobody else */
    assert_true(cf_identity_equal(&bench.read, &ana->identity));
    bench_logon(&bench, 1, "bea", "x11");
    bench_ask(&bench, CF_ACTION_REFRESH);
    bench_hears(&bench, CF_SECOND, "seen 2 bea: all\n4 done\n");
    assert_true(cf_identity_equal(&bench.read, &cf_sim_session(bench.sim, 1)->identity));
    *faults = (struct cf_sim_faults){.reborn = 1000};
    bench_ask(&bench, CF_ACTION_REFRESH);
    bench_hears(&bench, CF_SECOND, "5 done\n");
    assert_string_equal(bench.read.id, ana->identity.id);
    assert_true(bench.read.birth != ana->identity.birth);
    bench_close(&bench);
}

static void test_vain_acts(void **state)
{
    (void)state;
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){.faults = {.stale = 1000}});
    struct cf_sim_faults *faults = cf_sim_faults(bench.sim);
    bench_ask(&bench, CF_ACTION_LOCK);
    bench_ask(&bench, CF_ACTION_LOGOFF_FORCED);
    bench_hears(&bench, CF_SECOND, "1 stale\n2 stale\n");
    *faults = (struct cf_sim_faults){.deaf = 1000};
    bench_ask(&bench, CF_ACTION_LOGOFF_FORCED);
    bench_hears(&bench, CF_HOUR, "3 done\n");
    *faults = (struct cf_sim_faults){.lasting = 1000};
    for (uint64_t notice = 1; notice <= 2; notice++) {
        struct cf_request warning = bench_request(&bench, CF_ACTION_WARN);
        warning.text = "soon";
        warning.notice = notice;
        bench_submit(&bench, warning);
    }
    bench_hears(&bench, CF_SECOND, "4 done, delivered, for good\n5 done, delivered, for good\n");
    assert_int_equal(cf_sim_notice_count(bench.sim, 0), 1);
    bench_close(&bench);
}

/* Some requests only, and with a code. */
static void test_chosen_faults(void **state)
{
    (void)state;
    struct bench bench;
    unsigned reads = CF_SIM_KIND(CF_ACTION_REFRESH) | CF_SIM_KIND(CF_ACTION_WATCH);
    struct cf_sim_faults faults = {.failing = 1000, .kinds = reads, .fields = CF_FIELD_BIT(CF_FIELD_GROUPS)};
    bench_open_with_ana(&bench, (struct cf_sim_setup){.faults = faults});
    struct cf_request reading = bench_request(&bench, CF_ACTION_REFRESH);
    reading.fields = CF_FIELD_BIT(CF_FIELD_IDLE);
    bench_submit(&bench, reading);
    reading.fields |= CF_FIELD_BIT(CF_FIELD_GROUPS);
    bench_submit(&bench, reading);
    bench_ask(&bench, CF_ACTION_WITHDRAW);
    bench_hears(&bench, CF_SECOND, "1 done\n2 failed\n3 done\n");
    cf_sim_faults(bench.sim)->code = CF_UNAVAILABLE;
    bench_submit(&bench, reading);
    bench_hears(&bench, CF_SECOND, "4 unavailable\n");
    cf_sim_faults(bench.sim)->kinds = CF_SIM_KIND(CF_ACTION_WITHDRAW);
    bench_submit(&bench, reading);
    bench_ask(&bench, CF_ACTION_WITHDRAW);
    bench_hears(&bench, CF_SECOND, "5 done\n6 unavailable\n");
    bench_close(&bench);
}

static void test_held(void **state)
{
    (void)state;
    for (int done = 0; done < 2; done++) {
        struct bench bench;
        bench_open_with_ana(&bench, (struct cf_sim_setup){0});
        cf_sim_hold(bench.sim, CF_SIM_KIND(CF_ACTION_LOCK), done);
        bench_ask(&bench, CF_ACTION_LOCK);
        bench_ask(&bench, CF_ACTION_REFRESH);
        bench_hears(&bench, CF_HOUR, done ? "seen 1 ana: locked locked_for\n2 done\n" : "2 done\n");
        cf_sim_release(bench.sim);
        bench_hears(&bench, CF_SECOND, done ? "1 done\n" : "seen 1 ana: locked locked_for\n1 done\n");
        bench_ask(&bench, CF_ACTION_LOCK);
        bench_hears(&bench, CF_SECOND, "3 done\n");
        bench_close(&bench);
    }
}

/* What no event does: its record changes, and its session ends without a word. */
static void test_by_hand(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, (struct cf_sim_setup){.hides_births = true,
                                             .sampled = CF_FIELD_BIT(CF_FIELD_GROUPS),
                                             .warns_by = "it went by mail"});
    assert_int_equal(cf_sim_ops.capabilities(bench.sim)->fields[CF_FIELD_GROUPS], CF_SUPPLY_SAMPLED);
    bench_logon(&bench, 0, "ana", "x11");
    cf_loop_run_until(bench.loop, cf_loop_now(bench.loop));
    assert_null(strstr(bench.heard.data, "all"));
    assert_null(strstr(bench.heard.data, "groups"));
    cf_buffer_clear(&bench.heard);
    assert_int_equal(cf_sim_session(bench.sim, 0)->identity.birth, 0);
    cf_sim_record(bench.sim, 0)->uid = 7;
    cf_sim_tell(bench.sim, 0, CF_FIELD_BIT(CF_FIELD_UID) | CF_FIELD_BIT(CF_FIELD_GROUPS));
    bench_hears(&bench, CF_SECOND, "seen 1 ana: uid groups\n");
    struct cf_request warning = bench_request(&bench, CF_ACTION_WARN);
    warning.text = "soon";
    bench_submit(&bench, warning);
    bench_hears(&bench, CF_SECOND, "1 done, delivered, it went by mail\n");
    assert_null(cf_sim_refusal(bench.sim));
    bench_submit(&bench, (struct cf_request){.action = CF_ACTION_REFUSE_LOGONS,
                                             .deadline = CF_MONO_UNKNOWN,
                                             .on = true,
                                             .text = "closed"});
    bench_hears(&bench, CF_SECOND, "2 done\n");
    assert_string_equal(cf_sim_refusal(bench.sim), "closed");
    cf_sim_end_untold(bench.sim, 0);
    bench_hears(&bench, CF_SECOND, "");
    assert_null(cf_sim_record(bench.sim, 0));
    bench_close(&bench);
}

static unsigned failures(uint64_t seed)
{
    struct bench bench;
    bench_open_with_ana(&bench, (struct cf_sim_setup){.seed = seed, .faults = {.failing = 250}});
    unsigned failed = 0, order = 0;
    for (unsigned i = 0; i < 1000; i++) {
        bench_ask(&bench, CF_ACTION_LIST);
        cf_loop_run_until(bench.loop, cf_loop_now(bench.loop));
        failed += bench.code != 0;
        order = order * 31 + failed;
    }
    assert_in_range(failed, 180, 320);
    bench_close(&bench);
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
