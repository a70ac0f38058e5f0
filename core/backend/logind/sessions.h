/* The sessions as last read from logind, and the single readings that keep them so. */
#ifndef CF_LOGIND_SESSIONS_H
#define CF_LOGIND_SESSIONS_H

#include "logind/host.h"

struct cf_cached *cf_sessions_find(struct cf_logind *host, const char *id);

/* The session of that id, added as one of which nothing is known where it is not there; it is of the listing
 * under way. */
struct cf_cached *cf_sessions_add(struct cf_logind *host, const char *id);

/* Takes on `properties`, all of a session, asked for at `asked_at`, and tells the sink. NULL where the back
 * end was closed over it. */
struct cf_cached *cf_sessions_keep(struct cf_logind *host, const char *id, struct cf_properties *properties,
                                   struct cf_mono asked_at);

/* Tells the sink of it as it was last known. */
void cf_sessions_tell(struct cf_logind *host, const struct cf_cached *known);

/* Takes over what was written on its terminals. */
void cf_cached_take_written(struct cf_cached *known, struct cf_sources *sources);

/* Tells the sink and forgets it. Unknown ids are fine. */
void cf_sessions_gone(struct cf_logind *host, const char *id);

/* `known` is borrowed for the call; NULL where reading failed, with the reason in err. */
typedef void cf_reading_done(struct cf_logind *host, void *data, const char *id, struct cf_cached *known,
                             const struct cf_error *err);

/* Reads all of one session and tells the sink what changed, then calls `done` (may be NULL), never inside
 * this call. */
void cf_sessions_read(struct cf_logind *host, const char *id, struct cf_span limit, cf_reading_done *done,
                      void *data);

/* Takes what a PropertiesChanged signal says, and reads the rest where it leaves something out. */
void cf_sessions_changed(struct cf_logind *host, const char *id, sd_bus_message *signal);

/* Drops readings under way without a word; the connection is closing. */
void cf_sessions_cancel(struct cf_logind *host);

void cf_sessions_finish(struct cf_logind *host);

#endif
