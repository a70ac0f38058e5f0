/* A crowd on a simulated host under one policy, with a share and a pace, and what the journal said of it. */
#ifndef CF_TESTS_SCENARIOS_CROWD_H
#define CF_TESTS_SCENARIOS_CROWD_H

#include "simulation.h"

#include "sim/random.h"

enum { CROWD_MOST = 10000, CROWD_EVENTS = 20000 };

/* What the journal said. Times are since the start; 0: never. */
extern struct heard {
    struct simulation sim;
    int64_t logoffs[CROWD_MOST], held_at; /* the first in order */
    char why[256];
    size_t logoff_count, held, ended, refused, withdrawn, warning_count;
    int64_t warned[CROWD_MOST], warned_last[CROWD_MOST]; /* by user, of the end that is announced */
    size_t warnings[CROWD_MOST];                         /* by user, that announced an end anew */
    size_t late; /* logoffs after a countdown of idle.lua that was no whole one, or longer than it may be */
} heard;

/* First, then those who are to be there, then one of crowd_open. */
void crowd_begin(void);
void crowd_event(enum cf_event_kind kind, uint32_t label, struct cf_span at);

/* Logs on, and gives no further sign of life; the label, which is the number in "user12", too. The record, of
 * type "tty", may be changed. */
uint32_t crowd_add(const char *class, struct cf_span at);
struct cf_session *crowd_record(uint32_t label);
void crowd_add_many(size_t count, struct cf_span at);

/* They are there, and type every ten minutes for four hours. */
void crowd_add_busy(size_t count, struct cf_random *random);

/* Pace 0: the usual one. */
void crowd_open(const char *policy, double share, uint32_t pace);
void crowd_open_faulty(const char *policy, double share, uint32_t pace, struct cf_sim_faults faults);
void crowd_open_on(struct cf_sim_setup sim, struct cf_store *store, const char *policy, double share,
                   uint32_t pace);
void crowd_run_to(struct cf_span since_start);
void crowd_close(void);

/* How many were ended in the ten minutes until then. */
size_t crowd_ended_before(int64_t at);

#endif
