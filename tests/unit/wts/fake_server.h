/*
 * A terminal server of the test's own, with one session, in the place of wtsapi32.dll; and a helper in that
 * session, of which the test plays the part. Time is virtual and stands still; threads and pipes are real.
 */
#ifndef CF_TESTS_WTS_FAKE_SERVER_H
#define CF_TESTS_WTS_FAKE_SERVER_H

#include "../unit.h"

#include "wts/helper.h"
#include "wts/launch.h"
#include "wts/wts.h"

#define FAKE_MINUTE (INT64_C(60) * 10000000) /* of a FILETIME */
#define FAKE_NOON   INT64_C(134168544000000000)
#define FAKE_BIRTH  (FAKE_NOON - 60 * FAKE_MINUTE)
#define FAKE_ID     3

extern struct fake {
    struct cf_wts_infoex info; /* what is said of the session */
    void (*looked)(void);
    HANDLE flush; /* ends the wait for events */
    HANDLE over;  /* released by each thread of the events', … */
    int threads;  /* … of which there were so many */
    LONG looks, disconnects, launches;
    HANDLE helper; /* its end of the pipe; NULL: none was begun */
    char came[4096];
    DWORD came_length;

    struct cf_loop *loop;
    struct cf_backend *backend;
    bool listed, completed;
    int code; /* of the completion, … */
    char message[256];
    struct cf_mono input;   /* … of the session that it carried */
    struct cf_mono told;    /* the same, as the sink saw it last, … */
    char missing[256];      /* … "" for none */
    struct cf_identity own; /* the session's, as the sink saw it; id and host are constants */
} fake;

/* What happens without time passing, one thing at least; waits for it. */
void fake_turn(void);

/* The next order's id, once it has come. */
uint64_t fake_ordered(void);
void fake_say(uint64_t order, struct cf_span idle);
void fake_helper_dies(void);

/* ---- Its life ---- */

/* ana at the console since eleven; it is noon. `looked` happens behind each look; it may be NULL. */
void fake_open_host(void (*looked)(void));
void fake_close_host(void);

/* Of the session as it was seen last. */
void fake_submit(enum cf_action_kind action, struct cf_mono quiet_since);
void fake_complete(void);

#endif
