#include "logind/host.h"

#include <stdlib.h>
#include <systemd/sd-login.h>

const char *cf_logind_own(struct cf_logind *host)
{
    if (!host->own_asked && !host->server)
        (void)sd_pid_get_session(0, &host->own);
    host->own_asked = true;
    return host->own;
}

void cf_logind_found(struct cf_logind *host)
{
    if (host->server)
        cf_remote_answered(host->remote);
    cf_retry_found(&host->retry);
}

void cf_logind_release(struct cf_logind *host)
{
    if (--host->refs == 0)
        free(host);
}
