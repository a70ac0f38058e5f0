/*
 * Many sessions at once, and policies that rest: how fast sessions may be ended, what share of them, pauses,
 * and what the user's own `stay` comes to. All under policies/idle.lua with its usual 30 minutes.
 */
#include "stage.h"

#include "engine/answers/explain.h"

#include <stdlib.h>
#include <string.h>

#define MINUTES(n) ((struct cf_mono){INT64_C(60000000) * (n)})

#define AT_ONCE ((struct cf_span){0})

enum { CROWD = 10000 };

/* What the journal said. */
static struct heard {
    struct stage stage;
    int64_t logoffs[CROWD]; /* when, in order */
    size_t logoff_count, warnings, refused, ended, held, afresh, withdrawn;
    int64_t warned[CROWD]; /* when last, by user's number; 0: not since the last "stays" */
} heard;

static size_t number_of(const struct cf_session *session)
{
    return (size_t)(session->uid - 1000);
}

static void hear(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data;
    cf_journal_queue_push(&heard.stage.kept, kept, context);
    int64_t now = entry->at_mono.us;
    switch (entry->what) {
    case CF_WHAT_WARN:
        heard.warnings++;
        heard.warned[number_of(entry->session)] = now;
        break;
    case CF_WHAT_WITHDRAW:
        heard.withdrawn++;
        heard.warned[number_of(entry->session)] = 0;
        break;
    case CF_WHAT_LOGOFF: {
        int64_t warned = heard.warned[number_of(entry->session)];
        assert_true(warned > 0 && now - warned >= CF_MINUTE.us); /* the last one, a minute before */
        assert_true(now - warned <= CF_MINUTE.us + cf_minutes(5).us);
        assert_true(heard.logoff_count < CROWD);
        heard.logoffs[heard.logoff_count++] = now;
        break;
    }
    case CF_WHAT_REFUSED: heard.refused++; break;
    case CF_WHAT_ENDED: heard.ended++; break;
    case CF_WHAT_HELD: heard.held++; break;
    case CF_WHAT_RESTART: heard.afresh++; break;
    default: break;
    }
}

/* So many people log on, one after another, and go away. */
static struct cf_scenario *crowd(size_t count, struct cf_span apart, struct cf_session *records)
{
    struct cf_script *script = cf_script_create((struct cf_instant){INT64_C(1772438400000000)});
    for (size_t i = 0; i < count; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "user%zu", i);
        cf_session_init(&records[i]);
        cf_session_set_string(&records[i], CF_FIELD_USER, name);
        cf_session_set_string(&records[i], CF_FIELD_CLASS, "user");
        cf_session_set_string(&records[i], CF_FIELD_TYPE, "tty");
        records[i].uid = (int64_t)(1000 + i);
        records[i].console = CF_TRI_NO;
        struct cf_event event = {.at_us = (int64_t)i * apart.us,
                                 .kind = CF_EVENT_LOGON,
                                 .label = (uint32_t)i,
                                 .logon = &records[i]};
        assert_int_equal(cf_script_add(script, &event, NULL), 0);
    }
    return cf_script_finish(script, cf_minutes(24 * 60).us);
}

static struct cf_session records[CROWD];

static void open_crowd(size_t count, struct cf_span apart)
{
    heard = (struct heard){0};
    stage_open(&heard.stage, "policies/idle.lua", crowd(count, apart, records),
               (struct cf_sim_setup){.seed = 1}, hear);
}

static void close_crowd(size_t count)
{
    stage_close(&heard.stage);
    for (size_t i = 0; i < count; i++)
        cf_session_finish(&records[i]);
}

static void run_until(struct cf_mono until)
{
    cf_loop_run_until(heard.stage.loop, until);
}

/* Ten thousand are due at once: never more than 120 in any minute, and nobody is warned in vain. */
static void test_pace(void **state)
{
    (void)state;
    open_crowd(CROWD, AT_ONCE);
    run_until(MINUTES(24 * 60));
    assert_int_equal(heard.ended, CROWD);
    assert_int_equal(heard.logoff_count, CROWD);
    for (size_t i = 120; i < CROWD; i++)
        assert_true(heard.logoffs[i] - heard.logoffs[i - 120] >= CF_MINUTE.us);
    assert_true(heard.logoffs[CROWD - 1] - heard.logoffs[0] <= cf_minutes(CROWD / 120 + 2).us);
    assert_int_equal(heard.refused, 0);
    assert_int_equal(heard.warnings, 2 * CROWD); /* five minutes and one minute before */
    close_crowd(CROWD);
}

/* What the alarm comes to: nobody goes any more, and whoever was warned is told that they stay, until
 * `resume`. */
static void check_held(struct cf_span apart)
{
    enum { ALL = 100 };
    open_crowd(ALL, apart);
    heard.stage.config.limits.share = 0.5;
    run_until(MINUTES(120));
    assert_int_equal(heard.ended, 0);
    assert_int_equal(heard.held, 1);
    for (uint32_t i = 0; i < ALL; i++)
        assert_int_equal(cf_sim_notice_count(cf_engine_backend(heard.stage.engine), i), 0);
    struct cf_error err;
    assert_int_equal(cf_engine_resume(heard.stage.engine, "idle", "by a test", &err), 0);
    run_until(MINUTES(180));
    assert_int_equal(heard.ended, ALL);
    assert_int_equal(heard.held, 1);
    close_crowd(ALL);
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
    open_crowd(3, AT_ONCE);
    heard.stage.config.limits.share = 0.5;
    run_until(MINUTES(60));
    assert_int_equal(heard.ended, 3);
    assert_int_equal(heard.held, 0);
    close_crowd(3);
}

/* What the engine's words say of policies that rest. */
static void check_paused(bool paused)
{
    json_t *status = cf_explain_status(heard.stage.engine);
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
    open_crowd(ALL, AT_ONCE);
    run_until(MINUTES(27));
    assert_int_equal(heard.warnings, ALL);
    assert_int_equal(cf_engine_pause(heard.stage.engine, "idel", cf_minutes(60), "by a test", &err),
                     CF_USAGE);
    assert_int_equal(cf_engine_pause(heard.stage.engine, NULL, cf_minutes(60), "by a test", &err), 0);
    check_paused(true);
    run_until(MINUTES(40));
    assert_int_equal(heard.withdrawn, ALL);
    assert_int_equal(cf_engine_reload(heard.stage.engine, &heard.stage.config, &err), 0);
    check_paused(true);
    run_until(MINUTES(86));
    assert_int_equal(heard.ended, 0);
    assert_int_equal(heard.warnings, ALL);
    run_until(MINUTES(88));
    check_paused(false);
    assert_int_equal(heard.warnings, 2 * ALL); /* from the beginning: "in 5 minutes" */
    run_until(MINUTES(93));
    assert_int_equal(heard.ended, ALL);
    assert_int_equal(cf_engine_resume(heard.stage.engine, NULL, "by a test", &err), CF_USAGE);
    close_crowd(ALL);
}

/* A pause is not forgotten by a restart where there is a store, nor is when it ends. */
static void check_restart(struct cf_span how_long)
{
    struct cf_error err;
    struct cf_store *store = cf_store_create();
    for (int start = 0; start < 2; start++) {
        heard = (struct heard){0};
        heard.stage.store = store;
        stage_open(&heard.stage, "policies/idle.lua", crowd(2, AT_ONCE, records),
                   (struct cf_sim_setup){.seed = 1}, hear);
        if (start == 0)
            assert_int_equal(cf_engine_pause(heard.stage.engine, "idle", how_long, "by a test", &err), 0);
        check_paused(true);
        run_until(MINUTES(start ? 59 : 30));
        assert_int_equal(heard.warnings, 0);
        run_until(MINUTES(start ? 120 : 31));
        check_paused(!start || !cf_span_known(how_long));
        close_crowd(2);
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
