/* What a run has announced, and what would keep it from that. */
#include "engine/internal.h"

const struct cf_notice *cf_task_announces(const struct cf_task *task)
{
    const struct cf_notice *notice = task->notices;
    while (notice && (!notice->told || notice->session != task->session))
        notice = notice->next;
    return notice;
}

/* What the run's conditions look at of its own session. */
static uint64_t fields_of(const struct cf_task *task)
{
    uint64_t fields = 0;
    if (task->awaited.condition)
        fields |= cf_condition_fields(task->awaited.condition, task->session);
    for (unsigned i = 0; i < task->ground_count; i++)
        if (task->grounds[i].condition)
            fields |= cf_condition_fields(task->grounds[i].condition, task->session);
    return fields;
}

struct cf_heeds cf_task_heeds(const struct cf_task *task)
{
    bool waits = task->state == CF_TASK_WAITING || task->state == CF_TASK_CONFIRMING;
    enum cf_wait_kind kind = task->wait.kind;
    uint64_t fields = fields_of(task);
    return (struct cf_heeds){
        .activity = task->state == CF_TASK_PARKED || cf_task_wants_quiet(task) ||
                    (fields & CF_FIELD_BIT(CF_FIELD_IDLE)) != 0 || (waits && kind == CF_WAIT_LIFE),
        .reconnect =
            (fields & (CF_FIELD_BIT(CF_FIELD_DISCONNECTED) | CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR))) != 0,
        .answer = waits && kind == CF_WAIT_ANSWER,
    };
}
