/* A simulated host on the bench: its loop, and everything its sink was told, a line each. */
#ifndef CF_TESTS_SIM_SIM_FIXTURE_H
#define CF_TESTS_SIM_SIM_FIXTURE_H

#include "../unit.h"

#include "base/text.h"
#include "sim/sim.h"

struct sim_fixture {
    struct cf_loop *loop;
    struct cf_backend *sim;
    struct cf_buffer heard;
    uint64_t requests;
    struct cf_mono reading;            /* last_input of the last REFRESH */
    int64_t cpu;                       /* and its cpu, … */
    struct cf_identity read;           /* … and whose it is */
    int code;                          /* of the last completion */
    struct cf_backend **close_at_gone; /* closes the host inside gone() */
};

void fixture_open(struct sim_fixture *fixture, struct cf_sim_setup setup);
void fixture_close(struct sim_fixture *fixture);

/* Runs for a while and compares what was heard meanwhile. */
void fixture_hears(struct sim_fixture *fixture, struct cf_span span, const char *expected);
int fixture_apply(struct sim_fixture *fixture, struct cf_event event);
void fixture_event(struct sim_fixture *fixture, enum cf_event_kind kind, uint32_t label);
void fixture_logon(struct sim_fixture *fixture, uint32_t label, const char *user, const char *type);

/* A host that has been listed, with ana at label 0 and nothing heard yet. */
void fixture_open_with_ana(struct sim_fixture *fixture, struct cf_sim_setup setup);

/* A request about the session at label 0, to be completed by members. */
struct cf_request fixture_request(const struct sim_fixture *fixture, enum cf_action_kind action);
void fixture_submit(struct sim_fixture *fixture, struct cf_request request);
void fixture_ask(struct sim_fixture *fixture, enum cf_action_kind action);

#endif
