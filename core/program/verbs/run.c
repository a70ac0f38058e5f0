#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/config/config_values.h"
#include "program/setup/calendars.h"
#include "program/setup/control_server.h"
#include "program/setup/hosts.h"
#include "program/setup/logons.h"
#include "program/setup/manager.h"
#include "program/setup/names.h"
#include "program/setup/places.h"
#include "program/setup/refusals.h"
#include "program/setup/reloads.h"
#include "program/setup/runtime.h"
#include "program/setup/settings.h"
#include "program/setup/simulated.h"
#include "program/setup/state.h"
#include "program/setup/warn_command.h"
#include "program/setup/zones.h"
#include "program/verbs.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <unistd.h>
#endif

enum { SPEED = 10000 }; /* above, a moment's delay passes for a host that slept */

static const struct cf_option_group how = {
    "How it runs",
    (const struct cf_option[]){
        {"backend", "BACKEND", "which host's sessions: logind (the default on Linux), sim"},
        {"no-dry-run", NULL, "act: policies named on the command line only watch otherwise"},
        {"speed", "X", "sim: how many times as fast as real time (1)"},
        {"state", "FOLDER",
         "where the journal and what policies keep are (/var/lib/curfew, where there is one)"},
        {"socket", "PATH",
         "where it answers `why`, `status`, `stay` and the like (" CF_CONTROL_PLACE "; sim: nowhere)"},
        {"json", NULL, "one JSON object per line instead of the timeline"},
        {0},
    },
};

/* What is asked of `run`, read and checked. */
struct order {
    const struct cf_backend_ops *backend;
    struct cf_config configs[2]; /* the one in force, and room for the next */
    int in_force;
    struct cf_simulated simulated; /* sim only */
    char **warn_command;           /* of the first configuration; real hosts only; NULL: none */
    const struct cf_zone *zone;
    double speed;
    const char *state; /* folder; NULL: nothing outlives this run */
    char *store;       /* the file of what policies keep; NULL: in memory */
    bool is_simulated;
};

enum { SIGNALS = 3 };

/* A run that signals end, or make load its configuration again. */
struct running {
    struct cf_runtime runtime;
    struct cf_control_server *server;
    struct cf_reloads reloads;
    struct cf_manager *manager;    /* NULL: none */
    struct cf_zone_follower zones; /* real hosts only */
    struct cf_calendar_follower calendars;
    struct order *order;
    const struct cf_args *args;
    uv_signal_t signals[SIGNALS];
    struct cf_names *names;
    struct cf_timer over; /* the scenario has come to its end */
};

static int read_speed(const struct cf_args *args, double *ret_speed, struct cf_error *err)
{
    const char *text = cf_args_value(args, "speed");
    char *end = NULL;
    double speed = text ? strtod(text, &end) : 1;
    if (text && (*end || !(speed > 0 && speed <= SPEED)))
        return cf_error_set(err, CF_USAGE, _("--speed %s: give a number above 0 and up to %d"), text, SPEED);
    *ret_speed = speed;
    return CF_OK;
}

static int read_host(const struct cf_args *args, struct order *order, struct cf_error *err)
{
    static const char *const speed[] = {"speed", NULL};
    int code = cf_backend_find(cf_args_value(args, "backend"), &order->backend, err);
    if (code)
        return code;
    order->is_simulated = order->backend == &cf_sim_ops;
    if (!order->is_simulated) {
        code = cf_simulated_refuse(args, err);
        if (code == CF_OK)
            code = cf_args_refuse(args, speed, CF_SIM_ONLY, err);
        return code ? code : cf_zones_of_engine(&order->zone, err);
    }
    code = read_speed(args, &order->speed, err);
    if (code == CF_OK)
        code = cf_simulated_read(args, &order->simulated, err);
    order->zone = order->simulated.zone;
    return code;
}

/* Sessions that are simulated leave nothing behind unless that is asked for. */
static int read_state(const struct cf_args *args, struct order *order, struct cf_error *err)
{
    const char *folder = cf_args_value(args, "state");
    if (folder && !cf_state_is_writable(folder))
        return cf_error_set(err, CF_USAGE,
                            _("--state %s: there is no such folder, or curfew may not write to it"), folder);
    if (!folder && !order->is_simulated) {
        folder = cf_state_is_writable(cf_usual_state()) ? cf_usual_state() : NULL;
        if (!folder)
            cf_log(CF_LOG_NOTICE,
                   "the journal and what policies keep are lost at a restart: %s is not a folder that curfew "
                   "can write to",
                   cf_usual_state());
    }
    if (folder && cf_state_trust(folder, err) != CF_OK)
        return CF_REFUSED;
    order->state = folder;
    struct cf_buffer path = {0};
    if (folder)
        cf_buffer_printf(&path, "%s/store.json", folder);
    order->store = path.data;
    return CF_OK;
}

static bool is_ordinary_user(void)
{
#ifdef _WIN32
    return false; /* who may end others' sessions there is not looked at yet */
#else
    return geteuid() != 0;
#endif
}

/* What is done to people can be looked up. root is warned only: its journal is missing for a while, not for
 * lack of a place. */
static int require_journal(const struct order *order, const struct cf_config *config, struct cf_error *err)
{
    if (order->state || !is_ordinary_user() || cf_settings_dry(config))
        return CF_OK;
    return cf_error_set(err, CF_REFUSED,
                        _("there is no journal to write, and without one nothing is done to sessions: curfew "
                          "cannot write to %s; give --state FOLDER (mkdir -m 700 FOLDER makes one), or "
                          "--dry-run, which does nothing"),
                        cf_usual_state());
}

/* Sessions that are simulated are anybody's to end. */
static int read_config(const struct cf_args *args, const struct order *order, struct cf_config *ret_config,
                       struct cf_error *err)
{
    int code = cf_settings_read(args, cf_usual_config(), ret_config, err);
    if (code == CF_OK && args->operand_count && !cf_args_has(args, "no-dry-run"))
        ret_config->mode = CF_MODE_DRY;
    if (code != CF_OK || order->is_simulated)
        return code;
    ret_config->trusted_only = ret_config->path || !cf_settings_dry(ret_config);
    code = cf_settings_trust(ret_config, err);
    if (code == CF_OK)
        code = require_journal(order, ret_config, err);
    if (code != CF_OK)
        cf_config_finish(ret_config);
    return code;
}

static int read_order(const struct cf_args *args, struct order *order, struct cf_error *err)
{
    static const char *const both[] = {"dry-run", NULL}, *const acting[] = {"no-dry-run", NULL};
    int code = CF_OK;
    if (cf_args_has(args, "no-dry-run"))
        code = cf_args_refuse(args, both, N_("contradicts --no-dry-run"), err);
    if (code == CF_OK && !args->operand_count)
        code = cf_args_refuse(
            args, acting, N_("is for policies named here; in a configuration, write dry_run = false"), err);
    if (code == CF_OK)
        code = read_host(args, order, err);
    if (code)
        return code;
    code = read_state(args, order, err);
    if (code == CF_OK)
        code = read_config(args, order, &order->configs[0], err);
    if (code) {
        cf_simulated_finish(&order->simulated);
        free(order->store);
    }
    return code;
}

/* Loudly, since it looks as if all were well. */
static void warn_of_nothing(const struct cf_config *config)
{
    if (!config->policy_count)
        cf_log(CF_LOG_WARNING,
               "%s: NO POLICIES: nobody will ever be warned or logged off; name one in `policies`",
               config->path ? config->path : "the configuration");
}

static void announce(const struct order *order)
{
    warn_of_nothing(&order->configs[order->in_force]);
    char names[256];
    const struct cf_config *config = &order->configs[order->in_force];
    cf_log(CF_LOG_NOTICE, "%s at work on %s%s%s%s", cf_settings_names(config, names, sizeof names),
           order->backend->name, order->is_simulated ? ": " : "",
           order->is_simulated ? order->simulated.text : "",
           cf_settings_dry(config) ? "; dry run, (in brackets) what would be done" : "");
}

static void warn_of_config(void *data, const char *text)
{
    const struct running *running = data;
    cf_log(CF_LOG_WARNING, "%s", text);
    cf_engine_warn(running->runtime.engine, text);
}

static void know_administrators(void *data, const int64_t *gids, size_t count)
{
    const struct running *running = data;
    if (running->server)
        cf_control_server_set_administrators(running->server, gids, count);
}

/* What the configuration in force names, and rests on, that this host may lack. */
static void look_around(struct running *running)
{
    const struct order *order = running->order;
    const struct cf_names_setup setup = {
        .loop = running->runtime.loop,
        .config = &order->configs[order->in_force],
        .engine = running->runtime.engine,
        .simulated = order->is_simulated,
        .look_up = cf_name_on_host,
        .tell = warn_of_config,
        .tell_administrators = know_administrators,
        .data = running,
    };
    cf_names_stop(running->names);
    running->names = cf_names_start(&setup);
    if (!order->is_simulated)
        cf_refusals_check(setup.config, warn_of_config, running);
}

static void end_scenario(struct cf_timer *timer)
{
    cf_loop_stop(timer->data);
}

static void end(uv_signal_t *handle, int number)
{
    struct running *running = handle->data;
    (void)number;
    cf_loop_stop(running->runtime.loop);
}

/* The new configuration is read, and its policies are loaded, before the old one goes. */
static int load_next(struct running *running, struct cf_error *err)
{
    struct order *order = running->order;
    struct cf_config *next = &order->configs[!order->in_force];
    cf_zone_follower_look(&running->zones);
    int code = read_config(running->args, order, next, err);
    if (code == CF_OK) {
        code = cf_engine_reload(running->runtime.engine, next, err);
        cf_config_finish(code == CF_OK ? &order->configs[order->in_force] : next);
    }
    if (code != CF_OK)
        return code;
    order->in_force = !order->in_force;
    cf_zone_follower_look(&running->zones); /* at those of its policies, too, from now on */
    cf_calendar_follower_update(&running->calendars);
    announce(order);
    look_around(running);
    cf_calendars_warn(&running->runtime);
    return CF_OK;
}

static int reload(void *data, struct cf_error *err)
{
    struct running *running = data;
    cf_manager_reloading(running->manager);
    int code = load_next(running, err);
    cf_manager_reloaded(running->manager);
    if (code == CF_OK)
        return CF_OK;
    cf_log_error(err);
    cf_log(CF_LOG_WARNING, "the configuration in force stays in force");
    return code;
}

static void on_hangup(uv_signal_t *handle, int number)
{
    struct running *running = handle->data;
    (void)number;
    cf_reloads_ask(&running->reloads, NULL);
}

static void on_manager(void *data)
{
    struct running *running = data;
    cf_reloads_ask(&running->reloads, NULL);
}

static void on_request(void *data, struct cf_control_call *call)
{
    struct running *running = data;
    cf_reloads_ask(&running->reloads, call);
}

static void catch_signals(struct running *running)
{
    static const struct {
        int number;
        uv_signal_cb act;
    } known[SIGNALS] = {{SIGINT, end}, {SIGTERM, end}, {SIGHUP, on_hangup}};
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_t *handle = &running->signals[i];
        int code = uv_signal_init(cf_loop_uv(running->runtime.loop), handle);
        handle->data = running;
        if (code == 0 && uv_signal_start(handle, known[i].act, known[i].number) == 0)
            uv_unref((uv_handle_t *)handle);
    }
}

static void release_signals(struct running *running)
{
    for (size_t i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&running->signals[i], NULL);
}

static void host_changed(void *data, const struct cf_error *err)
{
    const struct running *running = data;
    if (err) {
        cf_log(CF_LOG_WARNING, "the host is out of reach: %s", err->text);
        return;
    }
    cf_outcomes_settle(running->runtime.outcomes, running->runtime.engine);
    cf_manager_ready(running->manager);
}

/* Listens where it was told to; where nobody said so, being unable to is no reason not to work. */
static int serve(struct running *running, struct cf_error *err)
{
    const struct order *order = running->order;
    const char *path = cf_args_value(running->args, "socket");
    if (!path && order->is_simulated)
        return CF_OK;
    const struct cf_control_server_setup setup = {
        .engine = running->runtime.engine,
        .path = path ? path : CF_CONTROL_PLACE,
        .state = order->state,
        .writer = running->runtime.writer,
        .reload = on_request,
        .data = running,
    };
    struct cf_error why;
    int code = cf_control_server_create(&setup, &running->server, path ? err : &why);
    if (code == CF_OK && !path) /* so no other is at work */
        cf_logons_clean();
    if (code == CF_OK || path)
        return code;
    cf_log(CF_LOG_WARNING, "nobody can ask this curfew anything: %s", why.text);
    return CF_OK;
}

static int work(struct order *order, const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_runtime_setup setup = {
        .backend = order->backend,
        .backend_setup = order->is_simulated ? &order->simulated.sim : NULL,
        .config = &order->configs[0],
        .zone = order->zone,
        .is_virtual = order->is_simulated,
        .start = order->is_simulated ? order->simulated.scenario->start : (struct cf_instant){0},
        .speed = order->speed,
        .store = order->store,
        .state = order->state,
        .mirrored = !order->is_simulated,
        .report = {.out = out, .json = cf_args_has(args, "json"), .prompt = true, .outcomes = true},
    };
    struct cf_warn_command around = {order->backend, NULL, (const char *const *)order->warn_command};
    if (order->warn_command) {
        setup.backend = &cf_warn_command_ops;
        setup.backend_setup = &around;
    }
    struct running running = {.order = order, .args = args};
    int code = cf_runtime_init(&running.runtime, &setup, err);
    if (code)
        return code;
    cf_engine_on_host(running.runtime.engine, host_changed, &running);
    struct cf_loop *loop = running.runtime.loop;
    cf_reloads_init(&running.reloads, loop, reload, &running);
    code = serve(&running, err);
    if (code) {
        cf_runtime_finish(&running.runtime);
        return code;
    }
    if (!order->is_simulated)
        cf_zone_follower_init(&running.zones, &running.runtime);
    cf_calendar_follower_init(&running.calendars, &running.runtime);
    const struct cf_manager_setup manager = {.loop = loop,
                                             .engine = running.runtime.engine,
                                             .writer = running.runtime.writer,
                                             .reload = on_manager,
                                             .data = &running};
    running.manager = cf_manager_create(&manager);
    catch_signals(&running);
    announce(order);
    look_around(&running);
    cf_calendars_warn(&running.runtime);
    running.over = (struct cf_timer){.fire = end_scenario, .data = loop};
    if (order->is_simulated)
        cf_timer_set(loop, &running.over,
                     cf_mono_add(cf_loop_now(loop), (struct cf_span){order->simulated.scenario->length_us}));
    cf_loop_run(loop);
    cf_manager_stopping(running.manager);
    cf_timer_stop(loop, &running.over);
    release_signals(&running);
    cf_names_stop(running.names);
    cf_reloads_finish(&running.reloads);
    cf_control_server_destroy(running.server);
    cf_zone_follower_finish(&running.zones);
    cf_calendar_follower_finish(&running.calendars);
    cf_manager_destroy(running.manager);
    cf_runtime_finish(&running.runtime);
    return CF_OK;
}

static int run(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct order order = {0};
    int code = read_order(args, &order, err);
    if (code)
        return code;
    if (!order.is_simulated) { /* it outlives that configuration */
        order.warn_command = order.configs[0].warn_command;
        order.configs[0].warn_command = NULL;
    }
    code = work(&order, args, out, err);
    cf_config_free_names(order.warn_command);
    cf_config_finish(&order.configs[order.in_force]);
    cf_simulated_finish(&order.simulated);
    free(order.store);
    return code;
}

const struct cf_verb cf_verb_run = {
    .name = "run",
    .summary = "put policies to work on this host",
    .usage =
        (const char *const[]){
            "[--config FILE] [OPTION]...",
            "[--no-dry-run] [OPTION]... POLICY.lua...",
            "--backend sim [--speed X] [OPTION]... POLICY.lua...",
            NULL,
        },
    .about =
        "Watches this host's sessions and puts the policies to work on them until it is interrupted (Ctrl-C, "
        "SIGTERM), "
        "printing each decision as it is made; on SIGHUP it loads its configuration again, unless that has "
        "mistakes. Without arguments it goes by the usual configuration, "
#ifdef _WIN32
        "%ProgramData%\\curfew\\curfew.lua"
#else
        "/etc/curfew/curfew.lua"
#endif
        ", whose dry_run holds. Policies named on the command line are a dry run unless --no-dry-run is "
        "given.",
    .groups =
        (const struct cf_option_group *const[]){&how, &cf_settings_options, &cf_simulated_options, NULL},
    .most = CF_OPERANDS,
    .run = run,
};
