/* Pauses and holds: which policies rest, until when, and what outlives a restart. */
#include "../../fixture/engine.h"

#include "engine/actions/pauses.h"
#include "engine/context.h"
#include "engine/policy.h"

enum { POLICIES = 3, ROUNDS = 40, DEEDS = 80, MODELS = 1024 };

static const char *const names[POLICIES + 1] = {"a", "b", "c", NULL}; /* the last: all of them */

/* What should be in force. */
static struct model {
    const char *policy;
    bool held;
    int64_t until_us; /* monotonic; INT64_MAX: until somebody says `resume` */
} models[MODELS];
static size_t model_count;

static uint64_t random_state;

static unsigned below(unsigned most)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % most;
}

static enum cf_step rest(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)step, (void)result;
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL, .until = CF_MONO_UNKNOWN});
    return CF_STEP_WAITING;
}

static int64_t now_us(void)
{
    return cf_loop_now(rig.loop).us;
}

static bool is_about(const struct model *model, const char *policy)
{
    return !model->policy || model->policy == policy;
}

/* Keeps those that are not `over`; returns how many are. */
static size_t drop(bool (*over)(const struct model *, const char *), const char *policy)
{
    size_t kept = 0, before = model_count;
    for (size_t i = 0; i < before; i++)
        if (!over(&models[i], policy))
            models[kept++] = models[i];
    model_count = kept;
    return before - kept;
}

static bool is_past(const struct model *model, const char *policy)
{
    (void)policy;
    return model->until_us <= now_us();
}

static bool is_the_same(const struct model *model, const char *policy)
{
    return model->policy == policy && !model->held;
}

static bool is_resumed(const struct model *model, const char *policy)
{
    return !policy || model->policy == policy;
}

/* The last row is of this kind. */
static void expect_row(const char *what, const char *text)
{
    size_t length = strlen(rig.journalled), own = strlen(what);
    assert_true(length > own && strncmp(rig.journalled + length - own - 1, what, own) == 0);
    assert_string_equal(rig.last_text, text);
}

static void pause_for_a_while(const char *policy)
{
    bool ends = below(3);
    int64_t span_us = (1 + below(8)) * 30 * CF_MINUTE.us;
    assert_int_equal(cf_engine_pause(rig.engine, policy, (struct cf_span){ends ? span_us : CF_UNKNOWN_US},
                                     "said by root", NULL),
                     CF_OK);
    expect_row("pause", "said by root");
    (void)drop(is_the_same, policy);
    models[model_count++] = (struct model){policy, false, ends ? now_us() + span_us : INT64_MAX};
}

static void hold(size_t index)
{
    if (rig.engine->policies[index]->resting)
        return; /* nothing of its comes due */
    cf_policy_hold(rig.engine->policies[index], 4, 3, 6);
    expect_row("held",
               "held: 4 of its logoffs have come due within ten minutes, and of all 6 sessions it may "
               "end 3 in that time (limits.share)");
    assert_true(cf_timer_is_set(&rig.engine->reminder));
    models[model_count++] = (struct model){names[index], true, INT64_MAX};
}

/* Whoever is resumed is free of limits.share for an hour, and nobody else. */
static void resume(const char *policy)
{
    int64_t freed_us[POLICIES];
    for (size_t i = 0; i < POLICIES; i++)
        freed_us[i] = rig.engine->policies[i]->freed_until.us;
    struct cf_error err;
    bool any = drop(is_resumed, policy) > 0;
    assert_int_equal(cf_engine_resume(rig.engine, policy, "said by root", &err), any ? CF_OK : CF_USAGE);
    if (any)
        expect_row("resume", "said by root");
    else
        assert_non_null(strstr(err.text, policy ? "' is not paused by itself" : "nothing is paused"));
    for (size_t i = 0; i < POLICIES; i++)
        assert_int_equal(rig.engine->policies[i]->freed_until.us,
                         any && (!policy || policy == names[i]) ? now_us() + CF_HOUR.us : freed_us[i]);
}

static void pass_time(void)
{
    rig.texts[0] = '\0';
    rig_run_to((struct cf_span){now_us() + below(8) * 15 * CF_MINUTE.us});
    bool ended = drop(is_past, NULL) > 0;
    assert_int_equal(strstr(rig.texts, "a pause is over") != NULL, ended);
}

static void start(void)
{
    rig.scripts[2] = rest;
    rig_start(rest, rest);
}

/* Who has to be reminded of nothing is not. */
static void begin_again(void)
{
    bool held = false, timed = false;
    cf_engine_destroy(rig.engine);
    start();
    for (size_t i = 0; i < model_count; i++) {
        held = held || models[i].held;
        timed = timed || models[i].until_us < INT64_MAX;
    }
    assert_int_equal(cf_timer_is_set(&rig.engine->reminder), held);
    assert_int_equal(cf_timer_is_set(&rig.engine->pause_over), timed);
}

static void do_something(void)
{
    const char *policy = names[below(POLICIES + 1)];
    rig.journalled[0] = '\0';
    switch (below(8)) {
    case 0:
    case 1: pause_for_a_while(policy); break;
    case 2: resume(policy); break;
    case 3: hold(below(POLICIES)); break;
    case 4: begin_again(); break;
    case 5: cf_loop_step_wall(rig.loop, (struct cf_span){((int64_t)below(5) - 2) * CF_HOUR.us}); break;
    default: pass_time(); break;
    }
}

static void expect_right(void)
{
    bool timed = false;
    for (size_t i = 0; i < model_count; i++)
        timed = timed || models[i].until_us < INT64_MAX;
    assert_int_equal(cf_timer_is_set(&rig.engine->pause_over), timed);
    for (size_t i = 0; i < POLICIES; i++) {
        bool rests = false, held = false;
        for (size_t j = 0; j < model_count; j++) {
            rests = rests || is_about(&models[j], names[i]);
            held = held || (models[j].policy == names[i] && models[j].held);
        }
        assert_int_equal(rig.engine->policies[i]->resting, rests);
        assert_int_equal(rig.engine->policies[i]->held, held);
    }
}

static int tear_down(void **state)
{
    int code = rig_tear_down(state);
    cf_store_destroy(rig.store);
    return code;
}

static int set_up(void **state)
{
    model_count = 0;
    int code = rig_set_up(state);
    rig.store = cf_store_create();
    return code;
}

/* Each pause lasts as long as it was said, whatever other pauses are said meanwhile; a hold, until `resume`.
 */
static void test_random(void **state)
{
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        random_state = seed;
        start();
        for (int deed = 0; deed < DEEDS; deed++) {
            do_something();
            expect_right();
        }
        (void)tear_down(state);
        (void)set_up(state);
    }
    start();
}

static void test_mistakes(void **state)
{
    (void)state;
    struct cf_error err;
    start();
    assert_int_equal(cf_engine_pause(rig.engine, "d", CF_HOUR, "by a test", &err), CF_USAGE);
    assert_string_equal(err.text, "no policy is called 'd'");
    assert_int_equal(cf_engine_pause(rig.engine, NULL, CF_HOUR, "by a test", &err), CF_OK);
    assert_int_equal(cf_engine_resume(rig.engine, "d", "by a test", &err), CF_USAGE);
    assert_string_equal(err.text, "no policy is called 'd'");
    assert_string_equal(rig.journalled, "pause ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mistakes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
