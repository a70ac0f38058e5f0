/*
 * Refused logons. Each policy has its word, and the host is asked for what follows from all of them: as long
 * as any policy at work refuses logons, they are refused, in the words of the last one that began to. What
 * the host fails to do it is asked for again, less and less often.
 */
#include "engine/actions/door.h"

#include "base/memory.h"
#include "engine/actions/allowance.h"
#include "engine/context.h"
#include "engine/policy.h"

#include <stdlib.h>
#include <string.h>

static const char allowed[] = "logons are allowed again";

static bool is_same(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool refuses(const struct cf_policy *policy)
{
    return policy->door.text && cf_policy_mode(policy) == CF_MODE_ACT;
}

/* In whose words logons are to be refused; NULL: they are to be allowed. */
static const struct cf_policy *find_refusing(const struct cf_engine *engine)
{
    const struct cf_policy *by = engine->door.by;
    for (size_t i = 0; (!by || !refuses(by)) && i < engine->policy_count; i++)
        by = engine->policies[i];
    return by && refuses(by) ? by : NULL;
}

static void write_row(struct cf_engine *engine, const struct cf_policy *policy, bool dry, const char *text)
{
    struct cf_entry entry = {
        .what = CF_WHAT_DOOR, .dry = dry, .policy = policy ? policy->config->name : NULL, .text = text};
    cf_engine_write(engine, &entry, NULL, NULL);
}

/* ---- What the host is asked for ---- */

static void settle(struct cf_engine *engine);

static void on_done(void *data, const struct cf_completion *completion)
{
    struct cf_engine *engine = data;
    struct cf_door *door = &engine->door;
    door->asking = false;
    door->failed = completion->code != CF_OK && completion->code != CF_UNSUPPORTED;
    if (completion->code != CF_OK) {
        struct cf_entry entry = {
            .what = CF_WHAT_FAILED, .code = completion->code, .text = completion->message};
        cf_engine_write(engine, &entry, NULL, NULL);
    }
    if (!cf_timer_is_set(&door->again)) /* by a policy that has gone meanwhile */
        settle(engine);
    if (door->asking || cf_timer_is_set(&door->again) || !door->failed)
        return;
    cf_timer_set(engine->loop, &door->again, cf_mono_add(cf_loop_now(engine->loop), door->wait));
    door->wait = cf_span_doubled(door->wait, CF_DOOR_MOST);
}

static void ask(struct cf_engine *engine, const struct cf_policy *by)
{
    struct cf_door *door = &engine->door;
    door->asking = true;
    cf_replace(&door->text, by ? by->door.text : NULL);
    cf_timer_stop(engine->loop, &door->again);
    const struct cf_request request = {.action = CF_ACTION_REFUSE_LOGONS,
                                       .text = door->text,
                                       .on = door->text != NULL,
                                       .quiet_since = CF_MONO_UNKNOWN};
    (void)cf_calls_submit(engine->calls, &request, CF_ACTION_LIMIT, on_done, engine);
}

/* Asks for what is wanted now, if that is not what was asked for last, whatever came of it. */
static void settle(struct cf_engine *engine)
{
    struct cf_door *door = &engine->door;
    const struct cf_policy *by = find_refusing(engine);
    if (door->asking || !engine->backend || is_same(door->text, by ? by->door.text : NULL))
        return;
    door->wait = CF_DOOR_LEAST;
    ask(engine, by);
}

static void on_again(struct cf_timer *timer)
{
    struct cf_engine *engine = timer->data;
    const struct cf_door *door = &engine->door;
    const struct cf_policy *by = find_refusing(engine);
    const char *text = by ? by->door.text : NULL;
    if (door->asking)
        cf_timer_set(engine->loop, timer, cf_mono_add(cf_loop_now(engine->loop), CF_DOOR_GRACE));
    if (door->asking || (!door->failed && is_same(door->text, text)))
        return;
    write_row(engine, by, false, text ? text : allowed);
    ask(engine, by);
}

/* ---- What policies say ---- */

/* What the row of its word says, which is not always what comes of it. */
static void write_word(struct cf_policy *policy, bool dry)
{
    const struct cf_policy *by = find_refusing(policy->engine);
    struct cf_buffer text = {0};
    if (policy->door.text)
        cf_buffer_puts(&text, policy->door.text);
    else if (by && !dry)
        cf_buffer_printf(&text, "it refuses logons no more, but %s still does", by->config->name);
    else
        cf_buffer_puts(&text, allowed);
    write_row(policy->engine, policy, dry, text.data);
    cf_buffer_finish(&text);
}

int cf_policy_refuse_logons(struct cf_policy *policy, const char *text, struct cf_error *err)
{
    struct cf_engine *engine = policy->engine;
    bool dry = cf_policy_mode(policy) != CF_MODE_ACT;
    if (policy->door.spoken && is_same(policy->door.text, text))
        return CF_OK;
    if (text && !cf_allowance_refuse_logons(engine, &policy->door.next))
        return cf_error_set(err, CF_POLICY,
                            "logons were refused anew more than %d times at once, and then more than once a "
                            "minute; say it when it changes",
                            CF_REFUSALS_AT_ONCE);
    policy->door.spoken = true;
    cf_replace(&policy->door.text, text);
    write_word(policy, dry);
    if (dry)
        return CF_OK;
    if (text)
        engine->door.by = policy;
    settle(engine);
    return CF_OK;
}

void cf_door_forget(struct cf_policy *policy)
{
    struct cf_engine *engine = policy->engine;
    if (engine->door.by == policy)
        engine->door.by = NULL;
    if (policy->door.text)
        cf_timer_set(engine->loop, &engine->door.again,
                     cf_mono_add(cf_loop_now(engine->loop), CF_DOOR_GRACE));
    cf_replace(&policy->door.text, NULL);
    policy->door.spoken = false;
}

/* ---- Life ---- */

void cf_door_retry(struct cf_engine *engine)
{
    engine->door.wait = CF_DOOR_LEAST;
    if (engine->door.failed && !engine->door.asking)
        cf_timer_defer(engine->loop, &engine->door.again);
    else
        settle(engine);
}

void cf_door_init(struct cf_engine *engine)
{
    engine->door = (struct cf_door){.wait = CF_DOOR_LEAST, .again = {.fire = on_again, .data = engine}};
}

void cf_door_finish(struct cf_engine *engine)
{
    cf_timer_stop(engine->loop, &engine->door.again);
    free(engine->door.text);
}
