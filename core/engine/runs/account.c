/*
 * What the engine holds for a run counts with its policy's memory: conditions and grounds, what its script
 * has looked at, notices and actions with their texts. It is added up after each step of the script and each
 * look of a condition, between which it grows by little.
 */
#include "engine/runs/account.h"

#include "engine/actions/action.h"
#include "engine/readings/condition.h"
#include "engine/readings/input.h"

#include <string.h>

enum {
    BLOCK = 16,          /* bytes of the allocator's own beside each block */
    HASH = 640,          /* bytes of a small hash table, beside its items */
    VIEWER = 40 + BLOCK, /* of each session that a condition looks at: views.c */
};

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 + BLOCK : 0;
}

static size_t texts_size(const struct cf_notice_texts *texts)
{
    return text_size(texts->text) + text_size(texts->title) + text_size(texts->ask) +
           text_size(texts->language);
}

static size_t condition_size(const struct cf_condition *condition)
{
    return condition ? cf_condition_size(condition) + condition->read_count * (size_t)VIEWER : 0;
}

static size_t grounds_size(const struct cf_task *task)
{
    size_t size = task->ground_count ? (2 * (size_t)task->ground_count + 8) * sizeof *task->grounds : 0;
    for (size_t i = 0; i < task->ground_count; i++)
        size += condition_size(task->grounds[i].condition);
    return size + condition_size(task->awaited.condition);
}

static size_t notices_size(const struct cf_task *task)
{
    size_t size = 0;
    for (const struct cf_notice *notice = task->notices; notice; notice = notice->next)
        size += sizeof *notice + BLOCK + texts_size(&notice->texts);
    return size;
}

static size_t looks_size(const struct cf_task *task)
{
    size_t size = task->looks ? HASH + HASH_COUNT(task->looks) * (sizeof *task->looks + 2 * BLOCK) : 0;
    for (const struct cf_interest *interest = task->interests; interest; interest = interest->following)
        size += sizeof *interest + BLOCK;
    return size;
}

/* Of an action, and of the notice that a warning becomes. */
static size_t action_size(const struct cf_action *action)
{
    if (!action)
        return 0;
    return sizeof *action + sizeof(struct cf_notice) + 2 * BLOCK + text_size(action->policy) +
           text_size(action->text) + text_size(action->reason) + texts_size(&action->texts);
}

int cf_account(struct cf_task *task, struct cf_error *err)
{
    const struct cf_policy_host_ops *host = task->engine->setup.policy_host;
    size_t size = grounds_size(task) + notices_size(task) + looks_size(task) + action_size(task->action) +
                  text_size(task->result_message) + text_size(task->answer);
    if (!host->hold)
        return CF_OK;
    int code = size > task->held ? host->hold(task->run, size - task->held, err) : CF_OK;
    if (code < 0)
        return code;
    if (size < task->held)
        host->give_back(task->policy->script, task->held - size);
    task->held = (uint32_t)size; /* of a policy, whose memory has fewer bytes */
    return CF_OK;
}

void cf_account_end(struct cf_task *task)
{
    if (task->held)
        task->engine->setup.policy_host->give_back(task->policy->script, task->held);
    task->held = 0;
}
