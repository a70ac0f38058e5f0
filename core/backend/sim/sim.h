/*
 * `sim`: a host in memory, a back end like any other. It plays a scenario on its loop's clock, and answers
 * requests after a latency, with faults where asked for. Needs a virtual loop for events that touch the
 * clock.
 */
#ifndef CF_SIM_SIM_H
#define CF_SIM_SIM_H

#include "backend/backend.h"
#include "sim/scenario.h"

/* Faults: each a knob, all off when zeroed. Chances are per thousand requests, drawn from the seed. */
struct cf_sim_faults {
    struct cf_span latency; /* of every answer */
    unsigned slow;          /* chance that an answer takes a minute */
    unsigned failing;       /* chance that a request fails */
    unsigned vanishing;     /* chance that the session ends by itself just before the request is looked at */
    unsigned lying;         /* chance that a reading of idle is wrong: input is reported long past */
    unsigned refusing;      /* chance that a logoff is refused */
    unsigned hanging;       /* chance that a logoff is accepted and the session stays, unless forced */
    unsigned undelivered;   /* chance that a warning reaches nobody */
    unsigned untold;        /* chance that a session's input cannot be told when it is asked for */
};

struct cf_sim_setup {
    const char *host; /* NULL: "sim" */
    struct cf_scenario
        *scenario; /* played from the loop's now on; borrowed; NULL: nothing happens by itself */
    struct cf_sim_faults faults;
    uint64_t seed;      /* of the faults */
    bool pushes_input;  /* idle and output are pushed at every change: for tests */
    bool samples_input; /* they can only be read: for tests */
};

extern const struct cf_backend_ops cf_sim_ops;

/* Makes an event happen now, whatever its at_us. CF_POLICY where it contradicts the host's state. */
int cf_sim_apply(struct cf_backend *sim, const struct cf_event *event, struct cf_error *err);

struct cf_sim_faults *cf_sim_faults(struct cf_backend *sim);

/* What a user at this label sees. The session's record, or NULL where there is none. */
const struct cf_session *cf_sim_session(const struct cf_backend *sim, uint32_t label);
size_t cf_sim_notice_count(const struct cf_backend *sim, uint32_t label);
const char *cf_sim_notice(const struct cf_backend *sim, uint32_t label, size_t index); /* oldest first */

/* Events played so far. */
uint64_t cf_sim_played(const struct cf_backend *sim);

/* Told of every event as it happens, the sessions that requests ended included (kind LOGOFF, text "ended").
 * NULL: off. For timelines and for tests that check the journal against what happened. */
void cf_sim_on_event(struct cf_backend *sim,
                     void (*fn)(void *data, const struct cf_event *event, const struct cf_session *session),
                     void *data);

#endif
