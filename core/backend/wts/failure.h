/* Windows' error numbers, as codes and sentences of ours. */
#ifndef CF_WTS_FAILURE_H
#define CF_WTS_FAILURE_H

#include "base/error.h"

#include <winsock2.h> /* and windows.h with it, as libuv wants it */

enum { CF_WTS_FAILURE = 256 };

/* CF_GONE: there is no such session; CF_DENIED; CF_UNAVAILABLE: the server cannot be reached; else CF_FAILED.
 */
int cf_wts_code(DWORD error);

/* "access is denied (error 5)…", English. Returns out. */
const char *cf_wts_failure(DWORD error, char out[CF_WTS_FAILURE]);

#endif
