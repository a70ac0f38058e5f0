/*
 * `stay`: a user puts a logoff off. It is a sign of life, for limits.stay from the first on, then only once
 * something else has shown life again: a line of cron's says it as well. And of the policies whose entries
 * allow it, none begins anything with the session until the time is over, or the policy's cap is used up.
 * What was used counts for a day. Stays outlive reloads, not restarts, after which there are warnings again.
 */
#include "engine/actions/postpone.h"

#include "base/memory.h"
#include "engine/actions/allowance.h"
#include "engine/actions/manual.h"
#include "engine/grounds/heeds.h"
#include "engine/grounds/notice_queue.h"
#include "engine/task.h"

#include <stdlib.h>
#include <string.h>

#define RENEWED cf_minutes(24 * 60) /* after its first use a cap is whole again */

struct cf_stay {
    char *policy;
    struct cf_mono first, since, until; /* the first that counts; the present one's */
    int64_t used_us;                    /* before `since` */
    struct cf_stay *next;
};

static struct cf_stay *find_stay(const struct cf_session_state *state, const char *policy)
{
    for (struct cf_stay *stay = state->stays; stay; stay = stay->next)
        if (strcmp(stay->policy, policy) == 0)
            return stay;
    return NULL;
}

void cf_postpone_finish(struct cf_session_state *state)
{
    while (state->stays) {
        struct cf_stay *stay = state->stays;
        state->stays = stay->next;
        free(stay->policy);
        free(stay);
    }
}

struct cf_mono cf_stay_until(const struct cf_session_state *state, const char *policy)
{
    const struct cf_stay *stay = state ? find_stay(state, policy) : NULL;
    if (!stay || stay->until.us <= cf_loop_now(state->engine->loop).us)
        return CF_MONO_UNKNOWN;
    return stay->until;
}

/* ---- As a sign of life ---- */

/* Until when a `stay` counts as one, which nothing but `stay` has given since *ret_since; unknown: something
 * else has. */
static struct cf_mono vouches(const struct cf_session_state *state, struct cf_mono *ret_since)
{
    const struct cf_engine *engine = state->engine;
    struct cf_mono shown = cf_registry_shown(engine->registry, state->key);
    if (!cf_mono_is_after(state->vouched, shown))
        return CF_MONO_UNKNOWN;
    *ret_since = state->vouched;
    return cf_mono_add(state->vouched, engine->config->limits.stay);
}

bool cf_engine_shows_life(const struct cf_engine *engine, cf_session_key key, struct cf_mono *ret_since,
                          struct cf_mono *ret_until)
{
    const struct cf_session_state *state = cf_session_state_of(engine, key);
    struct cf_mono since, until = state ? vouches(state, &since) : CF_MONO_UNKNOWN;
    if (!cf_mono_known(until))
        return true;
    *ret_since = since;
    *ret_until = until;
    return false;
}

/* Whether this one counts. */
static bool vouch(struct cf_session_state *state, struct cf_mono now)
{
    struct cf_mono since = now, until = vouches(state, &since);
    if (!cf_mono_known(until))
        until = cf_mono_add(now, state->engine->config->limits.stay);
    state->vouched = since;
    return now.us < until.us;
}

/* ---- As time ---- */

/* Whether what was granted in a day is whole again: a day has passed, and somebody was there since, as far as
 * this host can tell. */
static bool is_renewed(const struct cf_session_state *state, const struct cf_stay *stay, struct cf_mono now)
{
    struct cf_mono shown = cf_registry_shown(state->engine->registry, state->key);
    return now.us - stay->first.us >= RENEWED.us && (!cf_mono_known(shown) || shown.us > stay->first.us);
}

static struct cf_stay *find_or_add(struct cf_session_state *state, const char *policy, struct cf_mono now)
{
    struct cf_stay *stay = find_stay(state, policy);
    if (!stay) {
        stay = cf_alloc(sizeof *stay);
        stay->policy = cf_strdup(policy);
        stay->first = CF_MONO_UNKNOWN;
        stay->next = state->stays;
        state->stays = stay;
    }
    if (!cf_mono_known(stay->first) || is_renewed(state, stay, now)) {
        stay->first = stay->since = now;
        stay->used_us = 0;
        if (stay->until.us < now.us) /* else what was granted before stays granted */
            stay->until = now;
    }
    return stay;
}

/* Until when the policy leaves the session alone from now on, by what its cap has left. */
static struct cf_mono extend(struct cf_session_state *state, const struct cf_policy *policy,
                             struct cf_span wanted, struct cf_mono now)
{
    struct cf_stay *stay = find_or_add(state, cf_policy_name(policy), now);
    struct cf_mono covered = stay->until.us < now.us ? stay->until : now;
    stay->used_us += covered.us - stay->since.us;
    int64_t left = policy->config->stay.us - stay->used_us;
    int64_t granted = cf_span_known(wanted) && wanted.us < left ? wanted.us : left;
    if (stay->until.us < now.us + granted)
        stay->until.us = now.us + granted;
    stay->since = now;
    return stay->until;
}

static void journal(const struct cf_session_state *state, const char *policy, const char *text)
{
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    struct cf_entry entry = {
        .what = CF_WHAT_EXTEND, .policy = policy, .session = session, .text = text, .by_user = true};
    if (cf_allowance_take(state->engine, session))
        cf_engine_write(state->engine, &entry, NULL, NULL);
}

/* Has the policy's tasks of this session begin afresh when the time is over. */
static void put_off(struct cf_session_state *state, const struct cf_policy *policy, struct cf_span granted)
{
    char span[CF_SPAN_TEXT];
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "the user stays for %s", cf_span_words(granted, span));
    journal(state, cf_policy_name(policy), text.data);
    for (struct cf_task *task = state->tasks; task; task = task->next)
        if (task->policy == policy)
            task->sink->put_off(task, text.data);
    cf_buffer_finish(&text);
}

/* What a sign of life is to one run of the policy, which has announced `notice`, or nothing: it begins anew,
 * or ends the session as it said, the first of them then. */
static void judge_run(const struct cf_task *task, cf_session_key session, const struct cf_notice *notice,
                      struct cf_stay_told *told, struct cf_mono *first)
{
    if (told->counts && cf_task_heeds(task, session).activity)
        told->anew = true;
    else if (notice)
        *first = cf_mono_sooner(*first, notice->promised);
}

/* What it is to the policy's runs of the session, and to all that have warned it; false: there are none. */
static bool judge(const struct cf_session_state *state, const struct cf_policy *policy, bool counts,
                  struct cf_stay_told *ret_told)
{
    struct cf_stay_told told = {.policy = cf_policy_name(policy), .counts = counts};
    struct cf_mono first = CF_MONO_UNKNOWN;
    bool at_work = false;
    for (const struct cf_task *task = state->tasks; task; task = task->next) {
        if (task->policy != policy)
            continue;
        judge_run(task, state->key, cf_task_announces(task, state->key), &told, &first);
        at_work = true;
    }
    for (const struct cf_notice *notice = cf_notice_queue_open(state); notice; notice = notice->behind)
        if (notice->told && notice->task->policy == policy) {
            judge_run(notice->task, state->key, notice, &told, &first);
            at_work = true;
        }
    told.left = cf_mono_since(cf_loop_now(state->engine->loop), first);
    *ret_told = told;
    return at_work;
}

int cf_engine_stay(struct cf_engine *engine, cf_session_key key, struct cf_span wanted,
                   void (*tell)(void *data, const struct cf_stay_told *told), void *data,
                   struct cf_error *err)
{
    struct cf_session_state *state = cf_session_state_of(engine, key);
    struct cf_mono now = cf_loop_now(engine->loop);
    bool any = false;
    if (!state)
        return cf_error_set(err, CF_GONE, "the session has ended");
    if (state->ending)
        return cf_error_set(err, CF_REFUSED, "it is too late: the session is being logged off");
    bool counts = vouch(state, now);
    for (size_t i = 0; i < engine->policy_count; i++) {
        const struct cf_policy *policy = engine->policies[i];
        struct cf_stay_told told;
        if (!judge(state, policy, counts, &told))
            continue;
        if (policy->config->stay.us > 0)
            told.granted = cf_mono_since(now, extend(state, policy, wanted, now));
        if (told.granted.us > 0)
            put_off(state, policy, told.granted);
        told.spent = policy->config->stay.us > 0 && told.granted.us <= 0;
        any = any || told.granted.us > 0;
        tell(data, &told);
    }
    if (cf_manual_stay(state)) {
        any = true;
        tell(data, &(struct cf_stay_told){.anew = true, .counts = counts, .left = {CF_UNKNOWN_US}});
    }
    if (!any)
        journal(state, NULL,
                counts
                    ? "the user asked to stay: a sign of life, but no more time"
                    : "the user asked to stay: no sign of life any more, as nobody has used the session for "
                      "limits.stay");
    if (counts)
        cf_registry_vouch(engine->registry, key, now);
    return 0;
}
