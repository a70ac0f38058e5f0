#include "../../fixture/folder.h"
#include "policy_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

/* A folder of policies with modules, one with those that are shipped, and one that is neither. */
static const char *const folders[] = {"own", "own/lab", "own/out", "shipped", "elsewhere"};
static const char *const files[][2] = {
    {"own/hours.lua", "local self = { count = 0 } return self"},
    {"own/lab/rules.lua", "return require('hours')"},
    {"own/nothing.lua", "local x = 5"},
    {"own/a.lua", "return require('b')"},
    {"own/b.lua", "return require('a')"},
    {"own/wrong.lua", "\nlocal x = = 5"},
    {"own/fails.lua", "\n\nerror('no')"},
    {"own/global.lua", "\nx = 5"},
    {"own/shared.lua", "return 'own'"},
    {"own/options.lua", "return { limit = option('limit', 5 * minute), now = clock.now() }"},
    {"own/hungry.lua", "local t = {} for i = 1, 1e9 do t[i] = i end"},
    {"shipped/shared.lua", "return 'shipped'"},
    {"shipped/only.lua", "return 'shipped only'"},
    {"elsewhere/secret.lua", "return 'secret'"},
};
static const char *const links[][2] = {{"own/link.lua", "../elsewhere/secret.lua"},
                                       {"own/out/there", "../../elsewhere"},
                                       {"own/inner.lua", "lab/rules.lua"}};

static int set_up(void **state)
{
    folder_set_up(state);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdir(folder_path(folders[i]), 0700), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        (void)folder_write(files[i][0], files[i][1]);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        assert_int_equal(symlink(links[i][1], folder_path(links[i][0])), 0);
    return 0;
}

/* `wanted`: part of the error; NULL: it loads. */
static void check(const char *text, const char *wanted)
{
    struct policy_fixture fixture;
    fixture_open(&fixture);
    fixture.host.policy_folder = folder_path("shipped");
    const char *path = folder_write("own/policy.lua", text);
    int code = fixture_load(&fixture, path);
    (void)remove(path);
    if (wanted ? code != CF_POLICY || !strstr(fixture.err.text, wanted) : code != 0)
        fail_msg("%s\n  wanted: %s\n  got: %s", text, wanted ? wanted : "", fixture.err.text);
    fixture_close(&fixture);
}

static void test_found(void **state)
{
    (void)state;
    check("local hours = require('hours') hours.count = hours.count + 1\n"
          "assert(require('hours') == hours and require('lab.rules') == hours and hours.count == 1)",
          NULL);
    check("assert(require('hours').count == 0)", NULL); /* what another policy did is not there */
    check("assert(require('nothing') == true and require('nothing') == true)", NULL);
    check("assert(require('shared') == 'own' and require('only') == 'shipped only')", NULL);
    check("assert(require('options').limit == 5 * minute)", NULL);
    check("assert(require('inner').count == 0)", NULL);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"require('none')", "policy.lua:1: require: there is no 'none' beside the policy, and none in "},
        {"require('elsewhere.secret')", "there is no 'elsewhere.secret' beside the policy"},
        {"require('link')", "policy.lua:1: require: 'link' is a link that leads out of "},
        {"require('out.there.secret')", "'out.there.secret' is a link that leads out of "},
        {"require('../elsewhere/secret')", "require wants the name of a file beside the policy"},
        {"require('/etc/passwd')", "require wants the name of a file beside the policy"},
        {"require('a..b')", "require wants the name"},
        {"require('.a')", "require wants the name"},
        {"require('a.')", "require wants the name"},
        {"require('a\\\\b')", "require wants the name"},
        {"require('a\\0b')", "require wants text"},
        {"require('')", "require wants text, not \"\""},
        {"require(('x'):rep(200))", "require wants the name"},
        {"require('a')",
         "b.lua:1: require: 'a' is not loaded to its end yet: do these files require each other?"},
        {"require('wrong')", "wrong.lua:2: unexpected symbol near '='"},
        {"require('fails')", "fails.lua:3: no\n  called from policy.lua:1"},
        {"require('global')", "global.lua:2: 'x' is not a local variable"},
        {"require('hungry')", "hungry.lua:1: ran out of the 64 MiB"},
        {"require('hours')\nlocal t = {} for i = 1, 1e9 do t[i] = i end",
         "policy.lua:2: ran out of the 64 MiB"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        check(table[i][0], table[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, set_up, folder_tear_down);
}
