/*
 * Whole days under a clock that is set again and again, and in a zone that changes: what goes by delays and
 * idle times happens when it would have happened, and what goes by the time of day goes by the new one.
 */
#include "simulation.h"

#include <stdlib.h>
#include <string.h>

#define START ((struct cf_instant){INT64_C(1772409600000000)}) /* Monday 2026-03-02, 00:00 UTC */

enum { USERS = 12, DAYS = 2, SEEDS = 6, DECISIONS = 2000 };

/* What was decided, and when: monotonic, so that two lives can be compared. */
static struct life {
    struct simulation sim;
    struct {
        int64_t at;
        enum cf_what what;
        char session[16];
    } decisions[DECISIONS];
    size_t count, afresh;
    char reason[256];
} lives[2], *life;

static void write_entry(void *data, const struct cf_entry *entry)
{
    (void)data;
    if (entry->what == CF_WHAT_RESTART) {
        life->afresh++;
        (void)snprintf(life->reason, sizeof life->reason, "%s", entry->text);
        return;
    }
    assert_true(life->count < DECISIONS);
    life->decisions[life->count].at = entry->at_mono.us;
    life->decisions[life->count].what = entry->what;
    (void)snprintf(life->decisions[life->count++].session, sizeof life->decisions->session, "%s",
                   entry->session ? entry->session->identity.id : "");
}

static void open_life(struct life *which, const char *policy, uint64_t seed)
{
    const struct cf_office office = {
        .users = USERS, .days = DAYS, .seed = seed, .start = START, .zone = cf_zone_utc()};
    struct cf_scenario *scenario = NULL;
    life = which;
    *life = (struct life){0};
    assert_int_equal(cf_office_create(&office, &scenario, NULL), 0);
    simulation_open(&life->sim, policy, scenario, (struct cf_sim_setup){.seed = seed}, write_entry);
}

/* Lives with a clock that is set at random moments by random spans. */
static void live_through_steps(uint64_t seed)
{
    uint64_t s = seed;
    int64_t length = life->sim.scenario->length_us;
    for (int64_t at = 0; at < length;) {
        at += pick(&s, 3) ? pick(&s, CF_HOUR.us) : 4 * CF_MINUTE.us;
        simulation_run_to(&life->sim, (struct cf_span){at < length ? at : length});
        int64_t by = pick(&s, 2) ? -CF_SECOND.us : pick(&s, 2 * CF_DAY.us) - CF_DAY.us;
        cf_loop_step_wall(life->sim.loop, (struct cf_span){by});
    }
}

static void test_delays_and_idle_times(void **state)
{
    (void)state;
    static const char *const policies[] = {"policies/idle.lua", "policies/disconnected.lua",
                                           "policies/session-limit.lua", "policies/one-session-per-user.lua"};
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            open_life(&lives[0], policies[i], seed);
            simulation_run(&life->sim);
            simulation_close(&life->sim);
            open_life(&lives[1], policies[i], seed);
            live_through_steps(seed);
            simulation_close(&life->sim);
            if (lives[0].count != lives[1].count ||
                memcmp(lives[0].decisions, lives[1].decisions, sizeof lives[0].decisions) != 0)
                fail_msg("%s, seed %llu: the clock was set, and something else happened", policies[i],
                         (unsigned long long)seed);
            assert_true(lives[1].afresh > 10); /* said, of what goes by it */
        }
}

/* ---- Zones ---- */

static int64_t first_logoff(void)
{
    for (size_t i = 0; i < life->count; i++)
        if (life->decisions[i].what == CF_WHAT_LOGOFF)
            return life->decisions[i].at;
    return 0;
}

static const struct cf_zone *zone(const char *name)
{
    const struct cf_zone *zone = NULL;
    assert_int_equal(cf_zone_get(name, &zone, NULL), 0);
    return zone;
}

static void test_another_zone(void **state)
{
    (void)state;
    open_life(&lives[0], "policies/after-hours.lua", 1);
    simulation_run_to(&life->sim, (struct cf_span){15 * CF_HOUR.us});
    assert_int_equal(first_logoff(), 0);
    struct cf_error err;
    assert_int_equal(
        cf_engine_set_zone(life->sim.engine, zone("Asia/Kolkata"), "the host's zone is another one", &err),
        0);
    assert_string_equal(life->reason, "the host's zone is another one");
    simulation_run_to(&life->sim, (struct cf_span){15 * CF_HOUR.us + 9 * CF_MINUTE.us});
    assert_int_equal(first_logoff(), 0); /* half past eight in the evening there: a grace of ten minutes */
    simulation_run_to(&life->sim, (struct cf_span){15 * CF_HOUR.us + 11 * CF_MINUTE.us});
    assert_in_range(first_logoff(), 15 * CF_HOUR.us + 10 * CF_MINUTE.us, 15 * CF_HOUR.us + 11 * CF_MINUTE.us);
    simulation_close(&life->sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delays_and_idle_times),
        cmocka_unit_test(test_another_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
