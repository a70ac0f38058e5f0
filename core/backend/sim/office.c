#include "sim/office.h"

#include "base/memory.h"
#include "sim/person.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_USERS = 1000000,
    MOST_DAYS = 36600,
    HOUR_MS = 3600000,
    FAULTS_SEED = 1 << 24, /* beyond any label */
};

struct office {
    struct cf_scenario scenario; /* first */
    struct cf_office settings;
    struct cf_person *people;
    struct cf_day day, spare; /* today's events, in order; the sort's second array */
    size_t next;
    int64_t date;     /* today, in days since 1970 */
    int64_t begin_us; /* today's beginning since the scenario's start; less than 0 where it began before */
};

/* Sorts by at_ms and keeps the order of equals: by radix, since nothing else is as fast for a day of a
 * thousand people. */
static void sort(struct cf_day *day, struct cf_day *spare)
{
    enum { BITS = 9, PASSES = 3, BUCKETS = 1 << BITS }; /* 27 bits of milliseconds: 37 hours */
    size_t starts[PASSES][BUCKETS] = {{0}};
    if (spare->room < day->room) {
        spare->room = day->room;
        spare->events = cf_resize(spare->events, spare->room * sizeof *spare->events);
    }
    for (size_t i = 0; i < day->count; i++)
        for (unsigned pass = 0; pass < PASSES; pass++)
            starts[pass][day->events[i].at_ms >> (pass * BITS) & (BUCKETS - 1)]++;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        size_t start = 0;
        for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
            size_t count = starts[pass][bucket];
            starts[pass][bucket] = start;
            start += count;
        }
        for (size_t i = 0; i < day->count; i++)
            spare->events[starts[pass][day->events[i].at_ms >> (pass * BITS) & (BUCKETS - 1)]++] =
                day->events[i];
        spare->count = day->count;
        struct cf_day sorted = *spare;
        *spare = *day;
        *day = sorted;
    }
}

/* A few hours of trouble: a fault is turned on and off again. */
static void add_faults(struct office *office)
{
    struct cf_random random = cf_random_of(office->settings.seed ^ FAULTS_SEED, (uint64_t)office->date);
    for (uint32_t n = cf_random_below(&random, 4); n > 0; n--) {
        struct cf_day_event event = {
            .at_ms = cf_random_between(&random, 3 * HOUR_MS, 18 * HOUR_MS),
            .kind = CF_EVENT_FAULT,
            .word = (uint8_t)(1 + CF_OFFICE_JOBS + cf_random_below(&random, CF_OFFICE_FAULTS)),
            .argument = (uint16_t)cf_random_between(&random, 20, 400),
        };
        cf_day_add(&office->day, event);
        event.at_ms += cf_random_between(&random, HOUR_MS / 12, 3 * HOUR_MS);
        event.argument = 0;
        cf_day_add(&office->day, event);
    }
}

/* When the office's day of this date begins, in µs since 1970. */
static int64_t dawn_us(const struct office *office, int64_t date)
{
    struct cf_civil dawn = {.date = cf_date_of_days(date), .hour = CF_OFFICE_DAWN};
    return cf_zone_instant_us(office->settings.zone, dawn);
}

/* Makes the next day's events. False when it would begin after the end. */
static bool next_day(struct office *office)
{
    int64_t date = ++office->date, begin_us = dawn_us(office, date);
    office->begin_us = begin_us - office->scenario.start.us;
    office->day.count = office->next = 0;
    if (office->begin_us > office->scenario.length_us)
        return false;
    if (dawn_us(office, date + 1) - begin_us < 23 * CF_HOUR.us)
        return true; /* the zone leaves this date out: nobody lives it */
    int weekday = cf_weekday_of_days(date);
    for (uint32_t label = 0; label < office->settings.users; label++) {
        struct cf_random random = cf_random_of(office->people[label].seed, (uint64_t)date);
        cf_person_live(&office->people[label], label, weekday, &random, &office->day);
    }
    if (office->settings.faults)
        add_faults(office);
    sort(&office->day, &office->spare);
    return true;
}

static struct cf_event event_of(const struct office *office, const struct cf_day_event *small)
{
    int64_t at_us = office->begin_us + (int64_t)small->at_ms * 1000;
    return (struct cf_event){
        .at_us = at_us < 0 ? 0 : at_us,
        .kind = (enum cf_event_kind)small->kind,
        .label = small->label,
        .argument = small->argument,
        .text = cf_office_words[small->word],
        .logon = small->kind == CF_EVENT_LOGON ? &office->people[small->label].record : NULL,
    };
}

/* What came before the start of a day that had begun already is over at the start; its key presses are
 * forgotten. */
static bool forgotten(const struct office *office, const struct cf_day_event *small)
{
    return small->kind == CF_EVENT_INPUT && office->begin_us + (int64_t)small->at_ms * 1000 < 0;
}

static bool next(struct cf_scenario *scenario, struct cf_event *ret_event)
{
    struct office *office = (struct office *)scenario;
    for (;;) {
        while (office->next < office->day.count) {
            const struct cf_day_event *small = &office->day.events[office->next++];
            if (forgotten(office, small))
                continue;
            struct cf_event event = event_of(office, small);
            if (event.at_us >= scenario->length_us)
                break;
            *ret_event = event;
            return true;
        }
        if (!next_day(office))
            return false;
    }
}

static void destroy(struct cf_scenario *scenario)
{
    struct office *office = (struct office *)scenario;
    for (uint32_t label = 0; label < office->settings.users; label++)
        cf_person_finish(&office->people[label]);
    free(office->people);
    free(office->day.events);
    free(office->spare.events);
    free(office);
}

int cf_office_create(const struct cf_office *office, struct cf_scenario **ret_scenario, struct cf_error *err)
{
    if (office->users == 0 || office->users > MOST_USERS)
        return cf_error_set(err, CF_USAGE, "an office has 1 to 1000000 users, not %u",
                            (unsigned)office->users);
    if (office->days == 0 || office->days > MOST_DAYS)
        return cf_error_set(err, CF_USAGE, "an office works for 1 to 36600 days, not %u",
                            (unsigned)office->days);
    struct office *made = cf_alloc(sizeof *made);
    made->scenario = (struct cf_scenario){
        .start = office->start, .length_us = office->days * CF_DAY.us, .next = next, .destroy = destroy};
    made->settings = *office;
    if (!office->zone)
        made->settings.zone = cf_zone_utc();
    made->people = cf_alloc(office->users * sizeof *made->people);
    for (uint32_t label = 0; label < office->users; label++)
        cf_person_init(&made->people[label], label, office->seed);
    /* The first day is the date at the start, unless half of it is over there. */
    struct cf_civil civil = cf_zone_civil(made->settings.zone, office->start.us);
    made->date = cf_days_of_date(civil.date) - (civil.hour < 12);
    *ret_scenario = &made->scenario;
    return 0;
}

size_t cf_office_room(const struct cf_scenario *scenario)
{
    const struct office *office = (const struct office *)scenario;
    return (office->day.room + office->spare.room) * sizeof *office->day.events;
}
