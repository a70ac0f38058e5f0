/*
 * What the engine could tell somebody who asks: why a session stays, or goes, and how the engine itself is.
 * Plain JSON values, for the control socket; who may ask is decided there. Times are UTC, as text; spans are
 * seconds.
 */
#ifndef CF_ENGINE_EXPLAIN_H
#define CF_ENGINE_EXPLAIN_H

#include "engine/engine.h"

#include <jansson.h>

/*
 * {"session": …, "policies": [{"policy", "file", "line", "says", "at", "comes", "tests": […], "calendar":
 * […], "announced", "activity", "reconnect", "answer", "stay"}], "protected": "root is protected",
 * "protectors":
 * ["spare-running-jobs"]}: for each policy whether it means the session, where its run stands (file and
 * line), what it waits for and the values that it compared, when that can turn at the earliest and what comes
 * then, what days off are called that count, what is announced, and what ends that: activity, a reconnect, an
 * answer, so many seconds by `curfew stay`. NULL: there is no such session. The caller's.
 */
json_t *cf_explain_session(const struct cf_engine *engine, cf_session_key key);

/*
 * {"host", "ready", "dry_run", "sessions", "policies": [{"policy", "file", "mode", "state", "sessions"}],
 * "pauses": […], "deadlines": […], "idle_unknown": […], "missing": […], "guards": {…}, "waiting_logoffs",
 * "counts": {…}}. The caller's.
 */
json_t *cf_explain_status(const struct cf_engine *engine);

/* The same in a line for people who glance: "12 sessions; 2 have been warned; idle rests (said by root)". */
void cf_explain_line(const struct cf_engine *engine, struct cf_buffer *out);

#endif
