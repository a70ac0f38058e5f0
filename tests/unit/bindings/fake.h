/*
 * An engine that does nothing by itself: it notes what the script asks, and the test says what comes of it.
 * It defines everything of policy_host.h that scripts call, so that the real engine is not linked.
 */
#ifndef CF_TEST_FAKE_H
#define CF_TEST_FAKE_H

#include "../unit.h"

#include "base/memory.h"
#include "base/trust.h"
#include "bindings/lua_host.h"
#include "bindings/state/state.h"
#include "engine/records/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cf_engine {
    struct cf_loop *loop;
    struct cf_session sessions[4]; /* keys 1 to count */
    size_t count;
    struct cf_store *store;
    const char *policy_folder;
    const char *language;
    bool samples, translates, awaits_language;
};

struct cf_policy {
    struct cf_engine *engine;
    const char *path;
    struct cf_error mistakes;
    json_t *options, *texts, *declared; /* declared: the last one */
    uint64_t function;                  /* of the last watch */
    struct cf_selector *selector;
    char log[256], warned[512];
    bool wary;
};

struct cf_task {
    struct cf_policy *policy;
    cf_session_key session;
    enum { ASKED_NOTHING, ASKED_WAIT, ASKED_WARN, ASKED_ACT } asked; /* last */
    unsigned asks;
    struct cf_wait wait;
    struct cf_warning warning; /* its texts point below */
    char text[256], ask[64], title[64];
    enum cf_action_kind action;
    char reason[256];
    bool unwarned;
    uint64_t closed;
    unsigned forgets;
    bool is_veto;
    char unknown[128];
};

const char *cf_policy_name(const struct cf_policy *policy)
{
    return (void)policy, "fake";
}

const char *cf_policy_path(const struct cf_policy *policy)
{
    return policy->path;
}

struct cf_engine *cf_policy_engine(const struct cf_policy *policy)
{
    return policy->engine;
}

bool cf_policy_declare(struct cf_policy *policy, json_t *option)
{
    bool again = policy->declared &&
                 json_equal(json_object_get(policy->declared, "option"), json_object_get(option, "option"));
    json_decref(policy->declared);
    policy->declared = option;
    return !again;
}

void cf_policy_mistake(struct cf_policy *policy, const char *format, ...)
{
    struct cf_error own = {.code = CF_POLICY};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(own.text, sizeof own.text, format, arguments);
    va_end(arguments);
    cf_error_add(&policy->mistakes, &own);
}

const json_t *cf_policy_configured(const struct cf_policy *policy)
{
    return policy->options;
}

const json_t *cf_policy_option(const struct cf_policy *policy, const char *name)
{
    return json_object_get(policy->options, name);
}

void cf_policy_keep_calendar(struct cf_policy *policy, struct cf_calendar *calendar)
{
    (void)policy, (void)calendar;
}

void cf_policy_translates(struct cf_policy *policy)
{
    policy->engine->translates = true;
}

const json_t *cf_policy_texts(const struct cf_policy *policy)
{
    return policy->texts;
}

void cf_policy_watch(struct cf_policy *policy, struct cf_selector *selector, uint64_t function)
{
    cf_selector_destroy(policy->selector);
    policy->selector = selector;
    policy->function = function;
}

void cf_policy_log(struct cf_policy *policy, const char *text)
{
    snprintf(policy->log, sizeof policy->log, "%s", text);
}

const json_t *cf_policy_stored(const struct cf_policy *policy, const char *key)
{
    return cf_store_get(policy->engine->store, cf_policy_name(policy), key);
}

size_t cf_policy_store_memory(const struct cf_policy *policy)
{
    return (void)policy, 0;
}

int cf_policy_store(const struct cf_policy *policy, const char *key, json_t *value, struct cf_error *err)
{
    return cf_store_put(policy->engine->store, cf_policy_name(policy), key, value, err);
}

int cf_policy_trusts(const struct cf_policy *policy, const char *path, struct cf_error *err)
{
    return policy->wary ? cf_trust_file(path, err) : CF_OK;
}

void cf_policy_warn(const struct cf_policy *policy, const char *text)
{
    snprintf(((struct cf_policy *)(uintptr_t)policy)->warned, sizeof policy->warned, "%s", text);
}

const char *cf_engine_policy_folder(const struct cf_engine *engine)
{
    return engine->policy_folder;
}

struct cf_loop *cf_engine_loop(const struct cf_engine *engine)
{
    return engine->loop;
}

const struct cf_zone *cf_engine_zone(const struct cf_engine *engine)
{
    return (void)engine, cf_zone_utc();
}

const char *cf_engine_host_name(const struct cf_engine *engine)
{
    return (void)engine, "fakehost";
}

const struct cf_session *cf_engine_session(const struct cf_engine *engine, cf_session_key key)
{
    return key >= 1 && key <= engine->count ? &engine->sessions[key - 1] : NULL;
}

const char *cf_engine_language(const struct cf_engine *engine, cf_session_key key)
{
    const struct cf_session *session = cf_engine_session(engine, key);
    return session && session->language ? session->language : engine->language;
}

bool cf_engine_samples(const struct cf_engine *engine, enum cf_field field)
{
    return (void)field, engine->samples;
}

size_t cf_engine_session_count(const struct cf_engine *engine)
{
    (void)engine;
    return 100;
}

cf_session_key cf_engine_next_session(const struct cf_engine *engine, cf_session_key after)
{
    return after < engine->count ? after + 1 : 0;
}

bool cf_task_is_detached(const struct cf_task *task)
{
    return (void)task, false;
}

cf_session_key cf_task_session(const struct cf_task *task)
{
    return task->session;
}

void cf_task_wait(struct cf_task *task, const struct cf_wait *wait)
{
    task->asked = ASKED_WAIT;
    task->asks++;
    task->wait = *wait;
}

void cf_task_warn(struct cf_task *task, cf_session_key session, const struct cf_warning *warning)
{
    (void)session;
    task->asked = ASKED_WARN;
    task->asks++;
    task->warning = *warning;
    snprintf(task->text, sizeof task->text, "%s", warning->text);
    snprintf(task->ask, sizeof task->ask, "%s", warning->ask ? warning->ask : "");
    snprintf(task->title, sizeof task->title, "%s", warning->title ? warning->title : "");
}

void cf_task_close_notice(struct cf_task *task, uint64_t notice)
{
    task->closed = notice;
}

void cf_task_act(struct cf_task *task, enum cf_action_kind action, cf_session_key session, const char *reason,
                 bool unwarned, int line)
{
    (void)session, (void)line;
    task->asked = ASKED_ACT;
    task->asks++;
    task->action = action;
    task->unwarned = unwarned;
    snprintf(task->reason, sizeof task->reason, "%s", reason ? reason : "");
}

void cf_task_answer(struct cf_task *task, const char *reason)
{
    (void)task, (void)reason;
}

void cf_task_unknown(struct cf_task *task, const char *reason)
{
    snprintf(task->unknown, sizeof task->unknown, "%s", reason);
}

bool cf_task_is_veto(const struct cf_task *task)
{
    return task->is_veto;
}

void cf_task_read(struct cf_task *task, cf_session_key session, uint64_t fields)
{
    (void)session, (void)fields;
    struct cf_wait wait = {0};
    cf_task_wait(task, &wait);
}

bool cf_task_await_language(struct cf_task *task, cf_session_key session)
{
    bool awaits = task->policy->engine->awaits_language;
    if (awaits)
        cf_task_read(task, session, CF_FIELD_BIT(CF_FIELD_LANGUAGE));
    return awaits;
}

/* It is asked of nobody here: what the record says is so. */
bool cf_task_knows(const struct cf_task *task, cf_session_key session, enum cf_field field)
{
    return (void)task, (void)session, (void)field, true;
}

void cf_task_look(struct cf_task *task, cf_session_key session, enum cf_field field)
{
    cf_task_read(task, session, CF_FIELD_BIT(field));
}

void cf_task_looked(struct cf_task *task, cf_session_key session, enum cf_field field, bool known)
{
    (void)task, (void)session, (void)field, (void)known;
}

bool cf_engine_load(struct cf_engine *engine, cf_session_key key, struct cf_span over, double *ret_cores)
{
    (void)engine, (void)key, (void)over, (void)ret_cores;
    return false;
}

void cf_policy_protect(struct cf_policy *policy, struct cf_selector *selector, struct cf_span at_most,
                       uint64_t function)
{
    (void)policy, (void)at_most, (void)function;
    cf_selector_destroy(selector);
}

void cf_policy_on(struct cf_policy *policy, enum cf_policy_event event, uint64_t function)
{
    (void)policy, (void)event, (void)function;
}

void cf_policy_every(struct cf_policy *policy, struct cf_span span, uint64_t function)
{
    (void)policy, (void)span, (void)function;
}

void cf_policy_at_windows(struct cf_policy *policy, struct cf_calendar *calendar, struct cf_span late,
                          uint64_t function)
{
    (void)late;
    (void)policy, (void)calendar, (void)function;
}

int cf_policy_refuse_logons(struct cf_policy *policy, const char *text, struct cf_error *err)
{
    return (void)policy, (void)text, (void)err, CF_OK;
}

void cf_task_rests_on_wall(struct cf_task *task)
{
    (void)task;
}

int cf_policy_at(struct cf_policy *policy, const char *appointment, struct cf_span late, uint64_t function,
                 struct cf_error *err)
{
    (void)late;
    (void)policy, (void)appointment, (void)function, (void)err;
    return 0;
}

void cf_task_forget(struct cf_task *task)
{
    task->forgets++;
}

/* ---- A bench: one policy, one task ---- */

struct bench {
    struct cf_engine engine;
    struct cf_policy policy;
    struct cf_task task;
    struct cf_policy_host *host;
    void *script, *run;
    struct cf_error err;
};

#define BENCH_START ((struct cf_instant){INT64_C(1772438400000000)}) /* 2026-03-02 08:00 UTC, a Monday */

static inline void bench_open(struct bench *bench)
{
    *bench = (struct bench){0};
    assert_int_equal(cf_loop_create_virtual(BENCH_START, 0, &bench->engine.loop, NULL), 0);
    bench->engine.store = cf_store_create();
    bench->policy.engine = &bench->engine;
    bench->task.policy = &bench->policy;
    bench->host = cf_lua_host_ops.create();
}

static inline void bench_close(struct bench *bench)
{
    if (bench->run)
        cf_lua_host_ops.cancel(bench->run);
    if (bench->script)
        cf_lua_host_ops.unload(bench->script);
    cf_lua_host_ops.destroy(bench->host);
    cf_selector_destroy(bench->policy.selector);
    json_decref(bench->policy.options);
    json_decref(bench->policy.declared);
    json_decref(bench->policy.texts);
    for (size_t i = 0; i < bench->engine.count; i++)
        cf_session_finish(&bench->engine.sessions[i]);
    cf_store_destroy(bench->engine.store);
    cf_loop_destroy(bench->engine.loop);
    cf_zones_release();
}

/* Adds ana's session, who has just typed something. */
static inline struct cf_session *bench_session(struct bench *bench)
{
    struct cf_session *session = &bench->engine.sessions[bench->engine.count++];
    cf_session_init(session);
    session->identity.id = cf_strdup("7");
    session->identity.host = cf_strdup("fakehost");
    cf_session_set_string(session, CF_FIELD_USER, "ana");
    cf_session_set_string(session, CF_FIELD_CLASS, "user");
    session->active = CF_TRI_YES;
    session->disconnected = CF_TRI_NO;
    session->last_input = cf_loop_now(bench->engine.loop);
    bench->task.session = bench->engine.count;
    return session;
}

static inline int bench_load(struct bench *bench, const char *path)
{
    bench->policy.path = path;
    int code = cf_lua_host_ops.load(bench->host, &bench->policy, &bench->script, &bench->err);
    if (code == 0 && bench->policy.mistakes.code) {
        bench->err = bench->policy.mistakes;
        return CF_POLICY;
    }
    return code;
}

/* Loads a text as the file "policy.lua". */
static inline int bench_load_text(struct bench *bench, const char *text)
{
    char folder[] = "/tmp/curfew-test-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/policy.lua", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    int code = bench_load(bench, path);
    bench->policy.path = NULL;
    remove(path);
    remove(folder);
    return code;
}

static inline enum cf_step bench_begin(struct bench *bench)
{
    enum cf_step step =
        cf_lua_host_ops.begin(bench->script, bench->policy.function, &bench->task, &bench->run, &bench->err);
    if (step != CF_STEP_WAITING)
        bench->run = NULL;
    return step;
}

static inline enum cf_step bench_resume(struct bench *bench, const struct cf_result *result)
{
    enum cf_step step = cf_lua_host_ops.resume(bench->run, result, &bench->err);
    if (step != CF_STEP_WAITING)
        bench->run = NULL;
    return step;
}

static inline void bench_advance(struct bench *bench, struct cf_span span)
{
    cf_loop_run_until(bench->engine.loop, cf_mono_add(cf_loop_now(bench->engine.loop), span));
}

#endif
