/* Looking at a server's sessions: calls that may block, for threads. What they give is the caller's. */
#ifndef CF_WTS_LOOK_H
#define CF_WTS_LOOK_H

#include "wts/server.h"

#include <stddef.h>

struct cf_wts_found {
    DWORD id, state;
    char *name, *user, *domain; /* NULL: none */
};

/* All sessions, services and listeners left out. 0, or Windows' error. */
DWORD cf_wts_enumerate(const struct cf_wts_server *server, struct cf_wts_found **ret_found,
                       size_t *ret_count);
void cf_wts_found_free(struct cf_wts_found *found, size_t count);

/* One session, with its times. 0, or Windows' error. */
DWORD cf_wts_look(const struct cf_wts_server *server, DWORD id, struct cf_wts_infoex *ret_info);

/* The client's name and its address, "192.0.2.7" or "2001:db8::7"; NULL: nobody tells. */
char *cf_wts_client_name(const struct cf_wts_server *server, DWORD id);
char *cf_wts_client_address(const struct cf_wts_server *server, DWORD id);

/* The address as text; NULL where it is of no known family, or nobody's. */
char *cf_wts_address_text(const struct cf_wts_address *address);

/* The session that this process runs in. False: none is told. */
bool cf_wts_own_session(const struct cf_wts_server *server, DWORD *ret_id);

#endif
