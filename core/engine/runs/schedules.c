/*
 * clock.every and clock.at: what runs each span, at appointments, or when a calendar's windows begin.
 *
 * Appointments are armed anew on every change of the clock, as cron and systemd do. Set back by a small step
 * (CF_CLOCK_SMALL), nothing happens twice; by a larger one, what lies between comes again. What is later than
 * its policy wants is skipped, and the journal says so.
 */
#include "engine/runs/schedules.h"

#include "base/memory.h"
#include "engine/task.h"

#include <stdlib.h>

#define CF_APPOINTMENT_LATE                                                                                  \
    cf_minutes(5) /* how late clock.at keeps an appointment, unless it says otherwise */

enum { WINDOWS_SKIPPED = 1000 }; /* of a calendar, that are counted while the host slept */

static struct cf_instant wall_of(const struct cf_schedule *schedule)
{
    return cf_loop_wall(schedule->policy->engine->loop);
}

/* ---- When ---- */

/* The first time after `after`; of a calendar's windows, the one open then counts, too. */
static void arm(struct cf_schedule *schedule, struct cf_instant after)
{
    struct cf_loop *loop = schedule->policy->engine->loop;
    schedule->after = after;
    if (cf_span_known(schedule->every))
        cf_timer_set(loop, &schedule->timer, cf_mono_add(cf_loop_now(loop), schedule->every));
    else if (schedule->calendar)
        cf_timer_set_wall(loop, &schedule->timer, cf_calendar_starts(schedule->calendar, after));
    else
        cf_timer_set_wall(loop, &schedule->timer, cf_appointment_next(&schedule->appointment, after));
}

/* The start of the last window that has begun, where one began at `due`. */
static struct cf_instant last_start(const struct cf_schedule *schedule, struct cf_instant due)
{
    struct cf_instant wall = wall_of(schedule);
    for (int i = 0; i < WINDOWS_SKIPPED; i++) {
        struct cf_instant next =
            cf_calendar_starts(schedule->calendar, cf_calendar_ends(schedule->calendar, due));
        if (next.us > wall.us || next.us <= due.us)
            break;
        due = next;
    }
    return due;
}

static bool is_late(const struct cf_schedule *schedule, struct cf_instant due)
{
    struct cf_instant wall = wall_of(schedule);
    if (schedule->calendar && !cf_calendar_contains(schedule->calendar, wall))
        return true;
    return cf_span_known(schedule->late) && wall.us - due.us > schedule->late.us;
}

static void skip(const struct cf_schedule *schedule, struct cf_instant due)
{
    struct cf_engine *engine = schedule->policy->engine;
    char at[CF_INSTANT_TEXT], by[CF_SPAN_TEXT], late[CF_SPAN_TEXT];
    struct cf_span missed = {wall_of(schedule).us - due.us};
    missed.us -= missed.us % CF_SECOND.us;
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "the appointment of %.16s was missed by %s",
                     cf_instant_local(due, engine->setup.zone, at), cf_span_words(missed, by));
    if (cf_span_known(schedule->late))
        cf_buffer_printf(&text, "; it may be kept up to %s late", cf_span_words(schedule->late, late));
    else
        cf_buffer_puts(&text, "; its window is over");
    struct cf_entry entry = {
        .what = CF_WHAT_SKIPPED, .policy = cf_policy_name(schedule->policy), .text = text.data};
    cf_engine_write(engine, &entry, NULL, NULL);
    cf_buffer_finish(&text);
}

/* Whether the clock has only moved inside one window of the schedule's calendar. */
static bool stays_inside(const struct cf_schedule *schedule, struct cf_instant was)
{
    const struct cf_calendar *calendar = schedule->calendar;
    struct cf_instant wall = wall_of(schedule);
    return calendar && cf_calendar_contains(calendar, was) && cf_calendar_contains(calendar, wall) &&
           cf_calendar_ends(calendar, was).us == cf_calendar_ends(calendar, wall).us;
}

/* The same for a window that has had its run. */
static bool stays_inside_begun(const struct cf_schedule *schedule, struct cf_instant was)
{
    return stays_inside(schedule, was) && schedule->after.us >= cf_calendar_ends(schedule->calendar, was).us;
}

bool cf_schedule_lets_go(const struct cf_task *task)
{
    const struct cf_schedule *schedule = task->schedule;
    struct cf_instant due = task->due;
    if (cf_span_known(schedule->every))
        return false;
    bool again = wall_of(schedule).us < due.us && !stays_inside(schedule, due),
         late = !again && is_late(schedule, due);
    if (late)
        skip(schedule, due);
    if ((again || late) && schedule->policy->refusal.text)
        (void)cf_policy_refuse_logons(schedule->policy, NULL, NULL);
    return again || late;
}

static void begin(struct cf_schedule *schedule, struct cf_instant due)
{
    struct cf_task *task = cf_detached_start(schedule->policy, CF_TASK_ONCE, schedule->function, 0);
    task->schedule = schedule;
    task->due = due;
}

/* Where the next one is sought after this one was skipped: those that are not too late are kept. */
static struct cf_instant after_skipped(const struct cf_schedule *schedule, struct cf_instant due)
{
    struct cf_instant timely = {wall_of(schedule).us - schedule->late.us - 1};
    return timely.us > due.us ? timely : due;
}

static void on_time(struct cf_timer *timer)
{
    struct cf_schedule *schedule = timer->data;
    bool at_work = !schedule->policy->set_aside && !schedule->policy->resting;
    struct cf_instant due = {timer->due_us};
    if (cf_span_known(schedule->every)) {
        if (at_work)
            begin(schedule, due);
        arm(schedule, due);
        return;
    }
    if (schedule->calendar)
        due = last_start(schedule, due);
    bool late = is_late(schedule, due);
    if (at_work && late)
        skip(schedule, due);
    else if (at_work)
        begin(schedule, due);
    struct cf_instant wall = wall_of(schedule);
    if (schedule->calendar)
        arm(schedule, cf_calendar_ends(schedule->calendar, due.us > wall.us ? due : wall));
    else
        arm(schedule, late ? after_skipped(schedule, due) : due);
}

/* ---- When the clock changes ---- */

void cf_schedules_clock_set(struct cf_policy *policy, struct cf_instant was)
{
    for (struct cf_schedule *schedule = policy->schedules; schedule; schedule = schedule->next) {
        struct cf_instant wall = wall_of(schedule);
        bool set_back = schedule->after.us - wall.us > CF_CLOCK_SMALL.us;
        if (!cf_span_known(schedule->every) && set_back && !stays_inside_begun(schedule, was))
            arm(schedule, wall);
    }
}

void cf_schedules_calendar_changed(struct cf_policy *policy)
{
    for (struct cf_schedule *schedule = policy->schedules; schedule; schedule = schedule->next) {
        struct cf_instant wall = wall_of(schedule);
        bool begun = schedule->after.us > wall.us; /* the window that was open has had its run */
        if (schedule->calendar)
            arm(schedule, begun ? cf_calendar_ends(schedule->calendar, wall) : wall);
    }
}

/* ---- What a policy declares ---- */

static struct cf_schedule *add_schedule(struct cf_policy *policy, uint64_t function)
{
    struct cf_schedule *schedule = cf_alloc(sizeof *schedule);
    *schedule = (struct cf_schedule){.policy = policy,
                                     .function = function,
                                     .every = {CF_UNKNOWN_US},
                                     .late = {CF_UNKNOWN_US},
                                     .timer = {.fire = on_time, .data = schedule},
                                     .next = policy->schedules};
    return policy->schedules = schedule;
}

void cf_policy_every(struct cf_policy *policy, struct cf_span span, uint64_t function)
{
    struct cf_schedule *schedule = add_schedule(policy, function);
    schedule->every = span;
    arm(schedule, (struct cf_instant){0});
}

int cf_policy_at(struct cf_policy *policy, const char *appointment, struct cf_span late, uint64_t function,
                 struct cf_error *err)
{
    struct cf_appointment parsed;
    int code = cf_appointment_parse(appointment, policy->engine->setup.zone, &parsed, err);
    if (code != 0)
        return code;
    struct cf_schedule *schedule = add_schedule(policy, function);
    schedule->appointment = parsed;
    schedule->late = cf_span_known(late) ? late : CF_APPOINTMENT_LATE;
    arm(schedule, wall_of(schedule));
    return 0;
}

void cf_policy_at_windows(struct cf_policy *policy, struct cf_calendar *calendar, struct cf_span late,
                          uint64_t function)
{
    struct cf_schedule *schedule = add_schedule(policy, function);
    schedule->calendar = cf_calendar_ref(calendar);
    schedule->late = late;
    arm(schedule, wall_of(schedule));
}

void cf_schedules_destroy(struct cf_policy *policy)
{
    while (policy->schedules) {
        struct cf_schedule *schedule = policy->schedules;
        policy->schedules = schedule->next;
        cf_timer_stop(policy->engine->loop, &schedule->timer);
        cf_calendar_unref(schedule->calendar);
        free(schedule);
    }
}
