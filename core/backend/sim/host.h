/*
 * The host in memory: who sits where, and what an event does.
 *
 * Whoever is called through the sink may close the back end. Then `closed` is set, nothing more is said, and
 * the memory goes when the last cf_host_leave() does.
 */
#ifndef CF_SIM_HOST_H
#define CF_SIM_HOST_H

#include "sim/ids.h"
#include "sim/random.h"
#include "sim/rules.h"

enum { CF_SIM_NOTICES = 64 }; /* shown at one label; then the oldest goes */

/* Pushed with every logon and listing; the on-demand fields are read only. */
#define CF_SIM_ON_DEMAND (CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU))
#define CF_SIM_SHOWN     (CF_FIELDS_ALL & ~CF_SIM_ON_DEMAND)

/* Told once asked for: what happens at a terminal or desktop all the time. */
#define CF_SIM_TOLD (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_OUTPUT))

struct cf_seat_notice {
    uint64_t id;
    bool asks;
    struct cf_buffer text; /* kept for the next notice when this one goes */
};

/* A label: who sits there, now or when they come back. */
struct cf_seat {
    bool present;
    bool hung;        /* a logoff was accepted and the session stays */
    bool blind;       /* its idle time is never known */
    bool stopped;     /* its terminal's output; `blocked` tells from the first warning on that finds it so */
    uint64_t watched; /* the fields whose next change is to be told */
    bool occupied;    /* somebody has logged on here, so that somebody can return */
    uint32_t label;
    struct cf_session record; /* identity: `id` below and the host's own name */
    struct cf_session origin; /* the record to log on with */
    char id[CF_SCENARIO_ID + 1], wanted_id[CF_SCENARIO_ID + 1];
    uint64_t wanted_boot;
    int64_t wanted_birth; /* 0: any */
    int64_t jobs;         /* running, each on a processor of its own */
    int64_t cpu_from_us;  /* record.cpu counts up to here, on the clock that stands while the host sleeps */
    struct cf_seat_notice *notices;
    size_t notice_count, notice_room;
};

struct cf_pending;

struct cf_backend {
    struct cf_backend_head head;
    struct cf_loop *loop;
    struct cf_backend_sink sink;
    char *host;
    bool pushes_input, samples_input, hides_births, bare;
    uint64_t sampled; /* fields that are not pushed */
    char *warns_by, *own, *lost;
    void (*on_request)(void *data, const struct cf_request *request);
    void *on_request_data;
    unsigned cannot; /* kinds of requests */
    struct cf_capabilities capabilities;

    bool closed;
    unsigned depth; /* callbacks we are in */
    void (*destroy)(struct cf_backend *sim);

    struct cf_scenario *scenario;
    struct cf_event event; /* the next one, while event_timer is set */
    struct cf_timer event_timer, listing_timer;
    struct cf_mono base; /* of at_us */
    uint64_t played;
    void (*on_event)(void *data, const struct cf_event *event, const struct cf_session *session);
    void *on_event_data;

    struct cf_seat **seats; /* by label; NULL: never used */
    size_t seat_room;
    struct cf_ids ids;
    uint64_t boot, last_id;
    int64_t last_birth, asleep_us;
    bool refusing;       /* logons, … */
    char *refusing_text; /* … for this reason */

    struct cf_sim_faults faults;
    struct cf_random random;
    struct cf_session lie;         /* borrows a record's strings */
    unsigned holds, holds_answers; /* kinds of requests that wait for cf_sim_release() */
    struct cf_pending **pendings;  /* all there are, … */
    size_t pending_count;
    struct cf_pending *idle_pendings; /* … and those to be used again */
};

void cf_host_enter(struct cf_backend *sim);
void cf_host_leave(struct cf_backend *sim); /* calls `destroy` where it was closed meanwhile */

/* Lets an event happen: CF_POLICY where it contradicts, CF_DENIED where logons are refused. */
int cf_host_apply(struct cf_backend *sim, const struct cf_event *event, struct cf_error *err);

struct cf_seat *cf_host_seat(const struct cf_backend *sim, uint32_t label); /* NULL: never used */
struct cf_seat *cf_host_find(const struct cf_backend *sim,
                             const struct cf_identity *identity); /* NULL: gone */
void cf_host_list(struct cf_backend *sim);
void cf_host_finish(struct cf_backend *sim);

/* Tells of a session's fields, whether it would by itself or not. */
void cf_host_tell(struct cf_backend *sim, const struct cf_seat *seat, uint64_t fields);

/* The first session that is not this one; NULL: there is none. */
const struct cf_seat *cf_host_other(const struct cf_backend *sim, const struct cf_seat *seat);

/* Ends a session where no event of the scenario did: `why` is "ended" or "vanished". */
void cf_host_end_by_itself(struct cf_backend *sim, struct cf_seat *seat, const char *why);

void cf_host_end_untold(struct cf_backend *sim, struct cf_seat *seat);

void cf_host_lock(struct cf_backend *sim, struct cf_seat *seat);
void cf_host_disconnect(struct cf_backend *sim, struct cf_seat *seat);
void cf_host_block(struct cf_backend *sim, struct cf_seat *seat);           /* a warning found it stopped */
void cf_host_count_cpu(const struct cf_backend *sim, struct cf_seat *seat); /* brings record.cpu up to now */

void cf_seat_show(struct cf_seat *seat, uint64_t id, const char *text, bool asks);
void cf_seat_withdraw(struct cf_seat *seat, uint64_t id); /* unknown ones are fine */

#endif
