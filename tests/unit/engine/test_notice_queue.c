/* Several policies warn one session: it shows one notice at a time, the soonest end. */
#include "../../fixture/engine.h"

#include <limits.h>

/* What a policy does in its first run, a thing after another; in later ones it rests. */
struct deed {
    enum kind { REST, SLEEP, WARN, ASK, CLOSE, LOGOFF, RETURN } what;
    int seconds; /* to sleep; left, 0: unknown; to wait for the answer */
};

enum { DEEDS = 16 };

static struct deed plans[3][DEEDS];

static struct player {
    int runs, deed;
    uint64_t notice;
    bool delivered, answered;
    int refused; /* logoffs */
    bool open;   /* what it wants shown: the end in seconds, and which came first */
    int64_t ends;
    int order;
} players[3];

static int order;

static struct player *player_of(const struct cf_task *task)
{
    return &players[cf_task_policy_name(task)[0] - 'a'];
}

static void sleep_for(struct cf_task *task, int64_t seconds)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), cf_seconds(seconds));
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL, .until = until});
}

static void warn(struct cf_task *task, int left)
{
    char text[] = "a {left}", *name = text;
    *name = cf_task_policy_name(task)[0];
    cf_task_warn(task, cf_task_session(task),
                 &(struct cf_warning){.text = left ? text : (char[]){*name, '\0'},
                                      .left = left ? cf_seconds(left) : (struct cf_span){CF_UNKNOWN_US},
                                      .line = *name});
}

static void note(struct player *player, const struct deed *last, const struct cf_result *result)
{
    if (last->what == WARN) {
        player->notice = result->notice;
        player->delivered = result->delivered;
    }
    player->answered = player->answered || (last->what == ASK && result->truth);
    player->refused += last->what == LOGOFF && result->code == CF_REFUSED;
}

static enum cf_step play(struct cf_task *task, int step, const struct cf_result *result)
{
    struct player *player = player_of(task);
    const struct deed *plan = plans[player - players];
    if (step == 0)
        player->deed = player->runs++ == 0 ? 0 : DEEDS - 1; /* which is to rest */
    else
        note(player, &plan[player->deed - 1], result);
    for (;;) {
        const struct deed *deed = &plan[player->deed++];
        switch (deed->what) {
        case SLEEP: sleep_for(task, deed->seconds); return CF_STEP_WAITING;
        case WARN:
            player->open = true;
            player->order = ++order;
            player->ends = deed->seconds ? cf_loop_now(rig.loop).us / CF_SECOND.us + deed->seconds : INT_MAX;
            warn(task, deed->seconds);
            return CF_STEP_WAITING;
        case ASK:
            cf_task_wait(task, &(struct cf_wait){
                                   .kind = CF_WAIT_ANSWER,
                                   .session = cf_task_session(task),
                                   .notice = player->notice,
                                   .until = cf_mono_add(cf_loop_now(rig.loop), cf_seconds(deed->seconds))});
            return CF_STEP_WAITING;
        case CLOSE:
            player->open = false;
            cf_task_close_notice(task, player->notice);
            break;
        case LOGOFF:
            cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "it is time", false, 1);
            return CF_STEP_WAITING;
        case RETURN: player->open = false; return CF_STEP_RETURNED;
        case REST:
            player->deed = DEEDS;
            sleep_for(task, 30 * 86400);
            return CF_STEP_WAITING;
        }
    }
}

static int set_up(void **state)
{
    memset(plans, 0, sizeof plans);
    memset(players, 0, sizeof players);
    return rig_set_up(state);
}

static void plan(char policy, const struct deed *deeds, size_t count)
{
    memcpy(plans[policy - 'a'], deeds, count * sizeof *deeds);
}

#define PLAN(policy, ...)                                                                                    \
    plan(policy, (const struct deed[]){__VA_ARGS__},                                                         \
         sizeof((const struct deed[]){__VA_ARGS__}) / sizeof(struct deed))

static void start(void)
{
    rig.scripts[2] = play;
    rig_start(play, play);
}

/* What the user sees after so many seconds; "" is nothing. */
static void expect_at(int seconds, const char *screen)
{
    rig_run_to(cf_seconds(seconds));
    assert_in_range(rig_notices(), 0, 1);
    assert_string_equal(rig_notices() ? rig_notice() : "", screen);
}

/* ---- Every pair ---- */

static void test_a_sooner_end_comes_before(void **state)
{
    (void)state;
    PLAN('a', {WARN, 1800}, {SLEEP, 1800}, {LOGOFF, 0});
    PLAN('b', {SLEEP, 60}, {WARN, 300}, {SLEEP, 120}, {RETURN, 0});
    start();
    expect_at(59, "a 30 minutes");
    expect_at(60, "b 5 minutes");
    assert_true(players[0].delivered && players[1].delivered);
    expect_at(180, "a 27 minutes"); /* b's run has ended: what is really left */
    assert_int_equal(rig.last_line, 'a');
    assert_string_equal(rig.journalled, "warn warn stays warn ");
    rig_run_to(cf_seconds(1800));
    assert_string_equal(rig.journalled, "warn warn stays warn logoff ended ");
}

static void test_a_later_end_waits_behind(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 120}, {CLOSE, 0}, {REST, 0});
    PLAN('b', {SLEEP, 60}, {WARN, 1800}, {SLEEP, 1800}, {LOGOFF, 0});
    start();
    expect_at(119, "a 5 minutes");
    assert_int_equal(players[1].runs, 1);
    assert_false(players[1].delivered);
    assert_string_equal(rig.journalled, "warn "); /* none of what was not shown */
    expect_at(120, "b 29 minutes");
    rig_run_to(cf_seconds(1860));
    assert_string_equal(rig.journalled, "warn warn logoff ended ");
}

static void test_the_same_end(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 300}, {LOGOFF, 0});
    PLAN('b', {SLEEP, 60}, {WARN, 240}, {SLEEP, 60}, {RETURN, 0});
    start();
    expect_at(60, "b 4 minutes");
    expect_at(120, "a 3 minutes");
    rig_run_to(cf_seconds(300));
    assert_false(rig_is_present());
}

/* At the same instant, while the other's warning is still on its way. */
static void test_together(void **state)
{
    (void)state;
    rig_hold(CF_ACTION_WARN);
    PLAN('a', {WARN, 300}, {SLEEP, 300}, {RETURN, 0});
    PLAN('b', {WARN, 200}, {SLEEP, 200}, {RETURN, 0});
    PLAN('c', {WARN, 250}, {SLEEP, 250}, {RETURN, 0});
    start();
    expect_at(1, "");
    rig_release();
    expect_at(2, "b 3 minutes 19 seconds");
    assert_true(players[0].delivered && players[1].delivered);
    assert_false(players[2].delivered);
    expect_at(201, "c 49 seconds");
    expect_at(251, "a 49 seconds");
    expect_at(301, "");
}

static void test_the_shown_one_acts(void **state)
{
    (void)state;
    PLAN('a', {WARN, 120}, {SLEEP, 120}, {LOGOFF, 0});
    PLAN('b', {WARN, 600}, {SLEEP, 600}, {LOGOFF, 0});
    start();
    rig_run_to(cf_seconds(600));
    assert_string_equal(rig.journalled, "warn logoff ended ");
    assert_int_equal(rig.ended_by, 'a');
}

static void test_never_shown_is_not_warned(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 900}, {RETURN, 0});
    PLAN('b', {WARN, 400}, {SLEEP, 400}, {LOGOFF, 0});
    start();
    rig_run_to(cf_seconds(400));
    assert_int_equal(players[1].refused, 1);
    assert_string_equal(rig.journalled, "warn refused ");
    assert_string_equal(rig.last_text, "its warning waited behind another's");
    expect_at(899, "a 5 minutes");
    expect_at(900, "");
}

/* A minute in pieces is a minute; for what lacks a little, a logoff waits. */
static void test_time_on_the_screen_counts(void **state)
{
    static const struct {
        int covered, ends; /* for how long; when the session ends, 0: not */
    } table[] = {{60, 120}, {64, 124}, {66, 0}, {85, 0}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        PLAN('a', {WARN, 120}, {SLEEP, 120}, {LOGOFF, 0});
        PLAN('b', {SLEEP, 20}, {WARN, 90}, {SLEEP, table[i].covered}, {CLOSE, 0});
        start();
        expect_at(25, "b 1 minute 30 seconds");
        rig_run_to((struct cf_span){cf_seconds(table[i].ends).us - 1});
        assert_true(rig_is_present());
        rig_run_to(cf_seconds(table[i].ends ? table[i].ends : 300));
        assert_int_equal(rig_is_present(), table[i].ends == 0);
        assert_int_equal(players[0].refused, table[i].ends == 0);
        (void)rig_tear_down(state);
        (void)set_up(state);
    }
    start();
}

/* Until nothing was left to announce: whoever saw the other taken back believes that they stay. */
static void test_behind_until_too_late(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 304}, {LOGOFF, 0});
    PLAN('b', {SLEEP, 100}, {WARN, 200}, {SLEEP, 202}, {RETURN, 0});
    start();
    expect_at(299, "b 3 minutes 20 seconds");
    expect_at(303, "");
    rig_run_to(cf_seconds(400));
    assert_int_equal(players[0].refused, 1);
    assert_true(rig_is_present());
}

static void test_an_answer_makes_room(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {ASK, 300}, {RETURN, 0});
    PLAN('b', {WARN, 600}, {SLEEP, 600}, {LOGOFF, 0});
    start();
    rig_run_to(cf_seconds(30));
    cf_sim_answer(rig.sim, rig.warned, true);
    expect_at(31, "b 9 minutes 30 seconds");
    assert_true(players[0].answered);
    assert_string_equal(rig.journalled, "warn answer warn stays ");
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 0); /* the button took it away */
    rig_run_to(cf_seconds(600));
    assert_int_equal(rig.ended_by, 'b');
}

/* A host may tell it twice. */
static void test_an_answer_counts_once(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 200}, {RETURN, 0});
    start();
    rig_run_to(cf_seconds(30));
    cf_sim_answer(rig.sim, 12345, true); /* to nothing that anybody knows of */
    for (int i = 0; i < 3; i++)
        cf_sim_answer(rig.sim, rig.warned, true);
    assert_string_equal(rig.journalled, "warn answer ");
}

/* Only what stands on the screen goes from there by an answer: not what waits behind it, … */
static void test_an_answer_to_what_waits(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 200}, {RETURN, 0});
    PLAN('b', {WARN, 600}, {SLEEP, 600}, {RETURN, 0});
    start();
    rig_run_to(cf_seconds(30));
    cf_sim_answer(rig.sim, rig.warned + 1, true);
    expect_at(60, "a 5 minutes");
    assert_string_equal(rig.journalled, "warn answer ");
}

/* … and, by an answer to what stood there, not what is about to take its place. */
static void test_an_answer_to_the_one_before(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 60}, {WARN, 240}, {SLEEP, 200}, {RETURN, 0});
    start();
    rig_run_to(cf_seconds(59));
    uint64_t first = rig.warned;
    rig_hold(CF_ACTION_WARN);
    rig_run_to(cf_seconds(61));
    cf_sim_answer(rig.sim, first, true);
    rig_release();
    expect_at(90, "a 4 minutes");
    assert_string_equal(rig.journalled, "warn warn answer ");
}

/* Whoever says no is there. */
static void test_any_answer_is_a_sign_of_life(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 200}, {RETURN, 0});
    start();
    rig_run_to(cf_seconds(30));
    cf_sim_answer(rig.sim, rig.warned, false);
    const struct cf_registry *registry = cf_engine_registry(rig.engine);
    assert_int_equal(cf_registry_life(registry, cf_registry_next(registry, 0)).us, cf_seconds(30).us);
}

/* On a terminal the question still stands there, and is followed by an answer to it. */
static void test_an_answer_where_nothing_can_be_taken_back(void **state)
{
    (void)state;
    rig.faults->lasting = 1000;
    PLAN('a', {WARN, 300}, {ASK, 300}, {RETURN, 0});
    start();
    rig_run_to(cf_seconds(30));
    cf_sim_answer(rig.sim, rig.warned, true);
    expect_at(31, "");
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 1);
}

/* What was taken back is not taken back again by what cannot be shown. */
static void test_taken_back_once(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 10}, {CLOSE, 0}, {SLEEP, 10}, {WARN, 300}, {SLEEP, 10}, {RETURN, 0});
    start();
    expect_at(15, "");
    rig.faults->undelivered = 1000;
    expect_at(60, "");
    assert_string_equal(rig.journalled, "warn warn failed ");
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 1);
}

/* A run ends while its warning waits until another's has come to the screen: nothing of it is left there. */
static void test_a_run_that_ends_before_its_turn(void **state)
{
    (void)state;
    rig_hold(CF_ACTION_WARN);
    PLAN('a', {WARN, 300}, {SLEEP, 200}, {RETURN, 0});
    PLAN('b', {SLEEP, 5}, {WARN, 400}, {REST, 0});
    start();
    rig_run_to(cf_seconds(10));
    assert_int_equal(cf_engine_pause(rig.engine, "b", CF_HOUR, "a test", NULL), CF_OK);
    rig_release();
    expect_at(199, "a 5 minutes");
    expect_at(210, "");
    assert_string_equal(rig.journalled, "warn pause stays ");
}

/* Whatever else comes to its end, one warning at a time is on its way to the screen. */
static void test_one_at_a_time(void **state)
{
    (void)state;
    rig_hold(CF_ACTION_WARN);
    PLAN('a', {WARN, 300}, {SLEEP, 200}, {RETURN, 0});
    PLAN('b', {SLEEP, 5}, {WARN, 200}, {SLEEP, 200}, {RETURN, 0});
    PLAN('c', {SLEEP, 10}, {LOGOFF, 0}, {REST, 0}); /* is refused: it has not warned */
    start();
    rig_run_to(cf_seconds(15));
    assert_int_equal(rig.asked[CF_ACTION_WARN], 1);
    rig_release();
    expect_at(16, "b 3 minutes 10 seconds");
}

static void test_a_run_that_ends_while_it_waits(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 200}, {RETURN, 0});
    PLAN('b', {WARN, 600}, {SLEEP, 100}, {RETURN, 0});
    start();
    expect_at(150, "a 5 minutes");
    assert_string_equal(rig.journalled, "warn "); /* nobody is told that they stay who was not told to go */
    expect_at(200, "");
    assert_string_equal(rig.journalled, "warn stays ");
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 1);
}

static void test_one_that_announces_no_end_comes_last(void **state)
{
    (void)state;
    PLAN('a', {WARN, 0}, {SLEEP, 500}, {RETURN, 0});
    PLAN('b', {SLEEP, 10}, {WARN, 600}, {SLEEP, 90}, {RETURN, 0});
    PLAN('c', {SLEEP, 200}, {WARN, 0}, {SLEEP, 100}, {RETURN, 0});
    start();
    expect_at(9, "a");
    assert_false(cf_span_known(rig.shown_for));
    expect_at(10, "b 10 minutes");
    expect_at(100, "a");
    expect_at(200, "c"); /* of two such, the newer */
    expect_at(300, "a");
}

/* It holds the screen no more than its announcement holds. */
static void test_an_end_long_past_comes_last(void **state)
{
    (void)state;
    PLAN('a', {WARN, 60}, {SLEEP, 3600}, {RETURN, 0});
    PLAN('b', {SLEEP, 360}, {WARN, 600}, {REST, 0});
    PLAN('c', {SLEEP, 361}, {WARN, 900}, {REST, 0});
    start();
    expect_at(360, "a 1 minute");
    expect_at(361, "b 10 minutes");
    assert_false(players[2].delivered);
}

static void test_its_own_next_takes_its_place(void **state)
{
    (void)state;
    PLAN('a', {WARN, 100}, {SLEEP, 60}, {WARN, 500}, {SLEEP, 500}, {LOGOFF, 0});
    PLAN('b', {WARN, 300}, {SLEEP, 400}, {RETURN, 0});
    start();
    expect_at(59, "a 1 minute 40 seconds");
    expect_at(60, "b 4 minutes"); /* a has put its end off: b's is sooner now */
    assert_false(players[0].delivered);
    expect_at(400, "a 2 minutes 40 seconds");
    rig_run_to(cf_seconds(560));
    assert_int_equal(rig.ended_by, 'a');
}

/* Until what a does in second 101, while its last warning is on its way back to the screen. */
static void bring_back(void)
{
    PLAN('b', {SLEEP, 1}, {WARN, 200}, {SLEEP, 99}, {RETURN, 0});
    start();
    expect_at(99, "b 3 minutes 20 seconds");
    rig_hold(CF_ACTION_WARN);
    rig_run_to(cf_seconds(102));
    rig_release();
}

static void test_warned_anew_while_it_is_shown_again(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 101}, {WARN, 150}, {SLEEP, 20}, {RETURN, 0});
    bring_back();
    expect_at(103, "a 2 minutes 29 seconds");
    expect_at(123, "");
    assert_int_equal(players[0].open, false);
}

static void test_closed_while_it_is_shown_again(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 101}, {CLOSE, 0}, {SLEEP, 200}, {LOGOFF, 0});
    bring_back();
    expect_at(103, "");
    rig_run_to(cf_seconds(400)); /* nor does it count */
    assert_int_equal(players[0].refused, 1);
    assert_true(rig_is_present());
}

/* Nobody tells who is being logged off that they stay. */
static void test_a_run_that_ends_while_the_session_does(void **state)
{
    (void)state;
    rig.faults->hanging = 1000;
    rig.config.limits.ends = cf_minutes(30);
    PLAN('a', {WARN, 600}, {SLEEP, 400}, {RETURN, 0});
    PLAN('b', {SLEEP, 70}, {WARN, 300}, {SLEEP, 300}, {LOGOFF, 0});
    start();
    rig_run_to(cf_seconds(500));
    assert_string_equal(rig.journalled, "warn warn logoff ");
}

/* ---- What is on no screen, and what cannot be taken back ---- */

static void test_a_dry_run_holds_nobody_back(void **state)
{
    (void)state;
    rig.policies[0].mode = CF_MODE_DRY;
    PLAN('a', {WARN, 120}, {SLEEP, 120}, {LOGOFF, 0});
    PLAN('b', {WARN, 300}, {SLEEP, 300}, {LOGOFF, 0});
    PLAN('c', {SLEEP, 1}, {WARN, 60}, {SLEEP, 5}, {RETURN, 0});
    start();
    expect_at(0, "b 5 minutes");
    expect_at(1, "c 1 minute");
    expect_at(120, "b 4 minutes 54 seconds");
    assert_string_equal(rig.journalled, "dry-warn warn warn stays warn dry-logoff ");
    assert_int_equal(players[0].refused, 0);
    rig_run_to(cf_seconds(300));
    assert_int_equal(rig.ended_by, 'b');
}

/* A terminal: what is over is answered by the next warning, or, where there is none, by "you stay". */
static void test_where_nothing_can_be_taken_back(void **state)
{
    (void)state;
    rig.faults->lasting = 1000;
    PLAN('a', {WARN, 600}, {SLEEP, 200}, {RETURN, 0});
    PLAN('b', {SLEEP, 50}, {WARN, 100}, {SLEEP, 50}, {RETURN, 0});
    start();
    expect_at(50, "b 1 minute 40 seconds");
    expect_at(100, "a 8 minutes 20 seconds");
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 0);
    expect_at(200, "");
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 1);
}

static void test_what_cannot_be_shown_again(void **state)
{
    for (int paper = 0; paper < 2; paper++) {
        rig.faults->lasting = paper ? 1000 : 0;
        PLAN('a', {WARN, 600}, {SLEEP, 600}, {LOGOFF, 0});
        PLAN('b', {SLEEP, 100}, {WARN, 100}, {SLEEP, 50}, {RETURN, 0});
        start();
        rig_run_to(cf_seconds(149));
        rig.faults->undelivered = 1000;
        expect_at(150, ""); /* neither is there any more: they stay */
        rig_run_to(cf_seconds(600));
        assert_string_equal(rig.journalled, "warn warn stays warn failed refused ");
        assert_true(rig_is_present());
        (void)rig_tear_down(state);
        (void)set_up(state);
    }
    start();
}

/* What is being ended is shown nothing more, however long its end takes. */
static void test_nothing_is_shown_while_a_session_ends(void **state)
{
    (void)state;
    rig.faults->hanging = 1000;
    rig.config.limits.ends = cf_minutes(30);
    PLAN('a', {WARN, 300}, {SLEEP, 300}, {LOGOFF, 0});
    PLAN('b', {WARN, 1500}, {SLEEP, 1400}, {RETURN, 0});
    start();
    rig_run_to(cf_seconds(1000)); /* by then what a announced counts for nothing */
    assert_string_equal(rig.journalled, "warn logoff ");
}

static void test_gone_while_some_wait(void **state)
{
    (void)state;
    PLAN('a', {WARN, 300}, {SLEEP, 300}, {LOGOFF, 0});
    PLAN('b', {WARN, 400}, {SLEEP, 400}, {LOGOFF, 0});
    PLAN('c', {SLEEP, 100}, {WARN, 100}, {LOGOFF, 0});
    start();
    rig_run_to(cf_seconds(99));
    rig_hold(CF_ACTION_WARN);
    rig_run_to(cf_seconds(100));
    rig_log_off();
    rig_release();
    rig_run_to(cf_seconds(1000));
    assert_string_equal(rig.journalled, "warn warn ");
}

/* ---- Whatever happens ---- */

enum { SEQUENCES = 3000 };

static uint32_t seed;

static int below(int limit)
{
    seed = seed * 1664525U + 1013904223U;
    return (int)((seed >> 8) % (uint32_t)limit);
}

static void imagine(char policy)
{
    static const enum kind kinds[] = {SLEEP, SLEEP, SLEEP, WARN, WARN, CLOSE, LOGOFF, RETURN};
    struct deed *deed = plans[policy - 'a'];
    deed[0] = (struct deed){SLEEP, 10 * below(30)};
    for (int i = 1; i < DEEDS - 2; i++) {
        deed[i].what = kinds[below(i < DEEDS / 2 ? 6 : 8)];
        deed[i].seconds = deed[i].what == WARN ? below(40) * 10 : 1 + below(15) * 10;
        if (deed[i].what == WARN && below(3)) { /* and waits for its end, as policies do */
            deed[i + 1] = (struct deed){SLEEP, deed[i].seconds + 1};
            i++;
        }
    }
}

static bool on_screen(int policy)
{
    return rig_notices() && rig_notice()[0] == 'a' + policy;
}

/* One notice at most, and of those that are open the one with the soonest end, the newest of several. */
static void check_screen(int64_t now)
{
    for (;;) {
        int first = -1;
        int64_t least = INT64_MAX;
        for (int i = 0; i < 3; i++) {
            const struct player *player = &players[i];
            int64_t rank = player->ends < now - 300 ? INT_MAX : player->ends;
            bool before =
                rank < least || (first >= 0 && rank == least && player->order > players[first].order);
            if (player->open && before)
                first = i, least = rank;
        }
        if (first >= 0 && players[first].ends <= now && !on_screen(first)) {
            players[first].open = false; /* it is too late for it */
            continue;
        }
        assert_int_equal(rig_notices(), first >= 0 ? 1 : 0);
        assert_true(first < 0 || on_screen(first));
        return;
    }
}

static void run_sequence(bool faults)
{
    int64_t seen[3] = {0};
    for (char policy = 'a'; policy <= 'c'; policy++)
        imagine(policy);
    start();
    for (int now = 0; now < 2500 && rig_is_present(); now++) {
        rig.faults->undelivered = faults && now % 300 < 30 ? 1000 : 0;
        rig_run_to(cf_seconds(now));
        assert_in_range(rig_notices(), 0, 1);
        if (!rig_is_present())
            break;
        if (!faults)
            check_screen(now);
        for (int i = 0; i < 3; i++)
            seen[i] += on_screen(i);
    }
    assert_true(rig_is_present() || seen[rig.ended_by - 'a'] >= 60); /* warned is warned */
}

static void test_random_sequences(void **state)
{
    int ended = 0;
    for (seed = 1; seed <= SEQUENCES; seed++) {
        uint32_t number = seed;
        run_sequence(number % 2);
        ended += !rig_is_present();
        seed = number;
        (void)rig_tear_down(state);
        (void)set_up(state);
    }
    assert_in_range(ended, SEQUENCES / 20, SEQUENCES);
    start();
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_a_sooner_end_comes_before),
        RIG(test_a_later_end_waits_behind),
        RIG(test_the_same_end),
        RIG(test_together),
        RIG(test_the_shown_one_acts),
        RIG(test_never_shown_is_not_warned),
        RIG(test_time_on_the_screen_counts),
        RIG(test_behind_until_too_late),
        RIG(test_an_answer_makes_room),
        RIG(test_an_answer_counts_once),
        RIG(test_an_answer_to_what_waits),
        RIG(test_an_answer_to_the_one_before),
        RIG(test_any_answer_is_a_sign_of_life),
        RIG(test_an_answer_where_nothing_can_be_taken_back),
        RIG(test_taken_back_once),
        RIG(test_a_run_that_ends_before_its_turn),
        RIG(test_one_at_a_time),
        RIG(test_a_run_that_ends_while_it_waits),
        RIG(test_one_that_announces_no_end_comes_last),
        RIG(test_an_end_long_past_comes_last),
        RIG(test_its_own_next_takes_its_place),
        RIG(test_warned_anew_while_it_is_shown_again),
        RIG(test_closed_while_it_is_shown_again),
        RIG(test_a_run_that_ends_while_the_session_does),
        RIG(test_a_dry_run_holds_nobody_back),
        RIG(test_where_nothing_can_be_taken_back),
        RIG(test_what_cannot_be_shown_again),
        RIG(test_nothing_is_shown_while_a_session_ends),
        RIG(test_gone_while_some_wait),
        RIG(test_random_sequences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
