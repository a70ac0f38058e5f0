/*
 * One request under way: what was asked, what was read for it, and its one completion. How it gets there is
 * requests.c's business.
 */
#ifndef CF_LOGIND_REQUEST_H
#define CF_LOGIND_REQUEST_H

#include "backend/backend.h"
#include "bus/bus.h"
#include "logind/agent.h"
#include "logind/host.h"
#include "logind/input.h"
#include "logind/workers.h"

/* What is told together, whichever of it is asked for. */
#define CF_LOGIND_IDLE_FIELDS                                                                                \
    (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) | CF_FIELD_BIT(CF_FIELD_IDLE_DOUBT) |  \
     CF_FIELD_BIT(CF_FIELD_MISSING))

struct cf_host_request {
    struct cf_bus_call call; /* first, so that one is found from the other */
    struct cf_logind *host;
    struct cf_host_request *prev, *next;

    struct cf_request asked; /* its strings are not kept */
    struct cf_identity session;
    struct cf_buffer text;       /* WARN, WITHDRAW: as it goes to the terminals; REFUSE_LOGONS */
    char *title, *body, *button; /* WARN: for the agent */
    struct cf_agent_order order;
    struct cf_mono ordered; /* when */
    bool shown;             /* by the agent */
    struct cf_timer later;  /* to fail at once, or to look again */

    struct cf_session record; /* once it was read */
    char *unit;
    bool killed;
    bool inhibitors;                        /* logind was asked for them */
    bool awaits_inhibitors, awaits_listing; /* the answer to somebody's question */
    bool away;                 /* its user was disconnected, by what was known when it was asked, */
    struct cf_mono away_since; /* and since then */

    struct cf_work work;
    bool orphan;  /* dropped while it is on a worker */
    bool expects; /* terminals that appear, until it is completed */
    bool own;     /* asked by ourselves: nobody else is told what comes of it */
    bool wants_groups, wants_input, wants_processes, wants_name;
    struct cf_input input; /* results */
    char **groups, **processes;
    const char *gap;             /* REFUSE_LOGONS: why nobody would be; NULL: they are */
    struct cf_programs programs; /* the session's, while they are read */
    bool delivered;
};

/* Adds one to the host's. `own`: asked by ourselves, so that nobody is told what comes of it. */
struct cf_host_request *cf_host_request_create(struct cf_logind *host, const struct cf_request *asked,
                                               bool own);

/* Takes it out of the host's, and drops what it waits for; one on a worker is an orphan from then on. */
void cf_host_request_unlink(struct cf_host_request *request);
void cf_host_request_free(struct cf_host_request *request);

/* The session that is meant, as it was last read; NULL where it is not there any more, or the whole host is
 * meant. */
struct cf_cached *cf_host_request_known(const struct cf_host_request *request);

/* Until its deadline. */
struct cf_span cf_host_request_remaining(const struct cf_host_request *request);

/* Each completes the request, which is gone then. `why` is behind what was asked, and of whom. */
void cf_host_request_complete(struct cf_host_request *request, struct cf_completion *completion);
void cf_host_request_done(struct cf_host_request *request);
void cf_host_request_fail(struct cf_host_request *request, int code, const char *why);

#endif
