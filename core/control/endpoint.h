/*
 * Where an engine listens, and who calls: what differs from system to system. On Unix a socket, and its
 * SO_PEERCRED; on Windows it will be a named pipe, and the client's token.
 */
#ifndef CF_CONTROL_ENDPOINT_H
#define CF_CONTROL_ENDPOINT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* Who calls, as the system knows and not as they say. */
struct cf_peer {
    int64_t uid;
    int64_t pid;
    bool administrator; /* root, the engine's own user, or of an administrators' group */
};

struct cf_endpoint;

/*
 * Listens at `path`, which everybody may reach, by `pipe`, which is initialised. The folder is made where it
 * is missing, and must be such that nobody else could put another socket there. What a dead engine left is
 * replaced; CF_REFUSED where another one lives.
 */
int cf_endpoint_open(const char *path, uv_pipe_t *pipe, struct cf_endpoint **ret_endpoint,
                     struct cf_error *err);

/* Whose members are administrators, from now on: a copy is kept. None at first. */
void cf_endpoint_set_administrators(struct cf_endpoint *endpoint, const int64_t *gids, size_t count);

/* Takes the socket away; whoever is connected stays so. NULL is fine. */
void cf_endpoint_close(struct cf_endpoint *endpoint);

/* Another descriptor of the same connection, which stays when this one is closed; -1: there is none. */
int cf_endpoint_again(uv_os_fd_t connection);

/* Who is at the other end of an accepted connection. */
int cf_endpoint_peer(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *ret_peer);

#endif
