/*
 * A terminal server in memory: sessions, and what a scenario's events do to them. All by one lock, which
 * whoever calls holds. What it is, the environment says:
 *
 *   CF_TEST_SCENARIO  the file of events, as `sim` plays it
 *   CF_TEST_SESSIONS  that many sessions by RDP beside them, idle for as many minutes as their number
 *   CF_TEST_AT        µs of the scenario that have passed when the program begins
 *   CF_TEST_SPEED     how many times as fast time passes; "leap": as leap.h says
 *   CF_TEST_LOG       a file to which goes what is done to sessions, and at the end how often each function
 * was called CF_TEST_FAULTS    words with blanks between them, see faults.h
 */
#ifndef CF_TEST_SERVER_H
#define CF_TEST_SERVER_H

#include "sim/scenario.h"
#include "wts/contract.h"

struct session {
    bool present, console, blind, hung, locked;
    DWORD id, state;
    uint32_t label; /* of the scenario */
    unsigned connection;
    char *name, *user, *domain, *client;            /* name: NULL is made of the connection */
    int64_t logon, connect, disconnect, last_input; /* FILETIMEs */
    char **programs;                                /* beside explorer.exe */
    size_t program_count;
    int64_t asked; /* questions on the screen: a serial number, … */
    DWORD answer;  /* … and the answer to the latest, 0: none */
};

void server_open(void (*over)(void)); /* once; `over` is told that the scenario is, and the process ends */
void server_lock(void);
void server_unlock(void);

/* Plays what is due. */
void server_catch_up(void);
int64_t server_wall(void); /* FILETIME */

/* Waits, without the lock, until something has happened or the time `until` (µs, pace_now's) has come. */
void server_wait(int64_t until);
void server_wake(void); /* something has happened */

struct session *server_session(DWORD id); /* NULL: none */
size_t server_count(void);
struct session *server_at(size_t index); /* in order of their coming; NULL: it has gone */
DWORD server_caller(void);               /* the session of this process */

void server_end(struct session *session, const char *why);
void server_disconnect(struct session *session);

/* Bits of WTS_EVENT_…: those since the caller's last look, whose serial number it keeps. */
DWORD server_events(uint64_t *since);

void server_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
