/*
 * A session's terminals: where they are, when there was input, and writing a few lines to them. Reads /proc
 * and touches devices, so all of it belongs on a worker thread. A device counts only while it is the
 * session's user's own, because the numbers of pseudo-terminals are reused.
 */
#ifndef CF_LOGIND_TERMINAL_H
#define CF_LOGIND_TERMINAL_H

#include "time/instant.h"

#include <stdbool.h>
#include <stddef.h>

enum { CF_TERMINALS = 8, CF_TERMINAL_PATH = 32 };

/* Several, where ssh connections are shared. */
struct cf_terminals {
    char paths[CF_TERMINALS][CF_TERMINAL_PATH];
    size_t count;
};

/*
 * The terminals of user `uid`: the one called `name` ("pts/3"; may be NULL), and those that control the
 * leader, its children and theirs, which is where w(1) looks: newer logind names none for ssh. leader <= 0:
 * none is looked for.
 */
void cf_terminals_find(struct cf_terminals *terminals, const char *name, int64_t leader, int64_t uid);

/*
 * The latest time at which there may have been input on any of them; unknown where there is none of them, or
 * one that cannot be read. The kernel notes input in units of eight seconds (tty_update_time in
 * drivers/tty/tty_io.c: it leaves the access time alone while only the low three bits of the second differ),
 * so this is the end of such a unit.
 */
struct cf_instant cf_terminals_input(const struct cf_terminals *terminals, int64_t uid);

/* Writes to each without waiting for long; true where at least one took all of it. */
bool cf_terminals_write(const struct cf_terminals *terminals, int64_t uid, const char *text, size_t length);

#endif
