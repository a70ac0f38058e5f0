/* A message to the users of sessions, as msg sends it. */
#ifndef CF_COMMANDS_MESSAGE_H
#define CF_COMMANDS_MESSAGE_H

#include "commands/host.h"
#include "commands/resolve.h"

enum { CF_MESSAGE_BYTES = 4000, CF_MESSAGE_TARGETS = 10000 };

struct cf_message {
    const char *text, *title;
    struct cf_span shown_for;
    bool acknowledged; /* wait until each user has, for as long as it is shown */
};

/* What came of one of them: CF_OK, or why not. */
struct cf_told {
    int code;
    char why[320];
};

/* Tells all at once; ret_told has room for each key. Returns how many failed. */
size_t cf_tell(struct cf_host *host, const struct cf_keys *keys, const struct cf_message *message,
               struct cf_told *ret_told);

#endif
