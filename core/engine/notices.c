/* Notices: what a run shows on users' screens, and what that entitles it to. */
#include "engine/internal.h"

#include "base/memory.h"

#include <stdlib.h>

#define SLACK CF_SECOND /* a promise is kept when it is kept to the second */

struct cf_notice *cf_notice_find(struct cf_task *task, uint64_t id)
{
    for (size_t i = 0; i < task->notice_count; i++)
        if (task->notices[i].id == id)
            return &task->notices[i];
    return NULL;
}

struct cf_notice *cf_notice_open(struct cf_task *task, cf_session_key session, struct cf_span left)
{
    struct cf_mono ends = CF_MONO_UNKNOWN;
    if (cf_span_known(left))
        ends = cf_mono_add(cf_loop_now(task->engine->loop), left);
    task->notices = cf_grow(task->notices, task->notice_count, sizeof *task->notices);
    struct cf_notice *notice = &task->notices[task->notice_count++];
    *notice = (struct cf_notice){
        .id = ++task->engine->notices, .session = session, .delivered = CF_MONO_UNKNOWN, .ends = ends};
    return notice;
}

void cf_notice_take_back(struct cf_engine *engine, cf_session_key key, uint64_t id)
{
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    if (!session)
        return;
    struct cf_request request = {.action = CF_ACTION_WITHDRAW,
                                 .session = session->identity,
                                 .notice = id,
                                 .quiet_since = CF_MONO_UNKNOWN};
    (void)cf_calls_submit(engine->calls, &request, CF_ACTION_LIMIT, NULL, NULL);
}

static void withdraw(struct cf_task *task, struct cf_notice *notice)
{
    notice->shown = false;
    if (cf_policy_mode(task->policy) != CF_MODE_DRY)
        cf_notice_take_back(task->engine, notice->session, notice->id);
}

void cf_notice_delivered(struct cf_task *task, struct cf_notice *notice, bool withdrawable)
{
    notice->delivered = cf_loop_now(task->engine->loop);
    notice->shown = true;
    notice->withdrawable = withdrawable;
    for (size_t i = 0; i < task->notice_count; i++) {
        struct cf_notice *other = &task->notices[i];
        if (other == notice || !other->shown || other->session != notice->session)
            continue;
        if (other->withdrawable)
            withdraw(task, other);
        other->shown = false; /* what cannot be taken back is answered by the newer one */
    }
}

/* Whether somebody is left there to be told. */
static bool stays(const struct cf_engine *engine, cf_session_key key)
{
    const struct cf_presence *presence = cf_presence_of(engine, key);
    return presence && !presence->gone && !presence->ending && !engine->closing;
}

void cf_notices_close(struct cf_task *task, const char *why)
{
    for (size_t i = 0; i < task->notice_count; i++) {
        struct cf_notice *notice = &task->notices[i];
        if (!notice->shown || !stays(task->engine, notice->session))
            continue;
        withdraw(task, notice);
        if (!why)
            continue;
        struct cf_entry entry = {.what = CF_WHAT_WITHDRAW,
                                 .dry = cf_policy_mode(task->policy) == CF_MODE_DRY,
                                 .policy = cf_task_policy_name(task),
                                 .session = cf_registry_get(task->engine->registry, notice->session),
                                 .text = why};
        cf_engine_write(task->engine, &entry, NULL, NULL);
    }
    free(task->notices);
    task->notices = NULL;
    task->notice_count = 0;
}

void cf_task_close_notice(struct cf_task *task, uint64_t id)
{
    struct cf_notice *notice = cf_notice_find(task, id);
    if (notice && notice->shown)
        withdraw(task, notice);
}

static void answer(struct cf_task *task, struct cf_notice *notice, bool yes)
{
    struct cf_engine *engine = task->engine;
    notice->answered = yes;
    struct cf_entry entry = {.what = CF_WHAT_ANSWER,
                             .policy = cf_task_policy_name(task),
                             .session = cf_registry_get(engine->registry, notice->session),
                             .text = yes ? "yes" : "no"};
    cf_engine_write(engine, &entry, NULL, NULL);
    cf_registry_touch(engine->registry, notice->session,
                      cf_loop_now(engine->loop)); /* either way, he is there */
}

/* The first of these tasks that shows the notice. */
static bool answer_one(struct cf_task *tasks, uint64_t id, bool yes)
{
    for (struct cf_task *task = tasks; task; task = task->next) {
        struct cf_notice *notice = cf_notice_find(task, id);
        if (!notice || notice->answered)
            continue;
        answer(task, notice, yes);
        cf_wait_changed(task);
        return true;
    }
    return false;
}

void cf_notices_answered(struct cf_engine *engine, uint64_t id, bool yes)
{
    if (answer_one(engine->loose, id, yes))
        return;
    for (cf_session_key key = 0; (key = cf_registry_next(engine->registry, key));)
        if (answer_one(cf_presence_of(engine, key)->tasks, id, yes))
            return;
}

/* Disconnected since before the run began: there was never a screen to warn on. */
static bool disconnected_throughout(const struct cf_task *task, const struct cf_session *session)
{
    return session->disconnected == CF_TRI_YES && cf_mono_known(session->disconnected_since) &&
           session->disconnected_since.us <= task->started.us;
}

/* What the warnings of a run to one session come to. */
struct warned {
    bool any, missed;         /* one was shown, or tried; one reached nobody */
    struct cf_mono old, ends; /* when the oldest has its age; what the newest announced */
};

static struct warned look_at(const struct cf_task *task, cf_session_key key)
{
    struct warned warned = {.old = CF_MONO_UNKNOWN, .ends = CF_MONO_UNKNOWN};
    for (size_t i = 0; i < task->notice_count; i++) {
        const struct cf_notice *notice = &task->notices[i];
        if (notice->session != key)
            continue;
        warned.any = true;
        if (!cf_mono_known(notice->delivered)) {
            warned.missed = true;
            continue;
        }
        if (!cf_mono_known(warned.old))
            warned.old = cf_mono_add(notice->delivered, task->engine->config->limits.notice);
        if (cf_mono_known(notice->ends))
            warned.ends = notice->ends;
    }
    return warned;
}

const char *cf_notices_lack(const struct cf_task *task, cf_session_key key, struct cf_mono *ret_until)
{
    const struct cf_session *session = cf_registry_get(task->engine->registry, key);
    struct cf_mono now = cf_loop_now(task->engine->loop);
    struct warned warned = look_at(task, key);
    if (!warned.any)
        return disconnected_throughout(task, session) ? NULL : "nobody was warned";
    if (warned.missed)
        return "a warning reached nobody";
    if (cf_mono_known(warned.ends) && now.us > warned.ends.us + CF_ANNOUNCED_LATE.us)
        return "the time that the warning announced is long past";
    if (cf_mono_known(warned.ends) && now.us + SLACK.us < warned.ends.us) {
        *ret_until = warned.ends;
        return "the warning promised more time";
    }
    if (now.us < warned.old.us) {
        *ret_until = warned.old;
        return "the warning is too young: limits.notice wants it older";
    }
    return NULL;
}
