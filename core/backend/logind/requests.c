#include "logind/requests.h"

#include "base/memory.h"
#include "logind/groups.h"
#include "logind/host.h"
#include "logind/notice.h"
#include "logind/processes.h"
#include "logind/terminal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define YOUNG       cf_seconds(3)
#define AGAIN       cf_seconds(1)
#define IDLE_FIELDS (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE))

struct cf_host_request {
    struct cf_bus_call call; /* first, so that one is found from the other */
    struct cf_logind *host;
    struct cf_host_request *previous, *next;

    struct cf_request asked; /* its strings are not kept */
    struct cf_identity session;
    struct cf_buffer text; /* WARN, WITHDRAW: as it goes to the terminals */
    struct cf_timer later; /* to fail at once, or to look again */

    struct cf_session record; /* once it was read */
    char *tty, *scope;
    bool graphical, killed;

    uv_work_t work;
    bool working, waiting; /* waiting: for another that may hang */
    bool orphan;           /* dropped while it is on a worker */
    bool wants_groups, wants_input, wants_processes, may_hang;
    struct cf_instant input; /* results */
    char **groups, **processes;
    bool delivered;
};

/* ---- Life ---- */

static void unlink_request(struct cf_host_request *request)
{
    if (request->previous)
        request->previous->next = request->next;
    else
        request->host->requests = request->next;
    if (request->next)
        request->next->previous = request->previous;
    cf_bus_call_cancel(&request->call);
    cf_timer_stop(request->host->loop, &request->later);
}

static void free_request(struct cf_host_request *request)
{
    free((char *)request->session.host);
    free((char *)request->session.id);
    cf_buffer_finish(&request->text);
    cf_session_finish(&request->record);
    free(request->tty);
    free(request->scope);
    cf_groups_free(request->groups);
    cf_groups_free(request->processes);
    free(request);
}

static void complete(struct cf_host_request *request, struct cf_completion *completion)
{
    struct cf_logind *host = request->host;
    unlink_request(request);
    completion->id = request->asked.id;
    host->sink.completed(host->sink.data, completion);
    free_request(request);
}

static void done(struct cf_host_request *request)
{
    complete(request, &(struct cf_completion){.code = CF_OK});
}

static void fail(struct cf_host_request *request, int code, const char *why)
{
    struct cf_error err;
    const char *user = request->record.user;
    (void)cf_error_set(&err, code, "%s%s%s%s%s: %s", cf_action_name(request->asked.action),
                       request->session.id ? " of session " : "",
                       request->session.id ? request->session.id : "", user ? " of " : "", user ? user : "",
                       why);
    complete(request, &(struct cf_completion){.code = code, .message = err.text});
}

static struct cf_span remaining(const struct cf_host_request *request)
{
    return cf_mono_since(cf_loop_now(request->host->loop), request->asked.deadline);
}

/* ---- The act ---- */

static void on_acted(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_host_request *request = (struct cf_host_request *)(void *)call;
    if (!reply && !(request->killed && err->code == CF_GONE)) {
        fail(request, err->code, err->text);
        return;
    }
    if (reply) /* logind does not tell when a session begins to close */
        cf_sessions_read(request->host, request->session.id, CF_LOGIND_LIMIT, NULL, NULL);
    done(request);
}

static void act(struct cf_host_request *request, const char *member)
{
    struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER, member};
    request->call.done = on_acted;
    cf_bus_call(request->host->bus, &request->call, &method, remaining(request), "s", request->session.id);
}

/* What cannot be killed, for want of a process, may still be ended: TerminateSession has the last word. */
static void on_killed(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_host_request *request = (struct cf_host_request *)(void *)call;
    request->killed = reply != NULL;
    if (err && err->code == CF_TIMEOUT)
        fail(request, err->code, err->text);
    else
        act(request, "TerminateSession");
}

static void kill_all(struct cf_host_request *request)
{
    static const struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER,
                                                "KillSession"};
    request->call.done = on_killed;
    cf_bus_call(request->host->bus, &request->call, &method, remaining(request), "ssi", request->session.id,
                "all", (int32_t)SIGKILL);
}

static struct cf_mono last_input(const struct cf_host_request *request)
{
    const struct cf_session *record = &request->record;
    struct cf_mono at = record->last_input, now = cf_loop_now(request->host->loop); /* by the hint, so far */
    if (!request->graphical && cf_instant_known(request->input))
        at = cf_clock_mono_of_wall(cf_loop_clock(request->host->loop), request->input);
    if (!cf_mono_known(at))
        return at;
    if (cf_mono_known(record->logged_on) && at.us < record->logged_on.us)
        at = record->logged_on;
    return at.us > now.us ? now : at;
}

/* Whether the session was quiet as long as the request expects; else it is completed. */
static bool still_quiet(struct cf_host_request *request)
{
    struct cf_mono input = last_input(request), expected = request->asked.quiet_since;
    if (!cf_mono_known(expected))
        return true;
    if (!cf_mono_known(input))
        fail(request, CF_STALE, "whether there was input since cannot be read any more");
    else if (input.us > expected.us)
        fail(request, CF_STALE, "there was input since");
    return cf_mono_known(input) && input.us <= expected.us;
}

static void answer(struct cf_host_request *request)
{
    struct cf_session *record = &request->record;
    record->last_input = last_input(request);
    cf_session_set_string(record, CF_FIELD_IDLE_SOURCE,
                          !cf_mono_known(record->last_input) ? NULL
                          : request->graphical               ? "hint"
                                                             : "tty");
    cf_session_set_list(record, CF_FIELD_GROUPS, (const char *const *)request->groups);
    uint64_t idle = request->asked.fields & IDLE_FIELDS ? IDLE_FIELDS : 0; /* the source comes with it */
    complete(request, &(struct cf_completion){.session = record, .fields = request->asked.fields | idle});
}

static void warned(struct cf_host_request *request)
{
    struct cf_known *known = cf_sessions_find(request->host, request->session.id);
    if (known && request->delivered)
        known->notice = request->asked.notice;
    complete(request, &(struct cf_completion){.code = CF_OK, .delivered = request->delivered});
}

static void answer_processes(struct cf_host_request *request)
{
    if (request->processes)
        complete(request, &(struct cf_completion){.processes = (const char *const *)request->processes});
    else
        fail(request, CF_FAILED, "they cannot be read here");
}

static void read_again(struct cf_timer *timer);

/*
 * sshd begins a session first and makes its terminal a moment later, of which nobody tells. So that such a
 * session is not taken for one without, a young one is looked at again before the answer.
 */
static bool looks_again(struct cf_host_request *request)
{
    struct cf_mono now = cf_loop_now(request->host->loop);
    struct cf_span age = cf_mono_since(request->record.logged_on, now);
    if (!request->wants_input || cf_instant_known(request->input) || !cf_span_known(age) ||
        age.us > YOUNG.us || remaining(request).us < 2 * AGAIN.us)
        return false;
    request->later.fire = read_again;
    cf_timer_set(request->host->loop, &request->later, cf_mono_add(now, AGAIN));
    return true;
}

/* All is read: do it. */
static void proceed(struct cf_host_request *request)
{
    if (request->asked.action == CF_ACTION_WARN) {
        warned(request);
    } else if (!request->host->bus) {
        fail(request, CF_UNAVAILABLE, "the connection to the system bus broke");
    } else if (remaining(request).us <= 0) { /* nobody would know that it was done */
        fail(request, CF_TIMEOUT, "reading its state took too long; nothing was done");
    } else if (request->asked.action == CF_ACTION_REFRESH) {
        if (!looks_again(request))
            answer(request);
    } else if (request->asked.action == CF_ACTION_WITHDRAW) {
        done(request);
    } else if (request->asked.action == CF_ACTION_PROCESSES) {
        answer_processes(request);
    } else if (still_quiet(request)) {
        switch (request->asked.action) {
        case CF_ACTION_LOCK: act(request, "LockSession"); break;
        case CF_ACTION_LOGOFF_FORCED: kill_all(request); break;
        default: act(request, "TerminateSession");
        }
    }
}

/* ---- On a worker ---- */

static void work(uv_work_t *handle)
{
    struct cf_host_request *request = handle->data;
    struct cf_terminals terminals;
    int64_t uid = request->record.uid;
    if (request->wants_input || request->text.length)
        cf_terminals_find(&terminals, request->tty, request->record.leader, uid);
    if (request->wants_input)
        request->input = cf_terminals_input(&terminals, uid);
    if (request->text.length)
        request->delivered = cf_terminals_write(&terminals, uid, request->text.data, request->text.length);
    if (request->wants_groups && !request->groups)
        request->groups = cf_groups_read(uid);
    if (request->asked.action == CF_ACTION_PROCESSES)
        request->processes = cf_processes_list(request->record.leader, request->scope, "/proc");
    else if (request->wants_processes)
        cf_processes_read(&request->record, request->asked.fields, request->scope, "/proc");
}

static void start_work(struct cf_host_request *request);

static void start_waiting(struct cf_logind *host)
{
    for (struct cf_host_request *request = host->requests; request; request = request->next) {
        if (request->waiting) {
            request->waiting = false;
            start_work(request);
            return;
        }
    }
}

static void after_work(uv_work_t *handle, int status)
{
    (void)status;
    struct cf_host_request *request = handle->data;
    struct cf_logind *host = request->host;
    request->working = false;
    if (request->may_hang)
        host->busy = false;
    if (request->orphan)
        free_request(request);
    else
        proceed(request);
    if (!host->closed && !host->busy)
        start_waiting(host);
    cf_logind_release(host);
}

/*
 * One at a time does what may hang, which must not take all of libuv's four threads: groups ask a directory
 * server, and before Linux 5.11 a process could keep (by userfaultfd) whoever reads its environment.
 */
static void start_work(struct cf_host_request *request)
{
    struct cf_logind *host = request->host;
    if (request->may_hang && host->busy) {
        request->waiting = true;
        return;
    }
    host->busy = host->busy || request->may_hang;
    host->refs++;
    request->working = true;
    request->work.data = request;
    int status = uv_queue_work(cf_loop_uv(host->loop), &request->work, work, after_work);
    if (status != 0) /* only where it was given no function */
        abort();
}

/* ---- The session ---- */

/* What a worker has to look at. A graphical session's terminal, if any, is one that nobody sees. */
static bool wants_work(struct cf_host_request *request, struct cf_known *known)
{
    bool terminal = !request->graphical;
    switch (request->asked.action) {
    case CF_ACTION_REFRESH:
        request->wants_groups = request->asked.fields & CF_FIELD_BIT(CF_FIELD_GROUPS);
        request->wants_input = terminal && (request->asked.fields & IDLE_FIELDS);
        request->wants_processes = request->asked.fields & CF_PROCESSES_FIELDS;
        request->may_hang =
            request->wants_groups || (request->asked.fields & CF_FIELD_BIT(CF_FIELD_LANGUAGE));
        return request->wants_groups || request->wants_input || request->wants_processes;
    case CF_ACTION_WARN: return terminal;
    case CF_ACTION_PROCESSES: return true;
    case CF_ACTION_WITHDRAW:
        if (known->notice != request->asked.notice)
            return false; /* a later one took its place, or it never reached anybody */
        known->notice = 0;
        return terminal;
    default: return request->wants_input = terminal && cf_mono_known(request->asked.quiet_since);
    }
}

static void on_read(struct cf_logind *host, void *data, const char *id, struct cf_known *known,
                    const struct cf_error *err)
{
    (void)id;
    struct cf_host_request *request = data;
    if (!known) {
        fail(request, err->code, err->code == CF_GONE ? "it has ended" : err->text);
        return;
    }
    if (!cf_identity_equal(&request->session, &known->record.identity)) {
        fail(request, CF_GONE, "it has ended, and its id is another session's now");
        return;
    }
    cf_session_finish(&request->record);
    cf_session_copy(&request->record, &known->record);
    cf_replace(&request->tty, known->facts.tty);
    cf_replace(&request->scope, known->facts.scope);
    request->graphical = cf_facts_graphical(&known->facts);
    if (request->graphical)
        request->record.last_input = cf_facts_hinted_input(&known->facts, cf_loop_clock(host->loop));
    else if (host->server)
        request->input = cf_facts_terminal_input(&known->facts);
    if (wants_work(request, known) && !host->server)
        start_work(request);
    else
        proceed(request);
}

static void read_again(struct cf_timer *timer)
{
    struct cf_host_request *request = timer->data;
    cf_sessions_read(request->host, request->session.id, remaining(request), on_read, request);
}

/* ---- Coming in ---- */

static void on_unreachable(struct cf_timer *timer)
{
    struct cf_host_request *request = timer->data;
    fail(request, CF_UNAVAILABLE, "there is no connection to the system bus");
}

void cf_logind_requests_submit(struct cf_logind *host, const struct cf_request *asked)
{
    struct cf_host_request *request = cf_alloc(sizeof *request);
    *request = (struct cf_host_request){.host = host,
                                        .asked = *asked,
                                        .session = asked->session,
                                        .input = {CF_UNKNOWN_US},
                                        .next = host->requests,
                                        .later = {.fire = on_unreachable, .data = request}};
    cf_session_init(&request->record);
    request->session.host = cf_strdup(asked->session.host);
    request->session.id = cf_strdup(asked->session.id);
    if (asked->action == CF_ACTION_WARN)
        cf_notice_lines(&request->text, asked->title, asked->text, asked->ask, asked->language);
    else if (asked->action == CF_ACTION_WITHDRAW)
        cf_notice_over(&request->text, asked->language);
    if (request->next)
        request->next->previous = request;
    host->requests = request;
    if (!host->bus)
        cf_timer_defer(host->loop, &request->later);
    else if (asked->action == CF_ACTION_LIST)
        cf_sessions_list(host);
    else
        cf_sessions_read(host, request->session.id, remaining(request), on_read, request);
}

void cf_logind_requests_listed(struct cf_logind *host, const struct cf_error *err)
{
    for (struct cf_host_request *request = host->requests, *next; request && !host->closed; request = next) {
        next = request->next;
        if (request->asked.action != CF_ACTION_LIST)
            continue;
        if (err)
            fail(request, err->code, err->text);
        else
            done(request);
    }
}

void cf_logind_requests_fail(struct cf_logind *host, const struct cf_error *err)
{
    for (struct cf_host_request *request = host->requests, *next; request && !host->closed; request = next) {
        next = request->next;
        if (!request->working)
            fail(request, err->code, err->text);
    }
}

void cf_logind_requests_drop(struct cf_logind *host)
{
    while (host->requests) {
        struct cf_host_request *request = host->requests;
        unlink_request(request);
        request->orphan = request->working;
        if (!request->working)
            free_request(request);
    }
}
