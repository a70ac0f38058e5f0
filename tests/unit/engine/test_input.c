/* Input that the host tells of: when it is asked to, anew, and not any more. */
#include "../../fixture/engine.h"

#define IDLE CF_FIELD_BIT(CF_FIELD_IDLE)

static struct cf_span patience; /* of the wait for a sign of life */

/* Waits until the session is idle, then for a sign of life, then for long. */
static enum cf_step waits(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    struct cf_wait wait = {.session = cf_task_session(task), .span = CF_MINUTE};
    wait.kind = step == 0 ? CF_WAIT_IDLE : step == 1 ? CF_WAIT_LIFE : CF_WAIT_UNTIL;
    wait.until = cf_mono_add(cf_loop_now(rig.loop), step == 1 ? patience : cf_minutes(600));
    cf_task_wait(task, &wait);
    return CF_STEP_WAITING;
}

static void begin(struct cf_span span)
{
    patience = span;
    rig.host.samples_input = false;
    rig_start(waits, NULL);
}

/* Whoever is told of a change has to ask for the next one: so has an engine whose request was still under
 * way. */
static void test_changed_meanwhile(void **state)
{
    (void)state;
    begin(cf_minutes(60));
    rig_hold(CF_ACTION_WATCH);
    rig_run_to(cf_seconds(61));
    assert_int_equal(rig.asked[CF_ACTION_WATCH], 1);
    rig.session->last_input = CF_MONO_UNKNOWN; /* what the host cannot tell any more */
    rig_tell(IDLE);
    rig.session->last_input.us = 0;
    rig_release();
    rig_run_to(cf_seconds(62));
    assert_int_equal(rig.asked[CF_ACTION_WATCH], 2);
    assert_true(rig.watched & IDLE);
    rig_run_to(cf_minutes(30));
    assert_int_equal(rig.asked[CF_ACTION_WATCH], 2);
}

/* Where nobody waits any more, the host is told so. */
static void test_cancelled(void **state)
{
    (void)state;
    begin(cf_minutes(5));
    rig_run_to(cf_minutes(5));
    assert_int_equal(rig.asked[CF_ACTION_WATCH], 1);
    assert_true(rig.watched & IDLE);
    rig_run_to(cf_minutes(7));
    assert_int_equal(rig.asked[CF_ACTION_WATCH], 2);
    assert_int_equal(rig.watched, 0);
}

/* What was told has been used up: there is nothing to cancel. */
static void test_told(void **state)
{
    (void)state;
    begin(cf_minutes(60));
    rig_run_to(cf_minutes(5));
    rig_type();
    rig_tell(IDLE);
    rig_run_to(cf_minutes(7));
    assert_int_equal(rig.asked[CF_ACTION_WATCH], 1);
}

#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {RIG(test_changed_meanwhile), RIG(test_cancelled), RIG(test_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
