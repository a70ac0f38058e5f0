/*
 * A policy's share: of the sessions of people, how many it may end within ten minutes. Once more than that
 * have come due, it is held. As long as more than that may come due, by what it has announced, its logoffs
 * wait until that is known, so that the alarm comes before the first has gone.
 *
 * All is counted in one walk over the sessions, a *look*, for all who wait, and at most once a second.
 */
#include "engine/actions/share.h"

#include "base/memory.h"
#include "engine/actions/pauses.h"
#include "engine/grounds/heeds.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CF_SHARE_WINDOW cf_minutes(10) /* in which limits.share counts */

#define LOOK_PACE CF_SECOND
#define PATIENCE  cf_seconds(270) /* how long a logoff waits: after five minutes its warning is long past */
#define TARDY     CF_MINUTE       /* how long after its announced end a logoff may still be on its way here */

enum {
    FREE = 3,     /* sessions that any policy may end within the window, however few there are in all */
    MINUTES = 10, /* of the window */
};

/* A logoff of a policy: it waits, or was let go within the window. */
struct cf_shared_logoff {
    cf_session_key session;
    struct cf_mono due, released; /* released: unknown while it waits, … */
    struct cf_mono patience;      /* … for no longer than this */
    struct cf_action *action;     /* which waits; NULL: let go */
    UT_hash_handle hh;            /* by session, in the order of their coming */
};

struct look {
    struct cf_mono now;
    size_t people, released;  /* sessions; logoffs within the window */
    size_t due[2 * MINUTES];  /* by the minute, from a window ago until a window from now */
    struct cf_mono next_look; /* when time alone may change the outcome */
};

/* ---- What is counted ---- */

/* Not managers, greeters, background jobs and lock screens; nor who is leaving. */
static bool is_persons(const struct cf_session *session)
{
    return session && session->closing != CF_TRI_YES &&
           (!session->class_ || strncmp(session->class_, "user", 4) == 0);
}

static void look_by(struct look *look, struct cf_mono at)
{
    if (at.us > look->now.us && at.us < look->next_look.us)
        look->next_look = at;
}

static bool within_window(struct cf_mono now, struct cf_mono past)
{
    return past.us > now.us - CF_SHARE_WINDOW.us;
}

static void note_past(struct look *look, struct cf_mono due)
{
    if (within_window(look->now, due))
        look->due[MINUTES - 1 - (look->now.us - due.us) / CF_MINUTE.us]++;
}

static void note_coming(struct look *look, struct cf_mono due)
{
    int64_t ahead = due.us - look->now.us;
    if (ahead >= CF_SHARE_WINDOW.us)
        return;
    look->due[MINUTES + (ahead > 0 ? ahead / CF_MINUTE.us : 0)]++;
    look_by(look, cf_mono_add(due, TARDY));
}

/* When a run that warns nobody may log off its session; unknown: it does not look like that. */
static struct cf_mono unwarned_due(const struct cf_task *task, const struct look *look)
{
    const struct cf_engine *engine = task->engine;
    bool waits = task->state == CF_TASK_WAITING &&
                 (task->wait.kind == CF_WAIT_IDLE || task->wait.kind == CF_WAIT_CONDITION);
    bool moves = task->state == CF_TASK_STARTING || task->state == CF_TASK_CONFIRMING ||
                 task->state == CF_TASK_READY || task->state == CF_TASK_ACTING;
    if (!task->policy->config->unwarned &&
        !cf_disconnected_long(engine, cf_registry_get(engine->registry, task->session)))
        return CF_MONO_UNKNOWN;
    if (moves)
        return look->now;
    return waits && cf_timer_is_set(&task->timer) ? (struct cf_mono){task->timer.key_us} : CF_MONO_UNKNOWN;
}

/* When the policy may log the session off next, by what it has announced; unknown: nobody knows of that. */
static struct cf_mono coming_due(const struct cf_session_state *state, const struct cf_policy *policy,
                                 const struct look *look)
{
    struct cf_mono soonest = CF_MONO_UNKNOWN;
    for (const struct cf_task *task = state->tasks; task; task = task->next) {
        if (task->policy != policy)
            continue;
        const struct cf_notice *notice = cf_task_announces(task, state->key);
        soonest = cf_mono_sooner(soonest, notice ? notice->promised : unwarned_due(task, look));
    }
    for (const struct cf_notice *notice = cf_notice_queue_open(state); notice; notice = notice->behind)
        if (notice->told && notice->task->policy == policy)
            soonest = cf_mono_sooner(soonest, notice->promised);
    return soonest.us <= look->now.us - TARDY.us ? CF_MONO_UNKNOWN : soonest;
}

static struct cf_shared_logoff *find_logoff(const struct cf_policy *policy, cf_session_key session)
{
    struct cf_shared_logoff *logoff;
    HASH_FIND(hh, policy->shared, &session, sizeof session, logoff);
    return logoff;
}

/* Those who wait for a place among a minute's logoffs come due like others. */
static void look_at_queue(const struct cf_policy *policy, struct look *look)
{
    for (const struct cf_task *task = policy->queue; task; task = task->place->next) {
        struct cf_mono due = task->place->due;
        if (task->place->confirmed)
            note_past(look, due);
        else if (due.us > look->now.us - TARDY.us)
            note_coming(look, due);
    }
}

static void look_at_sessions(const struct cf_policy *policy, struct look *look)
{
    const struct cf_registry *registry = policy->engine->registry;
    for (cf_session_key key = 0; (key = cf_registry_next(registry, key));) {
        look->people += is_persons(cf_registry_get(registry, key));
        struct cf_mono due = coming_due(cf_session_state_of(policy->engine, key), policy, look);
        if (cf_mono_known(due) && !find_logoff(policy, key))
            note_coming(look, due);
    }
}

static void forget(struct cf_policy *policy, struct cf_shared_logoff *logoff)
{
    HASH_DEL(policy->shared, logoff);
    free(logoff);
}

/* Let go so long ago that it counts no more. */
static bool is_over(const struct cf_shared_logoff *logoff, struct cf_mono now)
{
    return !logoff->action && !within_window(now, logoff->released);
}

/* Who has been let go, and has left since, belongs to the whole all the same. */
static void look_at_logoffs(struct cf_policy *policy, struct look *look)
{
    struct cf_shared_logoff *logoff, *next;
    HASH_ITER(hh, policy->shared, logoff, next)
    {
        bool released = !logoff->action;
        if (is_over(logoff, look->now)) {
            forget(policy, logoff);
            continue;
        }
        note_past(look, logoff->due);
        look_by(look, cf_mono_add(logoff->due, CF_SHARE_WINDOW));
        look_by(look, released ? cf_mono_add(logoff->released, CF_SHARE_WINDOW) : logoff->patience);
        look->released += released;
        look->people += !is_persons(cf_registry_get(policy->engine->registry, logoff->session));
    }
}

/* ---- What comes of it ---- */

static double share_of(const struct cf_policy *policy)
{
    return policy->config->share > 0 ? policy->config->share : policy->engine->config->limits.share;
}

/* The most that are, or may come, due in any ten minutes in a row that begin in `first` or later. */
static size_t busiest(const struct look *look)
{
    size_t most = 0;
    for (int first = 0; first <= MINUTES; first++) {
        size_t sum = 0;
        for (int i = first; i < first + MINUTES; i++)
            sum += look->due[i];
        most = sum > most ? sum : most;
    }
    return most;
}

static size_t due_lately(const struct look *look)
{
    size_t sum = 0;
    for (int i = 0; i < MINUTES; i++)
        sum += look->due[i];
    return sum;
}

static void release_logoff(struct cf_policy *policy, struct cf_shared_logoff *logoff, struct cf_mono now)
{
    struct cf_action *action = logoff->action;
    logoff->released = now;
    logoff->action = NULL;
    action->waits_for_share = NULL;
    policy->waiting--;
    cf_timer_defer(policy->engine->loop, &action->timer);
}

/* In the order of their coming; those whose patience is over are not held back by what may come. */
static void answer(struct cf_policy *policy, struct look *look, size_t most)
{
    bool known = busiest(look) <= most;
    struct cf_shared_logoff *logoff, *next;
    HASH_ITER(hh, policy->shared, logoff, next)
    {
        bool late = logoff->patience.us <= look->now.us;
        if (!logoff->action || !(known || late))
            continue;
        if (look->released < most) {
            look->released++;
            release_logoff(policy, logoff, look->now);
        } else if (late) {
            logoff->action->engine->sink->refuse(
                logoff->action, CF_REFUSED,
                "the policy has ended its share of all sessions within ten minutes: limits.share");
        }
    }
}

static void refuse_all(struct cf_policy *policy)
{
    struct cf_shared_logoff *logoff, *next;
    HASH_ITER(hh, policy->shared, logoff, next)
    {
        if (logoff->action)
            logoff->action->engine->sink->refuse(
                logoff->action, CF_REFUSED,
                "the policy would end more than its share of all sessions: limits.share");
    }
}

static void look_again(struct cf_policy *policy, struct cf_mono at)
{
    struct cf_loop *loop = policy->engine->loop;
    struct cf_mono now = cf_loop_now(loop);
    if (at.us < policy->looked.us + LOOK_PACE.us)
        at = cf_mono_add(policy->looked, LOOK_PACE);
    if (cf_timer_is_set(&policy->look) && policy->look.key_us <= at.us)
        return;
    if (at.us <= now.us)
        cf_timer_defer(loop, &policy->look);
    else
        cf_timer_set(loop, &policy->look, at);
}

static void on_look(struct cf_timer *timer)
{
    struct cf_policy *policy = timer->data;
    struct look look = {.now = cf_loop_now(policy->engine->loop), .next_look = {INT64_MAX}};
    policy->looked = look.now;
    look_at_sessions(policy, &look);
    look_at_queue(policy, &look);
    look_at_logoffs(policy, &look);
    size_t most = (size_t)(share_of(policy) * (double)look.people), due = due_lately(&look);
    if (most < FREE)
        most = FREE;
    if (due > most) {
        refuse_all(policy);
        cf_policy_hold(policy, due, most, look.people);
        return;
    }
    answer(policy, &look, most);
    if (policy->waiting)
        look_again(policy, look.next_look);
}

/* ---- Who asks ---- */

bool cf_share_ask(struct cf_action *action, const char **ret_why)
{
    struct cf_policy *policy = action->task->policy;
    struct cf_mono now = cf_loop_now(action->engine->loop);
    if (share_of(policy) >= 1 || cf_mono_is_after(policy->freed_until, now))
        return true;
    struct cf_shared_logoff *logoff = find_logoff(policy, action->session);
    if (logoff && is_over(logoff, now)) {
        forget(policy, logoff);
        logoff = NULL;
    }
    if (logoff) { /* it has been counted */
        *ret_why = "another run of its policy is about to end it";
        return !logoff->action;
    }
    const struct cf_notice *notice = cf_task_announces(action->task, action->session);
    struct cf_mono announced = notice && cf_mono_known(notice->promised) ? notice->promised : now;
    bool few = HASH_COUNT(policy->shared) + cf_registry_count(action->engine->registry) <= FREE;
    logoff = cf_alloc(sizeof *logoff);
    *logoff = (struct cf_shared_logoff){.session = action->session,
                                        .due = now,
                                        .released = few ? now : CF_MONO_UNKNOWN,
                                        .patience = cf_mono_add(announced, PATIENCE),
                                        .action = few ? NULL : action};
    HASH_ADD(hh, policy->shared, session, sizeof logoff->session, logoff);
    if (few)
        return true;
    action->waits_for_share = logoff;
    action->vetted = now;
    policy->waiting++;
    policy->look.fire = on_look;
    policy->look.data = policy;
    look_again(policy, now);
    return false;
}

void cf_share_leave(struct cf_action *action)
{
    if (!action->waits_for_share)
        return;
    struct cf_policy *policy = action->task->policy;
    forget(policy, action->waits_for_share);
    action->waits_for_share = NULL;
    policy->waiting--;
    cf_share_changed(policy);
}

void cf_share_changed(struct cf_policy *policy)
{
    if (policy->waiting)
        look_again(policy, cf_loop_now(policy->engine->loop));
}

void cf_share_finish(struct cf_policy *policy)
{
    assert(policy->waiting == 0);
    cf_timer_stop(policy->engine->loop, &policy->look);
    struct cf_shared_logoff *logoff, *next;
    HASH_ITER(hh, policy->shared, logoff, next) forget(policy, logoff);
}
