/* Programs that are begun in sessions, by tokens that the server has given out. One that locks the session is
 * done by the server itself; any other is begun, in truth in this one. */
#ifndef CF_TEST_PROGRAMS_H
#define CF_TEST_PROGRAMS_H

#include <stdbool.h>
#include <winsock2.h> /* and windows.h with it */

void programs_begin(void); /* once */
bool programs_token(DWORD session,
                    HANDLE *token); /* of its user; false: GetLastError() says why there is none */

#endif
