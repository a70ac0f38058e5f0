/* What a run has announced, and what would keep it from that. */
#include "engine/grounds/heeds.h"

#include "engine/grounds/ground.h"
#include "engine/grounds/notices.h"
#include "engine/readings/condition.h"

const struct cf_notice *cf_task_announces(const struct cf_task *task, cf_session_key session)
{
    const struct cf_notice *notice = task->notices;
    while (notice && (!notice->told || notice->session != session))
        notice = notice->next;
    return notice;
}

/* What the run's conditions look at of the session. */
static uint64_t fields_of(const struct cf_task *task, cf_session_key session)
{
    uint64_t fields = 0;
    if (task->awaited.condition)
        fields |= cf_condition_fields(task->awaited.condition, session);
    for (unsigned i = 0; i < task->ground_count; i++)
        if (task->grounds[i].condition)
            fields |= cf_condition_fields(task->grounds[i].condition, session);
    return fields;
}

/* Whether the run waits for an answer of the session's user. */
static bool asks(const struct cf_task *task, cf_session_key session)
{
    const struct cf_notice *notice = task->state == CF_TASK_WAITING && task->wait.kind == CF_WAIT_ANSWER
                                         ? cf_notice_find(task, task->wait.notice)
                                         : NULL;
    return notice && notice->session == session;
}

static bool waits_for_life(const struct cf_task *task, cf_session_key session)
{
    bool waits = task->state == CF_TASK_WAITING || task->state == CF_TASK_CONFIRMING;
    return waits && task->wait.kind == CF_WAIT_LIFE && task->wait.session == session;
}

struct cf_heeds cf_task_heeds(const struct cf_task *task, cf_session_key session)
{
    const uint64_t away = CF_FIELD_BIT(CF_FIELD_DISCONNECTED) | CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR);
    uint64_t fields = fields_of(task, session);
    return (struct cf_heeds){
        .activity = task->state == CF_TASK_PARKED || (task->state == CF_TASK_QUEUED && task->place->quiet) ||
                    cf_task_wants_quiet(task, session) || (fields & CF_FIELD_BIT(CF_FIELD_IDLE)) ||
                    waits_for_life(task, session),
        .reconnect = (fields & away) != 0,
        .answer = asks(task, session),
    };
}
