#include "desktop/agent.h"

#include "base/memory.h"
#include "base/text.h"
#include "desktop/channel.h"
#include "desktop/inhibitors.h"
#include "desktop/mutter.h"
#include "desktop/notices.h"
#include "desktop/wayland.h"
#include "desktop/x11.h"

#include <stdlib.h>

struct cf_desktop_agent {
    struct cf_loop *loop;
    struct cf_channel *channel;
    struct cf_display *display; /* NULL: none that tells of input */
    struct cf_notices *notices;
    struct cf_inhibitors *inhibitors;
    uint64_t asked[CF_AGENT_ORDERS]; /* orders that wait for the display's word, which is for all of them */
    size_t asked_count;
    struct cf_agent_answer state; /* to these, as far as it is known */
    uint64_t watched;             /* the order that waits for the next input; 0: none */
    bool waits_for_idle, waits_for_inhibitors;
};

/* ---- What the display tells ---- */

static void answer_when_known(struct cf_desktop_agent *agent)
{
    if (agent->waits_for_idle || agent->waits_for_inhibitors)
        return;
    for (size_t i = 0; i < agent->asked_count; i++) {
        agent->state.id = agent->asked[i];
        cf_channel_answer(agent->channel, &agent->state);
    }
    agent->asked_count = 0;
}

static void on_idle(void *data, struct cf_span idle)
{
    struct cf_desktop_agent *agent = data;
    agent->waits_for_idle = false;
    agent->state.idle = idle;
    if (agent->display && cf_span_known(idle))
        agent->state.source = cf_display_ops_of(agent->display)->source;
    answer_when_known(agent);
}

static void on_inhibited(void *data, enum cf_tri inhibited)
{
    struct cf_desktop_agent *agent = data;
    agent->waits_for_inhibitors = false;
    agent->state.inhibited = inhibited;
    answer_when_known(agent);
}

static void on_input(void *data)
{
    struct cf_desktop_agent *agent = data;
    const struct cf_agent_answer answer = {.id = agent->watched, .word = CF_AGENT_SAYS_INPUT, .yes = true};
    agent->watched = 0;
    if (answer.id)
        cf_channel_answer(agent->channel, &answer);
}

/* The session is over, or its display has crashed: there is nothing more to be told. */
static void on_display_lost(void *data)
{
    struct cf_desktop_agent *agent = data;
    cf_display_ops_of(agent->display)->close(agent->display);
    agent->display = NULL;
    cf_loop_stop(agent->loop);
}

/* Where there is Wayland, an X server sees only some of what is typed. Returns what the engine is told of it.
 */
static const char *open_display(struct cf_desktop_agent *agent)
{
    const struct cf_display_calls calls = {agent, on_idle, on_input, on_display_lost};
    const char *given = getenv("DISPLAY");
    bool wayland = getenv("WAYLAND_DISPLAY") || cf_text_equal(getenv("XDG_SESSION_TYPE"), "wayland");
    if (wayland)
        agent->display = cf_wayland_ops.open(agent->loop, &calls);
    if (wayland && !agent->display)
        agent->display = cf_mutter_ops.open(agent->loop, &calls);
    if (wayland || !given)
        return NULL;
    agent->display = cf_x11_ops.open(agent->loop, &calls);
    return agent->display || !cf_x11_is_astray() ? given : "";
}

/* ---- What the notices tell ---- */

static void on_shown(void *data, uint64_t id, bool yes)
{
    const struct cf_desktop_agent *agent = data;
    cf_channel_answer(agent->channel,
                      &(struct cf_agent_answer){.id = id, .word = CF_AGENT_SAYS_SHOWN, .yes = yes});
}

static void on_pressed(void *data, uint64_t id, bool yes)
{
    const struct cf_desktop_agent *agent = data;
    cf_channel_answer(agent->channel,
                      &(struct cf_agent_answer){.id = id, .word = CF_AGENT_SAYS_PRESSED, .yes = yes});
}

/* ---- Orders ---- */

/* It is read anew for each, so that what comes next is new enough for those that wait already. */
static void read_display(struct cf_desktop_agent *agent, const struct cf_agent_order_line *order)
{
    bool inhibitors = agent->waits_for_inhibitors;
    if (agent->asked_count == CF_AGENT_ORDERS)
        return; /* an engine sends no more */
    agent->asked[agent->asked_count++] = order->id;
    if (order->verb == CF_AGENT_WATCH)
        agent->watched = order->id;
    agent->state = (struct cf_agent_answer){
        .word = CF_AGENT_SAYS_STATE, .idle = {CF_UNKNOWN_US}, .inhibited = agent->state.inhibited};
    if (agent->asked_count == 1)
        agent->state.inhibited = CF_TRI_UNKNOWN;
    agent->waits_for_idle = agent->display != NULL;
    agent->waits_for_inhibitors = order->inhibited || inhibitors;
    if (order->inhibited)
        cf_inhibitors_read(agent->inhibitors);
    if (agent->display && order->verb == CF_AGENT_WATCH)
        cf_display_ops_of(agent->display)->watch(agent->display);
    else if (agent->display)
        cf_display_ops_of(agent->display)->read(agent->display);
    answer_when_known(agent);
}

static void on_begun(void *data, const char *session)
{
    const struct cf_desktop_agent *agent = data;
    cf_notices_begin(agent->notices, session);
}

static void on_order(void *data, const struct cf_agent_order_line *order)
{
    struct cf_desktop_agent *agent = data;
    switch (order->verb) {
    case CF_AGENT_READ:
    case CF_AGENT_WATCH: read_display(agent, order); break;
    case CF_AGENT_SHOW: cf_notices_show(agent->notices, order); break;
    default:
        cf_notices_close(agent->notices);
        cf_channel_answer(agent->channel, &(struct cf_agent_answer){
                                              .id = order->id, .word = CF_AGENT_SAYS_CLOSED, .yes = true});
    }
}

/* Nobody would take back what it has announced. */
static void on_lost(void *data)
{
    struct cf_desktop_agent *agent = data;
    agent->asked_count = 0;
    agent->watched = 0;
    cf_notices_close(agent->notices);
}

/* ---- Life ---- */

struct cf_desktop_agent *cf_desktop_agent_create(struct cf_loop *loop, const char *path)
{
    struct cf_desktop_agent *agent = cf_alloc(sizeof *agent);
    agent->loop = loop;
    const char *display = open_display(agent);
    agent->inhibitors = cf_inhibitors_create(loop, on_inhibited, agent);
    agent->notices = cf_notices_create(loop, &(struct cf_notices_calls){agent, on_shown, on_pressed});
    agent->channel = cf_channel_create(loop, path, display,
                                       &(struct cf_channel_calls){agent, on_begun, on_order, on_lost});
    return agent;
}

void cf_desktop_agent_destroy(struct cf_desktop_agent *agent)
{
    cf_channel_destroy(agent->channel);
    cf_notices_destroy(agent->notices);
    cf_inhibitors_destroy(agent->inhibitors);
    if (agent->display)
        cf_display_ops_of(agent->display)->close(agent->display);
    free(agent);
}
