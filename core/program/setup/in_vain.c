#include "program/setup/in_vain.h"

#include "base/text.h"
#include "engine/answers/explain.h"
#include "program/setup/hosts.h"
#include "sim/sim.h"

#include <string.h>

static void write_nothing(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data, (void)entry, (void)kept, (void)context;
}

static const struct cf_journal nowhere = {.write = write_nothing};

/* ---- The same sessions on a simulated host ---- */

static bool is_desktop(const struct cf_session *session)
{
    return cf_text_equal(session->type, "x11") || cf_text_equal(session->type, "wayland");
}

/* It begins at this moment, and so does all that is timed. */
static void add_session(struct cf_script *script, uint32_t label, const struct cf_session *session)
{
    struct cf_session record;
    cf_session_init(&record);
    cf_session_copy(&record, session);
    bool unknown = !cf_mono_known(session->last_input) && !is_desktop(session);
    cf_session_set_string(&record, CF_FIELD_IDLE_SOURCE, unknown ? "unknown" : NULL);
    const struct cf_event event = {.kind = CF_EVENT_LOGON, .label = label, .logon = &record};
    (void)cf_script_add(script, &event, NULL);
    cf_session_finish(&record);
}

static struct cf_scenario *same_sessions(const struct cf_registry *sessions, const char **ret_host)
{
    struct cf_clock clock;
    uint32_t label = 0;
    cf_clock_init_system(&clock);
    struct cf_script *script = cf_script_create(cf_clock_wall(&clock));
    *ret_host = NULL;
    for (cf_session_key key = 0; (key = cf_registry_next(sessions, key)) != 0;) {
        const struct cf_session *session = cf_registry_get(sessions, key);
        *ret_host = session->identity.host;
        add_session(script, label++, session);
    }
    return cf_script_finish(script, CF_MINUTE.us);
}

/* ---- What is said of them ---- */

/* "3, c5 and 12 more". */
static void add_names(struct cf_buffer *text, const json_t *names, size_t count)
{
    size_t index;
    const json_t *name;
    json_array_foreach(names, index, name)
        cf_buffer_printf(text, "%s%s", index ? ", " : "", json_string_value(name));
    if (count > json_array_size(names))
        cf_buffer_printf(text, " and %zu more", count - json_array_size(names));
}

static void tell_all(const json_t *status, void (*tell)(void *data, const char *text), void *data)
{
    const json_t *unknown = json_object_get(status, "idle_unknown"), *one;
    size_t index;
    json_array_foreach(json_object_get(status, "disconnected_unknown"), index, one)
    {
        struct cf_buffer text = {0};
        cf_buffer_printf(&text,
                         "policies.%s ends none of these that are logged on here, since nobody knows whether "
                         "they are disconnected: session ",
                         json_string_value(json_object_get(one, "policy")));
        add_names(&text, json_object_get(one, "sessions"),
                  (size_t)json_integer_value(json_object_get(one, "count")));
        tell(data, text.data);
        cf_buffer_finish(&text);
    }
    if (json_array_size(unknown)) {
        struct cf_buffer text = {0};
        cf_buffer_puts(&text,
                       "no policy that goes by idle time ends these that are logged on here, since nobody "
                       "knows theirs: session ");
        add_names(&text, unknown, json_array_size(unknown));
        tell(data, text.data);
        cf_buffer_finish(&text);
    }
}

void cf_in_vain_check(const struct cf_config *config, const struct cf_registry *sessions,
                      void (*tell)(void *data, const char *text), void *data)
{
    struct cf_engine *engine = NULL;
    struct cf_loop *loop = NULL;
    struct cf_error err;
    struct cf_sim_setup sim = {.bare = true};
    struct cf_scenario *scenario = same_sessions(sessions, &sim.host);
    sim.scenario = scenario;
    struct cf_engine_setup setup = {.backend = &cf_sim_ops,
                                    .backend_setup = &sim,
                                    .policy_host = cf_scripts,
                                    .config = config,
                                    .journal = &nowhere,
                                    .zone = cf_zone_utc(),
                                    .policy_folder = cf_policy_folder()};
    if (cf_loop_create_virtual(scenario->start, 0, &loop, &err) == CF_OK) {
        setup.loop = loop;
        if (cf_engine_create(&setup, &engine, &err) == CF_OK) { /* what does not load was told */
            cf_loop_run_until(loop, (struct cf_mono){CF_SECOND.us});
            json_t *status = cf_explain_status(engine);
            tell_all(status, tell, data);
            json_decref(status);
        }
        cf_engine_destroy(engine);
        cf_loop_run(loop);
        cf_loop_destroy(loop);
    }
    cf_scenario_destroy(scenario);
}
