#include "control/account.h"

#include "base/memory.h"
#include "control/subuids.h"

#include <stdlib.h>

#define STEP       (CF_SECOND.us / CF_CONTROL_PACE)
#define RESTED     (CF_CONTROL_BURST * STEP) /* after so long a rest the whole burst is there again */
#define STEP_ALL   (CF_SECOND.us / CF_CONTROL_PACE_ALL)
#define RESTED_ALL CF_SECOND.us

struct cf_accounts {
    struct cf_account *first;
    struct cf_subuids *subuids;
    struct cf_mono ready; /* as an account's, of all together */
};

struct cf_accounts *cf_accounts_create(const char *subuids, uv_loop_t *loop, struct cf_mono now)
{
    struct cf_accounts *accounts = cf_alloc(sizeof *accounts);
    *accounts = (struct cf_accounts){.subuids = cf_subuids_create(subuids ? subuids : CF_SUBUIDS, loop, now),
                                     .ready = {now.us - RESTED_ALL}};
    return accounts;
}

void cf_accounts_destroy(struct cf_accounts *accounts)
{
    if (!accounts)
        return;
    while (accounts->first) {
        struct cf_account *account = accounts->first;
        accounts->first = account->next;
        free(account);
    }
    cf_subuids_destroy(accounts->subuids);
    free(accounts);
}

struct cf_account *cf_accounts_find(struct cf_accounts *accounts, int64_t uid, struct cf_mono now)
{
    int64_t owner = cf_subuids_owner(accounts->subuids, uid, now);
    struct cf_account **place = &accounts->first;
    while (*place) {
        struct cf_account *account = *place;
        if (account->owner == owner)
            return account;
        if (account->clients == 0 && account->ready.us + RESTED <= now.us) {
            *place = account->next;
            free(account);
        } else {
            place = &account->next;
        }
    }
    struct cf_account *account = cf_alloc(sizeof *account);
    *account = (struct cf_account){.owner = owner, .ready = {now.us - RESTED}};
    *place = account;
    return account;
}

static struct cf_mono later(struct cf_mono a, int64_t us)
{
    return (struct cf_mono){a.us > us ? a.us : us};
}

struct cf_mono cf_account_turn(struct cf_accounts *accounts, struct cf_account *account, struct cf_mono now)
{
    struct cf_mono own = later(account->ready, now.us - RESTED);
    struct cf_mono shared = later(accounts->ready, now.us - RESTED_ALL);
    account->ready.us = own.us + STEP;
    accounts->ready.us = shared.us + STEP_ALL;
    return later(own, shared.us);
}

void cf_account_charge(struct cf_accounts *accounts, struct cf_account *account, unsigned cost)
{
    if (cost <= 1)
        return;
    account->ready.us += (cost - 1) * STEP;
    accounts->ready.us += (cost - 1) * STEP_ALL;
}
