/* What is asked of the host early, and who waits for it: languages, and what hangs. */
#include "runs.h"

/* Looks at the session's field, once, a second before the idle policy does. */
static enum cf_field looked_at;

static enum cf_step look(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step == 0)
        sleep_for(task, (struct cf_span){limit.us - first.us - CF_SECOND.us});
    else if (step == 1)
        cf_task_look(task, cf_task_session(task), looked_at);
    else
        return CF_STEP_RETURNED;
    return CF_STEP_WAITING;
}

/* What a directory, or a process, does not answer delays nothing that does not rest on it. */
static void test_what_hangs_delays_nobody_else(void **state)
{
    (void)state;
    static const enum cf_field hanging[] = {CF_FIELD_GROUPS, CF_FIELD_LANGUAGE};
    for (size_t i = 0; i < sizeof hanging / sizeof *hanging; i++) {
        looked_at = hanging[i];
        rig_hang(CF_FIELD_BIT(looked_at));
        rig.host.sampled |= CF_FIELD_BIT(looked_at);
        rig.translates = true;
        rig_start(idle, look);
        rig_run_to((struct cf_span){limit.us - first.us});
        expect("warn "); /* at once */
        assert_true(rig.read & rig.faults->fields);
        rig_run_to(limit);
        expect("warn logoff ended ");
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* The language is asked for as the session comes, once more a minute later, and after a warning. */
static void test_language_is_asked_for_early(void **state)
{
    (void)state;
    rig.host.sampled |= CF_FIELD_BIT(CF_FIELD_LANGUAGE);
    rig.translates = true;
    rig_start(idle, NULL);
    rig_run_to(CF_SECOND);
    assert_int_equal(rig.asked[CF_ACTION_REFRESH], 1);
    rig_run_to(cf_minutes(24));
    assert_int_equal(rig.asked[CF_ACTION_REFRESH], 2);
    rig.read = 0;
    rig_run_to((struct cf_span){limit.us - first.us});
    expect("warn ");
    assert_true(rig.read & CF_FIELD_BIT(CF_FIELD_LANGUAGE));
    (void)rig_tear_down(state);
    (void)rig_set_up(state);

    rig.host.sampled |= CF_FIELD_BIT(CF_FIELD_LANGUAGE); /* and no more once it is known */
    rig.translates = true;
    cf_session_set_string(rig.session, CF_FIELD_LANGUAGE, "pt_BR");
    rig_start(idle, NULL);
    rig_run_to(CF_SECOND);
    rig.read = 0;
    rig_run_to(limit);
    expect("warn logoff ended ");
    assert_false(rig.read & CF_FIELD_BIT(CF_FIELD_LANGUAGE));
    (void)rig_tear_down(state);
    (void)rig_set_up(state);

    rig.host.sampled |= CF_FIELD_BIT(CF_FIELD_LANGUAGE); /* nor where nobody would be told in it */
    rig_start(idle, NULL);
    rig_run_to(limit);
    assert_false(rig.read & CF_FIELD_BIT(CF_FIELD_LANGUAGE));
}

static int readings;

static void read_again(void *data, int code)
{
    assert_int_equal(code, CF_OK);
    if (++readings < 3)
        cf_engine_read(rig.engine, cf_registry_next(cf_engine_registry(rig.engine), 0), read_again, data);
}

/* Who asks as an answer comes is told of a reading of their own, not of that one. */
static void test_asked_again(void **state)
{
    (void)state;
    readings = 0;
    rig_start(idle, NULL);
    rig_run_to(CF_SECOND);
    rig.asked[CF_ACTION_REFRESH] = 0;
    cf_engine_read(rig.engine, cf_registry_next(cf_engine_registry(rig.engine), 0), read_again, NULL);
    rig_run_to(cf_seconds(2));
    assert_int_equal(readings, 3);
    assert_int_equal(rig.asked[CF_ACTION_REFRESH], 3);
}

static struct cf_mono resumed;
static bool awaits;

static enum cf_step await(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step > 1 || cf_engine_counts(rig.engine)->starts > 1)
        return CF_STEP_RETURNED;
    awaits = cf_task_await_language(task, cf_task_session(task));
    assert_int_equal(awaits, step == 0);
    resumed = cf_loop_now(rig.loop);
    if (step == 1)
        wait_idle(task, cf_minutes(10)); /* for which it reads something else */
    return CF_STEP_WAITING;
}

/* Who warns as a session comes waits for what its user reads, but for no more than a second. */
static void test_language_is_awaited_for_a_second(void **state)
{
    (void)state;
    rig.host.sampled |= CF_FIELD_BIT(CF_FIELD_LANGUAGE);
    rig_hang(CF_FIELD_BIT(CF_FIELD_LANGUAGE));
    rig.translates = true;
    awaits = true;
    rig_start(await, NULL);
    struct cf_mono began = cf_loop_now(rig.loop);
    rig_run_to(CF_MINUTE);
    assert_false(awaits);
    assert_int_equal(resumed.us - began.us, CF_SECOND.us);
    rig_run_to(cf_minutes(9));
    assert_int_equal(cf_engine_counts(rig.engine)->starts, 1);
    rig_run_to(cf_minutes(10));
    assert_int_equal(cf_engine_counts(rig.engine)->starts, 2);
    assert_string_equal(rig.journalled, "");
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_what_hangs_delays_nobody_else),
        RIG(test_language_is_asked_for_early),
        RIG(test_language_is_awaited_for_a_second),
        RIG(test_asked_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
