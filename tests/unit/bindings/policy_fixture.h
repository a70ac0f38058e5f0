/*
 * A policy at work for Ana, on a simulated host in virtual time, by the engine itself. Between engine and Lua
 * host stands one that passes everything on, and notes it: the last thing of each kind.
 */
#ifndef CF_TESTS_BINDINGS_POLICY_FIXTURE_H
#define CF_TESTS_BINDINGS_POLICY_FIXTURE_H

#include "../../fixture/folder.h"
#include "../unit.h"

#include "author/test_host.h"
#include "bindings/lua_host.h"
#include "bindings/state/state.h"

#define FIXTURE_START ((struct cf_instant){INT64_C(1772438400000000)}) /* 2026-03-02 08:00 UTC, a Monday */

struct policy_fixture {
    struct cf_test_host host;
    struct cf_session record; /* Ana's, as she logs on; to be changed before the policy is loaded */
    json_t *entry;            /* of the policy; the same */
    bool trusted_only;        /* its files must be trusted; the same */
    struct cf_error err;      /* of loading, or of the step that failed last */
};

/* What passed, since the fixture was opened. */
extern struct passed {
    void *script, *run;
    uint64_t function, condition; /* that was begun, that was evaluated */
    enum cf_step step;
    unsigned steps, returns, failures;
    struct cf_error err;
    char text[256], title[64], ask[64]; /* that the host was asked to show */
    int budget;                         /* to be set before; 0: the usual */
} passed;

void fixture_open(struct policy_fixture *fixture);
void fixture_close(struct policy_fixture *fixture);

/* Loads the policy while Ana is logged on, so that its run begins at once. */
int fixture_load(struct policy_fixture *fixture, const char *path);

/* Loads a text as the file "policy.lua". */
int fixture_load_text(struct policy_fixture *fixture, const char *text);

/* The same of a policy with one task, whose first line is the file's second. */
int fixture_load_task(struct policy_fixture *fixture, const char *body);

void fixture_advance(struct policy_fixture *fixture, struct cf_span span);

#endif
