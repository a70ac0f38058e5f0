/* The people of the simulated office: who they are, and what each does on a day. */
#ifndef CF_SIM_PERSON_H
#define CF_SIM_PERSON_H

#include "sim/random.h"
#include "sim/scenario.h"

/* The office's day begins at this hour of local time: later than the last leaves, earlier than the first
 * comes. */
enum { CF_OFFICE_DAWN = 4 };

/* An event of a day, small because there are many. */
struct cf_day_event {
    uint32_t at_ms; /* since the day's beginning */
    uint32_t label;
    uint8_t kind, word; /* enum cf_event_kind; an index of cf_office_words */
    uint16_t argument;
};

struct cf_day {
    struct cf_day_event *events;
    size_t count, room;
};

void cf_day_add(struct cf_day *day, struct cf_day_event event);

struct cf_person {
    struct cf_session record;
    uint64_t seed;                  /* of the person's days */
    uint32_t arrives_ms, leaves_ms; /* by habit, since the day's beginning */
    uint16_t forgets;               /* chance in a thousand to leave without logging off */
    bool works_jobs;
    bool terminal, remote_desktop;
    bool on, locked, disconnected; /* as far as the person knows */
    uint8_t job;                   /* the word of what runs; 0: nothing */
};

/* Texts that events refer to: 0 is none, then the jobs, then the faults. */
enum { CF_OFFICE_JOBS = 3, CF_OFFICE_FAULTS = 7 };
extern const char *const cf_office_words[1 + CF_OFFICE_JOBS + CF_OFFICE_FAULTS];

void cf_person_init(struct cf_person *person, uint32_t label, uint64_t seed);
void cf_person_finish(struct cf_person *person);

/* Adds the person's day, in order of time. weekday: 0 Monday. */
void cf_person_live(struct cf_person *person, uint32_t label, int weekday, struct cf_random *random,
                    struct cf_day *day);

#endif
