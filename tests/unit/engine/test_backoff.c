/* A session that no warning reaches: when the next is tried, and who is told. */
#include "../unit.h"

#include "base/log.h"
#include "engine/actions/backoff.h"
#include "engine/context.h"

#include <stdio.h>
#include <string.h>

#define BIT(field) CF_FIELD_BIT(CF_FIELD_##field)

static struct fixture {
    struct cf_engine engine;
    struct cf_config config;
    struct cf_journal journal;
    struct cf_session_state state;
    struct cf_session session;
    char told[512]; /* in the journal */
} fixture;

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    (void)data, (void)change, (void)fields;
    fixture.state.key = key;
}

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data, (void)kept, (void)context;
    (void)snprintf(fixture.told, sizeof fixture.told, "%s", entry->text);
}

static void show(void)
{
    cf_registry_seen(fixture.engine.registry, &fixture.session, CF_FIELDS_ALL);
}

static int set_up(void **state)
{
    (void)state;
    cf_log_set_level((enum cf_log_level) - 1);
    fixture = (struct fixture){.state = {.engine = &fixture.engine}, .journal = {.write = write_entry}};
    struct cf_engine *engine = &fixture.engine;
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &engine->loop, NULL), 0);
    cf_config_init(&fixture.config);
    engine->config = &fixture.config;
    engine->setup.journal = &fixture.journal;
    engine->registry = cf_registry_create(cf_loop_clock(engine->loop), on_change, NULL);
    cf_session_init(&fixture.session);
    fixture.session.identity = (struct cf_identity){.host = "h", .id = "1", .birth = 1};
    show();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_backoff_end(&fixture.state);
    cf_backoff_end(&fixture.state); /* once */
    assert_null(fixture.engine.backoffs);
    cf_meters_finish(&fixture.engine.meters);
    cf_registry_destroy(fixture.engine.registry);
    cf_loop_destroy(fixture.engine.loop);
    return 0;
}

static struct cf_mono now(void)
{
    return cf_loop_now(fixture.engine.loop);
}

static void pass(struct cf_span span)
{
    cf_loop_run_until(fixture.engine.loop, cf_mono_add(now(), span));
}

static void live(void)
{
    cf_registry_touch(fixture.engine.registry, fixture.state.key, now());
}

/* The next is tried after so long, once, and not a moment sooner; it fails, too. */
static void expect_next(struct cf_span after)
{
    assert_int_equal(cf_backoff_until(&fixture.state).us, cf_mono_add(now(), after).us);
    pass((struct cf_span){after.us - 1});
    assert_false(cf_backoff_try(&fixture.state));
    pass((struct cf_span){1});
    assert_true(cf_backoff_try(&fixture.state));
    assert_false(cf_backoff_try(&fixture.state)); /* whose outcome is not known yet */
    cf_backoff_failed(&fixture.state, NULL);
}

static void expect_at_once(void)
{
    assert_false(cf_mono_known(cf_backoff_until(&fixture.state)));
    assert_true(cf_backoff_try(&fixture.state));
}

static void test_less_and_less_often(void **state)
{
    (void)state;
    static const int minutes[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    expect_at_once();
    expect_at_once();
    cf_backoff_failed(&fixture.state, NULL);
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        expect_next(cf_minutes(minutes[i]));
        assert_int_equal(cf_backoff_of(&fixture.state)->tries, i + 2);
    }
    live(); /* from which on it is sooner, … */
    pass(CF_SECOND);
    live();
    expect_next((struct cf_span){CF_BACKOFF_LIVES.us - CF_SECOND.us});
    expect_next(CF_HOUR); /* … until the next one has failed as well */
    cf_backoff_again(&fixture.state);
    expect_at_once();
    pass(CF_SECOND);
    live();
    expect_next(
        (struct cf_span){CF_MINUTE.us - CF_SECOND.us}); /* which is soon enough for who has shown life */
}

static void test_one_that_reaches_it(void **state)
{
    (void)state;
    cf_backoff_reached(&fixture.state);
    assert_null(cf_backoff_of(&fixture.state));
    cf_backoff_failed(&fixture.state, NULL);
    expect_next(CF_MINUTE);
    expect_next(cf_minutes(2));
    struct cf_mono since = cf_backoff_of(&fixture.state)->since;
    cf_backoff_reached(&fixture.state);
    assert_null(cf_backoff_of(&fixture.state));
    expect_at_once();
    pass(CF_MINUTE);
    cf_backoff_failed(&fixture.state, NULL); /* a terminal that takes every other one is no better */
    assert_int_equal(cf_backoff_of(&fixture.state)->since.us, since.us);
    assert_int_equal(cf_backoff_of(&fixture.state)->tries, 4);
    expect_next(CF_MINUTE);
    cf_backoff_reached(&fixture.state);
    pass(CF_MINUTE);
    live(); /* that was another time */
    cf_backoff_failed(&fixture.state, NULL);
    assert_int_equal(cf_backoff_of(&fixture.state)->since.us, now().us);
    assert_int_equal(cf_backoff_of(&fixture.state)->tries, 1);
}

static void test_a_refusal_is_told_once(void **state)
{
    (void)state;
    assert_true(cf_backoff_tells(&fixture.state));
    assert_true(cf_backoff_tells(&fixture.state));
    cf_backoff_failed(&fixture.state, NULL);
    assert_true(cf_backoff_tells(&fixture.state));
    assert_false(cf_backoff_tells(&fixture.state));
    cf_backoff_again(&fixture.state);
    assert_false(cf_backoff_tells(&fixture.state)); /* as long as none has reached it */
    cf_backoff_reached(&fixture.state);
    cf_backoff_failed(&fixture.state, NULL);
    assert_true(cf_backoff_tells(&fixture.state));
}

/* What the host says of the session now goes before what it said of the last try. */
static void test_what_is_in_the_way(void **state)
{
    (void)state;
    assert_null(cf_backoff_why(&fixture.state));
    cf_backoff_failed(&fixture.state, "no daemon");
    assert_string_equal(cf_backoff_why(&fixture.state), "no daemon");
    cf_session_set_string(&fixture.session, CF_FIELD_BLOCKED, "Ctrl-S");
    show();
    assert_string_equal(cf_backoff_why(&fixture.state), "Ctrl-S");
    cf_session_set_string(&fixture.session, CF_FIELD_BLOCKED, NULL);
    show();
    cf_backoff_failed(&fixture.state, NULL);
    assert_null(cf_backoff_why(&fixture.state));
}

static void test_somebody_is_told_after_an_hour(void **state)
{
    (void)state;
    static const struct {
        const char *blocked, *missing, *told;
    } cases[] = {
        {NULL, NULL, "; speak with its user"},
        {"Ctrl-S", NULL, "; speak with its user: Ctrl-S"},
        {NULL, "no agent", "no policy ends it: no agent"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cf_session_set_string(&fixture.session, CF_FIELD_BLOCKED, cases[i].blocked);
        cf_session_set_string(&fixture.session, CF_FIELD_MISSING, cases[i].missing);
        show();
        cf_backoff_failed(&fixture.state, NULL);
        pass((struct cf_span){CF_BACKOFF_LONG.us - 1});
        cf_backoff_failed(&fixture.state, NULL);
        assert_string_equal(fixture.told, "");
        pass((struct cf_span){1});
        cf_backoff_failed(&fixture.state, NULL);
        assert_non_null(strstr(fixture.told, cases[i].told));
        assert_string_equal(strstr(fixture.told, cases[i].told), cases[i].told);
        fixture.told[0] = '\0';
        cf_backoff_failed(&fixture.state, NULL);
        assert_string_equal(fixture.told, ""); /* once */
        cf_backoff_end(&fixture.state);
    }
    cf_session_set_string(&fixture.session, CF_FIELD_BLOCKED, NULL);
    cf_session_set_string(&fixture.session, CF_FIELD_MISSING, NULL);
}

/* Whether this change has the next one tried at once. */
static bool frees(uint64_t fields)
{
    show();
    cf_backoff_changed(&fixture.state, fields);
    return !cf_mono_known(cf_backoff_until(&fixture.state));
}

static void test_what_may_help(void **state)
{
    (void)state;
    cf_backoff_changed(&fixture.state, BIT(LOCKED)); /* there is nothing to help */
    cf_backoff_failed(&fixture.state, NULL);
    expect_next(CF_MINUTE);
    assert_false(frees(BIT(IDLE) | BIT(OUTPUT) | BIT(CPU)));
    assert_true(frees(BIT(IDLE) | BIT(LOCKED)));
    cf_backoff_failed(&fixture.state, NULL);
    expect_next(CF_MINUTE);
    cf_session_set_string(&fixture.session, CF_FIELD_BLOCKED, "Ctrl-S");
    assert_false(frees(BIT(BLOCKED)));
    fixture.session.agent = CF_TRI_NO;
    assert_false(frees(BIT(AGENT)));
    cf_session_set_string(&fixture.session, CF_FIELD_BLOCKED, NULL);
    assert_false(frees(BIT(AGENT)));
    assert_true(frees(BIT(BLOCKED))); /* again, and then no sooner than in ten minutes */
    cf_backoff_failed(&fixture.state, NULL);
    expect_next(cf_minutes(2)); /* it came to nothing, and goes on as before */
    pass((struct cf_span){CF_BACKOFF_LIVES.us - cf_minutes(2).us - 1});
    fixture.session.agent = CF_TRI_YES;
    assert_false(frees(BIT(AGENT)));
    assert_false(frees(BIT(BLOCKED)));
    pass((struct cf_span){1});
    assert_true(frees(BIT(AGENT)));
    cf_backoff_failed(&fixture.state, NULL);
    assert_true(frees(BIT(AGENT) | BIT(DISCONNECTED))); /* somebody is there */
    cf_backoff_failed(&fixture.state, NULL);
    pass(CF_BACKOFF_LIVES);
    cf_session_set_string(&fixture.session, CF_FIELD_BLOCKED, "Ctrl-S");
    assert_false(frees(BIT(BLOCKED))); /* and was before */
    cf_session_set_string(&fixture.session, CF_FIELD_BLOCKED, NULL);
}

int main(void)
{
#define FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        FIXTURE(test_less_and_less_often),    FIXTURE(test_one_that_reaches_it),
        FIXTURE(test_a_refusal_is_told_once), FIXTURE(test_somebody_is_told_after_an_hour),
        FIXTURE(test_what_may_help),          FIXTURE(test_what_is_in_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
