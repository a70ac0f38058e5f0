/* Sessions whose idle time is not to be relied on. */
#include "engine/answers/explain.h"

#include "../../fixture/engine.h"

static enum cf_step nothing(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)task, (void)step, (void)result;
    return CF_STEP_RETURNED;
}

static void tell_doubt(const char *doubt)
{
    cf_session_set_string(rig.session, CF_FIELD_IDLE_DOUBT, doubt);
    rig_tell(CF_FIELD_BIT(CF_FIELD_IDLE_DOUBT));
}

/* What `status` says: -1: nothing; else whether somebody is to see to it. */
static int status(void)
{
    json_t *told = cf_explain_status(rig.engine), *list = json_object_get(told, "idle_doubt");
    int answer =
        json_array_size(list) == 0 ? -1 : json_is_true(json_object_get(json_array_get(list, 0), "long"));
    json_decref(told);
    return answer;
}

static void test_it_is_noted_once_and_told_where_it_lasts(void **state)
{
    (void)state;
    rig_start(nothing, NULL);
    rig_run_to(CF_SECOND);
    assert_int_equal(status(), -1);
    tell_doubt("somebody has set it");
    tell_doubt("somebody has set it again");
    rig_run_to(cf_minutes(1));
    assert_string_equal(rig.journalled, "doubt ");
    assert_int_equal(status(), 0);
    tell_doubt(NULL);
    assert_int_equal(status(), -1);
    rig_run_to(cf_minutes(600));
    assert_string_equal(rig.journalled, "doubt "); /* nothing was left of it */
    tell_doubt("somebody has set it");
    rig_run_to(cf_minutes(600 + 479));
    assert_int_equal(status(), 0);
    assert_string_equal(rig.journalled, "doubt ");
    rig_run_to(cf_minutes(600 + 481));
    assert_int_equal(status(), 1);
    assert_string_equal(rig.journalled, "doubt doubt ");
    assert_non_null(strstr(rig.last_text, "8 hours"));
    assert_non_null(strstr(rig.last_text, "somebody has set it"));
    rig_run_to(cf_minutes(6000));
    assert_string_equal(rig.journalled, "doubt doubt ");
}

/* It goes with its session, whether it was there from the beginning or not. */
static void test_it_goes_with_its_session(void **state)
{
    (void)state;
    cf_session_set_string(rig.session, CF_FIELD_IDLE_DOUBT, "somebody has set it");
    rig_start(nothing, NULL);
    rig_run_to(CF_SECOND);
    assert_string_equal(rig.journalled, "doubt ");
    rig_log_off();
    rig_run_to(cf_minutes(600));
    assert_string_equal(rig.journalled, "doubt ");
    assert_int_equal(status(), -1);
}

#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG(test_it_is_noted_once_and_told_where_it_lasts),
        RIG(test_it_goes_with_its_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
