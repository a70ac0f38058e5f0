#include "control/endpoint.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { GROUPS = 65536 }; /* the most that Linux gives a process: NGROUPS_MAX */

struct cf_endpoint {
    char *path;
    int lock;  /* held for as long as we listen, so that two engines that start at once cannot both win */
    uid_t own; /* whose the engine is: whoever is that can do to it what they like anyhow */
    int64_t *groups; /* of administrators */
    size_t group_count;
};

static int failed(struct cf_error *err, const char *path, const char *what)
{
    return cf_error_set(err, CF_FAILED, "cannot listen at %s: %s: %s", path, what, strerror(errno));
}

/* ---- Where to listen ---- */

static int check_folder(const char *path, struct cf_error *err)
{
    char *folder = cf_strdup(path), *slash = strrchr(folder, '/');
    struct stat info;
    int code = CF_OK;
    if (!slash || slash == folder)
        code = cf_error_set(err, CF_USAGE, "%s: give the path of a socket in a folder of its own", path);
    if (code == CF_OK) {
        *slash = '\0';
        bool made = mkdir(folder, 0755) == 0;
        if (!made && errno != EEXIST)
            code = failed(err, path, "its folder cannot be made");
        else if ((made && chmod(folder, 0755) != 0) || stat(folder, &info) != 0) /* whatever the umask is */
            code = failed(err, path, folder);
        else if ((info.st_uid != 0 && info.st_uid != geteuid()) || info.st_mode & (S_IWGRP | S_IWOTH))
            code = cf_error_set(err, CF_REFUSED,
                                "cannot listen at %s: somebody else could put another socket there; let the "
                                "folder %s belong to root and be writable by nobody else",
                                path, folder);
        else
            code = cf_trust_file(folder, err); /* the folders above it, too */
    }
    free(folder);
    return code;
}

static int take_lock(const char *path, int *ret_lock, struct cf_error *err)
{
    struct cf_buffer name = {0};
    cf_buffer_printf(&name, "%s.lock", path);
    int lock = open(name.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), code = CF_OK;
    if (lock < 0)
        code = failed(err, path, name.data);
    else if (flock(lock, LOCK_EX | LOCK_NB) != 0)
        code = cf_error_set(
            err, CF_REFUSED,
            "another engine listens at %s; end that one, or give this one a --socket of its own", path);
    if (code && lock >= 0)
        (void)close(lock);
    if (code == CF_OK)
        *ret_lock = lock;
    cf_buffer_finish(&name);
    return code;
}

static int bind_socket(int fd, const char *path, struct cf_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat info;
    if (strlen(path) >= sizeof address.sun_path)
        return cf_error_set(err, CF_USAGE, "%s: a socket's path has at most %zu bytes", path,
                            sizeof address.sun_path - 1);
    (void)strcpy(address.sun_path, path);
    if (lstat(path, &info) == 0 && !S_ISSOCK(info.st_mode))
        return cf_error_set(err, CF_REFUSED, "cannot listen at %s: a file of another kind is there", path);
    if (unlink(path) != 0 && errno != ENOENT)
        return failed(err, path, "what is there cannot be removed");
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return failed(err, path, "the socket cannot be made");
    if (chmod(path, 0666) != 0)
        return failed(err, path, "the socket cannot be opened to everybody");
    return CF_OK;
}

/* ---- Who may ---- */

void cf_endpoint_set_administrators(struct cf_endpoint *endpoint, const int64_t *gids, size_t count)
{
    endpoint->groups = cf_resize(endpoint->groups, count * sizeof *gids);
    for (size_t i = 0; i < count; i++)
        endpoint->groups[i] = gids[i];
    endpoint->group_count = count;
}

static bool has_group(const struct cf_endpoint *endpoint, gid_t group)
{
    for (size_t i = 0; i < endpoint->group_count; i++)
        if (endpoint->groups[i] == group)
            return true;
    return false;
}

/* By the groups that the process has, not by those that its user is given today: that asks nobody. */
static bool is_member(const struct cf_endpoint *endpoint, int fd)
{
    if (endpoint->group_count == 0)
        return false;
    gid_t *groups = cf_alloc(GROUPS * sizeof *groups);
    socklen_t size = GROUPS * sizeof *groups;
    bool found = false;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == 0)
        for (size_t i = 0; i < size / sizeof *groups; i++)
            found |= has_group(endpoint, groups[i]);
    free(groups);
    return found;
}

int cf_endpoint_peer(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *ret_peer)
{
    uv_os_fd_t fd;
    struct ucred who;
    socklen_t size = sizeof who;
    if (uv_fileno((const uv_handle_t *)pipe, &fd) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
        return CF_FAILED;
    *ret_peer = (struct cf_peer){
        .uid = who.uid,
        .pid = who.pid,
        .administrator = who.uid == 0 || who.uid == endpoint->own || has_group(endpoint, who.gid) ||
                         is_member(endpoint, fd),
    };
    return CF_OK;
}

int cf_endpoint_again(uv_os_fd_t connection)
{
    return fcntl(connection, F_DUPFD_CLOEXEC, 3);
}

/* The kernel has noted it at the connection, and it stays. */
int cf_endpoint_confirm(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *peer)
{
    (void)endpoint, (void)pipe, (void)peer;
    return CF_OK;
}

/* ---- Life ---- */

static int listen_by(uv_pipe_t *pipe, const char *path, struct cf_error *err)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), status;
    if (fd < 0)
        return failed(err, path, "no socket");
    int code = bind_socket(fd, path, err);
    if (code == CF_OK && (status = uv_pipe_open(pipe, fd)) != 0)
        code = cf_error_set(err, CF_FAILED, "cannot listen at %s: %s", path, uv_strerror(status));
    if (code)
        (void)close(fd);
    return code;
}

int cf_endpoint_open(const char *path, uv_pipe_t *pipe, struct cf_endpoint **ret_endpoint,
                     struct cf_error *err)
{
    struct cf_endpoint *endpoint = cf_alloc(sizeof *endpoint);
    endpoint->lock = -1;
    endpoint->own = geteuid();
    (void)signal(SIGPIPE, SIG_IGN); /* a client that has gone is an error of that write */
    int code = check_folder(path, err);
    if (code == CF_OK)
        code = take_lock(path, &endpoint->lock, err);
    if (code == CF_OK)
        code = listen_by(pipe, path, err);
    if (code == CF_OK) {
        endpoint->path = cf_strdup(path);
        *ret_endpoint = endpoint;
    } else {
        cf_endpoint_close(endpoint);
    }
    return code;
}

void cf_endpoint_close(struct cf_endpoint *endpoint)
{
    if (!endpoint)
        return;
    if (endpoint->path)
        (void)unlink(endpoint->path);
    if (endpoint->lock >= 0)
        (void)close(endpoint->lock);
    free(endpoint->path);
    free(endpoint->groups);
    free(endpoint);
}
