/*
 * `stay`: a user puts a logoff off. It is a sign of life; and of the policies whose entries allow it, none
 * begins anything with the session until the time is over, or the policy's cap is used up. What was used
 * counts for a day. Stays outlive reloads, not restarts, after which there are warnings again.
 */
#include "engine/internal.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define RENEWED cf_minutes(24 * 60) /* after its first use a cap is whole again */

struct cf_stay {
    char *policy;
    struct cf_mono first, since, until; /* the first that counts; the present one's */
    int64_t used_us;                    /* before `since` */
    struct cf_stay *next;
};

static struct cf_stay *find(const struct cf_presence *presence, const char *policy)
{
    for (struct cf_stay *stay = presence->stays; stay; stay = stay->next)
        if (strcmp(stay->policy, policy) == 0)
            return stay;
    return NULL;
}

void cf_stays_finish(struct cf_presence *presence)
{
    while (presence->stays) {
        struct cf_stay *stay = presence->stays;
        presence->stays = stay->next;
        free(stay->policy);
        free(stay);
    }
}

struct cf_mono cf_stay_until(const struct cf_presence *presence, const char *policy)
{
    const struct cf_stay *stay = presence ? find(presence, policy) : NULL;
    if (!stay || stay->until.us <= cf_loop_now(presence->engine->loop).us)
        return CF_MONO_UNKNOWN;
    return stay->until;
}

static struct cf_stay *find_or_add(struct cf_presence *presence, const char *policy, struct cf_mono now)
{
    struct cf_stay *stay = find(presence, policy);
    if (!stay) {
        stay = cf_alloc(sizeof *stay);
        stay->policy = cf_strdup(policy);
        stay->first = CF_MONO_UNKNOWN;
        stay->next = presence->stays;
        presence->stays = stay;
    }
    if (!cf_mono_known(stay->first) || now.us - stay->first.us >= RENEWED.us) {
        stay->first = stay->since = now;
        stay->used_us = 0;
        if (stay->until.us < now.us) /* else what was granted before stays granted */
            stay->until = now;
    }
    return stay;
}

/* Until when the policy leaves the session alone from now on, by what its cap has left. */
static struct cf_mono extend(struct cf_presence *presence, const struct cf_policy *policy,
                             struct cf_span wanted, struct cf_mono now)
{
    struct cf_stay *stay = find_or_add(presence, cf_policy_name(policy), now);
    struct cf_mono covered = stay->until.us < now.us ? stay->until : now;
    stay->used_us += covered.us - stay->since.us;
    int64_t left = policy->config->stay.us - stay->used_us;
    int64_t granted = cf_span_known(wanted) && wanted.us < left ? wanted.us : left;
    if (stay->until.us < now.us + granted)
        stay->until.us = now.us + granted;
    stay->since = now;
    return stay->until;
}

static void journal(const struct cf_presence *presence, const char *policy, const char *text)
{
    struct cf_entry entry = {.what = CF_WHAT_EXTEND,
                             .policy = policy,
                             .session = cf_registry_get(presence->engine->registry, presence->key),
                             .text = text};
    cf_engine_write(presence->engine, &entry, NULL, NULL);
}

/* Has the policy's tasks of this session begin afresh when the time is over. */
static void put_off(struct cf_presence *presence, const struct cf_policy *policy, struct cf_span granted)
{
    char span[CF_SPAN_TEXT];
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "the user stays for %s", cf_span_words(granted, span));
    journal(presence, cf_policy_name(policy), text.data);
    for (struct cf_task *task = presence->tasks; task; task = task->next)
        if (task->policy == policy)
            cf_task_put_off(task, text.data);
    cf_buffer_finish(&text);
}

static struct cf_span sooner(struct cf_span a, struct cf_span b)
{
    return !cf_span_known(a) || (cf_span_known(b) && b.us < a.us) ? b : a;
}

/* What a sign of life is to one run of the policy, which has announced `notice`, or nothing. */
static void judge_run(const struct cf_task *task, cf_session_key session, const struct cf_notice *notice,
                      struct cf_stay_told *told)
{
    if (cf_task_heeds(task, session).activity)
        told->anew = true;
    else if (notice)
        told->left = sooner(told->left, cf_mono_since(cf_loop_now(task->engine->loop), notice->promised));
}

/* What it is to the policy's runs of the session, and to others that have warned it; false: there are none.
 */
static bool judge(const struct cf_presence *presence, const struct cf_policy *policy,
                  struct cf_stay_told *ret_told)
{
    struct cf_stay_told told = {.policy = cf_policy_name(policy), .left = {CF_UNKNOWN_US}};
    bool at_work = false;
    for (const struct cf_task *task = presence->tasks; task; task = task->next) {
        if (task->policy != policy)
            continue;
        judge_run(task, presence->key, cf_task_announces(task, presence->key), &told);
        at_work = true;
    }
    for (const struct cf_notice *notice = presence->screen.open; notice; notice = notice->behind)
        if (notice->told && notice->task->policy == policy && notice->task->session != presence->key) {
            judge_run(notice->task, presence->key, notice, &told);
            at_work = true;
        }
    *ret_told = told;
    return at_work;
}

int cf_engine_stay(struct cf_engine *engine, cf_session_key key, struct cf_span wanted,
                   void (*tell)(void *data, const struct cf_stay_told *told), void *data,
                   struct cf_error *err)
{
    struct cf_presence *presence = cf_presence_of(engine, key);
    struct cf_mono now = cf_loop_now(engine->loop);
    bool any = false;
    if (!presence)
        return cf_error_set(err, CF_GONE, "the session has ended");
    if (presence->ending)
        return cf_error_set(err, CF_REFUSED, "it is too late: the session is being logged off");
    for (size_t i = 0; i < engine->policy_count; i++) {
        const struct cf_policy *policy = engine->policies[i];
        struct cf_stay_told told;
        if (!judge(presence, policy, &told))
            continue;
        if (policy->config->stay.us > 0)
            told.granted = cf_mono_since(now, extend(presence, policy, wanted, now));
        if (told.granted.us > 0)
            put_off(presence, policy, told.granted);
        told.spent = policy->config->stay.us > 0 && told.granted.us <= 0;
        any = any || told.granted.us > 0;
        tell(data, &told);
    }
    if (cf_hands_stay(presence)) {
        any = true;
        tell(data, &(struct cf_stay_told){.anew = true, .left = {CF_UNKNOWN_US}});
    }
    if (!any)
        journal(presence, NULL, "the user asked to stay: a sign of life, but no more time");
    cf_registry_touch(engine->registry, key, now);
    return 0;
}
