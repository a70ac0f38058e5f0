/*
 * A host as a one-off command sees it: opened, its sessions listed, then asked one thing after another. Each
 * call here runs the host's loop until it has its answer, so that commands read from top to bottom.
 */
#ifndef CF_COMMANDS_HOST_H
#define CF_COMMANDS_HOST_H

#include "backend/backend.h"
#include "session/registry.h"

struct cf_host;

struct cf_host_setup {
    const struct cf_backend_ops *backend;
    const void *backend_setup;
    uint64_t fields;         /* read of every session, as by cf_host_read; 0: none */
    bool once;               /* a host that is lost is not found again */
    bool is_virtual;         /* else in real time */
    struct cf_instant start; /* virtual time's */
    struct cf_span after;    /* virtual: how long after the start the command begins */
};

/* CF_UNAVAILABLE where the host cannot be reached or does not list its sessions. */
int cf_host_open(const struct cf_host_setup *setup, struct cf_host **ret_host, struct cf_error *err);
void cf_host_close(struct cf_host *host); /* NULL is fine */

/* The sessions as last heard of, and the moment it is there. */
const struct cf_registry *cf_host_sessions(const struct cf_host *host);
const struct cf_session *cf_host_session(const struct cf_host *host, cf_session_key key); /* NULL: gone */
struct cf_mono cf_host_now(const struct cf_host *host);
struct cf_instant cf_host_wall(const struct cf_host *host);

/* The session in which this process runs; 0 where it runs in none. */
cf_session_key cf_host_own(const struct cf_host *host);

/* What whoever is denied something may do about it. */
const char *cf_host_advice(const struct cf_host *host);

/* A request, and what came of it. */
struct cf_command_request {
    struct cf_request asked;
    int code;
    char why[256];        /* for people, "" where it was done */
    bool delivered;       /* WARN */
    char **processes;     /* PROCESSES: as in the completion; cf_command_request_finish() frees them */
    struct cf_host *host; /* its own */
};

/* Sends them all at once and waits until each is over, for `limit` at most; what a REFRESH read is in the
 * session then. */
void cf_host_run(struct cf_host *host, struct cf_command_request *requests, size_t count,
                 struct cf_span limit);
void cf_command_request_finish(struct cf_command_request *request);

/* Reads fields of every session that the listing did not; what cannot be read stays as it was. For what lists
 * and ends: what has become of a session since the command began is not looked for. */
void cf_host_read(struct cf_host *host, uint64_t fields);

/* The same of the sessions' names, where the host does not tell them by itself: before one is found by its
 * name. */
void cf_host_read_names(struct cf_host *host);

/* Why the host cannot be reached any more; NULL: it can, or will be again. */
const char *cf_host_lost(const struct cf_host *host);

/* Waits until `over` says so, which is asked whenever something has happened; false when `limit` has passed,
 * or the host is lost. */
bool cf_host_await(struct cf_host *host, struct cf_span limit,
                   bool (*over)(const struct cf_host *host, void *data), void *data);

/* From now on Ctrl-C does not end the process: what is waited for is asked whether it is over, and finds it
 * here. */
void cf_host_catch_interrupt(struct cf_host *host);
bool cf_host_interrupted(const struct cf_host *host);

/* What was answered to a notice so far. */
enum cf_tri cf_host_answer(const struct cf_host *host, uint64_t notice);

#endif
