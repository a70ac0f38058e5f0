#include "logind/requests.h"

#include "base/memory.h"
#include "logind/acts.h"
#include "logind/answers.h"
#include "logind/inhibitors.h"
#include "logind/listing.h"
#include "logind/looks.h"
#include "logind/processes.h"
#include "logind/request.h"
#include "logind/sessions.h"
#include "logind/watches.h"

#include <stddef.h>
#include <string.h>

#define YOUNG        cf_seconds(3)
#define AGAIN        cf_seconds(1)
#define AGENT_FIELDS (CF_LOGIND_IDLE_FIELDS | CF_FIELD_BIT(CF_FIELD_INHIBITED))

static void read_again(struct cf_timer *timer);
static void on_read(struct cf_logind *host, void *data, const char *id, struct cf_cached *known,
                    const struct cf_error *err);

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
        !cf_span_known(age) || age.us > YOUNG.us || cf_host_request_remaining(request).us < 2 * AGAIN.us)
        return false;
    request->later.fire = read_again;
    cf_timer_set(request->host->loop, &request->later, cf_mono_add(now, AGAIN));
    return true;
}

/*
 * Logind's file is enough for a session with one terminal that is in use. A display's lock is not in it, nor
 * by which of several terminals logind calls a session; and it goes on saying "active" for as long as a
 * session is let go, up to 20 s from PAM's word to the leader's end, by when nothing is on its terminal any
 * more.
 */
static bool asks_logind(struct cf_host_request *request)
{
    const struct cf_cached *known = cf_host_request_known(request);
    if (!known || !known->by_file || !request->wants_input || cf_sources_are_plain(&request->input.sources))
        return false;
    cf_sessions_read(request->host, request->session.id, cf_host_request_remaining(request), on_read,
                     request);
    return true;
}

/* All is read: do it. */
static void proceed(struct cf_host_request *request)
{
    if (request->asked.action == CF_ACTION_WARN) {
        cf_answer_warning(request);
    } else if (request->asked.action == CF_ACTION_REFUSE_LOGONS) {
        cf_answer_logons(request);
    } else if (!request->host->bus) {
        cf_host_request_fail(request, CF_UNAVAILABLE, "the connection to the system bus broke");
    } else if (cf_host_request_remaining(request).us <= 0) { /* nobody would know that it was done */
        cf_host_request_fail(request, CF_TIMEOUT, "reading its state took too long; nothing was done");
    } else if (request->asked.action == CF_ACTION_REFRESH || request->asked.action == CF_ACTION_WATCH) {
        if (!asks_logind(request) && !looks_again(request))
            cf_answer_reading(request);
    } else if (request->asked.action == CF_ACTION_WITHDRAW) {
        cf_host_request_done(request);
    } else if (request->asked.action == CF_ACTION_PROCESSES) {
        cf_answer_processes(request);
    } else {
        cf_act_on_session(request);
    }
}

/* ---- On a worker ---- */

static void start_work(struct cf_host_request *request);

/* Few sessions serve terminals, so that the user's others are looked at only where this one was found to;
 * once all of these are known. */
static bool looks_elsewhere(struct cf_host_request *request)
{
    struct cf_input *input = &request->input;
    struct cf_logind *host = request->host;
    struct cf_cached *known = host->closed ? NULL : cf_host_request_known(request);
    if (!request->wants_input || !known || input->asks_elsewhere || !cf_input_serves(input))
        return false;
    request->awaits_listing = host->listing.under_way;
    if (!request->awaits_listing) {
        cf_input_prepare_elsewhere(input, host, known);
        start_work(request);
    }
    return true;
}

static void after_run(struct cf_work *work)
{
    struct cf_host_request *request = cf_looks_request(work);
    struct cf_logind *host = request->host;
    work->running = true; /* not to be freed by what follows from our writing */
    if (request->text.length && !host->closed)
        cf_looks_end_writing(request);
    struct cf_cached *known = host->closed ? NULL : cf_host_request_known(request);
    if (known)
        cf_looks_end_reading(request, known);
    work->running = false;
    if (request->orphan)
        cf_host_request_free(request);
    else if (!looks_elsewhere(request))
        proceed(request);
    cf_logind_release(host);
}

static void start_work(struct cf_host_request *request)
{
    struct cf_cached *known = request->text.length ? cf_host_request_known(request) : NULL;
    if (known)
        known->watched.watch.writing++;
    request->host->refs++;
    request->work.run = cf_looks_take;
    request->work.done = after_run;
    cf_workers_start(&request->host->workers, &request->work);
}

/* ---- What logind and the agent say ---- */

/* NULL where it is gone, and the request with it. */
static struct cf_cached *still_known(struct cf_host_request *request)
{
    struct cf_cached *known = cf_host_request_known(request);
    if (!known)
        cf_host_request_fail(request, CF_GONE, "it has ended");
    return known;
}

static void go_on(struct cf_host_request *request, struct cf_cached *known);

/* A film may be told of at the desktop alone, so only where that has none does logind's word stand by itself.
 */
static void take_inhibitors(struct cf_host_request *request, const struct cf_cached *known,
                            sd_bus_message *reply)
{
    enum cf_tri listed = cf_inhibitors_take(reply, request->record.uid),
                shown = cf_properties_graphical(&known->properties) ? request->record.inhibited : listed;
    request->record.inhibited = listed == CF_TRI_YES || shown == CF_TRI_YES ? CF_TRI_YES
                                : listed == CF_TRI_NO                       ? shown
                                                                            : listed;
}

static void ask_inhibitors(struct cf_logind *host, struct cf_bus_call *call, struct cf_span limit)
{
    static const struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER,
                                                "ListInhibitors"};
    cf_bus_call(host->bus, call, &method, limit, NULL);
}

static void on_inhibitors(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    struct cf_host_request *request = (struct cf_host_request *)(void *)call;
    struct cf_cached *known = still_known(request);
    if (!known)
        return;
    take_inhibitors(request, known, reply);
    go_on(request, known);
}

static void on_shared_inhibitors(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    struct cf_logind *host =
        (struct cf_logind *)(void *)((char *)call - offsetof(struct cf_logind, inhibitors.call));
    sd_bus_message_unref(host->inhibitors.reply);
    host->inhibitors.reply = sd_bus_message_ref(reply);
    for (struct cf_host_request *request = host->requests, *next; request && !host->closed; request = next) {
        next = request->next;
        if (!request->awaits_inhibitors)
            continue;
        request->awaits_inhibitors = false;
        struct cf_cached *known = still_known(request);
        if (known) {
            take_inhibitors(request, known, reply);
            go_on(request, known);
        }
    }
}

/* Whether it has to wait for what was, or is now, asked for once by all of a listing. */
static bool shares_inhibitors(struct cf_host_request *request, const struct cf_cached *known)
{
    struct cf_logind *host = request->host;
    struct cf_inhibitors *shared = &host->inhibitors;
    bool fresh = shared->asked_at.us >= request->asked.as_of.us;
    if (fresh && !shared->call.bus) {
        take_inhibitors(request, known, shared->reply);
        return false;
    }
    request->awaits_inhibitors = true;
    if (!shared->call.bus) {
        shared->asked_at = cf_loop_now(host->loop);
        shared->call.done = on_shared_inhibitors;
        ask_inhibitors(host, &shared->call, CF_LOGIND_LIMIT);
    }
    return true;
}

static bool asks_inhibitors(struct cf_host_request *request, const struct cf_cached *known)
{
    if (request->inhibitors || !request->host->bus || request->asked.action != CF_ACTION_REFRESH ||
        !(request->asked.fields & CF_FIELD_BIT(CF_FIELD_INHIBITED)))
        return false;
    request->inhibitors = true;
    if (request->asked.as_of.us > 0)
        return shares_inhibitors(request, known);
    request->call.done = on_inhibitors;
    ask_inhibitors(request->host, &request->call, cf_host_request_remaining(request));
    return true;
}

static void go_on(struct cf_host_request *request, struct cf_cached *known)
{
    if (asks_inhibitors(request, known))
        return;
    if (cf_looks_wanted(request, known) && !request->host->server)
        start_work(request);
    else
        proceed(request);
}

static void on_answered(struct cf_agent_order *order, const struct cf_agent_answer *answer)
{
    struct cf_host_request *request =
        (struct cf_host_request *)(void *)((char *)order - offsetof(struct cf_host_request, order));
    struct cf_cached *known = still_known(request);
    if (!known)
        return;
    bool shows = request->asked.action == CF_ACTION_WARN;
    request->shown = shows && answer && answer->yes;
    bool notice = request->asked.notice != 0; /* a message may be followed by another before it is shown */
    if (shows && notice && answer)
        cf_session_agent_showed(request->host, known, answer->yes);
    else if (!shows)
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
                                            .beside = !asked->notice,
                                            .shown_for = asked->shown_for};
    else if (asked->action == CF_ACTION_WATCH && asked->fields & CF_FIELD_BIT(CF_FIELD_IDLE))
        line.verb = CF_AGENT_WATCH;
    else if (!(asked->action == CF_ACTION_REFRESH && asked->fields & AGENT_FIELDS) &&
             !cf_mono_known(asked->quiet_since) && !(asked->action == CF_ACTION_LOGOFF && request->away))
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
        cf_host_request_fail(request, CF_GONE, "it has ended, and its id is another session's now");
        return;
    }
    if (request->asked.action == CF_ACTION_LOCK && known->properties.can_lock == CF_TRI_NO) {
        cf_host_request_fail(request, CF_UNSUPPORTED, "logind locks no sessions of its kind");
        return;
    }
    cf_session_finish(&request->record);
    cf_session_copy(&request->record, &known->record);
    cf_replace(&request->unit, known->properties.scope);
    cf_input_prepare(&request->input, host, known);
    request->inhibitors = false; /* they are in what was read before, where this is a second look */
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
        cf_host_request_fail(request, err->code, err->code == CF_GONE ? "it has ended" : err->text);
}

static void read_again(struct cf_timer *timer)
{
    struct cf_host_request *request = timer->data;
    cf_sessions_read(request->host, request->session.id, cf_host_request_remaining(request), on_read,
                     request);
}

/* ---- Coming in ---- */

static void on_unreachable(struct cf_timer *timer)
{
    struct cf_host_request *request = timer->data;
    cf_host_request_fail(request, CF_UNAVAILABLE, "there is no connection to the system bus");
}

/* Nobody waits any more. */
static void on_cancelled(struct cf_timer *timer)
{
    cf_host_request_done(timer->data);
}

static void on_logons(struct cf_timer *timer)
{
    struct cf_host_request *request = timer->data;
    if (cf_act_on_logons(request))
        start_work(request);
}

/* Whether logind need not be asked: the listing has read what the request is content with, or the kernel
 * alone is asked, by a leader who still has to be in the scope. Of sessions that end, logind tells. */
static bool is_read(const struct cf_host_request *request)
{
    const struct cf_cached *known = cf_host_request_known(request);
    const struct cf_request *asked = &request->asked;
    if (asked->action != CF_ACTION_REFRESH || !known || !known->record.identity.birth)
        return false;
    return asked->as_of.us > 0 ? known->read_at.us >= asked->as_of.us
                               : asked->fields && !(asked->fields & ~CF_PROCESSES_FIELDS);
}

static void on_known(struct cf_timer *timer)
{
    struct cf_host_request *request = timer->data;
    struct cf_cached *known = still_known(request);
    if (known)
        look(request, known);
}

static void cancel_watch(struct cf_host_request *request)
{
    struct cf_cached *known = cf_host_request_known(request);
    if (known)
        cf_watches_cancel(request->host, known);
    request->later.fire = on_cancelled;
    cf_timer_defer(request->host->loop, &request->later);
}

/* Whether what comes of it is told by logind later on. */
static bool has_consequences(enum cf_action_kind action)
{
    return action != CF_ACTION_LIST && action != CF_ACTION_REFRESH && action != CF_ACTION_PROCESSES;
}

static void begin(struct cf_host_request *request)
{
    struct cf_logind *host = request->host;
    if (has_consequences(request->asked.action))
        host->listen(host);
    const struct cf_cached *known = cf_host_request_known(request);
    request->away = known && known->record.disconnected == CF_TRI_YES;
    request->away_since = request->away ? known->record.disconnected_since : CF_MONO_UNKNOWN;
    request->later.fire = on_unreachable;
    if (request->asked.action == CF_ACTION_WATCH)
        request->expects = cf_watches_expect(host);
    if (request->asked.action == CF_ACTION_REFUSE_LOGONS) {
        request->later.fire = on_logons;
        cf_timer_defer(host->loop, &request->later);
    } else if (!host->bus)
        cf_timer_defer(host->loop, &request->later);
    else if (request->asked.action == CF_ACTION_LIST)
        cf_listing_begin(host);
    else if (is_read(request)) {
        request->later.fire = on_known;
        cf_timer_defer(host->loop, &request->later);
    } else
        cf_sessions_read(host, request->session.id, cf_host_request_remaining(request), on_read, request);
}

void cf_logind_requests_submit(struct cf_logind *host, const struct cf_request *asked)
{
    struct cf_host_request *request = cf_host_request_create(host, asked, false);
    if (asked->action == CF_ACTION_WATCH && !asked->fields)
        cancel_watch(request);
    else
        begin(request);
}

static struct cf_host_request *create_own(struct cf_logind *host, struct cf_request asked)
{
    asked.deadline = cf_mono_add(cf_loop_now(host->loop), CF_LOGIND_LIMIT);
    asked.quiet_since = CF_MONO_UNKNOWN;
    return cf_host_request_create(host, &asked, true);
}

void cf_logind_requests_look(struct cf_logind *host, const struct cf_identity *session)
{
    begin(create_own(host, (struct cf_request){
                               .action = CF_ACTION_WATCH, .session = *session, .fields = CF_WATCHES_FIELDS}));
}

void cf_logind_requests_read(struct cf_logind *host, const struct cf_identity *session)
{
    begin(create_own(host, (struct cf_request){.action = CF_ACTION_REFRESH,
                                               .session = *session,
                                               .fields = CF_LOGIND_IDLE_FIELDS}));
}

void cf_logind_requests_pay(struct cf_logind *host, struct cf_cached *known)
{
    struct cf_host_request *request = create_own(host, (struct cf_request){.action = CF_ACTION_WITHDRAW,
                                                                           .session = known->record.identity,
                                                                           .notice = known->notice});
    cf_buffer_clear(&request->text);
    cf_buffer_puts(&request->text, known->owed);
    begin(request);
}

void cf_logind_requests_listed(struct cf_logind *host, const struct cf_error *err)
{
    for (struct cf_host_request *request = host->requests, *next; request && !host->closed; request = next) {
        next = request->next;
        bool awaits = request->awaits_listing;
        request->awaits_listing = false;
        if (!awaits && request->asked.action != CF_ACTION_LIST)
            continue;
        if (err)
            cf_host_request_fail(request, err->code, err->text);
        else if (!awaits)
            cf_host_request_done(request);
        else if (!looks_elsewhere(request))
            proceed(request); /* it has ended meanwhile */
    }
}

void cf_logind_requests_fail(struct cf_logind *host, const struct cf_error *err)
{
    for (struct cf_host_request *request = host->requests, *next; request && !host->closed; request = next) {
        next = request->next;
        if (!request->work.running)
            cf_host_request_fail(request, err->code, err->text);
    }
}

void cf_logind_requests_drop(struct cf_logind *host)
{
    while (host->requests) {
        struct cf_host_request *request = host->requests;
        cf_host_request_unlink(request);
        request->orphan = request->work.running;
        if (!request->orphan)
            cf_host_request_free(request);
    }
}
