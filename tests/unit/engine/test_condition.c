/* What a condition notes of one look, and what follows from it. When turns come:
 * tests/scenarios/test_turns.c. */
#include "engine/readings/condition.h"

#include "../../fixture/engine.h"

#define IDLE         CF_FIELD_BIT(CF_FIELD_IDLE)
#define DISCONNECTED CF_FIELD_BIT(CF_FIELD_DISCONNECTED)

static struct cf_condition condition;
static cf_session_key ana;

static enum cf_step returns(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)step;
    (void)result;
    ana = cf_task_session(task);
    return CF_STEP_RETURNED;
}

static int set_up(void **state)
{
    assert_int_equal(rig_set_up(state), 0);
    rig_start(returns, NULL);
    rig_run_to(CF_MINUTE);
    condition = (struct cf_condition){0};
    cf_condition_begin(&condition, rig.engine);
    return 0;
}

static int tear_down(void **state)
{
    cf_condition_finish(&condition);
    return rig_tear_down(state);
}

/* idle >= span */
static int idle_for(struct cf_span span)
{
    int idle = cf_condition_since(&condition, rig.engine, ana, CF_FIELD_IDLE);
    return cf_condition_test(&condition, CF_TEST_LESS_OR_EQUAL, cf_condition_constant(&condition, span.us),
                             idle);
}

static void test_turn(void **state)
{
    (void)state;
    assert_int_equal(idle_for(cf_minutes(10)), 0);
    assert_int_equal(idle_for(CF_MINUTE), 1); /* which stays so */
    cf_condition_end(&condition, false);
    assert_int_equal(cf_condition_turn(&condition, rig.engine).us, cf_minutes(10).us);
    assert_int_equal(cf_condition_look(&condition, rig.engine), 0);
    rig_run_to((struct cf_span){cf_minutes(10).us - 1});
    assert_int_equal(cf_condition_look(&condition, rig.engine), 0);
    assert_true(condition.fresh);
    rig_run_to(cf_minutes(10));
    assert_int_equal(cf_condition_look(&condition, rig.engine), 1);
    assert_false(condition.fresh);
}

/* A change that turns nothing runs no script: only the turn moves. */
static void test_changes(void **state)
{
    (void)state;
    assert_int_equal(idle_for(cf_minutes(10)), 0);
    assert_true(cf_condition_read(&condition, ana, DISCONNECTED));
    cf_condition_end(&condition, false);
    assert_int_equal(cf_condition_changed(&condition, ana, CF_FIELD_BIT(CF_FIELD_USER), false), -1);
    assert_int_equal(cf_condition_changed(&condition, ana + 1, CF_FIELDS_ALL, true), -1);
    rig_type();
    rig_tell(IDLE);
    assert_int_equal(cf_condition_changed(&condition, ana, IDLE, false), 0);
    assert_int_equal(cf_condition_look(&condition, rig.engine), 0);
    assert_true(condition.fresh);
    assert_int_equal(cf_condition_turn(&condition, rig.engine).us, cf_minutes(11).us);
    assert_int_equal(cf_condition_changed(&condition, ana, DISCONNECTED, false), 1);
    assert_false(condition.fresh);
}

static void test_the_list_of_sessions(void **state)
{
    (void)state;
    assert_true(cf_condition_read(&condition, 0, DISCONNECTED));
    cf_condition_end(&condition, false);
    assert_int_equal(cf_condition_changed(&condition, 77, IDLE, false), -1);
    assert_int_equal(cf_condition_changed(&condition, 77, 0, true), 1);
    cf_condition_end(&condition, false);
    assert_int_equal(cf_condition_changed(&condition, 77, DISCONNECTED, false), 1);
}

/* What read something unknown does not hold; a span that grew and is not known any more is a difference. */
static void test_unknown(void **state)
{
    (void)state;
    assert_int_equal(idle_for(cf_seconds(1)), 1);
    cf_condition_end(&condition, true);
    assert_true(condition.holds);
    assert_int_equal(cf_condition_look(&condition, rig.engine), 0);
    rig.session->last_input = CF_MONO_UNKNOWN;
    rig_tell(IDLE);
    assert_true(cf_condition_look(&condition, rig.engine) > 0);
    cf_condition_begin(&condition, rig.engine);
    condition.tainted = true;
    cf_condition_end(&condition, true);
    assert_false(condition.holds);
    assert_false(cf_mono_known(cf_condition_turn(&condition, rig.engine)));
}

static void test_limits(void **state)
{
    (void)state;
    for (int i = 0; i < CF_CONDITION_SIZE; i++)
        assert_int_equal(cf_condition_now(&condition), i);
    assert_int_equal(cf_condition_now(&condition), -1);
    assert_int_equal(cf_condition_constant(&condition, 0), -1);
    assert_int_equal(cf_condition_combine(&condition, CF_TERM_SUM, 0, -1), -1);
    assert_int_equal(cf_condition_scale(&condition, 0, 2), -1);
    for (int i = 0; i < CF_CONDITION_SIZE; i++)
        assert_int_equal(cf_condition_test(&condition, CF_TEST_LESS, 0, 0), 0);
    assert_int_equal(cf_condition_test(&condition, CF_TEST_LESS, 0, 0), -1);
    for (cf_session_key key = 1; key <= CF_CONDITION_SIZE; key++)
        assert_true(cf_condition_read(&condition, key, IDLE));
    assert_true(cf_condition_read(&condition, CF_CONDITION_SIZE, IDLE));
    assert_false(cf_condition_read(&condition, CF_CONDITION_SIZE + 1, IDLE));
}

#define RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG(test_turn),    RIG(test_changes), RIG(test_the_list_of_sessions),
        RIG(test_unknown), RIG(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
