#include "wts/host.h"

#define RETRY_MOST cf_seconds(30)

void cf_wts_lose(struct cf_wts *host, const struct cf_error *err)
{
    cf_timer_set(host->loop, &host->retry, cf_mono_add(cf_loop_now(host->loop), host->retry_after));
    host->retry_after.us *= 2;
    if (host->retry_after.us > RETRY_MOST.us)
        host->retry_after = RETRY_MOST;
    if (!host->lost) {
        host->lost = true;
        host->sink.reachable(host->sink.data, err);
    }
}

void cf_wts_found(struct cf_wts *host)
{
    cf_timer_stop(host->loop, &host->retry);
    host->retry_after = CF_WTS_RETRY;
    if (host->lost) {
        host->lost = false;
        host->sink.reachable(host->sink.data, NULL);
    }
}
