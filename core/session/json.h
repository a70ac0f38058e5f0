/* A session as JSON. */
#ifndef CF_SESSION_JSON_H
#define CF_SESSION_JSON_H

#include "base/json.h"
#include "session/session.h"

/* Every field by its name, null where it is unknown; spans in seconds, times in UTC. The caller's. */
json_t *cf_session_json(const struct cf_session *session, struct cf_mono now);

/* One of them. The caller's. */
json_t *cf_session_value(const struct cf_session *session, enum cf_field field, struct cf_mono now);

/* A span as all JSON of curfew has it: seconds, null where it is unknown. The caller's. */
json_t *cf_json_span(struct cf_span span);

#endif
