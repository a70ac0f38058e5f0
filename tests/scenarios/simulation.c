#include "simulation.h"

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    struct simulation *simulation = data;
    cf_journal_queue_push(&simulation->kept, kept, context);
    if (simulation->heard)
        simulation->heard(simulation, entry);
}

void simulation_init(struct simulation *simulation, struct cf_scenario *scenario, struct cf_sim_setup sim,
                     simulation_heard *heard)
{
    *simulation = (struct simulation){.scenario = scenario, .sim = sim, .heard = heard};
    simulation->sim.scenario = scenario;
    struct cf_instant start = scenario ? scenario->start : MONDAY_8AM;
    assert_int_equal(cf_loop_create_virtual(start, 0, &simulation->loop, NULL), 0);
    cf_journal_queue_init(&simulation->kept, simulation->loop);
    cf_config_init(&simulation->config);
    simulation->config.mode = CF_MODE_ACT;
    simulation->config.limits.share = 1; /* most of what is tried here ends everybody */
    simulation->journal = (struct cf_journal){.write = write_entry, .data = simulation};
    simulation->setup = (struct cf_engine_setup){.loop = simulation->loop,
                                                 .backend = &cf_sim_ops,
                                                 .backend_setup = &simulation->sim,
                                                 .policy_host = &cf_lua_host_ops,
                                                 .config = &simulation->config,
                                                 .journal = &simulation->journal,
                                                 .policy_folder = "policies",
                                                 .zone = cf_zone_utc()};
}

int simulation_start(struct simulation *simulation, struct cf_error *err)
{
    return cf_engine_create(&simulation->setup, &simulation->engine, err);
}

void simulation_open(struct simulation *simulation, const char *policy, struct cf_scenario *scenario,
                     struct cf_sim_setup sim, simulation_heard *heard)
{
    struct cf_error err = {0};
    simulation_init(simulation, scenario, sim, heard);
    if (cf_config_add_policy(&simulation->config, policy, NULL, NULL, &err) != 0 ||
        simulation_start(simulation, &err) != 0)
        fail_msg("%s", err.text);
}

int simulation_try_policy(struct simulation *simulation, const char *path, json_t *options,
                          struct cf_error *err)
{
    assert_true(simulation->added_count < SIMULATION_POLICIES);
    struct cf_config *config = &simulation->added[simulation->added_count++];
    cf_config_init(config);
    int code = cf_config_add_policy(config, path, NULL, options, err);
    json_decref(options);
    return code ? code : cf_engine_add_policy(simulation->engine, &config->policies[0], err);
}

void simulation_add_policy(struct simulation *simulation, const char *path, json_t *options)
{
    struct cf_error err = {0};
    if (simulation_try_policy(simulation, path, options, &err) != 0)
        fail_msg("%s", err.text);
}

void simulation_run_to(struct simulation *simulation, struct cf_span since_start)
{
    cf_loop_run_until(simulation->loop, (struct cf_mono){since_start.us});
}

void simulation_run_on(struct simulation *simulation, struct cf_span span)
{
    cf_loop_run_until(simulation->loop, cf_mono_add(cf_loop_now(simulation->loop), span));
}

void simulation_run(struct simulation *simulation)
{
    simulation_run_to(simulation, (struct cf_span){simulation->scenario->length_us});
}

void simulation_close(struct simulation *simulation)
{
    cf_engine_destroy(simulation->engine);
    cf_journal_queue_finish(&simulation->kept);
    cf_loop_run(simulation->loop);
    cf_loop_destroy(simulation->loop); /* asserts that nothing is left open */
    cf_scenario_destroy(simulation->scenario);
    cf_config_finish(&simulation->config);
    for (size_t i = 0; i < simulation->added_count; i++)
        cf_config_finish(&simulation->added[i]);
    cf_zones_release();
}

/* ---- Who is there ---- */

void person_init(struct cf_session *record, const char *user, int64_t uid)
{
    cf_session_init(record);
    cf_session_set_string(record, CF_FIELD_USER, user);
    cf_session_set_string(record, CF_FIELD_CLASS, "user");
    record->uid = uid;
    record->console = CF_TRI_NO;
}

void script_log_on(struct cf_script *script, struct cf_span at, uint32_t label, struct cf_session *record)
{
    const struct cf_event event = {.at_us = at.us, .kind = CF_EVENT_LOGON, .label = label, .logon = record};
    assert_int_equal(cf_script_add(script, &event, NULL), 0);
    cf_session_finish(record);
}

void simulation_log_on(struct simulation *simulation, uint32_t label, struct cf_session *record)
{
    const struct cf_event event = {.kind = CF_EVENT_LOGON, .label = label, .logon = record};
    assert_int_equal(cf_sim_apply(cf_engine_backend(simulation->engine), &event, NULL), 0);
    cf_session_finish(record);
}

int events_by_time(const void *left, const void *right)
{
    const struct cf_event *a = left, *b = right;
    return a->at_us != b->at_us ? (a->at_us > b->at_us) - (a->at_us < b->at_us)
                                : (a->label > b->label) - (a->label < b->label);
}
