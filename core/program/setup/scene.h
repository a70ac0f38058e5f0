/* The simulated host that a command line describes: an office, or a scenario's file. */
#ifndef CF_PROGRAM_SCENE_H
#define CF_PROGRAM_SCENE_H

#include "base/words.h"
#include "program/args.h"
#include "sim/sim.h"

/* --users, --days, --seed, --from, --scenario, --zone, --faults */
extern const struct cf_option_group cf_scene_options;

#define CF_SIM_ONLY N_("is for a simulated host: add --backend sim")

/* CF_USAGE where any of them was given, for a real host. */
int cf_scene_refuse(const struct cf_args *args, struct cf_error *err);

struct cf_scene {
    struct cf_scenario *scenario;
    struct cf_sim_setup sim; /* plays it */
    const struct cf_zone *zone;
    char text[160]; /* "20 users for 1 day from 2026-03-02 (UTC), seed 1" */
};

/* CF_USAGE, CF_POLICY (the scenario's file is wrong). Finish it where it returned 0. */
int cf_scene_read(const struct cf_args *args, struct cf_scene *ret_scene, struct cf_error *err);
void cf_scene_finish(struct cf_scene *scene);

#endif
