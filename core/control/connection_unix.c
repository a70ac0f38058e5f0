#include "control/connection.h"

#include "base/i18n.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct cf_connection {
    const struct cf_exchange *exchange;
    int fd;
};

static int failed(const struct cf_connection *connection, enum cf_code code, struct cf_error *err)
{
    return cf_error_set(err, code, "%s: %s", connection->exchange->path, strerror(errno));
}

static int await(const struct cf_connection *connection, short events, struct cf_error *err)
{
    struct pollfd poll_fd = {.fd = connection->fd, .events = events};
    struct cf_span rest;
    while ((rest = cf_exchange_left(connection->exchange)).us > 0) {
        int status = poll(&poll_fd, 1, (int)(rest.us / 1000 + 1));
        if (status > 0)
            return CF_OK;
        if (status < 0 && errno != EINTR)
            return failed(connection, CF_FAILED, err);
    }
    return cf_exchange_late(connection->exchange, err);
}

static int connection_failed(const struct cf_connection *connection, struct cf_error *err)
{
    switch (errno) {
    case ENOENT:
    case ECONNREFUSED: return cf_exchange_no_engine(connection->exchange, err);
    case EACCES:
    case EPERM:
        return cf_error_set(err, CF_DENIED,
                            _("you may not talk to the engine at %s: its folder is closed to you"),
                            connection->exchange->path);
    case EAGAIN: return cf_exchange_late(connection->exchange, err);
    default: return failed(connection, CF_UNAVAILABLE, err);
    }
}

/* Blocks while the engine's queue is full, but not for longer than there is time. */
static int connect_to(const struct cf_connection *connection, struct cf_error *err)
{
    const char *path = connection->exchange->path;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return cf_error_set(err, CF_USAGE, _("%s: a socket's path has at most %zu bytes"), path,
                            sizeof address.sun_path - 1);
    (void)strcpy(address.sun_path, path);
    struct cf_span rest = cf_exchange_left(connection->exchange);
    if (rest.us <= 0) /* zero would be no limit */
        return cf_exchange_late(connection->exchange, err);
    struct timeval limit = {.tv_sec = rest.us / 1000000, .tv_usec = rest.us % 1000000};
    (void)setsockopt(connection->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(connection->fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return connection_failed(connection, err);
    if (fcntl(connection->fd, F_SETFL, O_NONBLOCK) != 0)
        return failed(connection, CF_FAILED, err);
    return CF_OK;
}

int cf_connection_open(const struct cf_exchange *exchange, struct cf_connection **ret_connection,
                       struct cf_error *err)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return cf_error_set(err, CF_FAILED, _("cannot make a socket: %s"), strerror(errno));
    struct cf_connection *connection = cf_alloc(sizeof *connection);
    *connection = (struct cf_connection){exchange, fd};
    int code = connect_to(connection, err);
    if (code == CF_OK)
        *ret_connection = connection;
    else
        cf_connection_close(connection);
    return code;
}

void cf_connection_close(struct cf_connection *connection)
{
    (void)close(connection->fd);
    free(connection);
}

int cf_connection_send(struct cf_connection *connection, const char *bytes, size_t length,
                       struct cf_error *err)
{
    while (length) {
        ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL);
        if (sent > 0)
            bytes += sent, length -= (size_t)sent;
        else if (errno == EPIPE || errno == ECONNRESET)
            return CF_OK;
        else if (errno != EAGAIN && errno != EINTR)
            return failed(connection, CF_FAILED, err);
        else if (await(connection, POLLOUT, err) != CF_OK)
            return CF_TIMEOUT;
    }
    return CF_OK;
}

int cf_connection_receive(struct cf_connection *connection, char *chunk, size_t room, size_t *ret_length,
                          struct cf_error *err)
{
    for (;;) {
        ssize_t length = recv(connection->fd, chunk, room, 0);
        if (length > 0) {
            *ret_length = (size_t)length;
            return CF_OK;
        }
        if (length == 0 || (errno != EAGAIN && errno != EINTR))
            return cf_exchange_lost(connection->exchange, err);
        if (await(connection, POLLIN, err) != CF_OK)
            return CF_TIMEOUT;
    }
}
