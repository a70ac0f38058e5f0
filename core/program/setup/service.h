/* curfew as a service of the host's own service manager: made, begun, ended and taken away by the command
 * line. */
#ifndef CF_PROGRAM_SERVICE_H
#define CF_PROGRAM_SERVICE_H

#include "base/error.h"

#include <stdio.h>

enum cf_service_act {
    /* Makes the service, which begins with the host from then on, and where they are missing its folders and
     * a configuration that is a dry run. What is there is kept. It is not started. */
    CF_SERVICE_INSTALL,
    CF_SERVICE_UNINSTALL, /* ends it and takes it away, but for its folders: configuration and journal stay */
    CF_SERVICE_START,     /* waits until it is at work */
    CF_SERVICE_STOP,      /* waits until it has ended */
    CF_SERVICE_STATUS,
    /* For installers. The first ends it, as stop does, and has the next install begin it again where it was
     * at work, so that an upgrade can put another program in its place. The second is uninstall, and removes
     * configuration, journal and whatever else is in their folder. */
    CF_SERVICE_UPGRADE,
    CF_SERVICE_PURGE,
    CF_SERVICE_ACTS
};

/*
 * Does it and tells *out so, or says why not: CF_DENIED, CF_UNAVAILABLE where there is no such service,
 * CF_REFUSED where it would not be safe, CF_FAILED. CF_UNSUPPORTED where the host has a command of its own
 * for it, which the sentence names.
 */
int cf_service_act(enum cf_service_act act, FILE *out, struct cf_error *err);

/* What the service manager itself runs: `body`, with an output that leads nowhere, as a service has none;
 * it returns an exit status. */
int cf_service_run(int (*body)(FILE *out), struct cf_error *err);

#endif
