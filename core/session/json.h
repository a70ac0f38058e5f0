/* A session as JSON. */
#ifndef CF_SESSION_JSON_H
#define CF_SESSION_JSON_H

#include "base/text.h"
#include "session/session.h"

#include <jansson.h>

/* One line: every field by its name, null where it is unknown; spans in seconds, times in UTC. */
void cf_session_json(const struct cf_session *session, struct cf_mono now, struct cf_buffer *out);

/* A span as all JSON of curfew has it: seconds, null where it is unknown. The caller's. */
json_t *cf_json_span(struct cf_span span);

#endif
