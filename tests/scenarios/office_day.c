#include "office_day.h"

static void on_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    (void)event;
    struct office_day *day = data;
    if (!session || session->identity.birth <= day->last_birth)
        return;
    day->last_birth = session->identity.birth;
    day->sessions++;
}

static void hear(void *data, const struct cf_entry *entry)
{
    struct office_day *day = data;
    day->logoffs += entry->what == CF_WHAT_LOGOFF;
    day->failures += entry->what == CF_WHAT_FAILED;
}

void office_day_run(struct office_day *day, const char *policy, bool pushes)
{
    *day = (struct office_day){0};
    const struct cf_office office = {.users = 1000,
                                     .days = 1,
                                     .seed = 1,
                                     .start = {INT64_C(1772409600000000)}, /* Monday 2026-03-02, 00:00 UTC */
                                     .zone = cf_zone_utc()};
    struct cf_scenario *scenario = NULL;
    assert_int_equal(cf_office_create(&office, &scenario, NULL), 0);
    simulation_open(&day->sim, policy, scenario, (struct cf_sim_setup){.pushes_input = pushes}, hear);
    cf_sim_on_event(cf_engine_backend(day->sim.engine), on_event, day);
    simulation_run(&day->sim);
    day->counts = *cf_engine_counts(day->sim.engine);
    simulation_close(&day->sim);
}
