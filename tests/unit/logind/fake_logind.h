/*
 * A logind of the test's own at the other end of a bus of its own: it lists `fake.sessions`, tells their
 * properties, counts what it is asked, and does nothing. `fake.fuller`: it is of systemd 256 or later.
 */
#ifndef CF_TESTS_LOGIND_FAKE_LOGIND_H
#define CF_TESTS_LOGIND_FAKE_LOGIND_H

#include "../unit.h"

#include "logind/logind.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#define FAKE_OWNER    ":1.1"
#define FAKE_SESSIONS "/org/freedesktop/login1/session"

enum { FAKE_MOST = 8 };

struct fake_session {
    const char *id, *user, *class_, *type, *tty, *state, *service, *display;
    uint32_t uid, leader;
    uint64_t born;      /* CLOCK_MONOTONIC, µs */
    uint64_t pidfd;     /* LeaderPIDFDId; 0: this logind does not tell */
    const char *cannot; /* "CanLock": which it says no to; NULL: it does not tell */
    unsigned reads;     /* GetAll, so far */
};

extern struct fake {
    struct fake_session sessions[FAKE_MOST];
    size_t count;
    bool fuller;
    const char *refusal; /* the error of one that is not */
    unsigned listings, locks;
    unsigned calls;       /* of logind, of whatever kind */
    unsigned bus_calls;   /* of the bus itself: hello, what is listened to, who owns a name */
    const char *slow;     /* the id of a session of which it tells only once it is released */
    sd_bus_message *held; /* who asked for that */
    struct cf_loop *loop;
    struct cf_backend *backend;
    int listener;
    sd_bus *bus;
    bool listed; /* what the sink was told */
    size_t seen;
    bool told; /* of any session */
    bool completed;
    struct cf_completion completion; /* without what it borrows */
    char name[64], message[256];     /* of the session that it carried; why not */
    enum cf_tri inhibited;           /* the same session */
    int64_t birth;                   /* of the session seen last */
    enum cf_tri disconnected;        /* the same */
    struct cf_mono disconnected_since;
} fake;

/* ---- What it says ---- */

struct fake_session *fake_session(const char *id);

void fake_release(void);

/* Both ends: once, or until `*over`. */
void fake_turn_once(void);
void fake_turn(const bool *over);

/* ---- One after the other ---- */

/* Connects the back end. */
void fake_connect(struct cf_logind_setup setup);

/* The same, and waits for its first listing. */
void fake_open(struct cf_logind_setup setup);
void fake_submit(enum cf_action_kind action, const char *id, int64_t birth, uint64_t fields,
                 struct cf_mono as_of);

/* Warns, and waits for what comes of it. */
void fake_warn(const char *id, int64_t birth, const char *text);
void fake_refuse_logons(const char *text);

/* Asks for it, and waits until it is completed. */
void fake_ask(enum cf_action_kind action, const char *id, int64_t birth, uint64_t fields,
              struct cf_mono as_of);
void fake_close(void);

#endif
