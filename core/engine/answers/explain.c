#include "engine/answers/explain.h"

#include "base/i18n.h"
#include "engine/actions/postpone.h"
#include "engine/answers/explain_condition.h"
#include "engine/answers/explain_parts.h"
#include "engine/config/guards.h"
#include "engine/grounds/heeds.h"
#include "engine/grounds/notice_queue.h"
#include "session/json.h"

/* ---- A run ---- */

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

static void add_stay(json_t *told, const struct cf_session_state *state, const struct cf_policy *policy)
{
    (void)json_object_set_new(told, "stays_until",
                              cf_explain_at(state->engine, cf_stay_until(state, cf_policy_name(policy))));
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
                             "file", cf_policy_path(policy), "mode", cf_explain_mode(policy), "says",
                             cf_explain_standing(task), "at", cf_explain_when(task), "activity",
                             heeds.activity, "reconnect", heeds.reconnect, "answer", heeds.answer);
    if (!json_is_null(json_object_get(told, "at")))
        (void)json_object_set_new(told, "comes", json_string(comes(task)));
    if (task->run && task->wait.line > 0)
        (void)json_object_set_new(told, "line", json_integer(task->wait.line));
    if (waits && task->awaited.condition)
        (void)json_object_set_new(told, "tests",
                                  cf_condition_explain(task->engine, task->awaited.condition, task->session));
    (void)json_object_set_new(told, "calendar", cf_calendars_explain(task));
    if (notice)
        (void)json_object_set_new(told, "announced", cf_explain_at(task->engine, notice->promised));
    if (task->state == CF_TASK_SPARED)
        (void)json_object_set_new(told, "spared", cf_json_text(task->result_message));
    add_stay(told, state, policy);
    return told;
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
                  cf_policy_path(policy), "mode", cf_explain_mode(policy), "says",
                  N_("has announced its end, in a run that is not about it alone"), "at", json_null(),
                  "announced", cf_explain_at(state->engine, notice->promised), "activity", heeds.activity,
                  "reconnect", heeds.reconnect, "answer", heeds.answer);
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
            if (cf_veto_may_mean(veto, session)) {
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
    return json_pack("{s:s, s:s?, s:s?, s:o, s:s?, s:o, s:b, s:o?, s:o, s:o}", "session",
                     session->identity.id, "name", session->name, "user", session->user, "idle",
                     cf_json_span(idle), "missing", session->missing, "protected",
                     cf_json_text(cf_guard(engine->config, session)), "ending", state->ending != NULL,
                     "unreached", cf_explain_unreached(state), "protectors", protectors(engine, session),
                     "policies", policies);
}
