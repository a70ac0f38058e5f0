#include "engine/acts/checks.h"

#include "engine/acts/backoff.h"
#include "engine/acts/stays.h"
#include "engine/config/guards.h"
#include "engine/grounds/pace.h"

const char *cf_check_allowed(const struct cf_act *act)
{
    const struct cf_presence *presence = cf_presence_of(act->engine, act->session);
    const struct cf_session *session = cf_registry_get(act->engine->registry, act->session);
    if (!session->identity.birth)
        return "nobody knows when the session began, so it may be another one by now";
    if (presence->ending && presence->ending != act)
        return "it is being logged off already";
    if (!act->tell && cf_mono_known(cf_stay_until(presence, act->policy)))
        return "its user asked to stay";
    return cf_guard(act->engine->config, session);
}

const char *cf_check_possible(const struct cf_act *act)
{
    if (act->engine->can->actions[act->action])
        return NULL;
    return act->action == CF_ACTION_DISCONNECT ? "this host cannot disconnect a session"
                                               : "this host cannot do that to a session";
}

bool cf_check_is_so_already(const struct cf_act *act)
{
    const struct cf_session *session = cf_registry_get(act->engine->registry, act->session);
    return (act->action == CF_ACTION_LOCK && session->locked == CF_TRI_YES) ||
           (act->action == CF_ACTION_DISCONNECT && session->disconnected == CF_TRI_YES);
}

/* ---- Its warning ---- */

/* Whether the logoff may do without one, as its script says. Without the entry's word, of a session that has
 * been disconnected for as long as a warning would have to stand. */
static bool may_go_unwarned(const struct cf_act *act)
{
    const struct cf_session *session = cf_registry_get(act->engine->registry, act->session);
    return act->task->policy->config->unwarned || cf_disconnected_long(act->engine, session);
}

const char *cf_check_warned(const struct cf_act *act, struct cf_mono *ret_until)
{
    *ret_until = CF_MONO_UNKNOWN;
    const char *lack = cf_notices_lack(act->task, act->session, ret_until);
    if (!lack || (act->unwarned && may_go_unwarned(act)))
        return NULL;
    if (!act->unwarned)
        return lack;
    *ret_until = CF_MONO_UNKNOWN;
    return "nobody was warned, and the session is not disconnected: that takes unwarned = true in the policy's entry";
}

/* Of a session that none reaches it has the tries. */
bool cf_check_is_told(const struct cf_act *act)
{
    return !cf_notices_missed(act->task, act->session) ||
           cf_backoff_tells(cf_presence_of(act->engine, act->session));
}

/* ---- Its grounds, and its place ---- */

const char *cf_check_grounds(const struct cf_act *act, char text[CF_GROUND_TEXT])
{
    struct cf_task *task = act->task;
    const char *why = NULL;
    for (unsigned i = 0; !why && i < task->ground_count; i++)
        why = cf_ground_fails(task, &task->grounds[i], text);
    return why;
}

bool cf_check_can_queue(const struct cf_act *act)
{
    return act->task->kind == CF_TASK_OF_SESSION && act->session == act->task->session;
}

bool cf_check_is_crowded(const struct cf_act *act)
{
    struct cf_span ahead = cf_span_known(act->left) ? act->left : cf_pace_ahead(act->task);
    return !cf_notice_of(act->task, act->session) && cf_check_can_queue(act) && cf_span_known(ahead) &&
           !cf_pace_has_place(act->task, ahead);
}
