/*
 * What a task has to be told of beside its own session's changes: those of other sessions, which its
 * conditions look at, and input that could change what it waits for.
 */
#include "engine/runs/interest.h"

#include "engine/grounds/ground.h"
#include "engine/grounds/notices.h"
#include "engine/readings/condition.h"
#include "engine/readings/input.h"

#define IDLE   CF_FIELD_BIT(CF_FIELD_IDLE)
#define OUTPUT CF_FIELD_BIT(CF_FIELD_OUTPUT)

bool cf_task_is_told(const struct cf_task *task, cf_session_key session)
{
    return task->kind == CF_TASK_OF_SESSION && task->session == session;
}

static bool looks_elsewhere(const struct cf_task *task, const struct cf_condition *condition)
{
    for (int i = 0; condition && i < condition->read_count; i++)
        if (!cf_task_is_told(task, condition->reads[i].session))
            return true;
    return false;
}

void cf_lookers_update(struct cf_task *task)
{
    bool waits_elsewhere = task->wait.kind == CF_WAIT_LIFE && !cf_task_is_told(task, task->wait.session) &&
                           (task->state == CF_TASK_WAITING || task->state == CF_TASK_CONFIRMING);
    bool looks = waits_elsewhere || looks_elsewhere(task, task->awaited.condition);
    for (unsigned i = 0; i < task->ground_count && !looks; i++)
        looks = looks_elsewhere(task, task->grounds[i].condition);
    struct cf_task **place = &task->engine->lookers;
    if (looks == (task->looker_place != NULL))
        return;
    if (looks) {
        task->next_looker = *place;
        if (*place)
            (*place)->looker_place = &task->next_looker;
        *place = task;
        task->looker_place = place;
        return;
    }
    *task->looker_place = task->next_looker;
    if (task->next_looker)
        task->next_looker->looker_place = task->looker_place;
    task->looker_place = NULL;
}

/* ---- Interests in input ---- */

static void want_input(struct cf_task *task, struct cf_condition *condition)
{
    bool warned = cf_task_has_warned(task);
    if (condition && !condition->fresh)
        return; /* it is going to be asked anew */
    for (int i = 0; condition && i < condition->read_count; i++) {
        const struct cf_read *read = &condition->reads[i];
        uint64_t spans = read->moving & (IDLE | OUTPUT) & task->engine->sampled;
        uint64_t fields = spans ? cf_condition_could_change(condition, read->session, spans) : 0;
        struct cf_presence *presence = fields ? cf_presence_of(task->engine, read->session) : NULL;
        if (presence)
            cf_interests_want(&task->interests, presence, fields, warned);
    }
}

void cf_interests_update(struct cf_task *task)
{
    bool waits = task->state == CF_TASK_WAITING || task->state == CF_TASK_CONFIRMING;
    bool counts_down = cf_task_counts_down(task);
    if (!task->interests && !waits && !counts_down)
        return;
    cf_interests_begin(task->interests);
    if (waits && task->wait.kind == CF_WAIT_LIFE) {
        struct cf_presence *presence = cf_presence_of(task->engine, task->wait.session);
        if (presence)
            cf_interests_want(&task->interests, presence, IDLE, cf_task_has_warned(task));
    } else if (waits && task->awaited.function) { /* no input makes a session idle any sooner */
        want_input(task, task->awaited.condition);
    }
    if (counts_down)
        for (unsigned i = 0; i < task->ground_count; i++)
            want_input(task, task->grounds[i].condition);
    cf_interests_end(&task->interests);
}
