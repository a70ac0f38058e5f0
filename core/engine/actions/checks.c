#include "engine/actions/checks.h"

#include "engine/actions/backoff.h"
#include "engine/actions/postpone.h"
#include "engine/config/guards.h"
#include "engine/grounds/pace.h"

#define CF_PATIENCE cf_seconds(5) /* how long a logoff may wait for its warning to be old enough */

#define SLACK CF_SECOND /* a promise is kept when it is kept to the second */

const char *cf_check_allowed(const struct cf_action *action)
{
    const struct cf_session_state *state = cf_session_state_of(action->engine, action->session);
    const struct cf_session *session = cf_registry_get(action->engine->registry, action->session);
    if (!session->identity.birth)
        return "nobody knows when the session began, so it may be another one by now";
    if (state->ending && state->ending != action)
        return "it is being logged off already";
    if (!action->tell && cf_mono_known(cf_stay_until(state, action->policy)))
        return "its user asked to stay";
    return cf_guard(action->engine->config, session);
}

const char *cf_check_possible(const struct cf_action *action)
{
    if (action->engine->can->actions[action->kind])
        return NULL;
    return action->kind == CF_ACTION_DISCONNECT ? "this host cannot disconnect a session"
                                                : "this host cannot do that to a session";
}

bool cf_check_is_so_already(const struct cf_action *action)
{
    const struct cf_session *session = cf_registry_get(action->engine->registry, action->session);
    return (action->kind == CF_ACTION_LOCK && session->locked == CF_TRI_YES) ||
           (action->kind == CF_ACTION_DISCONNECT && session->disconnected == CF_TRI_YES);
}

/* ---- Its warning ---- */

/* Whether the logoff may do without one, as its script says. Without the entry's word, of a session that has
 * been disconnected for as long as a warning would have to stand. */
static bool may_go_unwarned(const struct cf_action *action)
{
    const struct cf_session *session = cf_registry_get(action->engine->registry, action->session);
    return action->task->policy->config->unwarned || cf_disconnected_long(action->engine, session);
}

static bool disconnected_throughout(const struct cf_task *task, const struct cf_session *session)
{
    return cf_disconnected_long(task->engine, session) && session->disconnected_since.us <= task->started.us;
}

/* What the run has shown lacks, whatever its script says; *ret_until as in cf_check_warned. */
static const char *lack_of_warning(const struct cf_task *task, cf_session_key key, struct cf_mono *ret_until)
{
    const struct cf_engine *engine = task->engine;
    struct cf_mono now = cf_loop_now(engine->loop);
    const struct cf_notice *notice = cf_notice_of(task, key);
    if (notice && notice->missed)
        return "a warning reached nobody";
    if (!notice || !cf_span_known(notice->seen)) {
        if (disconnected_throughout(task, cf_registry_get(engine->registry, key)))
            return NULL;
        return notice ? "its warning waited behind another's" : "nobody was warned";
    }
    if (!notice->told)
        return "its warning was taken back";
    struct cf_mono promised = notice->promised;
    if (cf_mono_known(promised) && now.us > promised.us + CF_ANNOUNCED_LATE.us)
        return "the time that the warning announced is long past";
    if (cf_mono_known(promised) && now.us + SLACK.us < promised.us) {
        /* A small step of the clock brought the end of a run that goes by it nearer: it keeps its promise. */
        if (promised.us - now.us <= (task->on_wall ? CF_CLOCK_SMALL.us : CF_PATIENCE.us))
            *ret_until = promised;
        return "the warning promised more time";
    }
    int64_t wanting = engine->config->limits.notice.us - notice->seen.us;
    if (!cf_mono_known(notice->since))
        return wanting > 0 ? "its warning stood behind another's for too long" : NULL;
    if (now.us - notice->since.us < wanting) {
        if (notice->since.us + wanting - now.us <= CF_PATIENCE.us)
            ret_until->us = notice->since.us + wanting;
        return "the warning is too young: limits.notice wants it older";
    }
    return NULL;
}

const char *cf_check_warned(const struct cf_action *action, struct cf_mono *ret_until)
{
    *ret_until = CF_MONO_UNKNOWN;
    const char *lack = lack_of_warning(action->task, action->session, ret_until);
    if (!lack || (action->unwarned && may_go_unwarned(action)))
        return NULL;
    if (!action->unwarned)
        return lack;
    *ret_until = CF_MONO_UNKNOWN;
    return "nobody was warned, and the session is not disconnected: that takes unwarned = true in the policy's entry";
}

/* Of a session that none reaches it has the tries. */
bool cf_check_is_told(const struct cf_action *action)
{
    return !cf_notices_missed(action->task, action->session) ||
           cf_backoff_tells(cf_session_state_of(action->engine, action->session));
}

/* ---- Its grounds, and its place ---- */

const char *cf_check_grounds(const struct cf_action *action, char text[CF_GROUND_TEXT])
{
    struct cf_task *task = action->task;
    const char *why = NULL;
    for (unsigned i = 0; !why && i < task->ground_count; i++)
        why = cf_ground_fails(task, &task->grounds[i], text);
    return why;
}

bool cf_check_can_queue(const struct cf_action *action)
{
    return action->task->kind == CF_TASK_OF_SESSION && action->session == action->task->session;
}

bool cf_check_is_crowded(const struct cf_action *action)
{
    struct cf_span ahead = cf_span_known(action->left) ? action->left : cf_pace_ahead(action->task);
    return !cf_notice_of(action->task, action->session) && cf_check_can_queue(action) &&
           cf_span_known(ahead) && !cf_pace_has_place(action->task, ahead);
}
