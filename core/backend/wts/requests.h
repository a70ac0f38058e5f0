/* Requests to the back end: each looks at its session, acts on a thread, and is completed once. */
#ifndef CF_WTS_REQUESTS_H
#define CF_WTS_REQUESTS_H

#include "wts/host.h"

void cf_wts_requests_submit(struct cf_wts *host, const struct cf_request *request);

/* A listing is over, or failed (err). */
void cf_wts_requests_listed(struct cf_wts *host, const struct cf_error *err);

/* The back end closes, and its server is closed right after: frees those that are on no thread. */
void cf_wts_requests_finish(struct cf_wts *host);

#endif
