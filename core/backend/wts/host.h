/* The back end's state, and what all its files need: whether the server is reached, and how long it lives. */
#ifndef CF_WTS_HOST_H
#define CF_WTS_HOST_H

#include "backend/retry.h"
#include "base/hash.h"
#include "wts/look.h"
#include "wts/record.h"
#include "wts/server.h"

#define CF_WTS_LIMIT cf_seconds(10)
#define CF_WTS_PATIENCE                                                                                      \
    cf_seconds(2) /* for one session's answer; it is left behind after twice that at most */

/* A session as last heard of (sessions.h). */
struct cf_wts_known {
    DWORD id, state;
    struct cf_session record; /* identity, and the fields of rows and looks; birth 0 until it was looked at */
    bool listed;              /* by the enumeration under way */
    int64_t life;             /* the greatest time of a sign of life, by the server's clock; 0: unknown */
    bool looked;              /* it was looked at since the row last changed, … */
    struct cf_mono looked_at; /* … then */
    DWORD error;              /* Windows', of the last look; 0: it was seen, or nobody answered */
    uint64_t notice;          /* the last that reached it */
    struct cf_wts_helper *helper; /* NULL: it needs none */
    UT_hash_handle hh;            /* by id */
};

struct cf_wts_item; /* looks.c */
struct cf_wts_events;
struct cf_wts_helper;
struct cf_wts_request;

struct cf_wts_looks {
    struct cf_wts_item *waiting, *under_way;
    size_t silent; /* of those under way: whoever asked was told that there is no answer */
    struct cf_timer start;
};

struct cf_wts_sessions {
    struct cf_wts_known *known;
    bool listing, again;    /* one is under way; another was asked for meanwhile */
    size_t unread;          /* of the listing under way */
    uint64_t number;        /* of it */
    struct cf_timer follow; /* lists again while a session that was to end is there */
    struct cf_span follow_after;
};

struct cf_wts {
    struct cf_backend_head head;
    struct cf_loop *loop;
    struct cf_backend_sink sink;
    struct cf_capabilities able;
    char *name;
    struct cf_wts_server *server;
    struct cf_wts_clock clock;
    enum cf_wts_locks locks;
    char own[16]; /* the session of this process; "": none, or not yet known */
    struct cf_wts_looks looks;
    struct cf_wts_sessions sessions;
    struct cf_wts_events *events;
    struct cf_wts_request *requests;
    void (*listed)(struct cf_wts *host, const struct cf_error *err); /* to requests: a listing is over */
    bool refusing;                                                   /* logons */
    bool helps; /* it begins helpers in sessions that need them */
    struct cf_retry retry;
    uv_prepare_t reaper; /* never started: its closing outlasts whatever is on the stack in close() */
    bool closed;
};

#endif
