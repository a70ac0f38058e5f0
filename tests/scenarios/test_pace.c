/* limits.logoffs_per_minute: whoever waits for their turn is not warned before there is one. */
#include "crowd.h"

#include "engine/answers/explain.h"

#include <string.h>

enum { PEOPLE = 300 };

/* Some come back while they wait for their turn, or count down, and go away again. */
static void check_turns(uint64_t seed)
{
    struct cf_random random = cf_random_of(seed, 3);
    static const uint32_t paces[] = {2, 5, 30, 120}, spreads[] = {0, 1, 60, 600};
    size_t all = cf_random_between(&random, 2, PEOPLE), returns[PEOPLE] = {0};
    uint32_t pace = paces[cf_random_below(&random, 4)], spread = spreads[cf_random_below(&random, 4)];
    const char *policy = cf_random_chance(&random, 250) ? "policies/disconnected.lua" : "policies/idle.lua";
    bool warns = strstr(policy, "idle") != NULL;
    crowd_begin();
    for (size_t i = 0; i < all; i++) {
        uint32_t label =
            crowd_add("user", (struct cf_span){(int64_t)spread * cf_random_below(&random, 1000000)});
        if (!warns) {
            cf_session_set_string(crowd_record(label), CF_FIELD_TYPE, "rdp");
            crowd_event(CF_EVENT_DISCONNECT, label, cf_seconds(spread + 60));
        }
        while (warns && cf_random_chance(&random, 200)) {
            crowd_event(CF_EVENT_INPUT, label, cf_seconds(cf_random_between(&random, 1200, 3 * 3600)));
            returns[i]++;
        }
    }
    struct cf_span latency = {200000 * cf_random_below(&random, 6)};
    crowd_open_faulty(policy, 1, pace, (struct cf_sim_faults){.latency = latency});
    crowd_run_to(cf_minutes(700));
    assert_int_equal(heard.ended, all);
    assert_int_equal(heard.late, 0);
    assert_int_equal(heard.refused, 0);
    for (size_t i = 0; i < all; i++)
        assert_true(heard.warnings[i] <= 1 + returns[i]);
    for (size_t i = pace; i < all; i++)
        assert_true(heard.logoffs[i] - heard.logoffs[i - pace] >= CF_MINUTE.us);
    crowd_close();
}

static void test_turns(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < CASES(100); seed++)
        check_turns(seed);
}

static size_t count_waiting(void)
{
    json_t *status = cf_explain_status(heard.sim.engine);
    size_t count = (size_t)json_integer_value(json_object_get(status, "waiting_logoffs"));
    json_decref(status);
    return count;
}

/* Of three logoffs, one a minute, the first is being done, and the others wait for their turns. */
static void test_waiting(void **state)
{
    (void)state;
    crowd_begin();
    crowd_add_many(3, cf_seconds(0));
    crowd_open_faulty("policies/idle.lua", 1, 1, (struct cf_sim_faults){.hanging = 1000});
    simulation_add_policy(&heard.sim, "tests/author/actions.lua", json_pack("{s:s}", "way", "newcomer"));
    crowd_run_to(cf_seconds(12 * 60 + 5));
    assert_int_equal(heard.logoff_count, 1);
    assert_int_equal(count_waiting(), 2);
    crowd_run_to(cf_minutes(15));
    assert_int_equal(heard.logoff_count, 3);
    assert_int_equal(count_waiting(), 0);
    crowd_close();
}

/* Another configuration lets fewer go in a minute. */
static void test_fewer_a_minute(void **state)
{
    (void)state;
    crowd_begin();
    for (int i = 0; i < 26; i++)
        (void)crowd_add("user", cf_minutes(i < 20 ? 0 : 10));
    crowd_open("policies/idle.lua", 1, 30);
    crowd_run_to(cf_minutes(35));
    assert_int_equal(heard.logoff_count, 20);
    heard.sim.config.limits.logoffs_per_minute = 3;
    crowd_run_to(cf_minutes(60));
    assert_int_equal(heard.ended, 26);
    assert_true(heard.logoffs[23] - heard.logoffs[20] >= CF_MINUTE.us);
    crowd_close();
}

/* Whoever waits for their turn to be warned counts for the share; those who have come back do not, whether
 * the host tells of their input or is only read once they would be due. */
static void check_queue(size_t back, bool told, bool held)
{
    crowd_begin();
    struct cf_random random = cf_random_of(1, 4);
    crowd_add_busy(70, &random);
    for (size_t i = 0; i < 130; i++) {
        uint32_t label = crowd_add("user", cf_minutes(5));
        if (i >= 130 - back)
            crowd_event(CF_EVENT_INPUT, label, cf_seconds(33 * 60 + 30)); /* warned at 30, if at all */
    }
    crowd_open_on((struct cf_sim_setup){.seed = 1, .pushes_input = told}, NULL, "policies/idle.lua", 0.5, 2);
    crowd_run_to(cf_seconds(33 * 60 + 29));
    size_t waiting = count_waiting();
    assert_in_range(waiting, 110, 128); /* two a minute were warned */
    crowd_run_to(cf_seconds(33 * 60 + 31));
    assert_int_equal(count_waiting(), waiting - (told ? back : 0));
    crowd_run_to(cf_minutes(50));
    assert_int_equal(heard.held, held);
    assert_true(held == (heard.logoff_count == 0));
    crowd_close();
}

static void test_queue(void **state)
{
    (void)state;
    check_queue(0, true, true);
    check_queue(50, true, false);
    check_queue(0, false, true);
    check_queue(50, false, false);
}

/* A place that comes free is for whoever has waited, not for whoever asks next. */
static void test_order(void **state)
{
    (void)state;
    crowd_begin();
    crowd_add_many(3, cf_seconds(0));
    crowd_event(CF_EVENT_INPUT, 0, cf_seconds(25 * 60 + 30)); /* warned, and back */
    (void)crowd_add("user", cf_seconds(40));
    crowd_open("policies/idle.lua", 1, 1);
    crowd_run_to(cf_minutes(30));
    assert_int_equal(heard.warnings[0], 1);
    for (size_t i = 1; i < 3; i++)
        assert_true(heard.warned[i] && heard.warned[i] < heard.warned[i + 1]);
    crowd_close();
}

/* Logoffs that have waited for the share go late: nobody else is warned until they have gone. */
static void test_late(void **state)
{
    (void)state;
    crowd_begin();
    struct cf_random random = cf_random_of(1, 5);
    crowd_add_busy(60, &random);
    crowd_add_many(20, cf_seconds(0)); /* five a minute, from 30 minutes on; but they wait until … */
    crowd_add_many(40, cf_minutes(4)); /* ten of them are warned by then */
    for (int i = 0; i < 80; i++)       /* … these come back */
        crowd_event(CF_EVENT_INPUT, crowd_add("user", cf_seconds(270)), cf_seconds(34 * 60 + 20));
    crowd_open("policies/idle.lua", 0.6, 5);
    crowd_run_to(cf_seconds(34 * 60 + 19));
    assert_int_equal(heard.logoff_count, 0);
    crowd_run_to(cf_minutes(60));
    assert_int_equal(heard.held, 0);
    assert_int_equal(heard.refused, 0);
    assert_int_equal(heard.ended, 60);
    assert_int_equal(heard.late, 30);
    crowd_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns),   cmocka_unit_test(test_queue), cmocka_unit_test(test_late),
        cmocka_unit_test(test_waiting), cmocka_unit_test(test_order), cmocka_unit_test(test_fewer_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
