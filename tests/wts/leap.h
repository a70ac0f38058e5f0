/*
 * Time that leaps: it stands still while the program or the server has anything to do, and when both are at
 * rest it is the next moment for which somebody waits. So three minutes pass in as long as their work takes,
 * and what happens does not depend on the machine's pace.
 *
 * At work are: the program's loop, unless it waits for what comes; each thread that the program has begun
 * since, unless it waits for another; and whoever waits here and was told that something has happened. What
 * comes from outside, by a pipe, say, is not counted: time leaps over it.
 */
#ifndef CF_TEST_LEAP_H
#define CF_TEST_LEAP_H

#include <stdbool.h>
#include <stdint.h>

/* From now on, at 0 µs; `end`: when `over` is called, and the process ends; INT64_MAX: never. By the thread
 * of the program's loop. */
void leap_begin(int64_t end, void (*over)(void));

bool leap_is_on(void);
int64_t leap_now(void); /* µs */

/* The calling thread waits until that time has come (INT64_MAX: it never does), or leap_wake(). */
void leap_wait(int64_t until);
void leap_wake(void); /* all who wait in leap_wait() */

#endif
