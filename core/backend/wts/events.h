/*
 * The server's events: that something has happened to some session, without telling to which. A thread waits
 * for them, and for nothing else, since that call comes back only with the next one.
 */
#ifndef CF_WTS_EVENTS_H
#define CF_WTS_EVENTS_H

#include "wts/server.h"

struct cf_wts_events;

/* `changed` is called in the loop after one or more events; `broke`, once, where the server tells of none any
 * more. Neither after the stop. NULL: there is no thread to be had. */
struct cf_wts_events *cf_wts_events_start(struct cf_loop *loop, struct cf_wts_server *server,
                                          void (*changed)(void *data), void (*broke)(void *data, DWORD error),
                                          void *data);

/* Returns at once; the thread ends by itself. NULL is fine. Run the loop afterwards. */
void cf_wts_events_stop(struct cf_wts_events *events);

#endif
