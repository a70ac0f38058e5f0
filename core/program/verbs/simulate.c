#include "base/i18n.h"
#include "engine/answers/explain.h"
#include "program/output/paragraph.h"
#include "program/output/terminal.h"
#include "program/setup/runtime.h"
#include "program/setup/settings.h"
#include "program/setup/simulated.h"

#include <string.h>

enum { OUT_BUFFER = 1 << 16, SLICES = 200 };

static const struct cf_option_group output = {
    "Output",
    (const struct cf_option[]){
        {"json", NULL, "one JSON object per line, the last one the summary, instead of the timeline"},
        {"quiet", NULL, "only the summary"},
        {"events", NULL, "do not run: print what happens on the simulated host, as --scenario reads it"},
        {0},
    },
};

static int print_line(void *data, const char *text, size_t length)
{
    FILE *out = data;
    return fwrite(text, 1, length, out) == length && fputc('\n', out) != EOF ? 0 : CF_FAILED;
}

static void take_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    struct cf_runtime *runtime = data;
    (void)session;
    cf_tally_event(cf_report_tally(runtime->report), event, cf_loop_now(runtime->loop));
}

/* As one wants to see what policies do, a configuration's dry run does not count here; `mode = "warn"` does.
 */
static void act(struct cf_config *config, const struct cf_args *args)
{
    if (args->operand_count)
        config->limits.share = 1; /* policies on trial: nobody is there to say `resume` */
    if (cf_args_has(args, "dry-run"))
        return;
    if (config->mode == CF_MODE_DRY)
        config->mode = CF_MODE_ACT;
    for (size_t i = 0; i < config->policy_count; i++) {
        if (config->policies[i].mode == CF_MODE_DRY)
            config->policies[i].mode = CF_MODE_ACT;
    }
}

/* ---- What policies could not do ---- */

/* Keeps, by policy and reason, how many sessions at a time it selected and could not touch, at most. */
static void look(const struct cf_engine *engine, json_t *most)
{
    const char *policy;
    for (size_t i = 0; (policy = cf_engine_policy_name(engine, i)); i++) {
        size_t sessions;
        const char *why;
        json_t *number, *reasons = cf_engine_protected(engine, i, &sessions),
                        *known = json_object_get(most, policy);
        if (!known)
            json_object_set_new(most, policy, known = json_object());
        json_object_foreach(reasons, why, number) if (json_integer_value(number) >
                                                      json_integer_value(json_object_get(known, why)))
            json_object_set(known, why, number);
        json_decref(reasons);
    }
}

static void tell_of(const json_t *most, const struct cf_engine *engine, FILE *out)
{
    const char *policy, *why;
    json_t *reasons, *number;
    json_object_foreach((json_t *)(uintptr_t)most, policy, reasons) json_object_foreach(reasons, why, number)
        cf_line(out, 2,
                cf_plural("%s could not touch %d session: %s", "%s could not touch %d sessions at a time: %s",
                          (int)json_integer_value(number)),
                policy, (int)json_integer_value(number), _(why));
    json_t *status = cf_explain_status(engine);
    size_t i;
    const json_t *pause;
    json_array_foreach(json_object_get(status, "pauses"), i, pause)
        cf_line(out, 2, _("%s is held, and did nothing more: %s"),
                json_string_value(json_object_get(pause, "policy")),
                json_string_value(json_object_get(pause, "why")));
    json_decref(status);
}

/* Runs the loop in slices, so that the timeline grows on a terminal and, where it goes elsewhere, progress
 * shows; at the end of each, looks whom policies cannot touch. */
static void play(const struct cf_runtime *runtime, int64_t length_us, FILE *out, bool quiet, json_t *most)
{
    bool watched = cf_terminal_is(out) && !quiet, progress = !watched && cf_terminal_is(stderr);
    int slices = SLICES;
    struct cf_mono start = cf_loop_now(runtime->loop);
    for (int i = 1; i <= slices && !cf_report_broken(runtime->report); i++) {
        int64_t until = i == slices ? length_us : length_us / slices * i;
        cf_loop_run_until(runtime->loop, cf_mono_add(start, (struct cf_span){until}));
        look(runtime->engine, most);
        if (watched)
            (void)fflush(out);
        if (progress)
            (void)fprintf(stderr, "\rsimulating: %3d %%%s", i * 100 / slices, i == slices ? "\r\033[K" : "");
    }
    cf_tally_end(cf_report_tally(runtime->report), cf_loop_now(runtime->loop));
}

static int run_simulated(const struct cf_args *args, const struct cf_simulated *simulated,
                         const struct cf_config *config, FILE *out, struct cf_error *err)
{
    bool json = cf_args_has(args, "json"), quiet = cf_args_has(args, "quiet");
    struct cf_runtime_setup setup = {
        .backend = &cf_sim_ops,
        .backend_setup = &simulated->sim,
        .config = config,
        .zone = simulated->zone,
        .is_virtual = true,
        .start = simulated->scenario->start,
        .report = {.out = out, .json = json, .quiet = quiet},
    };
    struct cf_runtime runtime;
    int code = cf_runtime_init(&runtime, &setup, err);
    if (code)
        return code;
    cf_sim_on_event(cf_engine_backend(runtime.engine), take_event, &runtime);
    if (!json) {
        char names[256];
        cf_say(out, "%s: %s%s", cf_settings_names(config, names, sizeof names), simulated->text,
               cf_settings_dry(config) ? "; dry run, (in brackets) what would be done" : "");
        (void)fputc('\n', out);
    }
    json_t *most = json_object();
    play(&runtime, simulated->scenario->length_us, out, quiet, most);
    if (!cf_report_broken(runtime.report)) {
        cf_report_summary(runtime.report);
        if (!json)
            tell_of(most, runtime.engine, out);
    }
    json_decref(most);
    cf_runtime_finish(&runtime);
    return CF_OK;
}

static int simulate(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_simulated simulated;
    struct cf_config config;
    if (cf_args_has(args, "events") && args->operand_count)
        return cf_error_set(err, CF_USAGE, _("--events runs no policy, but %s was given"), args->operands[0]);
    int code = cf_simulated_read(args, &simulated, err);
    if (code)
        return code;
    (void)setvbuf(out, NULL, _IOFBF, OUT_BUFFER);
    if (cf_args_has(args, "events")) {
        (void)cf_scenario_print(simulated.scenario, print_line, out);
    } else {
        code = cf_settings_read(args, NULL, &config, err);
        if (code == CF_OK) {
            act(&config, args);
            code = run_simulated(args, &simulated, &config, out, err);
            cf_config_finish(&config);
        }
    }
    cf_simulated_finish(&simulated);
    return code;
}

const struct cf_verb cf_verb_simulate = {
    .name = "simulate",
    .summary = "show what policies would do at a simulated office",
    .usage =
        (const char *const[]){
            "[--users N --days N --seed N | --scenario FILE] [OPTION]... POLICY.lua...",
            "[OPTION]... --config FILE",
            "[OPTION]... --events",
            NULL,
        },
    .about =
        "Plays days at an office, or a scenario, in virtual time, with the policies at work, and prints each "
        "of their decisions and a summary. Here they act for real on the simulated host, even where the "
        "configuration says dry run, unless --dry-run is given. Nothing outside the simulation is touched, "
        "and the same words give the same output.",
    .groups =
        (const struct cf_option_group *const[]){&cf_simulated_options, &cf_settings_options, &output, NULL},
    .most = CF_OPERANDS,
    .run = simulate,
};
