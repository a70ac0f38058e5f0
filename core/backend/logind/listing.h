/*
 * A listing: which sessions there are, each read once. logind says which, in one message; each is read from
 * logind's own file where the listing is only shown and that tells all, and else by a message of its own.
 */
#ifndef CF_LOGIND_LISTING_H
#define CF_LOGIND_LISTING_H

#include "logind/host.h"

/* Begins one, after the one under way if there is one; host->listed follows. */
void cf_listing_begin(struct cf_logind *host);

/* Drops it without a word; the connection is closing. */
void cf_listing_cancel(struct cf_logind *host);

#endif
