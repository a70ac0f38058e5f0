/*
 * `stay` said by people and by scripts, at random, beside input at random or none, under policies/idle.lua
 * with its usual 30 minutes: nobody is kept past limits.stay by it alone, and nobody who types is hurt by it.
 */
#include "simulation.h"

#include "sim/random.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 60, LENGTH = 60, LIMIT = 30, MOST_SAYINGS = 4096 }; /* rounds; hours; minutes */

static struct said {
    struct simulation sim;
    struct cf_random random;
    struct cf_timer timer;
    bool types;
    int64_t ended; /* 0: not yet */
    int64_t at[MOST_SAYINGS];
    bool counted[MOST_SAYINGS];
    size_t count;
    int64_t inputs[MOST_SAYINGS];
    size_t input_count;
    int64_t pace_us;
    cf_session_key key;
} said;

static void hear(void *data, const struct cf_entry *entry)
{
    (void)data;
    if (entry->what == CF_WHAT_LOGOFF)
        said.ended = entry->at_mono.us;
}

/* One person: comes, and types at random moments until a random hour. */
static struct cf_scenario *one(void)
{
    struct cf_script *script = cf_script_create(MONDAY_8AM);
    struct cf_session ana;
    person_init(&ana, "ana", 1001);
    cf_session_set_string(&ana, CF_FIELD_TYPE, "tty");
    script_log_on(script, (struct cf_span){0}, 0, &ana);
    struct cf_event event = {.kind = CF_EVENT_INPUT};
    int64_t until = cf_minutes(60 * cf_random_below(&said.random, LENGTH - 20)).us;
    uint32_t gap = 1 + cf_random_below(&said.random, cf_random_below(&said.random, 2) ? 25 : 900);
    said.inputs[said.input_count++] = 0;
    while (said.types && said.input_count < MOST_SAYINGS) {
        event.at_us += CF_SECOND.us + cf_minutes(cf_random_below(&said.random, gap + 1)).us;
        if (event.at_us > until)
            break;
        assert_int_equal(cf_script_add(script, &event, NULL), 0);
        said.inputs[said.input_count++] = event.at_us;
    }
    return cf_script_finish(script, cf_minutes(60 * LENGTH).us);
}

static void note_told(void *data, const struct cf_stay_told *told)
{
    *(bool *)data = told->counts;
}

static void on_read(void *data, int code)
{
    (void)data;
    if (code != CF_OK || !cf_registry_get(cf_engine_registry(said.sim.engine), said.key))
        return;
    bool counts = false;
    if (cf_engine_stay(said.sim.engine, said.key, (struct cf_span){CF_UNKNOWN_US}, note_told, &counts,
                       NULL) != 0)
        return; /* it was being ended */
    said.counted[said.count] = counts;
    said.at[said.count++] = cf_loop_now(said.sim.loop).us;
}

static void say(struct cf_timer *timer)
{
    const struct cf_registry *registry = cf_engine_registry(said.sim.engine);
    said.key = cf_registry_next(registry, 0);
    if (!said.key || said.count == MOST_SAYINGS)
        return;
    cf_engine_read(said.sim.engine, said.key, on_read, NULL);
    struct cf_span next = cf_minutes(1 + cf_random_below(&said.random, (uint32_t)said.pace_us));
    cf_timer_set(said.sim.loop, timer, cf_mono_add(cf_loop_now(said.sim.loop), next));
}

static int64_t last_input(int64_t before)
{
    int64_t last = 0;
    for (size_t i = 0; i < said.input_count && said.inputs[i] <= before; i++)
        last = said.inputs[i];
    return last;
}

/* The first said since the session was last used: what the time counts from. */
static int64_t first_since(int64_t input, int64_t otherwise)
{
    for (size_t i = 0; i < said.count; i++)
        if (said.at[i] > input)
            return said.at[i];
    return otherwise;
}

static void check(struct cf_span limit)
{
    int64_t end = said.ended ? said.ended : said.sim.scenario->length_us, input = last_input(end),
            idle = cf_minutes(LIMIT).us;
    assert_true(end - input >= (said.ended ? idle : 0));
    /* not past the bound: what counts last is one within limits.stay of the first */
    assert_true(end <= first_since(input, input) + limit.us + idle + cf_minutes(2).us);
    for (size_t i = 0; i < said.count; i++) {
        int64_t first = first_since(last_input(said.at[i]), said.at[i]);
        assert_int_equal(said.counted[i], said.at[i] < first + limit.us);
        if (said.counted[i] && said.ended > said.at[i])
            assert_true(said.ended >= said.at[i] + idle);
    }
}

static void play(uint64_t seed, bool types)
{
    said = (struct said){.random = cf_random_of(seed, types), .types = types};
    said.pace_us = 1 + cf_random_below(&said.random, 28);
    struct cf_span limit = cf_minutes(cf_random_below(&said.random, 12 * 60));
    simulation_open(&said.sim, "policies/idle.lua", one(), (struct cf_sim_setup){.seed = seed}, hear);
    said.sim.config.limits.stay = limit;
    said.timer = (struct cf_timer){.fire = say};
    cf_timer_set(said.sim.loop, &said.timer,
                 (struct cf_mono){cf_minutes(1 + cf_random_below(&said.random, 25)).us});
    simulation_run(&said.sim);
    check(limit);
    cf_timer_stop(said.sim.loop, &said.timer);
    simulation_close(&said.sim);
}

static void test_scripts_keep_nobody_for_ever(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++)
        play(seed, false);
}

static void test_who_types_is_not_hurt(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++)
        play(seed, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts_keep_nobody_for_ever),
        cmocka_unit_test(test_who_types_is_not_hurt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
