#include "logind/requests.h"

#include "base/memory.h"
#include "logind/agent.h"
#include "logind/blocked.h"
#include "logind/groups.h"
#include "logind/inhibitors.h"
#include "logind/nologin.h"
#include "logind/notice.h"
#include "logind/processes.h"
#include "logind/sessions.h"
#include "logind/watches.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define YOUNG        cf_seconds(3)
#define AGAIN        cf_seconds(1)
#define AGENT_FIELDS (IDLE_FIELDS | CF_FIELD_BIT(CF_FIELD_INHIBITED))
#define IDLE_FIELDS                                                                                          \
    (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) | CF_FIELD_BIT(CF_FIELD_IDLE_DOUBT) |  \
     CF_FIELD_BIT(CF_FIELD_MISSING))

struct cf_host_request {
    struct cf_bus_call call; /* first, so that one is found from the other */
    struct cf_logind *host;
    struct cf_host_request *prev, *next;

    struct cf_request asked; /* its strings are not kept */
    struct cf_identity session;
    struct cf_buffer text;       /* WARN, WITHDRAW: as it goes to the terminals; REFUSE_LOGONS */
    char *title, *body, *button; /* WARN: for the agent */
    struct cf_agent_order order;
    struct cf_mono ordered; /* when */
    bool shown;             /* by the agent */
    struct cf_timer later;  /* to fail at once, or to look again */

    struct cf_session record; /* once it was read */
    char *unit;
    bool killed;
    bool inhibitors; /* logind was asked for them */
    bool away;       /* its user was disconnected, by what was known when it was asked */

    struct cf_work work;
    bool orphan;  /* dropped while it is on a worker */
    bool expects; /* terminals that appear, until it is completed */
    bool own;     /* asked by ourselves: nobody else is told what comes of it */
    bool wants_groups, wants_input, wants_processes, wants_name;
    struct cf_input input; /* results */
    char **groups, **processes;
    bool delivered;
};

/* ---- Life ---- */

static void unlink_request(struct cf_host_request *request)
{
    DL_DELETE(request->host->requests, request);
    cf_bus_call_cancel(&request->call);
    cf_agent_order_cancel(&request->order);
    cf_timer_stop(request->host->loop, &request->later);
    if (request->expects)
        cf_watches_unexpect(request->host);
    if (cf_workers_drop(&request->work))
        cf_logind_release(request->host);
}

static void free_request(struct cf_host_request *request)
{
    free((char *)request->session.host);
    free((char *)request->session.id);
    cf_buffer_finish(&request->text);
    free(request->title);
    free(request->body);
    free(request->button);
    cf_session_finish(&request->record);
    free(request->unit);
    cf_input_finish(&request->input);
    cf_groups_free(request->groups);
    cf_groups_free(request->processes);
    free(request);
}

static struct cf_cached *known_of(const struct cf_host_request *request)
{
    struct cf_cached *known = cf_sessions_find(request->host, request->session.id);
    return known && cf_identity_equal(&request->session, &known->record.identity) ? known : NULL;
}

static void complete_own(struct cf_host_request *request, const struct cf_completion *completion)
{
    struct cf_cached *known = known_of(request);
    struct cf_logind *host = request->host;
    bool read = completion->code == CF_OK;
    unlink_request(request);
    if (known && request->asked.action == CF_ACTION_WATCH)
        cf_watches_looked(host, known, read ? &request->input : NULL);
    else if (known && request->asked.action == CF_ACTION_REFRESH && read)
        host->sink.seen(host->sink.data, completion->session, completion->fields);
    free_request(request);
}

static void complete(struct cf_host_request *request, struct cf_completion *completion)
{
    struct cf_logind *host = request->host;
    if (request->own) {
        complete_own(request, completion);
        return;
    }
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

/* ---- The action ---- */

/* logind asks polkit whether others than root may, and hands on how that went wrong in few words. */
static void fail_act(struct cf_host_request *request, const struct cf_error *err)
{
    struct cf_error why = *err;
    if (err->code == CF_DENIED || strstr(err->text, "polkit"))
        (void)cf_error_set(&why, CF_DENIED,
                           "systemd-logind refuses it (%s): whoever is not root needs polkitd at work, and "
                           "curfew's rule for it, 50-curfew.rules",
                           err->text);
    fail(request, why.code, why.text);
}

static void on_acted(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_host_request *request = (struct cf_host_request *)(void *)call;
    if (!reply && !(request->killed && err->code == CF_GONE)) {
        fail_act(request, err);
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

/* A session that was asked to end: its terminals have gone with it, and that is no sign of anybody's life. */
static bool is_past_use(const struct cf_host_request *request)
{
    return request->asked.action == CF_ACTION_LOGOFF_FORCED && request->record.closing == CF_TRI_YES &&
           request->input.read && cf_sources_vanished(&request->input.sources);
}

/* Whether the session was quiet as long as the request expects; else it is completed. */
static bool still_quiet(struct cf_host_request *request)
{
    struct cf_mono expected = request->asked.quiet_since;
    const char *source;
    if (!cf_mono_known(expected) || is_past_use(request))
        return true;
    struct cf_mono input = cf_input_last(&request->input, &request->record, request->host->loop, &source);
    if (!cf_mono_known(input))
        fail(request, CF_STALE, "whether there was input since cannot be read any more");
    else if (input.us > expected.us)
        fail(request, CF_STALE, "there was input since");
    return cf_mono_known(input) && input.us <= expected.us;
}

/* Whoever was disconnected and is back may be at work by now, whatever else it rests on. */
static bool still_away(struct cf_host_request *request)
{
    bool returned = request->away && request->record.disconnected != CF_TRI_YES;
    if (returned)
        fail(request, CF_STALE, "its user has connected to it again");
    return !returned;
}

static void tell_doubt(struct cf_host_request *request, struct cf_cached *known)
{
    const struct cf_input *input = &request->input;
    char text[CF_STAMP_TEXT];
    bool told = known && input->read && !input->session.of.graphical;
    bool doubted = told && cf_stamps_take(&known->stamps, &input->sources, request->host->loop, text);
    cf_session_set_string(&request->record, CF_FIELD_IDLE_DOUBT, doubted ? text : NULL);
}

/* Since sshd has its sessions without a terminal (OpenSSH 10), they have a name only by what was found. One
 * that was found stays until another is, or all could be read and it is gone. */
static bool take_name(struct cf_host_request *request, struct cf_cached *known)
{
    const struct cf_input *input = &request->input;
    if (!known || !input->read || known->properties.tty || input->session.of.graphical)
        return false;
    const char *name = cf_sources_name(&input->sources);
    if (name || !input->sources.incomplete)
        cf_replace(&known->properties.terminal, name);
    (void)cf_properties_apply(&known->properties, cf_loop_clock(request->host->loop), &known->record);
    cf_session_set_string(&request->record, CF_FIELD_NAME, known->record.name);
    return true;
}

static void answer(struct cf_host_request *request)
{
    struct cf_session *record = &request->record;
    struct cf_cached *known = known_of(request);
    const struct cf_loop *loop = request->host->loop;
    const char *source;
    uint64_t watched = 0;
    if (request->asked.action == CF_ACTION_WATCH && known && request->expects && !request->own)
        watched = cf_watches_arm(request->host, known, &request->input, request->asked.fields);
    if (known && known->agent && cf_mono_known(request->input.at_display)) /* told meanwhile */
        request->input.at_display = known->agent_last;
    record->last_input = cf_input_last(&request->input, record, loop, &source);
    record->last_output = cf_input_last_output(&request->input, record, loop);
    cf_session_set_string(record, CF_FIELD_IDLE_SOURCE, source);
    cf_session_set_list(record, CF_FIELD_GROUPS, (const char *const *)request->groups);
    uint64_t idle = request->asked.fields & IDLE_FIELDS ? IDLE_FIELDS : 0; /* the others come with it */
    if (idle)
        tell_doubt(request, known);
    uint64_t name = take_name(request, known) ? CF_FIELD_BIT(CF_FIELD_NAME) : 0;
    complete(request, &(struct cf_completion){.session = record,
                                              .fields = request->asked.fields | idle | name,
                                              .watched = watched});
}

static void warned(struct cf_host_request *request)
{
    struct cf_cached *known = known_of(request);
    bool on_terminals = request->delivered;
    request->delivered |= request->shown;
    if (known && request->delivered) {
        known->notice = request->asked.notice;
        cf_replace(&known->owed, NULL);
    }
    cf_session_set_string(&request->record, CF_FIELD_BLOCKED, known ? known->record.blocked : NULL);
    const char *why = request->record.blocked ? request->record.blocked : request->record.missing;
    if (!why && request->host->once && known && cf_properties_graphical(&known->properties))
        why = "messages at a desktop are shown by its agent, which only a running curfew reaches";
    complete(request, &(struct cf_completion){.message = request->delivered ? NULL : why,
                                              .delivered = request->delivered,
                                              .withdrawable = request->shown && !on_terminals});
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
 * A session begins before it has a scope, and sshd makes its terminal a moment after that, of which nobody
 * tells. So that such a session is not taken for one that tells nothing, a young one is looked at again.
 */
static bool looks_again(struct cf_host_request *request)
{
    const struct cf_input *input = &request->input;
    struct cf_mono now = cf_loop_now(request->host->loop);
    struct cf_span age = cf_mono_since(request->record.logged_on, now);
    const char *source;
    if (!request->wants_input || request->asked.as_of.us > 0 || !cf_input_may_show(input) ||
        cf_mono_known(cf_input_last(input, &request->record, request->host->loop, &source)) ||
        !cf_span_known(age) || age.us > YOUNG.us || remaining(request).us < 2 * AGAIN.us)
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
    } else if (request->asked.action == CF_ACTION_REFRESH || request->asked.action == CF_ACTION_WATCH) {
        if (!looks_again(request))
            answer(request);
    } else if (request->asked.action == CF_ACTION_WITHDRAW) {
        done(request);
    } else if (request->asked.action == CF_ACTION_PROCESSES) {
        answer_processes(request);
    } else if (still_away(request) && still_quiet(request)) {
        switch (request->asked.action) {
        case CF_ACTION_LOCK: act(request, "LockSession"); break;
        case CF_ACTION_LOGOFF_FORCED: kill_all(request); break;
        default: act(request, "TerminateSession");
        }
    }
}

/* ---- On a worker ---- */

static struct cf_host_request *request_of(struct cf_work *work)
{
    return (struct cf_host_request *)(void *)((char *)work - offsetof(struct cf_host_request, work));
}

static void run(struct cf_work *work)
{
    struct cf_host_request *request = request_of(work);
    int64_t uid = request->record.uid;
    if (request->input.asks_elsewhere) {
        cf_input_read_elsewhere(&request->input);
        return;
    }
    if (request->wants_input || request->wants_name || request->text.length)
        cf_input_read(&request->input, request->wants_input);
    if (request->text.length)
        request->delivered =
            cf_sources_write(&request->input.sources, uid, request->text.data, request->text.length);
    if (request->wants_groups && !request->groups)
        request->groups = cf_groups_read(uid);
    if (request->asked.action == CF_ACTION_PROCESSES)
        request->processes = cf_processes_list(request->record.leader, request->unit, "/proc");
    else if (request->wants_processes)
        cf_processes_read(&request->record, request->asked.fields, request->unit, "/proc");
}

/* What is to be said of a notice that is over is said, or owed. */
static void settle_withdrawal(const struct cf_host_request *request, struct cf_cached *known)
{
    if (request->asked.action != CF_ACTION_WITHDRAW || known->notice != request->asked.notice)
        return;
    bool owed = !request->delivered && request->input.sources.blocked_count > 0;
    cf_replace(&known->owed, owed ? request->text.data : NULL);
    if (!owed)
        known->notice = 0;
}

/* What we wrote is known by now, and what inotify says of it is no output of anybody else's. */
static void end_writing(struct cf_host_request *request)
{
    struct cf_logind *host = request->host;
    struct cf_cached *known;
    if (host->watcher)
        cf_watcher_drain(host->watcher);
    if (!host->closed && (known = known_of(request))) {
        known->watched.watch.writing--;
        cf_cached_take_written(known, &request->input.sources);
        settle_withdrawal(request, known);
        cf_blocked_take(host, known, &request->input.sources);
    }
}

static void start_work(struct cf_host_request *request);

/* Few sessions serve terminals, so that the user's others are looked at only where this one was found to. */
static bool looks_elsewhere(struct cf_host_request *request)
{
    struct cf_input *input = &request->input;
    struct cf_cached *known = request->host->closed ? NULL : known_of(request);
    if (!request->wants_input || !known || input->asks_elsewhere || !cf_input_serves(input))
        return false;
    cf_input_prepare_elsewhere(input, request->host, known);
    return true;
}

static void after_run(struct cf_work *work)
{
    struct cf_host_request *request = request_of(work);
    struct cf_logind *host = request->host;
    work->running = true; /* not to be freed by what follows from our writing */
    if (request->text.length && !host->closed)
        end_writing(request);
    work->running = false;
    if (request->orphan)
        free_request(request);
    else if (looks_elsewhere(request))
        start_work(request);
    else
        proceed(request);
    cf_logind_release(host);
}

static void start_work(struct cf_host_request *request)
{
    struct cf_cached *known = request->text.length ? known_of(request) : NULL;
    if (known)
        known->watched.watch.writing++;
    request->host->refs++;
    request->work.run = run;
    request->work.done = after_run;
    cf_workers_start(&request->host->workers, &request->work);
}

/* ---- The session ---- */

enum cf_hangs cf_logind_hangs_on(uint64_t fields)
{
    return fields & CF_FIELD_BIT(CF_FIELD_GROUPS)                   ? CF_HANGS_ON_NAMES
           : fields & (IDLE_FIELDS | CF_FIELD_BIT(CF_FIELD_OUTPUT)) ? CF_HANGS_ON_MEMORY
           : fields & CF_FIELD_BIT(CF_FIELD_LANGUAGE)               ? CF_HANGS_ON_LANGUAGE
                                                                    : CF_HANGS_NEVER;
}

static bool wants_reading(struct cf_host_request *request, const struct cf_cached *known)
{
    uint64_t fields = request->asked.fields;
    request->wants_groups = fields & CF_FIELD_BIT(CF_FIELD_GROUPS);
    request->wants_input = fields & (IDLE_FIELDS | CF_FIELD_BIT(CF_FIELD_OUTPUT));
    request->wants_processes = fields & CF_PROCESSES_FIELDS;
    request->wants_name = fields & CF_FIELD_BIT(CF_FIELD_NAME) && !known->properties.tty &&
                          !cf_properties_graphical(&known->properties);
    request->work.hangs = cf_logind_hangs_on(fields);
    return request->wants_groups || request->wants_input || request->wants_processes || request->wants_name;
}

/* What a worker has to look at. A graphical session's terminal, if any, is one that nobody sees. */
static bool wants_work(struct cf_host_request *request, struct cf_cached *known)
{
    bool terminal = !cf_properties_graphical(&known->properties);
    switch (request->asked.action) {
    case CF_ACTION_REFRESH:
    case CF_ACTION_WATCH: return wants_reading(request, known);
    case CF_ACTION_WARN: return terminal;
    case CF_ACTION_PROCESSES: return true;
    case CF_ACTION_WITHDRAW:
        if (known->notice != request->asked.notice)
            return false; /* a later one took its place, or it never reached anybody */
        if (known->agent)
            cf_session_agent_close_notice(known);
        if (!terminal)
            known->notice = 0;
        return terminal;
    default:
        request->wants_input = cf_mono_known(request->asked.quiet_since);
        request->work.hangs = request->wants_input ? CF_HANGS_ON_MEMORY : CF_HANGS_NEVER;
        return request->wants_input;
    }
}

static void go_on(struct cf_host_request *request, struct cf_cached *known);

/* A film may be told of at the desktop alone, so only where that has none does logind's word stand by itself.
 */
static void on_inhibitors(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    struct cf_host_request *request = (struct cf_host_request *)(void *)call;
    struct cf_cached *known = known_of(request);
    if (!known) {
        fail(request, CF_GONE, "it has ended");
        return;
    }
    enum cf_tri listed = cf_inhibitors_take(reply, request->record.uid),
                shown = cf_properties_graphical(&known->properties) ? request->record.inhibited : listed;
    request->record.inhibited = listed == CF_TRI_YES || shown == CF_TRI_YES ? CF_TRI_YES
                                : listed == CF_TRI_NO                       ? shown
                                                                            : listed;
    go_on(request, known);
}

static bool asks_inhibitors(struct cf_host_request *request)
{
    if (request->inhibitors || !request->host->bus || request->asked.action != CF_ACTION_REFRESH ||
        !(request->asked.fields & CF_FIELD_BIT(CF_FIELD_INHIBITED)))
        return false;
    request->inhibitors = true;
    request->call.done = on_inhibitors;
    cf_inhibitors_ask(request->host->bus, &request->call, remaining(request));
    return true;
}

static void go_on(struct cf_host_request *request, struct cf_cached *known)
{
    if (asks_inhibitors(request))
        return;
    if (wants_work(request, known) && !request->host->server)
        start_work(request);
    else
        proceed(request);
}

/* ---- The agent ---- */

static void on_answered(struct cf_agent_order *order, const struct cf_agent_answer *answer)
{
    struct cf_host_request *request =
        (struct cf_host_request *)(void *)((char *)order - offsetof(struct cf_host_request, order));
    struct cf_cached *known = known_of(request);
    if (!known) {
        fail(request, CF_GONE, "it has ended");
        return;
    }
    if (request->asked.action == CF_ACTION_WARN)
        request->shown = answer && answer->yes;
    else
        request->input.at_display = cf_session_agent_take(request->host, known, answer, request->ordered,
                                                          &request->input.display_source);
    request->record.inhibited = known->record.inhibited;
    cf_session_set_string(&request->record, CF_FIELD_MISSING, known->record.missing);
    go_on(request, known);
}

/* Its word comes before the terminals are read; whoever waits for the next input has it told from here on. */
static bool asks_agent(struct cf_host_request *request, struct cf_cached *known)
{
    const struct cf_request *asked = &request->asked;
    struct cf_agent_order_line line = {.verb = CF_AGENT_READ};
    if (!known->agent)
        return false;
    if (asked->action == CF_ACTION_WARN)
        line = (struct cf_agent_order_line){.verb = CF_AGENT_SHOW,
                                            .title = request->title,
                                            .text = request->body,
                                            .button = request->button,
                                            .shown_for = asked->shown_for};
    else if (asked->action == CF_ACTION_WATCH && asked->fields & CF_FIELD_BIT(CF_FIELD_IDLE))
        line.verb = CF_AGENT_WATCH;
    else if (!(asked->action == CF_ACTION_REFRESH && asked->fields & AGENT_FIELDS) &&
             !cf_mono_known(asked->quiet_since))
        return false;
    line.inhibited = line.verb != CF_AGENT_SHOW && asked->fields & CF_FIELD_BIT(CF_FIELD_INHIBITED);
    request->order.done = on_answered;
    request->ordered = cf_loop_now(request->host->loop);
    cf_session_agent_ask(known, &request->order, &line);
    return true;
}

/* The session was read: is it the one that is meant, and what else is to be looked at? */
static void look(struct cf_host_request *request, struct cf_cached *known)
{
    struct cf_logind *host = request->host;
    if (!cf_identity_equal(&request->session, &known->record.identity)) {
        fail(request, CF_GONE, "it has ended, and its id is another session's now");
        return;
    }
    if (request->asked.action == CF_ACTION_LOCK && known->properties.can_lock == CF_TRI_NO) {
        fail(request, CF_UNSUPPORTED, "logind locks no sessions of its kind");
        return;
    }
    cf_session_finish(&request->record);
    cf_session_copy(&request->record, &known->record);
    cf_replace(&request->unit, known->properties.scope);
    cf_input_prepare(&request->input, host, known);
    if (!asks_agent(request, known))
        go_on(request, known);
}

static void on_read(struct cf_logind *host, void *data, const char *id, struct cf_cached *known,
                    const struct cf_error *err)
{
    (void)host, (void)id;
    struct cf_host_request *request = data;
    if (known)
        look(request, known);
    else
        fail(request, err->code, err->code == CF_GONE ? "it has ended" : err->text);
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

/* Nobody waits any more. */
static void on_cancelled(struct cf_timer *timer)
{
    done(timer->data);
}

/* A small file, in memory: no worker is needed. Never said to be done where nobody would be refused. */
static void on_logons(struct cf_timer *timer)
{
    struct cf_host_request *request = timer->data;
    bool on = request->asked.on;
    const char *gap = on ? cf_nologin_gap() : NULL;
    struct cf_error err = {0};
    if (request->asked.lasts) {
        fail(request, CF_UNSUPPORTED, "only an engine does so, for as long as it lives");
        return;
    }
    request->host->refusing = on;
    if (!on)
        cf_nologin_remove(CF_NOLOGIN_FILE);
    else
        (void)cf_nologin_write(CF_NOLOGIN_FILE, request->text.data, &err);
    if (err.code)
        fail(request, err.code, err.text);
    else if (gap) /* it is written all the same: the rule may come */
        fail(request, CF_FAILED, gap);
    else
        done(request);
}

static struct cf_host_request *submit(struct cf_logind *host, const struct cf_request *asked, bool own)
{
    struct cf_host_request *request = cf_alloc(sizeof *request);
    *request = (struct cf_host_request){.host = host,
                                        .asked = *asked,
                                        .session = asked->session,
                                        .own = own,
                                        .work.joins = asked->as_of.us > 0,
                                        .later = {.fire = on_unreachable, .data = request}};
    cf_session_init(&request->record);
    request->session.host = cf_strdup(asked->session.host);
    request->session.id = cf_strdup(asked->session.id);
    if (asked->action == CF_ACTION_WARN) {
        cf_notice_lines(&request->text, asked->title, asked->text, asked->ask, asked->language);
        request->title = cf_strdup(asked->title);
        request->body = cf_strdup(asked->text);
        request->button = cf_strdup(cf_notice_button(asked->ask, asked->language));
    } else if (asked->action == CF_ACTION_WITHDRAW)
        cf_notice_over(&request->text, asked->language);
    else if (asked->action == CF_ACTION_REFUSE_LOGONS)
        cf_buffer_puts(&request->text, asked->text ? asked->text : "");
    DL_PREPEND(host->requests, request);
    return request;
}

/* Whether the listing has read what the request is content with. */
static bool is_read(const struct cf_host_request *request)
{
    const struct cf_cached *known = known_of(request);
    return request->asked.action == CF_ACTION_REFRESH && request->asked.as_of.us > 0 && known &&
           known->read_at.us >= request->asked.as_of.us;
}

static void on_known(struct cf_timer *timer)
{
    struct cf_host_request *request = timer->data;
    struct cf_cached *known = known_of(request);
    if (known)
        look(request, known);
    else
        fail(request, CF_GONE, "it has ended");
}

static void cancel_watch(struct cf_host_request *request)
{
    struct cf_cached *known = known_of(request);
    if (known)
        cf_watches_cancel(request->host, known);
    request->later.fire = on_cancelled;
    cf_timer_defer(request->host->loop, &request->later);
}

static void begin(struct cf_host_request *request)
{
    struct cf_logind *host = request->host;
    const struct cf_cached *known = known_of(request);
    request->away = known && known->record.disconnected == CF_TRI_YES;
    if (request->asked.action == CF_ACTION_WATCH)
        request->expects = cf_watches_expect(host);
    if (request->asked.action == CF_ACTION_REFUSE_LOGONS) {
        request->later.fire = on_logons;
        cf_timer_defer(host->loop, &request->later);
    } else if (!host->bus)
        cf_timer_defer(host->loop, &request->later);
    else if (request->asked.action == CF_ACTION_LIST)
        cf_sessions_list(host);
    else if (is_read(request)) {
        request->later.fire = on_known;
        cf_timer_defer(host->loop, &request->later);
    } else
        cf_sessions_read(host, request->session.id, remaining(request), on_read, request);
}

void cf_logind_requests_submit(struct cf_logind *host, const struct cf_request *asked)
{
    struct cf_host_request *request = submit(host, asked, false);
    if (asked->action == CF_ACTION_WATCH && !asked->fields)
        cancel_watch(request);
    else
        begin(request);
}

void cf_logind_requests_look(struct cf_logind *host, const struct cf_identity *session)
{
    const struct cf_request asked = {.action = CF_ACTION_WATCH,
                                     .deadline = cf_mono_add(cf_loop_now(host->loop), CF_LOGIND_LIMIT),
                                     .session = *session,
                                     .fields = CF_WATCHES_FIELDS,
                                     .quiet_since = CF_MONO_UNKNOWN};
    begin(submit(host, &asked, true));
}

void cf_logind_requests_read(struct cf_logind *host, const struct cf_identity *session)
{
    const struct cf_request asked = {.action = CF_ACTION_REFRESH,
                                     .deadline = cf_mono_add(cf_loop_now(host->loop), CF_LOGIND_LIMIT),
                                     .session = *session,
                                     .fields = IDLE_FIELDS,
                                     .quiet_since = CF_MONO_UNKNOWN};
    begin(submit(host, &asked, true));
}

void cf_logind_requests_pay(struct cf_logind *host, struct cf_cached *known)
{
    const struct cf_request asked = {.action = CF_ACTION_WITHDRAW,
                                     .deadline = cf_mono_add(cf_loop_now(host->loop), CF_LOGIND_LIMIT),
                                     .session = known->record.identity,
                                     .notice = known->notice,
                                     .quiet_since = CF_MONO_UNKNOWN};
    struct cf_host_request *request = submit(host, &asked, true);
    cf_buffer_clear(&request->text);
    cf_buffer_puts(&request->text, known->owed);
    begin(request);
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
        if (!request->work.running)
            fail(request, err->code, err->text);
    }
}

void cf_logind_requests_drop(struct cf_logind *host)
{
    while (host->requests) {
        struct cf_host_request *request = host->requests;
        unlink_request(request);
        request->orphan = request->work.running;
        if (!request->orphan)
            free_request(request);
    }
}
