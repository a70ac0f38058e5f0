#include "wts/request.h"

#include "base/memory.h"
#include "base/text.h"
#include "wts/failure.h"
#include "wts/sessions.h"

#include <stdlib.h>
#include <utlist.h>

void cf_wts_request_free(struct cf_wts_request *request)
{
    cf_agent_order_cancel(&request->order);
    cf_wts_act_finish(&request->act);
    free((char *)request->session.host);
    free((char *)request->session.id);
    free(request->client);
    free(request->address);
    free(request);
}

void cf_wts_request_drop(struct cf_wts_request *request)
{
    DL_DELETE(request->host->requests, request);
    cf_timer_stop(request->host->loop, &request->later);
    cf_wts_request_free(request);
}

void cf_wts_request_report(struct cf_wts_request *request, struct cf_completion *completion)
{
    struct cf_wts *host = request->host;
    completion->id = request->asked.id;
    if (!request->told)
        host->sink.completed(host->sink.data, completion);
    request->told = true;
}

void cf_wts_request_complete(struct cf_wts_request *request, struct cf_completion *completion)
{
    struct cf_wts *host = request->host;
    DL_DELETE(host->requests, request);
    cf_timer_stop(host->loop, &request->later);
    cf_wts_request_report(request, completion);
    cf_wts_request_free(request);
}

void cf_wts_request_fail(struct cf_wts_request *request, int code, const char *why)
{
    struct cf_error err;
    const struct cf_wts_known *known = cf_wts_find(request->host, request->session.id);
    (void)cf_action_error_set(&err, code, request->asked.action, request->session.id,
                              known ? known->record.user : NULL, why);
    cf_wts_request_complete(request, &(struct cf_completion){.code = code, .message = err.text});
}

static void on_later(struct cf_timer *timer)
{
    struct cf_wts_request *request = timer->data;
    char text[CF_WTS_FAILURE];
    if (request->code)
        cf_wts_request_fail(request, request->code,
                            request->why ? request->why : cf_wts_failure(request->act.error, text));
    else
        cf_wts_request_complete(request, &(struct cf_completion){.code = CF_OK});
}

struct cf_wts_request *cf_wts_request_create(struct cf_wts *host, const struct cf_request *asked)
{
    struct cf_wts_request *request = cf_alloc(sizeof *request);
    *request = (struct cf_wts_request){.host = host,
                                       .asked = *asked,
                                       .session = asked->session,
                                       .later = {.fire = on_later, .data = request}};
    request->session.host = cf_strdup(asked->session.host);
    request->session.id = cf_strdup(asked->session.id);
    DL_APPEND(host->requests, request);
    return request;
}

void cf_wts_request_end_later(struct cf_wts_request *request, int code, const char *why)
{
    request->code = code;
    request->why = why;
    cf_timer_defer(request->host->loop, &request->later);
}

struct cf_wts_known *cf_wts_request_known(const struct cf_wts_request *request)
{
    struct cf_wts_known *known = cf_wts_find(request->host, request->session.id);
    return known && cf_identity_equal(&request->session, &known->record.identity) ? known : NULL;
}
