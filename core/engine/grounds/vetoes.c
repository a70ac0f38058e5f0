/* Vetoes: asked one after another, each a run of its own with a time limit. What fails, holds. */
#include "engine/grounds/vetoes.h"

#include "base/memory.h"
#include "engine/task.h"

#include <stdlib.h>
#include <string.h>

#define CF_VETO_LIMIT cf_seconds(10) /* for a veto to answer; later is a veto */

static void next(struct cf_veto_query *query);

void cf_policy_protect(struct cf_policy *policy, struct cf_selector *selector, struct cf_span at_most,
                       uint64_t function)
{
    struct cf_veto *veto = cf_alloc(sizeof *veto);
    *veto =
        (struct cf_veto){.policy = policy, .selector = selector, .function = function, .at_most = at_most};
    *policy->vetoes_end = veto;
    policy->vetoes_end = &veto->next;
}

static void finish(struct cf_veto_query *query, const struct cf_veto *veto, const char *reason)
{
    query->done(query->data, veto, reason);
}

/* ---- How long one has held a task ---- */

/* Since when a veto holds a task, each by a clock of its own. */
struct cf_veto_clock {
    const struct cf_veto *veto;
    struct cf_mono since;
    struct cf_veto_clock *next;
};

static struct cf_veto_clock **place_of(struct cf_task *asker, const struct cf_veto *veto)
{
    struct cf_veto_clock **place = &asker->veto_clocks;
    while (*place && (*place)->veto != veto)
        place = &(*place)->next;
    return place;
}

/* It does not hold any more. */
static void delete_clock(struct cf_veto_clock **place)
{
    struct cf_veto_clock *clock = *place;
    if (!clock)
        return;
    *place = clock->next;
    free(clock);
}

void cf_veto_clocks_finish(struct cf_task *task)
{
    while (task->veto_clocks)
        delete_clock(&task->veto_clocks);
}

/* Whether this veto, which holds, has held the asker's task for as long as it may. */
static bool is_spent(struct cf_task *asker, const struct cf_veto *veto)
{
    struct cf_mono now = cf_loop_now(asker->engine->loop);
    if (!cf_span_known(veto->at_most))
        return false;
    struct cf_veto_clock **place = place_of(asker, veto);
    if (!*place) {
        *place = cf_alloc(sizeof **place);
        **place = (struct cf_veto_clock){.veto = veto, .since = now};
    }
    return now.us - (*place)->since.us >= veto->at_most.us;
}

/* ---- Asking ---- */

/* What the veto that was asked says: it holds, or the next one is asked. */
static void answer(struct cf_veto_query *query, const char *reason)
{
    const struct cf_veto *veto = query->veto;
    if (reason && !is_spent(query->asker, veto)) {
        finish(query, veto, reason);
        return;
    }
    if (!reason)
        delete_clock(place_of(query->asker, veto));
    next(query);
}

void cf_veto_query_answered(struct cf_task *task, const char *reason)
{
    struct cf_veto_query *query = task->answers_to;
    if (task->rehearsal) {
        task->engine->sink->end_detached(task);
        return;
    }
    char *copy = cf_strdup(reason);
    cf_timer_stop(query->engine->loop, &query->limit);
    query->asked = NULL;
    task->engine->sink->end_detached(task);
    answer(query, copy);
    free(copy);
}

static void on_limit(struct cf_timer *timer)
{
    struct cf_veto_query *query = timer->data;
    struct cf_task *task = query->asked;
    if (!task) {
        finish(query, query->veto, "it is set aside, and what it protects stays protected");
        return;
    }
    query->asked = NULL;
    task->engine->sink->end_detached(task);
    answer(query, "its veto took too long to answer");
}

/* The next veto, in the order of policies and of their declarations; NULL after the last. */
static const struct cf_veto *advance(struct cf_veto_query *query)
{
    const struct cf_engine *engine = query->engine;
    const struct cf_veto *veto = query->veto ? query->veto->next : NULL;
    if (query->veto && !veto)
        query->policy++;
    for (; !veto && query->policy < engine->policy_count; query->policy += veto == NULL)
        veto = engine->policies[query->policy]->vetoes;
    return veto;
}

static bool overrides(const struct cf_policy *asker, const char *name)
{
    for (char **over = asker->config->over; over && *over; over++)
        if (strcmp(*over, name) == 0)
            return true;
    return false;
}

static void next(struct cf_veto_query *query)
{
    struct cf_engine *engine = query->engine;
    const struct cf_session *session = cf_engine_session(engine, query->session);
    while (session && (query->veto = advance(query))) {
        const struct cf_veto *veto = query->veto;
        if (overrides(query->asker->policy, veto->policy->config->name) || !cf_veto_may_mean(veto, session))
            continue;
        if (veto->policy->set_aside) {
            cf_timer_defer(engine->loop, &query->limit); /* the asker may be in the middle of a step */
            return;
        }
        query->asked = veto->policy->engine->sink->ask_veto(veto->policy, veto->function, query->session);
        query->asked->answers_to = query;
        cf_timer_set(engine->loop, &query->limit, cf_mono_add(cf_loop_now(engine->loop), CF_VETO_LIMIT));
        return;
    }
    finish(query, NULL, NULL);
}

void cf_veto_query_begin(struct cf_veto_query *query, struct cf_task *asker, cf_session_key session,
                         void (*done)(void *data, const struct cf_veto *veto, const char *reason), void *data)
{
    *query = (struct cf_veto_query){.engine = asker->engine,
                                    .asker = asker,
                                    .session = session,
                                    .limit = {.fire = on_limit, .data = query},
                                    .done = done,
                                    .data = data};
    next(query);
}

void cf_veto_query_cancel(struct cf_veto_query *query)
{
    if (!query->engine)
        return;
    cf_timer_stop(query->engine->loop, &query->limit);
    if (query->asked)
        query->asked->engine->sink->end_detached(query->asked);
    query->asked = NULL;
}

/* ---- Rehearsals ---- */

static void on_rehearsal_limit(struct cf_timer *timer)
{
    const struct cf_veto *veto = timer->data;
    if (veto->rehearses)
        veto->policy->engine->sink->end_detached(veto->rehearses);
}

void cf_vetoes_apply(struct cf_engine *engine)
{
    struct cf_veto **end = &engine->unrehearsed;
    for (size_t i = 0; i < engine->policy_count; i++)
        for (struct cf_veto *veto = engine->policies[i]->vetoes; veto; veto = veto->next)
            if (!veto->rehearsed) {
                *end = veto;
                end = &veto->next_unrehearsed;
            }
    *end = NULL;
}

void cf_vetoes_rehearse(const struct cf_session_state *state)
{
    struct cf_engine *engine = state->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, state->key);
    for (struct cf_veto *veto, **place = &engine->unrehearsed; (veto = *place);) {
        engine->counts.visits++;
        if (veto->policy->set_aside || !cf_veto_may_mean(veto, session) ||
            cf_selector_match(veto->selector, session) != CF_TRI_YES) {
            place = &veto->next_unrehearsed;
            continue;
        }
        *place = veto->next_unrehearsed;
        veto->rehearsed = true;
        veto->rehearsal = (struct cf_timer){.fire = on_rehearsal_limit, .data = veto};
        cf_timer_set(engine->loop, &veto->rehearsal, cf_mono_add(cf_loop_now(engine->loop), CF_VETO_LIMIT));
        veto->rehearses = engine->sink->ask_veto(veto->policy, veto->function, state->key);
        veto->rehearses->rehearses = veto;
        veto->rehearses->rehearsal = true;
    }
}
