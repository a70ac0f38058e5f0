/* Vetoes, events of sessions, and what runs at its time. */
#include "../../fixture/engine.h"

#include "engine/answers/explain.h"

static const char *reason;     /* what the veto answers */
static struct cf_span at_most; /* what it was declared with */
static bool veto_fails, veto_hangs, veto_doubts;
static int asked, happened;
static char last_user[32];
static cf_session_key warned; /* by the task that is asked about */

static enum cf_step pause_for(struct cf_task *task, struct cf_span span)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), span);
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL, .until = until});
    return CF_STEP_WAITING;
}

/* After ten minutes warns, and a minute later logs off. */
static enum cf_step warner(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    cf_session_key session = cf_task_session(task);
    warned = session;
    switch (step) {
    case 0: return pause_for(task, cf_minutes(10));
    case 1:
        cf_task_warn(task, session, &(struct cf_warning){.text = "soon", .left = CF_MINUTE});
        return CF_STEP_WAITING;
    case 2: return pause_for(task, CF_MINUTE);
    case 3: cf_task_act(task, CF_ACTION_LOGOFF, session, "it is time", false, 1); return CF_STEP_WAITING;
    default: return CF_STEP_RETURNED;
    }
}

static enum cf_step veto(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)step;
    (void)result;
    asked++;
    if (veto_fails)
        return CF_STEP_FAILED;
    if (veto_hangs)
        return pause_for(task, CF_HOUR);
    if (veto_doubts) {
        cf_task_unknown(task, "it looks at what nobody knows");
        cf_task_unknown(task, "it looks at more of that");
    }
    if (reason)
        cf_task_answer(task, reason);
    return CF_STEP_RETURNED;
}

static int declare_veto(struct cf_policy *policy, struct cf_error *err)
{
    (void)err;
    cf_policy_protect(policy, cf_selector_create(), at_most, 0);
    return 0;
}

static int set_up(void **state)
{
    reason = NULL;
    at_most = (struct cf_span){CF_UNKNOWN_US};
    veto_fails = veto_hangs = veto_doubts = false;
    asked = happened = 0;
    last_user[0] = '\0';
    return rig_set_up(state);
}

static void start_vetoed(void)
{
    rig.declare = declare_veto;
    rig_start(warner, veto);
}

static void test_no_reason_no_veto(void **state)
{
    (void)state;
    start_vetoed();
    rig_run_to(cf_minutes(11));
    assert_string_equal(rig.journalled, "warn logoff ended ");
    assert_int_equal(asked, 3); /* when the session came, before the warning, and before the logoff */
}

/* A veto that lasts all night: journalled once, no warning; afresh when it lifts. */
static void test_a_veto_all_night(void **state)
{
    (void)state;
    reason = "make is running";
    start_vetoed();
    rig_run_to(cf_minutes(600));
    assert_string_equal(rig.journalled, "spared ");
    assert_string_equal(rig.last_text, "b: make is running");
    assert_int_equal(rig.asked[CF_ACTION_WARN], 0);
    assert_int_equal(asked, 592); /* when the session came, and once a minute */
    reason = NULL;
    rig_run_to(cf_minutes(610));
    assert_string_equal(rig.journalled, "spared ");
    rig_run_to(cf_minutes(612));
    assert_string_equal(rig.journalled, "spared warn logoff ended ");
}

static struct cf_selector *select_by(const char *field, const char *text)
{
    struct cf_selector *selector = field ? cf_selector_create() : NULL;
    if (field)
        assert_int_equal(cf_selector_add_text(selector, field, (const char *const[]){text, NULL}, NULL), 0);
    return selector;
}

/* Whom the entry of its policy does not mean, it does not hold; where nobody knows, it does. */
static void test_whom_the_entry_means(void **state)
{
    static const struct {
        const char *only[2], *except[2]; /* a field and its value */
        bool holds;
    } rows[] = {
        {{"user", "ana"}, {0}, true},      {{"user", "bruno"}, {0}, false},
        {{"domain", "OFFICE"}, {0}, true}, /* of which nobody knows */
        {{0}, {"user", "ana"}, false},     {{0}, {"user", "bruno"}, true},
        {{0}, {"domain", "OFFICE"}, true}, {{"user", "ana"}, {"user", "ana"}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        reason = "make is running";
        rig.policies[1].only = select_by(rows[i].only[0], rows[i].only[1]);
        rig.policies[1].except = select_by(rows[i].except[0], rows[i].except[1]);
        start_vetoed();
        rig_run_to(cf_minutes(5));
        json_t *told = cf_explain_session(rig.engine, warned);
        assert_int_equal(json_array_size(json_object_get(told, "protectors")), rows[i].holds);
        json_decref(told);
        rig_run_to(cf_minutes(11));
        if (strcmp(rig.journalled, rows[i].holds ? "spared " : "warn logoff ended ") != 0 ||
            (asked > 0) != rows[i].holds)
            fail_msg("row %zu: %s", i, rig.journalled);
        struct cf_selector *both[] = {rig.policies[1].only, rig.policies[1].except};
        (void)rig_tear_down(state);
        cf_selector_destroy(both[0]);
        cf_selector_destroy(both[1]);
        (void)set_up(state);
    }
    rig_start(warner, NULL);
}

static void test_a_veto_in_mid_countdown(void **state)
{
    (void)state;
    start_vetoed();
    rig_run_to(cf_minutes(10));
    reason = "make is running";
    rig_run_to(cf_minutes(12));
    assert_string_equal(rig.journalled, "warn stays spared ");
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 1);
    assert_true(rig_is_present());
}

static void test_vetoes_fail_closed(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        veto_fails = way == 0;
        veto_hangs = way == 1;
        start_vetoed();
        rig_run_to(cf_minutes(300)); /* failing three times sets it aside: what it protects stays protected */
        assert_true(rig_is_present());
        assert_int_equal(rig.asked[CF_ACTION_WARN], 0);
        assert_non_null(strstr(rig.journalled, "spared "));
        assert_null(strstr(rig.journalled, "warn "));
        (void)rig_tear_down(state);
        (void)set_up(state);
    }
    rig_start(warner, NULL);
}

/* Nobody is asked then, and yet the asker's run does not end in the middle of its step. */
static void test_a_veto_set_aside_before_it_is_asked(void **state)
{
    (void)state;
    veto_fails = true;
    start_vetoed();
    rig_run_to(cf_minutes(20));
    cf_engine_restart(rig.engine, "a test");
    rig_run_to(cf_minutes(40));
    assert_string_equal(rig.journalled, "failed failed spared failed failed afresh spared ");
    assert_string_equal(rig.last_text, "b: it is set aside, and what it protects stays protected");
}

/* It read what nobody knows: a veto, unless it has a reason of its own. */
static void test_a_doubt_is_a_veto(void **state)
{
    (void)state;
    veto_doubts = true;
    start_vetoed();
    rig_run_to(cf_minutes(20));
    assert_string_equal(rig.journalled, "spared ");
    assert_string_equal(rig.last_text, "b: it looks at what nobody knows");
    cf_engine_restart(rig.engine, "a test");
    reason = "make is running";
    rig_run_to(cf_minutes(40));
    assert_string_equal(rig.journalled, "spared afresh spared ");
    assert_string_equal(rig.last_text, "b: make is running");
}

static void test_at_most(void **state)
{
    (void)state;
    reason = "make is running";
    at_most = cf_minutes(30);
    start_vetoed();
    rig_run_to(cf_minutes(39));
    assert_string_equal(rig.journalled, "spared ");
    rig_run_to(cf_minutes(52)); /* held from 10 to 40; then ten minutes and a warning */
    assert_string_equal(rig.journalled, "spared warn logoff ended ");
}

/* One that takes too long holds for no longer than one that answers. */
static void test_at_most_of_a_veto_that_hangs(void **state)
{
    (void)state;
    veto_hangs = true;
    at_most = cf_minutes(30);
    start_vetoed();
    rig_run_to(cf_minutes(39));
    assert_string_equal(rig.journalled, "spared ");
    assert_string_equal(rig.last_text, "b: its veto took too long to answer");
    rig_run_to(cf_minutes(54));
    assert_string_equal(rig.journalled, "spared warn logoff ended ");
}

static int declare_vetoes(struct cf_policy *policy, struct cf_error *err)
{
    cf_policy_protect(policy, cf_selector_create(), (struct cf_span){2 * at_most.us}, 0);
    return declare_veto(policy, err);
}

/* Each has a clock of its own: they hold one after the other, and not for ever. */
static void test_several_at_most(void **state)
{
    (void)state;
    at_most = cf_minutes(30);
    reason = "make is running";
    rig.declare = declare_vetoes;
    rig_start(warner, veto);
    rig_run_to(cf_minutes(109));
    assert_int_equal(rig.asked[CF_ACTION_WARN], 0);
    rig_run_to(cf_minutes(112)); /* held from 10 to 70 and to 100; then ten minutes and a warning */
    assert_int_equal(rig.asked[CF_ACTION_WARN], 1);
    assert_false(rig_is_present());
}

/* It is asked ahead once for all, whoever comes, and whatever policy. */
static void test_asked_ahead_once(void **state)
{
    (void)state;
    start_vetoed();
    rig_run_to(CF_SECOND);
    rig_log_off();
    rig_log_on();
    rig.scripts[2] = warner;
    assert_int_equal(cf_engine_add_policy(rig.engine, &rig.policies[2], NULL), CF_OK);
    rig_run_to(cf_minutes(2));
    assert_int_equal(asked, 1);
}

static void test_over(void **state)
{
    (void)state;
    char *over[] = {(char[]){"b"}, NULL};
    reason = "make is running";
    rig.policies[0].over = over;
    start_vetoed();
    rig_run_to(cf_minutes(11));
    assert_string_equal(rig.journalled, "warn logoff ended ");
    assert_int_equal(asked, 1);
}

/* ---- Events and schedules ---- */

static enum cf_step note(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    const struct cf_session *session = cf_engine_session(rig.engine, cf_task_session(task));
    (void)snprintf(last_user, sizeof last_user, "%s", session ? session->user : "nobody");
    happened++;
    return step == 0 ? pause_for(task, CF_SECOND) : CF_STEP_RETURNED;
}

static enum cf_policy_event watched;

static int declare_hook(struct cf_policy *policy, struct cf_error *err)
{
    (void)err;
    cf_policy_on(policy, watched, 0);
    cf_policy_on(policy, watched, 0); /* two of them */
    return 0;
}

static void set(enum cf_tri *field, enum cf_tri value, enum cf_field which)
{
    *field = value;
    rig_tell(CF_FIELD_BIT(which));
    rig_run_to((struct cf_span){cf_loop_now(rig.loop).us + 2 * CF_SECOND.us});
}

static void test_events(void **state)
{
    (void)state;
    for (watched = CF_EVENT_OF_LOGON; watched <= CF_EVENT_OF_RECONNECT; watched++) {
        int locks = watched == CF_EVENT_OF_LOCK ? 2 : 0;
        rig.session->locked = CF_TRI_NO;
        rig.declare = declare_hook;
        rig_start(warner, note);
        struct cf_session *session = rig.session;
        rig_run_to(CF_SECOND);
        assert_int_equal(happened, 0); /* who is there when the engine starts has not just come */
        set(&session->locked, CF_TRI_YES, CF_FIELD_LOCKED);
        assert_int_equal(happened, 2 * locks);
        set(&session->locked, CF_TRI_UNKNOWN, CF_FIELD_LOCKED);
        set(&session->locked, CF_TRI_YES, CF_FIELD_LOCKED);
        assert_int_equal(happened, 4 * locks);
        set(&session->disconnected, CF_TRI_YES, CF_FIELD_DISCONNECTED); /* it stays locked, … */
        set(&session->disconnected, CF_TRI_NO, CF_FIELD_DISCONNECTED);
        set(&session->locked, CF_TRI_NO, CF_FIELD_LOCKED);
        rig_log_off();
        rig.newcomer.locked = rig.newcomer.disconnected = CF_TRI_YES;
        rig_log_on();
        session = rig.session;
        rig_run_to((struct cf_span){cf_loop_now(rig.loop).us + 2 * CF_SECOND.us});
        set(&session->disconnected, CF_TRI_NO, CF_FIELD_DISCONNECTED); /* … and has come like that */
        assert_int_equal(happened, locks ? 4 * locks : watched == CF_EVENT_OF_RECONNECT ? 8 : 4);
        assert_string_equal(last_user, "ana"); /* also of a session that has gone */
        (void)rig_tear_down(state);
        (void)set_up(state);
    }
    rig_start(warner, NULL);
}

static void test_nothing_happens_while_a_policy_is_paused(void **state)
{
    (void)state;
    watched = CF_EVENT_OF_LOCK;
    rig.declare = declare_hook;
    rig_start(warner, note);
    assert_int_equal(cf_engine_pause(rig.engine, "b", CF_HOUR, "a test", NULL), CF_OK);
    set(&rig.session->locked, CF_TRI_YES, CF_FIELD_LOCKED);
    assert_int_equal(happened, 0);
}

static int declare_schedules(struct cf_policy *policy, struct cf_error *err)
{
    cf_policy_every(policy, CF_HOUR, 0);
    return cf_policy_at(policy, "12:30", (struct cf_span){CF_UNKNOWN_US}, 0, err);
}

static void test_schedules(void **state)
{
    (void)state;
    rig.declare = declare_schedules;
    rig_start(warner, note);
    rig_run_to((struct cf_span){CF_DAY.us - 1});
    assert_int_equal(happened, 2 * (23 + 1));
    assert_string_equal(last_user, "nobody");
}

/* What is no session's own task and would have logged somebody off: once each time, and nothing is left of
 * it. */
static enum cf_step sweep(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)step;
    (void)result;
    assert_int_equal(step, 0);
    cf_session_key first = cf_engine_next_session(rig.engine, 0);
    cf_task_act(task, CF_ACTION_LOGOFF, first, "swept out", true, 1);
    return CF_STEP_WAITING;
}

static void test_dry_run_without_a_session(void **state)
{
    (void)state;
    rig.config.mode = CF_MODE_DRY;
    rig.declare = rig_declare_hourly;
    rig_start(veto, sweep); /* the first does nothing */
    rig.policies[1].unwarned = true;
    rig_run_to((struct cf_span){4 * CF_HOUR.us - 1});
    assert_string_equal(rig.journalled, "dry-logoff dry-logoff dry-logoff ");
    assert_true(rig_is_present());
}

/* The session that a run wants to end goes while a veto is being asked. */
static void test_gone_while_vetoes_are_asked(void **state)
{
    (void)state;
    veto_hangs = true;
    start_vetoed();
    rig_run_to(cf_minutes(10));
    rig_log_off();
    rig_run_to(cf_minutes(12));
    assert_string_equal(rig.journalled, "");
}

/* It was spared, and the veto is asked again: whatever it says, nobody waits for that any more. */
static void test_gone_while_a_veto_is_asked_again(void **state)
{
    (void)state;
    reason = "make is running";
    start_vetoed();
    rig_run_to((struct cf_span){cf_minutes(11).us - 1});
    veto_hangs = true;
    int before = asked;
    rig_run_to(cf_minutes(11));
    assert_int_equal(asked, before + 1);
    rig_log_off();
    rig_run_to(cf_minutes(12));
    assert_string_equal(rig.journalled, "spared ");
}

static int declare_veto_and_sweep(struct cf_policy *policy, struct cf_error *err)
{
    (void)rig_declare_hourly(policy, err);
    return declare_veto(policy, err);
}

static enum cf_step veto_or_sweep(struct cf_task *task, int step, const struct cf_result *result)
{
    return cf_task_session(task) ? veto(task, step, result) : sweep(task, step, result);
}

/* Nothing is left of an engine that ends then. */
static void test_an_engine_that_ends_while_vetoes_are_asked(void **state)
{
    (void)state;
    veto_hangs = true;
    rig.declare = declare_veto_and_sweep;
    rig_start(warner, veto_or_sweep);
    rig_run_to((struct cf_span){CF_HOUR.us - 1});
    int before = asked;
    rig_run_to(CF_HOUR);
    assert_true(asked > before);
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_no_reason_no_veto),
        RIG(test_a_veto_all_night),
        RIG(test_whom_the_entry_means),
        RIG(test_a_veto_in_mid_countdown),
        RIG(test_vetoes_fail_closed),
        RIG(test_a_veto_set_aside_before_it_is_asked),
        RIG(test_a_doubt_is_a_veto),
        RIG(test_at_most),
        RIG(test_at_most_of_a_veto_that_hangs),
        RIG(test_several_at_most),
        RIG(test_asked_ahead_once),
        RIG(test_over),
        RIG(test_dry_run_without_a_session),
        RIG(test_gone_while_vetoes_are_asked),
        RIG(test_gone_while_a_veto_is_asked_again),
        RIG(test_an_engine_that_ends_while_vetoes_are_asked),
        RIG(test_events),
        RIG(test_nothing_happens_while_a_policy_is_paused),
        RIG(test_schedules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
