/* What runs once for an event of a session; and refused logons. */
#include "engine/runs/events.h"

#include "base/memory.h"
#include "engine/acts/allowance.h"
#include "engine/task.h"

#include <stdlib.h>
#include <string.h>

/* ---- Events ---- */

void cf_policy_on(struct cf_policy *policy, enum cf_policy_event event, uint64_t function)
{
    struct cf_hook *hook = cf_alloc(sizeof *hook);
    *hook = (struct cf_hook){.event = event, .function = function};
    *policy->hooks_end = hook;
    policy->hooks_end = &hook->next;
}

static void happen(struct cf_engine *engine, cf_session_key key, enum cf_policy_event event)
{
    struct cf_departed *departed = NULL;
    for (size_t i = 0; i < engine->policy_count; i++) {
        struct cf_policy *policy = engine->policies[i];
        for (const struct cf_hook *hook = policy->hooks; hook; hook = hook->next) {
            if (hook->event != event || policy->resting)
                continue;
            (void)cf_detached_start(policy, CF_TASK_ONCE, hook->function, key);
            if (event != CF_EVENT_OF_LOGOFF)
                continue;
            if (!departed)
                departed = cf_departed_keep(engine, key);
            departed->tasks++;
        }
    }
}

static void turned(struct cf_presence *presence, enum cf_tri *was, enum cf_tri now, enum cf_policy_event on,
                   enum cf_policy_event off)
{
    if (now != *was && now == CF_TRI_YES)
        happen(presence->engine, presence->key, on);
    else if (now == CF_TRI_NO && *was == CF_TRI_YES)
        happen(presence->engine, presence->key, off);
    *was = now;
}

void cf_hooks_session(struct cf_presence *presence, enum cf_session_change change)
{
    struct cf_engine *engine = presence->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, presence->key);
    if (change == CF_SESSION_ADDED) {
        presence->locked = session->locked;
        presence->disconnected = session->disconnected;
        if (engine->ready)
            happen(engine, presence->key, CF_EVENT_OF_LOGON);
    } else if (change == CF_SESSION_GONE) {
        happen(engine, presence->key, CF_EVENT_OF_LOGOFF);
    } else {
        turned(presence, &presence->locked, session->locked, CF_EVENT_OF_LOCK, CF_EVENT_OF_UNLOCK);
        turned(presence, &presence->disconnected, session->disconnected, CF_EVENT_OF_DISCONNECT,
               CF_EVENT_OF_RECONNECT);
    }
}

/* ---- The door ---- */

static void on_door(void *data, const struct cf_completion *completion)
{
    struct cf_engine *engine = data;
    if (completion->code == CF_OK)
        return;
    engine->door_by = NULL;
    engine->door_shut = completion->code != CF_UNSUPPORTED; /* perhaps: they are allowed again on demand */
    struct cf_entry entry = {.what = CF_WHAT_FAILED, .code = completion->code, .text = completion->message};
    cf_engine_write(engine, &entry, NULL, NULL);
}

/* What it says is so already, by its own word or, of what is open, by anybody's. */
static bool is_so(const struct cf_policy *policy, const char *text, bool dry)
{
    const struct cf_engine *engine = policy->engine;
    const struct cf_policy_door *door = &policy->door;
    if (!door->spoken || (text != NULL) != (door->text != NULL))
        return false;
    if (!text)
        return dry || !engine->door_shut;
    return strcmp(text, door->text) == 0 && (dry || engine->door_by == policy);
}

int cf_policy_refuse_logons(struct cf_policy *policy, const char *text, struct cf_error *err)
{
    struct cf_engine *engine = policy->engine;
    bool dry = cf_policy_mode(policy) != CF_MODE_ACT;
    if (is_so(policy, text, dry))
        return CF_OK;
    if (text && !cf_allowance_refuse_logons(engine, &policy->door.next))
        return cf_error_set(err, CF_POLICY,
                            "logons were refused anew more than %d times at once, and then more than once a "
                            "minute; say it when it changes",
                            CF_REFUSALS_AT_ONCE);
    policy->door.spoken = true;
    cf_replace(&policy->door.text, text);
    struct cf_entry entry = {.what = CF_WHAT_DOOR,
                             .dry = dry,
                             .policy = policy->config->name,
                             .text = text ? text : "logons are allowed again"};
    cf_engine_write(engine, &entry, NULL, NULL);
    if (dry || !engine->backend)
        return CF_OK;
    engine->door_by = policy;
    engine->door_shut = text != NULL;
    struct cf_request request = {
        .action = CF_ACTION_REFUSE_LOGONS, .text = text, .on = text != NULL, .quiet_since = CF_MONO_UNKNOWN};
    (void)cf_calls_submit(engine->calls, &request, CF_ACTION_LIMIT, on_door, engine);
    return CF_OK;
}
