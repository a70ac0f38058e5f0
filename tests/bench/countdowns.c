/*
 * countdowns told|sampled: an hour of 1,000 sessions in a countdown and 200 whose users type every ten
 * seconds, on a host that can tell of input, or one that is read for it every five seconds. Prints "SECONDS
 * READINGS WATCHES SAMPLES": processor time, the host's own included, and what was asked of it.
 */
#include "../scenarios/stage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { COUNTING = 1000, TYPING = 200 };

static void keep(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)entry;
    cf_journal_queue_push(&((struct stage *)data)->kept, kept, context);
}

static struct cf_scenario *crowd(void)
{
    struct cf_session record;
    cf_session_init(&record);
    cf_session_set_string(&record, CF_FIELD_USER, "ana");
    struct cf_script *script = cf_script_create((struct cf_instant){INT64_C(1772409600000000)});
    for (uint32_t label = 0; label < COUNTING + TYPING; label++) {
        struct cf_event logon = {.kind = CF_EVENT_LOGON, .label = label, .logon = &record};
        (void)cf_script_add(script, &logon, NULL);
    }
    for (int64_t at = 0; at < CF_HOUR.us; at += cf_seconds(10).us)
        for (uint32_t label = COUNTING; label < COUNTING + TYPING; label++) {
            struct cf_event input = {.at_us = at, .kind = CF_EVENT_INPUT, .label = label};
            (void)cf_script_add(script, &input, NULL);
        }
    cf_session_finish(&record);
    return cf_script_finish(script, CF_HOUR.us);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: countdowns told|sampled\n", stderr);
        return 2;
    }
    bool samples = strcmp(argv[1], "sampled") == 0;
    struct stage stage = {0};
    stage_open(&stage, "tests/bench/countdown.lua", crowd(), (struct cf_sim_setup){.samples_input = samples},
               keep);
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    stage_run(&stage);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    struct cf_engine_counts counts = *cf_engine_counts(stage.engine);
    stage_close(&stage);
    printf("%.4f %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
           (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9,
           counts.refreshes, counts.watches, counts.samples);
    return 0;
}
