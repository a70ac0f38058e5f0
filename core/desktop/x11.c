#include "desktop/x11.h"

#include "base/memory.h"
#include "desktop/saver.h"
#include "time/pump.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/sync.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>

/* Where nothing tells of the next input, and it is waited for. */
#define PACE cf_seconds(2)

struct cf_display {
    struct cf_display_head head;
    struct cf_display_calls calls;
    struct cf_loop *loop;
    xcb_connection_t *connection;
    uint8_t first_event;        /* of the extension's */
    xcb_sync_counter_t counter; /* XCB_NONE: there is none, and the screen saver's extension is asked */
    xcb_sync_alarm_t alarm;     /* XCB_NONE: none is set */
    unsigned asked;             /* the sequence number of a question; 0: none */
    bool reads;                 /* … whose answer somebody waits for */
    bool watches;               /* without an alarm: … */
    struct cf_timer again;      /* … it is asked again, … */
    struct cf_mono since;       /* … and input from then on is what is waited for */
    struct cf_pump pump;
};

/* ---- Coming in ---- */

static struct cf_span span_of(xcb_sync_int64_t value)
{
    int64_t ms = (int64_t)((uint64_t)(uint32_t)value.hi << 32 | value.lo);
    return (struct cf_span){ms < 0 ? CF_UNKNOWN_US : ms * 1000};
}

static struct cf_span idle_of(const struct cf_display *display, const void *reply)
{
    const xcb_sync_query_counter_reply_t *counter = reply;
    return !reply             ? (struct cf_span){CF_UNKNOWN_US}
           : display->counter ? span_of(counter->counter_value)
                              : cf_saver_idle(reply);
}

/* Asked again: has there been input since it is waited for? Else it is asked once more, later on. */
static bool is_told(struct cf_display *display, struct cf_span idle)
{
    struct cf_mono now = cf_loop_now(display->loop);
    bool input = display->watches && cf_span_known(idle) && idle.us < cf_mono_since(display->since, now).us;
    if (input)
        display->watches = false;
    if (display->watches)
        cf_timer_set(display->loop, &display->again, cf_mono_add(now, PACE));
    return input;
}

static void take_answer(struct cf_display *display)
{
    void *reply = NULL;
    xcb_generic_error_t *error = NULL;
    if (!display->asked || !xcb_poll_for_reply(display->connection, display->asked, &reply, &error))
        return;
    struct cf_span idle = idle_of(display, reply);
    bool reads = display->reads, told = is_told(display, idle);
    display->asked = 0;
    display->reads = false;
    free(reply);
    free(error);
    if (reads)
        display->calls.idle(display->calls.data, idle);
    if (told)
        display->calls.input(display->calls.data);
}

static void take_event(struct cf_display *display, const xcb_generic_event_t *event)
{
    const xcb_sync_alarm_notify_event_t *alarm = (const void *)event;
    if ((event->response_type & 0x7f) != display->first_event + XCB_SYNC_ALARM_NOTIFY || !display->alarm ||
        alarm->alarm != display->alarm)
        return;
    xcb_sync_destroy_alarm(display->connection, display->alarm);
    display->alarm = XCB_NONE;
    display->calls.input(display->calls.data);
}

static void turn(void *data)
{
    struct cf_display *display = data;
    xcb_generic_event_t *event;
    take_answer(display);
    while ((event = xcb_poll_for_event(display->connection))) {
        take_event(display, event);
        free(event);
    }
    (void)xcb_flush(display->connection);
    if (xcb_connection_has_error(display->connection))
        display->calls.lost(display->calls.data);
}

/* ---- Going out ---- */

static void ask(struct cf_display *display)
{
    if (display->asked)
        xcb_discard_reply(display->connection, display->asked);
    display->asked = display->counter ? xcb_sync_query_counter(display->connection, display->counter).sequence
                                      : cf_saver_ask(display->connection);
}

static void read_idle(struct cf_display *display)
{
    display->reads = true;
    ask(display);
}

static void ask_again(struct cf_timer *timer)
{
    struct cf_display *display = timer->data;
    if (!display->asked)
        ask(display);
}

/* Falls to zero with any input; what it is now is more, from a millisecond on. */
static void watch_input(struct cf_display *display)
{
    const uint32_t values[] = {display->counter,
                               XCB_SYNC_VALUETYPE_ABSOLUTE,
                               0,
                               1,
                               XCB_SYNC_TESTTYPE_NEGATIVE_TRANSITION,
                               0,
                               0,
                               true};
    if (!display->counter) {
        display->watches = true;
        display->since = cf_loop_now(display->loop); /* what was before, the answer tells */
        read_idle(display);
        return;
    }
    if (display->alarm)
        xcb_sync_destroy_alarm(display->connection, display->alarm);
    display->alarm = xcb_generate_id(display->connection);
    xcb_sync_create_alarm(display->connection, display->alarm,
                          XCB_SYNC_CA_COUNTER | XCB_SYNC_CA_VALUE_TYPE | XCB_SYNC_CA_VALUE |
                              XCB_SYNC_CA_TEST_TYPE | XCB_SYNC_CA_DELTA | XCB_SYNC_CA_EVENTS,
                          values);
    read_idle(display);
}

/* ---- Life ---- */

static bool is_xwayland(xcb_connection_t *connection)
{
    static const char name[] = "XWAYLAND";
    xcb_query_extension_reply_t *reply = xcb_query_extension_reply(
        connection, xcb_query_extension(connection, (uint16_t)strlen(name), name), NULL);
    bool present = !reply || reply->present;
    free(reply);
    return present;
}

/* Its name follows its length at once: xcb_sync_systemcounter_name counts two bytes of padding that are not
 * on the wire. */
static bool is_named(const xcb_sync_systemcounter_t *counter, const char *name)
{
    const char *own = (const char *)&counter->name_len + sizeof counter->name_len;
    return counter->name_len == strlen(name) && memcmp(own, name, strlen(name)) == 0;
}

static xcb_sync_counter_t find_counter(xcb_connection_t *connection)
{
    xcb_sync_counter_t found = XCB_NONE;
    free(xcb_sync_initialize_reply(connection, xcb_sync_initialize(connection, 3, 1), NULL));
    xcb_sync_list_system_counters_reply_t *list =
        xcb_sync_list_system_counters_reply(connection, xcb_sync_list_system_counters(connection), NULL);
    if (!list)
        return XCB_NONE;
    for (xcb_sync_systemcounter_iterator_t at = xcb_sync_list_system_counters_counters_iterator(list);
         at.rem && !found; xcb_sync_systemcounter_next(&at))
        if (is_named(at.data, "IDLETIME"))
            found = at.data->counter;
    free(list);
    return found;
}

static bool is_usable(xcb_connection_t *connection)
{
    return !xcb_connection_has_error(connection) && cf_display_is_users(xcb_get_file_descriptor(connection));
}

bool cf_x11_is_astray(void)
{
    xcb_connection_t *connection = xcb_connect(NULL, NULL);
    bool usable = is_usable(connection);
    xcb_disconnect(connection);
    return !usable;
}

static void disconnect(void *data)
{
    struct cf_display *display = data;
    xcb_disconnect(display->connection);
    free(display);
}

static struct cf_display *open_x11(struct cf_loop *loop, const struct cf_display_calls *calls)
{
    xcb_connection_t *connection = xcb_connect(NULL, NULL);
    bool usable = is_usable(connection) && !is_xwayland(connection);
    const xcb_query_extension_reply_t *extension =
        usable ? xcb_get_extension_data(connection, &xcb_sync_id) : NULL;
    xcb_sync_counter_t counter = extension && extension->present ? find_counter(connection) : XCB_NONE;
    if (!counter && !(usable && cf_saver_is_there(connection))) {
        xcb_disconnect(connection);
        return NULL;
    }
    struct cf_display *display = cf_alloc(sizeof *display);
    *display = (struct cf_display){.head.ops = &cf_x11_ops,
                                   .calls = *calls,
                                   .loop = loop,
                                   .connection = connection,
                                   .first_event = counter ? extension->first_event : 0,
                                   .counter = counter,
                                   .again = {.fire = ask_again, .data = display},
                                   .pump = {.data = display, .turn = turn, .closed = disconnect}};
    if (cf_pump_open(&display->pump, loop, xcb_get_file_descriptor(connection)) == 0)
        return display;
    disconnect(display);
    return NULL;
}

static void close_x11(struct cf_display *display)
{
    cf_timer_stop(display->loop, &display->again);
    cf_pump_close(&display->pump);
}

const struct cf_display_ops cf_x11_ops = {
    .source = CF_AGENT_X11, .open = open_x11, .read = read_idle, .watch = watch_input, .close = close_x11};
