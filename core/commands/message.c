#include "commands/message.h"

#include "base/i18n.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

#define TELLING_LIMIT cf_seconds(30)

struct telling {
    const struct cf_keys *keys;
    const struct cf_command_request *requests;
};

/* Notices are numbered as the keys are, from 1. */
static bool is_unanswered(const struct cf_host *host, const struct telling *telling, size_t i)
{
    return telling->requests[i].delivered && cf_host_answer(host, i + 1) == CF_TRI_UNKNOWN;
}

static bool all_answered(const struct cf_host *host, void *data)
{
    const struct telling *telling = data;
    for (size_t i = 0; i < telling->keys->count; i++) {
        if (is_unanswered(host, telling, i) && cf_host_session(host, telling->keys->keys[i]))
            return false;
    }
    return true;
}

static void judge(const struct cf_command_request *request, bool unanswered, struct cf_told *told)
{
    const char *why = request->why;
    bool untold = request->code == CF_OK && !request->delivered;
    told->code = request->code ? request->code : untold || unanswered ? CF_FAILED : CF_OK;
    if (request->code == CF_DENIED)
        why = _("access is denied: only administrators may touch other users' sessions");
    else if (untold && !request->why[0])
        why = _("it took no message: it has no terminal or desktop for it, or you may not write there");
    else if (unanswered)
        why = _("nobody has acknowledged it in time");
    if (untold && why == request->why)
        (void)snprintf(told->why, sizeof told->why, _("it took no message: %s"), why);
    else
        (void)snprintf(told->why, sizeof told->why, "%s", told->code ? why : "");
}

size_t cf_tell(struct cf_host *host, const struct cf_keys *keys, const struct cf_message *message,
               struct cf_told *ret_told)
{
    struct cf_command_request *requests = cf_alloc((keys->count + 1) * sizeof *requests);
    for (size_t i = 0; i < keys->count; i++)
        requests[i].asked = (struct cf_request){
            .action = CF_ACTION_WARN,
            .session = cf_host_session(host, keys->keys[i])->identity,
            .notice = i + 1,
            .text = message->text,
            .title = message->title,
            .ask = message->acknowledged ? "OK" : NULL,
            .shown_for = message->shown_for,
        };
    cf_host_run(host, requests, keys->count, TELLING_LIMIT);
    struct telling telling = {keys, requests};
    if (message->acknowledged)
        (void)cf_host_await(host, message->shown_for, all_answered, &telling);
    size_t failed = 0;
    for (size_t i = 0; i < keys->count; i++) {
        judge(&requests[i], message->acknowledged && is_unanswered(host, &telling, i), &ret_told[i]);
        failed += ret_told[i].code != CF_OK;
    }
    free(requests);
    return failed;
}
