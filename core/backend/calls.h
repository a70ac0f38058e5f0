/*
 * Calls: requests under way to one back end. Gives each an id that is never reused and a time limit, and sees
 * to it that each ends exactly once, whatever the back end does: late, double and foreign completions are
 * dropped.
 */
#ifndef CF_BACKEND_CALLS_H
#define CF_BACKEND_CALLS_H

#include "backend/backend.h"

struct cf_calls;

/* Called once for each call. `completion` is borrowed; its code is CF_TIMEOUT where no answer came in time.
 */
typedef void cf_call_done(void *data, const struct cf_completion *completion);

struct cf_calls *cf_calls_create(struct cf_loop *loop);

/* Where requests go; set once, right after the back end was opened. */
void cf_calls_attach(struct cf_calls *calls, struct cf_backend *backend);

/* Drops what is still under way without calling back. NULL is fine. */
void cf_calls_destroy(struct cf_calls *calls);

/*
 * Submits *request (id and deadline are filled in here) with a time limit. Returns the call's id. `done`
 * comes later, never inside this function; where the host lacks the action, with CF_UNSUPPORTED.
 */
uint64_t cf_calls_submit(struct cf_calls *calls, const struct cf_request *request, struct cf_span limit,
                         cf_call_done *done, void *data);

/* The call goes on, but nobody is told. Unknown ids are fine. */
void cf_calls_forget(struct cf_calls *calls, uint64_t id);

/* For the sink: an answer came. Returns false where nobody waits for it (late, double or never asked). */
bool cf_calls_complete(struct cf_calls *calls, const struct cf_completion *completion);

/* What became of all requests of a kind so far. */
struct cf_call_tally {
    uint64_t count, failed;
    int64_t us; /* that they took */
};

const struct cf_call_tally *cf_calls_tally(const struct cf_calls *calls, enum cf_action_kind action);

size_t cf_calls_under_way(const struct cf_calls *calls);

#endif
