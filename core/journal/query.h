/* Reading the journal, also while another program writes it. */
#ifndef CF_JOURNAL_QUERY_H
#define CF_JOURNAL_QUERY_H

#include "engine/records/journal.h"

/* Which entries are meant; zeroed, with unknown times, all. Strings are borrowed. */
struct cf_query {
    const char *user, *session, *policy; /* NULL: any */
    struct cf_instant since, until;      /* from, up to and not including; unknown: no bound */
    uint64_t whats;                      /* bits of enum cf_what; 0: any */
    bool dry;                            /* only what would have been done */
    uint64_t decision;                   /* 0: any */
    uint64_t after;                      /* only numbers beyond */
    uint64_t last;                       /* only so many, the latest; 0: all */
};

#define CF_QUERY_ALL ((struct cf_query){.since = {CF_UNKNOWN_US}, .until = {CF_UNKNOWN_US}})

enum { CF_QUERY_PAGE = 1000 }; /* entries read at once, so that a slow taker holds up nobody */

/* Takes an entry, borrowed for the call. False: no more are wanted. */
typedef bool cf_query_take(void *data, const struct cf_entry *entry);

/* Hands over the entries in order. CF_UNAVAILABLE: there is no journal yet; CF_FAILED. */
int cf_query_run(const char *folder, const struct cf_query *query, cf_query_take *take, void *data,
                 struct cf_error *err);

/* The latest entries of one session id, or of one user; `session` or `user` is NULL. */
struct cf_query_latest {
    const char *session, *user;
    int64_t uid; /* only of this one's sessions; CF_NUMBER_UNKNOWN: of anybody's. For `session` only. */
    struct cf_instant since;
    int count;
};

/* Hands over so many at most, the oldest first. Costs no more than these, however large the journal is. Codes
 * as cf_query_run. */
int cf_query_latest(const char *folder, const struct cf_query_latest *latest, cf_query_take *take, void *data,
                    struct cf_error *err);

/* Hands over the logoffs of which no outcome is in the journal, each decision once. */
int cf_query_open_decisions(const char *folder, cf_query_take *take, void *data, struct cf_error *err);

/*
 * Hands over the entries, and runs the loop and hands over what comes, until the loop is stopped. Nothing is
 * asked while nothing is written. Where the journal begins anew, its entries are taken from the first on.
 */
int cf_query_follow(struct cf_loop *loop, const char *folder, const struct cf_query *query,
                    cf_query_take *take, void *data, struct cf_error *err);

#endif
