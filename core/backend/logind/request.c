#include "logind/request.h"

#include "base/memory.h"
#include "logind/groups.h"
#include "logind/notice.h"
#include "logind/sessions.h"
#include "logind/watches.h"

#include <stdlib.h>
#include <utlist.h>

struct cf_cached *cf_host_request_known(const struct cf_host_request *request)
{
    const char *id = request->session.id; /* NULL: of the whole host */
    struct cf_cached *known = id ? cf_sessions_find(request->host, id) : NULL;
    return known && cf_identity_equal(&request->session, &known->record.identity) ? known : NULL;
}

struct cf_host_request *cf_host_request_create(struct cf_logind *host, const struct cf_request *asked,
                                               bool own)
{
    struct cf_host_request *request = cf_alloc(sizeof *request);
    *request = (struct cf_host_request){.host = host,
                                        .asked = *asked,
                                        .session = asked->session,
                                        .own = own,
                                        .work.joins = asked->as_of.us > 0,
                                        .later = {.data = request}};
    cf_session_init(&request->record);
    request->session.host = cf_strdup(asked->session.host);
    request->session.id = cf_strdup(asked->session.id);
    if (asked->action == CF_ACTION_WARN) {
        cf_notice_lines(&request->text, asked->title, asked->text, asked->ask, asked->language);
        request->title = cf_strdup(asked->title);
        request->body = cf_strdup(asked->text);
        request->button = asked->notice ? cf_strdup(cf_notice_button(asked->ask, asked->language)) : NULL;
    } else if (asked->action == CF_ACTION_WITHDRAW)
        cf_notice_over(&request->text, asked->language);
    else if (asked->action == CF_ACTION_REFUSE_LOGONS)
        cf_buffer_puts(&request->text, asked->text ? asked->text : "");
    DL_PREPEND(host->requests, request);
    return request;
}

void cf_host_request_unlink(struct cf_host_request *request)
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

void cf_host_request_free(struct cf_host_request *request)
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
    cf_programs_finish(&request->programs);
    free(request);
}

static void complete_own(struct cf_host_request *request, const struct cf_completion *completion)
{
    struct cf_cached *known = cf_host_request_known(request);
    struct cf_logind *host = request->host;
    bool read = completion->code == CF_OK;
    cf_host_request_unlink(request);
    if (known && request->asked.action == CF_ACTION_WATCH)
        cf_watches_looked(host, known, read ? &request->input : NULL);
    else if (known && request->asked.action == CF_ACTION_REFRESH && read)
        host->sink.seen(host->sink.data, completion->session, completion->fields);
    cf_host_request_free(request);
}

void cf_host_request_complete(struct cf_host_request *request, struct cf_completion *completion)
{
    struct cf_logind *host = request->host;
    if (request->own) {
        complete_own(request, completion);
        return;
    }
    cf_host_request_unlink(request);
    completion->id = request->asked.id;
    host->sink.completed(host->sink.data, completion);
    cf_host_request_free(request);
}

void cf_host_request_done(struct cf_host_request *request)
{
    cf_host_request_complete(request, &(struct cf_completion){.code = CF_OK});
}

void cf_host_request_fail(struct cf_host_request *request, int code, const char *why)
{
    struct cf_error err;
    (void)cf_action_error_set(&err, code, request->asked.action, request->session.id, request->record.user,
                              why);
    cf_host_request_complete(request, &(struct cf_completion){.code = code, .message = err.text});
}

struct cf_span cf_host_request_remaining(const struct cf_host_request *request)
{
    return cf_mono_since(cf_loop_now(request->host->loop), request->asked.deadline);
}
