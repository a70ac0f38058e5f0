#include "random_people.h"

#include "simulation.h"

#include "base/memory.h"
#include "time/span.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { FIRST_USER = 1000 }; /* below are the host's own accounts */

/* What is to happen, of all people together, until it is in order. */
struct plan {
    const struct people *people;
    struct cf_random *random;
    struct cf_event *events;
    size_t count;
};

/* Somebody on a day. */
struct person {
    struct plan *plan;
    uint32_t label;
    int64_t at_us;
    bool terminal, locked, away;
};

static const char *one_of(struct cf_random *random, const char *const *names, size_t count)
{
    return names[cf_random_below(random, (uint32_t)count)];
}

void dress(struct cf_session *who, struct cf_random *random)
{
    static const char *const users[] = {"ana", "bea", "carl", "dora", "emil", "fay", "gus"};
    static const char *const types[] = {"x11", "wayland", "tty", "rdp"};
    static const char *const groups[] = {"students", "operators", "staff"};
    const char *const member[] = {one_of(random, groups, COUNT(groups)), NULL};
    cf_session_set_string(who, CF_FIELD_USER, one_of(random, users, COUNT(users)));
    cf_session_set_string(who, CF_FIELD_TYPE, one_of(random, types, COUNT(types)));
    cf_session_set_list(who, CF_FIELD_GROUPS, member);
    switch (cf_random_below(random, 14)) {
    case 0: who->uid = 0; break;
    case 1: who->uid = cf_random_between(random, 1, FIRST_USER - 1); break;
    case 2: cf_session_set_string(who, CF_FIELD_SEAT, "seat0"); break;
    case 3: who->console = CF_TRI_YES; break;
    case 4: cf_session_set_string(who, CF_FIELD_CLASS, "greeter"); break;
    case 5: cf_session_set_string(who, CF_FIELD_SID, "S-1-5-21-1-2-3-500"); break;
    case 6: cf_session_set_string(who, CF_FIELD_SID, "S-1-5-21-1-2-3-1001"); break;
    case 7:
    case 8: cf_session_set_string(who, CF_FIELD_IDLE_SOURCE, "unknown"); break;
    default: break;
    }
}

bool is_unguarded(const struct cf_session *session)
{
    bool administrator = session->sid && strcmp(session->sid, "S-1-5-21-1-2-3-500") == 0;
    return (session->sid ? !administrator : session->uid >= FIRST_USER) && session->console == CF_TRI_NO;
}

void set_fault(struct cf_event *event, struct cf_random *random)
{
    static const char *const faults[] = {"latency",  "slow",     "failing",     "vanishing", "lying",
                                         "refusing", "hanging",  "undelivered", "untold",    "silent",
                                         "twice",    "mistaken", "stale",       "deaf",      "lasting"};
    event->text = one_of(random, faults, COUNT(faults));
    bool latency = strcmp(event->text, "latency") == 0;
    if (cf_random_chance(random, 600))
        event->argument = latency ? cf_random_below(random, 5000000) : cf_random_below(random, 200);
}

/* ---- A day ---- */

static void add(struct plan *plan, struct cf_event event)
{
    plan->events = cf_grow(plan->events, plan->count, sizeof *plan->events);
    plan->events[plan->count++] = event;
}

static void act(struct person *person, enum cf_event_kind kind)
{
    add(person->plan, (struct cf_event){.at_us = person->at_us, .kind = kind, .label = person->label});
    person->locked =
        kind == CF_EVENT_LOCK || (person->locked && kind != CF_EVENT_UNLOCK && kind != CF_EVENT_RETURN);
    person->away = kind == CF_EVENT_DISCONNECT ||
                   (person->away && kind != CF_EVENT_RECONNECT && kind != CF_EVENT_RETURN);
}

static int64_t below(struct person *person, int64_t bound)
{
    return (int64_t)(cf_random_next(person->plan->random) % (uint64_t)bound);
}

/* Around a moment: to the microsecond, or by seconds or minutes. */
static int64_t jitter(struct person *person)
{
    static const int64_t spans[] = {0,       0,       1,       1,        2,        5,        1000,
                                    1000000, 1000000, 5000000, 30000000, 60000000, 180000000};
    int64_t span = spans[below(person, COUNT(spans))];
    switch (below(person, 3)) {
    case 0: return span;
    case 1: return -span;
    default: return span ? below(person, 2 * span) - span : 0;
    }
}

/* Nothing, until just about when something is due. */
static void pause_typing(struct person *person)
{
    const struct people *people = person->plan->people;
    int64_t gap = below(person, 3) && people->gap_count
                      ? people->gaps[below(person, (int64_t)people->gap_count)]
                      : below(person, 40 * CF_MINUTE.us);
    gap += jitter(person);
    person->at_us += gap > 0 ? gap : 1;
}

/* Whatever the person does to show that they are there. */
static void show(struct person *person)
{
    if (below(person, 4) == 0)
        act(person, CF_EVENT_RETURN); /* logs on again, where a policy was quicker */
    else if (person->away)
        act(person, CF_EVENT_RECONNECT);
    else if (person->locked && below(person, 4))
        act(person, CF_EVENT_UNLOCK);
    else
        act(person, CF_EVENT_INPUT);
}

static void type(struct person *person)
{
    static const int64_t paces[] = {10000000, 60000000, 3000000, 47000003};
    int64_t pace = paces[below(person, COUNT(paces))];
    for (int64_t keys = below(person, 60); keys > 0; keys--) {
        person->at_us += below(person, 2) ? pace : 1 + below(person, 2 * pace);
        act(person, CF_EVENT_INPUT);
    }
}

static void print(struct person *person)
{
    for (int64_t lines = below(person, 5); lines > 0; lines--) {
        person->at_us += 1 + below(person, CF_MINUTE.us);
        act(person, CF_EVENT_OUTPUT);
    }
}

/* A burst at the keyboard while a warning may be there, then its button. */
static void answer(struct person *person)
{
    pause_typing(person);
    add(person->plan, (struct cf_event){.at_us = person->at_us,
                                        .kind = CF_EVENT_ANSWER,
                                        .label = person->label,
                                        .argument = below(person, 3) > 0});
}

static void live_on(struct person *person)
{
    switch (below(person, 16)) {
    case 0:
    case 1: type(person); break;
    case 2: print(person); break;
    case 3:
        if (person->terminal)
            act(person, CF_EVENT_STOP_OUTPUT);
        else if (!person->locked)
            act(person, CF_EVENT_LOCK);
        break;
    case 4:
        if (person->terminal)
            act(person, CF_EVENT_START_OUTPUT);
        else if (!person->away)
            act(person, CF_EVENT_DISCONNECT);
        break;
    case 5: answer(person); break;
    case 6:
        person->at_us += below(person, 4 * CF_HOUR.us);
        act(person, CF_EVENT_RETURN);
        break;
    default: pause_typing(person); show(person);
    }
}

static void live(struct plan *plan, uint32_t label, const struct cf_session *who)
{
    struct person person = {.plan = plan, .label = label, .terminal = strcmp(who->type, "tty") == 0};
    person.at_us = CF_SECOND.us + below(&person, CF_HOUR.us); /* at 0 would be "never" */
    add(plan, (struct cf_event){.at_us = person.at_us, .kind = CF_EVENT_LOGON, .label = label, .logon = who});
    while (person.at_us < plan->people->length_us)
        live_on(&person);
}

/* ---- The host ---- */

/* A fault that lasts for a while, weak or complete. */
static void fail_for_a_while(struct plan *plan, int64_t at_us)
{
    struct cf_event event = {.at_us = at_us, .kind = CF_EVENT_FAULT};
    set_fault(&event, plan->random);
    if (cf_random_chance(plan->random, 300))
        event.argument = strcmp(event.text, "latency") == 0
                             ? (int64_t)(cf_random_next(plan->random) % (uint64_t)(5 * CF_MINUTE.us))
                             : 1000;
    add(plan, event);
    event.at_us += (int64_t)(cf_random_next(plan->random) % (uint64_t)CF_HOUR.us);
    event.argument = 0;
    add(plan, event);
}

static void trouble(struct plan *plan)
{
    struct cf_random *random = plan->random;
    for (uint32_t count = cf_random_below(random, 16); count > 0; count--) {
        int64_t at_us = 1 + (int64_t)(cf_random_next(random) % (uint64_t)plan->people->length_us);
        if (cf_random_chance(random, 60))
            add(plan, (struct cf_event){.at_us = at_us,
                                        .kind = CF_EVENT_SLEEP,
                                        .argument = CF_MINUTE.us * cf_random_between(random, 1, 180)});
        else if (cf_random_chance(random, 60))
            add(plan, (struct cf_event){.at_us = at_us,
                                        .kind = CF_EVENT_STEP,
                                        .argument =
                                            CF_SECOND.us * ((int64_t)cf_random_below(random, 14400) - 7200)});
        else
            fail_for_a_while(plan, at_us);
    }
}

struct cf_scenario *people_live(const struct people *people, struct cf_instant start,
                                struct cf_random *random)
{
    struct plan plan = {.people = people, .random = random};
    struct cf_session *who = cf_alloc(people->count * sizeof *who);
    for (uint32_t i = 0; i < people->count; i++) {
        cf_session_init(&who[i]);
        dress(&who[i], random);
        live(&plan, i, &who[i]);
    }
    if (people->faults)
        trouble(&plan);
    qsort(plan.events, plan.count, sizeof *plan.events, events_by_time);
    struct cf_script *script = cf_script_create(start);
    for (size_t i = 0; i < plan.count && plan.events[i].at_us <= people->length_us; i++)
        (void)cf_script_add(script, &plan.events[i], NULL); /* what contradicts does not happen */
    for (uint32_t i = 0; i < people->count; i++)
        cf_session_finish(&who[i]);
    free(who);
    free(plan.events);
    return cf_script_finish(script, people->length_us);
}
