/*
 * A witness: what happened at each place of a simulated host, by the events that the host plays, and what the
 * host told the engine meanwhile. It goes by these alone, never by what the engine makes of them.
 */
#ifndef CF_TESTS_WITNESS_H
#define CF_TESTS_WITNESS_H

#include "random_policy.h"
#include "simulation.h"

enum { WITNESS_PLACES = 10, WITNESS_POLICIES = 4, WITNESS_RUNS = 4 };

/* A run, as its warnings say which. */
struct witnessed_run {
    unsigned run;         /* 0: none */
    int64_t asked, shown; /* its first warning: in the journal, on the screen; 0: none */
};

/* A label, and who sits there now. Times are on the loop's clock; -1: it is not so. */
struct place {
    char id[32];
    int64_t birth; /* 0: nobody */
    bool meant;    /* a person's session that no guard protects */
    bool selected; /* by { class = "user" } */
    struct facts facts;
    int64_t told; /* the latest sign of life that the host has told of */
    int64_t lied; /* when it last told of an idle time that is wrong; -1: never */
    struct witnessed_run runs[WITNESS_POLICIES][WITNESS_RUNS]; /* the latest of each policy */
    bool decided;                                              /* to end it, … */
    int64_t decided_at;
    const struct policy *by;
    const char *breach; /* … against what the policy promises */
};

struct witness {
    struct simulation sim; /* first: the journal's data */
    const struct policy *policies;
    size_t policy_count;
    struct cf_span late; /* how much later than told the engine may know of input; unknown: at any time */
    struct place places[WITNESS_PLACES];
    const char *breach; /* the first, of this scenario; NULL: none */
    char breach_where[200];
    struct cf_buffer *log; /* NULL: none is kept */
    int64_t session_us;    /* how long people were logged on, all together */
    uint64_t inputs, warnings, shown, spared, stayed, refused, failed, decided, excused, ended,
        ended_by[POLICY_ALL_KINDS];
};

/* Plays the scenario, whose ownership passes, under the policies in these files. */
void witness_run(struct witness *witness, char *const *paths, struct cf_scenario *scenario,
                 struct cf_sim_setup sim);

#endif
