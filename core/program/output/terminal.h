/* What stands at the other end of standard output: a terminal with its width and colours, a file, a broken
 * pipe. */
#ifndef CF_PROGRAM_TERMINAL_H
#define CF_PROGRAM_TERMINAL_H

#include "base/error.h"
#include "program/output/terminal_system.h"

#include <stdbool.h>
#include <stdio.h>

/* Whether it is the system's own log, which systemd connects a service's output to (JOURNAL_STREAM). */
bool cf_terminal_is_log(FILE *file);

/* Columns of the terminal, else $COLUMNS, else 80 on a terminal; 0: no limit, as befits what programs read.
 */
unsigned cf_terminal_width(FILE *file);

/* A terminal that is not "dumb", and $NO_COLOR is not set. */
bool cf_terminal_colour(FILE *file);

/* Writes out what is buffered. CF_FAILED where not all could be written; a reader who went away is no
 * failure. */
int cf_terminal_close(FILE *file, struct cf_error *err);

#endif
