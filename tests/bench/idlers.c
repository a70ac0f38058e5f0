/*
 * idlers SESSIONS PACE SHARE: all of them idle at the same moment, under policies/idle.lua, until the last
 * has been ended at so many a minute. Prints "SECONDS WARNINGS LOGOFFS ROWS MINUTES": processor time, the
 * host's own included; the minutes are virtual.
 */
#include "../scenarios/simulation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct idlers {
    struct simulation sim;
    uint64_t warnings, logoffs, rows, ended, held;
};

static void keep(void *data, const struct cf_entry *entry)
{
    struct idlers *idlers = data; /* whose simulation comes first */
    idlers->rows++;
    idlers->warnings += entry->what == CF_WHAT_WARN;
    idlers->logoffs += entry->what == CF_WHAT_LOGOFF;
    idlers->ended += entry->what == CF_WHAT_ENDED;
    idlers->held += entry->what == CF_WHAT_HELD;
}

static struct cf_scenario *make(uint32_t count, int64_t length_us)
{
    struct cf_script *script = cf_script_create((struct cf_instant){INT64_C(1772409600000000)});
    for (uint32_t label = 0; label < count; label++) {
        struct cf_session record;
        char name[32];
        (void)snprintf(name, sizeof name, "user%" PRIu32, label);
        person_init(&record, name, 1000 + (int64_t)label);
        script_log_on(script, (struct cf_span){0}, label, &record);
    }
    return cf_script_finish(script, length_us);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: idlers SESSIONS PACE SHARE\n", stderr);
        return 2;
    }
    uint64_t count = strtoul(argv[1], NULL, 10), pace = strtoul(argv[2], NULL, 10), minutes = 30;
    uint64_t most = minutes + 30 + 2 * count / pace;
    struct idlers idlers = {0};
    simulation_open(&idlers.sim, "policies/idle.lua", make((uint32_t)count, cf_minutes((int64_t)most).us),
                    (struct cf_sim_setup){0}, keep);
    idlers.sim.config.limits.logoffs_per_minute = (unsigned)pace;
    idlers.sim.config.limits.share = strtod(argv[3], NULL);
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    for (; minutes < most && idlers.ended < count && !idlers.held; minutes++)
        simulation_run_to(&idlers.sim, cf_minutes((int64_t)minutes));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    simulation_close(&idlers.sim);
    printf("%.3f %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
           (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9,
           idlers.warnings, idlers.logoffs, idlers.rows, minutes);
    return idlers.ended < count;
}
