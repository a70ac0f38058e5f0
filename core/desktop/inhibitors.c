#include "desktop/inhibitors.h"

#include "base/memory.h"
#include "desktop/session_bus.h"

#include <stdlib.h>

#define LIMIT cf_seconds(1)
#define IDLE  8u /* of GNOME's session manager: what is inhibited is the session being marked as idle */

enum { SESSION_MANAGER, POWER_MANAGER, ASKED };

/* GNOME and MATE have the first, KDE and Xfce the second. */
static const struct cf_bus_method methods[ASKED] = {
    {"org.gnome.SessionManager", "/org/gnome/SessionManager", "org.gnome.SessionManager", "IsInhibited"},
    {"org.freedesktop.PowerManagement", "/org/freedesktop/PowerManagement/Inhibit",
     "org.freedesktop.PowerManagement.Inhibit", "HasInhibit"}};

struct asked {
    struct cf_bus_call call; /* first, so that one is found from the other */
    struct cf_inhibitors *inhibitors;
};

struct cf_inhibitors {
    struct cf_loop *loop;
    cf_inhibitors_told *told;
    void *data;
    struct cf_bus *bus; /* NULL: none */
    struct asked asked[ASKED];
    struct cf_timer alone; /* there is nobody to ask */
    int open;              /* answers to come */
    enum cf_tri said;
};

static void finish(struct cf_inhibitors *inhibitors)
{
    inhibitors->told(inhibitors->data, inhibitors->said);
}

static void on_answer(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    (void)err;
    struct cf_inhibitors *inhibitors = ((struct asked *)(void *)call)->inhibitors;
    int yes;
    if (reply && sd_bus_message_read(reply, "b", &yes) >= 0 && inhibitors->said != CF_TRI_YES)
        inhibitors->said = cf_tri_of(yes);
    if (--inhibitors->open == 0)
        finish(inhibitors);
}

static void drop_bus(struct cf_inhibitors *inhibitors)
{
    for (int i = 0; i < ASKED; i++)
        cf_bus_call_cancel(&inhibitors->asked[i].call);
    cf_bus_close(inhibitors->bus);
    inhibitors->bus = NULL;
}

static void on_lost(void *data, const struct cf_error *err)
{
    (void)err;
    struct cf_inhibitors *inhibitors = data;
    bool waited = inhibitors->open > 0;
    drop_bus(inhibitors);
    inhibitors->open = 0;
    inhibitors->said = CF_TRI_UNKNOWN;
    if (waited)
        finish(inhibitors);
}

static void on_alone(struct cf_timer *timer)
{
    finish(timer->data);
}

void cf_inhibitors_read(struct cf_inhibitors *inhibitors)
{
    if (inhibitors->open > 0 || cf_timer_is_set(&inhibitors->alone))
        return;
    inhibitors->said = CF_TRI_UNKNOWN;
    if (!inhibitors->bus &&
        cf_session_bus_open(inhibitors->loop, on_lost, inhibitors, &inhibitors->bus) != CF_OK) {
        cf_timer_defer(inhibitors->loop, &inhibitors->alone);
        return;
    }
    inhibitors->open = ASKED;
    for (int i = 0; i < ASKED; i++) {
        inhibitors->asked[i] =
            (struct asked){.call = {.done = on_answer, .at_work = true}, .inhibitors = inhibitors};
        if (i == SESSION_MANAGER)
            cf_bus_call(inhibitors->bus, &inhibitors->asked[i].call, &methods[i], LIMIT, "u", IDLE);
        else
            cf_bus_call(inhibitors->bus, &inhibitors->asked[i].call, &methods[i], LIMIT, NULL);
    }
}

struct cf_inhibitors *cf_inhibitors_create(struct cf_loop *loop, cf_inhibitors_told *told, void *data)
{
    struct cf_inhibitors *inhibitors = cf_alloc(sizeof *inhibitors);
    *inhibitors = (struct cf_inhibitors){
        .loop = loop, .told = told, .data = data, .alone = {.fire = on_alone, .data = inhibitors}};
    return inhibitors;
}

void cf_inhibitors_destroy(struct cf_inhibitors *inhibitors)
{
    cf_timer_stop(inhibitors->loop, &inhibitors->alone);
    drop_bus(inhibitors);
    free(inhibitors);
}
