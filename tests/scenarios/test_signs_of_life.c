/*
 * No logoff after a sign of life: random policies over random people who touch the keyboard around the very
 * moments at which something is due, on hosts that fail while they do. What must hold is checked by the list
 * of events that happened, never by the host's or the engine's opinion.
 *
 * CURFEW_SESSION_DAYS=1000000 and CURFEW_SCENARIOS=10000 run more of them, CURFEW_FIRST=37 begins with that
 * one (and with 1 of them it is that one alone), CURFEW_SURVEY=1 goes on after a breach, and counts them.
 */
#include "../fixture/folder.h"
#include "random_people.h"
#include "witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SESSION_DAYS = 500, SCENARIOS = CASES(300), POLICIES = 4, LOOKING_SEED = 20261128, BREACHES = 32 };

static struct trial {
    char paths[POLICIES][FOLDER_PATH];
    struct policy policies[POLICIES];
    struct people people;
    int64_t gaps[POLICIES * POLICY_GAPS];
    const char *supply;
    struct witness witness;
    struct {
        const char *what;
        uint64_t count, first;
    } breaches[BREACHES];
} trial;

/* ---- One scenario ---- */

static void add_policy(enum policy_kind kind, struct cf_random *random)
{
    struct witness *witness = &trial.witness;
    struct policy *policy = &trial.policies[witness->policy_count];
    policy_make(policy, kind, (unsigned)witness->policy_count, random);
    FILE *file = fopen(trial.paths[witness->policy_count++], "w");
    assert_non_null(file);
    fputs(policy->text.data, file);
    fclose(file);
    for (int i = 0; i < policy->gap_count; i++)
        trial.gaps[trial.people.gap_count++] = policy->gaps[i];
}

static void add_policies(bool by_hand, struct cf_random *random)
{
    trial.witness.policies = trial.policies;
    trial.witness.policy_count = 0;
    for (uint32_t count = cf_random_between(random, 1, 3); count > 0; count--)
        add_policy(by_hand ? (enum policy_kind)cf_random_between(random, POLICY_LOOKING, POLICY_EVENT)
                           : (enum policy_kind)cf_random_below(random, POLICY_KINDS),
                   random);
    if (cf_random_below(random, 3) == 0)
        add_policy(POLICY_VETO, random);
}

static struct cf_sim_setup supply(uint64_t number)
{
    struct cf_sim_setup sim = {.seed = number};
    sim.samples_input = number % 3 == 1;
    sim.pushes_input = number % 3 == 2;
    trial.supply = sim.samples_input ? "sampled" : sim.pushes_input ? "pushed" : "told once";
    return sim;
}

static void run_one(uint64_t number, bool by_hand)
{
    struct cf_random random = cf_random_of(number, by_hand ? LOOKING_SEED : 0);
    trial.people = (struct people){.gaps = trial.gaps};
    add_policies(by_hand, &random);
    trial.people.count = cf_random_between(&random, 3, WITNESS_PLACES);
    trial.people.length_us = CF_HOUR.us * cf_random_between(&random, 12, 36);
    trial.people.faults = cf_random_below(&random, 3) > 0;
    const struct cf_instant start = {INT64_C(1772409600000000) +
                                     CF_HOUR.us * cf_random_below(&random, 24 * 7)};
    struct cf_sim_setup sim = supply(number);
    trial.witness.late.us = trial.people.faults ? CF_UNKNOWN_US : sim.samples_input ? CF_MINUTE.us : 0;
    char *const paths[POLICIES] = {trial.paths[0], trial.paths[1], trial.paths[2], trial.paths[3]};
    witness_run(&trial.witness, paths, people_live(&trial.people, start, &random), sim);
    for (size_t i = 0; i < trial.witness.policy_count; i++)
        policy_finish(&trial.policies[i]);
}

/* ---- A breach ---- */

/* The log's last lines that name the place, or the host. */
static void print_log(const char *log, const char *id)
{
    enum { LINES = 60 };
    const char *lines[LINES];
    size_t count = 0;
    char mark[40];
    (void)snprintf(mark, sizeof mark, "  %-4s ", id);
    for (const char *at = log; at && *at; at = strchr(at, '\n') + 1)
        if (strncmp(at + 15, mark, strlen(mark)) == 0 || strncmp(at + 15, "       ", 7) == 0) {
            lines[count++ % LINES] = at;
            if (strstr(at, "BREACH") && strstr(at, "BREACH") < strchr(at, '\n'))
                break;
        }
    for (size_t i = count > LINES ? count - LINES : 0; i < count; i++)
        print_message("%.*s\n", (int)strcspn(lines[i % LINES], "\n"), lines[i % LINES]);
}

/* Plays the scenario once more, and tells all there is to know about its breach. */
static void tell(uint64_t number, bool by_hand)
{
    struct cf_buffer log = {0};
    struct witness kept = trial.witness;
    trial.witness.log = &log;
    run_one(number, by_hand);
    char id[32] = "";
    (void)sscanf(trial.witness.breach_where, "session %31s", id);
    print_message("scenario %" PRIu64 "%s, input %s: %s: %s\n", number, by_hand ? " (looking by hand)" : "",
                  trial.supply, trial.witness.breach_where, trial.witness.breach);
    struct cf_random random = cf_random_of(number, by_hand ? LOOKING_SEED : 0);
    trial.people = (struct people){.gaps = trial.gaps};
    add_policies(by_hand, &random);
    for (size_t i = 0; i < trial.witness.policy_count; i++) {
        print_message("-- p%zu\n%s", i, trial.policies[i].text.data);
        policy_finish(&trial.policies[i]);
    }
    print_log(log.data, id);
    cf_buffer_finish(&log);
    trial.witness = kept;
}

static void count_breach(uint64_t number)
{
    char what[160];
    const struct witness *witness = &trial.witness;
    (void)snprintf(what, sizeof what, "%s: %s", strrchr(witness->breach_where, ',') + 2, witness->breach);
    for (size_t i = 0; i < BREACHES; i++) {
        if (!trial.breaches[i].what) {
            trial.breaches[i].what = strdup(what);
            trial.breaches[i].first = number;
        }
        if (strcmp(trial.breaches[i].what, what) == 0) {
            trial.breaches[i].count++;
            return;
        }
    }
}

/* ---- Many ---- */

static void print_sums(uint64_t scenarios)
{
    const struct witness *sums = &trial.witness;
    print_message(
        "%" PRIu64 " scenarios, %.0f session-days: %" PRIu64 " inputs, %" PRIu64 " warnings (%" PRIu64
        " runs seen), %" PRIu64 " spared, %" PRIu64 " stayed, %" PRIu64 " refused, %" PRIu64
        " failed, %" PRIu64 " decided, %" PRIu64 " excused by lies, %" PRIu64 " ended:\n ",
        scenarios, (double)sums->session_us / (double)CF_DAY.us, sums->inputs, sums->warnings, sums->shown,
        sums->spared, sums->stayed, sums->refused, sums->failed, sums->decided, sums->excused, sums->ended);
    for (size_t i = 0; i < POLICY_KINDS; i++)
        print_message(" %s %" PRIu64, policy_kind_names[i], sums->ended_by[i]);
    print_message("\n");
    for (size_t i = 0; i < BREACHES && trial.breaches[i].what; i++)
        print_message("  %" PRIu64 " scenarios, first %" PRIu64 ": %s\n", trial.breaches[i].count,
                      trial.breaches[i].first, trial.breaches[i].what);
}

/* Until there were so many session-days, or scenarios. */
static void run_many(uint64_t days, uint64_t scenarios, bool by_hand)
{
    uint64_t number = setting("CURFEW_FIRST", 1), first = number, breaches = 0;
    bool survey = setting("CURFEW_SURVEY", 0);
    trial = (struct trial){0};
    folder_make();
    for (int i = 0; i < POLICIES; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "policy-%d.lua", i);
        (void)strcpy(trial.paths[i], folder_path(name));
    }
    while (trial.witness.session_us < (int64_t)days * CF_DAY.us || number - first < scenarios) {
        run_one(number, by_hand);
        if (trial.witness.breach) {
            breaches++;
            if (!survey) {
                tell(number, by_hand);
                break;
            }
            count_breach(number);
        }
        number++;
    }
    folder_drop();
    print_sums(number - first);
    assert_int_equal(breaches, 0);
}

static void test_random_policies(void **state)
{
    (void)state;
    uint64_t days = setting("CURFEW_SESSION_DAYS", SESSION_DAYS);
    run_many(days, 0, false);
    for (size_t i = 0; i < POLICY_KINDS; i++)
        assert_true(trial.witness.ended_by[i] > 0 || days < SESSION_DAYS);
}

static void test_policies_that_look_by_hand(void **state)
{
    (void)state;
    uint64_t scenarios = setting("CURFEW_SCENARIOS", SCENARIOS);
    run_many(0, scenarios, true);
    for (size_t i = POLICY_LOOKING; i <= POLICY_EVENT; i++)
        assert_true(trial.witness.ended_by[i] > 0 || scenarios < SCENARIOS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_policies),
        cmocka_unit_test(test_policies_that_look_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
