#include "control/client.h"

#include "base/i18n.h"
#include "time/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

struct asking {
    const char *path;
    int fd;
    struct cf_clock clock;
    struct cf_mono deadline;
};

static int late(const struct asking *asking, struct cf_error *err)
{
    return cf_error_set(err, CF_TIMEOUT,
                        _("the engine at %s does not answer in time; nobody knows whether it was done"),
                        asking->path);
}

static int lost(const struct asking *asking, struct cf_error *err)
{
    return cf_error_set(err, CF_UNAVAILABLE, _("the engine at %s went away without an answer"), asking->path);
}

static struct cf_span left(const struct asking *asking)
{
    return cf_mono_since(cf_clock_now(&asking->clock), asking->deadline);
}

static int await(const struct asking *asking, short events, struct cf_error *err)
{
    struct pollfd poll_fd = {.fd = asking->fd, .events = events};
    struct cf_span rest;
    while ((rest = left(asking)).us > 0) {
        int status = poll(&poll_fd, 1, (int)(rest.us / 1000 + 1));
        if (status > 0)
            return CF_OK;
        if (status < 0 && errno != EINTR)
            return cf_error_set(err, CF_FAILED, "%s: %s", asking->path, strerror(errno));
    }
    return late(asking, err);
}

static int connection_failed(const struct asking *asking, struct cf_error *err)
{
    switch (errno) {
    case ENOENT:
    case ECONNREFUSED:
        return cf_error_set(err, CF_UNAVAILABLE, _("no engine is running at %s: curfew run starts one"),
                            asking->path);
    case EACCES:
    case EPERM:
        return cf_error_set(err, CF_DENIED,
                            _("you may not talk to the engine at %s: its folder is closed to you"),
                            asking->path);
    case EAGAIN: return late(asking, err);
    default: return cf_error_set(err, CF_UNAVAILABLE, "%s: %s", asking->path, strerror(errno));
    }
}

/* Blocks while the engine's queue is full, but not for longer than there is time. */
static int connect_to(const struct asking *asking, struct cf_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(asking->path) >= sizeof address.sun_path)
        return cf_error_set(err, CF_USAGE, _("%s: a socket's path has at most %zu bytes"), asking->path,
                            sizeof address.sun_path - 1);
    (void)strcpy(address.sun_path, asking->path);
    struct cf_span rest = left(asking);
    if (rest.us <= 0) /* zero would be no limit */
        return late(asking, err);
    struct timeval limit = {.tv_sec = rest.us / 1000000, .tv_usec = rest.us % 1000000};
    (void)setsockopt(asking->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(asking->fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return connection_failed(asking, err);
    if (fcntl(asking->fd, F_SETFL, O_NONBLOCK) != 0)
        return cf_error_set(err, CF_FAILED, "%s: %s", asking->path, strerror(errno));
    return CF_OK;
}

/* Whoever does not listen to the end may have answered all the same. */
static int send_line(const struct asking *asking, const struct cf_buffer *line, struct cf_error *err)
{
    for (size_t sent = 0; sent < line->length;) {
        ssize_t length = send(asking->fd, line->data + sent, line->length - sent, MSG_NOSIGNAL);
        if (length > 0)
            sent += (size_t)length;
        else if (errno == EPIPE || errno == ECONNRESET)
            return CF_OK;
        else if (errno != EAGAIN && errno != EINTR)
            return cf_error_set(err, CF_FAILED, "%s: %s", asking->path, strerror(errno));
        else if (await(asking, POLLOUT, err) != CF_OK)
            return CF_TIMEOUT;
    }
    return CF_OK;
}

static int receive_line(const struct asking *asking, struct cf_buffer *line, struct cf_error *err)
{
    char chunk[CHUNK];
    while (!line->length || line->data[line->length - 1] != '\n') {
        ssize_t length = recv(asking->fd, chunk, sizeof chunk, 0);
        if (length > 0)
            cf_buffer_add(line, chunk, (size_t)length);
        else if (length == 0 || (errno != EAGAIN && errno != EINTR))
            return lost(asking, err);
        else if (await(asking, POLLIN, err) != CF_OK)
            return CF_TIMEOUT;
        if (line->length > CF_CONTROL_REPLY)
            return cf_error_set(err, CF_FAILED, _("%s: the answer is longer than %d MiB"), asking->path,
                                CF_CONTROL_REPLY >> 20);
    }
    return CF_OK;
}

int cf_control_ask(const char *path, struct cf_span limit, const char *verb, const char *const *words,
                   json_t **ret_result, struct cf_error *err)
{
    struct asking asking = {.path = path, .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (asking.fd < 0)
        return cf_error_set(err, CF_FAILED, _("cannot make a socket: %s"), strerror(errno));
    cf_clock_init_system(&asking.clock);
    asking.deadline = cf_mono_add(cf_clock_now(&asking.clock), limit);
    struct cf_buffer line = {0};
    cf_control_request_write(&line, 1, verb, words);
    int code = connect_to(&asking, err);
    if (code == CF_OK)
        code = send_line(&asking, &line, err);
    cf_buffer_clear(&line);
    if (code == CF_OK)
        code = receive_line(&asking, &line, err);
    if (code == CF_OK)
        code = cf_control_reply_read(line.data, line.length, ret_result, err);
    cf_buffer_finish(&line);
    (void)close(asking.fd);
    return code;
}
