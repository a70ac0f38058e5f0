/*
 * The one notice that is on the screen: a desktop's notification (org.freedesktop.Notifications), which the
 * next one replaces, or, where nobody answers as a notification daemon, a dialog (zenity, kdialog, xmessage).
 */
#ifndef CF_DESKTOP_NOTICES_H
#define CF_DESKTOP_NOTICES_H

#include "agent/lines.h"
#include "time/loop.h"

struct cf_notices;

struct cf_notices_calls {
    void *data;
    void (*shown)(void *data, uint64_t id, bool yes); /* once for each show() that no other has followed */
    void (*pressed)(void *data, uint64_t id, bool yes);
};

struct cf_notices *cf_notices_create(struct cf_loop *loop, const struct cf_notices_calls *calls);

/* It is for this session. Takes back what an agent of it that was killed has left on the screen. */
void cf_notices_begin(struct cf_notices *notices, const char *session);

/* Shows it, in the place of the one before. Its texts are borrowed for the call. */
void cf_notices_show(struct cf_notices *notices, const struct cf_agent_order_line *order);

/* Takes away what is shown, if anything. */
void cf_notices_close(struct cf_notices *notices);

/* The same, and frees itself after its uv handles. */
void cf_notices_destroy(struct cf_notices *notices);

#endif
