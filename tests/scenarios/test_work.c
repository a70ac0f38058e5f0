/*
 * What an event costs does not grow with what policies have hung up that it does not concern: so many tasks
 * that look at other sessions, functions for other events, vetoes and watches of others.
 */
#include "../fixture/folder.h"
#include "simulation.h"

#include <stdlib.h>
#include <unistd.h>

enum { USERS = 4, FEW = 3, MANY = 60 }; /* the last user comes later */

#define MONDAY INT64_C(1772409600000000)

static struct simulation sim;

static struct cf_scenario *people(void)
{
    struct cf_script *script = cf_script_create((struct cf_instant){MONDAY});
    for (uint32_t label = 0; label < USERS; label++) {
        char name[16];
        struct cf_session record;
        (void)snprintf(name, sizeof name, "user%u", (unsigned)label);
        person_init(&record, name, 1000 + (int64_t)label);
        record.locked = CF_TRI_NO;
        script_log_on(script, cf_minutes(label == USERS - 1 ? 30 : 0), label, &record);
    }
    return cf_script_finish(script, cf_minutes(24 * 60).us);
}

/* How much is looked at for what happens to the second user, or for the last one's coming, where `count`
 * things hang about; and the runs begun until then. */
static uint64_t visits(const char *policy, int count, enum cf_event_kind kind, uint64_t *ret_starts)
{
    char text[512];
    const char *beside =
        folder_write("beside.lua", "sessions.watch({ disconnected = true }, function () end)");
    (void)snprintf(text, sizeof text, "for _ = 1, %d do\n%s\nend\n", count, policy);
    simulation_open(&sim, folder_write("policy.lua", text), people(), (struct cf_sim_setup){0}, NULL);
    simulation_add_policy(&sim, beside,
                          NULL); /* it has to look whom it means whenever somebody disconnects */
    bool comes = kind == CF_EVENT_LOGON;
    simulation_run_to(&sim, cf_minutes(comes ? 29 : 40));
    const struct cf_engine_counts *counts = cf_engine_counts(sim.engine);
    uint64_t before = counts->visits;
    *ret_starts = counts->starts;
    struct cf_event event = {.kind = kind, .label = 1};
    if (!comes)
        assert_int_equal(cf_sim_apply(cf_engine_backend(sim.engine), &event, NULL), 0);
    simulation_run_to(&sim, cf_minutes(comes ? 31 : 41));
    uint64_t after = counts->visits;
    simulation_close(&sim);
    return after - before;
}

static void test_what_is_not_concerned(void **state)
{
    (void)state;
    static const struct {
        const char *policy;
        enum cf_event_kind kind;
        bool runs; /* each of them has a run, else none */
    } rows[] = {
        {"sessions.watch({ user = 'user0' }, function (session)\n"
         "  local other = sessions.list({ user = 'user2' })[1]\n"
         "  session:wait(function () return other.locked end)\nend)",
         CF_EVENT_LOCK, true},
        {"sessions.watch({ user = 'user0' }, function (session)\n"
         "  local other = sessions.list({ user = 'user2' })[1]\n"
         "  session:wait(function () return other.locked end)\nend)",
         CF_EVENT_LOGOFF, true},
        {"sessions.watch({ user = 'user0' }, function (session)\n"
         "  session:wait(function () return #sessions.list({ user = 'user1' }) > 1 end)\nend)",
         CF_EVENT_LOCK, true},
        {"sessions.watch({ user = 'user0' }, function (session)\n"
         "  local other = sessions.list({ user = 'user2' })[1]\n"
         "  session:wait_idle(5 * minute)\n"
         "  other:wait_active(10 * hour)\nend)",
         CF_EVENT_LOCK, true},
        {"sessions.on('logoff', function () end)", CF_EVENT_LOCK, false},
        {"sessions.on('lock', function () end)", CF_EVENT_LOGOFF, false},
        {"sessions.on('unlock', function () end)", CF_EVENT_LOGON, false},
        {"sessions.protect({ user = 'user0' }, function () end)", CF_EVENT_LOGON, true},
        {"sessions.watch({ user = 'user1' }, function () end)", CF_EVENT_DISCONNECT, true},
    };
    folder_make();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t few_runs, many_runs, few, many;
        few = visits(rows[i].policy, FEW, rows[i].kind, &few_runs);
        many = visits(rows[i].policy, MANY, rows[i].kind, &many_runs);
        assert_true(many_runs >= (rows[i].runs ? MANY : 0));
        if (few != many)
            fail_msg("row %zu: %llu looked at beside %d, %llu beside %d", i, (unsigned long long)few, FEW,
                     (unsigned long long)many, MANY);
    }
    folder_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_concerned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
