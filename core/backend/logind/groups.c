#include "logind/groups.h"

#include "base/memory.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    GROUPS = 4096,
    ENTRY_BYTES = 1 << 20
}; /* the kernel allows 65,536; a group's entry lists its members */

void cf_groups_free(char **groups)
{
    for (size_t i = 0; groups && groups[i]; i++)
        free(groups[i]);
    free(groups);
}

/* NULL where the name service failed, which is not the same as a group without a name. */
static char *name_of(gid_t gid, char *room)
{
    struct group entry, *found = NULL;
    int code = getgrgid_r(gid, &entry, room, ENTRY_BYTES, &found);
    if (found)
        return cf_strdup(found->gr_name);
    if (code != 0 && code != ENOENT && code != ESRCH)
        return NULL;
    char number[24];
    (void)snprintf(number, sizeof number, "%lu", (unsigned long)gid);
    return cf_strdup(number);
}

char **cf_groups_read(int64_t uid)
{
    char *room = cf_alloc(ENTRY_BYTES), **groups = NULL;
    gid_t *ids = cf_alloc(GROUPS * sizeof *ids);
    struct passwd entry, *user = NULL;
    int count = GROUPS;
    if (getpwuid_r((uid_t)uid, &entry, room, ENTRY_BYTES, &user) != 0 || !user)
        goto out;
    if (getgrouplist(user->pw_name, user->pw_gid, ids, &count) < 0)
        goto out;
    groups = cf_alloc(((size_t)count + 1) * sizeof *groups);
    for (int i = 0; i < count; i++) {
        groups[i] = name_of(ids[i], room);
        if (!groups[i]) {
            cf_groups_free(groups);
            groups = NULL;
            goto out;
        }
    }
out:
    free(ids);
    free(room);
    return groups;
}
