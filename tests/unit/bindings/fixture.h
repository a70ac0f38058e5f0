/*
 * A policy at work for Ana, on a simulated host in virtual time, by the engine itself. Between engine and Lua
 * host stands one that passes everything on, and notes it: the last thing of each kind.
 */
#ifndef CF_TEST_FIXTURE_H
#define CF_TEST_FIXTURE_H

#include "../../fixture/folder.h"
#include "../unit.h"

#include "author/test_host.h"
#include "base/log.h"
#include "bindings/lua_host.h"
#include "bindings/state/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXTURE_START ((struct cf_instant){INT64_C(1772438400000000)}) /* 2026-03-02 08:00 UTC, a Monday */

struct fixture {
    struct cf_test_host host;
    struct cf_session record; /* Ana's, as she logs on; to be changed before the policy is loaded */
    json_t *entry;            /* of the policy; the same */
    bool trusted_only;        /* its files must be trusted; the same */
    struct cf_error err;      /* of loading, or of the step that failed last */
};

/* What passed, since the fixture was opened. */
static struct {
    void *script, *run;
    uint64_t function, condition; /* that was begun, that was evaluated */
    enum cf_step step;
    unsigned steps, returns, failures;
    struct cf_error err;
    char text[256], title[64], ask[64]; /* that the host was asked to show */
    int budget;                         /* to be set before; 0: the usual */
} passed;

static struct cf_policy_host *fixture_create(void)
{
    struct cf_policy_host *host = cf_lua_host_ops.create();
    if (passed.budget)
        cf_lua_host_set_budget(host, passed.budget);
    return host;
}

static int fixture_load_script(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                               struct cf_error *err)
{
    int code = cf_lua_host_ops.load(host, policy, ret_script, err);
    passed.script = code == 0 ? *ret_script : NULL;
    return code;
}

static enum cf_step fixture_note(enum cf_step step, const struct cf_error *err)
{
    passed.step = step;
    passed.steps++;
    passed.returns += step == CF_STEP_RETURNED;
    if (step == CF_STEP_FAILED) {
        passed.failures++;
        passed.err = *err;
    }
    return step;
}

static enum cf_step fixture_begin(void *script, uint64_t function, struct cf_task *task, void **ret_run,
                                  struct cf_error *err)
{
    struct cf_error own = {0};
    passed.function = function;
    enum cf_step step = cf_lua_host_ops.begin(script, function, task, ret_run, &own);
    passed.run = step == CF_STEP_WAITING ? *ret_run : NULL;
    *err = own;
    return fixture_note(step, &own);
}

static enum cf_step fixture_resume(void *run, const struct cf_result *result, struct cf_error *err)
{
    return fixture_note(cf_lua_host_ops.resume(run, result, err), err);
}

static int fixture_evaluate(void *run, uint64_t function, struct cf_condition *condition,
                            struct cf_error *err)
{
    passed.run = run;
    passed.condition = function;
    int holds = cf_lua_host_ops.evaluate(run, function, condition, err);
    if (holds < 0)
        passed.err = *err;
    return holds;
}

static void fixture_note_request(void *data, const struct cf_request *request)
{
    (void)data;
    if (request->action != CF_ACTION_WARN)
        return;
    (void)snprintf(passed.text, sizeof passed.text, "%s", request->text);
    (void)snprintf(passed.title, sizeof passed.title, "%s", request->title ? request->title : "");
    (void)snprintf(passed.ask, sizeof passed.ask, "%s", request->ask ? request->ask : "");
}

static inline void fixture_open(struct fixture *fixture)
{
    static struct cf_policy_host_ops ops;
    int budget = passed.budget;
    ops = cf_lua_host_ops;
    ops.create = fixture_create;
    ops.load = fixture_load_script;
    ops.begin = fixture_begin;
    ops.resume = fixture_resume;
    ops.evaluate = fixture_evaluate;
    cf_log_set_level(CF_LOG_NOTHING); /* of what fails, which is wanted here */
    memset(&passed, 0, sizeof passed);
    passed.budget = budget;
    *fixture = (struct fixture){0};
    cf_test_host_init(&fixture->host, FIXTURE_START, NULL);
    fixture->host.policy_host = &ops;
    fixture->host.sim.on_request = fixture_note_request;
    cf_session_init(&fixture->record);
    cf_session_set_string(&fixture->record, CF_FIELD_USER, "ana");
}

static inline void fixture_close(struct fixture *fixture)
{
    cf_test_host_finish(&fixture->host);
    cf_session_finish(&fixture->record);
    json_decref(fixture->entry);
    cf_zones_release();
}

/* Loads the policy while Ana is logged on, so that its run begins at once. */
static inline int fixture_load(struct fixture *fixture, const char *path)
{
    const struct cf_event event = {.kind = CF_EVENT_LOGON, .logon = &fixture->record};
    json_t *entry = fixture->entry ? json_incref(fixture->entry) : json_object();
    json_object_set_new(entry, "1", json_string(path));
    if (cf_test_host_open(&fixture->host, &fixture->err) != 0 ||
        cf_test_host_apply(&fixture->host, &event, &fixture->err) != 0)
        fail_msg("%s", fixture->err.text);
    fixture->host.config.trusted_only = fixture->trusted_only;
    int code = cf_test_host_add_policy(&fixture->host, entry, &fixture->err);
    json_decref(entry);
    if (code == 0)
        fixture->err = passed.err;
    return code;
}

/* Loads a text as the file "policy.lua". */
static inline int fixture_load_text(struct fixture *fixture, const char *text)
{
    folder_make();
    int code = fixture_load(fixture, folder_write("policy.lua", text));
    folder_drop();
    return code;
}

/* The same of a policy with one task, whose first line is the file's second. */
static inline int fixture_load_task(struct fixture *fixture, const char *body)
{
    char text[5000];
    (void)snprintf(text, sizeof text, "sessions.watch({ user = 'ana' }, function (session)\n%s\nend)", body);
    return fixture_load_text(fixture, text);
}

static inline void fixture_advance(struct fixture *fixture, struct cf_span span)
{
    cf_test_host_run(&fixture->host, span);
    fixture->err = passed.err;
}

#endif
