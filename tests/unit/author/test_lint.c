/* `curfew check`: policies with one mistake each, near misses, and the policies that are meant to be right.
 */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "author/lint/lint.h"
#include "base/log.h"
#include "base/text.h"
#include "time/zone.h"

#include <stdio.h>
#include <string.h>

enum { TEXT = 8000 };

struct found {
    unsigned count;
    int line;
    bool warns;
    char kind[32], all[4000];
};

static void note(void *data, const struct cf_finding *finding)
{
    struct found *found = data;
    size_t used = strlen(found->all);
    found->count++;
    found->line = finding->line;
    found->warns = finding->warns;
    snprintf(found->kind, sizeof found->kind, "%s", finding->kind);
    snprintf(found->all + used, sizeof found->all - used, "%s:%d: %s: %s\n", finding->file, finding->line,
             finding->kind, finding->text);
}

static struct found check_file(const char *path, const char *options)
{
    struct cf_config config;
    struct cf_error err = {0};
    struct found found = {0};
    json_t *given = options ? json_loads(options, 0, NULL) : NULL;
    cf_config_init(&config);
    if (cf_config_add_policy(&config, path, NULL, given, &err) < 0)
        fail_msg("%s", err.text);
    config.policies[0].unwarned = cf_text_matches("*conditions.lua", path);
    cf_lint(&config.policies[0], NULL, note, &found);
    cf_config_finish(&config);
    json_decref(given);
    return found;
}

static struct found check_text(const char *text, const char *options)
{
    folder_make();
    struct found found = check_file(folder_write("policy.lua", text), options);
    folder_drop();
    return found;
}

/* The third line of a policy is the one that is looked at. */
static const char *around(const char *line, char out[TEXT])
{
    snprintf(out, TEXT,
             "local limit = option('limit', 30 * minute, 'idle time')\n"
             "sessions.watch({ class = 'user', groups = 'lab-*' }, function (session)\n"
             "%s\n"
             "  session:wait_idle(limit)\n"
             "end)\n",
             line);
    return out;
}

static void assert_found(const char *text, const struct found *found, const char *kind, int line, bool warns)
{
    if (found->count != 1 || found->line != line || strcmp(found->kind, kind) != 0 || found->warns != warns)
        fail_msg("%s\n  wanted: one, %s in line %d\n  got %u:\n%s", text, kind, line, found->count,
                 found->all);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *line;
    } table[] = {
        {"field", "if session.idel > limit then return end"},
        {"field", "session:wiat_idle(limit)"},
        {"field", "if clock.later() then return end"},
        {"field", "for _, other in ipairs(sessions.list { class = 'nobody' }) do log(other.usr) end"},
        {"field", "if session.user == 'x' then log(string.uper('x')) end"},
        {"name", "if session.user == 'x' then return sesion.idle end"},
        {"name", "if session.user == 'x' then log(limt) end"},
        {"global", "count = 5"},
        {"global", "if session.user == 'x' then local a; a, b = 1, 2 end"},
        {"global", "function helper() end"},
        {"comparison", "if session.idle == 30 then return end"},
        {"comparison", "if session.user and 0 ~= session.age then log('x') end"},
        {"comparison", "if session.locked_for == '5m' then return end"},
        {"comparison", "if session.idle == nil then return end"},
        {"comparison", "if limit == 30 then return end"},
        {"comparison", "if session.idle == 5 * minute then return end"},
        {"comparison", "if session.logon == 5 then return end"},
        {"comparison", "if session.user == 'x' and session.idle >= 30 then return end"},
        {"comparison", "if session.user == 'x' and 30 < limit then return end"},
        {"truth", "if session.idle then return end"},
        {"truth", "if not session.idle then return end"},
        {"truth", "if session.user == 'x' and session.idle then return end"},
        {"truth", "if session.locked_for and session.locked then return end"},
        {"truth", "while (session.disconnected_for) do return end"},
        {"truth", "local span = session.idle or limit; clock.sleep(span)"},
        {"truth", "if limit then clock.sleep(limit) end"},
        {"condition", "if session.idle >= 30 * minute and session.idle < 10 * minute then return end"},
        {"condition",
         "if 5 * minute > session.idle and session.active and session.idle >= limit then return end"},
        {"condition", "if session.idle < 0 * minute then return end"},
        {"condition", "if session.locked and not session.locked then return end"},
        {"condition",
         "if not session.disconnected and session.disconnected_for > 0 * second then return end"},
        {"failure", "if session.locked then log('x' + 1) end"},
        {"failure", "session:warn('in {lef}', { left = limit })"},
        {"failure", "session:wait(function () return session.idle end)"},
        {"failure", "if session.disconnected then error('nobody there') end"},
        {"countdown", "session:wait_idle(limit - 1 * hour)"},
        {"load", "if session.idle > limit then"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i += IS_SANITIZED ? 3 : 1) {
        char text[TEXT];
        struct found found = check_text(around(table[i].line, text), NULL);
        bool syntax = strcmp(table[i].kind, "load") == 0; /* found only at the end */
        assert_found(table[i].line, &found, table[i].kind, syntax ? 5 : 3, false);
    }
}

static void test_whole_files(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        int line;
        bool warns;
        const char *options, *text;
    } table[] = {
        {"option", 1, false, NULL, "local limit = option('limit', 5 * minute, 'x')\n"},
        {"option", 2, false, NULL, "log('here')\noption('limit', 5 * minute, 'x')\n"},
        {"option", 2, false, NULL,
         "local a = option('a', 1)\nlocal b = option('b', a)\nfor b = 1, a do log(b) end"},
        {"load", 2, false, NULL,
         "local limit = option('limit', 5 * minute, 'x')\nassert(limit > hour, 'too short')\n"},
        {"load", 1, false, "{\"limit\": 30}", "local limit = option('limit', 5 * minute, 'x')\nlog(limit)\n"},
        {"load", 0, false, "{\"limt\": \"5m\"}",
         "local limit = option('limit', 5 * minute, 'x')\nlog(limit)\n"},
        {"failure", 2, false, NULL,
         "sessions.on('lock', function (session)\n  log(session.seat .. nil)\nend)\n"},
        {"failure", 1, false, NULL, "clock.at('Sun 03:00', function () error('at night') end)\n"},
        {"failure", 2, false, NULL,
         "sessions.protect({ remote = true }, function (session)\n  return session.user .. nil\nend)\n"},
        {"countdown", 3, false, "{\"limit\": \"4m\"}",
         "local limit, first = option('limit', 30 * minute), 5 * minute\n"
         "sessions.watch({}, function (session)\n  session:wait_idle(limit - first)\nend)\n"},
        {"countdown", 3, true, NULL,
         "sessions.watch({}, function (session)\n  session:wait_idle(5 * minute)\n"
         "  for _, pause in countdown { 10 * minute, 1 * minute } do clock.sleep(pause) end\nend)\n"},
        {"countdown", 5, true, NULL,
         "local limit = option('limit', 5 * minute)\nlocal leads = option('leads', { 10 * minute, 1 * minute })\n"
         "sessions.watch({}, function (session)\n  session:wait_idle(limit)\n"
         "  for _, pause in countdown(leads) do clock.sleep(pause) end\nend)\n"},
        {"condition", 2, true, NULL,
         "sessions.watch({}, function (session)\n"
         "  session:wait(function () return session.user == 'nobody' and session.idle > 1 * hour end)\nend)\n"},
        {"condition", 4, true, NULL,
         "sessions.watch({}, function (session)\n  session:wait_idle(1 * hour)\n  local seat = session.seat\n"
         "  session:wait(function () return session.seat ~= seat end)\nend)\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct found found = check_text(table[i].text, table[i].options);
        assert_found(table[i].text, &found, table[i].kind, table[i].line, table[i].warns);
    }
}

/* What looks like a mistake, and is none. */
static void test_near_misses(void **state)
{
    (void)state;
    static const char *const table[] = {
        "local usr = { idel = 1, usr = 2 }; log(usr.idel + usr.usr)",
        "do local session = { idel = 5 }; log(session.idel) end",
        "log('session.idel clock.later() count = 5') -- session.idel, count = 5",
        "log([==[ session.idel ]] ]==]) --[[ count = 5\n]]",
        "local count; count = 5; local t = { count = count, [1] = 2, }; t.count, t.x = 3, 4; log(t.count)",
        "local function helper(a, ...) local b <const> = a; return b, ... end; log(helper(1))",
        "local helper = {}; function helper.one() end; function helper:two() return self end; log(helper:two().one)",
        "for i = 1, 2 do local a = i; repeat local b = a; a = a + 1 until b end",
        "do local a <close> = nil; goto done end ::done::",
        "if session.locked_for == 0 * second and session.age ~= 5 * minute then log('x') end",
        "if session.logon == nil or session.logon ~= clock.now() then log('x') end",
        "if #tostring(session.idle) == 30 or session.age / minute == 30 then log('x') end",
        "if 5 * session.age == 30 * minute or limit / minute == 30 then log('x') end",
        "if session.user == 'x' and session.idle > 5 * minute or session.idle_source and session.logon then log('x') end",
        "local left = session.locked and session.idle or limit; log(left .. '' .. (session.idle))",
        "log(session.idle .. '' .. tostring(session.idle)); local t = { session.idle }; log(t[1])",
        "if session.idle > 5 * minute and session.idle < 10 * minute then log('x') end",
        "if session.idle > 10 * minute or session.idle < 5 * minute then log('x') end",
        "if session.idle > limit and session.age < 5 * minute and session.locked then log('x') end",
        "if session.locked and session.idle > limit or not session.locked and session.idle < limit then log('x') end",
        "if session.locked and session.locked_for > 0 * second and not session.disconnected then log('x') end",
        "session:wait(function () return session.idle >= limit and session.locked end, 1 * hour)",
        "for _, pause in countdown { 10 * minute, 1 * minute } do clock.sleep(pause) end",
        "local late = 5 * minute; if session.user == 'x' then late = nil end; if late then log('x') end",
        "for _, other in ipairs(sessions.list()) do log(tostring(other.user)); other:in_group('x') end",
    };
    struct cf_buffer lines = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cf_buffer_printf(&lines, "do %s\nend\n", table[i]);
    char text[TEXT];
    struct found found = check_text(around(lines.data, text), NULL);
    if (found.count)
        fail_msg("%s\n%s", text, found.all);
    cf_buffer_finish(&lines);
}

/* An option that is given is not what its default says. */
static void test_configured(void **state)
{
    (void)state;
    static const char text[] = "local limit = option('limit', 30 * minute)\n"
                               "sessions.watch({}, function (session)\n"
                               "  if session.idle > limit and session.idle < 10 * minute then log('x') end\n"
                               "  session:wait_idle(limit)\n"
                               "end)\n";
    struct found found = check_text(text, NULL);
    assert_found(text, &found, "condition", 3, false);
    found = check_text(text, "{\"limit\": \"5m\"}");
    assert_int_equal(found.count, 0);
}

static void test_right_ones(void **state)
{
    (void)state;
    static const char *const table[] = {
        "policies/after-hours.lua",
        "policies/daily-allowance.lua",
        "policies/disconnected.lua",
        "policies/idle.lua",
        "policies/lab-closing.lua",
        "policies/maintenance.lua",
        "policies/session-limit.lua",
        "policies/spare-running-jobs.lua",
        "policies/one-session-per-user.lua",
        "tests/author/conditions.lua",
        "tests/author/nudge.lua",
        "tests/author/chatty.lua",
        "core/program/verbs/template.lua",
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct found found = check_file(table[i], NULL);
        if (found.count)
            fail_msg("%s", found.all);
    }
}

int main(void)
{
    cf_log_set_level(CF_LOG_NOTHING); /* what the policies do wrong is told there, too */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),    cmocka_unit_test(test_whole_files),
        cmocka_unit_test(test_near_misses), cmocka_unit_test(test_configured),
        cmocka_unit_test(test_right_ones),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cf_zones_release();
    return failed;
}
