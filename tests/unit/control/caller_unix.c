/* By a socket, which does not wait. As root, one may call as anybody. */
#include "server_fixture.h"

#include <errno.h>

int caller_dial(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)strcpy(address.sun_path, server.path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    server_pass((struct cf_span){1000}); /* accepting has its pace */
    return fd;
}

void caller_hang_up(int fd)
{
    close(fd);
}

/* SO_PEERCRED is the effective user's at the time of the call. */
int caller_dial_as(uid_t uid)
{
    assert_int_equal(seteuid(uid), 0);
    int fd = caller_dial();
    assert_int_equal(seteuid(0), 0);
    return fd;
}

int caller_try_send(int fd, const char *bytes, size_t length)
{
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    return sent >= 0 ? (int)sent : errno == EAGAIN ? 0 : CALLER_GONE;
}

int caller_try_receive(int fd, char *bytes, size_t room)
{
    ssize_t length = recv(fd, bytes, room, 0);
    return length >= 0 ? (int)length : errno == ECONNRESET ? 0 : CALLER_NOT_YET;
}
