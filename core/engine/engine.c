#include "engine/engine.h"

#include "base/log.h"
#include "base/memory.h"
#include "engine/actions/allowance.h"
#include "engine/actions/backoff.h"
#include "engine/actions/ends.h"
#include "engine/actions/logon_refusal.h"
#include "engine/actions/manual.h"
#include "engine/actions/pauses.h"
#include "engine/actions/postpone.h"
#include "engine/actions/share.h"
#include "engine/config/guards.h"
#include "engine/grounds/pace.h"
#include "engine/readings/cpu_load.h"
#include "engine/readings/doubts.h"
#include "engine/readings/early.h"
#include "engine/readings/input.h"
#include "engine/runs/calendars.h"
#include "engine/runs/events.h"
#include "engine/runs/schedules.h"
#include "engine/runs/steps.h"
#include "engine/runs/wait.h"

#include <stdlib.h>

/* ---- Sessions come, change and go ---- */

/* Whatever is there for the session but its tasks, readings and actions, which have ended. */
static void destroy_state(struct cf_session_state *state)
{
    cf_doubt_finish(state);
    cf_input_end(state);
    cf_notice_queue_end(state);
    cf_backoff_end(state);
    cf_postpone_finish(state);
    cf_ends_finish(state);
    cf_readings_finish(state);
    free(state->load);
    free(state);
}

static void on_session(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    struct cf_engine *engine = data;
    void **slot = cf_registry_slot(engine->registry, key);
    struct cf_session_state *state = *slot;
    switch (change) {
    case CF_SESSION_ADDED:
        *slot = state = cf_alloc(sizeof *state);
        *state = (struct cf_session_state){.engine = engine, .key = key, .vouched = CF_MONO_UNKNOWN};
        cf_doubt_changed(state);
        cf_early_begin(state, fields);
        cf_hooks_session(state, change);
        cf_vetoes_rehearse(state);
        cf_tasks_match(state, ~UINT64_C(0));
        break;
    case CF_SESSION_CHANGED:
        cf_backoff_changed(state, fields);
        if (fields & CF_FIELD_BIT(CF_FIELD_IDLE_DOUBT))
            cf_doubt_changed(state);
        cf_input_changed(state, fields);
        if (fields & engine->match_fields)
            cf_tasks_match(state, fields);
        cf_hooks_session(state, change);
        cf_tasks_changed(state, fields);
        cf_input_renew(state);
        break;
    case CF_SESSION_GONE:
        state->gone = true;
        cf_detached_session_gone(state);
        cf_hooks_session(state, change);
        cf_actions_session_gone(state);
        for (size_t i = 0; i < engine->policy_count; i++)
            cf_allowance_session_gone(engine->policies[i], key);
        cf_manual_session_gone(state);
        cf_ends_session_gone(state);
        cf_early_end(state);
        cf_readings_end(state);
        cf_tasks_end(state);
        destroy_state(state);
        *slot = NULL;
        break;
    }
    cf_views_changed(engine, key, fields, change != CF_SESSION_CHANGED);
}

/* ---- What the back end reports ---- */

static void on_listing(void *data, bool done)
{
    struct cf_engine *engine = data;
    cf_registry_listing(engine->registry, done);
    if (!done || engine->ready)
        return;
    engine->ready = true;
    if (engine->on_host)
        engine->on_host(engine->on_host_data, NULL);
}

static void on_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    cf_registry_seen(((struct cf_engine *)data)->registry, session, fields);
}

static void on_gone(void *data, const struct cf_identity *identity)
{
    cf_registry_gone(((struct cf_engine *)data)->registry, identity);
}

static void on_answered(void *data, uint64_t id, bool yes)
{
    cf_notices_answered(data, id, yes);
}

static void on_reachable(void *data, const struct cf_error *err)
{
    struct cf_engine *engine = data;
    if (err)
        cf_log(CF_LOG_ERROR, "the host cannot be reached: %s", err->text);
    else
        cf_log(CF_LOG_NOTICE, "the host can be reached again");
    for (cf_session_key key = 0; !err && (key = cf_registry_next(engine->registry, key));)
        cf_backoff_again(cf_session_state_of(engine, key));
    if (!err)
        cf_logon_refusal_retry(engine);
    if (engine->on_host)
        engine->on_host(engine->on_host_data, err);
}

static void on_completed(void *data, const struct cf_completion *completion)
{
    (void)cf_calls_complete(((struct cf_engine *)data)->calls, completion);
}

/* ---- Policies ---- */

struct loaded {
    struct cf_policy **policies;
    size_t count;
};

static void destroy_policy(struct cf_policy *policy)
{
    cf_share_finish(policy);
    cf_allowance_finish(&policy->actions);
    cf_logon_refusal_forget(policy);
    cf_calendars_drop(policy);
    cf_schedules_destroy(policy);
    cf_policy_destroy(policy);
}

static void unload(struct loaded *loaded)
{
    for (size_t i = 0; i < loaded->count; i++)
        destroy_policy(loaded->policies[i]);
    free(loaded->policies);
    *loaded = (struct loaded){0};
}

/* Adds one; its mistakes become a line more of *err. */
static int load(struct cf_engine *engine, const struct cf_policy_config *config, struct loaded *loaded,
                struct cf_error *err)
{
    struct cf_error own = {0};
    struct cf_policy *policy = cf_policy_create(engine, config);
    int code = cf_policy_load(policy, &own);
    if (code != 0) {
        destroy_policy(policy);
        cf_error_add(err, &own);
        return code;
    }
    loaded->policies = cf_grow(loaded->policies, loaded->count, sizeof(struct cf_policy *));
    loaded->policies[loaded->count++] = policy;
    return 0;
}

static int load_all(struct cf_engine *engine, const struct cf_config *config, struct loaded *ret_loaded,
                    struct cf_error *err)
{
    if (err)
        *err = (struct cf_error){0};
    struct loaded loaded = {0};
    int result = 0;
    for (size_t i = 0; i < config->policy_count; i++) {
        int code = load(engine, &config->policies[i], &loaded, err);
        if (result == 0)
            result = code;
    }
    if (result == 0)
        *ret_loaded = loaded;
    else
        unload(&loaded);
    return result;
}

static void put_in_force(struct cf_engine *engine, struct loaded loaded, const struct cf_config *config)
{
    engine->policies = loaded.policies;
    engine->policy_count = loaded.count;
    if (engine->config != config)
        (void)json_array_clear(engine->warnings);
    engine->config = config;
    engine->match_fields = cf_guard_fields(config);
    engine->translates = false;
    for (size_t i = 0; i < loaded.count; i++) {
        loaded.policies[i]->fields = cf_policy_fields(loaded.policies[i]);
        engine->match_fields |= loaded.policies[i]->fields;
        engine->translates = engine->translates || loaded.policies[i]->translates;
    }
    cf_hooks_apply(engine);
    cf_vetoes_apply(engine);
    cf_pauses_apply(engine);
}

static void match_all(struct cf_engine *engine)
{
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        cf_early_begin(cf_session_state_of(engine, key), 0);
        cf_vetoes_rehearse(cf_session_state_of(engine, key));
        cf_tasks_match(cf_session_state_of(engine, key), ~UINT64_C(0));
    }
}

int cf_engine_add_policy(struct cf_engine *engine, const struct cf_policy_config *config,
                         struct cf_error *err)
{
    if (err)
        *err = (struct cf_error){0};
    struct loaded loaded = {engine->policies, engine->policy_count};
    int code = load(engine, config, &loaded, err);
    if (code != 0)
        return code;
    put_in_force(engine, loaded, engine->config);
    match_all(engine);
    return 0;
}

static int load_anew(struct cf_engine *engine, const struct cf_config *config, const char *reason,
                     struct cf_error *err)
{
    struct loaded loaded, old = {engine->policies, engine->policy_count};
    int code = load_all(engine, config, &loaded, err);
    if (code != 0)
        return code;
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        cf_backoff_again(cf_session_state_of(engine, key));
        cf_tasks_end(cf_session_state_of(engine, key));
    }
    cf_detached_end(engine, NULL);
    put_in_force(engine, loaded, config);
    unload(&old);
    struct cf_entry entry = {.what = CF_WHAT_RESTART, .text = reason};
    cf_engine_write(engine, &entry, NULL, NULL);
    match_all(engine);
    return 0;
}

int cf_engine_reload(struct cf_engine *engine, const struct cf_config *config, struct cf_error *err)
{
    return load_anew(engine, config, "the configuration was loaded again", err);
}

int cf_engine_set_zone(struct cf_engine *engine, const struct cf_zone *zone, const char *reason,
                       struct cf_error *err)
{
    engine->setup.zone = zone;
    return load_anew(engine, engine->config, reason, err);
}

/* ---- What its parts tell it ---- */

static void on_cpu_read(struct cf_session_state *state)
{
    cf_cpu_load_note(state, cf_registry_get(state->engine->registry, state->key)->cpu);
}

/* Vetoes look back that far: waits that were set before that was known are set again. */
static void on_load_window(struct cf_engine *engine)
{
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));)
        for (struct cf_task *task = cf_session_state_of(engine, key)->tasks; task; task = task->next)
            cf_wait_set_again(task);
}

/* Ends what the resting ones had begun, starts what those begin that rest no longer. */
static void on_rest(struct cf_engine *engine)
{
    for (size_t i = 0; i < engine->policy_count; i++)
        if (engine->policies[i]->resting) {
            cf_detached_end(engine, engine->policies[i]);
            cf_logon_refusal_forget(engine->policies[i]);
        }
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));)
        cf_tasks_match(cf_session_state_of(engine, key), ~UINT64_C(0));
}

static struct cf_task *ask_veto(struct cf_policy *policy, uint64_t function, cf_session_key session)
{
    return cf_detached_start(policy, CF_TASK_VETO, function, session);
}

static const struct cf_engine_sink sink = {
    .held_up = cf_engine_restart,
    .cpu_read = on_cpu_read,
    .load_window = on_load_window,
    .rest = on_rest,
    .ask_veto = ask_veto,
    .end_detached = cf_detached_destroy,
    .lets_go = cf_schedule_lets_go,
    .announces_less = cf_share_changed,
    .refuse = cf_action_refuse,
    .show_again = cf_action_again,
    .show = cf_action_show,
    .put_back = cf_action_put_back,
    .drop = cf_action_drop,
};

/* ---- Life ---- */

static int open_backend(struct cf_engine *engine, struct cf_error *err)
{
    const struct cf_backend_sink backend_sink = {.data = engine,
                                                 .listing = on_listing,
                                                 .seen = on_seen,
                                                 .gone = on_gone,
                                                 .answered = on_answered,
                                                 .reachable = on_reachable,
                                                 .completed = on_completed};
    const struct cf_backend_ops *ops = engine->setup.backend;
    int code = ops->open(engine->loop, &backend_sink, engine->setup.backend_setup, &engine->backend, err);
    if (code != 0)
        return code;
    engine->can = ops->capabilities(engine->backend);
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++) {
        uint64_t bit = CF_FIELD_BIT(field);
        engine->sampled |= engine->can->fields[field] >= CF_SUPPLY_SAMPLED ? bit : 0;
        engine->tellable |= engine->can->fields[field] == CF_SUPPLY_TOLD ? bit : 0;
    }
    cf_calls_attach(engine->calls, engine->backend);
    cf_loop_on_clock(engine->loop, cf_engine_clock_changed, engine);
    cf_logon_refusal_retry(engine);
    return 0;
}

int cf_engine_create(const struct cf_engine_setup *setup, struct cf_engine **ret_engine, struct cf_error *err)
{
    struct cf_engine *engine = cf_alloc(sizeof *engine);
    engine->sink = &sink;
    engine->setup = *setup;
    engine->config = setup->config;
    engine->loop = setup->loop;
    engine->entries = setup->last_entry;
    engine->decisions = setup->last_decision;
    engine->calls = cf_calls_create(setup->loop);
    engine->warnings = json_array();
    engine->registry = cf_registry_create(cf_loop_clock(setup->loop), on_session, engine);
    engine->policy_host = setup->policy_host->create();
    engine->store = setup->store ? setup->store : cf_store_create();
    cf_pauses_init(engine);
    cf_logon_refusal_init(engine);
    struct loaded loaded = {0};
    int code = load_all(engine, setup->config, &loaded, err);
    if (code == 0)
        put_in_force(engine, loaded, setup->config);
    if (code == 0 && setup->backend)
        code = open_backend(engine, err);
    if (code != 0) {
        cf_engine_destroy(engine);
        return code;
    }
    *ret_engine = engine;
    return 0;
}

void cf_engine_destroy(struct cf_engine *engine)
{
    if (!engine)
        return;
    engine->closing = true;
    cf_loop_on_clock(engine->loop, NULL, NULL);
    if (engine->backend)
        cf_backend_ops_of(engine->backend)->close(engine->backend);
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        struct cf_session_state *state = cf_session_state_of(engine, key);
        cf_early_end(state);
        cf_readings_end(state);
        cf_tasks_end(state);
    }
    cf_actions_destroy(engine);
    cf_detached_end(engine, NULL);
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));)
        destroy_state(cf_session_state_of(engine, key));
    cf_pauses_finish(engine);
    cf_pace_finish(engine);
    cf_inputs_finish(engine);
    cf_allowance_finish(&engine->allowances);
    cf_meters_finish(&engine->meters);
    json_decref(engine->warnings);
    unload(&(struct loaded){engine->policies, engine->policy_count});
    cf_logon_refusal_finish(engine);
    engine->setup.policy_host->destroy(engine->policy_host);
    if (!engine->setup.store)
        cf_store_destroy(engine->store);
    cf_calls_destroy(engine->calls);
    cf_registry_destroy(engine->registry);
    free(engine);
}

/* ---- What others may know ---- */

const struct cf_registry *cf_engine_registry(const struct cf_engine *engine)
{
    return engine->registry;
}

struct cf_backend *cf_engine_backend(const struct cf_engine *engine)
{
    return engine->backend;
}

void cf_engine_on_host(struct cf_engine *engine, void (*fn)(void *data, const struct cf_error *err),
                       void *data)
{
    engine->on_host = fn;
    engine->on_host_data = data;
}
