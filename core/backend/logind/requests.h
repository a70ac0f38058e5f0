/*
 * Requests under way. Each reads its session afresh, which also proves that it is the very session that was
 * meant; then looks at terminals on a worker thread where it has to; then acts, and completes once.
 */
#ifndef CF_LOGIND_REQUESTS_H
#define CF_LOGIND_REQUESTS_H

#include "backend/backend.h"

struct cf_cached;
struct cf_logind;

void cf_logind_requests_submit(struct cf_logind *host, const struct cf_request *request);

/* host->look */
void cf_logind_requests_look(struct cf_logind *host, const struct cf_identity *session);

/* host->read */
void cf_logind_requests_read(struct cf_logind *host, const struct cf_identity *session);

/* host->pay */
void cf_logind_requests_pay(struct cf_logind *host, struct cf_cached *known);

/* host->listed: completes those who asked for a listing. */
void cf_logind_requests_listed(struct cf_logind *host, const struct cf_error *err);

/* The connection is gone: completes all but those on a worker, which find out by themselves. */
void cf_logind_requests_fail(struct cf_logind *host, const struct cf_error *err);

/* Drops all without completing them. */
void cf_logind_requests_drop(struct cf_logind *host);

#endif
