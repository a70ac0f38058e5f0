/* The back end's state, shared by its files. */
#ifndef CF_LOGIND_HOST_H
#define CF_LOGIND_HOST_H

#include "backend/backend.h"
#include "logind/bus.h"
#include "logind/remote.h"
#include "logind/sessions.h"
#include "logind/watches.h"
#include "logind/workers.h"

#define CF_LOGIND_NAME     "org.freedesktop.login1"
#define CF_LOGIND_PATH     "/org/freedesktop/login1"
#define CF_LOGIND_SESSIONS "/org/freedesktop/login1/session"
#define CF_LOGIND_MANAGER  "org.freedesktop.login1.Manager"
#define CF_LOGIND_SESSION  "org.freedesktop.login1.Session"
#define CF_LOGIND_LIMIT                                                                                      \
    ((struct cf_span){10000000}) /* of our own calls; it answers in well under a millisecond */

struct cf_host_request; /* requests.c */

struct cf_logind {
    struct cf_backend_head head;
    struct cf_loop *loop;
    struct cf_backend_sink sink;
    struct cf_capabilities able;
    char *address, *name;
    uint64_t boot;
    struct cf_bus *bus; /* NULL while there is no connection */
    struct cf_bus_call owner_call;
    char *owner;  /* logind's unique name on the bus: others may not speak for it */
    char *own;    /* the session of this process, once it was asked for */
    char *only;   /* as in the settings */
    char *server; /* by ssh; NULL: this machine */
    struct cf_remote *remote;
    char *bridge; /* the session on that host that is there for us only */
    bool asks;
    struct cf_span server_limit;
    struct cf_timer retry;
    struct cf_span retry_after;
    bool lost; /* the sink was told so */
    struct cf_sessions sessions;
    struct cf_host_request *requests;
    struct cf_workers workers;
    struct cf_watcher *watcher; /* NULL until something was watched */
    unsigned refs;              /* the open back end's, and each worker's */
    uv_prepare_t reaper;        /* never started: its closing outlasts whatever is on the stack in close() */
    bool closed;                /* nothing but refs, loop and reaper is to be touched */
};

/* The session in which this process runs; NULL: none, or on another host. */
const char *cf_logind_own(struct cf_logind *host);

/* The host cannot be reached: tells the sink once, and tries again later. */
void cf_logind_lose(struct cf_logind *host, const struct cf_error *err);

/* It can (again): a listing begins right after. */
void cf_logind_found(struct cf_logind *host);

/* A worker's hold on it ends. */
void cf_logind_release(struct cf_logind *host);

#endif
