/* Runs of policies in C, the idle policy's among them, and the steps that they are made of. */
#ifndef CF_TESTS_RUNS_H
#define CF_TESTS_RUNS_H

#include "../../fixture/engine.h"

static const struct cf_span limit = {30 * INT64_C(60000000)}, first = {5 * INT64_C(60000000)};

static inline void wait_idle(struct cf_task *task, struct cf_span span)
{
    cf_task_wait(task,
                 &(struct cf_wait){.kind = CF_WAIT_IDLE, .session = cf_task_session(task), .span = span});
}

static inline void wait_life(struct cf_task *task, struct cf_span span)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), span);
    cf_task_wait(task,
                 &(struct cf_wait){.kind = CF_WAIT_LIFE, .session = cf_task_session(task), .until = until});
}

static inline void sleep_for(struct cf_task *task, struct cf_span span)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), span);
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL, .until = until});
}

static inline void warn(struct cf_task *task, struct cf_span left)
{
    cf_task_warn(task, cf_task_session(task), &(struct cf_warning){.text = "soon", .left = left});
}

static inline void log_off(struct cf_task *task)
{
    cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "idle", false, 7);
}

/* The idle policy, in C. */
static inline enum cf_step idle(struct cf_task *task, int step, const struct cf_result *result)
{
    switch (step) {
    case 0: wait_idle(task, (struct cf_span){limit.us - first.us}); break;
    case 1: warn(task, first); break;
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

static inline void expect(const char *journal)
{
    assert_string_equal(rig.journalled, journal);
}

/* Hours, and nothing else: whoever works until the end is logged off, and the entry says so. */
static inline enum cf_step hours(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    switch (step) {
    case 0: warn(task, first); break;
    case 1: sleep_for(task, first); break;
    case 2: log_off(task); break;
    default: return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

/* Rests on the session being locked, and does without a warning. */
static inline enum cf_step locked(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    struct cf_wait wait = {.kind = CF_WAIT_CONDITION, .session = cf_task_session(task), .function = 1};
    wait.until = CF_MONO_UNKNOWN;
    if (step == 0)
        cf_task_wait(task, &wait);
    else if (step == 1 && rig.policies[0].unwarned)
        cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "locked", true, 1);
    else if (step == 1)
        warn(task, first);
    else
        sleep_for(task, CF_DAY);
    return CF_STEP_WAITING;
}

/* The same, and on its user having been away for a minute. */
static inline enum cf_step locked_and_idle(struct cf_task *task, int step, const struct cf_result *result)
{
    if (step == 1)
        wait_idle(task, CF_MINUTE);
    else
        return locked(task, step ? step - 1 : 0, result);
    return CF_STEP_WAITING;
}

static inline void lock(enum cf_tri locked)
{
    rig.session->locked = locked;
    rig_tell(CF_FIELD_BIT(CF_FIELD_LOCKED));
}

static inline void leaves(void)
{
    rig_log_off();
}

#endif
