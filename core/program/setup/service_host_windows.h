/*
 * This process as a service of Windows: what its service control manager says to it, and is told. There is
 * one such in a process, since Windows gives its calls back no data of ours.
 */
#ifndef CF_PROGRAM_SERVICE_HOST_WINDOWS_H
#define CF_PROGRAM_SERVICE_HOST_WINDOWS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define CF_SERVICE_NAME L"curfew"

enum cf_service_news {
    CF_NEWS_STOP,    /* it is to end: somebody says so, or the machine shuts down */
    CF_NEWS_RESUMED, /* from sleep */
    CF_NEWS_SESSION, /* something has happened to a session: logon, lock, connection… */
    CF_NEWS_RELOAD,  /* sc control curfew paramchange */
};

/*
 * Waits for the service control manager to begin the service, runs `body` for it, on a thread of its own, and
 * returns when all is over; `body` returns an exit status, which becomes the service's. CF_USAGE: nobody
 * manages this process.
 */
int cf_service_host_run(int (*body)(void *data), void *data, struct cf_error *err);

/* From now on `tell` hears of what the manager says, on a thread of the manager's; a stop that was asked for
 * before it hears at once. False where nobody manages this process. NULL: nobody hears any more. */
typedef void cf_service_listener(void *data, enum cf_service_news news, uint32_t session);
bool cf_service_host_listen(cf_service_listener *tell, void *data);

/* Tells the manager that the service is at work, or ending. */
void cf_service_host_running(void);
void cf_service_host_stopping(void);

#endif
