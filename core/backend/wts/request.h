/*
 * One request under way: what was asked, what its thread looks at and does, and its one completion. How it
 * gets there is requests.c's business.
 */
#ifndef CF_WTS_REQUEST_H
#define CF_WTS_REQUEST_H

#include "wts/acts.h"
#include "wts/helper.h"
#include "wts/host.h"

struct cf_wts_request {
    struct cf_wts_job job; /* first, so that one is found from the other */
    struct cf_wts *host;
    struct cf_wts_request *prev, *next;

    struct cf_request asked; /* its strings are not kept */
    struct cf_identity session;
    struct cf_timer later; /* to end it outside of submit() */
    int code;              /* … so, … */
    const char *why;       /* … for this reason; NULL: act.error's */
    struct cf_error unheeded;

    struct cf_agent_order order; /* to the session's helper, … */
    struct cf_mono ordered;      /* … then */

    struct cf_wts_act act;
    char *client, *address;
    uint32_t seconds; /* a question: that are left after its proof */
    bool on_thread;
    bool told; /* completed: a question goes on after that */
};

/* Adds one to the host's. */
struct cf_wts_request *cf_wts_request_create(struct cf_wts *host, const struct cf_request *asked);

/* Drops it, with nobody told. Its thread, if any, has returned. */
void cf_wts_request_drop(struct cf_wts_request *request);
void cf_wts_request_free(struct cf_wts_request *request); /* one that is among the host's no longer */

/* The session that it means, while that is there; else NULL. */
struct cf_wts_known *cf_wts_request_known(const struct cf_wts_request *request);

/* Tells whoever asked, unless they were told before; the request goes on. */
void cf_wts_request_report(struct cf_wts_request *request, struct cf_completion *completion);

/* Each completes the request, which is gone then, also where the back end was closed over it. `why` is behind
 * what was asked, and of whom. */
void cf_wts_request_complete(struct cf_wts_request *request, struct cf_completion *completion);
void cf_wts_request_fail(struct cf_wts_request *request, int code, const char *why);

/* The same in a turn of its own. CF_OK, or for the reason `why`, which is not copied; NULL: that of
 * act.error. */
void cf_wts_request_end_later(struct cf_wts_request *request, int code, const char *why);

#endif
