/* The sessions as last read from logind, and the listings and single readings that keep them so. */
#ifndef CF_LOGIND_SESSIONS_H
#define CF_LOGIND_SESSIONS_H

#include "logind/bus.h"
#include "logind/facts.h"
#include "logind/stamps.h"
#include "logind/watches.h"

#include <uthash.h>

struct cf_logind;

struct cf_known {
    struct cf_facts facts;
    struct cf_session record; /* identity and cf_facts_fields; birth 0 until it was read */
    uint64_t notice;          /* the last that reached it */
    struct cf_session_watch watched;
    struct cf_source_written *written; /* what we wrote on its terminals */
    size_t written_count;
    struct cf_stamps stamps; /* of its terminals */
    bool listed;             /* since the listing under way began */
    UT_hash_handle hh;       /* by record.identity.id */
};

struct cf_reading;

struct cf_sessions {
    struct cf_known *known;
    struct cf_reading *readings;
    struct cf_bus_call list_call;
    size_t unread;       /* of the listing under way */
    bool listing, again; /* one is under way; another was asked for meanwhile */
};

struct cf_known *cf_sessions_find(struct cf_logind *host, const char *id);

/* Takes over what was written on its terminals. */
void cf_known_take_written(struct cf_known *known, struct cf_sources *sources);

/* Tells the sink and forgets it. Unknown ids are fine. */
void cf_sessions_gone(struct cf_logind *host, const char *id);

/* `known` is borrowed for the call; NULL where reading failed, with the reason in err. */
typedef void cf_reading_done(struct cf_logind *host, void *data, const char *id, struct cf_known *known,
                             const struct cf_error *err);

/* Reads all of one session and tells the sink what changed, then calls `done` (may be NULL), never inside
 * this call. */
void cf_sessions_read(struct cf_logind *host, const char *id, struct cf_span limit, cf_reading_done *done,
                      void *data);

/* Takes what a PropertiesChanged signal says, and reads the rest where it leaves something out. */
void cf_sessions_changed(struct cf_logind *host, const char *id, sd_bus_message *signal);

/* Begins a listing, after the one under way if there is one; cf_logind_requests_listed follows. */
void cf_sessions_list(struct cf_logind *host);

/* Drops listings and readings under way without a word; the connection is closing. */
void cf_sessions_cancel(struct cf_logind *host);

void cf_sessions_finish(struct cf_logind *host);

#endif
