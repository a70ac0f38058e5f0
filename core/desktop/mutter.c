#include "desktop/mutter.h"

#include "base/memory.h"
#include "desktop/session_bus.h"

#include <stdlib.h>

#define NAME  "org.gnome.Mutter.IdleMonitor"
#define PATH  "/org/gnome/Mutter/IdleMonitor/Core" /* of all input devices together */
#define LIMIT cf_seconds(1)

struct cf_display {
    struct cf_display_head head;
    struct cf_display_calls calls;
    struct cf_bus *bus;
    struct cf_bus_call reading, watching, unwatching;
    uint32_t watch; /* which is told of input, once; 0: none */
};

static void on_read(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    struct cf_display *display =
        (struct cf_display *)(void *)((char *)call - offsetof(struct cf_display, reading));
    uint64_t ms;
    bool known = reply && sd_bus_message_read(reply, "t", &ms) >= 0 && ms < INT64_MAX / 1000;
    display->calls.idle(display->calls.data, (struct cf_span){known ? (int64_t)ms * 1000 : CF_UNKNOWN_US});
}

static void ask(struct cf_display *display, struct cf_bus_call *call, const char *member, cf_bus_done *done)
{
    const struct cf_bus_method method = {NAME, PATH, NAME, member};
    cf_bus_call_cancel(call);
    *call = (struct cf_bus_call){.done = done, .at_work = true};
    cf_bus_call(display->bus, call, &method, LIMIT, NULL);
}

static void read_idle(struct cf_display *display)
{
    ask(display, &display->reading, "GetIdletime", on_read);
}

/* It is read after it is watched, so that nothing falls in between. */
static void on_watching(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    struct cf_display *display =
        (struct cf_display *)(void *)((char *)call - offsetof(struct cf_display, watching));
    if (reply && sd_bus_message_read(reply, "u", &display->watch) >= 0)
        read_idle(display);
    else
        display->calls.idle(display->calls.data, (struct cf_span){CF_UNKNOWN_US});
}

static void on_unwatched(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)call, (void)reply, (void)err;
}

static void watch_input(struct cf_display *display)
{
    static const struct cf_bus_method remove = {NAME, PATH, NAME, "RemoveWatch"};
    if (display->watch) {
        cf_bus_call_cancel(&display->unwatching);
        display->unwatching = (struct cf_bus_call){.done = on_unwatched, .at_work = true};
        cf_bus_call(display->bus, &display->unwatching, &remove, LIMIT, "u", display->watch);
        display->watch = 0;
    }
    ask(display, &display->watching, "AddUserActiveWatch", on_watching);
}

/* Anybody on this bus may send what looks like it: they are the user's own. */
static int on_signal(sd_bus_message *signal, void *data, sd_bus_error *ret_error)
{
    (void)ret_error;
    struct cf_display *display = data;
    uint32_t watch;
    if (sd_bus_message_read(signal, "u", &watch) < 0 || !watch || watch != display->watch)
        return 0;
    display->watch = 0;
    display->calls.input(display->calls.data);
    return 0;
}

static void on_lost(void *data, const struct cf_error *err)
{
    (void)err;
    const struct cf_display *display = data;
    display->calls.lost(display->calls.data);
}

static struct cf_display *open_mutter(struct cf_loop *loop, const struct cf_display_calls *calls)
{
    static const char rule[] = "type='signal',path='" PATH "',interface='" NAME "',member='WatchFired'";
    struct cf_error err;
    struct cf_display *display = cf_alloc(sizeof *display);
    *display = (struct cf_display){.head.ops = &cf_mutter_ops, .calls = *calls};
    if (cf_session_bus_open(loop, on_lost, display, &display->bus) != CF_OK) {
        free(display);
        return NULL;
    }
    (void)cf_bus_match(display->bus, rule, on_signal, display, &err);
    return display;
}

static void close_mutter(struct cf_display *display)
{
    cf_bus_call_cancel(&display->reading);
    cf_bus_call_cancel(&display->watching);
    cf_bus_call_cancel(&display->unwatching);
    cf_bus_close(display->bus);
    free(display);
}

const struct cf_display_ops cf_mutter_ops = {.source = CF_AGENT_MUTTER,
                                             .open = open_mutter,
                                             .read = read_idle,
                                             .watch = watch_input,
                                             .close = close_mutter};
