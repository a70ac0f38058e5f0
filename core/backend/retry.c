#include "backend/retry.h"

#define FIRST CF_SECOND
#define MOST  cf_seconds(30)

void cf_retry_init(struct cf_retry *retry, struct cf_loop *loop, const struct cf_backend_sink *sink,
                   void (*fire)(struct cf_timer *timer), void *data)
{
    *retry =
        (struct cf_retry){.loop = loop, .sink = sink, .timer = {.fire = fire, .data = data}, .after = FIRST};
}

void cf_retry_later(struct cf_retry *retry)
{
    if (retry->timer.fire)
        cf_timer_set(retry->loop, &retry->timer, cf_mono_add(cf_loop_now(retry->loop), retry->after));
}

void cf_retry_lose(struct cf_retry *retry, const struct cf_error *err)
{
    cf_retry_later(retry);
    retry->after = cf_span_doubled(retry->after, MOST);
    if (!retry->lost) {
        retry->lost = true;
        retry->sink->reachable(retry->sink->data, err);
    }
}

void cf_retry_found(struct cf_retry *retry)
{
    cf_retry_stop(retry);
    retry->after = FIRST;
    if (retry->lost) {
        retry->lost = false;
        retry->sink->reachable(retry->sink->data, NULL);
    }
}

void cf_retry_stop(struct cf_retry *retry)
{
    cf_timer_stop(retry->loop, &retry->timer);
}
