/* Remote desktops: whether anybody is connected to one, since when not, and from where. logind does not know.
 */
#ifndef CF_LOGIND_REMOTES_H
#define CF_LOGIND_REMOTES_H

#include "logind/host.h"

#define CF_REMOTES_FIELDS                                                                                    \
    (CF_FIELD_BIT(CF_FIELD_DISCONNECTED) | CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR) |                         \
     CF_FIELD_BIT(CF_FIELD_CLOSING) | CF_FIELD_BIT(CF_FIELD_REMOTE_HOST))

/* As looked at last, into a record whose properties were applied anew. */
void cf_remotes_apply(struct cf_cached *known);

typedef void cf_remotes_done(void *data);

/*
 * Looks, as of `asked` or later, on a thread beside the loop, and tells the sink where the record's
 * CF_REMOTES_FIELDS change by it; of desktops of other kinds they stay unknown, and so they do where the look
 * takes too long. Then `done` (may be NULL), never inside the call. NULL: there is nothing to wait for. From
 * the first look on the sink is told of changes.
 */
struct cf_remote_look *cf_remotes_look(struct cf_logind *host, struct cf_cached *known, struct cf_mono asked,
                                       cf_remotes_done *done, void *data);

/* Nobody waits for it any more. NULL is fine. */
void cf_remotes_cancel(struct cf_remote_look *look);

/* The session has gone. */
void cf_remotes_forget(struct cf_logind *host, struct cf_cached *known);

/* The back end ends, and has forgotten its sessions. Waits for the look under way. */
void cf_remotes_finish(struct cf_logind *host);

#endif
