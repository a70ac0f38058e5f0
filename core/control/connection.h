/* A command's connection to a running engine. Its calls block, until the deadline at most. */
#ifndef CF_CONTROL_CONNECTION_H
#define CF_CONTROL_CONNECTION_H

#include "base/error.h"
#include "time/clock.h"

#include <stddef.h>

struct cf_connection;

/* One request and its answer, by which all calls of a connection go; borrowed by it. */
struct cf_exchange {
    const char *path; /* where the engine listens */
    struct cf_clock clock;
    struct cf_mono deadline;
};

/* CF_UNAVAILABLE: no engine runs there. CF_DENIED: the caller may not. CF_TIMEOUT. Else it cannot be had. */
int cf_connection_open(const struct cf_exchange *exchange, struct cf_connection **ret_connection,
                       struct cf_error *err);
void cf_connection_close(struct cf_connection *connection);

/* Sends all of it, but for what nobody listens to any more: they may have answered all the same. */
int cf_connection_send(struct cf_connection *connection, const char *bytes, size_t length,
                       struct cf_error *err);

/* What has come, a byte at least. CF_UNAVAILABLE: the engine went away. CF_TIMEOUT. */
int cf_connection_receive(struct cf_connection *connection, char *chunk, size_t room, size_t *ret_length,
                          struct cf_error *err);

/* How much time is left; none or less: it is late. */
struct cf_span cf_exchange_left(const struct cf_exchange *exchange);

/* The sentences of both ends: CF_TIMEOUT, CF_UNAVAILABLE. */
int cf_exchange_late(const struct cf_exchange *exchange, struct cf_error *err);
int cf_exchange_lost(const struct cf_exchange *exchange, struct cf_error *err);
int cf_exchange_no_engine(const struct cf_exchange *exchange, struct cf_error *err);

#endif
