#include "engine/answers/explain.h"

#include "base/i18n.h"
#include "base/text.h"
#include "calendar/calendar.h"
#include "engine/actions/action.h"
#include "engine/actions/pauses.h"
#include "engine/actions/postpone.h"
#include "engine/answers/explain_parts.h"
#include "engine/answers/metrics.h"
#include "engine/config/guards.h"
#include "engine/grounds/heeds.h"
#include "engine/readings/condition.h"
#include "engine/readings/doubts.h"
#include "session/json.h"

enum { DEADLINES = 5, LISTED = 100, NAMED = 10 /* of many that lack the same */, PAUSES_IN_LINE = 5 };

/* What concerns all sessions, gathered in one walk. */
struct survey {
    const struct cf_task *next[DEADLINES]; /* whose timers are the next, soonest first */
    json_t *unknown, *adrift, *missing, *vouched, *unreached, *doubted;
};

static void note_deadline(struct survey *survey, const struct cf_task *task)
{
    if (task->state != CF_TASK_WAITING || !cf_timer_is_set(&task->timer))
        return;
    for (int i = 0; i < DEADLINES && task; i++)
        if (!survey->next[i] || task->timer.key_us < survey->next[i]->timer.key_us) {
            const struct cf_task *later = survey->next[i];
            survey->next[i] = task;
            task = later;
        }
}

/* Waits for an idle time that nobody knows: nothing will come of it. */
static bool waits_in_vain(const struct cf_task *task, const struct cf_session *session)
{
    return task->state == CF_TASK_WAITING && task->wait.kind == CF_WAIT_IDLE &&
           !cf_mono_known(session->last_input);
}

/* Whose last sign of life was a `stay`. */
static void note_vouched(const struct cf_engine *engine, cf_session_key key, struct survey *survey)
{
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    struct cf_mono since, until, now = cf_loop_now(engine->loop);
    if (cf_engine_shows_life(engine, key, &since, &until) || json_array_size(survey->vouched) >= LISTED)
        return;
    (void)json_array_append_new(
        survey->vouched, json_pack("{s:s, s:s?, s:o, s:o, s:b}", "session", session->identity.id, "user",
                                   session->user, "since", cf_explain_at(engine, since), "until",
                                   cf_explain_at(engine, until), "counts", now.us < until.us));
}

/* Whom no warning reaches. */
static void note_unreached(const struct cf_session_state *state, const struct cf_session *session,
                           struct survey *survey)
{
    json_t *one = json_array_size(survey->unreached) < LISTED ? cf_explain_unreached(state) : NULL;
    if (!one)
        return;
    (void)json_object_set_new(one, "session", json_string(session->identity.id));
    (void)json_object_set_new(one, "user", cf_json_text(session->user));
    (void)json_array_append_new(survey->unreached, one);
}

/* Whose idle time is read from what is not to be relied on. */
static void note_doubted(const struct cf_engine *engine, cf_session_key key, struct survey *survey)
{
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    const struct cf_doubt *doubt = cf_session_state_of(engine, key)->doubt;
    if (!session->idle_doubt || !doubt || json_array_size(survey->doubted) >= LISTED)
        return;
    (void)json_array_append_new(survey->doubted,
                                json_pack("{s:s, s:s?, s:o, s:b, s:s}", "session", session->identity.id,
                                          "user", session->user, "since", cf_explain_at(engine, doubt->since),
                                          "long", doubt->long_told, "why", session->idle_doubt));
}

/* Adds a session to those in the list of which `key` says the same. */
static void note_alike(json_t *list, const char *key, const char *says, const struct cf_session *session)
{
    json_t *one = NULL;
    size_t index;
    json_array_foreach(list, index,
                       one) if (cf_text_equal(json_string_value(json_object_get(one, key)), says)) break;
    if (index == json_array_size(list)) {
        one = json_pack("{s:s, s:[], s:i}", key, says, "sessions", "count", 0);
        (void)json_array_append_new(list, one);
    }
    json_t *sessions = json_object_get(one, "sessions"), *number = json_object_get(one, "count");
    (void)json_integer_set(number, json_integer_value(number) + 1);
    if (json_array_size(sessions) < NAMED)
        (void)json_array_append_new(sessions, json_string(session->identity.id));
}

/* Waits for a session to be disconnected of which nobody knows whether it is. */
static bool waits_adrift(const struct cf_task *task, const struct cf_session *session)
{
    const uint64_t away = CF_FIELD_BIT(CF_FIELD_DISCONNECTED) | CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR);
    return task->state == CF_TASK_WAITING && session->disconnected == CF_TRI_UNKNOWN &&
           task->awaited.condition && cf_condition_fields(task->awaited.condition, task->session) & away;
}

static void look_around(const struct cf_engine *engine, struct survey *survey)
{
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        const struct cf_session *session = cf_registry_get(engine->registry, key);
        bool in_vain = false;
        for (const struct cf_task *task = cf_session_state_of(engine, key)->tasks; task; task = task->next) {
            note_deadline(survey, task);
            in_vain = in_vain || waits_in_vain(task, session);
            if (waits_adrift(task, session))
                note_alike(survey->adrift, "policy", cf_task_policy_name(task), session);
        }
        if (session->missing)
            note_alike(survey->missing, "why", session->missing, session);
        note_vouched(engine, key, survey);
        note_unreached(cf_session_state_of(engine, key), session, survey);
        note_doubted(engine, key, survey);
        if (in_vain && json_array_size(survey->unknown) < LISTED)
            (void)json_array_append_new(survey->unknown, json_string(session->identity.id));
    }
}

static json_t *deadlines(const struct cf_engine *engine, const struct survey *survey)
{
    json_t *list = json_array();
    for (int i = 0; i < DEADLINES && survey->next[i]; i++) {
        const struct cf_task *task = survey->next[i];
        const struct cf_session *session = cf_registry_get(engine->registry, task->session);
        (void)json_array_append_new(list, json_pack("{s:o, s:s, s:s?, s:s}", "at", cf_explain_when(task),
                                                    "policy", cf_task_policy_name(task), "session",
                                                    session ? session->identity.id : NULL, "says",
                                                    cf_explain_standing(task)));
    }
    return list;
}

/* How many sessions a policy selects; *ret_protected: an object, by the reason, of those it cannot touch. */
static size_t count_sessions(const struct cf_engine *engine, const struct cf_policy *policy,
                             json_t **ret_protected)
{
    size_t count = 0;
    *ret_protected = json_object();
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        const struct cf_session *session = cf_registry_get(engine->registry, key);
        const struct cf_watch *watch = policy->watches;
        while (watch && !cf_watch_means(watch, session))
            watch = watch->next;
        if (!watch)
            continue;
        count++;
        const char *why = cf_guard(engine->config, session);
        if (why)
            (void)json_object_set_new(
                *ret_protected, why,
                json_integer(json_integer_value(json_object_get(*ret_protected, why)) + 1));
    }
    return count;
}

json_t *cf_engine_protected(const struct cf_engine *engine, size_t policy, size_t *ret_sessions)
{
    json_t *reasons = NULL;
    *ret_sessions = count_sessions(engine, engine->policies[policy], &reasons);
    return reasons;
}

void cf_engine_warn(struct cf_engine *engine, const char *text)
{
    if (json_array_size(engine->warnings) < CF_ENGINE_WARNINGS)
        (void)json_array_append_new(engine->warnings, json_string(text));
}

static json_t *policies(const struct cf_engine *engine)
{
    json_t *list = json_array();
    for (size_t i = 0; i < engine->policy_count; i++) {
        const struct cf_policy *policy = engine->policies[i];
        const char *state = policy->set_aside ? N_("set aside")
                            : policy->held    ? N_("held")
                            : policy->resting ? N_("paused")
                                              : N_("at work");
        json_t *protected = NULL;
        json_int_t sessions = (json_int_t)count_sessions(engine, policy, &protected);
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "policy",
                                                    cf_policy_name(policy), "file", cf_policy_path(policy),
                                                    "mode", cf_explain_mode(policy), "state", state,
                                                    "sessions", sessions, "protected", protected));
    }
    return list;
}

static json_t *pauses(const struct cf_engine *engine)
{
    json_t *list = json_array();
    for (const struct cf_pause *pause = engine->pauses; pause; pause = pause->next)
        (void)json_array_append_new(list, json_pack("{s:s?, s:s, s:o}", "policy", pause->policy, "why",
                                                    pause->why, "until", cf_explain_instant(pause->until)));
    return list;
}

static void add_note(void *data, const char *text)
{
    char safe[CF_ERROR_SIZE];
    (void)cf_text_safe(text, safe, sizeof safe);
    (void)json_array_append_new(data, json_string(safe));
}

/* What should be known of the policies' days off. */
static json_t *days_off(const struct cf_engine *engine)
{
    json_t *list = json_array(), *notes;
    const char *policy, *note;
    const struct cf_calendar *calendar;
    for (size_t i = 0; (calendar = cf_engine_calendar(engine, i, &policy)) != NULL; i++) {
        size_t index;
        json_t *text;
        notes = json_array();
        cf_calendar_notes(calendar, cf_loop_wall(engine->loop), add_note, notes);
        json_array_foreach(notes, index, text)
        {
            note = json_string_value(text);
            (void)json_array_append_new(list, json_pack("{s:s, s:s}", "policy", policy, "text", note));
        }
        json_decref(notes);
    }
    return list;
}

json_t *cf_explain_status(const struct cf_engine *engine)
{
    struct survey survey = {.unknown = json_array(),
                            .adrift = json_array(),
                            .missing = json_array(),
                            .vouched = json_array(),
                            .unreached = json_array(),
                            .doubted = json_array()};
    look_around(engine, &survey);
    return json_pack(
        "{s:s, s:b, s:s, s:b, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:O}",
        "host", cf_engine_host_name(engine), "ready", engine->ready, "backend",
        engine->backend ? cf_backend_ops_of(engine->backend)->name : "none", "dry_run",
        engine->config->mode == CF_MODE_DRY, "sessions", (json_int_t)cf_registry_count(engine->registry),
        "waiting_logoffs", (json_int_t)cf_actions_waiting(engine), "policies", policies(engine), "pauses",
        pauses(engine), "deadlines", deadlines(engine, &survey), "idle_unknown", survey.unknown,
        "disconnected_unknown", survey.adrift, "missing", survey.missing, "idle_doubt", survey.doubted,
        "by_stay", survey.vouched, "unreached", survey.unreached, "guards", cf_config_guards(engine->config),
        "errors", cf_engine_errors(engine), "days_off", days_off(engine), "warnings", engine->warnings);
}

/* ---- In a line ---- */

static size_t count_warned(const struct cf_engine *engine)
{
    size_t count = 0;
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        const struct cf_task *task = cf_session_state_of(engine, key)->tasks;
        while (task && !cf_task_announces(task, key))
            task = task->next;
        count += task != NULL;
    }
    return count;
}

void cf_explain_line(const struct cf_engine *engine, struct cf_buffer *out)
{
    size_t sessions = cf_registry_count(engine->registry), warned = count_warned(engine),
           waiting = cf_actions_waiting(engine), paused = 0;
    cf_buffer_printf(out, "%zu session%s", sessions, sessions == 1 ? "" : "s");
    if (warned)
        cf_buffer_printf(out, "; %zu ha%s been warned", warned, warned == 1 ? "s" : "ve");
    if (waiting)
        cf_buffer_printf(out, "; %zu logoff%s for %s turn", waiting, waiting == 1 ? " waits" : "s wait",
                         waiting == 1 ? "its" : "their");
    for (const struct cf_pause *pause = engine->pauses; pause; pause = pause->next)
        if (paused++ < PAUSES_IN_LINE)
            cf_buffer_printf(out, "; %s rests (%s)", pause->policy ? pause->policy : "everything",
                             pause->why);
    if (paused > PAUSES_IN_LINE)
        cf_buffer_printf(out, "; %zu more rest", paused - PAUSES_IN_LINE);
    for (size_t i = 0; i < engine->policy_count; i++)
        if (engine->policies[i]->set_aside)
            cf_buffer_printf(out, "; %s is set aside", cf_policy_name(engine->policies[i]));
    if (engine->config->mode == CF_MODE_DRY)
        cf_buffer_puts(out, "; dry run");
}
