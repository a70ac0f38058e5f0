/* Time at a terminal server for tests: so many times as fast as it is, for the program, too, that asks it. */
#ifndef CF_TEST_PACE_H
#define CF_TEST_PACE_H

#include <stdint.h>
#include <winsock2.h> /* and windows.h with it */

/*
 * From now on the server shows `wall` (a FILETIME), and time passes `speed` times as fast, here and in the
 * program that has loaded this DLL: its calls of Windows' clocks lead here. Its waits do not, so it is to be
 * woken at each pulse.
 */
void pace_begin(int64_t wall, double speed);

int64_t pace_now(void);         /* µs since then, as pretended */
int64_t pace_wall(int64_t now); /* what the server shows at that time */
void pace_pretend(int64_t now); /* pace_now() for the server itself, until INT64_MAX ends it */
void pace_step(int64_t us);     /* its clock is set */
int64_t pace_pulse(void);       /* when it is next to be woken, INT64_MAX where time is not changed */
DWORD pace_milliseconds(
    int64_t us); /* how long that takes in truth, at least one; INFINITE where us is INT64_MAX */

#endif
