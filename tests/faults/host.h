/*
 * A host whose sessions, and whose record of all that was asked for them, lie in shared memory: they outlive
 * the program that asked. What curfew did is judged by that record. It acts when it is asked, and answers
 * later.
 */
#ifndef CF_TESTS_FAULTS_HOST_H
#define CF_TESTS_FAULTS_HOST_H

#include "../unit/unit.h"

#include "backend/backend.h"

enum { SEATS = 10000, RECORDS = 1 << 17 };

#define MINUTE_US INT64_C(60000000)

/* Times are the loop's, which goes on from life to life; 0: not so. */
struct seat {
    char id[8], user[8];
    int64_t birth, uid;
    int64_t last_input, types_from; /* then once a minute */
    int64_t disconnected, ends;
    bool present, deaf, protected, left; /* deaf: has to be forced; left: went by itself */
};

struct record {
    enum cf_action_kind action;
    uint32_t seat;
    int life, code;
    int64_t at, last_input, jumped; /* at that moment */
    bool on_disk;                   /* its row was, when it was asked */
};

/* How it fails at present. */
struct faults {
    bool silent, doubles, other_session, other_birth, lies;
    struct cf_span reading, acting; /* how much later it answers */
};

extern struct world {
    struct faults faults;
    struct seat seats[SEATS];
    struct record records[RECORDS];
    size_t seat_count, record_count;
    int life;               /* programs started */
    int64_t now;            /* as last seen */
    int64_t jumped;         /* when the clock was last set, or the host slept */
    uint64_t moments, last; /* of this life; at which it is killed, 0: none */
    const char *dies;       /* killed at the first moment of this name; NULL: at none */
} * world;

extern const struct cf_backend_ops host_ops;

/* Whoever watches the program on this host. */
extern struct host_watch {
    void (*moment)(const char *what); /* something happens now, of which it may be the end */
    bool (*has_row)(enum cf_action_kind action, const struct seat *seat); /* is this act's row on disk? */
} host_watch;

/* Before the first life: nobody is there, and nothing has happened. */
void host_make(void);
struct seat *host_seat(const char *user, int64_t uid);

/* ana; ben, who is back in the countdown; eve, who has to be forced; dan and root, who are protected; gil,
 * who is disconnected. In this order. */
void host_seat_all(void);

/* In a life: its whole listing anew; that it has seen the session; that the session goes now. */
void host_list_again(void);
void host_seen(const struct seat *seat);
void host_leave(uint32_t seat);

#endif
