/*
 * Policies made up at random, as people write them, and what each promises to those whom it ends. Every run
 * numbers itself, and says so in its warnings and in its reason: "p2 r17: …".
 */
#ifndef CF_TESTS_RANDOM_POLICY_H
#define CF_TESTS_RANDOM_POLICY_H

#include "random_condition.h"

enum policy_kind {
    POLICY_IDLE,         /* wait_idle, a countdown of wait_active */
    POLICY_STAGES,       /* the same, locked first */
    POLICY_PAUSING,      /* the same, with a condition as the countdown's wait */
    POLICY_CONDITION,    /* wait for anything, a countdown */
    POLICY_COUNTDOWN,    /* the same, under another condition */
    POLICY_APPROACH,     /* approaches a moment under a condition */
    POLICY_ASKING,       /* a notice with a button */
    POLICY_HOURS,        /* approaches closing time */
    POLICY_DISCONNECTED, /* nobody to warn */
    POLICY_LOOKING,      /* sleeps, looks, warns, sleeps, looks */
    POLICY_ROUNDS,       /* the same over sessions.list */
    POLICY_EVENT,        /* the same after an event */
    POLICY_KINDS,
    POLICY_VETO = POLICY_KINDS, /* protects who is not idle */
    POLICY_ALL_KINDS
};

extern const char *const policy_kind_names[POLICY_ALL_KINDS];

enum { POLICY_GAPS = 12, POLICY_LEADS = 3 };

struct policy {
    enum policy_kind kind;
    unsigned number;
    /* Whom it ends has had no input for so long (µs); 0: input does not matter. A veto's: whom it spares has.
     */
    int64_t quiet;
    bool still;                 /* … nor any since the run's first warning */
    bool unwarned;              /* warns nobody */
    struct condition condition; /* its root: what must hold; NULL: nothing more */
    int64_t gaps[POLICY_GAPS];  /* how long after a sign of life it does something, µs */
    int gap_count;
    struct cf_buffer text;
};

void policy_make(struct policy *policy, enum policy_kind kind, unsigned number, struct cf_random *random);
void policy_finish(struct policy *policy);

/* What the policy promised, and broke, when it decided to end such a session; NULL: nothing. */
const char *policy_breach(const struct policy *policy, const struct facts *facts);

#endif
