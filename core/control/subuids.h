/*
 * Uids that users may give themselves (subuid(5)): a user who has 65,536 of them is one person all the same.
 * Only a file of this host's is read, and by numbers alone, so that nothing waits for a name service.
 */
#ifndef CF_CONTROL_SUBUIDS_H
#define CF_CONTROL_SUBUIDS_H

#include "time/clock.h"

#define CF_SUBUIDS "/etc/subuid"

enum {
    CF_SUBUIDS_FILE = 1 << 20,   /* bytes; of a larger one nothing is known */
    CF_SUBUIDS_RANGES = 1 << 14, /* beyond, they are not known */
};

struct cf_subuids;

struct cf_subuids *cf_subuids_create(const char *path);
void cf_subuids_destroy(struct cf_subuids *subuids); /* NULL is fine */

/*
 * Whose the uid is: itself, or, where it is of a range, a negative number that all ranges of the same user
 * have. The file is read again a minute after it was at the earliest.
 */
int64_t cf_subuids_owner(struct cf_subuids *subuids, int64_t uid, struct cf_mono now);

#endif
