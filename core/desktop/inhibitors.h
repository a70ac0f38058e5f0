/*
 * Whether a program keeps this desktop from going idle, as films and talks do. Asked of the desktop's session
 * manager and of its power manager, by the user's own bus, where either is at work.
 */
#ifndef CF_DESKTOP_INHIBITORS_H
#define CF_DESKTOP_INHIBITORS_H

#include "session/session.h"
#include "time/loop.h"

struct cf_inhibitors;

/* Unknown: neither says. Once for each read(), never inside it; only once where another read() came before.
 */
typedef void cf_inhibitors_told(void *data, enum cf_tri inhibited);

struct cf_inhibitors *cf_inhibitors_create(struct cf_loop *loop, cf_inhibitors_told *told, void *data);
void cf_inhibitors_read(struct cf_inhibitors *inhibitors);
void cf_inhibitors_destroy(struct cf_inhibitors *inhibitors);

#endif
