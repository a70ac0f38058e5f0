/* What a terminal server says of a session, as a session record; and the server's clock, by which it says it.
 */
#ifndef CF_WTS_RECORD_H
#define CF_WTS_RECORD_H

#include "session/session.h"
#include "wts/contract.h"

/* ---- The server's clock ---- */

/* How far two readings of it may lie from what passed here meanwhile, before that counts as a step: ticks of
 * Windows last 16 ms. */
#define CF_WTS_STEADY ((struct cf_span){50000})

struct cf_wts_clock {
    struct cf_clock clock; /* its monotonic axis is the loop's, less `base`; on the wall it is the server's */
    struct cf_mono base;
    bool known;
};

/* The server's clock showed `current` when the loop's showed `at`. What is looked up later holds for then. */
void cf_wts_clock_take(struct cf_wts_clock *clock, struct cf_mono at, int64_t current);

/* When it showed `time`, in the loop's time; unknown for 0. After a step the latest that fits. */
struct cf_mono cf_wts_clock_mono(const struct cf_wts_clock *clock, int64_t time);

/* What it showed, or will show, at `at`; 0 where it was never read. */
int64_t cf_wts_clock_time(const struct cf_wts_clock *clock, struct cf_mono at);

struct cf_instant cf_wts_instant(int64_t time); /* unknown for 0 */

/* ---- A session ---- */

/* Whether flags of being locked mean what they are called. Unknown: nobody knows which Windows it is. */
enum cf_wts_locks { CF_WTS_LOCKS_UNKNOWN, CF_WTS_LOCKS_PLAIN, CF_WTS_LOCKS_REVERSED };

/* Of this machine, by its version. */
enum cf_wts_locks cf_wts_locks_here(void);

/* The fields that enumerating tells, and those that a look at the one session adds. */
extern const uint64_t cf_wts_row_fields, cf_wts_info_fields;

/* Neither services nor a listener. */
bool cf_wts_is_session(DWORD id, DWORD state);

/* Sets cf_wts_row_fields: the state, and the names, NULL where there are none. */
void cf_wts_record_state(struct cf_session *record, DWORD state, const char *name);
void cf_wts_record_user(struct cf_session *record, const char *user, const char *domain);

/* Its user is there, so that a helper can tell of input. */
bool cf_wts_is_at_console(const struct cf_wts_infoex *info);

/* By its flags. */
enum cf_tri cf_wts_locked(const struct cf_wts_infoex *info, enum cf_wts_locks locks);

/*
 * The last sign of life that the server tells of, as a FILETIME, and 0 where that is not known: input, or
 * where the session is disconnected its disconnection; never earlier than its logon and its connection. Of
 * the console nothing is known: Windows leaves its time of input empty, or as it was in a session by RDP
 * before.
 */
int64_t cf_wts_last_life(const struct cf_wts_infoex *info);

/* Sets cf_wts_info_fields, and the birth. The clock must have taken info's `current`. */
void cf_wts_record_info(struct cf_session *record, const struct cf_wts_infoex *info,
                        const struct cf_wts_clock *clock, enum cf_wts_locks locks);

#endif
