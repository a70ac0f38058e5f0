#include "bus/bus.h"

#include "base/memory.h"
#include "time/pump.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

/* The bus answers no more than 128 of a connection's calls at once (max_replies_per_connection, which
 * dbus-daemon sets), and refuses the others; one that was cancelled counts until its answer comes. */
enum { CALLS_AT_ONCE = 64 };

struct cf_bus {
    struct cf_loop *loop;
    sd_bus *bus;
    cf_bus_lost *lost;
    void *data;
    struct cf_pump pump;
    struct cf_timer timeout;
    uint64_t timeout_us; /* as sd-bus last said, to set the timer only when that changed */
    struct cf_bus_call *sent, *waiting;
    size_t sent_count;
    bool closed;
};

/* ---- In the loop ---- */

static void on_timeout(struct cf_timer *timer)
{
    (void)timer;
}

static int64_t awake_us(void)
{
    return (int64_t)(uv_hrtime() / 1000); /* CLOCK_MONOTONIC, as sd-bus counts */
}

static int arm(struct cf_bus *bus)
{
    int wanted = sd_bus_get_events(bus->bus);
    if (wanted < 0)
        return wanted;
    cf_pump_await(&bus->pump, (wanted & POLLIN ? UV_READABLE : 0) | (wanted & POLLOUT ? UV_WRITABLE : 0));
    uint64_t timeout;
    int code = sd_bus_get_timeout(bus->bus, &timeout);
    if (code < 0)
        return code;
    if (timeout == bus->timeout_us)
        return 0;
    bus->timeout_us = timeout;
    if (timeout == UINT64_MAX) {
        cf_timer_stop(bus->loop, &bus->timeout);
    } else {
        struct cf_span ahead = {(int64_t)timeout - awake_us()};
        cf_timer_set(bus->loop, &bus->timeout, cf_mono_add(cf_loop_now(bus->loop), ahead));
    }
    return 0;
}

static void send_waiting(struct cf_bus *bus);

static void turn(void *data)
{
    struct cf_bus *bus = data;
    int code;
    do
        code = sd_bus_process(bus->bus, NULL);
    while (code > 0 && !bus->closed);
    if (bus->closed)
        return;
    if (code == 0)
        send_waiting(bus);
    bus->timeout_us = cf_timer_is_set(&bus->timeout) ? bus->timeout_us : UINT64_MAX;
    if (code == 0)
        code = arm(bus);
    if (code < 0) {
        struct cf_error err;
        (void)cf_error_set(&err, CF_UNAVAILABLE, "the connection to the bus broke: %s", strerror(-code));
        cf_pump_rest(&bus->pump);
        bus->lost(bus->data, &err);
    }
}

/* ---- Life ---- */

static int connect_bus(const char *address, int fd, sd_bus **ret_bus)
{
    if (!address && fd < 0)
        return sd_bus_open_system(ret_bus);
    sd_bus *bus = NULL;
    int code = sd_bus_new(&bus);
    if (code >= 0)
        code = fd < 0 ? sd_bus_set_address(bus, address) : sd_bus_set_fd(bus, fd, fd);
    if (code >= 0)
        code = sd_bus_set_bus_client(bus, 1);
    if (code >= 0)
        code = sd_bus_start(bus);
    if (code < 0)
        sd_bus_unref(bus);
    else
        *ret_bus = bus;
    return code;
}

int cf_bus_open(struct cf_loop *loop, const char *address, int fd, cf_bus_lost *lost, void *data,
                struct cf_bus **ret_bus, struct cf_error *err)
{
    sd_bus *connection = NULL;
    int code = connect_bus(address, fd, &connection);
    if (code < 0)
        return cf_error_set(err, CF_UNAVAILABLE,
                            "cannot connect to the system bus%s%s: %s; does D-Bus run here?",
                            address ? " at " : "", address ? address : "", strerror(-code));
    struct cf_bus *bus = cf_alloc(sizeof *bus);
    *bus = (struct cf_bus){.loop = loop,
                           .bus = connection,
                           .lost = lost,
                           .data = data,
                           .pump = {.data = bus, .turn = turn, .closed = free},
                           .timeout = {.fire = on_timeout},
                           .timeout_us = UINT64_MAX};
    code = cf_pump_open(&bus->pump, loop, sd_bus_get_fd(connection));
    if (code < 0) {
        sd_bus_close_unref(connection);
        free(bus);
        return cf_error_set(err, CF_UNAVAILABLE, "cannot watch the system bus: %s", uv_strerror(code));
    }
    *ret_bus = bus;
    return 0;
}

void cf_bus_close(struct cf_bus *bus)
{
    if (!bus)
        return;
    bus->closed = true;
    while (bus->sent)
        cf_bus_call_cancel(bus->sent);
    while (bus->waiting)
        cf_bus_call_cancel(bus->waiting);
    cf_timer_stop(bus->loop, &bus->timeout);
    cf_pump_close(&bus->pump); /* before its socket */
    sd_bus_close_unref(bus->bus);
}

/* ---- Signals ---- */

int cf_bus_match(struct cf_bus *bus, const char *rule, sd_bus_message_handler_t fn, void *data,
                 struct cf_error *err)
{
    int code = sd_bus_add_match_async(bus->bus, NULL, rule, fn, NULL, data); /* refused: the bus closes */
    if (code < 0)
        return cf_error_set(err, CF_UNAVAILABLE, "cannot listen to the bus: %s", strerror(-code));
    return 0;
}

/* ---- Calls ---- */

static int code_of(const char *name)
{
    static const struct {
        const char *name;
        int code;
    } codes[] = {
        {"org.freedesktop.login1.NoSuchSession", CF_GONE},
        {"org.freedesktop.login1.NoSessionForPID", CF_GONE},
        {SD_BUS_ERROR_UNKNOWN_OBJECT, CF_GONE},
        {SD_BUS_ERROR_UNKNOWN_METHOD, CF_UNSUPPORTED},
        {SD_BUS_ERROR_ACCESS_DENIED, CF_DENIED},
        {SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, CF_DENIED},
        {SD_BUS_ERROR_NO_REPLY, CF_TIMEOUT}, /* sd-bus's word for it; also when the peer died over the call */
        {SD_BUS_ERROR_TIMEOUT, CF_TIMEOUT},
        {SD_BUS_ERROR_DISCONNECTED, CF_UNAVAILABLE},
        {SD_BUS_ERROR_SERVICE_UNKNOWN, CF_UNAVAILABLE},
        {SD_BUS_ERROR_NAME_HAS_NO_OWNER, CF_UNAVAILABLE},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(name, codes[i].name) == 0)
            return codes[i].code;
    return CF_FAILED;
}

static int on_reply(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    (void)ret_error;
    struct cf_bus_call *call = data;
    const sd_bus_error *error = sd_bus_message_get_error(reply);
    struct cf_error err;
    if (error)
        (void)cf_error_set(&err, code_of(error->name), "%s", error->message ? error->message : error->name);
    cf_bus_call_cancel(call); /* sd-bus holds its slot until this returns; `done` may call anew */
    call->done(call, error ? NULL : reply, error ? &err : NULL);
    return 0;
}

static void on_failing(struct cf_timer *timer)
{
    struct cf_bus_call *call = timer->data;
    struct cf_error err;
    (void)cf_error_set(&err, CF_UNAVAILABLE, "the bus does not take calls");
    cf_bus_call_cancel(call);
    call->done(call, NULL, &err);
}

static void fail_later(struct cf_bus_call *call)
{
    call->failing.fire = on_failing;
    call->failing.data = call;
    cf_timer_defer(call->bus->loop, &call->failing);
}

static void send_waiting(struct cf_bus *bus)
{
    while (bus->waiting && bus->sent_count < CALLS_AT_ONCE) {
        struct cf_bus_call *call = bus->waiting;
        int64_t left = cf_mono_since(cf_loop_now(bus->loop), call->deadline).us;
        DL_DELETE(bus->waiting, call);
        DL_APPEND(bus->sent, call);
        bus->sent_count++;
        call->sent = true;
        int code = sd_bus_call_async(bus->bus, &call->slot, call->message, on_reply, call,
                                     left > 0 ? (uint64_t)left : 1); /* zero would mean sd-bus's own limit */
        if (code < 0)
            fail_later(call);
    }
}

void cf_bus_call(struct cf_bus *bus, struct cf_bus_call *call, const struct cf_bus_method *method,
                 struct cf_span limit, const char *types, ...)
{
    call->bus = bus;
    call->deadline = cf_mono_add(cf_loop_now(bus->loop), limit);
    int code = sd_bus_message_new_method_call(bus->bus, &call->message, method->destination, method->path,
                                              method->interface, method->member);
    if (code >= 0 && types) {
        va_list arguments;
        va_start(arguments, types);
        code = sd_bus_message_appendv(call->message, types, arguments);
        va_end(arguments);
    }
    if (code >= 0 && call->at_work)
        code = sd_bus_message_set_auto_start(call->message, false);
    if (code < 0) /* nothing can be sent of it, which is found when its turn comes */
        call->message = sd_bus_message_unref(call->message);
    DL_APPEND(bus->waiting, call);
    send_waiting(bus);
}

void cf_bus_call_cancel(struct cf_bus_call *call)
{
    struct cf_bus *bus = call->bus;
    if (!bus)
        return;
    if (call->sent) {
        DL_DELETE(bus->sent, call);
        bus->sent_count--;
    } else {
        DL_DELETE(bus->waiting, call);
    }
    call->slot = sd_bus_slot_unref(call->slot);
    call->message = sd_bus_message_unref(call->message);
    cf_timer_stop(bus->loop, &call->failing);
    call->sent = false;
    call->bus = NULL;
}
