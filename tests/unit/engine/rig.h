/*
 * A rig for tests of the engine: a host whose every answer the test decides, and policies written in C. A
 * policy is a function that is called with the step it is at (0: begin) and the result of what it asked last.
 */
#ifndef CF_TESTS_RIG_H
#define CF_TESTS_RIG_H

#include "../unit.h"

#include "base/memory.h"
#include "engine/engine.h"
#include "engine/readings/condition.h"

#include <stdlib.h>
#include <string.h>

typedef enum cf_step rig_script(struct cf_task *task, int step, const struct cf_result *result);

struct rig_run {
    struct cf_task *task;
    rig_script *script;
    int step;
};

/* How the host answers. */
struct cf_backend {
    struct cf_backend_head head;
    struct cf_backend_sink sink;
    struct cf_capabilities can;
    struct cf_loop *loop;
    struct cf_session session; /* its one session */
    bool holds_warnings;       /* answers them when the test lets it: rig_release */
    bool holds_watches;        /* the same */
    bool unaware;              /* answers as if its session were there still */
    const char *another_way;   /* by which warnings go; NULL: on the screen */
    bool present, silent, undelivered, hangs, stale, deaf_to_force;
    int fails, warn_code;      /* codes of refreshes, and of warnings */
    uint64_t hanging;          /* refreshes of any of these fields are not answered */
    uint64_t refreshed;        /* the fields of all refreshes so far */
    struct cf_mono late_input; /* what a fresh reading shows; unknown: session.last_input */
    bool paper;                /* what was shown cannot be taken back, only be followed */
    uint64_t warned;           /* the last notice shown */
    struct cf_span shown_for;
    struct {
        uint64_t id;
        char text[64];
    } screen[4]; /* what its user sees, oldest first */
    int notices; /* on it */
    int warnings, withdrawals, logoffs, forced, refreshes, watches;
    uint64_t watched; /* fields that the last of these asked for; 0: none any more */
    int doors;        /* requests to refuse logons, or allow them again, … */
    int door_code;    /* … and what comes of them */
    char door[64];    /* what it tells who would log on; "": they can */
    struct queued {
        struct cf_timer timer;
        struct cf_backend *host;
        struct cf_request request;
        char text[64];
        struct queued *next;
    } * queue;
};

static struct rig {
    struct cf_backend host;
    struct cf_loop *loop;
    struct cf_config config;
    struct cf_policy_config policies[3];
    struct cf_journal journal;
    struct cf_journal_queue kept;
    struct cf_engine *engine;
    bool translates; /* the policies have texts in several languages */
    struct cf_policy *loaded[3];
    rig_script *scripts[3]; /* the last is the test's to set before the start */
    int (*declare)(struct cf_policy *policy, struct cf_error *err); /* what b declares instead of a watch */
    int keep_code;                                                  /* what the journal says of every entry */
    char journalled[4096];                                          /* "warn logoff ended …" */
    char last_text[256];
    char texts[4096]; /* of all rows, a line each */
    char last_reason[128];
    int last_line, failed_code;      /* of the last row; of the last one that says so */
    bool last_in_use, last_unwarned; /* of the last row; of the last logoff */
    bool types_meanwhile;            /* there is input, of which the host tells, while the journal writes */
    char ended_by;                   /* the policy whose logoff was journalled last */
    int cancelled;
    bool stepping;          /* a script is at work */
    enum cf_what row;       /* of this kind of row: */
    void (*at_row)(void);   /* what happens before it is told that it is kept */
    struct cf_span keeping; /* and how long that takes */
} rig;

/* ---- The host ---- */

static void rig_hide(struct cf_backend *host, uint64_t id)
{
    for (int i = 0; i < host->notices; i++)
        if (host->screen[i].id == id) {
            host->notices--;
            memmove(host->screen + i, host->screen + i + 1,
                    (size_t)(host->notices - i) * sizeof *host->screen);
            break;
        }
}

static void rig_show(struct cf_backend *host, uint64_t id, const char *text)
{
    rig_hide(host, id);
    host->notices = host->paper ? 0 : host->notices;
    assert_in_range(host->notices, 0, 3);
    host->screen[host->notices].id = id;
    (void)snprintf(host->screen[host->notices++].text, sizeof host->screen->text, "%s", text);
}

static void rig_answer(struct cf_timer *timer)
{
    struct queued *queued = timer->data;
    struct cf_backend *host = queued->host;
    struct cf_request request = queued->request;
    struct cf_completion completion = {.id = request.id, .code = CF_OK};
    bool ours =
        host->unaware || (host->present && cf_identity_equal(&request.session, &host->session.identity));
    bool ends = false;
    if (request.action == CF_ACTION_REFUSE_LOGONS) {
        host->doors++;
        completion.code = host->door_code;
        if (host->door_code == CF_OK)
            (void)snprintf(host->door, sizeof host->door, "%s", queued->text);
    } else if (!ours)
        completion.code = CF_GONE;
    else if (request.action == CF_ACTION_REFRESH) {
        if (cf_mono_known(host->late_input))
            host->session.last_input = host->late_input;
        completion.code = host->fails;
        completion.session = &host->session;
        completion.fields = request.fields;
    } else if (request.action == CF_ACTION_WATCH) {
        completion.session = &host->session;
        completion.fields = request.fields;
        completion.watched = request.fields & CF_FIELD_BIT(CF_FIELD_IDLE);
    } else if (request.action == CF_ACTION_WARN) {
        host->warnings++;
        bool input =
            cf_mono_known(request.quiet_since) && host->session.last_input.us > request.quiet_since.us;
        completion.code = input ? CF_STALE : host->warn_code;
        completion.delivered = !host->undelivered;
        completion.message = host->another_way;
        completion.withdrawable = !host->paper;
        host->warned = request.notice;
        host->shown_for = request.shown_for;
        if (completion.delivered && completion.code == CF_OK)
            rig_show(host, request.notice, queued->text);
    } else if (request.action == CF_ACTION_WITHDRAW) {
        host->withdrawals++;
        rig_hide(host, request.notice);
    } else if (request.action == CF_ACTION_LOGOFF || request.action == CF_ACTION_LOGOFF_FORCED) {
        bool forced = request.action == CF_ACTION_LOGOFF_FORCED;
        *(forced ? &host->forced : &host->logoffs) += 1;
        bool input =
            cf_mono_known(request.quiet_since) && host->session.last_input.us > request.quiet_since.us;
        if (host->stale || input)
            completion.code = CF_STALE;
        else
            ends = forced ? !host->deaf_to_force : !host->hangs;
    }
    for (struct queued **place = &host->queue; *place; place = &(*place)->next)
        if (*place == queued) {
            *place = queued->next;
            break;
        }
    free(queued);
    host->sink.completed(host->sink.data, &completion);
    if (ends) {
        host->present = false;
        host->sink.gone(host->sink.data, &host->session.identity);
    }
}

static void rig_submit(struct cf_backend *host, const struct cf_request *request)
{
    bool refresh = request->action == CF_ACTION_REFRESH;
    host->refreshes += refresh;
    host->refreshed |= refresh ? request->fields : 0;
    if (request->action == CF_ACTION_WATCH) {
        host->watches++;
        host->watched = request->fields;
    }
    if (host->silent || (refresh && (request->fields & host->hanging)))
        return;
    struct queued *queued = cf_alloc(sizeof *queued);
    *queued = (struct queued){.host = host, .request = *request, .next = host->queue};
    (void)snprintf(queued->text, sizeof queued->text, "%s", request->text ? request->text : "");
    queued->timer = (struct cf_timer){.fire = rig_answer, .data = queued};
    host->queue = queued;
    if (!(request->action == CF_ACTION_WARN && host->holds_warnings) &&
        !(request->action == CF_ACTION_WATCH && host->holds_watches))
        cf_timer_defer(host->loop, &queued->timer);
}

static inline void rig_release(void)
{
    rig.host.holds_warnings = rig.host.holds_watches = false;
    for (struct queued *queued = rig.host.queue; queued; queued = queued->next)
        cf_timer_defer(rig.loop, &queued->timer);
}

static int rig_open(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                    struct cf_backend **ret, struct cf_error *err)
{
    (void)setup;
    (void)err;
    rig.host.sink = *sink;
    rig.host.loop = loop;
    *ret = &rig.host;
    return 0;
}

static void rig_close(struct cf_backend *host)
{
    while (host->queue) {
        struct queued *queued = host->queue;
        host->queue = queued->next;
        cf_timer_stop(host->loop, &queued->timer);
        free(queued);
    }
}

static const struct cf_capabilities *rig_can(const struct cf_backend *host)
{
    return &host->can;
}

static const char *rig_name(const struct cf_backend *host)
{
    (void)host;
    return "rig";
}

static const struct cf_backend_ops rig_backend = {.name = "rig",
                                                  .open = rig_open,
                                                  .close = rig_close,
                                                  .submit = rig_submit,
                                                  .capabilities = rig_can,
                                                  .host = rig_name};

/* ---- The policies ---- */

static struct cf_policy_host *rig_host_create(void)
{
    return (struct cf_policy_host *)&rig;
}

static void rig_host_destroy(struct cf_policy_host *host)
{
    (void)host;
}

static int rig_load(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                    struct cf_error *err)
{
    (void)host;
    size_t index = (size_t)(cf_policy_name(policy)[0] - 'a');
    if (!rig.scripts[index])
        return cf_error_set(err, CF_POLICY, "%s: no such script", cf_policy_name(policy));
    rig.loaded[index] = policy;
    if (rig.translates)
        cf_policy_translates(policy);
    if (rig.declare && index == 1) {
        *ret_script = &rig.scripts[index];
        return rig.declare(policy, err);
    }
    struct cf_selector *selector = cf_selector_create();
    assert_int_equal(cf_selector_add_text(selector, "class", (const char *const[]){"user", NULL}, NULL), 0);
    cf_policy_watch(policy, selector, index);
    *ret_script = &rig.scripts[index];
    return 0;
}

static void rig_unload(void *script)
{
    (void)script;
}

static enum cf_step rig_step(struct rig_run *run, const struct cf_result *result, struct cf_error *err)
{
    rig.stepping = true;
    enum cf_step step = run->script(run->task, run->step++, result);
    rig.stepping = false;
    if (step == CF_STEP_FAILED)
        (void)cf_error_set(err, CF_POLICY, "the script failed");
    if (step != CF_STEP_WAITING)
        free(run);
    return step;
}

static enum cf_step rig_begin(void *script, uint64_t function, struct cf_task *task, void **ret_run,
                              struct cf_error *err)
{
    (void)function;
    struct rig_run *run = cf_alloc(sizeof *run);
    *run = (struct rig_run){.task = task, .script = *(rig_script **)script};
    *ret_run = run;
    return rig_step(run, NULL, err);
}

static enum cf_step rig_resume(void *run, const struct cf_result *result, struct cf_error *err)
{
    return rig_step(run, result, err);
}

static void rig_cancel(void *run)
{
    assert_false(rig.stepping); /* no op inside an op */
    rig.cancelled++;
    free(run);
}

/* The one condition that a script may wait for: the session is locked. */
static int rig_evaluate(void *run, uint64_t function, struct cf_condition *condition, struct cf_error *err)
{
    (void)function, (void)err;
    cf_session_key session = cf_task_session(((struct rig_run *)run)->task);
    (void)cf_condition_read(condition, session, CF_FIELD_BIT(CF_FIELD_LOCKED));
    return cf_engine_session(rig.engine, session)->locked == CF_TRI_YES;
}

static void rig_release_function(void *script, uint64_t function)
{
    (void)script, (void)function;
}

static const struct cf_policy_host_ops rig_policy_host = {.name = "rig",
                                                          .create = rig_host_create,
                                                          .destroy = rig_host_destroy,
                                                          .load = rig_load,
                                                          .unload = rig_unload,
                                                          .begin = rig_begin,
                                                          .resume = rig_resume,
                                                          .evaluate = rig_evaluate,
                                                          .release = rig_release_function,
                                                          .cancel = rig_cancel};

/* What b may declare instead of a watch: its script, each hour. */
static inline int rig_declare_hourly(struct cf_policy *policy, struct cf_error *err)
{
    (void)err;
    cf_policy_every(policy, CF_HOUR, 0);
    return 0;
}

/* ---- The journal ---- */

struct rig_kept {
    struct cf_timer timer;
    cf_journal_kept *kept;
    void *context;
    bool awaited;
};

static void rig_tell_kept(struct cf_timer *timer)
{
    struct rig_kept kept = *(struct rig_kept *)timer->data;
    free(timer->data);
    if (kept.awaited && rig.at_row)
        rig.at_row();
    if (rig.types_meanwhile) {
        rig.host.session.last_input = cf_loop_now(rig.loop);
        rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELD_BIT(CF_FIELD_IDLE));
    }
    kept.kept(kept.context, rig.keep_code);
}

static void rig_write(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data;
    size_t used = strlen(rig.journalled);
    (void)snprintf(rig.journalled + used, sizeof rig.journalled - used, "%s%s ", entry->dry ? "dry-" : "",
                   cf_what_name(entry->what));
    if (entry->what == CF_WHAT_LOGOFF) {
        rig.ended_by = entry->policy ? entry->policy[0] : 0;
        rig.last_unwarned = entry->unwarned;
    }
    rig.last_in_use = entry->in_use;
    rig.last_line = entry->line;
    rig.failed_code = entry->what == CF_WHAT_FAILED ? entry->code : rig.failed_code;
    (void)snprintf(rig.last_reason, sizeof rig.last_reason, "%s", entry->reason ? entry->reason : "");
    (void)snprintf(rig.last_text, sizeof rig.last_text, "%s", entry->text ? entry->text : "");
    used = strlen(rig.texts);
    (void)snprintf(rig.texts + used, sizeof rig.texts - used, "%s\n", rig.last_text);
    if (!kept)
        return;
    struct rig_kept *told = cf_alloc(sizeof *told);
    *told =
        (struct rig_kept){.timer = {.fire = rig_tell_kept, .data = told}, .kept = kept, .context = context};
    told->awaited = entry->what == rig.row;
    if (told->awaited && rig.keeping.us)
        cf_timer_set(rig.loop, &told->timer, cf_mono_add(cf_loop_now(rig.loop), rig.keeping));
    else
        cf_timer_defer(rig.loop, &told->timer);
}

/* ---- Setting up ---- */

static int rig_set_up(void **state)
{
    (void)state;
    rig = (struct rig){0};
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &rig.loop, NULL), 0);
    rig.host.head.ops = &rig_backend;
    for (int action = 0; action < CF_ACTION_COUNT; action++)
        rig.host.can.actions[action] = true;
    rig.host.can.fields[CF_FIELD_IDLE] = CF_SUPPLY_SAMPLED;
    rig.host.late_input = CF_MONO_UNKNOWN;
    cf_session_init(&rig.host.session);
    rig.host.session.identity = (struct cf_identity){"rig", "1", 1, 100};
    cf_session_set_string(&rig.host.session, CF_FIELD_USER, "ana");
    cf_session_set_string(&rig.host.session, CF_FIELD_CLASS, "user");
    rig.host.session.uid = 1001;
    rig.host.session.console = CF_TRI_NO;
    rig.host.session.disconnected = CF_TRI_NO;
    rig.host.session.last_input.us = 0;
    cf_config_init(&rig.config);
    rig.config.mode = CF_MODE_ACT;
    rig.policies[0] = (struct cf_policy_config){.name = "a", .path = "a.lua"};
    rig.policies[1] = (struct cf_policy_config){.name = "b", .path = "b.lua"};
    rig.policies[2] = (struct cf_policy_config){.name = "c", .path = "c.lua"};
    rig.config.policies = rig.policies;
    rig.journal.write = rig_write;
    return 0;
}

/* Starts the engine with these scripts (b may be NULL); the host's session, if `present`, logs on at 0. */
static inline void rig_start(rig_script *a, rig_script *b)
{
    rig.scripts[0] = a;
    rig.scripts[1] = b;
    rig.config.policy_count = rig.scripts[2] ? 3 : b ? 2 : 1;
    struct cf_engine_setup setup = {.loop = rig.loop,
                                    .backend = &rig_backend,
                                    .policy_host = &rig_policy_host,
                                    .config = &rig.config,
                                    .journal = &rig.journal,
                                    .zone = cf_zone_utc()};
    struct cf_error err = {0};
    if (cf_engine_create(&setup, &rig.engine, &err) != 0)
        fail_msg("%s", err.text);
    rig.host.present = true;
    rig.host.sink.listing(rig.host.sink.data, false);
    rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELDS_ALL & ~rig.host.hanging);
    rig.host.sink.listing(rig.host.sink.data, true);
}

static inline void rig_run_to(struct cf_span since_start)
{
    cf_loop_run_until(rig.loop, (struct cf_mono){since_start.us});
}

/* The user types: the host knows at once, the engine when it reads. */
static inline void rig_type(void)
{
    rig.host.session.last_input = cf_loop_now(rig.loop);
}

static int rig_tear_down(void **state)
{
    (void)state;
    cf_engine_destroy(rig.engine);
    cf_loop_run(rig.loop);
    cf_session_finish(&(struct cf_session){0});
    rig.host.session.identity.host = rig.host.session.identity.id = NULL;
    cf_session_finish(&rig.host.session);
    cf_selector_destroy(rig.config.protect);
    cf_loop_destroy(rig.loop);
    return 0;
}

#endif
