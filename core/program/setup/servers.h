/*
 * Commands at other hosts that take more than that host's bus: a listing of several at once, each by a curfew
 * of its own; and what only the other host's own curfew can do, which ssh runs there.
 */
#ifndef CF_PROGRAM_SERVERS_H
#define CF_PROGRAM_SERVERS_H

#include "program/args.h"

enum { CF_SERVERS = 100 }; /* the most hosts at once */

/* Whether the host that is named is this machine; none is, too. */
bool cf_server_is_own(const char *server);

/* Whether these words are for cf_servers_run, and not for the verb itself. */
bool cf_servers_mean(const struct cf_args *args);

/*
 * Runs the verb at each host, all at once, and prints what they say in the order of their names; where there
 * are several, under a line with the name, but for JSON. 0 where all have done it. CF_USAGE: a name is none,
 * or the verb takes but one; CF_FAILED: a host has said why it did not, or *err does.
 */
int cf_servers_run(const struct cf_args *args, FILE *out, struct cf_error *err);

#endif
