/*
 * Where an engine listens, and who calls: what differs from system to system. On Unix a socket, and its
 * SO_PEERCRED; on Windows a named pipe, and the client's token.
 */
#ifndef CF_CONTROL_ENDPOINT_H
#define CF_CONTROL_ENDPOINT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum { CF_PEER_SID = 192 }; /* bytes of a SID as text, the ending NUL included */

/* Who calls, as the system knows and not as they say. */
struct cf_peer {
    int64_t uid; /* on Windows a number made of the SID, for limits, and nobody's uid */
    int64_t pid;
    char sid[CF_PEER_SID]; /* "" on Unix */
    uint32_t session;      /* Windows' number of the session that they are in */
    bool administrator;    /* root, the engine's own user, or of an administrators' group */
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

/* Who is at the other end of an accepted connection, as far as its place and its limits go by that. */
int cf_endpoint_peer(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *ret_peer);

/*
 * The same for what they may, once they have written something and before any of it is done: Windows tells
 * only then whose token a client has. On failure nobody knows who it is.
 */
int cf_endpoint_confirm(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *peer);

#endif
