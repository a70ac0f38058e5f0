#include "runs.h"

const struct cf_span limit = {30 * INT64_C(60000000)}, first = {5 * INT64_C(60000000)};

void wait_idle(struct cf_task *task, struct cf_span span)
{
    cf_task_wait(task,
                 &(struct cf_wait){.kind = CF_WAIT_IDLE, .session = cf_task_session(task), .span = span});
}

void wait_life(struct cf_task *task, struct cf_span span)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), span);
    cf_task_wait(task,
                 &(struct cf_wait){.kind = CF_WAIT_LIFE, .session = cf_task_session(task), .until = until});
}

void sleep_for(struct cf_task *task, struct cf_span span)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), span);
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL, .until = until});
}

void announce(struct cf_task *task, struct cf_span left)
{
    cf_task_warn(task, cf_task_session(task), &(struct cf_warning){.text = "soon", .left = left});
}

void log_off(struct cf_task *task)
{
    cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "idle", false, 7);
}

enum cf_step idle(struct cf_task *task, int step, const struct cf_result *result)
{
    switch (step) {
    case 0: wait_idle(task, (struct cf_span){limit.us - first.us}); break;
    case 1: announce(task, first); break;
    case 2: wait_life(task, first); break;
    case 3:
        if (result->truth)
            return CF_STEP_RETURNED;
        log_off(task);
        break;
    default: return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

void expect(const char *journal)
{
    assert_string_equal(rig.journalled, journal);
}

enum cf_step hours(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    switch (step) {
    case 0: announce(task, first); break;
    case 1: sleep_for(task, first); break;
    case 2: log_off(task); break;
    default: return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

enum cf_step locked(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    struct cf_wait wait = {.kind = CF_WAIT_CONDITION, .session = cf_task_session(task), .function = 1};
    wait.until = CF_MONO_UNKNOWN;
    if (step == 0)
        cf_task_wait(task, &wait);
    else if (step == 1 && rig.policies[0].unwarned)
        cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "locked", true, 1);
    else if (step == 1)
        announce(task, first);
    else
        sleep_for(task, CF_DAY);
    return CF_STEP_WAITING;
}

enum cf_step locked_and_idle(struct cf_task *task, int step, const struct cf_result *result)
{
    if (step == 1)
        wait_idle(task, CF_MINUTE);
    else
        return locked(task, step ? step - 1 : 0, result);
    return CF_STEP_WAITING;
}

void lock(enum cf_tri locked)
{
    rig.session->locked = locked;
    rig_tell(CF_FIELD_BIT(CF_FIELD_LOCKED));
}

void leaves(void)
{
    rig_log_off();
}
