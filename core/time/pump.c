#include "time/pump.h"

static void on_ready(uv_poll_t *poll, int status, int events)
{
    (void)events;
    struct cf_pump *pump = poll->data;
    if (pump->ready)
        pump->ready(pump->data, status < 0);
}

static void on_turn(uv_prepare_t *prepare)
{
    struct cf_pump *pump = prepare->data;
    pump->turn(pump->data);
}

int cf_pump_open(struct cf_pump *pump, struct cf_loop *loop, int fd)
{
    int code = uv_poll_init(cf_loop_uv(loop), &pump->poll, fd);
    if (code < 0)
        return code;
    (void)uv_prepare_init(cf_loop_uv(loop), &pump->prepare);
    pump->poll.data = pump->prepare.data = pump;
    pump->handles = 2;
    (void)uv_prepare_start(&pump->prepare, on_turn);
    uv_unref((uv_handle_t *)&pump->prepare);
    pump->events = 0;
    cf_pump_await(pump, UV_READABLE);
    return 0;
}

void cf_pump_await(struct cf_pump *pump, int events)
{
    if (events != pump->events)
        (void)uv_poll_start(&pump->poll, events, on_ready);
    pump->events = events;
}

void cf_pump_rest(struct cf_pump *pump)
{
    (void)uv_prepare_stop(&pump->prepare);
}

static void on_closed(uv_handle_t *handle)
{
    struct cf_pump *pump = handle->data;
    if (--pump->handles == 0)
        pump->closed(pump->data);
}

void cf_pump_close(struct cf_pump *pump)
{
    uv_close((uv_handle_t *)&pump->poll, on_closed);
    uv_close((uv_handle_t *)&pump->prepare, on_closed);
}
