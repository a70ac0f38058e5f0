/* Sockets, as the kernel lists them (/proc/PID/net/unix, tcp and tcp6; proc(5)): Unix sockets by their name,
 * and what a process has open. */
#ifndef CF_LOGIND_SOCKETS_H
#define CF_LOGIND_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CF_SOCKET_PATH = 108, CF_SOCKET_FROM = 46, CF_SOCKETS_MOST = 16384, CF_SOCKET_ENDS_MOST = 65536 };

/* ---- By name ---- */

struct cf_socket {
    char path[CF_SOCKET_PATH];
    uint64_t inode;
    bool listens, connected; /* else it is neither */
};

struct cf_sockets {
    struct cf_socket *list;
    size_t count;
};

/* Those of the network namespace that the process is in whose names hold `part`; none where they cannot be
 * read, or are too many. Frees what it held. */
void cf_sockets_read(struct cf_sockets *sockets, int64_t process, const char *part);
void cf_sockets_finish(struct cf_sockets *sockets);

/* The inode of the one that listens there; 0: none does. */
uint64_t cf_sockets_listening(const struct cf_sockets *sockets, const char *path);

/* Whether one was accepted there, and is in use. */
bool cf_sockets_connected(const struct cf_sockets *sockets, const char *path);

/* ---- By who has them open ---- */

/* One by which clients come: TCP's, or a Unix socket that has a name. */
struct cf_socket_end {
    uint64_t inode;
    bool listens, connected;
    char from[CF_SOCKET_FROM]; /* the address at its other end; empty: this machine */
};

struct cf_socket_ends {
    struct cf_socket_end *list; /* by inode */
    size_t count;
};

/* Those of the network namespace that the process is in, but for those by which programs reach an X server;
 * false where they cannot be read, or are too many. Frees what it held. */
bool cf_socket_ends_read(struct cf_socket_ends *ends, int64_t process);
void cf_socket_ends_finish(struct cf_socket_ends *ends);

/* What the process has open of them, together; false where that cannot be read. */
bool cf_socket_ends_of(const struct cf_socket_ends *ends, int64_t process, struct cf_socket_end *ret_open);

#endif
