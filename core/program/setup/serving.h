/* A running engine's control socket: what it answers, with the journal behind it. */
#ifndef CF_PROGRAM_SERVING_H
#define CF_PROGRAM_SERVING_H

#include "control/requests.h"
#include "journal/writer.h"

struct cf_serving;

struct cf_serving_setup {
    struct cf_engine *engine;
    const char *path;                                         /* where to listen */
    const char *const *administrators;                        /* as in struct cf_control_setup */
    const char *state;                                        /* folder of the journal on disk; NULL: none */
    const struct cf_writer *writer;                           /* of that journal; NULL: none */
    void (*reload)(void *data, struct cf_control_call *call); /* as in struct cf_requests */
    void *data;
};

enum { CF_SERVING_ENTRIES = 200 }; /* of a session that has ended: the latest are told */

/* Codes as cf_control_create. */
int cf_serving_create(const struct cf_serving_setup *setup, struct cf_serving **ret_serving,
                      struct cf_error *err);

/* Before the engine's end. NULL is fine; run the loop afterwards. */
void cf_serving_destroy(struct cf_serving *serving);

#endif
