/* A dialog by another program, for desktops without notifications: zenity, kdialog or xmessage. */
#ifndef CF_DESKTOP_DIALOG_H
#define CF_DESKTOP_DIALOG_H

#include "agent/lines.h"
#include "time/loop.h"

struct cf_dialog;

/* Either is called once at most, and after `ended` it is no more: shown, or that none can be; and its end, by
 * the button or without it. */
struct cf_dialog_calls {
    void *data;
    void (*shown)(void *data, bool yes);
    void (*ended)(void *data, bool pressed);
};

struct cf_dialog *cf_dialog_show(struct cf_loop *loop, const struct cf_agent_order_line *order,
                                 const struct cf_dialog_calls *calls);

/* Which the agent is run again with: a parent's number, and the program and its words. */
#define CF_DIALOG_WORD "--dialog"

/* Becomes that program, which ends when its parent does; returns, with an exit status, only where it cannot.
 */
int cf_dialog_become(const char *parent, char **words);

/* Takes it away; nobody is called any more. NULL is fine. */
void cf_dialog_close(struct cf_dialog *dialog);

#endif
