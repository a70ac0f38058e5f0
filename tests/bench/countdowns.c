/*
 * countdowns told|sampled: an hour of 1,000 sessions in a countdown and 200 whose users type every ten
 * seconds, on a host that can tell of input, or one that is read for it every five seconds. Prints "SECONDS
 * READINGS WATCHES SAMPLES": processor time, the host's own included, and what was asked of it.
 */
#include "../scenarios/simulation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { COUNTING = 1000, TYPING = 200 };

static struct cf_scenario *crowd(void)
{
    struct cf_script *script = cf_script_create((struct cf_instant){INT64_C(1772409600000000)});
    for (uint32_t label = 0; label < COUNTING + TYPING; label++) {
        struct cf_session ana;
        person_init(&ana, "ana", CF_NUMBER_UNKNOWN);
        script_log_on(script, (struct cf_span){0}, label, &ana);
    }
    for (int64_t at = 0; at < CF_HOUR.us; at += cf_seconds(10).us)
        for (uint32_t label = COUNTING; label < COUNTING + TYPING; label++) {
            struct cf_event input = {.at_us = at, .kind = CF_EVENT_INPUT, .label = label};
            (void)cf_script_add(script, &input, NULL);
        }
    return cf_script_finish(script, CF_HOUR.us);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: countdowns told|sampled\n", stderr);
        return 2;
    }
    bool samples = strcmp(argv[1], "sampled") == 0;
    struct simulation sim;
    simulation_open(&sim, "tests/bench/countdown.lua", crowd(),
                    (struct cf_sim_setup){.samples_input = samples}, NULL);
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    simulation_run(&sim);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    struct cf_engine_counts counts = *cf_engine_counts(sim.engine);
    simulation_close(&sim);
    printf("%.4f %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
           (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9,
           counts.refreshes, counts.watches, counts.samples);
    return 0;
}
