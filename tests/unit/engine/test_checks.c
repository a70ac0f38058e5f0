/* What a logoff has to pass before it is decided, and what keeps it from that. */
#include "runs.h"

/* The reading said idle; a key was pressed before the system call. */
static void test_stale_at_the_last_moment(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig.faults->stale = 1000;
    rig_run_to(limit);
    expect("warn logoff refused stays warn "); /* and from the beginning */
    assert_true(rig_is_present());
}

static enum cf_step unwarned(struct cf_task *task, int step, const struct cf_result *result)
{
    if (step == 0)
        wait_idle(task, limit);
    else if (step == 1)
        log_off(task);
    else {
        assert_int_equal(result->code, CF_REFUSED);
        return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

static void test_nobody_goes_unwarned(void **state)
{
    (void)state;
    rig_start(unwarned, NULL);
    rig_run_to((struct cf_span){limit.us + CF_MINUTE.us});
    expect("refused refused refused "); /* at once, begun afresh, and a minute later: not in a busy circle */
    assert_string_equal(rig.last_text, "nobody was warned");
    assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 0);
}

static void test_an_undelivered_warning_is_none(void **state)
{
    (void)state;
    rig_fail(CF_ACTION_WARN, CF_FAILED); /* whatever else the host says */
    rig_start(idle, NULL);
    rig_run_to(limit);
    expect("warn failed refused "); /* and tried again without a row */
    assert_int_equal(rig.failed_code, CF_FAILED);
    assert_true(rig_is_present());
    (void)rig_tear_down(state);
    (void)rig_set_up(state);

    rig.faults->undelivered = 1000;
    rig_start(idle, NULL);
    rig_run_to(limit);
    assert_int_equal(rig.failed_code, CF_FAILED);
    expect("warn failed refused ");
    assert_true(rig_is_present());
}

/* What was out of reach, its terminals among it, is tried again at once. */
static void test_tries_begin_anew_with_the_host(void **state)
{
    (void)state;
    rig.faults->undelivered = 1000;
    rig_start(idle, NULL);
    rig_run_to(
        (struct cf_span){limit.us + cf_minutes(21).us}); /* tried after 20 minutes, and next after 40 */
    size_t so_far = strlen(rig.journalled);
    rig.faults->undelivered = 0; /* which a row would tell */
    rig_run_to((struct cf_span){limit.us + cf_minutes(23).us});
    assert_int_equal(strlen(rig.journalled), so_far);
    cf_sim_lose(rig.sim, NULL);
    rig_run_to((struct cf_span){limit.us + cf_minutes(26).us});
    assert_true(strlen(rig.journalled) > so_far);
}

static void test_a_warning_may_go_another_way(void **state)
{
    (void)state;
    rig.host.warns_by = "it went by mail";
    rig_start(idle, NULL);
    rig_run_to(limit);
    expect("warn sent logoff ended ");
    assert_false(rig_is_present());
}

static struct cf_span young_wait, announced;

static enum cf_step young(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    switch (step) {
    case 0: announce(task, announced); break;
    case 1: sleep_for(task, young_wait); break;
    case 2: log_off(task); break;
    default: return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

static void test_age_of_a_warning(void **state)
{
    (void)state;
    static const struct {
        int64_t wait_s, announced_s;
        bool ends;
    } table[] = {
        {54, 0, false}, {55, 0, true},   /* milliseconds, or five seconds, late for its minute: it waits for
                                            them */
        {60, 60, true}, {60, 66, false}, /* it promised more */
        {60, 65, true}, {359, 60, true}, {361, 60, false}, /* long past what it announced */
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        young_wait = cf_seconds(table[i].wait_s);
        announced = table[i].announced_s ? cf_seconds(table[i].announced_s) : (struct cf_span){CF_UNKNOWN_US};
        rig_start(young, NULL);
        int64_t due_s = table[i].wait_s > 60 ? table[i].wait_s : 60;
        if (table[i].announced_s > due_s)
            due_s = table[i].announced_s;
        rig_run_to((struct cf_span){due_s * CF_SECOND.us - 1});
        assert_true(rig_is_present()); /* never before its minute, nor before what it promised */
        rig_run_to(cf_seconds(due_s));
        assert_int_equal(rig_is_present(), !table[i].ends);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

static void test_disconnected_needs_no_warning(void **state)
{
    (void)state;
    rig.session->disconnected = CF_TRI_YES;
    rig.session->disconnected_since.us = 0;
    rig_start(unwarned, NULL);
    rig_run_to(limit);
    expect("logoff ended ");
}

static enum cf_step warned_or_not(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step == 0)
        announce(task, first);
    else
        cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "a test", true, 1);
    return CF_STEP_WAITING;
}

/* A warning that reached nobody is none, and the row says so. */
static void test_a_warning_that_reached_nobody_is_none(void **state)
{
    (void)state;
    for (int reached = 0; reached < 2; reached++) {
        rig.faults->undelivered = reached ? 0 : 1000;
        rig.policies[0].unwarned = true;
        rig_start(warned_or_not, NULL);
        rig_run_to(CF_SECOND);
        expect(reached ? "warn logoff ended " : "warn failed logoff ended ");
        assert_int_equal(rig.last_unwarned, !reached);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

static void test_guards(void **state)
{
    (void)state;
    for (int guard = 0; guard < 5; guard++) {
        struct cf_session *session = rig.session;
        if (guard == 0)
            session->uid = 0;
        else if (guard == 1)
            session->uid = 999;
        else if (guard == 2)
            session->uid = CF_NUMBER_UNKNOWN;
        else if (guard == 3)
            session->console = CF_TRI_UNKNOWN;
        else
            rig.host.hides_births = true;
        rig_start(idle, NULL);
        rig_run_to(cf_minutes(120));
        expect(""); /* not even warned */
        assert_true(rig_is_present());
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig.config.protect_console = false;
    rig.session->console = CF_TRI_YES;
    rig_start(idle, NULL);
    rig_run_to(limit);
    expect("warn logoff ended ");
}

/* A run of no session's own, which may come across any. */
static enum cf_step sweep(struct cf_task *task, int step, const struct cf_result *result)
{
    cf_session_key session = cf_engine_next_session(rig.engine, 0);
    if (step == 0)
        cf_task_act(task, CF_ACTION_LOGOFF, session, "swept out", true, 1);
    else
        assert_int_equal(result->code, CF_REFUSED);
    return step == 0 ? CF_STEP_WAITING : CF_STEP_RETURNED;
}

/* It may be another person's by now, under the same id. */
static void test_a_session_of_unknown_birth_is_never_acted_on(void **state)
{
    (void)state;
    rig.host.hides_births = true;
    rig.declare = rig_declare_hourly;
    rig.policies[1].unwarned = true;
    rig_start(idle, sweep);
    rig_run_to(cf_minutes(90));
    expect("refused ");
    assert_string_equal(rig.last_text,
                        "nobody knows when the session began, so it may be another one by now");
    assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 0);
}

static cf_session_key met;
static int heard; /* of what it asked for */

/* Remembers a session, and actions on it an hour later. */
static enum cf_step remember(struct cf_task *task, int step, const struct cf_result *result)
{
    if (step == 0)
        met = cf_engine_next_session(rig.engine, 0);
    if (step == 0)
        sleep_for(task, CF_HOUR);
    else if (step == 1)
        cf_task_act(task, CF_ACTION_LOCK, met, "met before", false, 1);
    else
        heard = result->code;
    return step < 2 ? CF_STEP_WAITING : CF_STEP_RETURNED;
}

static enum cf_step rests(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)step, (void)result;
    sleep_for(task, CF_DAY);
    return CF_STEP_WAITING;
}

static void begin_remembering(void)
{
    heard = CF_OK;
    rig.declare = rig_declare_hourly;
    rig_start(rests, remember);
    rig_run_to(cf_minutes(90));
}

static void test_a_session_that_has_gone_is_not_acted_on(void **state)
{
    (void)state;
    begin_remembering();
    leaves();
    rig_run_to(cf_minutes(121));
    expect("");
    assert_int_equal(heard, CF_GONE);
}

static void becomes_the_console(void)
{
    rig.session->console = CF_TRI_YES;
    rig_tell(CF_FIELD_BIT(CF_FIELD_CONSOLE));
}

/* A run that is no session's own does not end with it: it is checked once more. */
static void test_what_is_forbidden_while_the_row_is_written(void **state)
{
    (void)state;
    static const struct {
        void (*at_row)(void);
        const char *journal;
        int heard;
    } table[] = {{leaves, "lock ", CF_GONE}, {becomes_the_console, "lock refused ", CF_REFUSED}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        rig.row = CF_WHAT_LOCK;
        rig.at_row = table[i].at_row;
        begin_remembering();
        rig_run_to(cf_minutes(121));
        expect(table[i].journal);
        assert_int_equal(heard, table[i].heard);
        assert_int_equal(rig.asked[CF_ACTION_LOCK], 0);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* The host does not tell when it knows: it is asked, and the limit counts from there. */
static void test_idle_time_that_becomes_known(void **state)
{
    (void)state;
    cf_session_set_string(rig.session, CF_FIELD_IDLE_SOURCE, "unknown");
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(60));
    rig.session->last_input.us = 0;
    rig_run_to(cf_minutes(120));
    expect("warn logoff ended ");
}

static void test_unknown_is_never_idle(void **state)
{
    (void)state;
    cf_session_set_string(rig.session, CF_FIELD_IDLE_SOURCE, "unknown");
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(600));
    expect("");
    assert_true(rig.asked[CF_ACTION_REFRESH] <= 600 / 25 + 2);
}

/* A host that fails to be read, or does not answer at all: nobody knows, so nobody goes. */
static void test_failed_readings(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_fail(CF_ACTION_REFRESH, CF_FAILED);
    rig_run_to(cf_minutes(60));
    expect("");
    assert_in_range(rig.asked[CF_ACTION_REFRESH], 35, 37); /* once a minute since the 25th */
    assert_int_equal(cf_engine_counts(rig.engine)->confirmations, rig.asked[CF_ACTION_REFRESH]);
    rig.faults->silent = 1000;
    rig_run_to(cf_minutes(120));
    expect("");
    rig.faults->silent = 0;
    rig_fail(CF_ACTION_REFRESH, CF_OK);
    rig_run_to(cf_minutes(130));
    expect("warn logoff ended ");
}

/* The last reading fails: the countdown was right, and still nobody goes. */
static void test_failed_last_reading(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(26));
    rig_fail(CF_ACTION_REFRESH, CF_FAILED);
    rig_run_to((struct cf_span){limit.us + 55 * CF_SECOND.us});
    expect("warn "); /* it is tried again for a minute: nobody knows whether somebody was there */
    rig_run_to((struct cf_span){limit.us + 66 * CF_SECOND.us});
    expect("warn stays ");
    assert_string_equal(rig.last_text, "nobody knows whether the session is in use");
    assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 0);
}

static void test_a_logoff_in_mid_use_says_so(void **state)
{
    (void)state;
    for (int types = 0; types < 2; types++) {
        rig.faults->hanging = 1000;
        rig_start(hours, NULL);
        rig_run_to(cf_minutes(4));
        if (types)
            rig_type();
        rig_run_to(cf_minutes(5));
        expect("warn logoff ");
        assert_int_equal(rig.last_in_use, types);
        rig_run_to(cf_minutes(6));
        expect("warn logoff force ended ");
        assert_false(rig.last_in_use); /* it is the decision's, not its outcome's */
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

static void test_why_somebody_is_warned(void **state)
{
    (void)state;
    static const struct {
        rig_script *script;
        const char *reason;
    } table[] = {{idle, "idle for 25 minutes"},
                 {hours, "its time has come"},
                 {locked, "what the policy waited for is so"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        rig_start(table[i].script, NULL);
        lock(CF_TRI_YES);
        for (int minute = 0; minute < 26 && !rig.journalled[0]; minute++)
            rig_run_to(cf_minutes(minute));
        expect("warn ");
        assert_string_equal(rig.last_reason, table[i].reason);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

static enum cf_step by_a_list(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step == 0)
        cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_CONDITION,
                                             .session = cf_task_session(task),
                                             .function = 2,
                                             .until = CF_MONO_UNKNOWN});
    else
        cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "nobody is there", true, 1);
    return CF_STEP_WAITING;
}

/* Of groups the host tells when it is asked about a session; a list is none. */
static void test_a_logoff_may_rest_on_a_list(void **state)
{
    (void)state;
    rig.policies[0].unwarned = true;
    rig.host.sampled |= CF_FIELD_BIT(CF_FIELD_GROUPS);
    rig_start(by_a_list, NULL);
    rig_run_to(CF_SECOND);
    expect("logoff ended ");
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_stale_at_the_last_moment),
        RIG(test_nobody_goes_unwarned),
        RIG(test_tries_begin_anew_with_the_host),
        RIG(test_an_undelivered_warning_is_none),
        RIG(test_a_warning_may_go_another_way),
        RIG(test_age_of_a_warning),
        RIG(test_disconnected_needs_no_warning),
        RIG(test_a_warning_that_reached_nobody_is_none),
        RIG(test_guards),
        RIG(test_a_session_of_unknown_birth_is_never_acted_on),
        RIG(test_a_session_that_has_gone_is_not_acted_on),
        RIG(test_what_is_forbidden_while_the_row_is_written),
        RIG(test_idle_time_that_becomes_known),
        RIG(test_unknown_is_never_idle),
        RIG(test_failed_readings),
        RIG(test_failed_last_reading),
        RIG(test_a_logoff_in_mid_use_says_so),
        RIG(test_a_logoff_may_rest_on_a_list),
        RIG(test_why_somebody_is_warned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
