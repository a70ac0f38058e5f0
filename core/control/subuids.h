/*
 * Uids that users may give themselves (subuid(5)): a user who has 65,536 of them is one person all the same.
 * Only a file of this host's is read, and by numbers alone, so that nothing waits for a name service.
 */
#ifndef CF_CONTROL_SUBUIDS_H
#define CF_CONTROL_SUBUIDS_H

#include "time/clock.h"

#include <uv.h>

#define CF_SUBUIDS "/etc/subuid"

enum {
    CF_SUBUIDS_FILE = 1 << 20,   /* bytes; of a larger one nothing is known */
    CF_SUBUIDS_RANGES = 1 << 14, /* beyond, they are not known */
};

struct cf_subuids;

/* Reads the file, and waits for that, as for all that is read before anybody is served. */
struct cf_subuids *cf_subuids_create(const char *path, uv_loop_t *loop, struct cf_mono now);
void cf_subuids_destroy(struct cf_subuids *subuids); /* NULL is fine; run the loop afterwards */

/*
 * Whose the uid is: itself, or, where it is of a range, a negative number that all ranges of the same user
 * have. Where a minute has passed since the file was read, it is read again on a thread of its own; until
 * that is done, however long it takes, it is as it was.
 */
int64_t cf_subuids_owner(struct cf_subuids *subuids, int64_t uid, struct cf_mono now);

#endif
