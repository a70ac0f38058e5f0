/*
 * What tells of input at a display. One table of functions for each way; a display answers by the calls that
 * it was given, never inside a call to it.
 */
#ifndef CF_DESKTOP_DISPLAY_H
#define CF_DESKTOP_DISPLAY_H

#include "agent/lines.h"
#include "time/loop.h"

struct cf_display; /* each way's own; its first member is a struct cf_display_head */

struct cf_display_calls {
    void *data;
    void (*idle)(void *data, struct cf_span idle); /* once for each read() or watch(); unknown: not known */
    void (*input)(void *data);                     /* once for a watch(), unless another one came first */
    void (*lost)(void *data);                      /* it has gone; close it */
};

struct cf_display_ops {
    enum cf_agent_source source;
    /* NULL where there is no such display, or one that is not this user's. */
    struct cf_display *(*open)(struct cf_loop *loop, const struct cf_display_calls *calls);
    void (*read)(struct cf_display *display);
    /* Is told of the next input, from before it is read. */
    void (*watch)(struct cf_display *display);
    /* Frees itself after its uv handles. */
    void (*close)(struct cf_display *display);
};

struct cf_display_head {
    const struct cf_display_ops *ops;
};

/*
 * Whether the server at the other end of a connection is this user's own, or root's, as display managers have
 * it: by the kernel's word (SO_PEERCRED, unix(7)). Over a network nobody knows, and it is taken for theirs.
 */
bool cf_display_is_users(int fd);

static inline const struct cf_display_ops *cf_display_ops_of(const struct cf_display *display)
{
    return ((const struct cf_display_head *)(const void *)display)->ops;
}

#endif
