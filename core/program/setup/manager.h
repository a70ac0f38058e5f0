/*
 * The service manager. systemd is told (by the datagrams of sd_notify(3)) how a running engine is: READY once
 * its host has listed its sessions, RELOADING, STOPPING, a STATUS of one line, and WATCHDOG at half of the
 * time that the manager wants it in. A loop that is stuck, in a script or elsewhere, feeds no watchdog.
 * Windows' is told that it runs and that it stops, and tells when to stop and to reload, of sessions and of a
 * resume.
 *
 * NULL is fine everywhere, and costs nothing: nobody manages this program.
 */
#ifndef CF_PROGRAM_MANAGER_H
#define CF_PROGRAM_MANAGER_H

#include "engine/engine.h"
#include "journal/writer.h"

#define CF_MANAGER_PACE cf_seconds(2) /* between two looks at what STATUS says */

struct cf_manager;

struct cf_manager_setup {
    struct cf_loop *loop;
    const struct cf_engine *engine; /* borrowed until destroy */
    const struct cf_writer *writer; /* NULL: none */
    void (*reload)(void *data);     /* Windows' asks for it; systemd by a signal */
    void *data;
};

/* NULL: there is no $NOTIFY_SOCKET, or this process is no service. */
struct cf_manager *cf_manager_create(const struct cf_manager_setup *setup);
void cf_manager_destroy(struct cf_manager *manager); /* run the loop afterwards */

void cf_manager_ready(struct cf_manager *manager); /* again if you like */
void cf_manager_reloading(struct cf_manager *manager);
void cf_manager_reloaded(struct cf_manager *manager); /* whatever came of it */
void cf_manager_stopping(struct cf_manager *manager);

#endif
