#include "desktop/notices.h"

#include "base/memory.h"
#include "base/text.h"
#include "bus/bus.h"
#include "desktop/dialog.h"
#include "desktop/leftover.h"
#include "desktop/session_bus.h"

#include <stdlib.h>
#include <string.h>

#define NAME     "org.freedesktop.Notifications"
#define PATH     "/org/freedesktop/Notifications"
#define LIMIT    cf_seconds(5) /* for the daemon, which may have to be started */
#define CRITICAL 2             /* urgency: it stays until it is answered, and over what fills the screen */
#define TITLE    "curfew"
#define ICON     "dialog-warning"

/* What is to be shown, kept until it is known whether the daemon takes it. */
struct message {
    uint64_t id; /* the order's; 0: nothing is shown */
    char *title, *text, *button;
    struct cf_span shown_for;
};

struct cf_notices {
    struct cf_loop *loop;
    struct cf_notices_calls calls;
    struct cf_bus *bus; /* while something is shown; NULL: none */
    struct cf_bus_call notify, taking_back, telling;
    uint64_t told;  /* the order of what is being shown beside the warning; 0: nothing is */
    uint32_t shown; /* the notification's number; 0: none */
    char *note;     /* where it is noted for another agent, should this one be killed; NULL: nowhere */
    struct cf_dialog *dialog;
    struct message message;
};

static void drop_bus(struct cf_notices *notices)
{
    cf_bus_call_cancel(&notices->notify);
    cf_bus_call_cancel(&notices->taking_back);
    cf_bus_call_cancel(&notices->telling);
    cf_bus_close(notices->bus);
    notices->bus = NULL;
    notices->shown = 0;
    cf_leftover_forget(notices->note);
}

static void forget(struct cf_notices *notices)
{
    free(notices->message.title);
    free(notices->message.text);
    free(notices->message.button);
    notices->message = (struct message){0};
}

static struct cf_agent_order_line order_of(const struct message *message)
{
    return (struct cf_agent_order_line){.id = message->id,
                                        .title = message->title,
                                        .text = message->text,
                                        .button = message->button,
                                        .shown_for = message->shown_for};
}

/* ---- A dialog instead ---- */

static void on_dialog_shown(void *data, bool yes)
{
    const struct cf_notices *notices = data;
    notices->calls.shown(notices->calls.data, notices->message.id, yes);
}

static void on_dialog_ended(void *data, bool pressed)
{
    struct cf_notices *notices = data;
    uint64_t id = notices->message.id;
    notices->dialog = NULL;
    forget(notices);
    if (pressed)
        notices->calls.pressed(notices->calls.data, id, true);
}

static void show_dialog(struct cf_notices *notices)
{
    const struct cf_dialog_calls calls = {notices, on_dialog_shown, on_dialog_ended};
    struct cf_agent_order_line order = order_of(&notices->message);
    notices->dialog = cf_dialog_show(notices->loop, &order, &calls);
}

/* ---- The notification ---- */

/* The bus has gone, and with it what it showed, or may show: somebody has to be told all the same. */
static void on_lost(void *data, const struct cf_error *err)
{
    (void)err;
    struct cf_notices *notices = data;
    bool unknown = notices->notify.bus != NULL;
    drop_bus(notices);
    if (unknown && notices->message.id)
        show_dialog(notices);
}

static void on_notified(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    struct cf_notices *notices =
        (struct cf_notices *)(void *)((char *)call - offsetof(struct cf_notices, notify));
    if (reply && sd_bus_message_read(reply, "u", &notices->shown) >= 0 && notices->shown) {
        struct cf_leftover shown = {.number = notices->shown};
        const char *owner = sd_bus_message_get_sender(reply);
        (void)snprintf(shown.owner, sizeof shown.owner, "%s", owner ? owner : "");
        cf_leftover_note(notices->note, &shown);
        notices->calls.shown(notices->calls.data, notices->message.id, true);
    } else {
        show_dialog(notices);
    }
}

/* Anybody on this bus may send what looks like a daemon's word: they are the user's own, like the button. */
static int on_signal(sd_bus_message *signal, void *data, sd_bus_error *ret_error)
{
    (void)ret_error;
    struct cf_notices *notices = data;
    uint32_t id;
    uint64_t order = notices->message.id;
    if (sd_bus_message_read(signal, "u", &id) < 0 || !notices->shown || id != notices->shown)
        return 0;
    if (sd_bus_message_is_signal(signal, NAME, "ActionInvoked")) {
        cf_notices_close(notices); /* it is answered, whether the daemon leaves it there or not */
        if (order)
            notices->calls.pressed(notices->calls.data, order, true);
    } else if (sd_bus_message_is_signal(signal, NAME, "NotificationClosed")) {
        notices->shown = 0; /* dismissed: no answer, and the next is another one */
        cf_leftover_forget(notices->note);
    }
    return 0;
}

static void open_bus(struct cf_notices *notices)
{
    static const char rule[] = "type='signal',path='" PATH "',interface='" NAME "'";
    struct cf_error err;
    if (notices->bus || cf_session_bus_open(notices->loop, on_lost, notices, &notices->bus) != CF_OK)
        return;
    (void)cf_bus_match(notices->bus, rule, on_signal, notices, &err);
}

/* Daemons that know markup take "<" for its beginning, those that do not show what stands for it. Most do. */
static char *escaped(const char *text)
{
    struct cf_buffer out = {0};
    char safe[CF_AGENT_TEXT];
    (void)cf_text_safe(text, safe, sizeof safe);
    for (const char *at = safe; *at; at++)
        if (*at == '<' || *at == '>' || *at == '&')
            cf_buffer_puts(&out, *at == '<' ? "&lt;" : *at == '>' ? "&gt;" : "&amp;");
        else
            cf_buffer_add(&out, at, 1);
    return out.data ? out.data : cf_strdup("");
}

/* Replaces the one of that number, which the daemon then shows no more, wherever it was; 0: none. */
static void notify(struct cf_notices *notices, struct cf_bus_call *call,
                   const struct cf_agent_order_line *order, uint32_t number)
{
    static const struct cf_bus_method method = {NAME, PATH, NAME, "Notify"};
    char *body = escaped(order->text);
    const int32_t expires = cf_span_known(order->shown_for) && order->shown_for.us < INT32_MAX * INT64_C(1000)
                                ? (int32_t)(order->shown_for.us / 1000)
                                : 0;
    const char *title = order->title ? order->title : TITLE, *button = order->button;
    if (button) /* no "default" beside it: Xfce would show a second button, and any click is input anyway */
        cf_bus_call(notices->bus, call, &method, LIMIT, "susssasa{sv}i", TITLE, number, ICON, title, body, 2,
                    "here", button, 1, "urgency", "y", CRITICAL, expires);
    else
        cf_bus_call(notices->bus, call, &method, LIMIT, "susssasa{sv}i", TITLE, number, ICON, title, body, 0,
                    1, "urgency", "y", CRITICAL, expires);
    free(body);
}

/* ---- Beside a warning ---- */

static void end_telling(struct cf_notices *notices, bool shown)
{
    uint64_t id = notices->told;
    notices->told = 0;
    if (id)
        notices->calls.shown(notices->calls.data, id, shown);
}

static void on_told(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    end_telling((struct cf_notices *)(void *)((char *)call - offsetof(struct cf_notices, telling)), reply);
}

/* A message says nothing that could be answered, and stands in no warning's place. */
static void tell(struct cf_notices *notices, const struct cf_agent_order_line *order)
{
    cf_bus_call_cancel(&notices->telling);
    end_telling(notices, false);
    notices->told = order->id;
    open_bus(notices);
    notices->telling.done = on_told;
    if (notices->bus)
        notify(notices, &notices->telling, order, 0);
    else
        end_telling(notices, false);
}

void cf_notices_show(struct cf_notices *notices, const struct cf_agent_order_line *order)
{
    if (order->beside && notices->message.id) {
        tell(notices, order);
        return;
    }
    forget(notices);
    cf_bus_call_cancel(&notices->notify);
    cf_dialog_close(notices->dialog);
    notices->dialog = NULL;
    notices->message = (struct message){.id = order->id,
                                        .title = cf_strdup(order->title),
                                        .text = cf_strdup(order->text),
                                        .button = cf_strdup(order->button),
                                        .shown_for = order->shown_for};
    open_bus(notices);
    notices->notify.done = on_notified;
    if (notices->bus)
        notify(notices, &notices->notify, order, notices->shown);
    else
        show_dialog(notices);
}

static void on_taken_back(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)reply, (void)err;
    struct cf_notices *notices =
        (struct cf_notices *)(void *)((char *)call - offsetof(struct cf_notices, taking_back));
    if (!notices->message.id)
        drop_bus(notices); /* at rest nothing is to be heard there */
}

/* Asks the daemon of that name on the bus. */
static void take_back(struct cf_notices *notices, const char *daemon, uint32_t number)
{
    const struct cf_bus_method method = {daemon, PATH, NAME, "CloseNotification"};
    notices->taking_back.done = on_taken_back;
    cf_bus_call_cancel(&notices->taking_back);
    cf_bus_call(notices->bus, &notices->taking_back, &method, LIMIT, "u", number);
}

void cf_notices_close(struct cf_notices *notices)
{
    forget(notices);
    cf_bus_call_cancel(&notices->notify);
    cf_dialog_close(notices->dialog);
    notices->dialog = NULL;
    if (notices->bus && notices->shown) {
        take_back(notices, NAME, notices->shown);
        notices->shown = 0;
    } else if (notices->bus && !notices->taking_back.bus) {
        drop_bus(notices);
    }
}

void cf_notices_begin(struct cf_notices *notices, const char *session)
{
    struct cf_leftover left;
    free(notices->note);
    notices->note = cf_leftover_path(session);
    if (notices->message.id || !cf_leftover_find(notices->note, &left))
        return;
    open_bus(notices);
    if (notices->bus)
        take_back(notices, left.owner, left.number);
}

struct cf_notices *cf_notices_create(struct cf_loop *loop, const struct cf_notices_calls *calls)
{
    struct cf_notices *notices = cf_alloc(sizeof *notices);
    *notices = (struct cf_notices){.loop = loop, .calls = *calls};
    return notices;
}

void cf_notices_destroy(struct cf_notices *notices)
{
    cf_notices_close(notices); /* what is asked of the bus is sent at once */
    drop_bus(notices);
    free(notices->note);
    free(notices);
}
