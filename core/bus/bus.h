/*
 * A D-Bus connection in the loop: sd-bus's descriptor, events and timeout, read again each turn, and calls
 * that end once, with an error a person can read.
 */
#ifndef CF_BUS_BUS_H
#define CF_BUS_BUS_H

#include "time/loop.h"

#include <systemd/sd-bus.h>

struct cf_bus;
struct cf_bus_call;

/* Called once: the connection broke. The owner closes it, in this call or later. */
typedef void cf_bus_lost(void *data, const struct cf_error *err);

/* `reply` is borrowed; NULL where the call failed, and then err says how, with a code for it. */
typedef void cf_bus_done(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err);

/* A call, inside the object it belongs to; cancel it before freeing that. The first two are the owner's to
 * write. */
struct cf_bus_call {
    cf_bus_done *done;
    bool at_work;       /* only if its destination is: it is not begun for the call */
    struct cf_bus *bus; /* NULL: none is under way */
    struct cf_bus_call *prev, *next;
    sd_bus_message *message;
    struct cf_mono deadline;
    bool sent; /* else it waits for its turn */
    sd_bus_slot *slot;
    struct cf_timer failing; /* where it could not even be sent */
};

/* What is called: sd-bus's destination, object, interface and member. */
struct cf_bus_method {
    const char *destination, *path, *interface, *member;
};

/*
 * Connects; authentication and Hello follow in the loop, so nothing blocks. `address` NULL: the system bus.
 * `fd`: a socket at whose other end a bus is, which is closed with it, or now where this fails; -1: none.
 * CF_UNAVAILABLE where there is no bus.
 */
int cf_bus_open(struct cf_loop *loop, const char *address, int fd, cf_bus_lost *lost, void *data,
                struct cf_bus **ret_bus, struct cf_error *err);

/* Ends every call without calling back; frees itself after its uv handles. NULL is fine. */
void cf_bus_close(struct cf_bus *bus);

/* Calls `fn` for each signal that fits `rule`. 0 or CF_UNAVAILABLE. */
int cf_bus_match(struct cf_bus *bus, const char *rule, sd_bus_message_handler_t fn, void *data,
                 struct cf_error *err);

/*
 * Calls `method` with arguments as sd_bus_message_append takes them. `done` follows, never inside this call,
 * with CF_TIMEOUT after `limit`. Never asks a person for a password. Of many calls some wait for their turn.
 */
void cf_bus_call(struct cf_bus *bus, struct cf_bus_call *call, const struct cf_bus_method *method,
                 struct cf_span limit, const char *types, ...);

/* The call may go on, but `done` is not called any more. Safe at any time, also where none is under way. */
void cf_bus_call_cancel(struct cf_bus_call *call);

#endif
