/* Terminals as the system has them: what differs between Unix and Windows. */
#ifndef CF_PROGRAM_TERMINAL_SYSTEM_H
#define CF_PROGRAM_TERMINAL_SYSTEM_H

#include <stdbool.h>
#include <stdio.h>

bool cf_terminal_is(FILE *file);

/* Columns; 0: it does not tell. */
unsigned cf_terminal_asked_width(FILE *file);

/* Whether a terminal takes escape sequences for colours. */
bool cf_terminal_takes_colour(FILE *file);

/* Standard descriptors that the caller has closed lead nowhere from now on. Comes before all else: the next
 * file opened, such as the loop's own, would take their numbers, and what is printed would go there. */
void cf_terminal_open_standard(void);

/* Writing to a closed pipe becomes an error of that write. */
void cf_terminal_ignore_broken_pipes(void);

/* Writes out what stands in a way of our own to the terminal, at the end of the program. */
void cf_terminal_flush(void);

#endif
