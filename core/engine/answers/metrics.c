#include "engine/answers/metrics.h"

#include "base/memory.h"
#include "engine/actions/action.h"
#include "engine/actions/backoff.h"

#include <stdlib.h>
#include <string.h>

json_t *cf_engine_errors(const struct cf_engine *engine)
{
    json_t *list = json_array();
    size_t count = engine->meters.failure_count;
    for (size_t i = 0; i < CF_METERS_FAILURES && i < count; i++) {
        const struct cf_failure *failure = &engine->meters.failures[(count - 1 - i) % CF_METERS_FAILURES];
        char at[CF_INSTANT_TEXT];
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:s?, s:s?}", "at", cf_instant_utc(failure->at, at),
                                              "policy", failure->policy, "reason", failure->text));
    }
    return list;
}

/* ---- Prometheus' text ---- */

static void head(struct cf_buffer *out, const char *name, const char *type, const char *help)
{
    cf_buffer_printf(out, "# HELP curfew_%s %s\n# TYPE curfew_%s %s\n", name, help, name, type);
}

static void line(struct cf_buffer *out, const char *name, const char *label, const char *value, double number)
{
    cf_buffer_printf(out, "curfew_%s{%s=\"%s\"} %.17g\n", name, label, value, number);
}

static void single(struct cf_buffer *out, const char *name, const char *type, const char *help, double number)
{
    head(out, name, type, help);
    cf_buffer_printf(out, "curfew_%s %.17g\n", name, number);
}

static void add_policy(struct cf_buffer *out, const char *policy)
{
    cf_buffer_puts(out, "policy=");
    cf_buffer_label(out, policy);
}

static void add_sessions(const struct cf_engine *engine, struct cf_buffer *out)
{
    enum { ALL, ACTIVE, LOCKED, DISCONNECTED, IDLE_UNKNOWN, UNREACHED, STATES };
    static const char *const names[STATES] = {"all",          "active",       "locked",
                                              "disconnected", "idle_unknown", "unreached"};
    size_t counts[STATES] = {0};
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        const struct cf_session *session = cf_registry_get(engine->registry, key);
        counts[ALL]++;
        counts[ACTIVE] += session->active == CF_TRI_YES;
        counts[LOCKED] += session->locked == CF_TRI_YES;
        counts[DISCONNECTED] += session->disconnected == CF_TRI_YES;
        counts[IDLE_UNKNOWN] += !cf_mono_known(session->last_input);
        counts[UNREACHED] += cf_backoff_of(cf_session_state_of(engine, key)) != NULL;
    }
    head(out, "sessions", "gauge", "Sessions on the host; one may be in several states.");
    for (int i = 0; i < STATES; i++)
        line(out, "sessions", "state", names[i], (double)counts[i]);
}

static void add_decisions(const struct cf_engine *engine, struct cf_buffer *out)
{
    head(out, "decisions_total", "counter", "Entries of the journal, by what was decided.");
    for (const struct cf_meter *meter = engine->meters.first; meter; meter = meter->next)
        for (int what = 0; what < 2 * CF_WHAT_COUNT; what++) {
            bool dry = what >= CF_WHAT_COUNT;
            enum cf_what kind = (enum cf_what)(what % CF_WHAT_COUNT);
            uint64_t count = dry ? meter->would_have[kind] : meter->told[kind];
            if (!count)
                continue;
            cf_buffer_puts(out, "curfew_decisions_total{");
            add_policy(out, meter->policy);
            cf_buffer_printf(out, ",what=\"%s\",dry_run=\"%s\"} %llu\n", cf_what_name(kind),
                             dry ? "true" : "false", (unsigned long long)count);
        }
    head(out, "refusals_total", "counter", "What policies asked for and did not get, by the kind of reason.");
    for (const struct cf_meter *meter = engine->meters.first; meter; meter = meter->next)
        for (int reason = 0; reason < CF_METER_REASONS; reason++)
            if (meter->refused[reason]) {
                cf_buffer_puts(out, "curfew_refusals_total{");
                add_policy(out, meter->policy);
                cf_buffer_printf(out, ",reason=\"%s\"} %llu\n", cf_code_name(-reason),
                                 (unsigned long long)meter->refused[reason]);
            }
}

static void add_policies(const struct cf_engine *engine, struct cf_buffer *out)
{
    head(out, "policy_at_work", "gauge", "0 while a policy is paused, held, or set aside.");
    for (size_t i = 0; i < engine->policy_count; i++) {
        const struct cf_policy *policy = engine->policies[i];
        cf_buffer_puts(out, "curfew_policy_at_work{");
        add_policy(out, cf_policy_name(policy));
        cf_buffer_printf(out, "} %d\n", !policy->set_aside && !policy->resting);
    }
    head(out, "policy_held", "gauge",
         "1 while a policy is held for its share of all sessions, until somebody says `curfew resume`.");
    for (size_t i = 0; i < engine->policy_count; i++) {
        cf_buffer_puts(out, "curfew_policy_held{");
        add_policy(out, cf_policy_name(engine->policies[i]));
        cf_buffer_printf(out, "} %d\n", engine->policies[i]->held);
    }
}

static void add_requests(const struct cf_engine *engine, struct cf_buffer *out)
{
    head(out, "host_requests_total", "counter", "Requests of the host that were answered, or given up.");
    for (int action = 0; action < CF_ACTION_COUNT; action++)
        line(out, "host_requests_total", "action", cf_action_name((enum cf_action_kind)action),
             (double)cf_calls_tally(engine->calls, (enum cf_action_kind)action)->count);
    head(out, "host_requests_failed_total", "counter", "Those that failed.");
    for (int action = 0; action < CF_ACTION_COUNT; action++)
        line(out, "host_requests_failed_total", "action", cf_action_name((enum cf_action_kind)action),
             (double)cf_calls_tally(engine->calls, (enum cf_action_kind)action)->failed);
    head(out, "host_request_seconds_total", "counter", "The time that the host took for them.");
    for (int action = 0; action < CF_ACTION_COUNT; action++)
        line(out, "host_request_seconds_total", "action", cf_action_name((enum cf_action_kind)action),
             (double)cf_calls_tally(engine->calls, (enum cf_action_kind)action)->us / 1e6);
}

void cf_engine_metrics(const struct cf_engine *engine, struct cf_buffer *out)
{
    const struct cf_engine_counts *counts = &engine->counts;
    add_sessions(engine, out);
    add_policies(engine, out);
    add_decisions(engine, out);
    add_requests(engine, out);
    single(out, "runs_total", "counter", "Runs of policies begun.", (double)counts->starts);
    single(out, "failed_runs_total", "counter", "Runs and actions that failed.", (double)counts->failed);
    single(out, "wakeups_total", "counter", "Times that a script was resumed.", (double)counts->resumes);
    single(out, "evaluations_total", "counter", "Conditions asked by scripts.", (double)counts->evaluations);
    single(out, "confirmations_total", "counter", "Due waits that asked for a fresh reading.",
           (double)counts->confirmations);
    single(out, "readings_total", "counter", "Readings asked of the host.", (double)counts->refreshes);
    single(out, "script_readings_total", "counter", "Those of fields that scripts read by themselves.",
           (double)counts->looks);
    single(out, "watches_total", "counter",
           "Times that the host was asked to tell of a session's next input.", (double)counts->watches);
    single(out, "samples_total", "counter", "Readings at a pace, where the host cannot tell of input.",
           (double)counts->samples);
    single(out, "waiting_logoffs", "gauge", "Logoffs that wait for their turn.",
           (double)cf_actions_waiting(engine));
}
