/* The sessions as last heard of: listings, in which those are looked at that have changed; single readings.
 */
#ifndef CF_WTS_SESSIONS_H
#define CF_WTS_SESSIONS_H

#include "wts/looks.h"

struct cf_wts_known *cf_wts_find(struct cf_wts *host, const char *id); /* NULL: none */

/* Enumerates, then looks at what has changed, and tells the sink. One that is under way is followed by
 * another.
 */
void cf_wts_list(struct cf_wts *host);

/* A session was asked to end: lists again and again, at growing pauses, until it has gone, for two minutes.
 */
void cf_wts_follow(struct cf_wts *host);

/*
 * What a look has seen of a session: NULL where it has ended, its id is another's now, or it could not be
 * seen; then *err says which. The sink is told of what has changed.
 */
struct cf_wts_known *cf_wts_take(struct cf_wts *host, DWORD id, const struct cf_wts_seen *seen,
                                 struct cf_error *err);

/* Something has happened to a session that rows do not tell: all are listed, and this one is looked at. */
void cf_wts_look_again(struct cf_wts *host, const char *id);

/* A session of this number and logon time was found to have ended: the sink is told, and all are listed. */
void cf_wts_gone(struct cf_wts *host, DWORD id, int64_t birth);

void cf_wts_sessions_init(struct cf_wts *host);
void cf_wts_sessions_finish(struct cf_wts *host);

#endif
