/* Refused logons: by the word of several policies, on a host that may fail, through reloads and pauses. */
#include "../../fixture/engine.h"

#include "base/log.h"
#include "engine/actions/allowance.h"
#include "engine/actions/logon_refusal.h"
#include "engine/context.h"
#include "engine/policy.h"

enum { POLICIES = 3, ROUNDS = 60, DEEDS = 60, DAY_S = 24 * 60 * 60 };

static const char *const words[] = {"x", "y", "z"};

static struct {
    uint64_t random;
    bool fails[POLICIES]; /* its runs do */
    const char *said[POLICIES];
    unsigned rows;
} plan;

static unsigned below(unsigned most)
{
    plan.random = plan.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(plan.random >> 33) % most;
}

static struct cf_policy *policy(size_t index)
{
    return rig.engine->policies[index];
}

/* Looks each minute, or fails. */
static enum cf_step look(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)step, (void)result;
    if (plan.fails[cf_task_policy_name(task)[0] - 'a'])
        return CF_STEP_FAILED;
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL,
                                         .until = cf_mono_add(cf_loop_now(rig.loop), CF_MINUTE)});
    return CF_STEP_WAITING;
}

static void start(uint64_t seed)
{
    plan.random = seed;
    plan.rows = 0;
    for (size_t i = 0; i < POLICIES; i++) {
        plan.fails[i] = false;
        plan.said[i] = NULL;
    }
    rig.scripts[2] = look;
    rig_start(look, look);
}

static void pass(struct cf_span span)
{
    rig_run_to((struct cf_span){cf_loop_now(rig.loop).us + span.us});
    for (const char *row = rig.journalled; (row = strchr(row, ' ')); row++)
        plan.rows++;
    rig.journalled[0] = rig.texts[0] = '\0';
}

static void say(size_t index, const char *word)
{
    if (policy(index)->set_aside || policy(index)->resting)
        return; /* no script of its runs */
    if (cf_policy_refuse_logons(policy(index), word, NULL) == CF_OK)
        plan.said[index] = word;
    else
        assert_non_null(word); /* nothing keeps a policy from allowing them */
}

static void forget_all(void)
{
    for (size_t i = 0; i < POLICIES; i++)
        plan.said[i] = NULL;
}

static void do_something(void)
{
    static const int codes[] = {CF_OK, CF_OK, CF_FAILED, CF_TIMEOUT};
    size_t index = below(POLICIES);
    struct cf_error err;
    switch (below(10)) {
    case 0: rig_fail(CF_ACTION_REFUSE_LOGONS, codes[below(4)]); break;
    case 1:
        assert_int_equal(cf_engine_reload(rig.engine, &rig.config, &err), 0);
        forget_all();
        break;
    case 2:
        assert_int_equal(cf_engine_pause(rig.engine, cf_policy_name(policy(index)), CF_HOUR, "test", &err),
                         0);
        plan.said[index] = NULL;
        break;
    case 3: plan.fails[index] = !plan.fails[index]; break;
    case 4:
    case 5: say(index, NULL); break;
    default: say(index, words[below(3)]); break;
    }
    pass(cf_seconds(below(3) ? below(20) : below(2000)));
    for (size_t i = 0; i < POLICIES; i++)
        if (policy(i)->set_aside)
            plan.said[i] = NULL;
}

/* The host refuses logons in the words of a policy at work that does, and if there is none, it does not. */
static void expect_right(void)
{
    const char *wanted = NULL;
    for (size_t i = 0; i < POLICIES; i++) {
        const char *said = policy(i)->set_aside || policy(i)->resting ? NULL : plan.said[i];
        wanted = said && (!wanted || strcmp(said, rig_door()) == 0) ? said : wanted;
    }
    assert_string_equal(rig_door(), wanted ? wanted : "");
}

static void test_random(void **state)
{
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        start(seed);
        for (int deed = 0; deed < DEEDS; deed++)
            do_something();
        rig_fail(CF_ACTION_REFUSE_LOGONS, CF_OK);
        pass(cf_seconds(2 * 60 * 60));
        for (size_t i = 0; i < POLICIES; i++)
            if (policy(i)->set_aside)
                plan.said[i] = NULL;
        expect_right();
        for (int deed = 0; deed < DEEDS; deed++) { /* on a host that works it is right a moment later */
            do_something();
            rig_fail(CF_ACTION_REFUSE_LOGONS, CF_OK);
            pass(CF_LOGON_REFUSAL_GRACE);
            if (!cf_timer_is_set(&rig.engine->logon_refusal.again)) /* nobody has gone just now */
                expect_right();
        }
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
}

/* A policy that allows logons all the time on a host that cannot: few rows, and they are allowed in the end.
 */
static void test_fails_to_allow(void **state)
{
    (void)state;
    start(1);
    say(0, "x");
    pass(CF_MINUTE);
    rig_fail(CF_ACTION_REFUSE_LOGONS, CF_FAILED);
    rig.asked[CF_ACTION_REFUSE_LOGONS] = 0;
    plan.rows = 0;
    for (int i = 0; i < DAY_S; i++) {
        say(0, NULL);
        pass(CF_SECOND);
    }
    assert_in_range(rig.asked[CF_ACTION_REFUSE_LOGONS], 24, 24 + 8);
    assert_int_equal(plan.rows, 2 * rig.asked[CF_ACTION_REFUSE_LOGONS]);
    assert_string_equal(rig_door(), "x");
    rig_fail(CF_ACTION_REFUSE_LOGONS, CF_OK);
    pass(CF_LOGON_REFUSAL_MOST);
    assert_string_equal(rig_door(), "");
    rig.asked[CF_ACTION_REFUSE_LOGONS] = 0;
    pass(cf_seconds(DAY_S));
    assert_int_equal(rig.asked[CF_ACTION_REFUSE_LOGONS], 0); /* done is done */
    assert_false(cf_timer_is_set(&rig.engine->logon_refusal.again));
}

/* What the host could not do it is asked for at once when it can be reached again. */
static void test_reached_again(void **state)
{
    (void)state;
    start(1);
    rig_fail(CF_ACTION_REFUSE_LOGONS, CF_UNAVAILABLE);
    say(0, "x");
    pass(cf_seconds(DAY_S));
    cf_sim_lose(rig.sim, &(struct cf_error){.code = CF_UNAVAILABLE});
    rig_fail(CF_ACTION_REFUSE_LOGONS, CF_OK);
    pass(CF_SECOND);
    assert_string_equal(rig_door(), "");
    rig_fail(CF_ACTION_REFUSE_LOGONS, CF_UNAVAILABLE);
    rig.asked[CF_ACTION_REFUSE_LOGONS] = 0;
    cf_sim_lose(rig.sim, NULL);
    pass(CF_SECOND);
    assert_int_equal(rig.asked[CF_ACTION_REFUSE_LOGONS], 1);
    rig_fail(CF_ACTION_REFUSE_LOGONS, CF_OK);
    pass(CF_LOGON_REFUSAL_LEAST); /* and a minute later, as at first */
    assert_string_equal(rig_door(), "x");
}

/* Of several that refuse them, the last that began to speaks, whatever others say that do not. */
static void test_who_speaks(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        rig.policies[2].mode = way == 0 ? CF_MODE_DRY : CF_MODE_ACT;
        start(1);
        say(0, "x");
        if (way == 2)
            say(2, "z");
        say(1, "y");
        pass(CF_SECOND);
        if (way < 2)
            say(2, way == 0 ? "z" : NULL);
        else
            assert_int_equal(cf_engine_pause(rig.engine, "c", CF_HOUR, "test", NULL), 0);
        pass(CF_MINUTE);
        assert_string_equal(rig_door(), "y");
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    start(1);
}

/* What would have come of it, where nothing does; and after a pause it has said nothing yet. */
static void test_rows_of_a_dry_run(void **state)
{
    (void)state;
    rig.policies[1].mode = CF_MODE_DRY;
    start(1);
    say(0, "x");
    rig_run_to(CF_SECOND);
    say(1, "y");
    say(1, NULL);
    assert_string_equal(rig.texts, "x\ny\nlogons are allowed again\n");
    assert_int_equal(cf_engine_pause(rig.engine, "b", CF_MINUTE, "test", NULL), 0);
    rig_run_to(cf_minutes(2));
    say(1, NULL);
    assert_string_equal(rig.texts,
                        "x\ny\nlogons are allowed again\ntest\na pause is over\nlogons are allowed again\n");
}

/* The rows say what came of a policy's word. */
static void test_rows(void **state)
{
    (void)state;
    start(1);
    say(0, "x");
    rig_run_to(CF_SECOND);
    say(1, "y");
    rig_run_to(cf_seconds(2));
    say(1, NULL);
    rig_run_to(cf_seconds(3));
    assert_string_equal(rig_door(), "x");
    say(0, NULL);
    rig_run_to(cf_seconds(4));
    assert_string_equal(rig.texts,
                        "x\ny\nit refuses logons no more, but a still does\nlogons are allowed again\n");
    assert_string_equal(rig_door(), "");
    pass(CF_SECOND);
    say(2, "z");
    assert_int_equal(cf_engine_reload(rig.engine, &rig.config, NULL), 0);
    rig_run_to(CF_MINUTE);
    assert_string_equal(rig.texts, "z\nthe configuration was loaded again\nlogons are allowed again\n");
    assert_string_equal(rig_door(), "");
}

/* A policy goes while the host takes its time. */
static void test_slow(void **state)
{
    (void)state;
    start(1);
    rig.faults->silent = 1000;
    say(0, "x");
    rig_run_to(cf_seconds(5));
    assert_int_equal(cf_engine_reload(rig.engine, &rig.config, NULL), 0);
    rig_run_to(cf_seconds(19));
    rig.faults->silent = 0;
    rig_run_to(CF_MINUTE);
    assert_string_equal(
        rig.texts,
        "x\nthe configuration was loaded again\nthe host did not answer in time\nlogons are allowed again\n");
}

/* Loaded again, it says its word anew: the door is never open in between. */
static void test_reload_keeps(void **state)
{
    (void)state;
    start(1);
    say(0, "x");
    pass(CF_MINUTE);
    rig.asked[CF_ACTION_REFUSE_LOGONS] = 0;
    assert_int_equal(cf_engine_reload(rig.engine, &rig.config, NULL), 0);
    pass(CF_SECOND);
    say(0, "x");
    pass(CF_HOUR);
    assert_int_equal(rig.asked[CF_ACTION_REFUSE_LOGONS], 0);
    assert_string_equal(rig_door(), "x");
    assert_false(cf_timer_is_set(&rig.engine->logon_refusal.again));
}

/* One word at a time: the host is asked for the next once it has answered. */
static void test_one_word_at_a_time(void **state)
{
    (void)state;
    start(1);
    rig_hold(CF_ACTION_REFUSE_LOGONS);
    say(0, "x");
    say(1, "y");
    pass(CF_SECOND);
    assert_int_equal(rig.asked[CF_ACTION_REFUSE_LOGONS], 1);
    rig_release();
    pass(CF_SECOND);
    assert_int_equal(rig.asked[CF_ACTION_REFUSE_LOGONS], 2);
    assert_string_equal(rig_door(), "y");
}

/* However long another has failed. */
static void test_a_new_word_is_asked_for_again_soon(void **state)
{
    (void)state;
    start(1);
    rig_fail(CF_ACTION_REFUSE_LOGONS, CF_FAILED);
    say(0, "x");
    pass(cf_seconds(DAY_S));
    say(0, "y");
    pass(CF_SECOND);
    rig_fail(CF_ACTION_REFUSE_LOGONS, CF_OK);
    pass(CF_LOGON_REFUSAL_LEAST);
    assert_string_equal(rig_door(), "y");
}

/* ---- Word by word ---- */

/*
 * A policy's letter, then what it refuses logons with, or "-": it allows them again. "!" is a host that fails
 * at once, "?" one that cannot do it, "." one that can; "," is a minute. The second policy is in a dry run
 * where `dry` is set.
 */
static const struct {
    const char *said, *journal, *door;
    bool dry;
} talks[] = {
    {"a1", "door ", "1", false},
    {"a1 a1", "door ", "1", false}, /* it is so already */
    {"a1 a2", "door door ", "2", false},
    {"a1 b1 a1", "door door ", "1", false},
    {"a1 b2 a1", "door door ", "2", false}, /* the last that began to */
    {"a1 b2 b-", "door door door ", "1", false},
    {"a1 b2 a- b-", "door door door door ", "", false},
    {"a-", "door ", "", false},
    {"a- a-", "door ", "", false},
    {"a1 a- a1 a-", "door door door door ", "", false},
    {"a- b1 a-", "door door ", "1", false},
    {"a1 b- a1", "door door ", "1", false}, /* b has nothing to allow */
    /* A dry run says it once, and does nothing. */
    {"b1 b1", "dry-door ", "", true},
    {"a1 b- b-", "door dry-door ", "1", true},
    {"b1 a2 b1", "dry-door door ", "2", true},
    {"b1 a2 a-", "dry-door door door ", "", true},
    /* What failed is tried again after a minute, or where something else is to be done. */
    {"! a1 . a1", "door failed ", "", false},
    {"! a1 . ,", "door failed door ", "1", false},
    {"a1 ! a- . a-", "door door failed ", "1", false},
    {"a1 ! a- . ,", "door door failed door ", "", false},
    {"! a1 . a2", "door failed door ", "2", false},
    {"! a- a-", "door ", "", false},
    {"? a1 a1 ,", "door failed ", "", false}, /* it never will */
};

static int refuse(char letter, const char *text)
{
    struct cf_error err = {0};
    int code = cf_policy_refuse_logons(rig.loaded[letter - 'a'], *text == '-' ? NULL : text, &err);
    rig_run_to((struct cf_span){cf_loop_now(rig.loop).us + CF_SECOND.us});
    return code;
}

static void play(const char *said)
{
    for (; *said; said++)
        switch (*said) {
        case ' ': break;
        case '!': rig_fail(CF_ACTION_REFUSE_LOGONS, CF_FAILED); break;
        case '?': rig_fail(CF_ACTION_REFUSE_LOGONS, CF_UNSUPPORTED); break;
        case '.': rig_fail(CF_ACTION_REFUSE_LOGONS, CF_OK); break;
        case ',': rig_run_to((struct cf_span){cf_loop_now(rig.loop).us + CF_MINUTE.us}); break;
        default: assert_int_equal(refuse(*said, (char[]){said[1], '\0'}), CF_OK); said++;
        }
}

static enum cf_step rests(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)task, (void)step, (void)result;
    return CF_STEP_RETURNED;
}

static void test_talks(void **state)
{
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        rig.policies[1].mode = talks[i].dry ? CF_MODE_DRY : CF_MODE_ACT;
        rig_start(rests, rests);
        play(talks[i].said);
        if (strcmp(rig.journalled, talks[i].journal) != 0 || strcmp(rig_door(), talks[i].door) != 0)
            fail_msg("%s: %s, then '%s'", talks[i].said, rig.journalled, rig_door());
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
    assert_int_equal(refuse('a', "3"), CF_POLICY);
    assert_int_equal(refuse('a', "-"), CF_OK);
    assert_string_equal(rig_door(), "");
}

static int declares_it(struct cf_policy *policy, struct cf_error *err)
{
    return cf_policy_refuse_logons(policy, "1", err);
}

/* While it is loaded there is no host yet: it is asked as soon as there is. */
static void test_at_load(void **state)
{
    (void)state;
    rig.declare = declares_it;
    rig_start(rests, rests);
    rig_run_to(CF_SECOND);
    assert_string_equal(rig.journalled, "door ");
    assert_string_equal(rig_door(), "1");
    assert_false(cf_timer_is_set(&rig.engine->logon_refusal.again));
}

#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)

int main(void)
{
    cf_log_set_level(CF_LOG_NOTHING);
    const struct CMUnitTest tests[] = {
        RIG(test_random),
        RIG(test_fails_to_allow),
        RIG(test_reached_again),
        RIG(test_who_speaks),
        RIG(test_one_word_at_a_time),
        RIG(test_a_new_word_is_asked_for_again_soon),
        RIG(test_rows_of_a_dry_run),
        RIG(test_rows),
        RIG(test_slow),
        RIG(test_reload_keeps),
        RIG(test_talks),
        RIG(test_too_often),
        RIG(test_at_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
