/* The simulated host that a command line describes: an office, or a scenario's file. */
#ifndef CF_PROGRAM_SIMULATED_H
#define CF_PROGRAM_SIMULATED_H

#include "base/i18n.h"
#include "program/args.h"
#include "sim/sim.h"

/* --users, --days, --seed, --from, --scenario, --zone, --faults */
extern const struct cf_option_group cf_simulated_options;

#define CF_SIM_ONLY N_("is for a simulated host: add --backend sim")

/* CF_USAGE where any of them was given, for a real host. */
int cf_simulated_refuse(const struct cf_args *args, struct cf_error *err);

struct cf_simulated {
    struct cf_scenario *scenario;
    struct cf_sim_setup sim; /* plays it */
    const struct cf_zone *zone;
    char text[160]; /* "20 users for 1 day from 2026-03-02 (UTC), seed 1" */
};

/* CF_USAGE, CF_POLICY (the scenario's file is wrong). Finish it where it returned 0. */
int cf_simulated_read(const struct cf_args *args, struct cf_simulated *ret_simulated, struct cf_error *err);
void cf_simulated_finish(struct cf_simulated *simulated);

#endif
