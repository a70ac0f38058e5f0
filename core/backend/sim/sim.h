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
    unsigned silent;        /* chance that a request is neither done nor answered */
    unsigned twice;    /* chance that a request is answered twice, and once more under a number of nobody's */
    unsigned mistaken; /* chance that a reading is about another session */
    unsigned reborn;   /* chance that a reading shows another session under the same id */
    unsigned stale;    /* chance that a lock, disconnect or logoff comes behind input */
    unsigned deaf;     /* chance that a forced logoff is accepted and the session stays */
    unsigned lasting;  /* chance that a warning cannot be taken back, only be followed by another */

    /* Which requests may be slow, failing or silent; for tests. */
    unsigned kinds;  /* CF_SIM_KIND() each; 0: all */
    uint64_t fields; /* and, of readings, those that ask for one of these; 0: all */
    int code;        /* of what fails; 0: CF_FAILED */
};

#define CF_SIM_KIND(action) (1U << (action))

struct cf_sim_setup {
    const char *host; /* NULL: "sim" */
    struct cf_scenario
        *scenario; /* played from the loop's now on; borrowed; NULL: nothing happens by itself */
    struct cf_sim_faults faults;
    uint64_t seed; /* of the faults */

    /* For tests. */
    bool pushes_input;    /* idle and output are pushed at every change */
    bool samples_input;   /* they can only be read */
    uint64_t sampled;     /* other fields that can only be read */
    unsigned cannot;      /* kinds of requests of which it is not able, CF_SIM_KIND() each */
    bool bare;            /* a session has what its record says, its birth included: nothing is made up */
    bool hides_births;    /* when its sessions began, nobody knows */
    const char *warns_by; /* what each warning that arrives is answered with; NULL: nothing */
    const char *own;      /* the caller's session; NULL: the scenario says so */
    const char *lost;     /* why the host cannot be reached; NULL: it can */
    void (*on_request)(void *data,
                       const struct cf_request *request); /* told of each as it is asked; optional */
    void *on_request_data;
    struct cf_backend **opened; /* where it is to be found once it is open; NULL: nowhere */
};

extern const struct cf_backend_ops cf_sim_ops;

/* Makes an event happen now, whatever its at_us. CF_POLICY where it contradicts the host's state. */
int cf_sim_apply(struct cf_backend *sim, const struct cf_event *event, struct cf_error *err);

struct cf_sim_faults *cf_sim_faults(struct cf_backend *sim);

/* What a user at this label sees. The session's record, or NULL where there is none. */
const struct cf_session *cf_sim_session(const struct cf_backend *sim, uint32_t label);
size_t cf_sim_notice_count(const struct cf_backend *sim, uint32_t label);
const char *cf_sim_notice(const struct cf_backend *sim, uint32_t label, size_t index); /* oldest first */

/* Why the host refuses logons at present; NULL: it does not. */
const char *cf_sim_refusal(const struct cf_backend *sim);

/* Events played so far. */
uint64_t cf_sim_played(const struct cf_backend *sim);

/* Told of every event as it happens, the sessions that requests ended included (kind LOGOFF, text "ended").
 * NULL: off. For timelines and for tests that check the journal against what happened. */
void cf_sim_on_event(struct cf_backend *sim,
                     void (*fn)(void *data, const struct cf_event *event, const struct cf_session *session),
                     void *data);

/* ---- For tests ---- */

/*
 * Requests of these kinds (CF_SIM_KIND() each) wait from now on until they are released: before they are
 * done, or, where `done`, with their answers alone.
 */
void cf_sim_hold(struct cf_backend *sim, unsigned kinds, bool done);
void cf_sim_release(struct cf_backend *sim);

/* The record of the session at this label, to be changed as no event does; NULL where there is none. The host
 * tells of it when it is asked, or by cf_sim_tell(). */
struct cf_session *cf_sim_record(struct cf_backend *sim, uint32_t label);
void cf_sim_tell(struct cf_backend *sim, uint32_t label, uint64_t fields);

/* The host is lost, or (NULL) found again. */
void cf_sim_lose(struct cf_backend *sim, const struct cf_error *why);

/* An answer to a notice, whether it stands anywhere or not. */
void cf_sim_answer(struct cf_backend *sim, uint64_t notice, bool yes);

/* The session ends, and the host does not tell. */
void cf_sim_end_untold(struct cf_backend *sim, uint32_t label);

#endif
