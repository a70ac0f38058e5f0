/*
 * limits.share over random populations. The alarm comes before a policy has ended more than its share, before
 * it has ended anybody where all come due together, and never where fewer come due.
 */
#include "../fixture/folder.h"
#include "crowd.h"

#include "engine/answers/explain.h"
#include "engine/answers/metrics.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PEOPLE = 300, OTHERS = 300 };

/* ---- Many at random ---- */

/* So many of all go idle within `spread`, in a random order; the others type on. */
static void check_random(uint64_t seed)
{
    struct cf_random random = cf_random_of(seed, 0);
    size_t all = cf_random_between(&random, 3, cf_random_chance(&random, 500) ? 30 : PEOPLE);
    size_t idle = cf_random_between(&random, 1, (uint32_t)all);
    double share = cf_random_between(&random, 1, 9) / 10.0;
    static const uint32_t paces[] = {5, 30, 120, 1000}, spreads[] = {0, 1, 60, 240, 600, 3600};
    uint32_t pace = paces[cf_random_below(&random, 4)], spread = spreads[cf_random_below(&random, 6)];
    size_t most = (size_t)(share * (double)all);
    most = most < 3 ? 3 : most;

    crowd_begin();
    crowd_add_busy(all - idle, &random);
    for (size_t i = 0; i < idle; i++)
        (void)crowd_add("user", (struct cf_span){(int64_t)spread * cf_random_below(&random, 1000000) +
                                                 cf_minutes(10).us});
    for (size_t i = 0, others = cf_random_below(&random, OTHERS); i < others; i++)
        (void)crowd_add(i % 2 ? "manager" : i % 3 ? "greeter" : "background", cf_seconds(0));
    struct cf_span latency = {200000 * cf_random_below(&random, 6)};
    crowd_open_faulty("policies/idle.lua", share, pace, (struct cf_sim_faults){.latency = latency});
    crowd_run_to(cf_minutes(230));
    if (heard.held) {
        assert_int_equal(heard.held, 1);
        assert_true(idle > most);
        assert_true(crowd_ended_before(heard.held_at) <= most);
        assert_true(spread > 240 || heard.logoff_count == 0);
        assert_true(heard.logoff_count == crowd_ended_before(heard.held_at) || spread > 600);
    } else {
        assert_true(idle <= most || spread > 240);
        assert_int_equal(heard.ended, idle);
        assert_int_equal(heard.logoff_count, idle);
    }
    if (idle <= most && pace == 1000) /* nothing that could be more than its share: nobody waits */
        assert_true(heard.logoffs[idle - 1] <= cf_seconds(40 * 60 + 10 + spread).us);
    crowd_close();
}

static void test_random(void **state)
{
    (void)state;
    size_t held = 0, late = 0;
    for (uint64_t seed = 0; seed < CASES(150); seed++) {
        check_random(seed);
        held += heard.held;
        late += heard.held && heard.logoff_count;
    }
    print_message("of 150 populations %zu were held, %zu of them after some had gone\n", held, late);
    assert_true(held > 20 && held < 130);
}

/* ---- Each rule by itself ---- */

/* Sixty are announced, and twenty come back: those who are due wait for that, and go. */
static void test_waits_for_what_is_announced(void **state)
{
    (void)state;
    crowd_begin();
    for (int i = 0; i < 40; i++)
        (void)crowd_add("user", cf_seconds(i));
    for (int i = 0; i < 20; i++) /* warned, …, and back three minutes after the first were due */
        crowd_event(CF_EVENT_INPUT, crowd_add("user", cf_seconds(200 + i)), cf_minutes(33));
    for (int i = 0; i < 40; i++)
        crowd_event(CF_EVENT_INPUT, crowd_add("user", cf_seconds(0)), cf_minutes(25));
    crowd_open("policies/idle.lua", 0.5, 120);
    crowd_run_to((struct cf_span){cf_minutes(33).us - 1});
    assert_int_equal(heard.logoff_count, 0);
    crowd_run_to(cf_minutes(34));
    assert_int_equal(heard.logoff_count, 40);
    assert_int_equal(heard.held, 0);
    crowd_close();
}

/* Whoever waits and types meanwhile stays. */
static void test_types_meanwhile(void **state)
{
    (void)state;
    crowd_begin();
    uint32_t label = crowd_add("user", cf_seconds(0));
    for (int i = 1; i < 40; i++)
        (void)crowd_add("user", cf_seconds(i));
    for (int i = 0; i < 20; i++)
        crowd_event(CF_EVENT_INPUT, crowd_add("user", cf_seconds(200)), cf_minutes(33));
    crowd_event(CF_EVENT_INPUT, label, cf_minutes(32));
    crowd_open("policies/idle.lua", 0.7, 120);
    crowd_run_to(cf_minutes(60));
    assert_int_equal(heard.held, 0);
    assert_int_equal(heard.logoff_count, 39);
    crowd_close();
}

/* What is announced decides itself too late: whoever was due goes while the warning counts. */
static void test_patience(void **state)
{
    (void)state;
    crowd_begin();
    for (int i = 0; i < 40; i++)
        (void)crowd_add("user", cf_seconds(i < 30 ? 0 : i - 25)); /* the last ten a second apart */
    for (int i = 0; i < 20; i++)
        crowd_event(CF_EVENT_INPUT, crowd_add("user", cf_seconds(295)), cf_seconds(30 * 60 + 290));
    crowd_open("policies/idle.lua", 0.8, 120);
    crowd_run_to(cf_seconds(30 * 60 + 269));
    assert_int_equal(heard.logoff_count, 0);
    crowd_run_to(cf_seconds(30 * 60 + 272));
    assert_int_equal(heard.logoff_count, 30);
    crowd_run_to(cf_seconds(30 * 60 + 280));
    assert_in_range(heard.logoff_count, 34, 37);
    crowd_run_to(cf_seconds(30 * 60 + 286));
    assert_int_equal(heard.logoff_count, 40);
    assert_int_equal(heard.refused, 0);
    crowd_close();
}

/* Having waited, they go later than they were due; still no more than its share within any ten minutes. */
static void test_after_waiting(void **state)
{
    (void)state;
    crowd_begin();
    crowd_add_many(30, cf_seconds(0));
    for (int i = 0; i < 25; i++)
        crowd_event(CF_EVENT_INPUT, crowd_add("user", cf_seconds(280)), cf_minutes(34));
    crowd_add_many(24, cf_seconds(630));
    struct cf_random random = cf_random_of(1, 2);
    crowd_add_busy(21, &random);
    crowd_open("policies/idle.lua", 0.5, 1000);
    crowd_run_to(cf_seconds(34 * 60 + 2));
    assert_int_equal(heard.logoff_count, 30);
    crowd_run_to(cf_minutes(43));
    assert_int_equal(heard.logoff_count, 50);
    crowd_run_to(cf_minutes(45));
    assert_int_equal(heard.logoff_count, 54);
    assert_int_equal(heard.held, 0);
    crowd_close();
}

/* Of ten, five are let go and do not end: they count as five of ten, and a sixth has the policy held. */
static void test_who_was_let_go_is_no_one_more(void **state)
{
    (void)state;
    crowd_begin();
    for (int i = 0; i < 6; i++)
        (void)crowd_add("user", cf_seconds(i < 5 ? 0 : 302));
    struct cf_random random = cf_random_of(1, 7);
    crowd_add_busy(4, &random);
    crowd_open_faulty("policies/idle.lua", 0.5, 120, (struct cf_sim_faults){.hanging = 1000, .deaf = 1000});
    crowd_run_to(cf_minutes(34));
    assert_int_equal(heard.logoff_count, 5);
    crowd_run_to(cf_minutes(40));
    assert_int_equal(heard.logoff_count, 5);
    assert_int_equal(heard.held, 1);
    crowd_close();
}

/* Five of ten were let go, and stayed: half an hour later they count like the other five. */
static void test_who_was_let_go_counts_again(void **state)
{
    (void)state;
    crowd_begin();
    for (int i = 0; i < 10; i++) {
        uint32_t label = crowd_add("user", cf_seconds(0));
        if (i >= 5)
            crowd_event(CF_EVENT_INPUT, label, cf_minutes(20));
        crowd_event(CF_EVENT_INPUT, label, cf_seconds(30 * 60 + 30));
    }
    crowd_open_faulty("policies/idle.lua", 0.5, 120, (struct cf_sim_faults){.refusing = 1000});
    crowd_run_to(cf_minutes(31));
    assert_int_equal(heard.logoff_count, 5);
    crowd_run_to(cf_minutes(65));
    assert_int_equal(heard.held, 1);
    assert_int_equal(heard.logoff_count, 5);
    crowd_close();
}

/* Steadily so many in ten minutes as it may end: nobody waits, and it is never held. */
static void test_steady(void **state)
{
    (void)state;
    crowd_begin();
    struct cf_random random = cf_random_of(1, 0);
    crowd_add_busy(50, &random);
    for (int i = 0; i < 250; i++)
        (void)crowd_add("user", cf_seconds(i * 30)); /* 20 in ten minutes */
    crowd_open("policies/idle.lua", 0.3, 120);
    crowd_run_to(cf_minutes(200));
    assert_int_equal(heard.held, 0);
    assert_int_equal(heard.ended, 250);
    for (size_t i = 1; i < 250; i++)
        assert_true(heard.logoffs[i] - heard.logoffs[i - 1] <= cf_seconds(31).us);
    crowd_close();
}

/* Managers are nobody: of twelve others beside fifty of them, six may go, not thirty. */
static void test_managers(void **state)
{
    (void)state;
    crowd_begin();
    for (int i = 0; i < 50; i++)
        (void)crowd_add("manager", cf_seconds(0));
    for (int i = 0; i < 10; i++)
        (void)crowd_add("user", cf_seconds(i));
    crowd_add_many(2, cf_seconds(0));
    crowd_open("policies/idle.lua", 0.5, 120);
    crowd_run_to(cf_minutes(1));
    for (uint32_t label = 60; label < 62; label++) { /* nobody knows any more whose these are */
        struct cf_backend *sim = cf_engine_backend(heard.sim.engine);
        cf_session_set_string(cf_sim_record(sim, label), CF_FIELD_CLASS, NULL);
        cf_sim_tell(sim, label, CF_FIELD_BIT(CF_FIELD_CLASS));
    }
    crowd_run_to(cf_minutes(60));
    assert_int_equal(heard.held, 1);
    assert_int_equal(heard.logoff_count, 0);
    assert_non_null(strstr(heard.why, "of all 12 sessions"));
    crowd_close();
}

/* Put off by the pace, each counts once: they all go, and nobody holds them. */
static void test_counts_once(void **state)
{
    (void)state;
    crowd_begin();
    struct cf_random random = cf_random_of(1, 1);
    crowd_add_busy(60, &random);
    crowd_add_many(60, cf_minutes(10));
    crowd_open("policies/idle.lua", 0.5, 2);
    crowd_run_to(cf_minutes(230));
    assert_int_equal(heard.held, 0);
    assert_int_equal(heard.ended, 60);
    assert_int_equal(heard.refused, 0);
    crowd_close();
}

/* Nobody warns them: all that were disconnected together come due together, and some are read late. */
static void check_unwarned(int apart, unsigned slow)
{
    crowd_begin();
    for (int i = 0; i < 50; i++) {
        uint32_t label = crowd_add("user", cf_seconds(0));
        cf_session_set_string(crowd_record(label), CF_FIELD_TYPE, "rdp");
        crowd_event(CF_EVENT_DISCONNECT, label, cf_seconds(60 + i * apart));
    }
    crowd_open_faulty("policies/disconnected.lua", 0.5, 120, (struct cf_sim_faults){.slow = slow});
    crowd_run_to(cf_minutes(300));
    assert_int_equal(heard.held, 1);
    assert_int_equal(heard.logoff_count, 0);
    crowd_close();
}

static void test_unwarned(void **state)
{
    (void)state;
    check_unwarned(4, 0);
    check_unwarned(0, 0);
    check_unwarned(0, 600);
}

/* The same of those that are idle, each of whose readings comes in its own time. */
static void test_unwarned_idle(void **state)
{
    (void)state;
    crowd_begin();
    crowd_add_many(50, cf_seconds(0));
    crowd_open_faulty("tests/author/unwarned.lua", 0.5, 120, (struct cf_sim_faults){.slow = 600});
    heard.sim.config.policies[0].unwarned = true;
    crowd_run_to(cf_minutes(60));
    assert_int_equal(heard.held, 1);
    assert_int_equal(heard.logoff_count, 0);
    crowd_close();
}

/* One is to go at once, and the others as soon as the host has locked their sessions. */
static void test_unwarned_locked(void **state)
{
    (void)state;
    static const char text[] = "sessions.watch({ class = 'user' }, function (session)\n"
                               "  session:wait_idle(10 * minute)\n"
                               "  if session.user ~= 'user0' then session:lock() end\n"
                               "  session:logoff('idle', { unwarned = true })\n"
                               "end)\n";
    crowd_begin();
    crowd_add_many(50, cf_seconds(0));
    folder_make();
    crowd_open(folder_write("locks.lua", text), 0.5, 120);
    heard.sim.config.policies[0].unwarned = true;
    cf_sim_hold(cf_engine_backend(heard.sim.engine), CF_SIM_KIND(CF_ACTION_LOCK), true);
    crowd_run_to(cf_seconds(10 * 60 + 5));
    assert_int_equal(heard.logoff_count, 0);
    cf_sim_release(cf_engine_backend(heard.sim.engine));
    crowd_run_to(cf_minutes(11));
    assert_int_equal(heard.held, 1);
    assert_int_equal(heard.logoff_count, 0);
    crowd_close();
    folder_drop();
}

/* A hold is told in metrics and in the state, and says what it would take. */
static void test_told(void **state)
{
    (void)state;
    crowd_begin();
    crowd_add_many(10, cf_seconds(0));
    crowd_open("policies/idle.lua", 0.5, 120);
    for (int held = 0; held < 2; held++) {
        crowd_run_to(cf_minutes(held ? 60 : 10));
        struct cf_buffer metrics = {0};
        cf_engine_metrics(heard.sim.engine, &metrics);
        assert_non_null(strstr(metrics.data, held ? "\ncurfew_policy_held{policy=\"idle\"} 1\n"
                                                  : "\ncurfew_policy_held{policy=\"idle\"} 0\n"));
        cf_buffer_finish(&metrics);
        json_t *status = cf_explain_status(heard.sim.engine);
        const json_t *policy = json_array_get(json_object_get(status, "policies"), 0);
        assert_string_equal(json_string_value(json_object_get(policy, "state")), held ? "held" : "at work");
        json_decref(status);
    }
    assert_string_equal(heard.why, "held: 10 of its logoffs have come due within ten minutes, and of all 10 "
                                   "sessions it may end 5 in that time (limits.share)");
    crowd_close();
}

/* ---- What others have announced ---- */

/* Twenty of a hundred are due at 30:00, and another policy has announced the end of all for 32:00. */
static void test_another_policy_has_announced(void **state)
{
    (void)state;
    crowd_begin();
    crowd_add_many(20, cf_seconds(0));
    for (int i = 0; i < 80; i++)
        crowd_event(CF_EVENT_INPUT, crowd_add("user", cf_seconds(0)), cf_minutes(20));
    crowd_open("policies/idle.lua", 0.5, 120);
    simulation_add_policy(&heard.sim, "policies/session-limit.lua",
                          json_pack("{s:s, s:s}", "limit", "32m", "warnings", "5m"));
    crowd_run_to(cf_seconds(30 * 60 + 2));
    assert_int_equal(heard.logoff_count, 20);
    crowd_close();
}

/* The same of a run that is about many sessions; it waits for what it has announced itself. */
static void test_a_sweep_has_announced(void **state)
{
    (void)state;
    crowd_begin();
    for (int i = 0; i < 80; i++)
        (void)crowd_add("user", cf_minutes(i < 20 ? 31 : 45));
    struct cf_random random = cf_random_of(1, 8);
    crowd_add_busy(20, &random);
    crowd_open("policies/idle.lua", 0.5, 120);
    simulation_add_policy(&heard.sim, "tests/author/actions.lua", json_pack("{s:s}", "way", "sweep_idle"));
    crowd_run_to(cf_seconds(61 * 60 + 2));
    assert_int_equal(heard.logoff_count, 20);
    crowd_run_to((struct cf_span){cf_minutes(63).us - 1}); /* sixty were announced for 62:00 */
    assert_int_equal(heard.logoff_count, 20);
    crowd_close();
}

/* ---- What was announced and does not come ---- */

static void open_policy(const char *text, size_t busy)
{
    struct cf_random random = cf_random_of(1, 6);
    crowd_add_busy(busy, &random);
    folder_make();
    crowd_open(folder_write("late.lua", text), 0.5, 120);
}

/* Forty are announced for 30:00, and log off so much later; ten more are due at `others`, who are told no
 * time.
 */
static void open_late(int late, struct cf_span others)
{
    char text[1024];
    (void)snprintf(
        text, sizeof text,
        "sessions.watch({ class = 'user' }, function (session)\n"
        "  local number = tonumber(session.user:sub(5))\n"
        "  session:wait_idle(25 * minute)\n"
        "  for left, pause in countdown({ 5 * minute }) do\n"
        "    if number < 40 then session:warn('in {left}', { left = left }) else session:warn('soon') end\n"
        "    clock.sleep(pause)\n"
        "  end\n"
        "  if number < 40 then clock.sleep(%d * second) end\n"
        "  session:logoff('idle')\n"
        "end)\n",
        late);
    crowd_begin();
    crowd_add_many(40, cf_seconds(0));
    for (int i = 0; i < 10; i++)
        (void)crowd_add("user", (struct cf_span){others.us - cf_minutes(30).us});
    open_policy(text, 20);
}

static void close_late(void)
{
    crowd_close();
    folder_drop();
}

/* What is a little late still comes; what is a minute late does not count any more. */
static void test_tardy(void **state)
{
    (void)state;
    open_late(30, cf_seconds(30 * 60 + 10));
    crowd_run_to(cf_minutes(45));
    assert_int_equal(heard.held, 1);
    assert_int_equal(heard.logoff_count, 0);
    close_late();
    open_late(3600, cf_seconds(30 * 60 + 30));
    crowd_run_to((struct cf_span){cf_minutes(31).us - 1});
    assert_int_equal(heard.logoff_count, 0);
    crowd_run_to(cf_seconds(31 * 60 + 2));
    assert_int_equal(heard.logoff_count, 10);
    close_late();
    open_late(3600, cf_seconds(30 * 60 + 30));
    crowd_run_to(cf_seconds(30 * 60 + 40)); /* nothing is left of them in an engine that ends */
    close_late();
    open_late(3600, cf_seconds(32 * 60));
    crowd_run_to(cf_seconds(32 * 60 + 2));
    assert_int_equal(heard.logoff_count, 10);
    crowd_run_to(cf_minutes(45));
    assert_int_equal(heard.held, 0);
    close_late();
}

/* So many are due at 30:00, by a quarter of an hour's announcement, and the others so much later. */
static void open_far(int first, int others, struct cf_span later, size_t busy)
{
    crowd_begin();
    for (int i = 0; i < first + others; i++)
        (void)crowd_add("user", i < first ? cf_seconds(0) : later);
    open_policy("sessions.watch({ class = 'user' }, function (session)\n"
                "  session:wait_idle(15 * minute)\n"
                "  session:warn('in {left}', { left = 15 * minute })\n"
                "  clock.sleep(15 * minute)\n"
                "  session:logoff('idle')\n"
                "end)\n",
                busy);
    crowd_run_to(cf_seconds(30 * 60 + 2));
}

/* Who is due ten minutes later does not count yet; who is due within them does, to the last minute. */
static void test_far_ahead(void **state)
{
    (void)state;
    for (int minutes = 10; minutes < 14; minutes += 2) {
        open_far(40, 30, cf_minutes(minutes), 20);
        assert_int_equal(heard.logoff_count, 40);
        close_late();
    }
    open_far(1, 50, cf_seconds(9 * 60 + 30), 20);
    assert_int_equal(heard.logoff_count, 0);
    close_late();
}

/* ---- A hold ---- */

/* How often the log has said that somebody has to answer. */
static size_t reminders(FILE *log)
{
    char line[1024];
    size_t count = 0;
    rewind(log);
    while (fgets(line, sizeof line, log))
        count += strstr(line, "idle is held: ") && strstr(line, "until somebody says: curfew resume idle");
    return count;
}

/* The log says it each hour until it is answered, after a restart, too, by which nobody is let go. */
static void test_reminder(void **state)
{
    (void)state;
    struct cf_error err;
    struct cf_store *store = cf_store_create();
    FILE *log = tmpfile(); /* what fails meanwhile is told there, too */
    int standard_error = dup(STDERR_FILENO);
    assert_true(log && standard_error >= 0 && dup2(fileno(log), STDERR_FILENO) >= 0);
    for (size_t start = 0; start < 2; start++) {
        crowd_begin();
        crowd_add_many(10, cf_seconds(0));
        crowd_open_on((struct cf_sim_setup){.seed = 1}, store, "policies/idle.lua", 0.5, 0);
        assert_int_equal(reminders(log), 4 * start + start); /* at once after a restart */
        crowd_run_to(cf_minutes(30 + 3 * 60 + 30));
        assert_int_equal(heard.held, !start);
        assert_int_equal(heard.logoff_count, 0);
        assert_int_equal(reminders(log), start ? 9 : 4);
        if (start) {
            assert_int_equal(cf_engine_resume(heard.sim.engine, "idle", "by a test", &err), CF_OK);
            crowd_run_to(cf_minutes(6 * 60));
            assert_int_equal(heard.ended, 10);
            assert_int_equal(reminders(log), 9);
        }
        crowd_close();
    }
    assert_true(dup2(standard_error, STDERR_FILENO) >= 0);
    (void)close(standard_error);
    (void)fclose(log);
    cf_store_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_waits_for_what_is_announced),
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_types_meanwhile),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_after_waiting),
        cmocka_unit_test(test_who_was_let_go_is_no_one_more),
        cmocka_unit_test(test_who_was_let_go_counts_again),
        cmocka_unit_test(test_managers),
        cmocka_unit_test(test_counts_once),
        cmocka_unit_test(test_unwarned),
        cmocka_unit_test(test_unwarned_idle),
        cmocka_unit_test(test_unwarned_locked),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_another_policy_has_announced),
        cmocka_unit_test(test_a_sweep_has_announced),
        cmocka_unit_test(test_far_ahead),
        cmocka_unit_test(test_tardy),
        cmocka_unit_test(test_reminder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
