/*
 * Every policy that comes with curfew, alone and all together, under random scenarios with faults. What must
 * hold is checked from the journal and from the events that the host itself tells of, never from the
 * engine's opinion. CURFEW_SCENARIOS=10000 runs more of them, CURFEW_FIRST=37 begins with that one.
 */
#include "random_people.h"
#include "simulation.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { SCENARIOS = CASES(200), PEOPLE = 10, ALONE = 8, ALL = 9 };

/* spare-running-jobs, the veto, is last: alone it does nothing. */
static const char *const policies[ALL] = {
    "after-hours",          "daily-allowance", "disconnected",      "idle", "lab-closing", "maintenance",
    "one-session-per-user", "session-limit",   "spare-running-jobs"};
static const char *const programs[] = {"make", "rsync", "matlab"};

/* What a policy has said at a desk since its run began. */
struct told {
    int64_t first, before; /* the oldest warning that counts; the same without the last one; 0: none */
    uint64_t last;         /* its decision */
};

/* A label, and who sits there now, as the host told. */
struct desk {
    char id[32];
    int64_t birth;                                           /* 0: nobody */
    bool meant;                                              /* a person's session that no guard protects */
    bool known;                                              /* its idle time can be known */
    int64_t last_input, disconnected, jobs[COUNT(programs)]; /* since when; 0: not so */
    struct told told[ALL];
    const char *ends; /* the policy that last decided to end it */
};

static struct trial {
    struct simulation sim;
    uint64_t number;
    bool together;
    struct desk desks[PEOPLE];
} trial;

static struct {
    uint64_t warnings, undelivered, spared, ended, protected, ended_by[ALL];
} sums;

static int64_t now(void)
{
    return cf_loop_now(trial.sim.loop).us;
}

/* ---- What must hold ---- */

static void must(bool holds, const struct desk *desk, const char *policy, const char *what)
{
    if (!holds)
        fail_msg("scenario %llu, %s: session %s, %lld s after the start, %s: %s",
                 (unsigned long long)trial.number, trial.together ? "all together" : "alone",
                 desk ? desk->id : "?", (long long)now() / 1000000, policy ? policy : "nobody", what);
}

static bool lasts(int64_t since, struct cf_span span)
{
    return since && now() - since >= span.us;
}

static void check_spared(const struct desk *desk, const char *policy)
{
    must(desk->meant, desk, policy, "a protected session");
    for (size_t i = 0; trial.together && i < COUNT(programs); i++)
        must(!lasts(desk->jobs[i], CF_MINUTE), desk, policy, "a session that runs a job");
}

static void check_decision(const struct desk *desk, size_t policy)
{
    check_spared(desk, policies[policy]);
    if (strcmp(policies[policy], "disconnected") == 0) {
        must(lasts(desk->disconnected, cf_minutes(240)), desk, policies[policy], "not disconnected for 4 h");
        return;
    }
    int64_t first = desk->told[policy].first; /* where nobody is before the screen, there may be none */
    bool nobody = desk->disconnected && (!first || desk->disconnected <= first);
    must(nobody || (first && lasts(first, CF_MINUTE)), desk, policies[policy], "no warning a minute before");
}

static void check_end(const struct desk *desk)
{
    must(desk->ends, desk, desk->ends, "ended without a decision");
    must(desk->meant, desk, desk->ends, "ended a protected session");
    if (strcmp(desk->ends, "idle") == 0)
        must(desk->known && lasts(desk->last_input, cf_minutes(30)), desk, desk->ends, "not idle");
    if (strcmp(desk->ends, "lab-closing") == 0)
        must((desk->known && lasts(desk->last_input, cf_minutes(10))) ||
                 lasts(desk->disconnected, cf_minutes(5)),
             desk, desk->ends, "neither idle nor disconnected");
}

/* ---- What happens on the host ---- */

static size_t index_of(const char *const *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], name) != 0)
        i++;
    return i;
}

static void sit_down(struct desk *desk, const struct cf_session *session)
{
    *desk = (struct desk){.birth = session->identity.birth,
                          .meant = is_unguarded(session) && strcmp(session->class_, "user") == 0,
                          .known = cf_mono_known(session->last_input)};
    (void)snprintf(desk->id, sizeof desk->id, "%s", session->identity.id);
    sums.protected += !desk->meant;
}

static void leave(struct desk *desk, const struct cf_event *event)
{
    if (event->text && strcmp(event->text, "ended") == 0) {
        check_end(desk);
        sums.ended++;
        sums.ended_by[index_of(policies, ALL, desk->ends)]++;
    }
    *desk = (struct desk){0};
}

static void on_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    (void)data;
    if (event->kind == CF_EVENT_FAULT || event->kind == CF_EVENT_SLEEP || event->kind == CF_EVENT_STEP)
        return;
    struct desk *desk = &trial.desks[event->label];
    if (event->kind == CF_EVENT_LOGOFF) {
        leave(desk, event);
        return;
    }
    if (desk->birth != session->identity.birth)
        sit_down(desk, session);
    switch (event->kind) {
    case CF_EVENT_RECONNECT:
    case CF_EVENT_RETURN: desk->disconnected = 0; /* fall through */
    case CF_EVENT_LOGON:
    case CF_EVENT_INPUT:
    case CF_EVENT_UNLOCK:
    case CF_EVENT_ANSWER: desk->last_input = now(); return;
    case CF_EVENT_DISCONNECT: desk->disconnected = now(); return;
    case CF_EVENT_JOB:
        desk->jobs[index_of(programs, COUNT(programs), event->text)] = event->argument ? now() : 0;
        return;
    default: return;
    }
}

/* ---- What the journal says ---- */

static struct desk *desk_of(const struct cf_session *session)
{
    for (size_t i = 0; session && i < PEOPLE; i++)
        if (trial.desks[i].birth == session->identity.birth &&
            strcmp(trial.desks[i].id, session->identity.id) == 0)
            return &trial.desks[i];
    return NULL;
}

static void note_warning(struct told *told, uint64_t decision)
{
    told->before = told->first;
    told->last = decision;
    if (!told->first)
        told->first = now();
    sums.warnings++;
}

static void forget_all(void)
{
    for (size_t i = 0; i < PEOPLE; i++)
        memset(trial.desks[i].told, 0, sizeof trial.desks[i].told);
}

static void note(const struct cf_entry *entry, struct desk *desk, size_t policy)
{
    struct told *told = &desk->told[policy];
    switch (entry->what) {
    case CF_WHAT_WARN:
        check_spared(desk, entry->policy);
        note_warning(told, entry->decision);
        return;
    case CF_WHAT_FAILED:
        if (entry->decision == told->last && told->last) { /* it reached nobody */
            told->first = told->before;
            sums.undelivered++;
        }
        return;
    case CF_WHAT_WITHDRAW:
    case CF_WHAT_ANSWER: *told = (struct told){0}; return; /* the run that warned is over */
    case CF_WHAT_LOGOFF:
        check_decision(desk, policy);
        desk->ends = policies[policy];
        return;
    case CF_WHAT_VETOED: sums.spared++; return;
    default: return;
    }
}

static void write_entry(void *data, const struct cf_entry *entry)
{
    (void)data;
    struct desk *desk = desk_of(entry->session);
    size_t policy = entry->policy ? index_of(policies, ALL, entry->policy) : ALL;
    if (entry->what == CF_WHAT_RESTART && strncmp(entry->text, "the host slept", 14) == 0)
        forget_all(); /* after a step of the clock, only what rests on it starts afresh, and says so */
    else if (desk && policy < ALL)
        note(entry, desk, policy);
    else
        must(entry->what != CF_WHAT_WARN && entry->what != CF_WHAT_LOGOFF, NULL, entry->policy,
             "acted on a session that is not there");
}

/* ---- Random scenarios ---- */

static const char *one_of(struct cf_random *random, const char *const *names, size_t count)
{
    return names[cf_random_below(random, (uint32_t)count)];
}

/* One event at that time, which the script may refuse. */
static void add(struct cf_script *script, struct cf_random *random, int64_t at_us, uint32_t people)
{
    /* Each as often as it stands here. */
    static const enum cf_event_kind kinds[] = {
        CF_EVENT_LOGON,      CF_EVENT_LOGON,     CF_EVENT_LOGON,  CF_EVENT_INPUT,  CF_EVENT_INPUT,
        CF_EVENT_INPUT,      CF_EVENT_OUTPUT,    CF_EVENT_LOCK,   CF_EVENT_UNLOCK, CF_EVENT_DISCONNECT,
        CF_EVENT_DISCONNECT, CF_EVENT_RECONNECT, CF_EVENT_RETURN, CF_EVENT_RETURN, CF_EVENT_RETURN,
        CF_EVENT_JOB,        CF_EVENT_JOB,       CF_EVENT_ANSWER, CF_EVENT_ANSWER, CF_EVENT_FAULT};
    struct cf_event event = {.at_us = at_us,
                             .kind = kinds[cf_random_below(random, COUNT(kinds))],
                             .label = cf_random_below(random, people)};
    struct cf_session who;
    cf_session_init(&who);
    if (cf_random_chance(random, 5))
        event.kind = CF_EVENT_SLEEP;
    else if (cf_random_chance(random, 5))
        event.kind = CF_EVENT_STEP;
    else if (cf_random_chance(random, 20))
        event.kind = CF_EVENT_LOGOFF;
    switch (event.kind) {
    case CF_EVENT_LOGON:
        dress(&who, random);
        event.logon = &who;
        break;
    case CF_EVENT_JOB: event.text = one_of(random, programs, COUNT(programs)); /* fall through */
    case CF_EVENT_ANSWER: event.argument = cf_random_below(random, 2); break;
    case CF_EVENT_SLEEP: event.argument = CF_MINUTE.us * cf_random_between(random, 1, 180); break;
    case CF_EVENT_STEP:
        event.argument = CF_SECOND.us * ((int64_t)cf_random_below(random, 14400) - 7200);
        break;
    case CF_EVENT_FAULT: set_fault(&event, random); break;
    default: break;
    }
    (void)cf_script_add(script, &event, NULL);
    cf_session_finish(&who);
}

/* From nothing to hours; half of them whole minutes, so that deadlines meet. */
static int64_t gap(struct cf_random *random, uint32_t pace_minutes)
{
    switch (cf_random_below(random, 8)) {
    case 0: return 0;
    case 1: return CF_SECOND.us * cf_random_below(random, 120);
    case 2: return 1 + cf_random_below(random, 200000000);
    case 3: return CF_SECOND.us * cf_random_below(random, 240 * pace_minutes);
    default: return CF_MINUTE.us * cf_random_below(random, 2 * pace_minutes);
    }
}

static struct cf_scenario *imagine(struct cf_random *random)
{
    uint32_t people = cf_random_between(random, 3, PEOPLE), pace = cf_random_between(random, 2, 20);
    int64_t length = CF_HOUR.us * cf_random_between(random, 24, 72);
    int64_t start = INT64_C(1772409600000000) + CF_HOUR.us * cf_random_below(random, 14 * 24);
    struct cf_script *script = cf_script_create((struct cf_instant){start});
    for (int64_t at = CF_SECOND.us; at < length; at += gap(random, pace)) /* at 0 would be "never" */
        add(script, random, at, people);
    return cf_script_finish(script, length);
}

/* ---- Running them ---- */

static void run_one(uint64_t number)
{
    struct cf_random random = cf_random_of(number, 20260302);
    size_t only = cf_random_below(&random, 2 * ALONE);
    trial = (struct trial){.number = number, .together = only >= ALONE};
    char path[64];
    (void)snprintf(path, sizeof path, "policies/%s.lua", policies[trial.together ? 0 : only]);
    simulation_open(&trial.sim, path, imagine(&random), (struct cf_sim_setup){.seed = number}, write_entry);
    for (size_t i = 1; trial.together && i < ALL; i++) {
        (void)snprintf(path, sizeof path, "policies/%s.lua", policies[i]);
        simulation_add_policy(&trial.sim, path, NULL);
    }
    cf_sim_on_event(cf_engine_backend(trial.sim.engine), on_event, NULL);
    simulation_run(&trial.sim);
    simulation_close(&trial.sim);
}

static void test_random_scenarios(void **state)
{
    (void)state;
    uint64_t count = setting("CURFEW_SCENARIOS", SCENARIOS), first = setting("CURFEW_FIRST", 1);
    for (uint64_t number = first; number < first + count; number++)
        run_one(number);
    print_message("%llu warnings (%llu undelivered), %llu spared, %llu protected, %llu ended:\n",
                  (unsigned long long)sums.warnings, (unsigned long long)sums.undelivered,
                  (unsigned long long)sums.spared, (unsigned long long)sums.protected,
                  (unsigned long long)sums.ended);
    for (size_t i = 0; i < ALL; i++) {
        print_message("  %s %llu\n", policies[i], (unsigned long long)sums.ended_by[i]);
        assert_true(i >= ALONE || sums.ended_by[i] > 0 || count < SCENARIOS);
    }
    assert_true(sums.spared > 0 || count < SCENARIOS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_scenarios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
