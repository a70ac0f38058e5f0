/* A running engine's control socket: what it answers, with the journal behind it. */
#ifndef CF_PROGRAM_CONTROL_SERVER_H
#define CF_PROGRAM_CONTROL_SERVER_H

#include "control/requests.h"
#include "journal/writer.h"

struct cf_control_server;

struct cf_control_server_setup {
    struct cf_engine *engine;
    const char *path;                                         /* where to listen */
    const char *state;                                        /* folder of the journal on disk; NULL: none */
    const struct cf_writer *writer;                           /* of that journal; NULL: none */
    void (*reload)(void *data, struct cf_control_call *call); /* as in struct cf_requests */
    void *data;
};

enum { CF_CONTROL_SERVER_ENTRIES = 200 }; /* of a session that has ended: the latest are told */

/* Codes as cf_control_create. */
int cf_control_server_create(const struct cf_control_server_setup *setup,
                             struct cf_control_server **ret_server, struct cf_error *err);

/* As cf_control_set_administrators. */
void cf_control_server_set_administrators(struct cf_control_server *server, const int64_t *gids,
                                          size_t count);

/* Before the engine's end. NULL is fine; run the loop afterwards. */
void cf_control_server_destroy(struct cf_control_server *server);

#endif
