#include "engine/answers/explain_parts.h"

#include "base/i18n.h"
#include "engine/actions/backoff.h"
#include "engine/grounds/heeds.h"
#include "session/json.h"

json_t *cf_explain_instant(struct cf_instant at)
{
    char text[CF_INSTANT_TEXT];
    return at.us == CF_NEVER.us ? json_null() : json_string(cf_instant_utc(at, text));
}

/* A monotonic time on the wall clock, as far as one can say today. */
json_t *cf_explain_at(const struct cf_engine *engine, struct cf_mono time)
{
    if (!cf_mono_known(time))
        return json_null();
    struct cf_span away = {time.us - cf_loop_now(engine->loop).us};
    return cf_explain_instant(cf_instant_add(cf_loop_wall(engine->loop), away));
}

const char *cf_explain_mode(const struct cf_policy *policy)
{
    static const char *const names[] = {
        [CF_MODE_ACT] = "act", [CF_MODE_WARN] = "warn", [CF_MODE_DRY] = "dry run"};
    return names[cf_policy_mode(policy)];
}

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

const char *cf_explain_standing(const struct cf_task *task)
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

json_t *cf_explain_when(const struct cf_task *task)
{
    if (task->state != CF_TASK_WAITING && task->state != CF_TASK_RESTING)
        return json_null();
    if (task->state == CF_TASK_WAITING && task->wait.kind == CF_WAIT_APPOINTMENT)
        return cf_explain_instant(task->wait.appointment);
    return cf_timer_is_set(&task->timer) ? cf_explain_at(task->engine, (struct cf_mono){task->timer.key_us})
                                         : json_null();
}

/* What of its warnings reached nobody; NULL: they do, or none was tried. */
json_t *cf_explain_unreached(const struct cf_session_state *state)
{
    const struct cf_engine *engine = state->engine;
    const struct cf_backoff *backoff = cf_backoff_of(state);
    return backoff
               ? json_pack("{s:o, s:I, s:o, s:o, s:b, s:s?}", "since", cf_explain_at(engine, backoff->since),
                           "tries", (json_int_t)backoff->tries, "last", cf_explain_at(engine, backoff->last),
                           "next", cf_explain_at(engine, cf_backoff_until(state)), "long", backoff->long_told,
                           "why", cf_backoff_why(state))
               : NULL;
}
