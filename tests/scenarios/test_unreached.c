/*
 * Sessions that no warning reaches, for a while or for good: how often they are tried, that the first warning
 * that can reach them is tried at once, that nobody is logged off before one has, and that the journal has a
 * row as it begins and one as it ends, and none for each try between.
 */
#include "../fixture/folder.h"
#include "simulation.h"

#include "base/log.h"
#include "engine/answers/explain.h"
#include "sim/random.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CROWD = 500,
    TRIALS = CASES(40),
    DAYS = 3,
    ROWS_FOR_GOOD = 4, /* the first warning, that it failed, that a logoff was refused, that it lasts */
};

#define DAY        cf_minutes(24 * 60)
#define LEAST      CF_MINUTE
#define MOST       CF_HOUR
#define LIVES      cf_minutes(10)
#define NOT_AT_ALL 1000 /* a thousand of a thousand warnings reach nobody */
#define START_PACE CF_MINUTE
#define MOST_A_DAY 31 /* after 0, 1, 3, 7, 15, 31, 63 minutes, and then each hour */
#define MONDAY     INT64_C(1772409600000000)

/* What each wants all the time, and none can have. */
static const char *const wishes[] = {
    "session:warn('In {left}.', { left = 2 * minute }) clock.sleep(2 * minute) session:logoff('so')",
    "while true do session:warn('In {left}.', { left = 5 * minute }) clock.sleep(20 * second) end",
    "while true do session:warn('In {left}.', { left = minute }) clock.sleep(minute) session:logoff('so') end",
    "while true do session:tell('Hello.') clock.sleep(30 * second) end",
    ("session:tell('Hello.') session:warn('In {left}.', { left = minute }) clock.sleep(minute)\n"
     "for i = 1, 3 do session:logoff('so') clock.sleep(minute) end"),
};

static struct reach {
    struct simulation sim;
    struct cf_random random;
    struct cf_timer timer;
    const char *wish;
    bool reachable;
    bool locked;
    /* What is tried, by what the host is asked. */
    unsigned tries; /* since the last that reached somebody, or could have */
    struct cf_mono last, life;
    struct cf_mono since; /* the last try, or change; unknown: none */
    struct cf_span wait;
    bool warned;            /* the last has reached its user, and was a warning */
    struct cf_mono due;     /* by when it is tried, once it changed; unknown: it did not */
    struct cf_timer looked; /* the host looks at what it was asked */
    bool warns;             /* … which is a warning, and no message */
    /* What the journal has of it. */
    unsigned begun;               /* rows of warnings, or messages, that the host was not asked for yet */
    bool unreached;               /* the last has reached nobody … */
    bool owed;                    /* … or somebody now, which a row is to tell */
    unsigned rows[CF_WHAT_COUNT]; /* since it is unreached, its session's first warning aside */
} reach;

static struct {
    uint64_t at_once, sooner, logoffs; /* tries, the second by a sign of life */
    uint64_t told, failed, ended;      /* rows: it lasts, as it began, as it ended */
    uint64_t quiet;                    /* tries without a row */
} counts;

static struct cf_mono now(void)
{
    return cf_loop_now(reach.sim.loop);
}

/* A warning, or a message, is tried: is it time? */
static void check_try(void)
{
    struct cf_span wait = reach.wait;
    if (reach.life.us > reach.last.us && wait.us > LIVES.us)
        wait = LIVES;
    counts.sooner += reach.tries > 0 && now().us - reach.last.us < reach.wait.us;
    if (reach.tries > 0 && now().us - reach.last.us < wait.us)
        fail_msg("%s: tried after %lld s, and not %lld s, of %u that reached nobody", reach.wish,
                 (long long)(now().us - reach.last.us) / 1000000, (long long)wait.us / 1000000, reach.tries);
    int64_t patience = (reach.tries ? reach.wait.us : 0) + 2 * START_PACE.us;
    if (strstr(reach.wish, "0 * second") && cf_mono_known(reach.since))
        assert_true(now().us - reach.since.us <= patience);
    reach.since = now();
    if (cf_mono_known(reach.due)) {
        assert_true(now().us <= reach.due.us);
        counts.at_once++;
    }
    reach.due = CF_MONO_UNKNOWN;
}

static void on_request(void *data, const struct cf_request *request)
{
    (void)data;
    if (request->action != CF_ACTION_WARN)
        return;
    check_try();
    if (reach.owed)
        fail_msg("%s: no row tells that a warning has reached somebody again", reach.wish);
    assert_true(reach.unreached || reach.begun > 0);
    counts.quiet += reach.unreached;
    reach.begun = 0;
    reach.warns = request->notice != 0;
    cf_timer_defer(reach.sim.loop, &reach.looked);
}

static void note_failure(void)
{
    if (!reach.unreached)
        memset(reach.rows, 0, sizeof reach.rows);
    reach.unreached = true;
    reach.warned = false;
    reach.wait = reach.tries++ ? (struct cf_span){2 * reach.wait.us} : LEAST;
    if (reach.wait.us > MOST.us)
        reach.wait = MOST;
    reach.last = now();
}

/* Right before the host does so. */
static void on_looked(struct cf_timer *timer)
{
    (void)timer;
    if (!cf_sim_session(cf_engine_backend(reach.sim.engine), 0))
        return;
    if (!reach.reachable) {
        note_failure();
        return;
    }
    reach.tries = 0;
    reach.warned = reach.warns;
    reach.owed = reach.unreached;
}

/* Of a session that none reaches: each of these once, however often it is tried. */
static void check_row(enum cf_what what)
{
    bool first = ++reach.rows[what] == 1;
    counts.failed += what == CF_WHAT_FAILED;
    if (!first || (what != CF_WHAT_FAILED && what != CF_WHAT_REFUSED && what != CF_WHAT_UNREACHED &&
                   what != CF_WHAT_WITHDRAW))
        fail_msg("%s: one row more of a session that no warning reaches: %s", reach.wish, cf_what_name(what));
}

static void hear(void *data, const struct cf_entry *entry)
{
    (void)data;
    bool tries = entry->what == CF_WHAT_WARN || entry->what == CF_WHAT_TELL;
    counts.told += entry->what == CF_WHAT_UNREACHED;
    if (entry->what == CF_WHAT_LOGOFF) {
        assert_true(reach.warned);
        counts.logoffs++;
    }
    if (tries && reach.owed) {
        reach.owed = reach.unreached = false;
        counts.ended++;
    } else if (tries && !reach.unreached) {
        reach.begun++;
    } else if (reach.unreached && !reach.owed) {
        check_row(entry->what);
    }
}

static void apply(enum cf_event_kind kind)
{
    const struct cf_event event = {.kind = kind};
    struct cf_error err = {0};
    if (cf_sim_apply(cf_engine_backend(reach.sim.engine), &event, &err) != 0)
        fail_msg("%s", err.text);
}

/* It can be reached from now on, or not any more, and the host shows that it changed. */
static void change(void)
{
    if (!cf_sim_session(cf_engine_backend(reach.sim.engine), 0)) {
        reach.locked = reach.unreached = reach.owed = false;
        reach.tries = 0;
        reach.due = reach.since = CF_MONO_UNKNOWN;
        apply(CF_EVENT_RETURN);
        return;
    }
    if (reach.tries > 0)
        reach.due = cf_mono_add(now(), START_PACE);
    reach.tries = 0;
    reach.since = now();
    reach.locked = !reach.locked;
    if (!reach.locked)
        reach.life = now();
    apply(reach.locked ? CF_EVENT_LOCK : CF_EVENT_UNLOCK);
}

/* Something happens, now and then. */
static void happen(struct cf_timer *timer)
{
    uint32_t what = cf_random_below(&reach.random, 5);
    struct cf_backend *sim = cf_engine_backend(reach.sim.engine);
    assert_false(cf_mono_known(reach.due) && now().us > reach.due.us);
    if (what <= 1) {
        reach.reachable = !reach.reachable;
        cf_sim_faults(sim)->undelivered = reach.reachable ? 0 : NOT_AT_ALL;
    }
    if (what == 1 || what == 2 || !cf_sim_session(sim, 0)) {
        change();
    } else if (what == 3) {
        reach.life = now();
        apply(CF_EVENT_INPUT);
    }
    uint32_t most = cf_random_below(&reach.random, 4) ? 300 : 3;
    cf_timer_set(reach.sim.loop, timer,
                 cf_mono_add(now(), cf_seconds(1 + cf_random_below(&reach.random, most * 60))));
}

static struct cf_scenario *people(uint32_t count, struct cf_span length)
{
    struct cf_script *script = cf_script_create((struct cf_instant){MONDAY});
    for (uint32_t label = 0; label < count; label++) {
        struct cf_session ana;
        person_init(&ana, "ana", 1001);
        script_log_on(script, (struct cf_span){0}, label, &ana);
    }
    return cf_script_finish(script, length.us);
}

static void play(uint64_t seed)
{
    char policy[1024];
    reach = (struct reach){.random = cf_random_of(seed, 1),
                           .due = CF_MONO_UNKNOWN,
                           .since = CF_MONO_UNKNOWN,
                           .life = CF_MONO_UNKNOWN,
                           .looked = {.fire = on_looked}};
    reach.wish = wishes[seed % (sizeof wishes / sizeof *wishes)];
    (void)snprintf(policy, sizeof policy, "sessions.watch({ class = 'user' }, function (session)\n%s\nend)",
                   reach.wish);
    struct cf_sim_setup sim = {.seed = seed,
                               .pushes_input = seed % 2,
                               .faults = {.undelivered = NOT_AT_ALL},
                               .on_request = on_request};
    simulation_open(&reach.sim, folder_write("wish.lua", policy), people(1, cf_minutes(DAYS * 24 * 60)), sim,
                    hear);
    reach.timer = (struct cf_timer){.fire = happen};
    cf_timer_set(reach.sim.loop, &reach.timer, (struct cf_mono){cf_minutes(90).us});
    simulation_run(&reach.sim);
    cf_timer_stop(reach.sim.loop, &reach.timer);
    cf_timer_stop(reach.sim.loop, &reach.looked);
    simulation_close(&reach.sim);
}

/* Whatever happens to the session: no try before its time, none later than at once where it may reach, and no
 * row of one that is as vain as the one before. */
static void test_random_reach(void **state)
{
    (void)state;
    folder_make();
    for (uint64_t seed = 1; seed <= TRIALS; seed++)
        play(seed);
    folder_drop();
    print_message("%llu tries at once, %llu sooner for a sign of life, %llu without a row, %llu logoffs\n",
                  (unsigned long long)counts.at_once, (unsigned long long)counts.sooner,
                  (unsigned long long)counts.quiet, (unsigned long long)counts.logoffs);
    assert_true(counts.at_once > CASES(200) && counts.sooner > CASES(20) && counts.logoffs > CASES(50) &&
                counts.told > CASES(10) && counts.failed > CASES(50) && counts.ended > CASES(50) &&
                counts.quiet > CASES(500));
}

/* ---- A crowd for a day ---- */

static struct crowd {
    struct simulation sim;
    uint64_t tries, rows, logoffs, told;
} crowd;

static void count(void *data, const struct cf_entry *entry)
{
    (void)data;
    crowd.rows++;
    crowd.logoffs += entry->what == CF_WHAT_LOGOFF;
    crowd.told += entry->what == CF_WHAT_UNREACHED;
}

static void count_try(void *data, const struct cf_request *request)
{
    (void)data;
    crowd.tries += request->action == CF_ACTION_WARN;
}

#define UNREACHED ((struct cf_sim_setup){.faults = {.undelivered = NOT_AT_ALL}, .on_request = count_try})

static void expect_told(void)
{
    json_t *told = cf_explain_status(crowd.sim.engine), *unreached = json_object_get(told, "unreached");
    assert_int_equal(json_array_size(unreached), 100); /* of them, no more are named */
    const json_t *one = json_array_get(unreached, 0);
    assert_string_equal(json_string_value(json_object_get(one, "user")), "ana");
    assert_in_range(json_integer_value(json_object_get(one, "tries")), 20, MOST_A_DAY);
    const char *last = json_string_value(json_object_get(one, "last")),
               *next = json_string_value(json_object_get(one, "next"));
    assert_true(strncmp(last, "2026-03-02T2", 12) == 0 && strcmp(last, next) < 0);
    assert_true(strncmp(json_string_value(json_object_get(one, "since")), "2026-03-02T00:25", 16) == 0);
    assert_true(json_is_true(json_object_get(one, "long")));
    json_decref(told);
    cf_session_key first = cf_registry_next(cf_engine_registry(crowd.sim.engine), 0);
    told = cf_explain_session(crowd.sim.engine, first);
    assert_true(json_is_object(json_object_get(told, "unreached")));
    json_decref(told);
}

static void test_crowd(void **state)
{
    (void)state;
    crowd = (struct crowd){0};
    simulation_open(&crowd.sim, "policies/idle.lua", people(CROWD, DAY), UNREACHED, count);
    simulation_run(&crowd.sim);
    expect_told();
    print_message("%d sessions, a day: %llu rows, of them %llu tries\n", CROWD,
                  (unsigned long long)crowd.rows, (unsigned long long)crowd.tries);
    assert_int_equal(crowd.logoffs, 0);
    assert_in_range(crowd.tries, CROWD * 20, CROWD * MOST_A_DAY);
    assert_int_equal(crowd.told, CROWD);
    assert_int_equal(crowd.rows, ROWS_FOR_GOOD * CROWD);
    simulation_close(&crowd.sim);
}

/* ---- An agent that comes and goes, a terminal that is stopped and started ---- */

static struct cf_timer flaps;

/* An agent comes, or goes. */
static uint64_t flip_agent(struct cf_session *session)
{
    session->agent = session->agent == CF_TRI_YES ? CF_TRI_NO : CF_TRI_YES;
    cf_session_set_string(session, CF_FIELD_MISSING, session->agent == CF_TRI_YES ? NULL : "install it");
    return CF_FIELD_BIT(CF_FIELD_AGENT) | CF_FIELD_BIT(CF_FIELD_MISSING);
}

/* A terminal is stopped, or goes on. */
static uint64_t flip_terminal(struct cf_session *session)
{
    cf_session_set_string(session, CF_FIELD_BLOCKED, session->blocked ? NULL : "it is stopped");
    return CF_FIELD_BIT(CF_FIELD_BLOCKED);
}

static void flap(struct cf_timer *timer)
{
    uint64_t (*flips)(struct cf_session *) = *(uint64_t(**)(struct cf_session *))timer->data;
    struct cf_backend *sim = cf_engine_backend(crowd.sim.engine);
    cf_sim_tell(sim, 0, flips(cf_sim_record(sim, 0)));
    cf_timer_set(crowd.sim.loop, timer, cf_mono_add(cf_loop_now(crowd.sim.loop), cf_seconds(5)));
}

/* It counts as a change once in ten minutes, whatever it does. */
static void play_flaps(uint64_t (*flips)(struct cf_session *))
{
    crowd = (struct crowd){0};
    simulation_open(&crowd.sim, "policies/idle.lua", people(1, DAY), UNREACHED, count);
    flaps = (struct cf_timer){.fire = flap, .data = &flips};
    cf_timer_set(crowd.sim.loop, &flaps, (struct cf_mono){cf_minutes(45).us});
    simulation_run_to(&crowd.sim, cf_minutes(46));
    assert_in_range(crowd.tries, 5, 6); /* at minutes 25, 26, 28, 32, 40, and at once as it came */
    simulation_run(&crowd.sim);
    cf_timer_stop(crowd.sim.loop, &flaps);
    print_message("what flaps for a day: %llu rows, %llu tries\n", (unsigned long long)crowd.rows,
                  (unsigned long long)crowd.tries);
    assert_in_range(crowd.tries, DAY.us / LIVES.us - 20, DAY.us / LIVES.us + MOST_A_DAY);
    assert_int_equal(crowd.rows, ROWS_FOR_GOOD);
    assert_int_equal(crowd.logoffs, 0);
    simulation_close(&crowd.sim);
}

static void test_flapping(void **state)
{
    (void)state;
    play_flaps(flip_agent);
    play_flaps(flip_terminal);
}

/* What desktops lack is told once for all of them. */
static void test_missing(void **state)
{
    (void)state;
    crowd = (struct crowd){0};
    struct cf_scenario *scenario = people(CROWD, DAY);
    simulation_open(&crowd.sim, "policies/idle.lua", scenario, (struct cf_sim_setup){0}, count);
    simulation_run_to(&crowd.sim, CF_MINUTE);
    struct cf_backend *sim = cf_engine_backend(crowd.sim.engine);
    for (uint32_t label = 0; label < CROWD; label++) {
        cf_session_set_string((struct cf_session *)(uintptr_t)cf_sim_session(sim, label), CF_FIELD_MISSING,
                              label == 7 ? "another thing" : "install it");
        cf_sim_tell(sim, label, CF_FIELD_BIT(CF_FIELD_MISSING));
    }
    json_t *told = cf_explain_status(crowd.sim.engine), *missing = json_object_get(told, "missing");
    assert_int_equal(json_array_size(missing), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(missing, 0), "count")), CROWD - 1);
    assert_int_equal(json_array_size(json_object_get(json_array_get(missing, 0), "sessions")), 10);
    assert_string_equal(json_string_value(json_object_get(json_array_get(missing, 1), "why")),
                        "another thing");
    json_decref(told);
    simulation_close(&crowd.sim);
}

/* ---- What begins the tries anew ---- */

static void nothing(void)
{
}

static void reload(void)
{
    struct cf_error err = {0};
    assert_int_equal(cf_engine_reload(crowd.sim.engine, &crowd.sim.config, &err), 0);
}

static void restart(void)
{
    cf_engine_restart(crowd.sim.engine, "a test");
}

static uint64_t tries_within(struct cf_span span)
{
    uint64_t before = crowd.tries;
    simulation_run_on(&crowd.sim, span);
    return crowd.tries - before;
}

/* Somebody has done something: what was in the way may be so no longer. */
static void test_again_at_once(void **state)
{
    (void)state;
    static void (*const whats[])(void) = {nothing, reload, restart};
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        crowd = (struct crowd){0};
        simulation_open(&crowd.sim, "policies/idle.lua", people(1, DAY), UNREACHED, count);
        (void)tries_within(cf_minutes(12 * 60));
        for (int64_t minutes = 0; tries_within(LEAST) == 0; minutes++)
            assert_true(minutes < MOST.us / LEAST.us); /* else it is not tried any more, or without a row */
        whats[i]();                                    /* the next try is an hour away */
        assert_int_equal(tries_within(cf_minutes(30)) > 0, whats[i] != nothing);
        simulation_close(&crowd.sim);
    }
}

int main(void)
{
    cf_log_set_level(CF_LOG_NOTHING); /* it is an error for each session */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_reach),  cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_flapping),      cmocka_unit_test(test_missing),
        cmocka_unit_test(test_again_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
