/* Unix sockets that have a name, as the kernel lists them (/proc/PID/net/unix, proc(5)). */
#ifndef CF_LOGIND_SOCKETS_H
#define CF_LOGIND_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CF_SOCKET_PATH = 108, CF_SOCKETS_MOST = 16384 };

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

#endif
