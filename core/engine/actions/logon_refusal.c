/*
 * Refused logons. Each policy has its word, and the host is asked for what follows from all of them: as long
 * as any policy at work refuses logons, they are refused, in the words of the last one that began to. What
 * the host fails to do it is asked for again, less and less often.
 */
#include "engine/actions/logon_refusal.h"

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
    return policy->refusal.text && cf_policy_mode(policy) == CF_MODE_ACT;
}

/* In whose words logons are to be refused; NULL: they are to be allowed. */
static const struct cf_policy *find_refusing(const struct cf_engine *engine)
{
    const struct cf_policy *by = engine->logon_refusal.by;
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
    struct cf_logon_refusal *refusal = &engine->logon_refusal;
    refusal->asking = false;
    refusal->failed = completion->code != CF_OK && completion->code != CF_UNSUPPORTED;
    if (completion->code != CF_OK) {
        struct cf_entry entry = {
            .what = CF_WHAT_FAILED, .code = completion->code, .text = completion->message};
        cf_engine_write(engine, &entry, NULL, NULL);
    }
    if (!cf_timer_is_set(&refusal->again)) /* by a policy that has gone meanwhile */
        settle(engine);
    if (refusal->asking || cf_timer_is_set(&refusal->again) || !refusal->failed)
        return;
    cf_timer_set(engine->loop, &refusal->again, cf_mono_add(cf_loop_now(engine->loop), refusal->wait));
    refusal->wait = cf_span_doubled(refusal->wait, CF_LOGON_REFUSAL_MOST);
}

static void ask(struct cf_engine *engine, const struct cf_policy *by)
{
    struct cf_logon_refusal *refusal = &engine->logon_refusal;
    refusal->asking = true;
    cf_replace(&refusal->text, by ? by->refusal.text : NULL);
    cf_timer_stop(engine->loop, &refusal->again);
    const struct cf_request request = {.action = CF_ACTION_REFUSE_LOGONS,
                                       .text = refusal->text,
                                       .on = refusal->text != NULL,
                                       .quiet_since = CF_MONO_UNKNOWN};
    (void)cf_calls_submit(engine->calls, &request, CF_ACTION_LIMIT, on_done, engine);
}

/* Asks for what is wanted now, if that is not what was asked for last, whatever came of it. */
static void settle(struct cf_engine *engine)
{
    struct cf_logon_refusal *refusal = &engine->logon_refusal;
    const struct cf_policy *by = find_refusing(engine);
    if (refusal->asking || !engine->backend || is_same(refusal->text, by ? by->refusal.text : NULL))
        return;
    refusal->wait = CF_LOGON_REFUSAL_LEAST;
    ask(engine, by);
}

static void on_again(struct cf_timer *timer)
{
    struct cf_engine *engine = timer->data;
    const struct cf_logon_refusal *refusal = &engine->logon_refusal;
    const struct cf_policy *by = find_refusing(engine);
    const char *text = by ? by->refusal.text : NULL;
    if (refusal->asking)
        cf_timer_set(engine->loop, timer, cf_mono_add(cf_loop_now(engine->loop), CF_LOGON_REFUSAL_GRACE));
    if (refusal->asking || (!refusal->failed && is_same(refusal->text, text)))
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
    if (policy->refusal.text)
        cf_buffer_puts(&text, policy->refusal.text);
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
    if (policy->refusal.spoken && is_same(policy->refusal.text, text))
        return CF_OK;
    if (text && !cf_allowance_refuse_logons(engine, &policy->refusal.next))
        return cf_error_set(err, CF_POLICY,
                            "logons were refused anew more than %d times at once, and then more than once a "
                            "minute; say it when it changes",
                            CF_REFUSALS_AT_ONCE);
    policy->refusal.spoken = true;
    cf_replace(&policy->refusal.text, text);
    write_word(policy, dry);
    if (dry)
        return CF_OK;
    if (text)
        engine->logon_refusal.by = policy;
    settle(engine);
    return CF_OK;
}

void cf_logon_refusal_forget(struct cf_policy *policy)
{
    struct cf_engine *engine = policy->engine;
    if (engine->logon_refusal.by == policy)
        engine->logon_refusal.by = NULL;
    if (policy->refusal.text)
        cf_timer_set(engine->loop, &engine->logon_refusal.again,
                     cf_mono_add(cf_loop_now(engine->loop), CF_LOGON_REFUSAL_GRACE));
    cf_replace(&policy->refusal.text, NULL);
    policy->refusal.spoken = false;
}

/* ---- Life ---- */

void cf_logon_refusal_retry(struct cf_engine *engine)
{
    engine->logon_refusal.wait = CF_LOGON_REFUSAL_LEAST;
    if (engine->logon_refusal.failed && !engine->logon_refusal.asking)
        cf_timer_defer(engine->loop, &engine->logon_refusal.again);
    else
        settle(engine);
}

void cf_logon_refusal_init(struct cf_engine *engine)
{
    engine->logon_refusal = (struct cf_logon_refusal){.wait = CF_LOGON_REFUSAL_LEAST,
                                                      .again = {.fire = on_again, .data = engine}};
}

void cf_logon_refusal_finish(struct cf_engine *engine)
{
    cf_timer_stop(engine->loop, &engine->logon_refusal.again);
    free(engine->logon_refusal.text);
}
