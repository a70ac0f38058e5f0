#include "backend/calls.h"

#include "base/memory.h"

#include <stdlib.h>

enum { SLOT_BITS = 24 }; /* an id is a serial number above its slot's index */

#define SLOT_MASK ((UINT64_C(1) << SLOT_BITS) - 1)

struct cf_call {
    struct cf_calls *calls;
    uint64_t id; /* 0: the slot is empty */
    cf_call_done *done;
    void *data;
    enum cf_action_kind action;
    struct cf_mono asked;
    int refused; /* what the timer ends it with */
    const char *message;
    struct cf_timer limit;
};

struct cf_calls {
    struct cf_loop *loop;
    struct cf_backend *backend;
    struct cf_call **slots;
    uint32_t *unused;
    size_t slot_count, unused_count;
    uint64_t serial;
    struct cf_call_tally tallies[CF_ACTION_COUNT];
};

static const char *const action_names[CF_ACTION_COUNT] = {
    [CF_ACTION_LIST] = "list",
    [CF_ACTION_REFRESH] = "refresh",
    [CF_ACTION_WARN] = "warn",
    [CF_ACTION_WITHDRAW] = "withdraw",
    [CF_ACTION_LOCK] = "lock",
    [CF_ACTION_DISCONNECT] = "disconnect",
    [CF_ACTION_LOGOFF] = "logoff",
    [CF_ACTION_LOGOFF_FORCED] = "forced logoff",
    [CF_ACTION_REFUSE_LOGONS] = "refuse logons",
    [CF_ACTION_PROCESSES] = "processes",
    [CF_ACTION_WATCH] = "watch",
};

const char *cf_action_name(enum cf_action_kind action)
{
    return action < CF_ACTION_COUNT ? action_names[action] : "unknown";
}

int cf_action_error_set(struct cf_error *err, int code, enum cf_action_kind action, const char *id,
                        const char *user, const char *why)
{
    return cf_error_set(err, code, "%s%s%s%s%s: %s", cf_action_name(action), id ? " of session " : "",
                        id ? id : "", user ? " of " : "", user ? user : "", why);
}

struct cf_calls *cf_calls_create(struct cf_loop *loop)
{
    struct cf_calls *calls = cf_alloc(sizeof *calls);
    calls->loop = loop;
    return calls;
}

void cf_calls_attach(struct cf_calls *calls, struct cf_backend *backend)
{
    calls->backend = backend;
}

void cf_calls_destroy(struct cf_calls *calls)
{
    if (!calls)
        return;
    for (size_t i = 0; i < calls->slot_count; i++) {
        cf_timer_stop(calls->loop, &calls->slots[i]->limit);
        free(calls->slots[i]);
    }
    free(calls->slots);
    free(calls->unused);
    free(calls);
}

static struct cf_call *find_call(const struct cf_calls *calls, uint64_t id)
{
    size_t slot = (size_t)(id & SLOT_MASK);
    return id && slot < calls->slot_count && calls->slots[slot]->id == id ? calls->slots[slot] : NULL;
}

static void finish(struct cf_call *call, const struct cf_completion *completion)
{
    struct cf_calls *calls = call->calls;
    struct cf_call_tally *tally = &calls->tallies[call->action];
    tally->count++;
    tally->failed += completion->code != CF_OK;
    tally->us += cf_mono_since(call->asked, cf_loop_now(calls->loop)).us;
    cf_timer_stop(calls->loop, &call->limit);
    calls->unused[calls->unused_count++] = (uint32_t)(call->id & SLOT_MASK);
    call->id = 0;
    if (call->done)
        call->done(call->data, completion);
}

static void on_limit(struct cf_timer *timer)
{
    struct cf_call *call = timer->data;
    struct cf_completion completion = {.id = call->id, .code = call->refused, .message = call->message};
    finish(call, &completion);
}

static struct cf_call *take_slot(struct cf_calls *calls)
{
    if (!calls->unused_count) {
        calls->slots = cf_grow(calls->slots, calls->slot_count, sizeof(struct cf_call *));
        calls->unused = cf_grow(calls->unused, calls->slot_count, sizeof *calls->unused);
        struct cf_call *call = cf_alloc(sizeof *call);
        call->calls = calls;
        call->limit = (struct cf_timer){.fire = on_limit, .data = call};
        calls->slots[calls->slot_count] = call;
        calls->unused[calls->unused_count++] = (uint32_t)calls->slot_count++;
    }
    uint32_t slot = calls->unused[--calls->unused_count];
    calls->slots[slot]->id = ++calls->serial << SLOT_BITS | slot;
    return calls->slots[slot];
}

uint64_t cf_calls_submit(struct cf_calls *calls, const struct cf_request *request, struct cf_span limit,
                         cf_call_done *done, void *data)
{
    struct cf_call *call = take_slot(calls);
    call->done = done;
    call->data = data;
    call->action = request->action;
    call->asked = cf_loop_now(calls->loop);
    const struct cf_backend_ops *ops = cf_backend_ops_of(calls->backend);
    if (!ops->capabilities(calls->backend)->actions[request->action]) {
        call->refused = CF_UNSUPPORTED;
        call->message = "this host cannot do that";
        cf_timer_defer(calls->loop, &call->limit);
        return call->id;
    }
    struct cf_request sent = *request;
    sent.id = call->id;
    sent.deadline = cf_mono_add(cf_loop_now(calls->loop), limit);
    call->refused = CF_TIMEOUT;
    call->message = "the host did not answer in time";
    cf_timer_set(calls->loop, &call->limit, sent.deadline);
    ops->submit(calls->backend, &sent);
    return sent.id;
}

void cf_calls_forget(struct cf_calls *calls, uint64_t id)
{
    struct cf_call *call = find_call(calls, id);
    if (call)
        call->done = NULL;
}

bool cf_calls_complete(struct cf_calls *calls, const struct cf_completion *completion)
{
    struct cf_call *call = find_call(calls, completion->id);
    if (call)
        finish(call, completion);
    return call != NULL;
}

const struct cf_call_tally *cf_calls_tally(const struct cf_calls *calls, enum cf_action_kind action)
{
    return &calls->tallies[action];
}

size_t cf_calls_under_way(const struct cf_calls *calls)
{
    return calls->slot_count - calls->unused_count;
}
