/*
 * Who is connected to a remote desktop, kind by kind: xrdp's Xorg, and X servers of VNC's (TigerVNC's and its
 * kin, on their own or begun by xrdp). By the sockets that their clients come by, which nobody outside can
 * forge.
 */
#ifndef CF_LOGIND_CLIENTS_H
#define CF_LOGIND_CLIENTS_H

#include "logind/properties.h"
#include "logind/sockets.h"

/* As the kernel lists them, once for all who ask in one turn of the loop. */
struct cf_client_sockets {
    struct cf_sockets named;
    struct cf_socket_ends ends;
    struct cf_mono named_at, ends_at; /* when; unknown: not yet */
    bool ends_whole;
};

struct cf_clients {
    enum cf_tri connected;
    bool told_from;               /* `from` is to be believed rather than what logind has */
    char from[CF_SOCKET_FROM];    /* their address; empty: unknown, or this machine */
    uint64_t generation;          /* another one after each client; 0: not known */
    char told_by[CF_SOCKET_PATH]; /* a file or a folder that changes as they come and go; empty: none does */
};

/* Whether the session may be a remote desktop of a kind that is known. */
bool cf_clients_may_tell(const struct cf_properties *properties);

/* As of `asked` or later; `now` is now. */
struct cf_clients cf_clients_look(struct cf_client_sockets *sockets, const struct cf_properties *properties,
                                  struct cf_mono asked, struct cf_mono now);

void cf_client_sockets_finish(struct cf_client_sockets *sockets);

#endif
