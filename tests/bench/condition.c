/*
 * condition ROUNDS: what it costs to note what a condition looks at. Evaluates the one of condition.lua on
 * one session, plainly and noting, and prints "PLAIN_NS NOTING_NS GARBAGE_BYTES" of one evaluation.
 */
#include "bindings/lua_host.h"
#include "bindings/script.h"
#include "engine/engine.h"
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define START ((struct cf_instant){INT64_C(1772492400000000)}) /* 2026-03-02 23:00 UTC: the lab is closed */

static long rounds;

static double used(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Seconds for all rounds; without a condition, nothing is noted. */
static double evaluate(struct cf_lua_run *run, uint64_t function, struct cf_condition *condition)
{
    double begin = used();
    for (long i = 0; i < rounds; i++) {
        if (condition)
            cf_condition_begin(condition, run->script->engine);
        int holds = cf_lua_evaluate(run, function, condition, NULL);
        if (condition)
            cf_condition_end(condition, holds > 0);
    }
    return used() - begin;
}

static int measure(void *data, uint64_t function, struct cf_condition *condition, struct cf_error *err)
{
    struct cf_lua_run *run = data;
    struct cf_lua *lua = &run->script->lua;
    (void)err;
    lua_gc(lua->L, LUA_GCSTOP);
    (void)evaluate(run, function, condition);
    size_t before = lua->used;
    double plain = evaluate(run, function, NULL), noting = evaluate(run, function, condition);
    double garbage = (double)(lua->used - before) / (double)rounds;
    printf("%.1f %.1f %.1f\n", plain / (double)rounds * 1e9, noting / (double)rounds * 1e9, garbage);
    return 0;
}

static void write_nothing(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data, (void)entry;
    if (kept)
        kept(context, CF_OK);
}

static struct cf_scenario *one_session(void)
{
    struct cf_session ana;
    cf_session_init(&ana);
    cf_session_set_string(&ana, CF_FIELD_USER, "ana");
    cf_session_set_string(&ana, CF_FIELD_CLASS, "user");
    struct cf_script *script = cf_script_create(START);
    const struct cf_event logon = {.kind = CF_EVENT_LOGON, .logon = &ana};
    (void)cf_script_add(script, &logon, NULL);
    cf_session_finish(&ana);
    return cf_script_finish(script, CF_SECOND.us);
}

int main(int argc, char **argv)
{
    rounds = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (rounds <= 0) {
        fputs("usage: condition ROUNDS\n", stderr);
        return 2;
    }
    struct cf_policy_host_ops host = cf_lua_host_ops;
    host.evaluate = measure;
    struct cf_scenario *scenario = one_session();
    struct cf_loop *loop;
    struct cf_engine *engine;
    struct cf_config config;
    struct cf_error err = {0};
    const struct cf_sim_setup sim = {.scenario = scenario,
                                     .pushes_input = true}; /* the plain one asks nobody */
    const struct cf_journal journal = {.write = write_nothing};
    struct cf_engine_setup setup = {.backend = &cf_sim_ops,
                                    .backend_setup = &sim,
                                    .policy_host = &host,
                                    .config = &config,
                                    .journal = &journal,
                                    .zone = cf_zone_utc()};
    cf_config_init(&config);
    if (cf_loop_create_virtual(START, 0, &loop, &err) < 0 ||
        cf_config_add_policy(&config, "tests/bench/condition.lua", NULL, NULL, &err) < 0 ||
        (setup.loop = loop, cf_engine_create(&setup, &engine, &err)) < 0) {
        fprintf(stderr, "condition: %s\n", err.text);
        return 1;
    }
    cf_loop_run_until(loop, (struct cf_mono){scenario->length_us});
    cf_engine_destroy(engine);
    cf_loop_run(loop);
    cf_loop_destroy(loop);
    cf_scenario_destroy(scenario);
    cf_config_finish(&config);
    cf_zones_release();
    return 0;
}
