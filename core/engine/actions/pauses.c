/*
 * Pauses: policies that rest, because somebody said so, or because one of them was about to end more than its
 * share of all sessions. A resting policy ends and warns nobody; what it protects stays protected. Pauses
 * outlive reloads, and restarts where there is a store.
 */
#include "engine/actions/pauses.h"

#include "base/log.h"
#include "base/memory.h"
#include "engine/context.h"
#include "engine/policy.h"

#include <stdlib.h>
#include <string.h>

#define FREED cf_minutes(60) /* after a resume: how long a policy's share is not looked at */

#define REMINDED cf_minutes(60) /* how often the log says that a policy is held */

static const char no_policy[] = "", key[] = "pauses"; /* in the store; no policy has an empty name */

static void free_pause(struct cf_pause *pause)
{
    free(pause->policy);
    free(pause->why);
    free(pause);
}

/* ---- Which policies rest ---- */

static bool is_about(const struct cf_pause *pause, const struct cf_policy *policy)
{
    return !pause->policy || strcmp(pause->policy, cf_policy_name(policy)) == 0;
}

void cf_pauses_apply(struct cf_engine *engine)
{
    for (size_t i = 0; i < engine->policy_count; i++) {
        struct cf_policy *policy = engine->policies[i];
        policy->resting = policy->held = false;
        for (const struct cf_pause *pause = engine->pauses; pause; pause = pause->next)
            if (is_about(pause, policy)) {
                policy->resting = true;
                policy->held = policy->held || pause->held;
            }
    }
}

/* ---- What outlives a restart ---- */

static void save(struct cf_engine *engine)
{
    json_t *list = json_array();
    for (const struct cf_pause *pause = engine->pauses; pause; pause = pause->next)
        (void)json_array_append_new(list, json_pack("{s:s?, s:s, s:I, s:b}", "policy", pause->policy, "why",
                                                    pause->why, "until", (json_int_t)pause->until.us, "held",
                                                    pause->held));
    struct cf_error err;
    if (cf_store_put(engine->store, no_policy, key, json_array_size(list) ? list : (json_decref(list), NULL),
                     &err) != 0)
        cf_log(CF_LOG_WARNING, "pauses would not outlive a restart: %s", err.text);
}

static void add_pause(struct cf_engine *engine, const char *policy, const char *why, struct cf_instant until,
                      bool held)
{
    struct cf_pause *pause = cf_alloc(sizeof *pause);
    *pause = (struct cf_pause){.policy = cf_strdup(policy),
                               .why = cf_strdup(why),
                               .held = held,
                               .until = until,
                               .next = engine->pauses};
    engine->pauses = pause;
}

/* ---- How they end ---- */

static void journal(struct cf_engine *engine, enum cf_what what, const char *policy, const char *text)
{
    struct cf_entry entry = {.what = what, .policy = policy, .text = text, .verdict = true};
    cf_engine_write(engine, &entry, NULL, NULL);
}

static void arm(struct cf_engine *engine)
{
    struct cf_instant soonest = CF_NEVER;
    for (const struct cf_pause *pause = engine->pauses; pause; pause = pause->next)
        if (pause->until.us < soonest.us)
            soonest = pause->until;
    if (soonest.us == CF_NEVER.us)
        cf_timer_stop(engine->loop, &engine->pause_over);
    else
        cf_timer_set_wall(engine->loop, &engine->pause_over, soonest);
}

static void changed(struct cf_engine *engine)
{
    save(engine);
    arm(engine);
    cf_pauses_apply(engine);
    engine->sink->rest(engine);
}

static bool is_past(const struct cf_pause *pause, const void *now)
{
    return pause->until.us <= ((const struct cf_instant *)now)->us;
}

/* Of the policy, or, where `policy` is NULL, of all. */
static bool is_of(const struct cf_pause *pause, const char *policy)
{
    return pause->policy && policy ? strcmp(pause->policy, policy) == 0 : pause->policy == policy;
}

static bool is_resumed(const struct cf_pause *pause, const void *policy)
{
    return !policy || is_of(pause, policy);
}

/* By another pause of the same. A hold stays, which waits for a `resume`. */
static bool is_replaced(const struct cf_pause *pause, const void *policy)
{
    return !pause->held && is_of(pause, policy);
}

/* Takes those away that are over; returns how many. */
static unsigned take_away(struct cf_engine *engine, bool (*is_over)(const struct cf_pause *, const void *),
                          const void *data)
{
    unsigned count = 0;
    for (struct cf_pause **place = &engine->pauses; *place;) {
        struct cf_pause *pause = *place;
        if (is_over(pause, data)) {
            *place = pause->next;
            free_pause(pause);
            count++;
        } else {
            place = &pause->next;
        }
    }
    return count;
}

void cf_pauses_clock_set(struct cf_engine *engine, struct cf_span by)
{
    for (struct cf_pause *pause = engine->pauses; pause; pause = pause->next)
        if (pause->until.us != CF_NEVER.us)
            pause->until.us += by.us;
    if (!engine->pauses)
        return;
    save(engine);
    arm(engine);
}

static void on_over(struct cf_timer *timer)
{
    struct cf_engine *engine = timer->data;
    const struct cf_instant now = cf_loop_wall(engine->loop);
    if (take_away(engine, is_past, &now))
        journal(engine, CF_WHAT_RESUME, NULL, "a pause is over");
    changed(engine);
}

/* A hold waits for somebody: the log says so at once, and every hour. */
static void remind(struct cf_timer *reminder)
{
    struct cf_engine *engine = reminder->data;
    bool held = false;
    for (const struct cf_pause *pause = engine->pauses; pause; pause = pause->next) {
        if (!pause->held)
            continue;
        held = true;
        cf_log(
            CF_LOG_ERROR,
            "%s is %s. It logs nobody off until somebody says: curfew resume %s. That frees it from its share "
            "for an hour; `share` in its entry would for good",
            pause->policy, pause->why, pause->policy);
    }
    if (held)
        cf_timer_set(engine->loop, reminder, cf_mono_add(cf_loop_now(engine->loop), REMINDED));
}

void cf_pauses_init(struct cf_engine *engine)
{
    engine->pause_over = (struct cf_timer){.fire = on_over, .data = engine};
    engine->reminder = (struct cf_timer){.fire = remind, .data = engine};
    size_t index;
    json_t *one;
    json_array_foreach(cf_store_get(engine->store, no_policy, key), index, one)
    {
        const char *why = json_string_value(json_object_get(one, "why"));
        const json_t *until = json_object_get(one, "until");
        add_pause(engine, json_string_value(json_object_get(one, "policy")), why ? why : "",
                  json_is_integer(until) ? (struct cf_instant){json_integer_value(until)} : CF_NEVER,
                  json_is_true(json_object_get(one, "held")));
    }
    arm(engine);
    remind(&engine->reminder);
}

void cf_pauses_finish(struct cf_engine *engine)
{
    cf_timer_stop(engine->loop, &engine->pause_over);
    cf_timer_stop(engine->loop, &engine->reminder);
    while (engine->pauses) {
        struct cf_pause *pause = engine->pauses;
        engine->pauses = pause->next;
        free_pause(pause);
    }
}

/* ---- Who makes them ---- */

static struct cf_policy *find_policy(const struct cf_engine *engine, const char *name, struct cf_error *err)
{
    for (size_t i = 0; i < engine->policy_count; i++)
        if (strcmp(cf_policy_name(engine->policies[i]), name) == 0)
            return engine->policies[i];
    (void)cf_error_set(err, CF_USAGE, "no policy is called '%s'", name);
    return NULL;
}

int cf_engine_pause(struct cf_engine *engine, const char *policy, struct cf_span how_long, const char *why,
                    struct cf_error *err)
{
    if (policy && !find_policy(engine, policy, err))
        return CF_USAGE;
    struct cf_instant until = CF_NEVER;
    if (cf_span_known(how_long))
        until = cf_instant_add(cf_loop_wall(engine->loop), how_long);
    (void)take_away(engine, is_replaced, policy);
    add_pause(engine, policy, why, until, false);
    journal(engine, CF_WHAT_PAUSE, policy, why);
    changed(engine);
    return 0;
}

int cf_engine_resume(struct cf_engine *engine, const char *policy, const char *why, struct cf_error *err)
{
    if (policy && !find_policy(engine, policy, err))
        return CF_USAGE;
    if (take_away(engine, is_resumed, policy) == 0)
        return cf_error_set(err, CF_USAGE, policy ? "'%s' is not paused by itself" : "nothing is paused%s",
                            policy ? policy : "");
    struct cf_mono freed = cf_mono_add(cf_loop_now(engine->loop), FREED);
    for (size_t i = 0; i < engine->policy_count; i++)
        if (!policy || strcmp(cf_policy_name(engine->policies[i]), policy) == 0)
            engine->policies[i]->freed_until = freed;
    journal(engine, CF_WHAT_RESUME, policy, why);
    changed(engine);
    return 0;
}

void cf_policy_hold(struct cf_policy *policy, size_t due, size_t most, size_t all)
{
    struct cf_engine *engine = policy->engine;
    char why[160];
    (void)snprintf(
        why, sizeof why,
        "held: %zu of its logoffs have come due within ten minutes, and of all %zu sessions it may end "
        "%zu in that time (limits.share)",
        due, all, most);
    add_pause(engine, cf_policy_name(policy), why, CF_NEVER, true);
    journal(engine, CF_WHAT_HELD, cf_policy_name(policy), why);
    changed(engine);
    remind(&engine->reminder);
}
