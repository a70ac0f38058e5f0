/*
 * Another host's system bus: ssh as a child, and systemd-stdio-bridge at its far end, which comes with
 * systemd. Whatever goes wrong with it comes as one end, with the reason.
 */
#ifndef CF_LOGIND_REMOTE_H
#define CF_LOGIND_REMOTE_H

#include "time/loop.h"

struct cf_remote;

/* Called once, never inside cf_remote_open: ssh has ended, or takes too long. The owner closes it, then or
 * later. */
typedef void cf_remote_ended(void *data, const struct cf_error *err);

/*
 * Starts ssh. `ret_fd` is the near end of the line, the caller's to close. The bus must be heard of within
 * `limit`, see below. CF_USAGE: `server` is no host's name; CF_UNAVAILABLE: ssh does not start.
 */
int cf_remote_open(struct cf_loop *loop, const char *server, bool asks, struct cf_span limit,
                   cf_remote_ended *ended, void *data, struct cf_remote **ret_remote, int *ret_fd,
                   struct cf_error *err);

/* The bus has answered: no limit any more. */
void cf_remote_answered(struct cf_remote *remote);

/* The line broke: `ended` follows as soon as ssh has said why. */
void cf_remote_broke(struct cf_remote *remote);

/* Ends ssh without a word; frees itself after its uv handles. NULL is fine. */
void cf_remote_close(struct cf_remote *remote);

#endif
