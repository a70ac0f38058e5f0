/* Refused logons: what several policies say of them, one after the other. */
#include "rig.h"

#include "engine/acts/allowance.h"

static enum cf_step rests(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)task, (void)step, (void)result;
    return CF_STEP_RETURNED;
}

/*
 * A policy's letter, then what it refuses logons with, or "-": it allows them again. "!" is a host that fails
 * at once, "?" one that cannot do it, "." one that can. The second policy is in a dry run where `dry` is set.
 */
static const struct {
    const char *said, *journal, *door;
    bool dry;
} talks[] = {
    {"a1", "door ", "1", false},
    {"a1 a1", "door ", "1", false}, /* it is so already */
    {"a1 a2", "door door ", "2", false},
    {"a1 b1 a1", "door door door ", "1", false}, /* another's word stands there */
    {"a-", "door ", "", false},
    {"a- a-", "door ", "", false},
    {"a1 a- a1 a-", "door door door door ", "", false},
    {"a- b1 a-", "door door door ", "", false},
    {"a1 b- a1", "door door door ", "1", false},
    /* A dry run says it once, and does nothing. */
    {"b1 b1", "dry-door ", "", true},
    {"a1 b- b-", "door dry-door ", "1", true},
    {"b1 a2 b1", "dry-door door ", "2", true},
    /* What failed is tried again; they may be shut out all the same. */
    {"! a1 . a1", "door failed door ", "1", false},
    {"a1 ! a- . a-", "door door failed door ", "", false},
    {"! a- a-", "door failed door failed ", "", false},
    {"? a- a-", "door failed ", "", false}, /* nobody can have been shut out */
};

static int say(char policy, const char *text)
{
    struct cf_error err = {0};
    int code = cf_policy_refuse_logons(rig.loaded[policy - 'a'], *text == '-' ? NULL : text, &err);
    rig_run_to((struct cf_span){cf_loop_now(rig.loop).us + CF_SECOND.us});
    return code;
}

static void play(const char *said)
{
    for (; *said; said++)
        switch (*said) {
        case ' ': break;
        case '!': rig.host.door_code = CF_FAILED; break;
        case '?': rig.host.door_code = CF_UNSUPPORTED; break;
        case '.': rig.host.door_code = CF_OK; break;
        default: assert_int_equal(say(*said, (char[]){said[1], '\0'}), CF_OK); said++;
        }
}

static void test_talks(void **state)
{
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        rig.policies[1].mode = talks[i].dry ? CF_MODE_DRY : CF_MODE_ACT;
        rig_start(rests, rests);
        play(talks[i].said);
        if (strcmp(rig.journalled, talks[i].journal) != 0 || strcmp(rig.host.door, talks[i].door) != 0)
            fail_msg("%s: %s, then '%s'", talks[i].said, rig.journalled, rig.host.door);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(rests, NULL);
}

/* Who says ever another thing is stopped, but may always let people in again. */
static void test_too_often(void **state)
{
    (void)state;
    rig_start(rests, NULL);
    for (int i = 0; i < CF_REFUSALS_AT_ONCE; i++)
        assert_int_equal(cf_policy_refuse_logons(rig.loaded[0], i % 2 ? "1" : "2", NULL), CF_OK);
    assert_int_equal(say('a', "3"), CF_POLICY);
    assert_int_equal(say('a', "-"), CF_OK);
    assert_string_equal(rig.host.door, "");
}

static int declares_it(struct cf_policy *policy, struct cf_error *err)
{
    return cf_policy_refuse_logons(policy, "1", err);
}

/* While it is loaded there is no host yet. */
static void test_at_load(void **state)
{
    (void)state;
    rig.declare = declares_it;
    rig_start(rests, rests);
    rig_run_to(CF_SECOND);
    assert_string_equal(rig.journalled, "door ");
    assert_string_equal(rig.host.door, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_talks, rig_set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_too_often, rig_set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_at_load, rig_set_up, rig_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
