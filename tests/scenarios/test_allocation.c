/*
 * A policy's memory ends at every point in turn: the n-th request of its Lua state is refused, and once each
 * request from the n-th on, for n = 1, 2, 3 … until loading and a whole run get by. Nothing crashes or leaks,
 * the other policies never notice, nobody is ended unwarned, and what a veto protects stays.
 */
#include "../fixture/folder.h"
#include "simulation.h"

#include "base/log.h"
#include "bindings/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Ends eve, by everything that a run can do. */
static const char warner[] =
    "local limit = option('limit', 10 * minute, 'a limit')\n"
    "local office = calendar.weekly(option('hours', { 'Mon-Fri 07:30-08:05' }, 'hours'))\n"
    "sessions.watch({ users = { 'eve' } }, function (session)\n"
    "  session:wait_idle(limit)\n"
    "  local guard <close> = setmetatable({}, { __close = function () log('closed') end })\n"
    "  session:warn('{left} left, until {t}', { left = minute, t = office:ends(clock.now()) }, { ask = 'Stay' })\n"
    "  store.set('warned', { who = session.user, at = clock.now() })\n"
    "  session:wait(function ()\n"
    "    return session.idle >= limit + second and not office:contains(clock.now() - session.idle / 10)\n"
    "  end, hour)\n"
    "  if session:wait_active(minute) then return end\n"
    "  session:logoff('idle for ' .. session.idle)\n"
    "end)\n";

static const char keeper[] = "sessions.protect({ users = { 'bob' } }, function (session)\n"
                             "  local busy = {}\n"
                             "  if session:runs { 'make' } then busy[#busy + 1] = 'make' end\n"
                             "  return #busy > 0 and session.user .. ' runs ' .. table.concat(busy, ', ')\n"
                             "end)\n";

enum { ANA, BOB, EVE };

static const char *const users[] = {[ANA] = "ana", [BOB] = "bob", [EVE] = "eve"};

static struct trial {
    const char *failing;      /* a policy's name */
    uint64_t request, count;  /* from which on, and how many are refused */
    const struct cf_lua *lua; /* its state */
    struct simulation sim;
    bool unreached; /* it got by without that request */
    unsigned failures;
    unsigned warned[3]; /* users, by bits of policies: idle, another */
    int64_t ended[3];   /* 0: not */
    uint64_t spared;
} trial;

static int load(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                struct cf_error *err)
{
    bool fails = strcmp(cf_policy_name(policy), trial.failing) == 0;
    cf_lua_host_set_refusals(host, fails ? trial.request : 0, trial.count);
    int code = cf_lua_host_ops.load(host, policy, ret_script, err);
    if (code == 0 && fails)
        trial.lua = &((const struct cf_lua_script *)*ret_script)->lua;
    return code;
}

static int number_of(const struct cf_session *session)
{
    int number = 0;
    while (strcmp(users[number], session->user) != 0)
        number++;
    return number;
}

/* Whether it says what there is too little of, and at which line of the policy. */
static bool is_told(const char *text)
{
    size_t length = strlen(trial.failing);
    return strstr(text, "set aside") ||
           (strstr(text, "memory") && strncmp(text, trial.failing, length) == 0 &&
            strncmp(text + length, ".lua:", 5) == 0 && atoi(text + length + 5) > 0);
}

static void hear(void *data, const struct cf_entry *entry)
{
    (void)data;
    unsigned policy = entry->policy && strcmp(entry->policy, "idle") == 0 ? 1 : 2;
    switch (entry->what) {
    case CF_WHAT_WARN: trial.warned[number_of(entry->session)] |= policy; break;
    case CF_WHAT_LOGOFF: assert_true(trial.warned[number_of(entry->session)] & policy); break;
    case CF_WHAT_VETOED: trial.spared++; break;
    case CF_WHAT_FAILED:
        trial.failures++;
        if (strcmp(entry->policy, trial.failing) != 0 || !is_told(entry->text))
            fail_msg("request %llu of %s: %s: %s", (unsigned long long)trial.request, trial.failing,
                     entry->policy, entry->text);
        break;
    default: break;
    }
}

static void on_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    (void)data;
    if (event->kind == CF_EVENT_LOGOFF)
        trial.ended[number_of(session)] = cf_loop_now(trial.sim.loop).us;
}

static void log_on(void)
{
    static const char *const programs[] = {"bash", "make", NULL};
    for (uint32_t i = 0; i < 3; i++) {
        struct cf_session session;
        person_init(&session, users[i], 1000 + (int64_t)i);
        cf_session_set_list(&session, CF_FIELD_PROGRAMS, programs);
        simulation_log_on(&trial.sim, i, &session);
    }
}

/* Returns what loading came to; if well, more than half an hour has passed. */
static int run_trial(const struct cf_config *config, const char *failing, uint64_t request, uint64_t count,
                     struct cf_error *err)
{
    trial = (struct trial){.failing = failing, .request = request, .count = count};
    struct cf_policy_host_ops hosts = cf_lua_host_ops;
    hosts.load = load;
    simulation_init(&trial.sim, NULL, (struct cf_sim_setup){0}, hear);
    trial.sim.setup.policy_host = &hosts;
    trial.sim.setup.config = config;
    int code = simulation_start(&trial.sim, err);
    if (code == 0) {
        cf_sim_on_event(cf_engine_backend(trial.sim.engine), on_event, NULL);
        log_on();
        simulation_run_to(&trial.sim, cf_minutes(35));
    }
    trial.unreached = trial.lua && trial.lua->requests < request;
    simulation_close(&trial.sim);
    return code;
}

enum { ONCE = 2, EVER = INT32_MAX }; /* Lua asks twice */

static void look_at(const struct cf_error *err, int code, int64_t alone)
{
    bool well = code < 0
                    ? strstr(err->text, "memory") != NULL
                    : trial.ended[ANA] == alone && trial.spared && !trial.warned[BOB] && !trial.ended[BOB];
    if (!well)
        fail_msg("request %llu of %s: ana went at %lld us, bob at %lld, spared %llu times; %d: %s",
                 (unsigned long long)trial.request, trial.failing, (long long)trial.ended[ANA],
                 (long long)trial.ended[BOB], (unsigned long long)trial.spared, code, err->text);
}

static void fail_each(const struct cf_config *config, const char *failing, uint64_t count)
{
    struct cf_error err = {0};
    assert_int_equal(run_trial(config, "", 0, 0, &err), 0);
    int64_t alone = trial.ended[ANA];
    assert_true(alone >= cf_minutes(30).us && trial.ended[EVE] && trial.ended[EVE] < alone &&
                !trial.failures);
    unsigned unloaded = 0, failed = 0;
    for (uint64_t request = 1; !trial.unreached; request++) {
        int code = run_trial(config, failing, request, count, &err);
        look_at(&err, code, alone);
        unloaded += code < 0;
        failed += trial.failures > 0;
    }
    print_message("%s: %u refusals in loading, %u in runs\n", failing, unloaded, failed);
    assert_true(unloaded > 100 && failed > 10);
}

static void test_each_request(void **state)
{
    (void)state;
    folder_make();
    const char *const paths[] = {folder_write("warner.lua", warner), folder_write("keeper.lua", keeper)};
    struct cf_config config;
    cf_config_init(&config);
    config.mode = CF_MODE_ACT;
    config.limits.share = 1;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(cf_config_add_policy(&config, paths[i], NULL, NULL, NULL), 0);
    assert_int_equal(cf_config_add_policy(&config, "policies/idle.lua", NULL, NULL, NULL), 0);
    fail_each(&config, "warner", ONCE);
    fail_each(&config, "warner", EVER);
    fail_each(&config, "keeper", ONCE);
    fail_each(&config, "keeper", EVER);
    cf_config_finish(&config);
    cf_zones_release();
    folder_drop();
}

int main(void)
{
    cf_log_set_level(CF_LOG_NOTHING);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_request)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
