#include "sim/person.h"

#include "base/memory.h"

#include <stdlib.h>

const char *const cf_office_words[1 + CF_OFFICE_JOBS + CF_OFFICE_FAULTS] = {
    NULL,        "make",  "rsync",    "matlab",  "slow",        "failing",
    "vanishing", "lying", "refusing", "hanging", "undelivered",
};

enum {
    SECOND = 1000,
    MINUTE = 60 * SECOND,
    HOUR = 60 * MINUTE,
    LUNCH = (12 - CF_OFFICE_DAWN) * HOUR,
    MIDNIGHT = (24 - CF_OFFICE_DAWN) * HOUR,
};

/* A person's day as it is being made. */
struct routine {
    struct cf_person *person;
    struct cf_random *random;
    struct cf_day *day;
    uint32_t label;
    uint32_t at_ms; /* now; never goes back */
};

void cf_day_add(struct cf_day *day, struct cf_day_event event)
{
    if (day->count == day->room) {
        day->room = day->room ? 2 * day->room : 1024;
        day->events = cf_resize(day->events, day->room * sizeof *day->events);
    }
    day->events[day->count++] = event;
}

/* What the person does now, and what comes of it. */
static void put(struct routine *routine, enum cf_event_kind kind, uint8_t word, uint16_t argument)
{
    struct cf_person *person = routine->person;
    cf_day_add(routine->day, (struct cf_day_event){.at_ms = routine->at_ms,
                                                   .label = routine->label,
                                                   .kind = (uint8_t)kind,
                                                   .word = word,
                                                   .argument = argument});
    switch (kind) {
    case CF_EVENT_LOGON:
        person->on = true;
        person->locked = person->disconnected = false;
        break;
    case CF_EVENT_LOCK: person->locked = true; break;
    case CF_EVENT_UNLOCK: person->locked = false; break;
    case CF_EVENT_DISCONNECT: person->disconnected = true; break;
    case CF_EVENT_RECONNECT: person->disconnected = false; break;
    case CF_EVENT_RETURN: person->locked = person->disconnected = false; break;
    case CF_EVENT_LOGOFF:
        person->on = false;
        person->job = 0;
        break;
    case CF_EVENT_JOB: person->job = argument ? word : 0; break;
    default: break;
    }
}

static void act(struct routine *routine, enum cf_event_kind kind)
{
    put(routine, kind, 0, 0);
}

static void pass(struct routine *routine, uint32_t least_ms, uint32_t most_ms)
{
    routine->at_ms += cf_random_between(routine->random, least_ms, most_ms);
}

static bool chance(struct routine *routine, unsigned per_thousand)
{
    return cf_random_chance(routine->random, per_thousand);
}

static void start_job(struct routine *routine)
{
    put(routine, CF_EVENT_JOB, (uint8_t)cf_random_between(routine->random, 1, CF_OFFICE_JOBS), 1);
}

static void end_job(struct routine *routine)
{
    act(routine, CF_EVENT_OUTPUT);
    put(routine, CF_EVENT_JOB, routine->person->job, 0);
}

/* Leaves the keyboard alone, in whatever way the person has. */
static void turn_away(struct routine *routine, unsigned locks, unsigned disconnects)
{
    const struct cf_person *person = routine->person;
    pass(routine, SECOND, 10 * SECOND);
    if (!person->terminal && chance(routine, locks))
        act(routine, CF_EVENT_LOCK);
    else if (person->remote_desktop && chance(routine, disconnects))
        act(routine, CF_EVENT_DISCONNECT);
}

/*
 * Back at the keyboard. After a while people come back as if the session might have ended meanwhile; after a
 * moment they go on where they were.
 */
static void turn_back(struct routine *routine, bool long_gone)
{
    const struct cf_person *person = routine->person;
    if (long_gone)
        act(routine, CF_EVENT_RETURN);
    else if (person->disconnected)
        act(routine, CF_EVENT_RECONNECT);
    else if (person->locked)
        act(routine, CF_EVENT_UNLOCK);
    else
        act(routine, CF_EVENT_INPUT);
}

static void stay_away(struct routine *routine, uint32_t length_ms)
{
    uint32_t back_ms = routine->at_ms + length_ms;
    const struct cf_person *person = routine->person;
    if (!person->locked && !person->disconnected && length_ms > 30 * MINUTE && chance(routine, 250)) {
        routine->at_ms += 25 * MINUTE; /* sits beside it and presses the button of a warning */
        pass(routine, SECOND, 4 * MINUTE);
        put(routine, CF_EVENT_ANSWER, 0, chance(routine, 800));
    }
    routine->at_ms = back_ms;
}

static uint32_t pause_length(struct routine *routine)
{
    uint32_t drawn = cf_random_below(routine->random, 100);
    if (drawn < 75)
        return cf_random_between(routine->random, 4 * MINUTE, 14 * MINUTE);
    if (drawn < 94)
        return cf_random_between(routine->random, 14 * MINUTE, 25 * MINUTE);
    return cf_random_between(routine->random, 25 * MINUTE, 50 * MINUTE);
}

/* Bursts of input and pauses, up to `until_ms`. */
static void work(struct routine *routine, uint32_t until_ms)
{
    while (routine->at_ms < until_ms) {
        for (uint32_t inputs = cf_random_between(routine->random, 3, 7); inputs > 0; inputs--) {
            pass(routine, 20 * SECOND, 20 * MINUTE);
            if (routine->at_ms >= until_ms)
                return;
            act(routine, CF_EVENT_INPUT);
        }
        if (routine->person->job && chance(routine, 300))
            end_job(routine);
        else if (!routine->person->job && routine->person->works_jobs && chance(routine, 60))
            start_job(routine);
        uint32_t length_ms = pause_length(routine);
        turn_away(routine, 200, 60);
        stay_away(routine, length_ms);
        turn_back(routine, length_ms > 12 * MINUTE);
    }
}

static void have_lunch(struct routine *routine)
{
    turn_away(routine, 450, 150);
    stay_away(routine, cf_random_between(routine->random, 25 * MINUTE, 65 * MINUTE));
    turn_back(routine, true);
}

static void leave(struct routine *routine)
{
    struct cf_person *person = routine->person;
    pass(routine, SECOND, 5 * MINUTE);
    if (!person->job && person->works_jobs && chance(routine, 120))
        start_job(routine); /* it runs overnight, and so does the session */
    if (person->job || chance(routine, person->forgets))
        turn_away(routine, 450, 500);
    else
        act(routine, CF_EVENT_LOGOFF);
}

static uint32_t home_time(struct routine *routine)
{
    uint32_t habit_ms = routine->person->leaves_ms;
    if (chance(routine, 70)) /* stays late */
        return cf_random_between(routine->random, habit_ms, MIDNIGHT);
    return habit_ms - 20 * MINUTE + cf_random_below(routine->random, 40 * MINUTE);
}

void cf_person_live(struct cf_person *person, uint32_t label, int weekday, struct cf_random *random,
                    struct cf_day *day)
{
    static const unsigned comes[7] = {600, 600, 600, 600, 540, 60, 8}; /* in a thousand; Monday first */
    struct routine routine = {.person = person, .random = random, .day = day, .label = label};
    if (person->job && chance(&routine, 700)) {
        pass(&routine, 0, 3 * HOUR);
        end_job(&routine);
    }
    if (!chance(&routine, comes[weekday]))
        return;
    uint32_t arrives_ms = person->arrives_ms - 15 * MINUTE + cf_random_below(random, 30 * MINUTE);
    uint32_t lunch_ms = LUNCH - 30 * MINUTE + cf_random_below(random, 75 * MINUTE);
    routine.at_ms = arrives_ms;
    act(&routine, person->on ? CF_EVENT_RETURN : CF_EVENT_LOGON);
    work(&routine, lunch_ms);
    have_lunch(&routine);
    work(&routine, home_time(&routine));
    leave(&routine);
}
