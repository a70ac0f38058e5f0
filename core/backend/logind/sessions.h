/* The sessions as last read from logind, and the listings and single readings that keep them so. */
#ifndef CF_LOGIND_SESSIONS_H
#define CF_LOGIND_SESSIONS_H

#include "logind/host.h"

struct cf_cached *cf_sessions_find(struct cf_logind *host, const char *id);

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

/* Begins a listing, after the one under way if there is one; host->listed follows. */
void cf_sessions_list(struct cf_logind *host);

/* Drops listings and readings under way without a word; the connection is closing. */
void cf_sessions_cancel(struct cf_logind *host);

void cf_sessions_finish(struct cf_logind *host);

#endif
