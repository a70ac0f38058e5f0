/* Remote desktops: whether anybody is connected to one, since when not, and from where. logind does not know.
 */
#ifndef CF_LOGIND_REMOTES_H
#define CF_LOGIND_REMOTES_H

#include "logind/host.h"

#define CF_REMOTES_FIELDS                                                                                    \
    (CF_FIELD_BIT(CF_FIELD_DISCONNECTED) | CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR) |                         \
     CF_FIELD_BIT(CF_FIELD_REMOTE_HOST))

/*
 * Brings the record's CF_REMOTES_FIELDS up to what is so at `asked` or later; returns whether that is another
 * than before. Of desktops of other kinds it stays unknown. From then on the sink is told of changes.
 */
bool cf_remotes_look(struct cf_logind *host, struct cf_cached *known, struct cf_mono asked);

/* The session has gone. */
void cf_remotes_forget(struct cf_cached *known);

/* The back end ends. */
void cf_remotes_finish(struct cf_logind *host);

#endif
