/* The groups of a user, as the name service knows them; it may ask a directory server, so on a worker thread
 * only. */
#ifndef CF_LOGIND_GROUPS_H
#define CF_LOGIND_GROUPS_H

#include <stdint.h>

/* Names, ending in NULL; a group without a name is its number. NULL where they cannot be read. Free by
 * cf_groups_free. */
char **cf_groups_read(int64_t uid);

void cf_groups_free(char **groups); /* NULL is fine */

#endif
