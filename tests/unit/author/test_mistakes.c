/* Fifty plausible mistakes and more, one a policy: `check` finds each, by reading or by trying it. A row more
 * in this table is a mistake that somebody has made. */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "author/lint/lint.h"
#include "base/log.h"
#include "base/text.h"

#include <string.h>

static const struct {
    const char *what, *policy, *wanted; /* wanted: a piece of the finding; NULL: not found as yet */
} table[] =
    {
        {"a field misspelt",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  if session.usr == \"ana\" then return end\n  session:lock()\nend)\n",
         "no field 'usr'"},
        {"a method misspelt",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idel(30 * minute)\n  session:lock()\nend)\n",
         "did you mean 'wait_idle'"},
        {"a method with a dot",
         "sessions.watch({ class = \"user\" }, function (session)\n  session.wait_idle(30 * minute)\n  session:lock()\nend)\n",
         "colon"},
        {"a name misspelt",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minuts)\n  session:lock()\nend)\n",
         "'minuts' means nothing"},
        {"a global set",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  count = 1\n  session:lock()\nend)\n",
         "no local variable"},
        {"a number for a span",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30)\n  session:lock()\nend)\n",
         "wants a span"},
        {"seconds slept as a number",
         "sessions.watch({ class = \"user\" }, function (session)\n  clock.sleep(300)\n  session:lock()\nend)\n",
         "wants a span"},
        {"an option without a unit",
         "local limit = option(\"limit\", 30)\nsessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(limit)\n  session:lock()\nend)\n",
         "wants a span"},
        {"an option that nobody reads",
         "local limit = option(\"limit\", 30 * minute)\nsessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:lock()\nend)\n",
         "nobody reads the option"},
        {"a span compared with a number",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.idle > 30 end)\n  session:lock()\nend)\n",
         "compares with a time"},
        {"a span compared with a text",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.idle >= \"30m\" end)\n  session:lock()\nend)\n",
         "compares with a time"},
        {"a span taken for true or false",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.active and session.idle end)\n  session:lock()\nend)\n",
         "a condition answers true or false"},
        {"not before a comparison",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return not session.idle < 5 * minute end)\n  session:lock()\nend)\n",
         "length of time"},
        {"exactly half an hour",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.idle == 30 * minute end)\n  session:lock()\nend)\n",
         "millionth of a second"},
        {"a span compared with nil",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.idle ~= nil end)\n  session:lock()\nend)\n",
         "never nil"},
        {"or meant, and written",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.idle >= 30 * minute and session.idle < 5 * minute end)\n  session:lock()\nend)\n",
         "never hold together"},
        {"locked and not",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.locked and not session.locked end)\n  session:lock()\nend)\n",
         "never hold together"},
        {"a limit of zero",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.disconnected_for >= 0 * second end)\n  session:logoff(\"x\", { unwarned = true })\nend)\n",
         "a limit of zero means never"},
        {"at most zero",
         "sessions.watch({ class = \"user\" }, function (session)\n  if session.disconnected_for <= 0 * second then return end\n  session:wait_idle(5 * minute)\n  session:lock()\nend)\n",
         "write not session.disconnected"},
        {"a list compared with a text",
         "sessions.watch({ class = \"user\" }, function (session)\n  if session.groups == \"staff\" then return end\n  session:wait_idle(5 * minute)\n  session:lock()\nend)\n",
         "in_group"},
        {"programs compared with a text",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(5 * minute)\n  if session.programs ~= \"make\" then session:lock() end\nend)\n",
         ":runs("},
        {"a flag compared with a text",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(5 * minute)\n  if session.locked == \"yes\" then return end\n  session:lock()\nend)\n",
         "true, false or nil"},
        {"a flag compared with a number",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(5 * minute)\n  if session.remote == 1 then return end\n  session:lock()\nend)\n",
         "true, false or nil"},
        {"a class that there is not",
         "sessions.watch({ class = \"user\" }, function (session)\n  if session.class == \"users\" then return end\n  session:wait_idle(5 * minute)\n  session:lock()\nend)\n",
         "no session has the class 'users'"},
        {"a type that there is not",
         "sessions.watch({ class = \"user\" }, function (session)\n  if session.type == \"ssh\" then return end\n  session:wait_idle(5 * minute)\n  session:lock()\nend)\n",
         "no session has the type 'ssh'"},
        {"a selector's type that there is not",
         "sessions.watch({ type = \"ssh\" }, function (session) session:wait_idle(5 * minute) session:lock() end)\n",
         "no session has the type 'ssh'"},
        {"a selector's field that there is not",
         "sessions.watch({ users = \"ana\", state = \"active\" }, function (session) session:wait_idle(5 * minute) session:lock() end)\n",
         "no field 'state'"},
        {"users in one text",
         "sessions.watch({ users = \"ana, bob\" }, function (session) session:wait_idle(5 * minute) session:lock() end)\n",
         "a list is written"},
        {"another language's pattern",
         "sessions.protect({ users = \"svc[0-9]*\" }, function () return \"a service\" end)\n",
         "only * and ? stand"},
        {"groups asked for in one text",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(5 * minute)\n  if session:in_group(\"staff, admins\") then return end\n  session:lock()\nend)\n",
         "a list is written"},
        {"programs in one text",
         "sessions.protect({ class = \"user\" }, function (session) if session:runs(\"make|rsync\") then return \"busy\" end end)\n",
         "runs wants programs' names"},
        {"a selector that nobody fits",
         "sessions.watch({ console = true, remote = true }, function (session) session:wait_idle(5 * minute) session:lock() end)\n",
         "selects nobody"},
        {"no selector",
         "sessions.watch(function (session) session:wait_idle(5 * minute) session:lock() end)\n", "selector"},
        {"an event that there is not", "sessions.on(\"login\", function (session) session:lock() end)\n",
         "login"},
        {"an appointment that cannot be read", "clock.at(\"7pm\", function () log(\"x\") end)\n", "7pm"},
        {"a logoff unwarned",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:logoff(\"idle\")\nend)\n",
         "refused"},
        {"a message for a warning",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:tell(\"You will be logged off.\")\n  clock.sleep(5 * minute)\n  session:logoff(\"idle\")\nend)\n",
         "tell announces nothing"},
        {"a warning and a logoff at once",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:warn(\"Bye in {left}.\", { left = 1 * minute })\n  session:logoff(\"idle\")\nend)\n",
         "nothing waits between"},
        {"an answer that nobody reads",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:warn(\"Bye in {left}.\", { left = 5 * minute })\n  session:wait_active(5 * minute)\n  session:logoff(\"idle\")\nend)\n",
         "nobody reads the answer of wait_active"},
        {"a button that nobody reads",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  local notice = session:warn(\"Bye in {left}.\", { left = 5 * minute }, { ask = \"No\" })\n  notice:answered(5 * minute)\n  session:logoff(\"idle\")\nend)\n",
         "nobody reads the answer of answered"},
        {"unwarned by the script alone",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:logoff(\"idle\", { unwarned = true })\nend)\n",
         "unwarned = true, too"},
        {"idle times compared by hand", "sessions.watch({ class = \"user\" }, function (session)\n  clock.sleep(30 * minute)\n  if session.idle < 25 * minute then return end\n  session:warn(\"Bye in {left}.\", { left = 5 * minute })\n  clock.sleep(5 * minute)\n  if session.idle < 30 * minute then return end\n  session:logoff(\"idle\")\nend)\n",
         "compared by hand"},
        {"a veto that returns true",
         "sessions.protect({ class = \"user\" }, function (session) if session:runs(\"make\") then return true end end)\n",
         "a veto answers with its reason"},
        {"a veto that waits",
         "sessions.protect({ class = \"user\" }, function (session) clock.sleep(1 * minute) return \"x\" end)\n",
         "neither waits nor acts"},
        {"a number in a text",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:warn(\"Bye in {left}.\", { left = 5 })\n  if session:wait_active(5 * minute) then return end\n  session:logoff(\"idle\")\nend)\n",
         "is a number, not a span"},
        {"a unit twice",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:warn(\"Bye in {left} minutes.\", { left = 5 * minute })\n  if session:wait_active(5 * minute) then return end\n  session:logoff(\"idle\")\nend)\n",
         "prints its own unit"},
        {"a time in words alone",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:warn(\"Bye in 5 minutes.\")\n  if session:wait_active(5 * minute) then return end\n  session:logoff(\"idle\")\nend)\n",
         "a time that curfew does not know"},
        {"a value misspelt in a text",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  session:warn(\"Bye in {lft}.\", { left = 5 * minute })\n  if session:wait_active(5 * minute) then return end\n  session:logoff(\"idle\")\nend)\n",
         "{lft}"},
        {"the shortest warning first",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * minute)\n  for left, pause in countdown { 1 * minute, 5 * minute } do\n    session:warn(\"In {left}.\", { left = left })\n    if session:wait_active(pause) then return end\n  end\n  session:logoff(\"idle\")\nend)\n",
         "longest span first"},
        {"a countdown longer than its limit",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(3 * minute - 5 * minute)\n  for left, pause in countdown { 5 * minute } do\n    session:warn(\"In {left}.\", { left = left })\n    if session:wait_active(pause) then return end\n  end\n  session:logoff(\"idle\")\nend)\n",
         "countdown longer than the limit"},
        {"a logoff without a reason",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(25 * minute)\n  for left, pause in countdown { 5 * minute } do\n    session:warn(\"In {left}.\", { left = left })\n    if session:wait_active(pause) then return end\n  end\n  session:logoff()\nend)\n",
         "logoff wants text"},
        {"a wait in a condition",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () clock.sleep(1 * minute) return true end)\n  session:lock()\nend)\n",
         "condition"},
        {"a condition that answers with a time",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait(function () return session.idle end)\n  session:lock()\nend)\n",
         "a condition answers true or false"},
        {"a loop that never waits",
         "sessions.watch({ class = \"user\" }, function (session)\n  while not session.locked do log(\"x\") end\nend)\n",
         "never waits"},
        {"a watch in a task",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(5 * minute)\n  sessions.watch({ class = \"user\" }, function () end)\nend)\n",
         "sessions.watch"},
        {"a task without its session", "clock.every(5 * minute, function (session) session:lock() end)\n",
         "nil"},
        {"a library that there is not",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(5 * minute)\n  os.execute(\"logout\")\nend)\n",
         "'os' means nothing"},
        {"an item of no list",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(5 * minute)\n  for _, other in ipairs(sessions.list { user = session.user }) do log(other.nmae) end\nend)\n",
         "no field"},
        {"an option's default outside its domain",
         "local limit = option(\"limit\", 1 * minute, \"x\", { least = 5 * minute })\nsessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(limit)\n  session:lock()\nend)\n",
         "its own default"},
        {"syntax",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(5 * minute\nend)\n",
         "expected"},
        {"a time kept over a wait",
         "sessions.watch({ class = \"user\" }, function (session)\n  local idle = session.idle\n  session:warn(\"Bye in {left}.\", { left = 5 * minute })\n  clock.sleep(5 * minute)\n  if idle > 30 * minute then session:logoff(\"idle\") end\nend)\n",
         NULL},
        {"nothing returns where the user is back",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(25 * minute)\n  session:warn(\"Bye in {left}.\", { left = 5 * minute })\n  if session:wait_active(5 * minute) then log(\"back\") end\n  session:logoff(\"idle\")\nend)\n",
         NULL},
        {"hours the wrong way round",
         "local open = calendar.weekly { \"Mon-Fri 19:00-07:30\" }\nsessions.watch({ class = \"user\" }, function (session)\n  for left in clock.approach(open:ends(clock.now()), { 5 * minute }) do\n    session:warn(\"Bye in {left}.\", { left = left })\n  end\n  session:logoff(\"closed\")\nend)\n",
         NULL},
        {"the wrong unit",
         "sessions.watch({ class = \"user\" }, function (session)\n  session:wait_idle(30 * second)\n  session:lock()\nend)\n",
         NULL},
};

static void note(void *data, const struct cf_finding *finding)
{
    cf_buffer_printf(data, "%d: %s: %s\n", finding->line, finding->kind, finding->text);
}

static bool is_found(size_t row)
{
    struct cf_config config;
    struct cf_error err = {0};
    struct cf_buffer all = {0};
    folder_make();
    cf_config_init(&config);
    if (cf_config_add_policy(&config, folder_write("policy.lua", table[row].policy), NULL, NULL, &err) < 0)
        fail_msg("%s", err.text);
    cf_lint(&config.policies[0], NULL, note, &all);
    bool found = table[row].wanted && all.data && strstr(all.data, table[row].wanted);
    if (!found && table[row].wanted)
        print_message("%s: wanted: %s\n%s  got:\n%s", table[row].what, table[row].wanted, table[row].policy,
                      all.data ? all.data : "nothing\n");
    cf_buffer_finish(&all);
    cf_config_finish(&config);
    folder_drop();
    return found;
}

static void test_plausible_mistakes(void **state)
{
    (void)state;
    enum { ROWS = sizeof table / sizeof *table, STRIDE = IS_SANITIZED ? 3 : 1 };
    size_t rows = 0, found = 0, hidden = 0;
    cf_log_set_level(CF_LOG_NOTHING);
    for (size_t i = 0; i < ROWS; i += STRIDE, rows++) {
        found += is_found(i);
        hidden += !table[i].wanted;
    }
    print_message("%zu of %zu plausible mistakes found\n", found, rows);
    assert_int_equal(found + hidden, rows);
    assert_true(ROWS >= 50 && found * 10 >= rows * 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plausible_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
