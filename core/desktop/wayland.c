#include "desktop/wayland.h"

#include "base/memory.h"
#include "time/pump.h"

#include <ext-idle-notify-v1-client-protocol.h>
#include <stdlib.h>
#include <string.h>
#include <wayland-client.h>

/* Whoever pauses for less costs nothing. */
#define PAUSE_MS 10000

enum { SEATS = 8 };

/* One that is beyond them could be typed at without being noticed, so with it nothing is known. */
struct seat {
    struct cf_display *display;
    uint32_t name; /* 0: there is none */
    struct wl_seat *seat;
    struct ext_idle_notification_v1 *pause, *watch; /* the second: of the next input, NULL: nobody waits */
    struct cf_mono idle_since;                      /* unknown: it is in use */
};

struct cf_display {
    struct cf_display_head head;
    struct cf_display_calls calls;
    struct cf_loop *loop;
    struct wl_display *connection;
    struct wl_registry *registry;
    struct ext_idle_notifier_v1 *notifier; /* NULL: there is none */
    uint32_t notifier_name;
    struct wl_callback *asked; /* answered once all that came before is known; NULL: nothing is asked */
    struct seat seats[SEATS];
    bool too_many, broken, watched; /* the last: the next input, at any seat, is to be told */
    struct cf_pump pump;
};

/* ---- Seats ---- */

static void drop_watch(struct seat *seat)
{
    if (seat->watch)
        ext_idle_notification_v1_destroy(seat->watch);
    seat->watch = NULL;
}

/* Nothing tells of it any more. */
static void end_seat(struct seat *seat)
{
    drop_watch(seat);
    if (seat->pause)
        ext_idle_notification_v1_destroy(seat->pause);
    seat->pause = NULL;
}

static void drop_seat(struct seat *seat)
{
    end_seat(seat);
    if (seat->seat)
        wl_seat_destroy(seat->seat);
    *seat = (struct seat){0};
}

static void on_idled(void *data, struct ext_idle_notification_v1 *pause)
{
    (void)pause;
    struct seat *seat = data;
    seat->idle_since = (struct cf_mono){cf_loop_now(seat->display->loop).us - PAUSE_MS * INT64_C(1000)};
}

static void on_resumed(void *data, struct ext_idle_notification_v1 *pause)
{
    (void)pause;
    struct seat *seat = data;
    seat->idle_since = CF_MONO_UNKNOWN;
}

static const struct ext_idle_notification_v1_listener pauses = {on_idled, on_resumed};

static void on_quiet(void *data, struct ext_idle_notification_v1 *watch)
{
    (void)data, (void)watch;
}

static void on_input(void *data, struct ext_idle_notification_v1 *watch)
{
    (void)watch;
    const struct seat *seat = data;
    struct cf_display *display = seat->display;
    for (size_t i = 0; i < SEATS; i++)
        drop_watch(&display->seats[i]);
    display->watched = false;
    display->calls.input(display->calls.data);
}

static const struct ext_idle_notification_v1_listener watches = {on_quiet, on_input};

/* One that is idle at once is told of whatever comes next. */
static void begin_watch(struct seat *seat)
{
    seat->watch = ext_idle_notifier_v1_get_idle_notification(seat->display->notifier, 0, seat->seat);
    (void)ext_idle_notification_v1_add_listener(seat->watch, &watches, seat);
}

static void begin_seat(struct seat *seat)
{
    if (!seat->name || !seat->display->notifier || seat->pause)
        return;
    seat->idle_since = CF_MONO_UNKNOWN;
    seat->pause = ext_idle_notifier_v1_get_idle_notification(seat->display->notifier, PAUSE_MS, seat->seat);
    (void)ext_idle_notification_v1_add_listener(seat->pause, &pauses, seat);
    if (seat->display->watched)
        begin_watch(seat);
}

/* ---- What there is ---- */

static void on_global(void *data, struct wl_registry *registry, uint32_t name, const char *interface,
                      uint32_t version)
{
    (void)version;
    struct cf_display *display = data;
    size_t i = 0;
    if (strcmp(interface, ext_idle_notifier_v1_interface.name) == 0 && !display->notifier) {
        display->notifier = wl_registry_bind(registry, name, &ext_idle_notifier_v1_interface, 1);
        display->notifier_name = name;
        for (; i < SEATS; i++)
            begin_seat(&display->seats[i]);
    } else if (strcmp(interface, wl_seat_interface.name) == 0) {
        while (i < SEATS && display->seats[i].name)
            i++;
        display->too_many |= i == SEATS;
        if (i == SEATS)
            return;
        display->seats[i] = (struct seat){.display = display,
                                          .name = name,
                                          .seat = wl_registry_bind(registry, name, &wl_seat_interface, 1)};
        begin_seat(&display->seats[i]);
    }
}

static void on_global_gone(void *data, struct wl_registry *registry, uint32_t name)
{
    (void)registry;
    struct cf_display *display = data;
    for (size_t i = 0; i < SEATS; i++)
        if (display->seats[i].name == name)
            drop_seat(&display->seats[i]);
    if (!display->notifier || display->notifier_name != name)
        return;
    for (size_t i = 0; i < SEATS; i++)
        end_seat(&display->seats[i]);
    ext_idle_notifier_v1_destroy(display->notifier);
    display->notifier = NULL;
}

static const struct wl_registry_listener globals = {on_global, on_global_gone};

/* ---- Asking ---- */

/* By the seat that was used last. */
static struct cf_span idle_now(const struct cf_display *display)
{
    struct cf_mono now = cf_loop_now(display->loop);
    struct cf_span idle = {CF_UNKNOWN_US};
    if (display->too_many)
        return idle;
    for (size_t i = 0; i < SEATS; i++) {
        const struct seat *seat = &display->seats[i];
        if (!seat->pause)
            continue;
        struct cf_span here = {cf_mono_known(seat->idle_since) ? now.us - seat->idle_since.us : 0};
        if (!cf_span_known(idle) || here.us < idle.us)
            idle = here;
    }
    return idle;
}

static void on_answered(void *data, struct wl_callback *callback, uint32_t serial)
{
    (void)serial;
    struct cf_display *display = data;
    wl_callback_destroy(callback);
    display->asked = NULL;
    display->calls.idle(display->calls.data, idle_now(display));
}

static const struct wl_callback_listener answers = {on_answered};

static void read_idle(struct cf_display *display)
{
    if (display->asked)
        wl_callback_destroy(display->asked);
    display->asked = wl_display_sync(display->connection);
    (void)wl_callback_add_listener(display->asked, &answers, display);
}

static void watch_input(struct cf_display *display)
{
    display->watched = true;
    for (size_t i = 0; i < SEATS; i++) {
        drop_watch(&display->seats[i]);
        if (display->seats[i].pause)
            begin_watch(&display->seats[i]);
    }
    read_idle(display);
}

/* ---- The connection ---- */

static void turn(void *data)
{
    struct cf_display *display = data;
    if (display->broken || wl_display_dispatch_pending(display->connection) < 0)
        display->calls.lost(display->calls.data);
    else
        (void)wl_display_flush(display->connection); /* what does not go out now goes with what comes next */
}

static void on_ready(void *data, bool broken)
{
    struct cf_display *display = data;
    display->broken |= broken;
    if (!display->broken && wl_display_prepare_read(display->connection) == 0) /* else `turn` is first */
        (void)wl_display_read_events(display->connection);
}

/* ---- Life ---- */

static void disconnect(void *data)
{
    struct cf_display *display = data;
    for (size_t i = 0; i < SEATS; i++)
        drop_seat(&display->seats[i]);
    if (display->asked)
        wl_callback_destroy(display->asked);
    if (display->notifier)
        ext_idle_notifier_v1_destroy(display->notifier);
    wl_registry_destroy(display->registry);
    wl_display_disconnect(display->connection);
    free(display);
}

static struct cf_display *open_wayland(struct cf_loop *loop, const struct cf_display_calls *calls)
{
    struct wl_display *connection = wl_display_connect(NULL);
    if (!connection)
        return NULL;
    if (!cf_display_is_users(wl_display_get_fd(connection))) {
        wl_display_disconnect(connection);
        return NULL;
    }
    struct cf_display *display = cf_alloc(sizeof *display);
    *display =
        (struct cf_display){.head.ops = &cf_wayland_ops,
                            .calls = *calls,
                            .loop = loop,
                            .connection = connection,
                            .registry = wl_display_get_registry(connection),
                            .pump = {.data = display, .turn = turn, .ready = on_ready, .closed = disconnect}};
    (void)wl_registry_add_listener(display->registry, &globals, display);
    if (wl_display_roundtrip(connection) < 0 || !display->notifier ||
        cf_pump_open(&display->pump, loop, wl_display_get_fd(connection)) < 0) {
        disconnect(display);
        return NULL;
    }
    return display;
}

static void close_wayland(struct cf_display *display)
{
    cf_pump_close(&display->pump);
}

const struct cf_display_ops cf_wayland_ops = {.source = CF_AGENT_WAYLAND,
                                              .open = open_wayland,
                                              .read = read_idle,
                                              .watch = watch_input,
                                              .close = close_wayland};
