/* The whole program on a simulated host, in virtual time, under one policy. */
#ifndef CF_TESTS_STAGE_H
#define CF_TESTS_STAGE_H

#include "../unit/unit.h"

#include "bindings/lua_host.h"
#include "engine/engine.h"
#include "sim/sim.h"

struct stage {
    struct cf_loop *loop;
    struct cf_engine *engine;
    struct cf_journal_queue kept;
    struct cf_config config;
    struct cf_journal journal;
    struct cf_scenario *scenario;
    struct cf_store *store;               /* set before; NULL: in memory */
    const struct cf_backend_ops *backend; /* set before, with its setup; NULL: sim itself */
    const void *backend_setup;
};

/* `scenario`, whose ownership passes, is about to begin; `write` is told of the journal's entries, with the
 * stage. */
static inline void stage_open(struct stage *stage, const char *policy, struct cf_scenario *scenario,
                              struct cf_sim_setup sim,
                              void (*write)(void *stage, const struct cf_entry *entry, cf_journal_kept *kept,
                                            void *context))
{
    struct cf_error err = {0};
    stage->scenario = sim.scenario = scenario;
    assert_int_equal(cf_loop_create_virtual(scenario->start, 0, &stage->loop, &err), 0);
    cf_journal_queue_init(&stage->kept, stage->loop);
    cf_config_init(&stage->config);
    stage->config.mode = CF_MODE_ACT;
    stage->config.limits.share = 1; /* most of what is tried here ends everybody */
    assert_int_equal(cf_config_add_policy(&stage->config, policy, NULL, NULL, &err), 0);
    stage->journal = (struct cf_journal){.write = write, .data = stage};
    const struct cf_engine_setup setup = {.loop = stage->loop,
                                          .backend = stage->backend ? stage->backend : &cf_sim_ops,
                                          .backend_setup = stage->backend ? stage->backend_setup : &sim,
                                          .policy_host = &cf_lua_host_ops,
                                          .config = &stage->config,
                                          .journal = &stage->journal,
                                          .zone = cf_zone_utc(),
                                          .store = stage->store};
    if (cf_engine_create(&setup, &stage->engine, &err) != 0)
        fail_msg("%s", err.text);
}

static inline void stage_run(struct stage *stage)
{
    cf_loop_run_until(stage->loop, (struct cf_mono){stage->scenario->length_us});
}

static inline void stage_close(struct stage *stage)
{
    cf_engine_destroy(stage->engine);
    cf_journal_queue_finish(&stage->kept);
    cf_loop_run(stage->loop);
    cf_loop_destroy(stage->loop); /* asserts that nothing is left open */
    cf_scenario_destroy(stage->scenario);
    cf_config_finish(&stage->config);
    cf_zones_release();
}

#endif
