/*
 * What a session costs: 100,000 of them on a host that does nothing, all at rest under idle.lua. Sizes are
 * exact, so the bounds are, too; scripts/bench prints them.
 */
#include "../fixture/folder.h"
#include "allocated.h"
#include "simulation.h"

#include "bindings/script.h"
#include "engine/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SESSIONS = IS_SANITIZED ? 10000 : 100000 }; /* which take long enough there */
enum { TASK = 1800, SESSION = 3000 };              /* bytes, at most */

/* ---- A host that only has sessions ---- */

static const struct cf_backend_ops crowd_ops;

static struct crowd {
    struct cf_backend_head head;
    struct cf_backend_sink sink;
    struct cf_capabilities can;
} crowd;

static int open_crowd(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                      struct cf_backend **ret_backend, struct cf_error *err)
{
    (void)loop, (void)setup, (void)err;
    crowd.head.ops = &crowd_ops;
    crowd.sink = *sink;
    crowd.can.fields[CF_FIELD_IDLE] = CF_SUPPLY_SAMPLED;
    *ret_backend = (struct cf_backend *)(void *)&crowd.head;
    return 0;
}

static void close_crowd(struct cf_backend *backend)
{
    (void)backend;
}

static void submit(struct cf_backend *backend, const struct cf_request *request)
{
    (void)backend, (void)request;
    fail_msg("nothing is asked of a session at rest");
}

static const struct cf_capabilities *capabilities(const struct cf_backend *backend)
{
    (void)backend;
    return &crowd.can;
}

static const char *host(const struct cf_backend *backend)
{
    (void)backend;
    return "lab-1";
}

static const struct cf_backend_ops crowd_ops = {.name = "crowd",
                                                .summary = "sessions at rest",
                                                .open = open_crowd,
                                                .close = close_crowd,
                                                .submit = submit,
                                                .capabilities = capabilities,
                                                .host = host};

/* What logind tells of an ssh session. */
static void log_on(int64_t number)
{
    char id[16], user[16], tty[16], address[32];
    (void)snprintf(id, sizeof id, "%lld", (long long)number);
    (void)snprintf(user, sizeof user, "user%lld", (long long)number);
    (void)snprintf(tty, sizeof tty, "pts/%lld", (long long)number);
    (void)snprintf(address, sizeof address, "10.1.%lld.%lld", (long long)number / 256 % 256,
                   (long long)number % 256);
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){"lab-1", id, 1, 1 + number};
    session.uid = 1000 + number;
    session.leader = number;
    session.last_input = session.logged_on = (struct cf_mono){0};
    session.active = session.remote = CF_TRI_YES;
    session.locked = session.disconnected = session.closing = session.console = CF_TRI_NO;
    session.name = tty;
    session.user = user;
    session.class_ = "user";
    session.type = "tty";
    session.remote_host = address;
    session.service = "sshd";
    session.idle_source = "tty";
    crowd.sink.seen(crowd.sink.data, &session, CF_FIELDS_ALL);
}

static void hear(void *data, const struct cf_entry *entry)
{
    (void)data;
    fail_msg("%s", entry->text);
}

static const struct cf_lua *lua; /* of the policy */

static int load(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                struct cf_error *err)
{
    int code = cf_lua_host_ops.load(host, policy, ret_script, err);
    lua = code == 0 ? &((struct cf_lua_script *)*ret_script)->lua : NULL;
    return code;
}

/* Bytes of one session: known; with its tasks under the policy, at rest; and what of that is Lua's. */
struct cost {
    double known, all, lua;
};

static struct cost measure(const char *path)
{
    struct cf_policy_host_ops hosts = cf_lua_host_ops;
    hosts.load = load;
    struct simulation sim;
    simulation_init(&sim, NULL, (struct cf_sim_setup){0}, hear);
    sim.setup.backend = &crowd_ops;
    sim.setup.policy_host = &hosts;
    assert_int_equal(simulation_start(&sim, NULL), 0);
    size_t before = allocated();
    crowd.sink.listing(crowd.sink.data, false);
    for (int64_t number = 1; number <= SESSIONS; number++)
        log_on(number);
    crowd.sink.listing(crowd.sink.data, true);
    size_t known = allocated();
    simulation_add_policy(&sim, path, NULL);
    size_t loaded = lua->used - lua->held; /* by Lua itself */
    simulation_run_to(&sim, CF_MINUTE);
    struct cost cost = {(double)(known - before) / SESSIONS, (double)(allocated() - before) / SESSIONS,
                        (double)(lua->used - lua->held - loaded) / SESSIONS};
    simulation_close(&sim);
    return cost;
}

/* The same for two tasks a session. */
static struct cost measure_two(void)
{
    static const char text[] = "local function rest(session) session:wait_idle(hour) end\n"
                               "sessions.watch({ class = 'user' }, rest)\n"
                               "sessions.watch({ class = 'user' }, rest)\n";
    folder_make();
    struct cost cost = measure(folder_write("two.lua", text));
    folder_drop();
    return cost;
}

static void test_sizes(void **state)
{
    (void)state;
    struct cost one = measure("policies/idle.lua"), two = measure_two();
    double coroutine = two.lua - one.lua;
    double task =
        coroutine + sizeof(struct cf_task) + sizeof(struct cf_condition) + sizeof(struct cf_lua_run);
    print_message("a parked task: %.0f bytes, %.0f of them its coroutine's\n"
                  "a session: %.0f bytes under one policy, %.0f of them under none\n",
                  task, coroutine, one.all, one.known);
    assert_true(task <= TASK);
    assert_true(one.all <= SESSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
