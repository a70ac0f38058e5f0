/*
 * Who is connected to a remote desktop, kind by kind: xrdp's Xorg, X servers of VNC's (TigerVNC's and its
 * kin, on their own or begun by xrdp), and x2go's. By the sockets that their clients come by, which nobody
 * outside can forge. A look belongs on a thread beside the loop: the lists may be long, and a log may be on a
 * file server.
 */
#ifndef CF_LOGIND_CLIENTS_H
#define CF_LOGIND_CLIENTS_H

#include "logind/display.h"
#include "logind/properties.h"
#include "logind/sockets.h"

/* Of which session: what a look needs of its properties. */
struct cf_clients_of {
    int64_t leader, uid;             /* the leader, or another process of it */
    char display[CF_DISPLAY_NUMBER]; /* "10" */
    bool xrdps, nx;                  /* nx: it counts only where an X server of x2go's serves it */
};

/* As the kernel lists them, once for all who ask at one moment. */
struct cf_client_sockets {
    struct cf_sockets named;
    struct cf_socket_ends ends;
    struct cf_mono named_for, ends_for; /* whoever asked then, or before; unknown: not read yet */
    bool ends_whole;
};

struct cf_clients {
    enum cf_tri connected;
    int64_t server;               /* its X server, a process of the session; 0: not found */
    bool nx;                      /* which is x2go's */
    bool told_from;               /* `from` is to be believed rather than what logind has */
    char from[CF_SOCKET_FROM];    /* their address; empty: unknown, or this machine */
    uint64_t generation;          /* another one after each client; 0: not known */
    char told_by[CF_SOCKET_PATH]; /* a file or a folder that changes as they come and go; empty: none does */
};

/* Whether the session may be a remote desktop of a kind that is known. */
bool cf_clients_may_tell(const struct cf_properties *properties, struct cf_clients_of *ret_of);

/* As of `asked`, which has passed, or later. */
struct cf_clients cf_clients_look(struct cf_client_sockets *sockets, const struct cf_clients_of *of,
                                  struct cf_mono asked);

void cf_client_sockets_finish(struct cf_client_sockets *sockets);

#endif
