/*
 * What each user has of the server: so many clients, and so many requests a second, of their own and of what
 * all users share. The uids that one user may give themselves count as one (subuids.h). An account is kept
 * while it is more than nothing. Administrators have one too, and are not paced.
 */
#ifndef CF_CONTROL_ACCOUNT_H
#define CF_CONTROL_ACCOUNT_H

#include "time/clock.h"

#include <uv.h>

enum {
    CF_CONTROL_PACE = 10,      /* requests, by cost, a second of one user; more waits… */
    CF_CONTROL_BURST = 100,    /* …except for so much after a rest */
    CF_CONTROL_PACE_ALL = 400, /* of all users together */
};

struct cf_accounts;

struct cf_account {
    int64_t owner;        /* a uid, or whoever it is lent to, as cf_subuids_owner says */
    unsigned clients;     /* counted by the server */
    struct cf_mono ready; /* when the pace would have its next request; long past for whoever asks little */
    struct cf_account *next;
};

/* `subuids`: the file of uids that are lent to users; NULL: CF_SUBUIDS. */
struct cf_accounts *cf_accounts_create(const char *subuids, uv_loop_t *loop, struct cf_mono now);
void cf_accounts_destroy(struct cf_accounts *accounts); /* NULL is fine; run the loop afterwards */

/* Whoever has the uid; valid while it has clients, else until the next call. */
struct cf_account *cf_accounts_find(struct cf_accounts *accounts, int64_t uid, struct cf_mono now);

/* When a request may be served: by its user's pace and by that of all, of which it takes part. */
struct cf_mono cf_account_turn(struct cf_accounts *accounts, struct cf_account *account, struct cf_mono now);

/* A request has turned out to cost more than cf_account_turn took, which is 1; whatever follows waits for it.
 */
void cf_account_charge(struct cf_accounts *accounts, struct cf_account *account, unsigned cost);

#endif
