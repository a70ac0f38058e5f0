/* What runs each span, at appointments, or when a window of a calendar begins. */
#ifndef CF_ENGINE_SCHEDULES_H
#define CF_ENGINE_SCHEDULES_H

#include "calendar/appointment.h"
#include "calendar/calendar.h"
#include "engine/engine.h"

/* clock.every and clock.at. */
struct cf_schedule {
    struct cf_policy *policy;
    uint64_t function;
    struct cf_span every;         /* unknown: by appointment */
    struct cf_calendar *calendar; /* each start of its windows; NULL: by appointment */
    struct cf_appointment appointment;
    struct cf_span late;     /* how late it may be kept; unknown: of a calendar, while the window lasts */
    struct cf_instant after; /* the next one is the first after this time */
    struct cf_timer timer;
    struct cf_schedule *next;
};

/* Those by calendars, which hold other windows now, are armed anew. */
void cf_schedules_calendar_changed(struct cf_policy *policy);

void cf_schedules_destroy(struct cf_policy *policy);

/* The clock on the wall, which showed `was`, was set by more than CF_CLOCK_SMALL, or the host slept. */
void cf_schedules_clock_set(struct cf_policy *policy, struct cf_instant was);

struct cf_task;

/* Whether a run that was begun for a time is over rather than begun afresh: that is too long ago, which is
 * journalled, or comes again. */
bool cf_schedule_lets_go(const struct cf_task *task);

#endif
