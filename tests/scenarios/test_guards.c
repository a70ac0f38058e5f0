/*
 * Many sessions at once, and policies that rest: how fast sessions may be ended, what share of them, pauses,
 * and what the user's own `stay` comes to. All under policies/idle.lua with its usual 30 minutes.
 */
#include "crowd.h"

#include "engine/answers/explain.h"

#define AT_ONCE ((struct cf_span){0})

enum { CROWD = 10000 };

static void open_idlers(size_t count, struct cf_span apart, double share, struct cf_store *store)
{
    crowd_begin();
    for (size_t i = 0; i < count; i++)
        (void)crowd_add("user", (struct cf_span){(int64_t)i * apart.us});
    crowd_open_on((struct cf_sim_setup){.seed = 1}, store, "policies/idle.lua", share, 0);
}

/* Ten thousand are due at once: never more than 120 in any minute, and nobody is warned in vain. */
static void test_pace(void **state)
{
    (void)state;
    open_idlers(CROWD, AT_ONCE, 1, NULL);
    crowd_run_to(cf_minutes(24 * 60));
    assert_int_equal(heard.ended, CROWD);
    assert_int_equal(heard.logoff_count, CROWD);
    for (size_t i = 120; i < CROWD; i++)
        assert_true(heard.logoffs[i] - heard.logoffs[i - 120] >= CF_MINUTE.us);
    assert_true(heard.logoffs[CROWD - 1] - heard.logoffs[0] <= cf_minutes(CROWD / 120 + 2).us);
    assert_int_equal(heard.refused, 0);
    assert_int_equal(heard.late, 0); /* five minutes after the first warning, a minute after the last */
    assert_int_equal(heard.warning_count, 2 * CROWD); /* five minutes and one minute before */
    crowd_close();
}

/* What the alarm comes to: nobody goes any more, and whoever was warned is told that they stay, until
 * `resume`. */
static void check_held(struct cf_span apart)
{
    enum { ALL = 100 };
    open_idlers(ALL, apart, 0.5, NULL);
    crowd_run_to(cf_minutes(120));
    assert_int_equal(heard.ended, 0);
    assert_int_equal(heard.held, 1);
    for (uint32_t i = 0; i < ALL; i++)
        assert_int_equal(cf_sim_notice_count(cf_engine_backend(heard.sim.engine), i), 0);
    struct cf_error err;
    assert_int_equal(cf_engine_resume(heard.sim.engine, "idle", "by a test", &err), 0);
    crowd_run_to(cf_minutes(180));
    assert_int_equal(heard.ended, ALL);
    assert_int_equal(heard.held, 1);
    crowd_close();
}

static void test_share(void **state)
{
    (void)state;
    check_held(AT_ONCE); /* the alarm comes before the first has gone */
    check_held(CF_SECOND);
}

/* Few sessions are no share: three may always go. */
static void test_few(void **state)
{
    (void)state;
    open_idlers(3, AT_ONCE, 0.5, NULL);
    crowd_run_to(cf_minutes(60));
    assert_int_equal(heard.ended, 3);
    assert_int_equal(heard.held, 0);
    crowd_close();
}

/* What the engine's words say of policies that rest. */
static void check_paused(bool paused)
{
    json_t *status = cf_explain_status(heard.sim.engine);
    const char *said =
        json_string_value(json_object_get(json_array_get(json_object_get(status, "policies"), 0), "state"));
    assert_string_equal(said, paused ? "paused" : "at work");
    assert_int_equal(json_array_size(json_object_get(status, "pauses")), paused);
    json_decref(status);
}

/* A pause in mid-countdown takes the warnings back; it outlives a reload, ends by itself; then all is afresh.
 */
static void test_pause(void **state)
{
    (void)state;
    enum { ALL = 10 };
    struct cf_error err;
    open_idlers(ALL, AT_ONCE, 1, NULL);
    crowd_run_to(cf_minutes(27));
    assert_int_equal(heard.warning_count, ALL);
    assert_int_equal(cf_engine_pause(heard.sim.engine, "idel", cf_minutes(60), "by a test", &err), CF_USAGE);
    assert_int_equal(cf_engine_pause(heard.sim.engine, NULL, cf_minutes(60), "by a test", &err), 0);
    check_paused(true);
    crowd_run_to(cf_minutes(40));
    assert_int_equal(heard.withdrawn, ALL);
    assert_int_equal(cf_engine_reload(heard.sim.engine, &heard.sim.config, &err), 0);
    check_paused(true);
    crowd_run_to(cf_minutes(86));
    assert_int_equal(heard.ended, 0);
    assert_int_equal(heard.warning_count, ALL);
    crowd_run_to(cf_minutes(88));
    check_paused(false);
    assert_int_equal(heard.warning_count, 2 * ALL); /* from the beginning: "in 5 minutes" */
    crowd_run_to(cf_minutes(93));
    assert_int_equal(heard.ended, ALL);
    assert_int_equal(cf_engine_resume(heard.sim.engine, NULL, "by a test", &err), CF_USAGE);
    crowd_close();
}

/* A pause is not forgotten by a restart where there is a store, nor is when it ends. */
static void check_restart(struct cf_span how_long)
{
    struct cf_error err;
    struct cf_store *store = cf_store_create();
    for (int start = 0; start < 2; start++) {
        open_idlers(2, AT_ONCE, 1, store);
        if (start == 0)
            assert_int_equal(cf_engine_pause(heard.sim.engine, "idle", how_long, "by a test", &err), 0);
        check_paused(true);
        crowd_run_to(cf_minutes(start ? 59 : 30));
        assert_int_equal(heard.warning_count, 0);
        crowd_run_to(cf_minutes(start ? 120 : 31));
        check_paused(!start || !cf_span_known(how_long));
        crowd_close();
    }
    cf_store_destroy(store);
}

static void test_restart(void **state)
{
    (void)state;
    check_restart((struct cf_span){CF_UNKNOWN_US});
    check_restart(cf_minutes(60));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pace),  cmocka_unit_test(test_share),   cmocka_unit_test(test_few),
        cmocka_unit_test(test_pause), cmocka_unit_test(test_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
