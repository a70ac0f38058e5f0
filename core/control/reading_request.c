#include "control/reading_request.h"

#include "control/words.h"

#include "base/memory.h"

#include <stdlib.h>
#include <utlist.h>

static void on_read(void *data, int code)
{
    struct cf_reading_request *request = data;
    request->unread |= code != CF_OK;
    if (--request->awaited > 0)
        return;
    if (request->requests) {
        DL_DELETE(request->requests->readings, request);
        request->answer(request);
    } else {
        cf_words_refuse(request->call, CF_UNAVAILABLE, "this curfew ends");
    }
    free(request->name);
    free(request->keys);
    free(request);
}

struct cf_reading_request *cf_reading_request_begin(struct cf_requests *requests,
                                                    struct cf_control_call *call,
                                                    void (*answer)(const struct cf_reading_request *request))
{
    struct cf_reading_request *request = cf_alloc(sizeof *request);
    *request =
        (struct cf_reading_request){.requests = requests, .call = call, .answer = answer, .awaited = 1};
    DL_APPEND(requests->readings, request);
    return request;
}

void cf_reading_request_add(struct cf_reading_request *request, cf_session_key key)
{
    request->keys = cf_grow(request->keys, request->count, sizeof *request->keys);
    request->keys[request->count++] = key;
}

void cf_reading_request_send(struct cf_reading_request *request)
{
    struct cf_requests *requests = request->requests;
    request->awaited += request->count;
    for (size_t i = 0; i < request->count; i++)
        requests->read(requests->engine, request->keys[i], on_read, request);
    on_read(request, CF_OK);
}

void cf_reading_requests_end(struct cf_requests *requests)
{
    struct cf_reading_request *request;
    DL_FOREACH(requests->readings, request) request->requests = NULL;
    requests->readings = NULL;
}
