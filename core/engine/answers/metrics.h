/* What the engine has done, counted: for Prometheus, and the last failures for `status`. */
#ifndef CF_ENGINE_METRICS_H
#define CF_ENGINE_METRICS_H

#include "engine/engine.h"

/*
 * Prometheus' text format, version 0.0.4: sessions by state, decisions by kind and policy, refusals by
 * reason, requests of the host with their time, runs, wake-ups, evaluations. Ends in a line feed.
 */
void cf_engine_metrics(const struct cf_engine *engine, struct cf_buffer *out);

/* [{"at", "policy", "text"}…], the latest first, of at most CF_METERS_FAILURES. The caller's. */
json_t *cf_engine_errors(const struct cf_engine *engine);

#endif
