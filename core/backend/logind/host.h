/* The back end's state, and what all its files need: whether it is reached, and how long it lives. */
#ifndef CF_LOGIND_HOST_H
#define CF_LOGIND_HOST_H

#include "agent/lines.h"
#include "backend/retry.h"
#include "base/hash.h"
#include "bus/bus.h"
#include "logind/clients.h"
#include "logind/inhibitors.h"
#include "logind/processes.h"
#include "logind/properties.h"
#include "logind/remote.h"
#include "logind/stamps.h"
#include "logind/watcher.h"
#include "logind/workers.h"

#define CF_LOGIND_NAME     "org.freedesktop.login1"
#define CF_LOGIND_PATH     "/org/freedesktop/login1"
#define CF_LOGIND_SESSIONS "/org/freedesktop/login1/session"
#define CF_LOGIND_MANAGER  "org.freedesktop.login1.Manager"
#define CF_LOGIND_SESSION  "org.freedesktop.login1.Session"
#define CF_LOGIND_LIMIT                                                                                      \
    ((struct cf_span){10000000}) /* of our own calls; it answers in well under a millisecond */

/* How a session is watched (watches.h). */
struct cf_session_watch {
    struct cf_watch watch;
    struct cf_instant input, output; /* as noted when the watch began */
    bool looking, again;             /* for its terminals; and once more after that */
    char appeared[CF_TERMINAL_PATH]; /* where somebody typed, whoever that was; empty: nowhere */
};

struct cf_remote_look;
struct cf_remote_watch;

/* Whether a client is at a remote desktop, as last looked at (remotes.h). */
struct cf_remote_state {
    enum cf_tri disconnected;
    struct cf_mono since;          /* at the least, where it is */
    int64_t server;                /* its X server; 0: not known */
    bool nx;                       /* which is x2go's, and its agent sees */
    uint64_t generation;           /* which client was the last, where that is known */
    bool told_from;                /* `from` counts rather than what logind has */
    char *from;                    /* where one is connected from; NULL: not known, or from this machine */
    struct cf_remote_watch *watch; /* NULL: nothing tells of it */
};

/* A session as last read (sessions.h). */
struct cf_cached {
    struct cf_properties properties;
    struct cf_session record; /* identity and cf_properties_fields; birth 0 until it was read */
    struct cf_mono read_at;   /* when what was read last was asked for */
    uint64_t notice;          /* the last that reached it */
    struct cf_session_watch watched;
    struct cf_source_written *written; /* what we wrote on its terminals */
    size_t written_count;
    struct cf_stamps stamps;               /* of its terminals */
    struct cf_programs programs;           /* as read last, but while a request reads them */
    struct cf_session_agent *agent;        /* NULL: none speaks for it */
    int64_t agent_process;                 /* while there is one, */
    char agent_display[CF_DISPLAY_NUMBER]; /* and the X display that it sees; empty: none */
    struct cf_mono agent_last;             /* input, by its word; unknown: none */
    enum cf_agent_source agent_source;
    struct cf_mono
        agent_began;       /* while there is one; else, when the last one ended; unknown: there was none */
    unsigned agent_deaths; /* in a row, of agents that have not lived for long */
    bool agent_blind;      /* it was asked, and knows nothing of input */
    bool agent_mute;       /* its last notice did not come to be on the screen */
    bool agent_astray;     /* the last that came was given a display that is not the session's */
    struct cf_remote_state remote;
    struct cf_blocked *blocked; /* those that took nothing, and are waited for */
    char *owed;                 /* what such a terminal is to show still: its notice is over; NULL: nothing */
    bool listed;                /* since the listing under way began */
    bool by_file;               /* as logind has written it down, which holds no display's lock */
    UT_hash_handle hh;          /* by record.identity.id */
};

struct cf_agent_coming;
struct cf_blocked;
struct cf_reading;

struct cf_sessions {
    struct cf_cached *known;
    struct cf_reading *readings;
};

/* The listing under way (listing.h). */
struct cf_listing {
    struct cf_bus_call call;
    size_t unread;         /* sessions of it */
    bool under_way, again; /* there is one; another was asked for meanwhile */
    bool plain;            /* there is no fuller one than ListSessions: systemd before 256 */
};

/* Remote desktops (remotes.h). */
struct cf_remotes {
    struct cf_worker *worker; /* NULL: nothing was looked at yet */
    struct cf_remote_look *looks;
    unsigned late;                    /* of these: nobody waits for them any more */
    struct cf_client_sockets sockets; /* the worker's */
    struct cf_timer timer;            /* set while there are any */
    bool again;                       /* soon, as something has happened */
};

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
    bool listens;   /* to logind's signals; a command does once it acts */
    char *owner;    /* logind's unique name on the bus: others may not speak for it */
    char *own;      /* the session of this process, */
    bool own_asked; /* once it was asked for */
    char *only;     /* as in the settings, */
    bool people;    /* this, */
    bool once;      /* this, */
    char *files;    /* and this */
    char *server;   /* by ssh; NULL: this machine */
    struct cf_remote *remote;
    char *bridge; /* the session on that host that is there for us only */
    bool asks;
    struct cf_span server_limit;
    struct cf_retry retry;
    struct cf_sessions sessions;
    struct cf_listing listing;
    struct cf_remotes remotes;
    struct cf_inhibitors inhibitors;
    struct cf_host_request *requests;
    /* A request acts: what logind tells is to be heard from now on. */
    void (*listen)(struct cf_logind *host);
    /* What sessions and watches tell of to requests, which are above them: a listing that ended, or failed
     * (err), and a watched session whose terminals are to be looked for again; cf_watches_looked follows,
     * never inside the call. */
    void (*listed)(struct cf_logind *host, const struct cf_error *err);
    void (*look)(struct cf_logind *host, const struct cf_identity *session);
    /* Has an agent now: its idle time is read, and the sink told of it, never inside the call. */
    void (*read)(struct cf_logind *host, const struct cf_identity *session);
    void (*pay)(struct cf_logind *host,
                struct cf_cached *known);  /* what it owes: a terminal can be written to */
    size_t blocked_count;                  /* terminals that are waited for */
    struct cf_agent_coming *agents_coming; /* whose session is being looked up */
    size_t agents_coming_count;
    struct cf_workers workers;
    struct cf_watcher *watcher; /* NULL until something was watched */
    unsigned refs;              /* the open back end's, and each worker's */
    uv_prepare_t reaper;        /* never started: its closing outlasts whatever is on the stack in close() */
    bool refusing;              /* logons */
    bool closed;                /* nothing but refs, loop and reaper is to be touched */
};

/* The session in which this process runs, by the cgroup that the kernel has it in, which no variable can
 * belie; NULL: none, or on another host. */
const char *cf_logind_own(struct cf_logind *host);

/* It can (again): a listing begins right after. */
void cf_logind_found(struct cf_logind *host);

/* A worker's hold on it, or the loop's, ends. */
void cf_logind_release(struct cf_logind *host);

#endif
