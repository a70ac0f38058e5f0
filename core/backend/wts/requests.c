#include "wts/requests.h"

#include "base/text.h"
#include "wts/logons.h"
#include "wts/notice.h"
#include "wts/request.h"
#include "wts/sessions.h"
#include "wts/utf16.h"

#include <stdlib.h>
#include <utlist.h>

/* A question is first shown for so long, and then again for the rest of its time: that it came back from
 * there, unanswered, is the only proof that it was shown. A call that just does not return proves nothing. */
enum { PROOF_SECONDS = 3, OVER_SECONDS = 10 };

#define PROCESS_FIELDS                                                                                       \
    (CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU) | CF_FIELD_BIT(CF_FIELD_SID))
#define CLIENT_FIELDS (CF_FIELD_BIT(CF_FIELD_CLIENT) | CF_FIELD_BIT(CF_FIELD_REMOTE_HOST))

static struct cf_wts_request *request_of(struct cf_wts_job *job)
{
    return (struct cf_wts_request *)(void *)job;
}

/* ---- What was read ---- */

static void answer(struct cf_wts_request *request)
{
    const struct cf_wts_known *known = cf_wts_request_known(request);
    const struct cf_wts_processes *processes = &request->act.processes;
    if (!known) {
        cf_wts_request_fail(request, CF_GONE, "it has ended");
        return;
    }
    struct cf_session record;
    cf_session_init(&record);
    cf_session_copy(&record, &known->record);
    cf_session_set_string(&record, CF_FIELD_CLIENT, request->client);
    cf_session_set_string(&record, CF_FIELD_REMOTE_HOST,
                          request->address ? request->address : request->client);
    cf_session_set_string(&record, CF_FIELD_SID, processes->sid);
    cf_session_set_list(&record, CF_FIELD_PROGRAMS, (const char *const *)processes->programs);
    record.cpu = processes->list ? processes->cpu : CF_NUMBER_UNKNOWN;
    uint64_t idle =
        request->asked.fields & CF_FIELD_BIT(CF_FIELD_IDLE) ? CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) : 0;
    cf_wts_request_complete(
        request, &(struct cf_completion){.session = &record, .fields = request->asked.fields | idle});
    cf_session_finish(&record);
}

/* ---- What was done ---- */

/* That the session has gone is news, which nothing else may tell where another has its number. */
static void fail_act(struct cf_wts_request *request)
{
    struct cf_wts *host = request->host;
    const struct cf_wts_act *act = &request->act;
    bool is_gone = act->code == CF_GONE;
    DWORD id = act->id;
    int64_t birth = act->birth;
    char why[CF_WTS_FAILURE];
    cf_wts_request_fail(request, act->code, act->why ? act->why : cf_wts_failure(act->error, why));
    if (is_gone && !host->closed)
        cf_wts_gone(host, id, birth);
}

static void start(struct cf_wts_request *request, enum cf_wts_kind kind, struct cf_mono limit);

/* The answer to a question, or its proof, after which it goes on. */
static void take_answer(struct cf_wts_request *request)
{
    struct cf_wts *host = request->host;
    DWORD given = request->act.answer;
    uint64_t notice = request->asked.notice;
    DL_DELETE(host->requests, request);
    cf_wts_request_report(request, &(struct cf_completion){.delivered = true});
    if (!host->closed && given == CF_WTS_ANSWER_TIMEOUT && request->seconds) {
        DL_APPEND(host->requests, request);
        request->act.seconds = request->seconds;
        request->seconds = 0;
        start(request, CF_WTS_ASK, CF_MONO_UNKNOWN);
        return;
    }
    cf_wts_request_free(request);
    if (!host->closed && (given == CF_WTS_ANSWER_YES || given == CF_WTS_ANSWER_NO))
        host->sink.answered(host->sink.data, notice, given == CF_WTS_ANSWER_YES);
}

static void warned(struct cf_wts_request *request)
{
    struct cf_wts_known *known = cf_wts_request_known(request);
    if (known)
        known->notice = request->asked.notice;
    if (request->act.deed == CF_WTS_QUESTION)
        take_answer(request);
    else
        cf_wts_request_complete(request, &(struct cf_completion){.delivered = true});
}

/* It was looked at until it was. */
static void show_locked(const struct cf_wts_request *request)
{
    struct cf_wts *host = request->host;
    struct cf_wts_known *known = cf_wts_request_known(request);
    if (!known)
        return;
    known->record.locked = CF_TRI_YES;
    host->sink.seen(host->sink.data, &known->record, CF_FIELD_BIT(CF_FIELD_LOCKED));
}

static void done(struct cf_wts_job *job)
{
    struct cf_wts_request *request = request_of(job);
    struct cf_wts *host = request->host;
    const struct cf_wts_act *act = &request->act;
    request->on_thread = false;
    if (act->code != CF_OK && request->told) {
        cf_wts_request_drop(request);
    } else if (request->asked.action == CF_ACTION_REFRESH &&
               (act->code == CF_OK || act->code == CF_DENIED || act->code == CF_FAILED)) {
        answer(request); /* processes that cannot be read are unknown */
    } else if (act->code != CF_OK) {
        fail_act(request);
    } else if (request->asked.action == CF_ACTION_WARN) {
        warned(request);
    } else if (request->asked.action == CF_ACTION_PROCESSES) {
        cf_wts_request_complete(
            request, &(struct cf_completion){.processes = (const char *const *)act->processes.list});
    } else {
        if (act->deed == CF_WTS_LOGOFF || act->deed == CF_WTS_LOGOFF_FORCED)
            cf_wts_follow(host);
        if (act->deed == CF_WTS_LOCK)
            show_locked(request);
        if (host->closed)
            return; /* and the request with it */
        cf_wts_request_complete(request, &(struct cf_completion){.code = CF_OK});
    }
}

static void run(struct cf_wts_job *job)
{
    struct cf_wts_request *request = request_of(job);
    cf_wts_act_run(&request->act, job->server, &job->over);
}

/* Whoever asked was told of the time limit by then. */
static void late(struct cf_wts_job *job)
{
    struct cf_wts_request *request = request_of(job);
    if (!job->begun)
        cf_wts_request_drop(request);
    else
        request->told = true;
}

static void orphaned(struct cf_wts_job *job)
{
    cf_wts_request_free(request_of(job));
}

static void start(struct cf_wts_request *request, enum cf_wts_kind kind, struct cf_mono limit)
{
    request->job = (struct cf_wts_job){
        .kind = kind, .limit = limit, .run = run, .done = done, .late = late, .orphaned = orphaned};
    request->on_thread = true;
    cf_wts_server_start(request->host->server, &request->job);
}

/* ---- Coming in ---- */

static void begin_act(struct cf_wts_request *request)
{
    start(request, request->act.deed == CF_WTS_PROCESSES_OF ? CF_WTS_READ : CF_WTS_ACT,
          request->asked.deadline);
}

static void read_on(struct cf_wts_request *request)
{
    request->act.deed = CF_WTS_PROCESSES_OF;
    if (request->asked.fields & PROCESS_FIELDS)
        begin_act(request);
    else
        answer(request);
}

/* The helper's word is looked at right before the act: behind it the thread looks at the identity alone. */
static void act_on(struct cf_wts_request *request, struct cf_mono input)
{
    request->act.vouched = true;
    if (!cf_mono_known(input))
        cf_wts_request_fail(request, CF_STALE, "whether there was input since cannot be read any more");
    else if (input.us > request->asked.quiet_since.us)
        cf_wts_request_fail(request, CF_STALE, "there was input since");
    else
        begin_act(request);
}

static void on_told(struct cf_agent_order *order, const struct cf_agent_answer *answered)
{
    struct cf_wts_request *request =
        (struct cf_wts_request *)(void *)((char *)order - offsetof(struct cf_wts_request, order));
    struct cf_wts_known *known = cf_wts_request_known(request);
    struct cf_mono input = known ? cf_wts_helper_take(known, answered, request->ordered) : CF_MONO_UNKNOWN;
    if (!known)
        cf_wts_request_fail(request, CF_GONE, "it has ended");
    else if (request->asked.action == CF_ACTION_REFRESH)
        read_on(request);
    else
        act_on(request, input);
}

/* Where the session's helper knows of input, and nobody else. */
static bool ask_helper(struct cf_wts_request *request)
{
    struct cf_wts_known *known = cf_wts_request_known(request);
    if (!known || !cf_wts_helper_listens(known))
        return false;
    request->ordered = cf_loop_now(request->host->loop);
    request->order.done = on_told;
    cf_wts_helper_ask(known, &request->order);
    return true;
}

static void act(struct cf_wts_request *request, enum cf_wts_deed deed)
{
    request->act.deed = deed;
    if (!request->act.quiet || !ask_helper(request))
        begin_act(request);
}

static void on_looked(struct cf_wts *host, void *data, DWORD id, const struct cf_wts_seen *seen,
                      const struct cf_error *err)
{
    struct cf_wts_request *request = data;
    struct cf_error why;
    const struct cf_wts_known *known = NULL;
    if (err)
        why = *err;
    else
        known = cf_wts_take(host, id, seen, &why);
    if (host->closed)
        return; /* and the request with it */
    if (!known) {
        cf_wts_request_fail(request, why.code, why.text);
    } else if (!cf_identity_equal(&request->session, &known->record.identity)) {
        cf_wts_request_fail(request, CF_GONE, "it has ended, and its id is another session's now");
    } else {
        request->client = cf_strdup(seen->client);
        request->address = cf_strdup(seen->address);
        if (!(request->asked.fields & CF_FIELD_BIT(CF_FIELD_IDLE)) || !ask_helper(request))
            read_on(request);
    }
}

static void on_seen(struct cf_timer *timer)
{
    answer(timer->data);
}

/* Whether the listing has seen all that the request is content with. */
static bool is_seen(const struct cf_wts_request *request)
{
    const struct cf_wts_known *known = cf_wts_request_known(request);
    return request->asked.as_of.us > 0 && !(request->asked.fields & (PROCESS_FIELDS | CLIENT_FIELDS)) &&
           known && known->looked && known->looked_at.us >= request->asked.as_of.us;
}

static void look(struct cf_wts_request *request)
{
    uint64_t fields = request->asked.fields;
    if (!(fields & ~PROCESS_FIELDS)) {
        act(request, CF_WTS_PROCESSES_OF);
        return;
    }
    if (is_seen(request)) {
        request->later.fire = on_seen;
        cf_timer_defer(request->host->loop, &request->later);
        return;
    }
    unsigned what =
        (fields & CF_FIELD_BIT(CF_FIELD_CLIENT) ? CF_WTS_LOOK_CLIENT : 0u) |
        (fields & CF_FIELD_BIT(CF_FIELD_REMOTE_HOST) ? CF_WTS_LOOK_CLIENT | CF_WTS_LOOK_ADDRESS : 0u);
    cf_wts_looks_add(request->host, request->act.id, what, request->asked.deadline, on_looked, request);
}

/* A question too many is a plain message: its user stays by using the session. */
static void warn(struct cf_wts_request *request, const struct cf_request *asked)
{
    struct cf_wts_act *act = &request->act;
    bool asks = asked->ask && !cf_wts_server_full(request->host->server, CF_WTS_ASK);
    char *title = cf_wts_notice_title(asked->title, asked->language);
    char *text = cf_wts_notice_text(asked->text, asks ? asked->ask : NULL);
    uint32_t seconds = cf_wts_notice_seconds(asked->shown_for);
    act->deed = asks ? CF_WTS_QUESTION : CF_WTS_SHOW;
    act->title = cf_utf16_of(title);
    act->text = cf_utf16_of(text);
    act->seconds = asks && seconds > PROOF_SECONDS ? PROOF_SECONDS : seconds;
    request->seconds = seconds - act->seconds;
    free(title);
    free(text);
    start(request, asks ? CF_WTS_ASK : CF_WTS_ACT, asked->deadline);
}

static void withdraw(struct cf_wts_request *request, const struct cf_request *asked)
{
    struct cf_wts_known *known = cf_wts_request_known(request);
    if (!known ||
        known->notice != asked->notice) { /* a later one took its place, or it never reached anybody */
        cf_wts_request_end_later(request, CF_OK, NULL);
        return;
    }
    known->notice = 0;
    char *title = cf_wts_notice_title(NULL, asked->language);
    request->act.deed = CF_WTS_SHOW;
    request->act.title = cf_utf16_of(title);
    request->act.text = cf_utf16_of(cf_wts_notice_over(asked->language));
    request->act.seconds = OVER_SECONDS;
    free(title);
    start(request, CF_WTS_ACT, asked->deadline);
}

/* Never said to be done where nobody would be refused. */
static void refuse_logons(struct cf_wts_request *request, const struct cf_request *asked)
{
    int code = asked->on ? cf_wts_logons_heeded(&request->unheeded) : CF_OK;
    DWORD error = code ? 0 : cf_wts_logons_refuse(asked->on);
    request->host->refusing = asked->on && !code && !error;
    request->act.error = error;
    cf_wts_request_end_later(request, error ? cf_wts_code(error) : code,
                             code ? request->unheeded.text : NULL);
}

static void begin(struct cf_wts_request *request, const struct cf_request *asked)
{
    switch (asked->action) {
    case CF_ACTION_LIST: cf_wts_list(request->host); break;
    case CF_ACTION_REFRESH: look(request); break;
    case CF_ACTION_WARN: warn(request, asked); break;
    case CF_ACTION_WITHDRAW: withdraw(request, asked); break;
    case CF_ACTION_LOCK: act(request, CF_WTS_LOCK); break;
    case CF_ACTION_DISCONNECT: act(request, CF_WTS_DISCONNECT); break;
    case CF_ACTION_LOGOFF: act(request, CF_WTS_LOGOFF); break;
    case CF_ACTION_LOGOFF_FORCED: act(request, CF_WTS_LOGOFF_FORCED); break;
    case CF_ACTION_PROCESSES: act(request, CF_WTS_PROCESSES_OF); break;
    case CF_ACTION_REFUSE_LOGONS: refuse_logons(request, asked); break;
    default: cf_wts_request_end_later(request, CF_UNSUPPORTED, "this host cannot do that");
    }
}

static void on_unseen(struct cf_timer *timer)
{
    fail_act(timer->data);
}

/* There is no such session; or one which nobody could look at, so that nobody can tell which it is. */
static void refuse(struct cf_wts_request *request)
{
    const struct cf_wts_known *there = cf_wts_find(request->host, request->session.id);
    if (!there || there->record.identity.birth || request->session.birth) {
        cf_wts_request_end_later(request, CF_GONE, "it has ended");
    } else if (!there->error) {
        cf_wts_request_end_later(request, CF_TIMEOUT, "the server does not answer about it");
    } else {
        request->act.error = there->error;
        request->act.code = cf_wts_code(there->error);
        request->later.fire = on_unseen;
        cf_timer_defer(request->host->loop, &request->later);
    }
}

/* Of the others quiet_since says nothing. */
static bool expects_quiet(enum cf_action_kind action)
{
    return action == CF_ACTION_LOCK || action == CF_ACTION_DISCONNECT || action == CF_ACTION_LOGOFF ||
           action == CF_ACTION_LOGOFF_FORCED;
}

void cf_wts_requests_submit(struct cf_wts *host, const struct cf_request *asked)
{
    struct cf_wts_request *request = cf_wts_request_create(host, asked);
    const struct cf_wts_known *known = cf_wts_request_known(request);
    bool about_all = asked->action == CF_ACTION_LIST || asked->action == CF_ACTION_REFUSE_LOGONS;
    if (known) {
        int64_t steady = CF_WTS_STEADY.us * 10;
        request->act.id = known->id;
        request->act.birth = known->record.identity.birth;
        request->act.locks = host->locks;
        request->act.quiet = expects_quiet(asked->action) && cf_mono_known(asked->quiet_since);
        request->act.since = cf_wts_clock_time(&host->clock, asked->quiet_since) - steady;
        bool heard =
            cf_mono_known(known->record.last_input) && known->record.last_input.us <= asked->quiet_since.us;
        if (heard && known->life > request->act.since)
            request->act.since = known->life; /* to the tick: it is the input that the request knows of */
        request->act.not_before = cf_wts_clock_time(&host->clock, cf_loop_now(host->loop)) - steady;
    }
    if (!known && !about_all)
        refuse(request);
    else
        begin(request, asked);
}

void cf_wts_requests_listed(struct cf_wts *host, const struct cf_error *err)
{
    struct cf_wts_request *request, *next;
    DL_FOREACH_SAFE(host->requests, request, next)
    {
        if (host->closed)
            return;
        if (request->asked.action != CF_ACTION_LIST)
            continue;
        if (err)
            cf_wts_request_fail(request, err->code, err->text);
        else
            cf_wts_request_complete(request, &(struct cf_completion){.code = CF_OK});
    }
}

void cf_wts_requests_finish(struct cf_wts *host)
{
    struct cf_wts_request *request, *next;
    DL_FOREACH_SAFE(host->requests, request, next)
    {
        cf_timer_stop(host->loop, &request->later);
        DL_DELETE(host->requests, request);
        if (!request->on_thread)
            cf_wts_request_free(request);
    }
    host->requests = NULL;
}
