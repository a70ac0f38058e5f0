#include "logind/host.h"

#include <stdlib.h>
#include <systemd/sd-login.h>

#define RETRY_MOST ((struct cf_span){30 * CF_SECOND.us})

const char *cf_logind_own(struct cf_logind *host)
{
    if (!host->own_asked && !host->server)
        (void)sd_pid_get_session(0, &host->own);
    host->own_asked = true;
    return host->own;
}

void cf_logind_lose(struct cf_logind *host, const struct cf_error *err)
{
    if (!host->server) /* else a person asks once, and is told */
        cf_timer_set(host->loop, &host->retry, cf_mono_add(cf_loop_now(host->loop), host->retry_after));
    host->retry_after.us *= 2;
    if (host->retry_after.us > RETRY_MOST.us)
        host->retry_after = RETRY_MOST;
    if (!host->lost) {
        host->lost = true;
        host->sink.reachable(host->sink.data, err);
    }
}

void cf_logind_found(struct cf_logind *host)
{
    if (host->server)
        cf_remote_answered(host->remote);
    cf_timer_stop(host->loop, &host->retry);
    host->retry_after = CF_LOGIND_RETRY;
    if (host->lost) {
        host->lost = false;
        host->sink.reachable(host->sink.data, NULL);
    }
}

void cf_logind_release(struct cf_logind *host)
{
    if (--host->refs == 0)
        free(host);
}
