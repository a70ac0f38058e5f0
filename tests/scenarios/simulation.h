/* The whole program on a simulated host, in virtual time, under one policy or several. */
#ifndef CF_TESTS_SCENARIOS_SIMULATION_H
#define CF_TESTS_SCENARIOS_SIMULATION_H

#include "../unit/unit.h"

#include "bindings/lua_host.h"
#include "engine/engine.h"
#include "sim/sim.h"

#define MONDAY_8AM ((struct cf_instant){INT64_C(1772438400000000)}) /* 2026-03-02 08:00 UTC */

enum { SIMULATION_POLICIES = 16 };

/* What the journal is told, by the simulation whose journal it is. */
typedef void simulation_heard(void *simulation, const struct cf_entry *entry);

struct simulation {
    struct cf_loop *loop;
    struct cf_engine *engine;
    struct cf_scenario *scenario;
    struct cf_config config;      /* limits and such may be set at any time */
    struct cf_engine_setup setup; /* may be changed before the start */
    struct cf_sim_setup sim;      /* the same */
    struct cf_journal journal;
    struct cf_journal_queue kept;
    simulation_heard *heard;
    struct cf_config added[SIMULATION_POLICIES]; /* a policy each */
    size_t added_count;
};

/* All but policies and engine. The scenario, whose ownership passes, is about to begin; NULL: nothing happens
 * by itself, from MONDAY_8AM on. Every row is kept at once; `heard` may be NULL. */
void simulation_init(struct simulation *simulation, struct cf_scenario *scenario, struct cf_sim_setup sim,
                     simulation_heard *heard);

/* The engine, under simulation->config. */
int simulation_start(struct simulation *simulation, struct cf_error *err);

/* Both, under the policy in that file. */
void simulation_open(struct simulation *simulation, const char *policy, struct cf_scenario *scenario,
                     struct cf_sim_setup sim, simulation_heard *heard);

/* One more policy while it runs. The options, whose ownership passes, may be NULL. */
int simulation_try_policy(struct simulation *simulation, const char *path, json_t *options,
                          struct cf_error *err);
void simulation_add_policy(struct simulation *simulation, const char *path, json_t *options);

/* Until so long after the start; so long from now; until the scenario's end. */
void simulation_run_to(struct simulation *simulation, struct cf_span since_start);
void simulation_run_on(struct simulation *simulation, struct cf_span span);
void simulation_run(struct simulation *simulation);

void simulation_close(struct simulation *simulation);

/* ---- Who is there ---- */

/* A person's record, not at the console; what else is to be said of them, the caller sets. */
void person_init(struct cf_session *record, const char *user, int64_t uid);

/* They log on: in a script, or now. The record is finished. */
void script_log_on(struct cf_script *script, struct cf_span at, uint32_t label, struct cf_session *record);
void simulation_log_on(struct simulation *simulation, uint32_t label, struct cf_session *record);

/* For qsort: by time, then by label. */
int events_by_time(const void *left, const void *right);

#endif
