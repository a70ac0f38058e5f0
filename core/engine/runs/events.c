/* What runs once for an event of a session. */
#include "engine/runs/events.h"

#include "base/memory.h"
#include "engine/task.h"

void cf_policy_on(struct cf_policy *policy, enum cf_policy_event event, uint64_t function)
{
    struct cf_hook *hook = cf_alloc(sizeof *hook);
    *hook = (struct cf_hook){.policy = policy, .event = event, .function = function};
    *policy->hooks_end = hook;
    policy->hooks_end = &hook->next;
}

void cf_hooks_apply(struct cf_engine *engine)
{
    struct cf_hook **ends[CF_POLICY_EVENTS];
    for (int event = 0; event < CF_POLICY_EVENTS; event++)
        *(ends[event] = &engine->hooks[event]) = NULL;
    for (size_t i = 0; i < engine->policy_count; i++)
        for (struct cf_hook *hook = engine->policies[i]->hooks; hook; hook = hook->next) {
            hook->next_of_event = NULL;
            *ends[hook->event] = hook;
            ends[hook->event] = &hook->next_of_event;
        }
}

static void happen(struct cf_engine *engine, cf_session_key key, enum cf_policy_event event)
{
    struct cf_departed *departed = NULL;
    for (const struct cf_hook *hook = engine->hooks[event]; hook; hook = hook->next_of_event) {
        engine->counts.visits++;
        if (hook->policy->resting)
            continue;
        (void)cf_detached_start(hook->policy, CF_TASK_ONCE, hook->function, key);
        if (event != CF_EVENT_OF_LOGOFF)
            continue;
        if (!departed)
            departed = cf_departed_keep(engine, key);
        departed->tasks++;
    }
}

static void turned(struct cf_session_state *state, enum cf_tri *was, enum cf_tri now, enum cf_policy_event on,
                   enum cf_policy_event off)
{
    if (now != *was && now == CF_TRI_YES)
        happen(state->engine, state->key, on);
    else if (now == CF_TRI_NO && *was == CF_TRI_YES)
        happen(state->engine, state->key, off);
    *was = now;
}

void cf_hooks_session(struct cf_session_state *state, enum cf_session_change change)
{
    struct cf_engine *engine = state->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, state->key);
    if (change == CF_SESSION_ADDED) {
        state->locked = session->locked;
        state->disconnected = session->disconnected;
        if (engine->ready)
            happen(engine, state->key, CF_EVENT_OF_LOGON);
    } else if (change == CF_SESSION_GONE) {
        happen(engine, state->key, CF_EVENT_OF_LOGOFF);
    } else {
        turned(state, &state->locked, session->locked, CF_EVENT_OF_LOCK, CF_EVENT_OF_UNLOCK);
        turned(state, &state->disconnected, session->disconnected, CF_EVENT_OF_DISCONNECT,
               CF_EVENT_OF_RECONNECT);
    }
}
