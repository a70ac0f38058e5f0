/*
 * One terminal: which it is, when there was input and output, and writing a few lines to it. Writing may take
 * a moment, so it belongs on a worker thread; reading its times does not block.
 */
#ifndef CF_LOGIND_TERMINAL_H
#define CF_LOGIND_TERMINAL_H

#include "time/instant.h"

#include <stdbool.h>
#include <stddef.h>

enum { CF_TERMINAL_PATH = 32 };

/*
 * The kernel notes input and output in units of eight seconds (tty_update_time in drivers/tty/tty_io.c: it
 * leaves the time alone while only the low three bits of the second differ). The latest that may be meant by
 * what it noted is the end of such a unit.
 */
#define CF_TERMINAL_UNIT INT64_C(8000000)
#define CF_NANOSECONDS   INT64_C(1000000000) /* of a second */
struct cf_instant cf_terminal_latest(int64_t noted_second);

/* Of the wall clock, as the kernel noted them. */
struct cf_terminal_times {
    int64_t input, output; /* seconds */
    int64_t uid;           /* whose it is */
    /* In nanoseconds, the same input, and when the terminal was last changed otherwise than by use: by chmod,
     * chown, or by setting its times. */
    int64_t input_ns, changed_ns;
};

/* False where there is no such terminal any more. */
bool cf_terminal_times(const char *path, struct cf_terminal_times *ret_times);

/* The path of the terminal with this device number; false where it is none of a person's. */
bool cf_terminal_numbered(unsigned device, char ret_path[CF_TERMINAL_PATH]);

/* Of the one called `name` ("pts/3"), which may be anything: PAM modules are told it by whoever logs on. */
bool cf_terminal_named(const char *name, char ret_path[CF_TERMINAL_PATH]);

/*
 * Writes to it, without waiting for longer than `patience_ms` in all, from which it takes what it waited;
 * true where it took all of it. Not to another's than `uid`'s, since numbers are reused. `ret_before` and
 * `ret_after`, its times around it, are untouched where nothing was written. `ret_blocked`: where it took
 * nothing for all that time, a descriptor, the caller's, by which that can be waited for; else -1.
 */
bool cf_terminal_write(const char *path, int64_t uid, const char *text, size_t length, int *patience_ms,
                       struct cf_terminal_times *ret_before, struct cf_terminal_times *ret_after,
                       int *ret_blocked);

#endif
