/*
 * Requests that wait until their sessions are read: whoever has used one since it was last read is there.
 */
#ifndef CF_CONTROL_READING_REQUEST_H
#define CF_CONTROL_READING_REQUEST_H

#include "control/engine_side.h"

struct cf_reading_request {
    struct cf_requests *requests; /* NULL: these have ended */
    struct cf_control_call *call;
    void (*answer)(const struct cf_reading_request *request); /* answers the call */
    char *name;                                               /* of `why`: the session's id; NULL. Ours. */
    struct cf_span wanted;                                    /* of `stay` */
    cf_session_key *keys;
    size_t count, awaited;
    bool unread; /* a reading has failed */
    struct cf_reading_request *prev, *next;
};

/* Begins one without sessions; cf_reading_request_send takes it over. */
struct cf_reading_request *cf_reading_request_begin(struct cf_requests *requests,
                                                    struct cf_control_call *call,
                                                    void (*answer)(const struct cf_reading_request *request));

void cf_reading_request_add(struct cf_reading_request *request, cf_session_key key);

/* Has them read, and answers once they all are, at once where there are none. */
void cf_reading_request_send(struct cf_reading_request *request);

/* Whoever still waits is refused when the reading comes. */
void cf_reading_requests_end(struct cf_requests *requests);

#endif
