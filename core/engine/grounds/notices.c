/* Notices: what a run shows on users' screens, and what has come of that. */
#include "engine/grounds/notices.h"

#include "base/memory.h"
#include "base/template.h"
#include "engine/grounds/pace.h"
#include "engine/task.h"

#include <stdlib.h>
#include <string.h>

struct cf_notice *cf_notice_of(const struct cf_task *task, cf_session_key session)
{
    struct cf_notice *notice = task->notices;
    while (notice && notice->session != session)
        notice = notice->next;
    return notice;
}

/* Of all tasks. */
static struct cf_notice *find_any(const struct cf_engine *engine, uint64_t id)
{
    struct cf_notice *notice;
    HASH_FIND(hh, engine->noticed, &id, sizeof id, notice);
    return notice;
}

struct cf_notice *cf_notice_find(const struct cf_task *task, uint64_t id)
{
    struct cf_notice *notice = find_any(task->engine, id);
    return notice && notice->task == task ? notice : NULL;
}

bool cf_task_has_warned(const struct cf_task *task)
{
    const struct cf_notice *notice = task->notices;
    while (notice && !notice->told)
        notice = notice->next;
    return notice != NULL;
}

void cf_notice_texts_finish(struct cf_notice_texts *texts)
{
    free(texts->text);
    free(texts->title);
    free(texts->ask);
    free(texts->language);
    *texts = (struct cf_notice_texts){0};
}

struct cf_notice *cf_notice_open(struct cf_task *task, cf_session_key session, struct cf_notice_texts *texts,
                                 struct cf_span left)
{
    struct cf_engine *engine = task->engine;
    struct cf_notice *notice = cf_notice_of(task, session);
    if (!notice) {
        notice = cf_alloc(sizeof *notice);
        *notice = (struct cf_notice){.next = task->notices,
                                     .task = task,
                                     .session = session,
                                     .life = cf_registry_life(engine->registry, session),
                                     .promised = CF_MONO_UNKNOWN,
                                     .since = CF_MONO_UNKNOWN,
                                     .seen = {CF_UNKNOWN_US}};
        task->notices = notice;
    }
    if (notice->action)
        notice->task->engine->sink->drop(notice->action);
    cf_notice_texts_finish(&notice->texts);
    notice->texts = *texts;
    *texts = (struct cf_notice_texts){0};
    if (notice->id)
        HASH_DEL(engine->noticed, notice);
    notice->id = ++engine->notices;
    HASH_ADD(hh, engine->noticed, id, sizeof notice->id, notice);
    notice->ends = cf_span_known(left) ? cf_mono_add(cf_loop_now(engine->loop), left) : CF_MONO_UNKNOWN;
    return notice;
}

char *cf_notice_text(const struct cf_notice *notice, struct cf_span *ret_left)
{
    struct cf_mono now = cf_loop_now(notice->task->engine->loop);
    const char *text = notice->texts.text;
    if (!cf_mono_known(notice->ends)) {
        *ret_left = (struct cf_span){CF_UNKNOWN_US};
        return cf_strdup(text);
    }
    int64_t seconds = (notice->ends.us - now.us + CF_SECOND.us / 2) / CF_SECOND.us;
    *ret_left = cf_seconds(seconds > 0 ? seconds : 0);
    char words[CF_SPAN_TEXT];
    struct cf_buffer out = {0};
    size_t length;
    for (const char *open; (open = cf_template_next(text, &length)); text = open + length + 2) {
        bool left = length == 4 && strncmp(open + 1, "left", length) == 0;
        cf_buffer_add(&out, text, (size_t)(open - text) + (left ? 0 : length + 2));
        if (left)
            cf_buffer_puts(&out, cf_span_words_in(*ret_left, notice->texts.language, words));
    }
    cf_buffer_puts(&out, text);
    return out.data;
}

void cf_notice_delivered(struct cf_notice *notice)
{
    notice->action = NULL;
    notice->told = true;
    notice->told_at = cf_loop_now(notice->task->engine->loop);
    notice->promised = notice->ends;
    if (!cf_span_known(notice->seen))
        notice->seen.us = 0;
    if (!cf_mono_known(notice->since))
        notice->since = cf_loop_now(notice->task->engine->loop);
    notice->task->sink->changed(notice->task);
}

void cf_notice_failed(struct cf_notice *notice)
{
    notice->action = NULL;
    notice->ready = false;
    notice->missed = true;
    cf_notice_queue_remove(cf_session_state_of(notice->task->engine, notice->session), notice);
}

/* Whether somebody is left there to be told. */
static bool stays(const struct cf_engine *engine, const struct cf_session_state *state)
{
    return state && !state->gone && !state->ending && !engine->closing;
}

bool cf_notices_noticed(const struct cf_task *task, cf_session_key session)
{
    for (const struct cf_notice *notice = task->notices; notice; notice = notice->next)
        if ((!session || notice->session == session) &&
            cf_life_since(task->engine, notice->session, notice->life))
            return true;
    return false;
}

bool cf_notices_typed(const struct cf_task *task, cf_session_key session)
{
    const struct cf_notice *notice = cf_notice_of(task, session);
    struct cf_mono input = cf_registry_get(task->engine->registry, session)->last_input;
    return notice && notice->told && cf_mono_is_after(input, notice->told_at);
}

static void write_stays(struct cf_notice *notice, const char *why)
{
    struct cf_task *task = notice->task;
    struct cf_entry entry = {.what = CF_WHAT_WITHDRAW,
                             .dry = cf_policy_mode(task->policy) == CF_MODE_DRY,
                             .policy = cf_policy_name(task->policy),
                             .session = cf_registry_get(task->engine->registry, notice->session),
                             .text = why};
    cf_engine_write(task->engine, &entry, NULL, NULL);
}

void cf_notices_close(struct cf_task *task, const char *why)
{
    if (task->notices)
        task->engine->sink->announces_less(task->policy);
    while (task->notices) {
        struct cf_notice *notice = task->notices;
        struct cf_session_state *state = cf_session_state_of(task->engine, notice->session);
        task->notices = notice->next;
        HASH_DEL(task->engine->noticed, notice);
        if (notice->told && why && stays(task->engine, state))
            write_stays(notice, why);
        if (notice->action)
            notice->task->engine->sink->drop(notice->action);
        cf_pace_release(notice);
        if (state)
            cf_notice_queue_forget(state, notice);
        cf_notice_texts_finish(&notice->texts);
        free(notice);
    }
}

void cf_task_close_notice(struct cf_task *task, uint64_t id)
{
    struct cf_notice *notice = cf_notice_find(task, id);
    if (!notice)
        return;
    struct cf_session_state *state = cf_session_state_of(task->engine, notice->session);
    if (notice->action)
        notice->task->engine->sink->drop(notice->action);
    cf_notice_pause(notice);
    cf_pace_release(notice);
    notice->told = false;
    task->engine->sink->announces_less(task->policy);
    if (state)
        cf_notice_queue_forget(state, notice);
    task->sink->changed(task);
}

/* ---- Answers ---- */

bool cf_notice_answered(const struct cf_task *task, uint64_t id)
{
    const struct cf_notice *notice = task->notices;
    while (notice && notice->answered != id)
        notice = notice->next;
    return notice && id;
}

/* The notice that has this warning, or still shows it while its next one is on its way. */
static struct cf_notice *find_asked(const struct cf_engine *engine, uint64_t id)
{
    const struct cf_notice_queue *queue;
    HASH_FIND(hh, engine->queues, &id, sizeof id, queue);
    return queue ? queue->shown : find_any(engine, id);
}

void cf_notices_answered(struct cf_engine *engine, uint64_t id, bool yes)
{
    struct cf_notice *notice = find_asked(engine, id);
    if (!notice || notice->answered == id)
        return;
    struct cf_task *task = notice->task;
    if (yes)
        notice->answered = id;
    struct cf_entry entry = {.what = CF_WHAT_ANSWER,
                             .policy = cf_policy_name(task->policy),
                             .session = cf_registry_get(engine->registry, notice->session),
                             .text = yes ? "yes" : "no"};
    cf_engine_write(engine, &entry, NULL, NULL);
    cf_notice_queue_answered(cf_session_state_of(engine, notice->session), notice, id);
    cf_registry_touch(engine->registry, notice->session,
                      cf_loop_now(engine->loop)); /* either way, they are there */
    task->sink->answered(task);
}

/* ---- What it entitles to ---- */

/* Disconnected since before the run began: there was never a screen to warn on. */
bool cf_disconnected_long(const struct cf_engine *engine, const struct cf_session *session)
{
    struct cf_span away = cf_session_span(session, CF_FIELD_DISCONNECTED_FOR, cf_loop_now(engine->loop));
    return session->disconnected == CF_TRI_YES && away.us >= engine->config->limits.notice.us;
}

bool cf_notices_seen(const struct cf_task *task, cf_session_key key)
{
    const struct cf_notice *notice = cf_notice_of(task, key);
    return notice && cf_span_known(notice->seen);
}

bool cf_notices_missed(const struct cf_task *task, cf_session_key key)
{
    const struct cf_notice *notice = cf_notice_of(task, key);
    return notice && notice->missed;
}
