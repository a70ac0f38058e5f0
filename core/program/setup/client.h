/*
 * The host that a one-off command's line means, opened for it: this machine, or a simulated one. The one
 * place where commands get their host; whoever adds another kind of host adds it here.
 */
#ifndef CF_PROGRAM_CLIENT_H
#define CF_PROGRAM_CLIENT_H

#include "commands/host.h"
#include "program/setup/simulated.h"

/* --backend, --at; they go with cf_simulated_options. */
extern const struct cf_option_group cf_client_options;

/* /server:NAME, for the help and the table of a verb that takes it */
#define CF_OPTION_SERVER                                                                                     \
    {                                                                                                        \
        "server", "NAME", "another host, by ssh; listings take several, with commas between"                 \
    }

/* A group without any, for verbs that have none of their own. */
extern const struct cf_option_group cf_no_options;

enum { CF_SENDER = 128 };

struct cf_client {
    struct cf_host *host;
    const struct cf_zone *zone;    /* whose clock is told */
    cf_session_key own;            /* the caller's session; 0: none */
    const char *server;            /* another host's name, as it was given; NULL: this machine */
    struct cf_simulated simulated; /* a simulated host's */
};

/* CF_USAGE, CF_POLICY (a scenario), CF_UNAVAILABLE. End it where it returned 0. `fields`: read of every
 * session by then; 0: none but what the host lists. */
int cf_client_begin(const struct cf_args *args, uint64_t fields, struct cf_client *ret_client,
                    struct cf_error *err);
void cf_client_end(struct cf_client *client);

/* "Message from ana": the user of the caller's session, else of this process. Returns out. */
const char *cf_client_sender(const struct cf_client *client, char out[CF_SENDER]);

#endif
