/*
 * A hostile policy beside a well-behaved one. The first is stopped and set aside, or does no harm; idle.lua
 * logs its user off at the very microsecond at which it would have done so alone.
 */
#include "../fixture/folder.h"
#include "simulation.h"

#include "base/log.h"
#include "base/memory.h"
#include "bindings/state/state.h"
#include "engine/log_limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MEMORY = 8 << 20, /* of the hostile policy, and its instructions */
    BUDGET = 1000000,
    MOST_ROWS = 500, /* of its, in half an hour */
};

#define IDLE_LIMIT cf_minutes(30)

/* What becomes of it. */
enum fate {
    REFUSED,   /* it does not load */
    SET_ASIDE, /* its runs fail, and after three it is set aside */
    HARMLESS,  /* it does not get what it wants, and nothing else happens */
};

struct hostile {
    enum fate fate;
    const char *says; /* part of the message */
    const char *text; /* the policy; where it has no sessions.watch, the body of a task */
};

/* ---- A host with ana on it, and two policies ---- */

static struct trial {
    size_t memory;
    const char *others[2]; /* policies besides */
    struct simulation sim;
    int64_t ended;         /* when ana's session did */
    unsigned failures;     /* of the hostile policy */
    unsigned all_failures; /* of any */
    uint64_t starts, rows; /* the second of the hostile policy */
    bool set_aside;
    char message[CF_ERROR_SIZE];
} trial;

static int load(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                struct cf_error *err)
{
    bool hostile = strcmp(cf_policy_name(policy), "hostile") == 0;
    cf_lua_host_set_memory(host, hostile ? trial.memory : CF_LUA_MEMORY);
    cf_lua_host_set_budget(host, hostile ? BUDGET : CF_LUA_BUDGET);
    return cf_lua_host_ops.load(host, policy, ret_script, err);
}

static void on_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    (void)data, (void)session;
    if (event->kind == CF_EVENT_LOGOFF)
        trial.ended = cf_loop_now(trial.sim.loop).us;
}

static void hear(void *data, const struct cf_entry *entry)
{
    (void)data;
    trial.all_failures += entry->what == CF_WHAT_FAILED;
    trial.rows += entry->policy && strcmp(entry->policy, "hostile") == 0;
    if (entry->what != CF_WHAT_FAILED || !entry->policy || strcmp(entry->policy, "hostile") != 0)
        return;
    if (strstr(entry->text, "set aside")) {
        trial.set_aside = true;
        return;
    }
    trial.failures++;
    (void)snprintf(trial.message, sizeof trial.message, "%s", entry->text);
}

/* Writes the text to a file, unless there is none, and adds it as the policy "hostile". */
static int add_hostile(const char *text, struct cf_error *err)
{
    struct cf_buffer whole = {0};
    bool is_body = !strstr(text, "sessions.watch");
    cf_buffer_printf(&whole,
                     is_body ? "sessions.watch({ class = 'user' }, function (session) %s\nend)" : "%s", text);
    folder_make();
    int code = simulation_try_policy(&trial.sim, folder_write("hostile.lua", whole.data), NULL, err);
    cf_buffer_finish(&whole);
    folder_drop();
    return code;
}

/* Runs until ana is gone, for an hour at most. Returns what loading the hostile policy (NULL: none) came to.
 */
static int run_trial(const char *text, size_t memory, struct cf_error *err)
{
    trial = (struct trial){.memory = memory, .others = {trial.others[0], trial.others[1]}};
    struct cf_policy_host_ops hosts = cf_lua_host_ops;
    hosts.load = load;
    struct cf_config *config = &trial.sim.config;
    simulation_init(&trial.sim, NULL, (struct cf_sim_setup){0}, hear);
    trial.sim.setup.policy_host = &hosts;
    for (size_t i = 0; i < 2 && trial.others[i]; i++)
        assert_int_equal(cf_config_add_policy(config, trial.others[i], NULL, NULL, NULL), 0);
    assert_int_equal(cf_config_add_policy(config, "policies/idle.lua", NULL, NULL, NULL), 0);
    assert_int_equal(simulation_start(&trial.sim, NULL), 0);
    cf_sim_on_event(cf_engine_backend(trial.sim.engine), on_event, NULL);
    int code = text ? add_hostile(text, err) : 0;
    struct cf_session ana;
    person_init(&ana, "ana", 1000);
    simulation_log_on(&trial.sim, 0, &ana);
    simulation_run_to(&trial.sim, CF_HOUR);
    trial.starts = cf_engine_counts(trial.sim.engine)->starts;
    simulation_close(&trial.sim);
    return code;
}

/* When ana goes where there is no hostile policy. */
static int64_t ends_alone(void)
{
    assert_int_equal(run_trial(NULL, 0, NULL), 0);
    assert_true(trial.ended >= IDLE_LIMIT.us && trial.ended < IDLE_LIMIT.us + CF_SECOND.us);
    return trial.ended;
}

/* ---- The hostile policies ---- */

#define LOOP  "a loop that never waits?"
#define STEPS "stopped after 1 million instructions, a step of its own being one"
#define TABLE "setmetatable({}, { __len = function () return 1e15 end })"

static const struct hostile table[] = {
    /* Loops. */
    {SET_ASIDE, LOOP, "while true do end"},
    {SET_ASIDE, LOOP, "::again:: goto again"},
    {SET_ASIDE, LOOP, "while true do pcall(function () while true do end end) end"},
    {SET_ASIDE, LOOP,
     "local function again() return pcall(again) end again()  while true do pcall(again) end"},
    {SET_ASIDE, LOOP,
     "local c <close> = setmetatable({}, { __close = function () while true do end end })\n"
     "while true do end"},
    {SET_ASIDE, LOOP, "local function f() return f() end f()"},
    {SET_ASIDE, LOOP, "for i = 1, math.huge do end"},
    {SET_ASIDE, LOOP, "for k in pairs(setmetatable({}, {})) do end repeat until false"},
    {SET_ASIDE, LOOP,
     "local t = setmetatable({}, { __index = function (t, k) return t[k + 1] end })\n"
     "while true do pcall(function () return t[1] end) end"},
    {SET_ASIDE, LOOP,
     "local t = setmetatable({}, { __eq = function () while true do end end })\n"
     "return t == setmetatable({}, getmetatable(t))"},
    {SET_ASIDE, LOOP,
     "error(setmetatable({}, { __tostring = function () while true do end end }), tostring(\n"
     "setmetatable({}, { __tostring = function () while true do end end })))"},
    {SET_ASIDE, LOOP, "log(setmetatable({}, { __tostring = function () while true do end end }))"},
    {SET_ASIDE, LOOP, "local t = {} for i = 1, 300 do t[i] = -i end while true do table.sort(t) end"},
    {SET_ASIDE, LOOP, "local t = {} for i = 1, 60000 do t[i] = -i end table.sort(t)"},
    {SET_ASIDE, "hostile.lua:1: ",
     "local t = {} for i = 1, 9 do t[i] = i end while true do table.sort(t, function () return true end) end"},
    {SET_ASIDE, "waited 1000 times without any time passing", "while true do clock.sleep(0 * second) end"},
    {REFUSED, LOOP, "sessions.watch({}, log) while true do end"},
    {REFUSED, LOOP, "sessions.watch({}, log) while true do pcall(require, 'x') end"},

    {SET_ASIDE, LOOP, "session:wait(function () while true do end end)"},
    {SET_ASIDE, LOOP, "session:wait(function () return pcall(function () while true do end end) end)"},
    {SET_ASIDE, LOOP, "return pcall(function () while true do end end)"},
    {REFUSED, LOOP, "sessions.watch({}, log) return pcall(function () while true do end end)"},

    /* Memory. */
    {SET_ASIDE, "ran out of the 8 MiB", "local t = {} for i = 1, 1e9 do t[i] = i end"},
    {SET_ASIDE, "ran out of the 8 MiB",
     "while true do pcall(function () local t = {} for i = 1, 1e9 do t[i] = i end end) end"},
    {SET_ASIDE, "ran out of the 8 MiB", "local t = {} while true do t = { t } end"},
    {SET_ASIDE, "ran out of the 8 MiB", "local function f() return f() + 1 end f()"},
    {SET_ASIDE, "hostile.lua:1: ", "local s = {} while true do s[#s + 1] = function () return s end end"},
    {SET_ASIDE, "ran out of the 8 MiB",
     "local t = {} for i = 1, 7 do t[i] = ('x'):rep(1000000) .. i end\n"
     "while true do t.x = ('y'):rep(900000) t.x = nil end"},
    {SET_ASIDE, "a text of more than 1024 KiB", "local s = 'x' while true do s = s .. s end"},
    {SET_ASIDE, "a text of more than 1024 KiB",
     "pcall(function () local s = ('x'):rep(1000000) return s .. s end) clock.sleep(hour)"},
    {SET_ASIDE, LOOP, "local s = ('x'):rep(1000000) while true do local t = s .. 'y' end"},

    /* Functions in C. */
    {SET_ASIDE, "string.find: " STEPS, "('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40))"},
    {SET_ASIDE, "string.match: " STEPS, "('a'):rep(3000):match('.-.-.-.-b')"},
    {SET_ASIDE, "string.gsub: " STEPS, "('a'):rep(3000):gsub('.-.-.-.-b', '')"},
    {SET_ASIDE, "string.gmatch: " STEPS, "for _ in ('a'):rep(3000):gmatch('.-.-.-.-b') do end"},
    {SET_ASIDE, "string.find: " STEPS,
     "local s = ('a'):rep(1000000) while true do pcall(s.find, s, 'b', 1, true) s:find('b', 1, true) end"},
    {SET_ASIDE, "string.find: this pattern has too many parts", "('x'):rep(500):find(('x?'):rep(500))"},
    {SET_ASIDE, "string.rep: this text would be longer than 1024 KiB", "('x'):rep(1e9)"},
    {HARMLESS, "", "log('x' .. (''):rep(1e18)) clock.sleep(2 * hour)"},
    {SET_ASIDE, "invalid conversion specification: '%99999d'", "('%99999d'):format(5)"},
    {SET_ASIDE, "table.move: " STEPS, "table.move({}, 1, 1e12, 2)"},
    {SET_ASIDE, "table.insert: " STEPS, "table.insert(" TABLE ", 1, 'x')"},
    {SET_ASIDE, "table.remove: " STEPS, "table.remove(" TABLE ", 1)"},
    {SET_ASIDE, "table.concat: " STEPS,
     "table.concat(setmetatable({}, { __index = table.concat }), '', 1, 1e18)"},
    {SET_ASIDE, "table.unpack: " STEPS, "table.unpack({}, 1, 1e8)"},
    {SET_ASIDE, "too many results to unpack",
     "table.unpack({}, 1, 999999) table.unpack({}, 1, 900)"
     " local t = { table.unpack({}, 1, 1e6) }"},
    {SET_ASIDE, "utf8.len: " STEPS, "local s = ('a'):rep(1000000) while true do utf8.len(s) end"},
    {SET_ASIDE, "stopped after", "local function f(...) return f(1, ...) end f()"},
    {SET_ASIDE, "pairs: " STEPS,
     "local t = {} for i = 1, 50000 do t[i] = i end\nwhile true do for k in pairs(t) do break end end"},
    {SET_ASIDE, "'__index' chain too long",
     "local t = {} for i = 1, 5000 do t = setmetatable({}, { __index = t }) end return t.x"},
    {SET_ASIDE, "C stack overflow", "local function f() return (('x'):gsub('x', f)) end f()"},
    {SET_ASIDE, "store.set: 't': it is too large",
     "local t = { 1 } for i = 1, 15 do t = { t, t, t, t, t, t, t, t } end store.set('t', t)"},
    {SET_ASIDE, "more than the 1024 KiB that a policy may keep",
     "for i = 1, 40 do store.set('k' .. i, ('x'):rep(60000)) end"},
    {SET_ASIDE, "too many tables in tables", "local t = {} t.t = t store.set('t', t)"},

    /* What C holds for a policy counts with its Lua memory. */
    {SET_ASIDE, "calendar.weekly: the policy would hold more than the 8 MiB",
     "local t, lines = {}, {} for i = 1, 1000 do lines[i] = 'Mon 07:30-19:00' end\n"
     "for i = 1, 40 do t[i] = calendar.weekly(lines) clock.sleep(second) end"},
    {SET_ASIDE, "+: the policy would hold more than the 8 MiB",
     "local t, lines = {}, {} for i = 1, 1000 do lines[i] = 'Mon 07:30-19:00' end\n"
     "local c = calendar.weekly(lines) clock.sleep(second) for i = 1, 40 do t[i] = c + c end"},
    {HARMLESS, "",
     "local lines = {} for i = 1, 100 do lines[i] = 'Mon 07:30-19:00' end\n"
     "for i = 1, 400 do local c = calendar.weekly(lines) clock.sleep(second) end clock.sleep(2 * hour)"},
    {REFUSED, "put the days off into fewer files",
     "local files = {} for i = 1, 20 do files[i] = 'days' .. i .. '.ics' end\n"
     "calendar.dates(files) sessions.watch({}, log)"},
    {REFUSED, "the 8 MiB of memory it may",
     "for i = 1, 30000 do clock.every(hour, log) end sessions.watch({}, log)"},
    {REFUSED, "sessions.on: a policy may do this 64 times",
     "for i = 1, 65 do sessions.on('lock', log) end sessions.watch({}, log)"},
    {REFUSED, "sessions.protect: a policy may do this 64 times",
     "for i = 1, 65 do sessions.protect({ user = 'x' }, log) end sessions.watch({}, log)"},
    {REFUSED, "sessions.watch: a policy may do this 64 times",
     "for i = 1, 65 do sessions.watch({ user = 'x' }, log) end"},
    {REFUSED, "the 8 MiB of memory it may",
     "local h = ('x'):rep(4000) for i = 1, 3000 do option('o' .. i, 5, h) end sessions.watch({}, log)"},
    {SET_ASIDE, "hostile.lua:1: a run cannot begin: the policy would hold more than",
     "for i = 1, 5 do clock.every(second, function () clock.sleep(10 * hour) end) end sessions.watch({}, function () clock.sleep(10 * "
     "hour) end)"},

    /* Rows of the journal. */
    {SET_ASIDE, "wait in between", "while true do session:tell('x') clock.sleep(second) end"},
    {SET_ASIDE, "wait in between", "for i = 1, 100 do session:tell('x') end"},
    {SET_ASIDE, "wait in between", "while true do session:warn('x') clock.sleep(second) end"},
    {SET_ASIDE, "wait in between", "while true do session:logoff('x') clock.sleep(second) end"},
    {HARMLESS, "", "while true do pcall(session.tell, session, 'x') clock.sleep(second) end"},
    {HARMLESS, "", "while true do session:tell('x') clock.sleep(10 * second) end"},
    {SET_ASIDE, "host.refuse_logons: logons were refused anew",
     "for i = 1, 1e5 do host.refuse_logons('x {i}', { i = i }) end"},
    {HARMLESS, "",
     "for i = 1, 1e4 do host.refuse_logons('x') host.refuse_logons('x') end\n"
     "for i = 1, 1e4 do host.refuse_logons() end clock.sleep(2 * hour)"},
    {HARMLESS, "",
     "for i = 1, 20 do host.refuse_logons('x' .. i) end host.refuse_logons() clock.sleep(2 * hour)"},
    {HARMLESS, "",
     "for i = 1, 1e3 do pcall(host.refuse_logons, 'x' .. i) host.refuse_logons() end clock.sleep(2 * hour)"},

    /* Ways out. */
    {SET_ASIDE, "'coroutine' means nothing here", "coroutine.wrap(function () end)()"},
    {SET_ASIDE, "'load' means nothing here", "load('\\27Lua')()"},
    {SET_ASIDE, "'os' means nothing here", "os.execute('true')"},
    {SET_ASIDE, "'io' means nothing here", "io.open('/etc/passwd')"},
    {SET_ASIDE, "'debug' means nothing here", "debug.sethook()"},
    {SET_ASIDE, "'xpcall' means nothing here", "xpcall(error, function () while true do end end)"},
    {SET_ASIDE, "attempt to call a nil value (field 'dump')", "string.dump(log)"},
    {SET_ASIDE, "__gc is not to be had here",
     "setmetatable({}, { __gc = function () while true do end end })"},
    {SET_ASIDE, "cannot be set", "string.format = log"},
    {SET_ASIDE, "globals cannot be set", "shared = session"},
    {SET_ASIDE, "attempt to index a boolean value", "getmetatable('').__index.format = log"},
    {SET_ASIDE, "attempt to index a string value", "('').x = 5"},
    {SET_ASIDE, "attempt to index a boolean value", "getmetatable(session).__index = nil"},
    {SET_ASIDE, "attempt to index a boolean value", "getmetatable(minute).__lt = nil"},
    {SET_ASIDE, "cannot change a protected metatable", "setmetatable(_ENV, {})"},
    {SET_ASIDE, "require belongs outside of tasks", "require('idle')"},
    {REFUSED, "wants the name of a file beside the policy",
     "require('../../etc/passwd') sessions.watch({}, log)"},
    {REFUSED, "wants the name of a file beside the policy", "require('/etc/passwd') sessions.watch({}, log)"},
    {REFUSED, "wants the name of a file beside the policy", "require('a..b') sessions.watch({}, log)"},
    {REFUSED, "there is no 'passwd' beside the policy", "require('passwd') sessions.watch({}, log)"},
    {REFUSED, "store.set works in a task only", "store.set('x', 5) sessions.watch({}, log)"},
    {REFUSED, "attempt to load a binary chunk", "\x1bLua sessions.watch"},
    {HARMLESS, "", "local _ENV = {} x = 5"},
    {HARMLESS, "", "for i = 1, 10000 do log('line {i}', { i = i }) end clock.sleep(2 * hour)"},
    {HARMLESS, "",
     "local c <close> = setmetatable({}, { __close = function () clock.sleep(hour) end }) clock.sleep(2 * hour)"},
    {HARMLESS, "",
     "local c <close> = setmetatable({}, { __close = function () while true do end end }) clock.sleep(minute)"
     " local t = setmetatable({}, { __mode = 'k' }) t[t] = t clock.sleep(2 * hour)"},
};

static bool is_as_said(const struct hostile *hostile, int code, const struct cf_error *err)
{
    if (hostile->fate == REFUSED)
        return code == CF_POLICY && strncmp(err->text, "hostile.lua:", 12) == 0 &&
               strstr(err->text, hostile->says);
    if (code < 0)
        return false;
    int line = 0, again = 0;
    bool placed = sscanf(trial.message, "hostile.lua:%d: hostile.lua:%d", &line, &again) == 1 ||
                  sscanf(trial.message, "line %d:", &line) == 1;
    return hostile->fate == HARMLESS
               ? trial.failures == 0
               : trial.failures == 3 && trial.set_aside && placed && strstr(trial.message, hostile->says);
}

static void test_hostile(void **state)
{
    (void)state;
    int64_t alone = ends_alone();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct hostile *hostile = &table[i];
        struct cf_error err = {0};
        int code = run_trial(hostile->text, MEMORY, &err);
        if (!is_as_said(hostile, code, &err))
            fail_msg("%s\n  wanted: %s\n  got: %d, %u failures, %s%s", hostile->text, hostile->says, code,
                     trial.failures, err.text, trial.message);
        if (trial.rows > MOST_ROWS)
            fail_msg("%s\n  wrote %llu rows", hostile->text, (unsigned long long)trial.rows);
        if (trial.ended != alone)
            fail_msg("%s\n  ana went at %lld µs instead of %lld", hostile->text, (long long)trial.ended,
                     (long long)alone);
    }
}

/* Two policies that share their code, its module and its keys share nothing else. */
static void test_apart(void **state)
{
    (void)state;
    static const char text[] = "local shared, runs = require('shared'), 0\n"
                               "assert(shared.count == 0) shared.count = 1\n"
                               "sessions.watch({ class = 'user' }, function (session)\n"
                               "  assert(store.get('runs', 0) == runs and shared.count == runs + 1)\n"
                               "  runs = runs + 1 shared.count = shared.count + 1 store.set('runs', runs)\n"
                               "  clock.sleep(minute)\n"
                               "end)";
    struct cf_error err = {0};
    folder_make();
    (void)folder_write("shared.lua", "return { count = 0 }");
    trial = (struct trial){.others = {folder_write("one.lua", text), folder_write("two.lua", text)}};
    int code = run_trial(NULL, MEMORY, &err);
    folder_drop();
    assert_int_equal(code, 0);
    assert_int_equal(trial.all_failures, 0);
    assert_true(trial.starts > 50);
}

/* A policy that logs in a loop fills no disk: of each minute so many lines, and one that counts the rest. */
static void test_flood(void **state)
{
    (void)state;
    FILE *lines = tmpfile();
    int err = dup(2);
    assert_true(lines && err >= 0 && dup2(fileno(lines), 2) == 2);
    cf_log_set_level(CF_LOG_NOTICE);
    struct cf_error error;
    int code = run_trial(
        "for i = 1, 3 do for j = 1, 1000 do log('flood {i}', { i = i }) end clock.sleep(5 * minute) end\n"
        "for j = 1, 60 do log('rest') end clock.sleep(2 * hour)",
        MEMORY, &error);
    cf_log_set_level(CF_LOG_ERROR);
    assert_true(dup2(err, 2) == 2 && close(err) == 0);
    assert_true(code == 0 && trial.failures == 0);
    char line[300];
    unsigned flood = 0, rest = 0, counted = 0;
    rewind(lines);
    while (fgets(line, sizeof line, lines)) {
        flood += strstr(line, "hostile: flood") != NULL;
        rest += strstr(line, "hostile: rest") != NULL;
        counted += strstr(line, "hostile: logged 1000 lines in a minute; 940 of them were left out") != NULL;
    }
    (void)fclose(lines);
    assert_int_equal(flood, 3 * CF_LOG_LINES);
    assert_int_equal(rest, 60);
    assert_int_equal(counted, 3);
}

int main(void)
{
    cf_log_set_level(CF_LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
