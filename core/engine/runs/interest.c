#include "engine/runs/interest.h"

#include "engine/grounds/ground.h"
#include "engine/grounds/notices.h"
#include "engine/readings/condition.h"
#include "engine/readings/input.h"

#define IDLE   CF_FIELD_BIT(CF_FIELD_IDLE)
#define OUTPUT CF_FIELD_BIT(CF_FIELD_OUTPUT)

static void want_input(struct cf_task *task, struct cf_condition *condition)
{
    bool warned = cf_task_has_warned(task);
    if (condition && !condition->fresh)
        return; /* it is going to be asked anew */
    for (int i = 0; condition && i < condition->read_count; i++) {
        const struct cf_read *read = &condition->reads[i];
        uint64_t spans = read->moving & (IDLE | OUTPUT) & task->engine->sampled;
        uint64_t fields = spans ? cf_condition_could_change(condition, read->session, spans) : 0;
        struct cf_session_state *state = fields ? cf_session_state_of(task->engine, read->session) : NULL;
        if (state)
            cf_interests_want(&task->interests, state, fields, warned);
    }
}

void cf_interests_update(struct cf_task *task)
{
    bool waits = task->state == CF_TASK_WAITING || task->state == CF_TASK_CONFIRMING;
    bool counts_down = cf_task_counts_down(task);
    if (!task->interests && !waits && !counts_down)
        return;
    cf_interests_begin(task->engine, task->interests);
    if (waits && task->wait.kind == CF_WAIT_LIFE) {
        struct cf_session_state *state = cf_session_state_of(task->engine, task->wait.session);
        if (state)
            cf_interests_want(&task->interests, state, IDLE, cf_task_has_warned(task));
    } else if (waits && task->awaited.function) { /* no input makes a session idle any sooner */
        want_input(task, task->awaited.condition);
    }
    if (counts_down)
        for (unsigned i = 0; i < task->ground_count; i++)
            want_input(task, task->grounds[i].condition);
    cf_interests_end(task->engine, &task->interests);
}
