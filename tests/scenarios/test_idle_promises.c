/*
 * What idle.lua promises, held against what happened on the host: over 1,000 users and 30 days, from the
 * journal and from the events that the host itself tells of, never from the engine's opinion.
 */
#include "simulation.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT cf_minutes(30)

enum { USERS = 1000, DAYS = CASES(30), FIRST_USER = 1000 };

/* One desk, and who sits there now. */
struct desk {
    char id[32];
    int64_t birth, last_input;         /* birth 0: nobody is logged on */
    bool known;                        /* its idle time can be known */
    bool meant;                        /* no guard protects it */
    int long_warnings, short_warnings; /* delivered since the last input */
    uint64_t last_warning;             /* its decision */
    bool last_was_long;
};

static struct trial {
    struct simulation sim;
    struct desk *desks;
    size_t desk_count;
    bool faults;
    uint64_t inputs, logoffs, warnings, undelivered, overstays;
} trial;

static int64_t now(void)
{
    return cf_loop_now(trial.sim.loop).us;
}

static struct desk *desk_at(uint32_t label)
{
    while (trial.desk_count <= label) {
        trial.desks = cf_grow(trial.desks, trial.desk_count, sizeof *trial.desks);
        trial.desks[trial.desk_count++] = (struct desk){0};
    }
    return &trial.desks[label];
}

static struct desk *desk_of(const struct cf_session *session)
{
    for (size_t i = 0; i < trial.desk_count; i++)
        if (trial.desks[i].birth == session->identity.birth &&
            strcmp(trial.desks[i].id, session->identity.id) == 0)
            return &trial.desks[i];
    return NULL;
}

/* Nobody whose idle time is known lives past the limit and a second. */
static void check_stay(const struct desk *desk)
{
    if (desk->birth && desk->known && desk->meant && now() - desk->last_input > LIMIT.us + CF_SECOND.us)
        trial.overstays++;
}

static void sit_down(struct desk *desk, const struct cf_session *session)
{
    (void)snprintf(desk->id, sizeof desk->id, "%s", session->identity.id);
    desk->birth = session->identity.birth;
    desk->known = cf_mono_known(session->last_input);
    desk->meant =
        session->uid >= FIRST_USER && session->console == CF_TRI_NO && strcmp(session->class_, "user") == 0;
}

static void check_end(const struct desk *desk)
{
    trial.logoffs++;
    assert_true(desk->known && desk->meant);
    if (now() - desk->last_input < LIMIT.us)
        fail_msg("session %s was logged off %lld s after its last input", desk->id,
                 (long long)(now() - desk->last_input) / 1000000);
    assert_true(desk->long_warnings > 0 && desk->short_warnings > 0);
}

static void on_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    (void)data;
    if (event->kind == CF_EVENT_FAULT || event->kind == CF_EVENT_SLEEP || event->kind == CF_EVENT_STEP)
        return;
    struct desk *desk = desk_at(event->label);
    switch (event->kind) {
    case CF_EVENT_LOGOFF:
        check_stay(desk);
        if (event->text && strcmp(event->text, "ended") == 0)
            check_end(desk);
        *desk = (struct desk){0};
        return;
    case CF_EVENT_LOGON:
    case CF_EVENT_RETURN:
    case CF_EVENT_INPUT:
    case CF_EVENT_UNLOCK:
    case CF_EVENT_RECONNECT:
        if (!session)
            return;
        check_stay(desk);
        sit_down(desk, session);
        desk->last_input = now();
        desk->long_warnings = desk->short_warnings = 0;
        trial.inputs += event->kind == CF_EVENT_INPUT;
        return;
    default: return;
    }
}

static void write_entry(void *data, const struct cf_entry *entry)
{
    (void)data;
    struct desk *desk = entry->session ? desk_of(entry->session) : NULL;
    if (entry->what == CF_WHAT_WARN) {
        assert_non_null(desk);
        trial.warnings++;
        desk->last_warning = entry->decision;
        desk->last_was_long = strstr(entry->text, " 5 minut") != NULL; /* or minutos */
        desk->long_warnings += desk->last_was_long;
        desk->short_warnings += strstr(entry->text, " 1 minut") != NULL;
    } else if (entry->what == CF_WHAT_FAILED && desk && entry->decision == desk->last_warning) {
        *(desk->last_was_long ? &desk->long_warnings : &desk->short_warnings) -= 1; /* it reached nobody */
        trial.undelivered++;
    }
}

static void run_trial(bool faults, uint64_t seed)
{
    trial = (struct trial){.faults = faults};
    const struct cf_office office = {.users = USERS,
                                     .days = DAYS,
                                     .seed = seed,
                                     .start = {INT64_C(1772409600000000)}, /* Monday 2026-03-02 */
                                     .faults = faults,
                                     .zone = cf_zone_utc()};
    struct cf_scenario *scenario = NULL;
    assert_int_equal(cf_office_create(&office, &scenario, NULL), 0);
    simulation_open(&trial.sim, "policies/idle.lua", scenario, (struct cf_sim_setup){.seed = seed},
                    write_entry);
    cf_sim_on_event(cf_engine_backend(trial.sim.engine), on_event, NULL);
    simulation_run(&trial.sim);
    for (size_t i = 0; i < trial.desk_count; i++)
        check_stay(&trial.desks[i]);
    print_message("%s: %llu inputs, %llu warnings (%llu undelivered), %llu logoffs, %llu overstays\n",
                  faults ? "with faults" : "no faults", (unsigned long long)trial.inputs,
                  (unsigned long long)trial.warnings, (unsigned long long)trial.undelivered,
                  (unsigned long long)trial.logoffs, (unsigned long long)trial.overstays);
    const struct cf_engine_counts *counts = cf_engine_counts(trial.sim.engine);
    print_message("starts %llu resumes %llu confirmations %llu refreshes %llu\n",
                  (unsigned long long)counts->starts, (unsigned long long)counts->resumes,
                  (unsigned long long)counts->confirmations, (unsigned long long)counts->refreshes);
    simulation_close(&trial.sim);
    free(trial.desks);
}

static void test_without_faults(void **state)
{
    (void)state;
    run_trial(false, 1);
    assert_true(trial.inputs > CASES(300000));
    assert_true(trial.logoffs > 1000);
    assert_int_equal(trial.overstays, 0);
}

/* A host that is slow, fails, lies about idle, loses sessions, refuses and hangs. */
static void test_with_faults(void **state)
{
    (void)state;
    run_trial(true, 2);
    assert_true(trial.logoffs > 1000);
    assert_true(trial.undelivered > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_faults),
        cmocka_unit_test(test_with_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
