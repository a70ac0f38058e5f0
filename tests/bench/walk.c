/*
 * walk USERS DAYS SEED: the floor under a simulation. Makes the events of the office and looks at each once,
 * then looks at the same events in an array made beforehand. Prints "EVENTS INPUTS SECONDS_MAKING
 * SECONDS_WALKING".
 */
#include "sim/scenario.h"

#include "base/memory.h"
#include "time/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* What a walk needs of an event; as small as it can be, for the floor to be low. */
struct step {
    int64_t at_us;
    uint32_t label;
    uint32_t kind;
};

static double used(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct cf_scenario *office(char **argv)
{
    struct cf_office setup = {
        .users = (uint32_t)strtoul(argv[1], NULL, 10),
        .days = (uint32_t)strtoul(argv[2], NULL, 10),
        .seed = strtoull(argv[3], NULL, 10),
        .start = {INT64_C(1767571200) * 1000000}, /* Monday, 2026-01-05 */
        .zone = cf_zone_utc(),
    };
    struct cf_scenario *scenario;
    struct cf_error err;
    if (cf_office_create(&setup, &scenario, &err) < 0) {
        fprintf(stderr, "walk: %s\n", err.text);
        exit(cf_exit_status(err.code));
    }
    return scenario;
}

/* Remembers each label's last event, as any host would have to. */
static void look(struct step step, int64_t *last, uint64_t *kinds)
{
    last[step.label] = step.at_us;
    kinds[step.kind]++;
}

static struct step step_of(const struct cf_event *event)
{
    return (struct step){event->at_us, event->label, event->kind};
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: walk USERS DAYS SEED\n", stderr);
        return 2;
    }
    int64_t *last = cf_alloc((strtoul(argv[1], NULL, 10) + 1) * sizeof *last);
    uint64_t kinds[CF_EVENT_KINDS] = {0}, again[CF_EVENT_KINDS] = {0};
    struct cf_event event;

    double begin = used();
    struct cf_scenario *scenario = office(argv);
    while (scenario->next(scenario, &event))
        look(step_of(&event), last, kinds);
    cf_scenario_destroy(scenario);
    double made = used() - begin;

    struct step *steps = NULL;
    size_t count = 0;
    scenario = office(argv);
    while (scenario->next(scenario, &event)) {
        steps = cf_grow(steps, count, sizeof *steps);
        steps[count++] = step_of(&event);
    }
    cf_scenario_destroy(scenario);

    begin = used();
    for (size_t i = 0; i < count; i++)
        look(steps[i], last, again);
    double walked = used() - begin;

    bool same = true;
    for (int kind = 0; kind < CF_EVENT_KINDS; kind++)
        same = same && kinds[kind] == again[kind];
    printf("%zu %llu %.6f %.6f\n", count, (unsigned long long)kinds[CF_EVENT_INPUT], made, walked);
    free(steps);
    free(last);
    cf_zones_release();
    return same ? 0 : 1;
}
