/*
 * Scenarios: what happens on a simulated host, as a flat stream of timed events. A Lua file, the office
 * generator and tests all make these; `sim` plays them, and so can any other host made for tests (the text
 * form is JSON lines).
 *
 * Labels number the places at which people log on (0, 1, 2…), in order of first use. A label has at most one
 * session at a time; what the policies do to it, the scenario cannot know.
 */
#ifndef CF_SIM_SCENARIO_H
#define CF_SIM_SCENARIO_H

#include "base/text.h"
#include "session/session.h"

enum {
    CF_SCENARIO_EVENTS = 1000000, /* in a file or a script */
    CF_SCENARIO_LABELS = 1000000,
    CF_SCENARIO_LINE = 65536, /* bytes of a line of a file */
    CF_SCENARIO_TEXT = 250,   /* bytes of a text */
    CF_SCENARIO_ITEMS = 64,   /* names in a list */
    CF_SCENARIO_ID = 60,      /* bytes of a session's id */
};

#define CF_SCENARIO_LENGTH (INT64_C(36890) * 86400 * 1000000) /* µs: 101 years */

enum cf_event_kind {
    CF_EVENT_LOGON,        /* `logon`: a new session; the label has none */
    CF_EVENT_INPUT,        /* a key or the mouse */
    CF_EVENT_OUTPUT,       /* a program prints: no sign of life */
    CF_EVENT_STOP_OUTPUT,  /* Ctrl-S: nothing can be written to the terminal, … */
    CF_EVENT_START_OUTPUT, /* … until Ctrl-Q; neither is read by anybody, so neither is input */
    CF_EVENT_LOCK,
    CF_EVENT_UNLOCK, /* counts as input */
    CF_EVENT_DISCONNECT,
    CF_EVENT_RECONNECT, /* counts as input */
    CF_EVENT_RETURN,    /* comes back to the desk: unlocks, reconnects, or logs on again if curfew ended the
                           session */
    CF_EVENT_LOGOFF,    /* the user leaves */
    CF_EVENT_JOB,       /* `text` runs from now on; with `argument` 0 it has ended */
    CF_EVENT_ANSWER,    /* presses the button of the notice shown, if any: yes with `argument` 1, else no */
    CF_EVENT_SLEEP,     /* the host sleeps for `argument` µs and resumes */
    CF_EVENT_STEP,      /* the host's wall clock is stepped by `argument` µs */
    CF_EVENT_FAULT,     /* `text` names a fault (struct cf_sim_faults), `argument` its new value */
    CF_EVENT_KINDS
};

const char *cf_event_name(enum cf_event_kind kind);
int cf_event_by_name(const char *name); /* -1: none */

struct cf_event {
    int64_t at_us; /* since the scenario's start, never going back */
    enum cf_event_kind kind;
    uint32_t label; /* unless SLEEP, STEP, FAULT */
    int64_t argument;
    const char *text;               /* borrowed until the next event is asked for */
    const struct cf_session *logon; /* LOGON: the record to log on with; its identity.id may ask for a certain
                                     * id (ids return), else the host numbers; idle_source "unknown" makes its
                                     * idle time unknown for good. Borrowed for the scenario's life */
    int line;                       /* of the scenario's file, 0 for generated ones */
};

/* A stream of events; made by its maker's function, destroyed through it. */
struct cf_scenario {
    struct cf_instant start;    /* wall clock at at_us = 0 */
    int64_t length_us;          /* the simulation's end, since start */
    const struct cf_zone *zone; /* in which the maker said the start; NULL: it did not say */
    int64_t caller;             /* the label at which this very process runs, and 1; 0: at none */
    bool (*next)(struct cf_scenario *scenario, struct cf_event *ret_event); /* false: no more */
    void (*destroy)(struct cf_scenario *scenario);
};

void cf_scenario_destroy(struct cf_scenario *scenario); /* NULL is fine */

/*
 * A scenario out of a list built event by event: for Lua files and tests. Checks each event against what went
 * before (time going back, input on a session that is not there, a second logon, unlocking what is not
 * locked…): CF_POLICY with the label's user and what contradicts.
 */
struct cf_script;
struct cf_script *cf_script_create(struct cf_instant start);
int cf_script_add(struct cf_script *script, const struct cf_event *event, struct cf_error *err); /* copies */
struct cf_scenario *cf_script_finish(struct cf_script *script,
                                     int64_t length_us); /* takes the script; the length is at
                                                          * least up to the last event */
void cf_script_destroy(struct cf_script *script);

/* The flat text form: a line of JSON an event, after a first line with start and length. */
int cf_scenario_print(struct cf_scenario *scenario, int (*line)(void *data, const char *text, size_t length),
                      void *data); /* consumes the stream, lines come without line feed; stops at a non-zero
                                    * return, which it returns */

/* Reads a file of that form, checked like a script. CF_POLICY with the file and the line; CF_FAILED:
 * unreadable. */
int cf_scenario_read(const char *path, struct cf_scenario **ret_scenario, struct cf_error *err);

/* Days at an office, the same for equal settings on every machine. */
struct cf_office {
    uint32_t users; /* at most 1,000,000 */
    uint32_t days;  /* at most 36,600 */
    uint64_t seed;
    struct cf_instant start;    /* midnight, UTC */
    bool faults;                /* with faults of the host, now and then */
    const struct cf_zone *zone; /* whose clock people live by */
};

/* Streams a day at a time: memory grows with users, not with days. CF_USAGE where a number is out of bounds.
 */
int cf_office_create(const struct cf_office *office, struct cf_scenario **ret_scenario, struct cf_error *err);

#endif
