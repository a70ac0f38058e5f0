/*
 * The server of a running engine: answers requests of the protocol to whoever connects. Everything happens on
 * the loop, and everything that a client controls is limited: each has at most one request under way, and
 * what it sends meanwhile waits in its own socket; each user has so many clients and so many requests a
 * second. The uids that one user may give themselves (/etc/subuid) count as one.
 */
#ifndef CF_CONTROL_SERVER_H
#define CF_CONTROL_SERVER_H

#include "control/endpoint.h"
#include "control/protocol.h"
#include "time/loop.h"

enum {
    CF_CONTROL_CLIENTS = 256,     /* at one time; whoever has most of them makes room for others */
    CF_CONTROL_RESERVED = 16,     /* of those, kept free for administrators */
    CF_CONTROL_CLIENTS_EACH = 16, /* of one user, unless an administrator */
    CF_CONTROL_ACCEPTS = 8,       /* new clients in a millisecond */
};

#define CF_CONTROL_HALF   cf_seconds(10) /* for the rest of a request that has begun */
#define CF_CONTROL_IDLE   CF_MINUTE      /* without any request */
#define CF_CONTROL_ANSWER cf_seconds(30) /* for whoever answers a request */
#define CF_CONTROL_UNREAD cf_seconds(30) /* for a client to take its answer */
#define CF_CONTROL_UNTOLD cf_seconds(2)  /* for one that is sent away to take the reason */

struct cf_control;
struct cf_control_call; /* a request that waits for its answer */

struct cf_control_verb {
    const char *name;
    bool anybody;             /* may ask; else administrators only. What is whose, `handle` decides. */
    const char *const *words; /* those that it takes besides; ends in NULL */
    /* Sees to it that the call is answered, once, now or later. `words` is borrowed for the call. */
    void (*handle)(void *data, const json_t *words, struct cf_control_call *call);
    unsigned cost; /* of a request, by the pace; 0: 1 */
};

struct cf_control_setup {
    struct cf_loop *loop;
    const char *path;
    const struct cf_control_verb *verbs; /* ends in one without a name; borrowed until destroy */
    void *data;                          /* for the verbs' `handle` */
    const char *subuids;                 /* the file of uids that are lent to users; NULL: CF_SUBUIDS */
};

/* Codes as cf_endpoint_open. */
int cf_control_create(const struct cf_control_setup *setup, struct cf_control **ret_control,
                      struct cf_error *err);

/* As cf_endpoint_set_administrators, for whoever connects from now on. */
void cf_control_set_administrators(struct cf_control *control, const int64_t *gids, size_t count);

/* Ends all connections. Calls that still wait are to be answered all the same. NULL is fine; run the loop
 * afterwards. */
void cf_control_destroy(struct cf_control *control);

/* Valid until the call is answered, whatever became of its client. */
const struct cf_peer *cf_control_call_peer(const struct cf_control_call *call);

/*
 * Ends the call without an answer, and hands its connection on: a descriptor, the caller's from now on, or -1
 * where the client has gone. What it has sent besides is lost.
 */
int cf_control_hand_on(struct cf_control_call *call);

/* Either answers the call and ends it. Takes the reference `result`; NULL: none. */
void cf_control_answer(struct cf_control_call *call, json_t *result);
void cf_control_refuse(struct cf_control_call *call, const struct cf_error *err);

#endif
