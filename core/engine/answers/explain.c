#include "engine/answers/explain.h"

#include "base/i18n.h"
#include "calendar/calendar.h"
#include "engine/actions/action.h"
#include "engine/actions/backoff.h"
#include "engine/actions/pauses.h"
#include "engine/actions/postpone.h"
#include "engine/answers/explain_condition.h"
#include "engine/answers/metrics.h"
#include "engine/config/guards.h"
#include "engine/grounds/heeds.h"
#include "engine/readings/doubts.h"
#include "session/json.h"

enum { DEADLINES = 5, LISTED = 100, PAUSES_IN_LINE = 5 };

/* ---- Small things ---- */

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *instant(struct cf_instant at)
{
    char text[CF_INSTANT_TEXT];
    return at.us == CF_NEVER.us ? json_null() : json_string(cf_instant_utc(at, text));
}

/* A monotonic time on the wall clock, as far as one can say today. */
static json_t *at(const struct cf_engine *engine, struct cf_mono time)
{
    if (!cf_mono_known(time))
        return json_null();
    struct cf_span away = {time.us - cf_loop_now(engine->loop).us};
    return instant(cf_instant_add(cf_loop_wall(engine->loop), away));
}

static const char *mode_name(const struct cf_policy *policy)
{
    static const char *const names[] = {
        [CF_MODE_ACT] = "act", [CF_MODE_WARN] = "warn", [CF_MODE_DRY] = "dry run"};
    return names[cf_policy_mode(policy)];
}

/* ---- Where a run stands ---- */

static const char *wait_words(const struct cf_task *task)
{
    switch (task->wait.kind) {
    case CF_WAIT_UNTIL:
    case CF_WAIT_APPOINTMENT:
        return cf_task_announces(task, task->session) ? N_("counts down to a time") : N_("waits for a time");
    case CF_WAIT_IDLE: return N_("waits until the session has been idle for long enough");
    case CF_WAIT_GROUND:
    case CF_WAIT_CONDITION: return N_("waits until its condition holds");
    case CF_WAIT_ANSWER: return N_("has asked the user, and waits for the answer");
    case CF_WAIT_LIFE:
        return cf_task_announces(task, task->session) ? N_("counts down: any activity ends that")
                                                      : N_("waits for activity");
    }
    return "";
}

static const char *state_words(const struct cf_task *task)
{
    switch (task->state) {
    case CF_TASK_WAITING: return wait_words(task);
    case CF_TASK_CONFIRMING: return N_("its wait is over, which is being confirmed by a fresh reading");
    case CF_TASK_ACTING: return N_("warns, or acts, at this moment");
    case CF_TASK_PARKED:
        return N_("would have logged the session off: dry run; begins again at any activity");
    case CF_TASK_QUEUED: return N_("waits for its turn to warn and log off: limits.logoffs_per_minute");
    case CF_TASK_SPARED: return N_("leaves the session alone for now, because a policy protects it");
    default: return N_("is about to begin, or leaves the session alone for a while");
    }
}

/* What can come at the time that is told, at the earliest. */
static const char *comes(const struct cf_task *task)
{
    const struct cf_session *session = cf_registry_get(task->engine->registry, task->session);
    const struct cf_notice *notice = cf_task_announces(task, task->session);
    if (task->state == CF_TASK_RESTING)
        return N_("it begins anew");
    if (notice && cf_mono_known(notice->promised) && notice->promised.us - task->timer.key_us <= CF_SECOND.us)
        return N_("the logoff");
    if (notice)
        return N_("the next warning");
    return session->disconnected == CF_TRI_YES
               ? N_("a warning, or at once the logoff of a session so long disconnected")
               : N_("a warning");
}

static json_t *when(const struct cf_task *task)
{
    if (task->state != CF_TASK_WAITING && task->state != CF_TASK_RESTING)
        return json_null();
    if (task->state == CF_TASK_WAITING && task->wait.kind == CF_WAIT_APPOINTMENT)
        return instant(task->wait.appointment);
    return cf_timer_is_set(&task->timer) ? at(task->engine, (struct cf_mono){task->timer.key_us})
                                         : json_null();
}

static void add_stay(json_t *told, const struct cf_session_state *state, const struct cf_policy *policy)
{
    (void)json_object_set_new(told, "stays_until",
                              at(state->engine, cf_stay_until(state, cf_policy_name(policy))));
    if (policy->config->stay.us > 0)
        (void)json_object_set_new(told, "stay", cf_json_span(policy->config->stay));
}

static json_t *tell_task(const struct cf_session_state *state, const struct cf_task *task)
{
    const struct cf_policy *policy = task->policy;
    const struct cf_notice *notice = cf_task_announces(task, task->session);
    const struct cf_heeds heeds = cf_task_heeds(task, task->session);
    bool waits = task->state == CF_TASK_WAITING || task->state == CF_TASK_CONFIRMING;
    json_t *told = json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:b}", "policy", cf_policy_name(policy),
                             "file", cf_policy_path(policy), "mode", mode_name(policy), "says",
                             state_words(task), "at", when(task), "activity", heeds.activity, "reconnect",
                             heeds.reconnect, "answer", heeds.answer);
    if (!json_is_null(json_object_get(told, "at")))
        (void)json_object_set_new(told, "comes", json_string(comes(task)));
    if (task->run && task->wait.line > 0)
        (void)json_object_set_new(told, "line", json_integer(task->wait.line));
    if (waits && task->awaited.condition)
        (void)json_object_set_new(told, "tests",
                                  cf_condition_explain(task->engine, task->awaited.condition, task->session));
    (void)json_object_set_new(told, "calendar", cf_calendars_explain(task));
    if (notice)
        (void)json_object_set_new(told, "announced", at(task->engine, notice->promised));
    if (task->state == CF_TASK_SPARED)
        (void)json_object_set_new(told, "spared", text_or_null(task->result_message));
    add_stay(told, state, policy);
    return told;
}

/* What of its warnings reached nobody; NULL: they do, or none was tried. */
static json_t *unreached(const struct cf_session_state *state)
{
    const struct cf_engine *engine = state->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, state->key);
    const struct cf_backoff *backoff = cf_backoff_of(state);
    return backoff ? json_pack("{s:o, s:I, s:o, s:o, s:b, s:s?}", "since", at(engine, backoff->since),
                               "tries", (json_int_t)backoff->tries, "last", at(engine, backoff->last), "next",
                               at(engine, cf_backoff_until(state)), "long", backoff->long_told, "why",
                               session->blocked)
                   : NULL;
}

/* ---- A session ---- */

/* Of all its watches, the one that comes nearest to meaning the session. */
static enum cf_tri is_watched(const struct cf_policy *policy, const struct cf_session *session)
{
    enum cf_tri nearest = CF_TRI_NO;
    for (const struct cf_watch *watch = policy->watches; watch; watch = watch->next) {
        enum cf_tri means = cf_selector_match(watch->selector, session);
        if (means == CF_TRI_YES)
            return means;
        if (means == CF_TRI_UNKNOWN)
            nearest = means;
    }
    return nearest;
}

static const char *absent_words(const struct cf_policy *policy, const struct cf_session *session)
{
    enum cf_tri only = cf_selector_match(policy->config->only, session),
                except = cf_selector_match_any(policy->config->except, session),
                watched = is_watched(policy, session);
    if (policy->set_aside)
        return N_("is set aside after failing three times in a row");
    if (cf_guard(policy->engine->config, session))
        return N_("leaves protected sessions alone");
    if (policy->held)
        return N_("is held: more sessions were about to end than its share of all");
    if (policy->resting)
        return N_("is paused");
    if (!session->identity.birth)
        return N_("leaves it alone, because nobody knows when it began");
    if (except != CF_TRI_NO)
        return except == CF_TRI_YES
                   ? N_("leaves it alone: its entry in the configuration excepts it")
                   : N_("leaves it alone: nobody knows whether its entry in the configuration excepts it");
    if (only != CF_TRI_YES)
        return only == CF_TRI_NO
                   ? N_("leaves it alone: its entry in the configuration is for others only")
                   : N_("leaves it alone: nobody knows whether its entry in the configuration is for it");
    return watched == CF_TRI_UNKNOWN ? N_("leaves it alone: nobody knows whether it means this session")
                                     : N_("does not apply to this session");
}

/* A run that is not of this session has warned it: one of another's, of an event or at an appointment. */
static json_t *tell_visitor(const struct cf_session_state *state, const struct cf_notice *notice)
{
    const struct cf_policy *policy = notice->task->policy;
    const struct cf_heeds heeds = cf_task_heeds(notice->task, state->key);
    json_t *told =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:b, s:b}", "policy", cf_policy_name(policy), "file",
                  cf_policy_path(policy), "mode", mode_name(policy), "says",
                  N_("has announced its end, in a run that is not about it alone"), "at", json_null(),
                  "announced", at(state->engine, notice->promised), "activity", heeds.activity, "reconnect",
                  heeds.reconnect, "answer", heeds.answer);
    if (notice->task->wait.line > 0)
        (void)json_object_set_new(told, "line", json_integer(notice->task->wait.line));
    add_stay(told, state, policy);
    return told;
}

static void tell_policy(json_t *list, const struct cf_session_state *state, const struct cf_policy *policy)
{
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    bool told = false;
    for (const struct cf_task *task = state->tasks; task; task = task->next)
        if (task->policy == policy) {
            (void)json_array_append_new(list, tell_task(state, task));
            told = true;
        }
    for (const struct cf_notice *notice = cf_notice_queue_open(state); notice; notice = notice->behind)
        if (notice->told && notice->task->policy == policy && notice->task->session != state->key) {
            (void)json_array_append_new(list, tell_visitor(state, notice));
            told = true;
        }
    if (!told && policy->watches)
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:s, s:s}", "policy", cf_policy_name(policy), "file",
                                              cf_policy_path(policy), "says", absent_words(policy, session)));
}

static json_t *protectors(const struct cf_engine *engine, const struct cf_session *session)
{
    json_t *list = json_array();
    for (size_t i = 0; i < engine->policy_count; i++)
        for (const struct cf_veto *veto = engine->policies[i]->vetoes; veto; veto = veto->next)
            if (cf_selector_match(veto->selector, session) != CF_TRI_NO) {
                (void)json_array_append_new(list, json_string(cf_policy_name(veto->policy)));
                break;
            }
    return list;
}

json_t *cf_explain_session(const struct cf_engine *engine, cf_session_key key)
{
    const struct cf_session_state *state = cf_session_state_of(engine, key);
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    if (!state || !session)
        return NULL;
    struct cf_span idle = cf_session_span(session, CF_FIELD_IDLE, cf_loop_now(engine->loop));
    idle.us -= cf_span_known(idle) ? idle.us % CF_SECOND.us : 0;
    json_t *policies = json_array();
    for (size_t i = 0; i < engine->policy_count; i++)
        tell_policy(policies, state, engine->policies[i]);
    return json_pack("{s:s, s:s?, s:s?, s:o, s:o, s:b, s:o?, s:o, s:o}", "session", session->identity.id,
                     "name", session->name, "user", session->user, "idle", cf_json_span(idle), "protected",
                     text_or_null(cf_guard(engine->config, session)), "ending", state->ending != NULL,
                     "unreached", unreached(state), "protectors", protectors(engine, session), "policies",
                     policies);
}

/* ---- The engine ---- */

/* What concerns all sessions, gathered in one walk. */
struct survey {
    const struct cf_task *next[DEADLINES]; /* whose timers are the next, soonest first */
    json_t *unknown, *vouched, *unreached, *doubted;
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
    (void)json_array_append_new(survey->vouched,
                                json_pack("{s:s, s:s?, s:o, s:o, s:b}", "session", session->identity.id,
                                          "user", session->user, "since", at(engine, since), "until",
                                          at(engine, until), "counts", now.us < until.us));
}

/* Whom no warning reaches. */
static void note_unreached(const struct cf_session_state *state, const struct cf_session *session,
                           struct survey *survey)
{
    json_t *one = json_array_size(survey->unreached) < LISTED ? unreached(state) : NULL;
    if (!one)
        return;
    (void)json_object_set_new(one, "session", json_string(session->identity.id));
    (void)json_object_set_new(one, "user", text_or_null(session->user));
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
                                          "user", session->user, "since", at(engine, doubt->since), "long",
                                          doubt->long_told, "why", session->idle_doubt));
}

static void look_around(const struct cf_engine *engine, struct survey *survey)
{
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));) {
        const struct cf_session *session = cf_registry_get(engine->registry, key);
        bool in_vain = false;
        for (const struct cf_task *task = cf_session_state_of(engine, key)->tasks; task; task = task->next) {
            note_deadline(survey, task);
            in_vain = in_vain || waits_in_vain(task, session);
        }
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
        (void)json_array_append_new(
            list, json_pack("{s:o, s:s, s:s?, s:s}", "at", when(task), "policy", cf_task_policy_name(task),
                            "session", session ? session->identity.id : NULL, "says", state_words(task)));
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
                                                    "mode", mode_name(policy), "state", state, "sessions",
                                                    sessions, "protected", protected));
    }
    return list;
}

static json_t *pauses(const struct cf_engine *engine)
{
    json_t *list = json_array();
    for (const struct cf_pause *pause = engine->pauses; pause; pause = pause->next)
        (void)json_array_append_new(list, json_pack("{s:s?, s:s, s:o}", "policy", pause->policy, "why",
                                                    pause->why, "until", instant(pause->until)));
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
    struct survey survey = {
        .unknown = json_array(), .vouched = json_array(), .unreached = json_array(), .doubted = json_array()};
    look_around(engine, &survey);
    return json_pack("{s:s, s:b, s:s, s:b, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:O}",
                     "host", cf_engine_host_name(engine), "ready", engine->ready, "backend",
                     engine->backend ? cf_backend_ops_of(engine->backend)->name : "none", "dry_run",
                     engine->config->mode == CF_MODE_DRY, "sessions",
                     (json_int_t)cf_registry_count(engine->registry), "waiting_logoffs",
                     (json_int_t)cf_actions_waiting(engine), "policies", policies(engine), "pauses",
                     pauses(engine), "deadlines", deadlines(engine, &survey), "idle_unknown", survey.unknown,
                     "idle_doubt", survey.doubted, "by_stay", survey.vouched, "unreached", survey.unreached,
                     "guards", cf_config_guards(engine->config), "errors", cf_engine_errors(engine),
                     "days_off", days_off(engine), "warnings", engine->warnings);
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
