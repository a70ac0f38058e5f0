/* Which sessions the words of a one-off command mean, and whether they may be touched. */
#ifndef CF_PROGRAM_TARGETS_H
#define CF_PROGRAM_TARGETS_H

#include "commands/resolve.h"
#include "program/setup/client.h"

/* Whether a word is the name of something in this folder, as it is where a shell has put that in place of a
 * "*". */
bool cf_target_is_file(const char *word);

/* "" or a hint, for the end of a sentence that says what is wrong with the word. */
const char *cf_target_hint(const char *word);

/* /v, and Windows' /vm, which cf_targets_begin refuses. */
#define CF_OPTION_V                                                                                          \
    {                                                                                                        \
        "v", NULL, "say what is being done"                                                                  \
    }
#define CF_OPTION_VM                                                                                         \
    {                                                                                                        \
        "vm", NULL, "Windows' way to sessions of virtual machines: refused here"                             \
    }

/*
 * Begins the client and finds the sessions that the operands name, each once; the caller's own where there
 * are none. All are found, or none: CF_FAILED, as cf_resolve_one says; CF_USAGE: it looks as if the shell had
 * expanded a "*". End the client and free the keys where it returned 0.
 */
int cf_targets_begin(const struct cf_args *args, struct cf_client *client, struct cf_keys *keys,
                     struct cf_error *err);

bool cf_target_is_others(const struct cf_client *client, cf_session_key key);

/* CF_REFUSED: it is another's session at the console, which neither --allow-console nor the configuration
 * frees. */
int cf_target_check_console(const struct cf_args *args, const struct cf_client *client, cf_session_key key,
                            struct cf_error *err);

#endif
