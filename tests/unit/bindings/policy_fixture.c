#include "policy_fixture.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

struct passed passed;

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

void fixture_open(struct policy_fixture *fixture)
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
    *fixture = (struct policy_fixture){0};
    cf_test_host_init(&fixture->host, FIXTURE_START, NULL);
    fixture->host.policy_host = &ops;
    fixture->host.sim.on_request = fixture_note_request;
    cf_session_init(&fixture->record);
    cf_session_set_string(&fixture->record, CF_FIELD_USER, "ana");
}

void fixture_close(struct policy_fixture *fixture)
{
    cf_test_host_finish(&fixture->host);
    cf_session_finish(&fixture->record);
    json_decref(fixture->entry);
    cf_zones_release();
}

int fixture_load(struct policy_fixture *fixture, const char *path)
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

int fixture_load_text(struct policy_fixture *fixture, const char *text)
{
    folder_make();
    int code = fixture_load(fixture, folder_write("policy.lua", text));
    folder_drop();
    return code;
}

int fixture_load_task(struct policy_fixture *fixture, const char *body)
{
    char text[5000];
    (void)snprintf(text, sizeof text, "sessions.watch({ user = 'ana' }, function (session)\n%s\nend)", body);
    return fixture_load_text(fixture, text);
}

void fixture_advance(struct policy_fixture *fixture, struct cf_span span)
{
    cf_test_host_run(&fixture->host, span);
    fixture->err = passed.err;
}
