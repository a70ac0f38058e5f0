/* How often things may be done that take rows: against a bucket, which holds so many and gets one in so long.
 */
#include "../unit.h"

#include "engine/actions/allowance.h"
#include "engine/context.h"
#include "engine/policy.h"

enum { KEYS = 4, STEPS = 4000 };

static struct fixture {
    struct cf_engine engine;
    struct cf_policy policy;
} fixture;

struct bucket {
    int64_t at_once, each_us;
    int64_t held_us, filled; /* as time; when it was last looked at */
};

static int set_up(void **state)
{
    (void)state;
    fixture = (struct fixture){.policy = {.engine = &fixture.engine}};
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &fixture.engine.loop, NULL), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_allowance_finish(&fixture.engine.allowances);
    cf_allowance_finish(&fixture.policy.actions);
    cf_loop_destroy(fixture.engine.loop);
    return 0;
}

static int64_t now(void)
{
    return cf_loop_now(fixture.engine.loop).us;
}

static void pass_time(int64_t us)
{
    cf_loop_run_until(fixture.engine.loop, (struct cf_mono){now() + us});
}

static bool model(struct bucket *bucket)
{
    int64_t most = bucket->at_once * bucket->each_us;
    bucket->held_us += now() - bucket->filled;
    bucket->filled = now();
    bucket->held_us = bucket->held_us < most ? bucket->held_us : most;
    if (bucket->held_us < bucket->each_us)
        return false;
    bucket->held_us -= bucket->each_us;
    return true;
}

static bool ask_user(size_t key)
{
    struct cf_session session = {.uid = (int64_t)key};
    return cf_allowance_take(&fixture.engine, &session);
}

static bool ask_policy(size_t key)
{
    return cf_allowance_act(&fixture.policy, key + 1);
}

static bool refuse_logons(size_t key)
{
    static struct cf_mono next[KEYS];
    if (now() == 0)
        next[key] = CF_MONO_UNKNOWN;
    return cf_allowance_refuse_logons(&fixture.engine, &next[key]);
}

static void check(int64_t at_once, struct cf_span each, bool (*ask)(size_t key))
{
    struct bucket buckets[KEYS];
    uint64_t seed = 7;
    int granted = 0;
    for (size_t i = 0; i < KEYS; i++)
        buckets[i] = (struct bucket){at_once, each.us, at_once * each.us, 0};
    for (int step = 0; step < STEPS; step++) {
        size_t key = (size_t)pick(&seed, KEYS);
        bool may = model(&buckets[key]);
        assert_int_equal(ask(key), may);
        granted += may;
        if (step >= KEYS * at_once * 2) /* all at once, and then now and again */
            pass_time(pick(&seed, 16) ? pick(&seed, each.us / KEYS) : each.us);
        if (pick(&seed, 1000) == 0)
            pass_time(at_once * each.us);
    }
    assert_in_range(granted, STEPS / 10, STEPS * 19 / 20); /* both happen */
}

static void test_a_users_requests(void **state)
{
    (void)state;
    check(CF_USERS_ROWS, CF_USERS_ROW, ask_user);
}

static void test_a_policys_actions(void **state)
{
    (void)state;
    check(CF_ACTIONS_AT_ONCE, CF_ACTIONS_EACH, ask_policy);
}

static void test_refusals_of_logons(void **state)
{
    (void)state;
    check(CF_REFUSALS_AT_ONCE, CF_REFUSALS_EACH, refuse_logons);
}

/* Whoever has rested is like all who never asked, and nothing is kept of sessions that have gone. */
static void test_what_is_kept(void **state)
{
    (void)state;
    for (size_t key = 0; key < KEYS; key++) {
        (void)ask_user(key);
        (void)ask_policy(key);
    }
    assert_int_equal(HASH_COUNT(fixture.engine.allowances), KEYS);
    pass_time(CF_USERS_ROW.us);
    (void)ask_user(KEYS);
    assert_int_equal(HASH_COUNT(fixture.engine.allowances), 1);
    pass_time(CF_USERS_ROW.us - 1);
    (void)ask_user(0);
    assert_int_equal(HASH_COUNT(fixture.engine.allowances), 2);
    cf_allowance_session_gone(&fixture.policy, 1);
    cf_allowance_session_gone(&fixture.policy, 1);
    assert_int_equal(HASH_COUNT(fixture.policy.actions), KEYS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_users_requests, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_policys_actions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusals_of_logons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_kept, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
