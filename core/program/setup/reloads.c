#include "program/setup/reloads.h"

#include "base/memory.h"

#include <stdlib.h>

static void answer(struct cf_control_call **calls, size_t count, int code, const struct cf_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (code == CF_OK)
            cf_control_answer(calls[i], NULL);
        else
            cf_control_refuse(calls[i], err);
    }
    free(calls);
}

/* Who asks while it is being loaded is not covered by that. */
static void on_next(struct cf_timer *timer)
{
    struct cf_reloads *reloads = timer->data;
    struct cf_control_call **calls = reloads->calls;
    size_t count = reloads->call_count;
    struct cf_error err = {0};
    reloads->calls = NULL;
    reloads->call_count = 0;
    int code = reloads->load(reloads->data, &err);
    reloads->free_at = cf_mono_add(cf_loop_now(reloads->loop),
                                   cf_clock_paced(cf_loop_clock(reloads->loop), CF_RELOAD_PAUSE));
    if (cf_timer_is_set(timer))
        cf_timer_set(reloads->loop, timer, reloads->free_at);
    answer(calls, count, code, &err);
}

void cf_reloads_init(struct cf_reloads *reloads, struct cf_loop *loop,
                     int (*load)(void *data, struct cf_error *err), void *data)
{
    *reloads = (struct cf_reloads){.loop = loop,
                                   .load = load,
                                   .data = data,
                                   .next = {.fire = on_next, .data = reloads},
                                   .free_at = cf_loop_now(loop)};
}

void cf_reloads_ask(struct cf_reloads *reloads, struct cf_control_call *call)
{
    if (call) {
        reloads->calls = cf_grow(reloads->calls, reloads->call_count, sizeof(struct cf_control_call *));
        reloads->calls[reloads->call_count++] = call;
    }
    if (!cf_timer_is_set(&reloads->next))
        cf_timer_set(reloads->loop, &reloads->next, reloads->free_at);
}

void cf_reloads_finish(struct cf_reloads *reloads)
{
    struct cf_error err;
    if (!reloads->loop)
        return;
    cf_timer_stop(reloads->loop, &reloads->next);
    int code = cf_error_set(&err, CF_UNAVAILABLE, "this curfew ends");
    answer(reloads->calls, reloads->call_count, code, &err);
    *reloads = (struct cf_reloads){0};
}
