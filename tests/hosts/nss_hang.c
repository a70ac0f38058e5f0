/*
 * A module of the name service ("hang" in nsswitch.conf) for a directory server that does not answer: asked
 * for the groups of a user, or for a group, for whom there is a FIFO of that name in /box/directory, it waits
 * until somebody writes there. Asked for anything else, it has nothing.
 */
#define _DEFAULT_SOURCE /* gid_t where the C library asks for it */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <stdio.h>
#include <unistd.h>

enum nss_status _nss_hang_initgroups_dyn(const char *user, gid_t group, long *start, long *size,
                                         gid_t **groups, long limit, int *error);

enum nss_status _nss_hang_getgrnam_r(const char *name, struct group *group, char *room, size_t size,
                                     int *error);

static enum nss_status find_nothing(const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "/box/directory/%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        (void)close(fd);
    return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_hang_initgroups_dyn(const char *user, gid_t group, long *start, long *size,
                                         gid_t **groups, long limit, int *error)
{
    (void)group, (void)start, (void)size, (void)groups, (void)limit, (void)error;
    return find_nothing(user);
}

enum nss_status _nss_hang_getgrnam_r(const char *name, struct group *group, char *room, size_t size,
                                     int *error)
{
    (void)group, (void)room, (void)size;
    *error = ENOENT;
    return find_nothing(name);
}
