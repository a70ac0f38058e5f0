/*
 * The helper's own end, inside a session: a process that answers when there was input there, by
 * GetLastInputInfo, which no other session's can ask. It does nothing unasked, and ends with the pipe that it
 * was given as its standard input and output.
 */
#ifndef CF_WTS_INSIDE_H
#define CF_WTS_INSIDE_H

/* The program's only word for it. */
#define CF_WTS_INSIDE      "--inside"
#define CF_WTS_INSIDE_WIDE L"--inside"

/* An exit status. */
int cf_wts_inside_run(void);

#endif
