/*
 * The engine's end of a connection to an agent. It sends orders and takes their answers. An agent is not
 * trusted: it may only answer what it was asked, once, within a time limit, in short lines; anything else
 * ends the connection, with a sentence that says why.
 */
#ifndef CF_AGENT_LINK_H
#define CF_AGENT_LINK_H

#include "agent/lines.h"
#include "time/loop.h"

#define CF_AGENT_READ_LIMIT cf_seconds(3) /* for what it knows */
#define CF_AGENT_SHOW_LIMIT                                                                                  \
    cf_seconds(8) /* for a notice to be on the screen: its daemon may have to be started */

struct cf_agent_link;
struct cf_agent_order;

/* Called once, never inside the call that asked. `answer` NULL: there is none, and there will be none. */
typedef void cf_agent_done(struct cf_agent_order *order, const struct cf_agent_answer *answer);

/* What was asked, inside the object that it belongs to; cancel it before freeing that. `done` is the owner's.
 */
struct cf_agent_order {
    cf_agent_done *done;
    struct cf_loop *loop;
    struct cf_agent_link *link; /* whose answer is awaited; NULL: nobody's */
    struct cf_timer refused;    /* where there is none to be had */
};

/* Called from the loop; each may destroy the link. */
struct cf_agent_link_calls {
    void (*input)(void *data);                  /* there was input since it was watched */
    void (*pressed)(void *data, bool yes);      /* the button of the notice that it shows, or its "no" */
    void (*ended)(void *data, const char *why); /* once: nothing is to be had of it any more; destroy it */
};

/* Takes over `fd`, a connected socket. `calls` is copied. */
struct cf_agent_link *cf_agent_link_create(struct cf_loop *loop, int fd, const char *session,
                                           const struct cf_agent_link_calls *calls, void *data);

/* Orders under way end without an answer; frees itself after its uv handle. NULL is fine. */
void cf_agent_link_destroy(struct cf_agent_link *link);

/* Sends an order, whose texts are borrowed for the call; `line.id` is filled in here. */
void cf_agent_link_send(struct cf_agent_link *link, struct cf_agent_order *order,
                        const struct cf_agent_order_line *line);

/* `done` is not called any more. Safe at any time, also where none is under way. */
void cf_agent_order_cancel(struct cf_agent_order *order);

/* Whether the next input is still to be told. */
bool cf_agent_link_watches(const struct cf_agent_link *link);

#endif
