/*
 * Another host by ssh(1), with all that ssh itself does for it: keys, agents, its configuration. How it is
 * called, and what its end means. A host's name comes from anybody and goes to ssh, to the programs that its
 * configuration names, and into messages; so does what the other host says.
 */
#ifndef CF_BASE_SSH_H
#define CF_BASE_SSH_H

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { CF_SSH_WORDS = 20, CF_SSH_NAME = 255 };

/* "h2", "root@h2.example.org", "fe80::1%eth0". CF_USAGE where it is nothing that ssh should be given. */
int cf_ssh_check(const char *server, struct cf_error *err);

/* The words that run `command` there, by its shell; end in NULL; borrowed. `asks`: a person is at hand, who
 * may be asked for a password. Connecting has a limit of ten seconds; whatever comes after that, its
 * caller's. */
void cf_ssh_words(const char *server, bool asks, const char *command, const char *ret_words[CF_SSH_WORDS]);

/* Adds a word for the shell of the other host, so that it means nothing but itself. */
void cf_ssh_quote(struct cf_buffer *command, const char *word);

/*
 * What ssh's end means, from its exit status (negative: a signal ended it) and what it said, of which the
 * last line counts. CF_UNAVAILABLE: the name, the connection, or the program `command` is not there;
 * CF_DENIED: the logon was refused.
 */
int cf_ssh_explain(const char *server, const char *command, int64_t status, const char *said,
                   struct cf_error *err);

#endif
