/* Who calls a server in the tests: by a socket, which does not wait. As root, one may call as anybody. */
#ifndef CF_TESTS_CONTROL_CALLER_UNIX_H
#define CF_TESTS_CONTROL_CALLER_UNIX_H

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A folder, and the socket's path in it. */
static inline void rig_make_place(char *folder, char *path, size_t size)
{
    (void)strcpy(folder, "/tmp/curfew-control-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0755), 0);
    (void)snprintf(path, size, "%s/control", folder);
}

static inline void rig_remove_place(const char *folder, const char *path)
{
    char lock[96];
    (void)snprintf(lock, sizeof lock, "%s.lock", path);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(rmdir(folder), 0);
}

static inline int rig_dial(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)strcpy(address.sun_path, rig.path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    rig_pass((struct cf_span){1000}); /* accepting has its pace */
    return fd;
}

static inline void rig_hang_up(int fd)
{
    close(fd);
}

/* SO_PEERCRED is the effective user's at the time of the call. */
static inline int rig_dial_as(uid_t uid)
{
    assert_int_equal(seteuid(uid), 0);
    int fd = rig_dial();
    assert_int_equal(seteuid(0), 0);
    return fd;
}

static inline bool rig_is_root(void)
{
    if (geteuid() == 0)
        return true;
    print_message("skipped: several users need root\n");
    return false;
}

enum { RIG_GONE = -1 };

/* How many bytes went out: 0 where there is no room now. */
static inline int rig_try_send(int fd, const char *bytes, size_t length)
{
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    return sent >= 0 ? (int)sent : errno == EAGAIN ? 0 : RIG_GONE;
}

enum { RIG_NOT_YET = -1 };

/* How many bytes came: 0 where the other end has closed, RIG_NOT_YET where there are none. */
static inline int rig_try_receive(int fd, char *bytes, size_t room)
{
    ssize_t length = recv(fd, bytes, room, 0);
    return length >= 0 ? (int)length : errno == ECONNRESET ? 0 : RIG_NOT_YET;
}

#endif
