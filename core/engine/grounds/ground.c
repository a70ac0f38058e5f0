/*
 * Grounds: what a run has waited for, and what must still be so when it acts. Being idle is a condition like
 * a script's, only that C asks it.
 */
#include "engine/grounds/ground.h"

#include "base/memory.h"
#include "engine/grounds/notices.h"
#include "engine/readings/condition.h"

#include <stdio.h>
#include <stdlib.h>

#define IDLE CF_FIELD_BIT(CF_FIELD_IDLE)

static const char ACTIVITY[] = "there was activity";

static int ask_idle(const struct cf_engine *engine, const struct cf_ground *ground)
{
    struct cf_condition *condition = ground->condition;
    const struct cf_session *session = cf_registry_get(engine->registry, ground->session);
    if (!session || !cf_condition_grows(session, CF_FIELD_IDLE)) {
        (void)cf_condition_read(condition, ground->session, IDLE);
        return 0;
    }
    int limit = cf_condition_constant(condition, ground->idle.us);
    int idle = cf_condition_since(condition, engine, ground->session, CF_FIELD_IDLE);
    return cf_condition_test(condition, CF_TEST_LESS_OR_EQUAL, limit, idle);
}

int cf_ground_ask(struct cf_task *task, struct cf_ground *ground, struct cf_error *err)
{
    struct cf_engine *engine = task->engine;
    struct cf_condition *condition = ground->condition;
    if (condition->fresh)
        engine->counts.flips += cf_condition_look(condition, engine);
    if (condition->fresh)
        return condition->holds;
    cf_condition_begin(condition, engine);
    (void)cf_condition_read(condition, ground->session, 0); /* that it is there */
    int truth;
    if (ground->function) {
        engine->counts.evaluations++;
        truth = engine->setup.policy_host->evaluate(task->run, ground->function, condition, err);
    } else {
        truth = ask_idle(engine, ground);
    }
    cf_condition_end(condition, truth > 0);
    if (truth >= 0 && ground->function && task->sink->account(task, err) < 0)
        truth = CF_POLICY;
    if (engine->setup.asked && ground->function && ground == &task->awaited)
        engine->setup.asked(engine->setup.asked_data, task->wait.line, condition->holds);
    return truth < 0 ? truth : condition->holds;
}

void cf_ground_add(struct cf_task *task, const struct cf_ground *ground)
{
    task->grounds = cf_grow(task->grounds, task->ground_count, sizeof *ground);
    task->grounds[task->ground_count++] = *ground;
    task->settled = false;
}

void cf_ground_finish(struct cf_task *task, struct cf_ground *ground)
{
    if (ground->function)
        task->engine->setup.policy_host->release(task->policy->script, ground->function);
    if (ground->condition)
        cf_condition_finish(ground->condition);
    free(ground->condition);
    *ground = (struct cf_ground){0};
}

void cf_grounds_changed(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed)
{
    for (size_t i = 0; i < task->ground_count; i++) {
        struct cf_ground *ground = &task->grounds[i];
        if (!ground->condition)
            continue;
        uint64_t read = cf_condition_fields(ground->condition, session);
        if (session == ground->session)
            ground->changed |= fields & read;
        else if (listed || (fields & (read | cf_condition_fields(ground->condition, 0))))
            ground->others_changed = true;
        int differ = cf_condition_changed(ground->condition, session, fields, listed);
        if (differ == 0)
            (void)cf_condition_look(ground->condition, task->engine);
        if (differ < 0)
            continue;
        ground->until.us = 0;
        task->settled = false;
    }
}

/* ---- Why one does not hold ---- */

static const char *name_change(const struct cf_task *task, const struct cf_ground *ground,
                               char text[CF_GROUND_TEXT])
{
    const struct cf_session *session = cf_registry_get(task->engine->registry, ground->session);
    uint64_t changed = ground->changed;
    if (changed & IDLE)
        return cf_mono_known(session->last_input) ? ACTIVITY
                                                  : "nobody knows any more whether the session is in use";
    if (changed & CF_FIELD_BIT(CF_FIELD_DISCONNECTED))
        return session->disconnected == CF_TRI_YES ? "the user has disconnected" : "the user has reconnected";
    if (changed & CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR))
        return "the user was back in the meantime";
    if (changed & (CF_FIELD_BIT(CF_FIELD_LOCKED) | CF_FIELD_BIT(CF_FIELD_LOCKED_FOR)))
        return session->locked == CF_TRI_YES ? "the session was locked" : "the session was unlocked";
    if (changed & CF_FIELD_BIT(CF_FIELD_OUTPUT))
        return "there was output";
    if (changed) {
        (void)snprintf(text, CF_GROUND_TEXT, "what it rests on has changed: %s",
                       cf_fields[__builtin_ctzll(changed)].name);
        return text;
    }
    return ground->others_changed ? "other sessions that it rests on have changed"
                                  : "the time for it is over";
}

bool cf_ground_stands(const struct cf_task *task, const struct cf_ground *ground)
{
    return ground->condition->fresh && ground->condition->holds &&
           cf_loop_now(task->engine->loop).us < ground->until.us;
}

const char *cf_ground_fails(struct cf_task *task, struct cf_ground *ground, char text[CF_GROUND_TEXT])
{
    const struct cf_session_state *state = cf_session_state_of(task->engine, ground->session);
    if (!state || state->gone)
        return "a session that it rested on has ended";
    if (!ground->condition || cf_ground_stands(task, ground))
        return NULL;
    struct cf_error err;
    cf_error_clear(&err);
    int truth = cf_ground_ask(task, ground, &err);
    if (truth > 0) {
        ground->changed = 0;
        ground->others_changed = false;
        return NULL;
    }
    if (truth == 0)
        return name_change(task, ground, text);
    (void)snprintf(text, CF_GROUND_TEXT, "%.*s", CF_GROUND_TEXT - 1, err.text);
    return text;
}

/* ---- That nobody has touched the session ---- */

static const struct cf_look *look_of(const struct cf_task *task, cf_session_key session)
{
    const struct cf_look *look;
    HASH_FIND(hh, task->looks, &session, sizeof session, look);
    return look;
}

struct cf_mono cf_life_mark(const struct cf_task *task, cf_session_key session)
{
    const struct cf_look *look = session == task->session ? NULL : look_of(task, session);
    return session == task->session ? task->life_mark : look ? look->input : task->started;
}

uint64_t cf_task_looked_at(const struct cf_task *task, cf_session_key session)
{
    const struct cf_look *look = look_of(task, session);
    return look && look->at_output ? CF_FIELD_BIT(CF_FIELD_OUTPUT) : 0;
}

bool cf_task_wants_quiet(const struct cf_task *task, cf_session_key session)
{
    return (task->wants_quiet && session == task->session) || look_of(task, session);
}

bool cf_task_rests(const struct cf_task *task, cf_session_key session)
{
    return task->ground_count || (task->wants_quiet && session == task->session) || look_of(task, session);
}

const char *cf_quiet_fails(const struct cf_task *task, cf_session_key key)
{
    const struct cf_engine *engine = task->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    const struct cf_look *look = look_of(task, key);
    bool wants_quiet = task->wants_quiet && key == task->session;
    bool known = cf_mono_known(session->last_input);
    if (wants_quiet && cf_life_since(engine, key, task->life_mark))
        return ACTIVITY;
    if (look && cf_mono_is_after(cf_registry_life(engine->registry, key), look->input))
        return ACTIVITY;
    if (look && look->before_warning && cf_notices_noticed(task, key))
        return ACTIVITY;
    if (look && look->at_output && cf_mono_is_after(session->last_output, look->output))
        return "there was output";
    if (look && look->unknown && known)
        return "it is known by now whether the session is in use";
    if (!known && session->disconnected != CF_TRI_YES && (wants_quiet || (look && !look->unknown)))
        return "nobody knows whether the session is in use";
    return NULL;
}

void cf_looks_finish(struct cf_task *task)
{
    struct cf_look *look, *following;
    HASH_ITER(hh, task->looks, look, following)
    {
        HASH_DEL(task->looks, look);
        free(look);
    }
}

void cf_task_looked(struct cf_task *task, cf_session_key key, enum cf_field field, bool known)
{
    const struct cf_engine *engine = task->engine;
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    bool at_input = field == CF_FIELD_IDLE || field == CF_FIELD_IDLE_SOURCE;
    if (!session || task->kind == CF_TASK_VETO || (!at_input && field != CF_FIELD_OUTPUT))
        return;
    struct cf_look *look;
    HASH_FIND(hh, task->looks, &key, sizeof key, look);
    if (!look) {
        look = cf_alloc(sizeof *look);
        *look = (struct cf_look){.session = key, .input = cf_registry_life(engine->registry, key)};
        HASH_ADD(hh, task->looks, session, sizeof key, look);
    }
    if (at_input) {
        look->input = cf_registry_life(engine->registry, key);
        look->before_warning = look->before_warning || !cf_notice_of(task, key);
        look->unknown = !known || !cf_mono_known(session->last_input);
    } else {
        look->output = session->last_output;
        look->at_output = true;
    }
}

/* ---- What has to be read first ---- */

uint64_t cf_read_stale(const struct cf_engine *engine, const struct cf_read *read, uint64_t since)
{
    uint64_t fields = (read->fields | read->moving) & engine->sampled;
    const struct cf_session_state *state = fields ? cf_session_state_of(engine, read->session) : NULL;
    return state && !cf_reading_is_fresh(state, fields, since) ? fields : 0;
}

struct cf_session_state *cf_condition_unread(const struct cf_engine *engine,
                                             const struct cf_condition *condition, uint64_t since,
                                             uint64_t *ret_fields)
{
    for (int i = 0; i < condition->read_count; i++) {
        uint64_t fields = cf_read_stale(engine, &condition->reads[i], since);
        if (!fields)
            continue;
        *ret_fields = fields;
        return cf_session_state_of(engine, condition->reads[i].session);
    }
    return NULL;
}

bool cf_task_counts_down(const struct cf_task *task)
{
    return task->ground_count && (task->counts_down || cf_task_has_warned(task));
}
