/*
 * What goes wrong at the server, as CF_TEST_FAULTS says it: a word, and for one session "=ID" behind it.
 *
 *   no-rights         everything is refused (5)
 *   denied=3          session 3 is: looking and acting
 *   down=3            session 3 is in state Down: looking at it fails (7007)
 *   hang-look=3       looking at it never comes back; hang-list, hang-logoff=3, hang-message=3 likewise
 *   stuck=3           a logoff is accepted, and nothing happens until its processes are ended
 *   reused=3          between the first look at session 3 and the second it ends, and another gets its number
 *   typed=3           its user types right before the look of the number typed-at=7 at it is answered
 *   system            the program is SYSTEM, and may begin others in sessions
 *   deaf-lock=3       who is asked to lock session 3 does nothing
 *   process=1234      session 1 has a process that there is, by this number
 *   reversed          locked means unlocked, as on Windows 7
 *   gone              there is no such server (1722)
 *   no-events         waiting for events fails (50)
 */
#ifndef CF_TEST_FAULTS_H
#define CF_TEST_FAULTS_H

#include <stdbool.h>
#include <stdint.h>
#include <winsock2.h> /* and windows.h with it */

bool fault(const char *word);              /* of the server */
bool fault_of(const char *word, DWORD id); /* of one session */
int64_t fault_number(const char *word);    /* what is behind its "=", 0: nothing */

#endif
