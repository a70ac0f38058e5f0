/* Tasks and runs: when they begin, wait, fail, and end. */
#include "../../fixture/engine.h"

static int begun, failed_at;

static enum cf_step pause_for(struct cf_task *task, struct cf_span span)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), span);
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL, .until = until});
    return CF_STEP_WAITING;
}

static enum cf_step ten_seconds(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step > 0)
        return CF_STEP_RETURNED;
    begun++;
    return pause_for(task, cf_seconds(10));
}

static enum cf_step at_once(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)task;
    (void)step;
    (void)result;
    begun++;
    return CF_STEP_RETURNED;
}

static enum cf_step fails(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    begun += step == 0;
    if (step == failed_at)
        return CF_STEP_FAILED;
    return pause_for(task, cf_seconds(10));
}

static enum cf_step stands_still(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    begun += step == 0;
    return pause_for(task, step == 0 ? CF_SECOND : (struct cf_span){0});
}

static int set_up(void **state)
{
    begun = failed_at = 0;
    return rig_set_up(state);
}

static void change(void)
{
    cf_session_set_string(rig.session, CF_FIELD_DESKTOP, rig.session->desktop ? NULL : "plasma");
    rig_tell(CF_FIELD_BIT(CF_FIELD_DESKTOP));
}

/* The first policy does not mean the session. */
static void test_a_change_leaves_the_task_of_another_watch_alone(void **state)
{
    (void)state;
    struct cf_selector *only = cf_selector_create();
    assert_int_equal(cf_selector_add_text(only, "user", (const char *const[]){"nobody", NULL}, NULL), 0);
    rig.policies[0].only = only;
    rig_start(at_once, ten_seconds);
    rig_run_to(cf_seconds(5));
    rig.session->uid++;
    rig_tell(CF_FIELD_BIT(CF_FIELD_UID));
    rig_run_to(cf_seconds(6));
    assert_int_equal(begun, 1);
    assert_int_equal(rig.cancelled, 0);
    cf_selector_destroy(only);
    rig.policies[0].only = NULL;
}

/* Nor are there more of them afterwards. */
static void test_a_change_leaves_tasks_alone(void **state)
{
    (void)state;
    rig_start(ten_seconds, ten_seconds);
    rig_run_to(cf_seconds(5));
    rig.session->uid++;
    rig_tell(CF_FIELD_BIT(CF_FIELD_UID));
    rig_run_to(cf_seconds(6));
    assert_int_equal(begun, 2);
}

static enum cf_step warns_at_once(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    begun += step == 0;
    if (step > 0)
        return CF_STEP_RETURNED;
    cf_task_warn(task, cf_task_session(task), &(struct cf_warning){.text = "hello", .left = CF_HOUR});
    return CF_STEP_WAITING;
}

/* It has not waited, and is not over: its warning is on its way. */
static void test_a_change_in_the_middle_of_a_run(void **state)
{
    (void)state;
    rig_hold(CF_ACTION_WARN);
    rig_start(warns_at_once, NULL);
    rig_run_to(cf_seconds(5));
    change();
    rig_run_to(cf_seconds(70));
    assert_int_equal(begun, 1);
    rig_release();
}

static void ignore(void *data, const struct cf_stay_told *told)
{
    (void)data, (void)told;
}

/* A sign of life that changes nothing of the session is no reason to begin again. */
static void test_a_sign_of_life_begins_no_run(void **state)
{
    (void)state;
    cf_session_set_string(rig.session, CF_FIELD_IDLE_SOURCE, "unknown");
    rig_start(at_once, NULL);
    rig_run_to(CF_SECOND);
    cf_session_key ana = cf_engine_next_session(rig.engine, 0);
    assert_int_equal(cf_engine_stay(rig.engine, ana, CF_HOUR, ignore, NULL, NULL), CF_OK);
    rig_run_to(cf_minutes(10));
    assert_int_equal(begun, 1);
}

static void test_one_start_a_minute(void **state)
{
    (void)state;
    rig_start(ten_seconds, NULL);
    rig_run_to((struct cf_span){cf_minutes(10).us - 1});
    assert_int_equal(begun, 10);
}

/* A run that never waited begins again when its session changes, and not before; at most once a minute even
 * so. */
static void test_a_run_that_never_waited(void **state)
{
    (void)state;
    rig_start(at_once, NULL);
    rig_run_to(cf_minutes(100));
    assert_int_equal(begun, 1);
    for (int i = 0; i < 10; i++)
        change();
    rig_run_to(cf_minutes(110));
    assert_int_equal(begun, 2);
    change();
    rig_run_to(cf_minutes(110));
    assert_int_equal(begun, 3);
    change();
    rig_run_to((struct cf_span){cf_minutes(111).us - 1});
    assert_int_equal(begun, 3);
    rig_run_to(cf_minutes(111));
    assert_int_equal(begun, 4);
}

static enum cf_step waits_once(struct cf_task *task, int step, const struct cf_result *result)
{
    return begun == 0 || step > 0 ? ten_seconds(task, step, result) : at_once(task, step, result);
}

/* What an earlier run did says nothing about this one. */
static void test_a_run_that_does_not_wait_any_more(void **state)
{
    (void)state;
    rig_start(waits_once, NULL);
    rig_run_to(cf_minutes(10));
    assert_int_equal(begun, 2);
}

static struct cf_mono woken;

/* Ten seconds in its first run, then until somebody is there. */
static enum cf_step waits_for_life(struct cf_task *task, int step, const struct cf_result *result)
{
    if (begun == 0 || (begun == 1 && step > 0))
        return ten_seconds(task, step, result);
    begun += step == 0;
    woken = cf_loop_now(rig.loop);
    struct cf_wait wait = {.kind = CF_WAIT_LIFE, .session = cf_task_session(task)};
    wait.until = cf_mono_add(woken, CF_HOUR);
    if (step == 0)
        cf_task_wait(task, &wait);
    return step == 0 ? CF_STEP_WAITING : CF_STEP_RETURNED;
}

static void types(int seconds)
{
    rig_run_to(cf_seconds(seconds));
    rig_type();
    rig_tell(CF_FIELD_BIT(CF_FIELD_IDLE));
}

static void test_life_between_two_runs_is_none_of_the_next(void **state)
{
    (void)state;
    rig_start(waits_for_life, NULL);
    types(30);
    types(90);
    rig_run_to(cf_seconds(100));
    assert_int_equal(begun, 2);
    assert_int_equal(woken.us, cf_seconds(90).us);
}

/* As often as it takes to read what there is, and no time passes by that. */
static enum cf_step looks(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step > 1100)
        return CF_STEP_RETURNED;
    cf_task_look(task, cf_task_session(task), CF_FIELD_IDLE);
    return CF_STEP_WAITING;
}

static void test_reading_is_no_waiting(void **state)
{
    (void)state;
    rig_start(looks, NULL);
    rig_run_to(CF_SECOND);
    assert_string_equal(rig.journalled, "");
}

static void test_a_failing_policy_is_set_aside(void **state)
{
    (void)state;
    failed_at = 1;
    rig_start(fails, ten_seconds);
    begun = 0;
    rig_run_to(cf_minutes(20));
    assert_string_equal(rig.journalled, "failed failed failed failed ");
    assert_string_equal(rig.last_text, "set aside after failing three times in a row");
    assert_int_equal(begun, 3 + 21); /* the other goes on */
    assert_int_equal(cf_engine_counts(rig.engine)->failed, 3);
}

/* Fails twice of three times. */
static enum cf_step mostly_fails(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)task, (void)result;
    begun += step == 0;
    return begun % 3 ? CF_STEP_FAILED : step == 0 ? pause_for(task, CF_SECOND) : CF_STEP_RETURNED;
}

static void test_a_success_in_between_forgives(void **state)
{
    (void)state;
    rig_start(mostly_fails, NULL);
    rig_run_to(cf_minutes(20));
    assert_int_equal(begun, 21); /* one a minute: it is not set aside */
}

/* What a policy has begun goes with it: the run at work at the hour, and the one for a session's event. */
static void test_nothing_outlives_a_reload(void **state)
{
    (void)state;
    struct cf_error err = {0};
    rig.declare = rig_declare_hourly;
    rig_start(at_once, ten_seconds);
    rig_run_to(cf_seconds(3605));
    assert_int_equal(rig.cancelled, 0);
    assert_int_equal(cf_engine_reload(rig.engine, &rig.config, &err), CF_OK);
    assert_int_equal(rig.cancelled, 1);
}

static int declare_logon(struct cf_policy *policy, struct cf_error *err)
{
    (void)err;
    cf_policy_on(policy, CF_EVENT_OF_LOGON, 0);
    return 0;
}

static void test_nothing_outlives_its_session(void **state)
{
    (void)state;
    rig.declare = declare_logon;
    rig_start(at_once, ten_seconds);
    rig_run_to((struct cf_span){0});
    rig.session->identity.birth++;
    rig_tell(CF_FIELDS_ALL); /* another one: it logs on */
    rig_run_to(cf_seconds(5));
    int before = rig.cancelled;
    rig_log_off();
    assert_int_equal(rig.cancelled, before + 1);
}

static void test_a_run_without_time(void **state)
{
    (void)state;
    rig_start(stands_still, NULL);
    rig_run_to(CF_SECOND);
    assert_string_equal(rig.journalled, "failed ");
    assert_non_null(strstr(rig.last_text, "without any time passing"));
    assert_int_equal(rig.cancelled, 1);
}

/* Nothing that it shows could be held against it later: who knows whose it is by then? */
static void test_a_session_of_unknown_birth_has_no_tasks(void **state)
{
    (void)state;
    rig.host.hides_births = true;
    rig_start(ten_seconds, NULL);
    rig_run_to(CF_MINUTE);
    assert_int_equal(begun, 0);
}

static void test_selection_follows_the_session(void **state)
{
    (void)state;
    cf_session_set_string(rig.session, CF_FIELD_CLASS, "greeter");
    rig_start(ten_seconds, NULL);
    struct cf_session *session = rig.session;
    rig_run_to(CF_MINUTE);
    assert_int_equal(begun, 0);
    cf_session_set_string(session, CF_FIELD_CLASS, "user");
    rig_tell(CF_FIELD_BIT(CF_FIELD_CLASS));
    rig_run_to((struct cf_span){CF_MINUTE.us + 1});
    assert_int_equal(begun, 1);
    session->closing = CF_TRI_YES; /* on its way out: left alone */
    rig_tell(CF_FIELD_BIT(CF_FIELD_CLOSING));
    assert_int_equal(rig.cancelled, 1);
    rig_run_to(cf_minutes(5));
    assert_int_equal(begun, 1);
}

/* `except` with groups that nobody knows excepts; they are read once, since the host does not tell them by
 * itself. */
static void test_groups_are_read_when_needed(void **state)
{
    (void)state;
    struct cf_selector *operators = cf_selector_create();
    assert_int_equal(
        cf_selector_add_text(operators, "groups", (const char *const[]){"operators", NULL}, NULL), 0);
    rig.policies[0].except = operators;
    rig.host.sampled |= CF_FIELD_BIT(CF_FIELD_GROUPS);
    rig.scripts[0] = ten_seconds;
    rig_start(ten_seconds, NULL);
    const char *staff[] = {"staff", NULL};
    rig_run_to(CF_SECOND);
    assert_int_equal(begun, 0);
    cf_session_set_list(rig.session, CF_FIELD_GROUPS, staff);
    rig_tell(CF_FIELD_BIT(CF_FIELD_GROUPS));
    rig_run_to(cf_seconds(2));
    assert_int_equal(begun, 1);
    cf_engine_destroy(rig.engine);
    rig.engine = NULL;
    cf_selector_destroy(operators);
    rig.policies[0].except = NULL;
}

static int answered;

static void on_answer(void *data, int code)
{
    (void)data;
    answered = code;
}

/* A directory that did not answer as the session came is asked again; until it answers, nothing begins, but
 * whoever asks about the session is told what else there is. */
static void test_groups_are_asked_for_again(void **state)
{
    (void)state;
    struct cf_selector *operators = cf_selector_create();
    assert_int_equal(
        cf_selector_add_text(operators, "groups", (const char *const[]){"operators", NULL}, NULL), 0);
    rig.policies[0].except = operators;
    rig.host.sampled |= CF_FIELD_BIT(CF_FIELD_GROUPS);
    rig_hang(CF_FIELD_BIT(CF_FIELD_GROUPS));
    rig_start(ten_seconds, NULL);
    answered = CF_TIMEOUT;
    cf_engine_read(rig.engine, cf_registry_next(cf_engine_registry(rig.engine), 0), on_answer, NULL);
    rig_run_to(CF_SECOND);
    assert_int_equal(answered, CF_OK);
    rig_run_to(cf_minutes(600));
    assert_int_equal(begun, 0);
    assert_in_range(rig.asked[CF_ACTION_REFRESH], 5, 20); /* ever more seldom */
    rig_hang(0);
    cf_session_set_list(rig.session, CF_FIELD_GROUPS, (const char *const[]){"staff", NULL});
    rig_run_to(cf_minutes(662));
    assert_true(begun > 0);
    cf_engine_destroy(rig.engine);
    rig.engine = NULL;
    cf_selector_destroy(operators);
    rig.policies[0].except = NULL;
}

static void test_a_held_up_engine_starts_afresh(void **state)
{
    (void)state;
    rig_start(ten_seconds, NULL);
    rig_run_to(CF_SECOND);
    cf_loop_on_clock(rig.loop, NULL,
                     NULL); /* nobody tells: only the lateness shows (SIGSTOP, a stuck machine) */
    cf_loop_sleep(rig.loop, cf_minutes(6));
    rig_run_to(cf_minutes(7));
    assert_string_equal(rig.journalled, "afresh ");
    assert_int_equal(rig.cancelled, 1);
    assert_int_equal(begun, 2);
}

static void test_policies_that_do_not_load(void **state)
{
    (void)state;
    rig.scripts[0] = rig.scripts[1] = NULL;
    rig.config.policy_count = 2;
    struct cf_engine_setup setup = {.loop = rig.loop,
                                    .backend = &cf_sim_ops,
                                    .policy_host = &rig_policy_host,
                                    .config = &rig.config,
                                    .journal = &rig.journal};
    struct cf_error err;
    assert_int_equal(cf_engine_create(&setup, &rig.engine, &err), CF_POLICY);
    assert_string_equal(err.text, "a: no such script\nb: no such script"); /* all of them at once */
    assert_null(rig.engine);
}

static void test_options_nobody_reads(void **state)
{
    (void)state;
    rig.scripts[0] = ten_seconds;
    rig.config.policy_count = 1;
    rig.policies[0].options = json_pack("{s:s}", "limt", "30m");
    struct cf_engine_setup setup = {.loop = rig.loop,
                                    .backend = &cf_sim_ops,
                                    .policy_host = &rig_policy_host,
                                    .config = &rig.config,
                                    .journal = &rig.journal};
    struct cf_error err;
    assert_int_equal(cf_engine_create(&setup, &rig.engine, &err), CF_POLICY);
    assert_string_equal(err.text, "policy 'a' has no option 'limt' (it has: none)");
    json_decref(rig.policies[0].options);
}

static enum cf_step waits_for_a_lock(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step > 0)
        return CF_STEP_RETURNED;
    begun++;
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_CONDITION,
                                         .session = cf_task_session(task),
                                         .function = 1,
                                         .until = CF_MONO_UNKNOWN});
    return CF_STEP_WAITING;
}

/* A veto looks further back in the very moment in which what a run waits for comes true. */
static void test_what_has_changed_is_looked_at_whoever_looks_back(void **state)
{
    (void)state;
    double cores = 0;
    rig_start(waits_for_a_lock, NULL);
    rig_run_to(cf_seconds(30));
    rig.session->locked = CF_TRI_YES;
    rig_tell(CF_FIELD_BIT(CF_FIELD_LOCKED));
    (void)cf_engine_load(rig.engine, cf_registry_next(cf_engine_registry(rig.engine), 0), CF_HOUR, &cores);
    rig_run_to(cf_seconds(90));
    assert_int_equal(begun, 2);
}

static void test_reload(void **state)
{
    (void)state;
    struct cf_config other = rig.config;
    struct cf_error err;
    rig_start(ten_seconds, NULL);
    rig_run_to(CF_SECOND);
    assert_int_equal(begun, 1);
    other.policies = &rig.policies[1]; /* b, which does not load */
    other.policy_count = 1;
    assert_int_equal(cf_engine_reload(rig.engine, &other, &err), CF_POLICY);
    assert_string_equal(err.text, "b: no such script");
    rig_run_to(cf_seconds(5));
    assert_int_equal(rig.cancelled, 0); /* the old configuration never noticed */
    rig.scripts[1] = ten_seconds;
    assert_int_equal(cf_engine_reload(rig.engine, &other, &err), 0);
    assert_int_equal(rig.cancelled, 1);
    rig_run_to(cf_seconds(6));
    assert_int_equal(begun, 2);
    assert_string_equal(rig.journalled, "afresh ");
    cf_engine_destroy(rig.engine); /* before what it borrows */
    rig.engine = NULL;
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_a_change_leaves_the_task_of_another_watch_alone),
        RIG(test_a_change_leaves_tasks_alone),
        RIG(test_a_change_in_the_middle_of_a_run),
        RIG(test_a_sign_of_life_begins_no_run),
        RIG(test_one_start_a_minute),
        RIG(test_a_run_that_never_waited),
        RIG(test_a_run_that_does_not_wait_any_more),
        RIG(test_life_between_two_runs_is_none_of_the_next),
        RIG(test_reading_is_no_waiting),
        RIG(test_a_failing_policy_is_set_aside),
        RIG(test_a_success_in_between_forgives),
        RIG(test_nothing_outlives_a_reload),
        RIG(test_nothing_outlives_its_session),
        RIG(test_a_run_without_time),
        RIG(test_a_session_of_unknown_birth_has_no_tasks),
        RIG(test_selection_follows_the_session),
        RIG(test_groups_are_read_when_needed),
        RIG(test_groups_are_asked_for_again),
        RIG(test_a_held_up_engine_starts_afresh),
        RIG(test_policies_that_do_not_load),
        RIG(test_options_nobody_reads),
        RIG(test_what_has_changed_is_looked_at_whoever_looks_back),
        RIG(test_reload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
