/*
 * The agent's end of its connection to the engine: says what it is, is given orders, answers. Where no engine
 * is there, it waits for one by the folder of its socket; one that refuses it is asked again, less and less
 * often.
 */
#ifndef CF_DESKTOP_CHANNEL_H
#define CF_DESKTOP_CHANNEL_H

#include "agent/lines.h"
#include "time/loop.h"

#define CF_CHANNEL_LEAST cf_seconds(1) /* from a refusal until the next try; then twice as long each time */
#define CF_CHANNEL_MOST  cf_seconds(300)

struct cf_channel;

struct cf_channel_calls {
    void *data;
    void (*begun)(void *data, const char *session); /* the engine has taken it, for this session */
    void (*order)(void *data, const struct cf_agent_order_line *order); /* borrowed for the call */
    void (*lost)(void *data); /* the engine has gone, and with it whatever it has asked for */
};

/* `display`: as in the agent's first line (lines.h). */
struct cf_channel *cf_channel_create(struct cf_loop *loop, const char *path, const char *display,
                                     const struct cf_channel_calls *calls);

/* Frees itself after its uv handles. */
void cf_channel_destroy(struct cf_channel *channel);

/* Nobody is told where there is no connection any more. */
void cf_channel_answer(struct cf_channel *channel, const struct cf_agent_answer *answer);

#endif
