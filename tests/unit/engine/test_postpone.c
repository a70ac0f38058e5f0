/* What whoever says `stay` is told of each policy at work on their session. */
#include "runs.h"

static struct cf_stay_told told[3];
static int told_count;

static void note(void *data, const struct cf_stay_told *one)
{
    (void)data;
    told[told_count++] = *one;
}

static cf_session_key ana(void)
{
    return cf_registry_next(cf_engine_registry(rig.engine), 0);
}

static void say(struct cf_span wanted)
{
    told_count = 0;
    assert_int_equal(cf_engine_stay(rig.engine, ana(), wanted, note, NULL, NULL), CF_OK);
}

static const struct cf_span as_long_as_may_be = {CF_UNKNOWN_US};

static void expect_told(int index, char policy, bool anew, int64_t granted_us, bool spent, int64_t left_us)
{
    assert_int_equal(told[index].policy[0], policy);
    assert_int_equal(told[index].anew, anew);
    assert_int_equal(told[index].granted.us, granted_us);
    assert_int_equal(told[index].spent, spent);
    assert_int_equal(told[index].left.us, left_us);
}

/* One begins anew, the other ends the session when it said; each is told in turn. */
static void test_a_sign_of_life(void **state)
{
    (void)state;
    rig_start(idle, hours);
    rig_run_to(cf_minutes(2));
    say(as_long_as_may_be);
    assert_int_equal(told_count, 2);
    expect_told(0, 'a', true, 0, false, CF_UNKNOWN_US);
    expect_told(1, 'b', false, 0, false, cf_minutes(3).us);
    assert_non_null(strstr(rig.last_text, "a sign of life, but no more time"));
}

/* A run that is not the session's own counts once it has warned, not while its notice waits behind another.
 */
static enum cf_step sweep(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step == 0)
        cf_task_warn(task, ana(), &(struct cf_warning){.text = "soon", .left = cf_minutes(20)});
    else
        sleep_for(task, CF_DAY);
    return CF_STEP_WAITING;
}

static void test_a_run_of_no_session_of_its_own(void **state)
{
    (void)state;
    rig.declare = rig_declare_hourly;
    rig_start(idle, sweep);
    for (int minutes = 9; minutes < 40; minutes += 24) { /* a's next warning comes after 58 minutes */
        rig_run_to(cf_minutes(minutes));
        rig_type();
        rig_tell(CF_FIELD_BIT(CF_FIELD_IDLE));
    }
    rig_run_to((struct cf_span){CF_HOUR.us + CF_SECOND.us});
    say(as_long_as_may_be);
    assert_int_equal(told_count, 1);
    rig_run_to(cf_minutes(62));
    say(as_long_as_may_be);
    assert_int_equal(told_count, 2);
    expect_told(1, 'b', false, 0, false, cf_minutes(18).us);
}

/* Whoever grants something has said so in the journal. */
static void test_one_grants_and_one_does_not(void **state)
{
    (void)state;
    rig.policies[0].stay = cf_minutes(10);
    rig_start(hours, hours);
    rig_run_to(cf_minutes(2));
    say(as_long_as_may_be);
    assert_string_equal(rig.last_text, "the user stays for 10 minutes");
}

/* What was announced by hand is told of beside the policies. */
static void test_what_was_announced_by_hand(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(2));
    assert_int_equal(cf_engine_note(rig.engine, ana(), CF_WHAT_WARN, "by hand", NULL), CF_OK);
    say(as_long_as_may_be);
    assert_int_equal(told_count, 2);
    assert_null(told[1].policy);
    assert_true(told[1].anew && told[1].counts);
}

static void test_a_cap(void **state)
{
    (void)state;
    rig.policies[0].stay = cf_minutes(10);
    rig_start(hours, NULL);
    rig_run_to(cf_minutes(2));
    say(cf_minutes(4));
    expect_told(0, 'a', false, cf_minutes(4).us, false, cf_minutes(3).us);
    rig_run_to(cf_minutes(5));
    assert_string_equal(rig_notice(), "");
    say(as_long_as_may_be);
    expect_told(0, 'a', false, cf_minutes(7).us, false, CF_UNKNOWN_US);
    assert_string_equal(rig.last_text, "the user stays for 7 minutes");
    rig_run_to(cf_minutes(13)); /* it is used up, and there is a warning again */
    say(as_long_as_may_be);
    expect_told(0, 'a', false, 0, true, cf_minutes(4).us);
    assert_int_equal(rig_notices(), 1);
    rig_run_to(cf_minutes(17));
    assert_false(rig_is_present());
}

/* Only for limits.stay from the first one on, where nothing else shows life. */
static void test_a_word_that_counts_no_more(void **state)
{
    (void)state;
    struct cf_mono since = {0}, until = {0};
    rig.config.limits.stay = CF_HOUR;
    rig_start(idle, NULL);
    assert_true(cf_engine_shows_life(rig.engine, ana(), &since, &until));
    for (int minutes = 10; minutes < 70; minutes += 26) { /* a minute after the warning */
        rig_run_to(cf_minutes(minutes));
        say(as_long_as_may_be);
        expect_told(0, 'a', true, 0, false, CF_UNKNOWN_US);
        assert_false(cf_engine_shows_life(rig.engine, ana(), &since, &until));
        assert_int_equal(since.us, cf_minutes(10).us);
        assert_int_equal(until.us, cf_minutes(70).us);
    }
    rig_run_to(cf_minutes(88));
    say(as_long_as_may_be);
    expect_told(0, 'a', false, 0, false, cf_minutes(4).us);
    rig_type();
    rig_tell(CF_FIELD_BIT(CF_FIELD_IDLE));
    assert_true(cf_engine_shows_life(rig.engine, ana(), &since, &until));
    say(as_long_as_may_be);
    assert_true(told[0].counts);
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_a_sign_of_life),
        RIG(test_a_run_of_no_session_of_its_own),
        RIG(test_one_grants_and_one_does_not),
        RIG(test_what_was_announced_by_hand),
        RIG(test_a_cap),
        RIG(test_a_word_that_counts_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
