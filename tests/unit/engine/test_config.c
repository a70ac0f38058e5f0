#include "../../fixture/folder.h"
#include "../unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "engine/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[FOLDER_PATH], path[FOLDER_PATH], shipped[FOLDER_PATH];

static int set_up(void **state)
{
    folder_set_up(state);
    (void)strcpy(folder, folder_path(""));
    (void)strcpy(path, folder_path("curfew.lua"));
    (void)strcpy(shipped, folder_write("idle.lua", ""));
    folder[strlen(folder) - 1] = '\0';
    return 0;
}

static int parse(struct cf_config *config, const char *json, struct cf_error *err)
{
    json_t *value = json_loads(json, 0, NULL);
    assert_non_null(value);
    cf_config_init(config);
    int code = cf_config_parse(config, path, value, folder, err);
    json_decref(value);
    return code;
}

static void test_as_installed(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_error err;
    assert_int_equal(parse(&config, "{}", &err), 0);
    assert_int_equal(config.mode, CF_MODE_DRY);
    assert_true(config.protect_root && config.protect_system && config.protect_console);
    assert_int_equal(config.limits.notice.us, CF_MINUTE.us);
    cf_config_finish(&config);
}

static void test_everything(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_error err;
    assert_int_equal(
        parse(
            &config,
            "{\"dry_run\":false,\"language\":\"pt_BR\","
            "\"policies\":[{\"1\":\"idle\",\"limit\":\"30m\",\"leftovers\":\"end\",\"except\":{\"groups\":[\"operators\"]}},"
            "{\"1\":\"idle\",\"name\":\"lab\",\"mode\":\"warn\",\"leftovers\":\"keep\",\"stay\":\"2h\",\"share\":0.9,"
            "\"only\":{\"hosts\":\"lab*\"}},"
            "[\"idle.lua\"]],"
            "\"protect\":{\"users\":[\"ana\"],\"console\":false},"
            "\"journal\":{\"keep\":\"30d\",\"megabytes\":50},\"administrators\":[\"wheel\",\"ops\"],"
            "\"warn_command\":[\"/usr/bin/mail\",\"-s\",\"a, b\"],"
            "\"limits\":{\"notice\":\"2m\",\"share\":1,\"logoffs_per_minute\":5,\"ends\":\"30s\",\"stay\":\"90m\"}}",
            &err),
        CF_POLICY); /* two are called idle */
    assert_string_equal(err.text,
                        "policies[3]: two policies are called 'idle'; give one of them another name");
    assert_int_equal(config.mode, CF_MODE_ACT);
    assert_string_equal(config.language, "pt_BR");
    assert_int_equal(config.policy_count, 2);
    assert_string_equal(config.policies[0].name, "idle");
    assert_string_equal(config.policies[0].path, shipped);
    assert_non_null(config.policies[0].except);
    assert_int_equal(json_object_size(config.policies[0].options), 1);
    assert_string_equal(config.policies[1].name, "lab");
    assert_int_equal(config.policies[1].mode, CF_MODE_WARN);
    assert_true(config.policies[1].keeps && !config.policies[0].keeps);
    assert_int_equal(config.policies[1].stay.us, cf_minutes(120).us);
    assert_true(config.policies[1].share > 0.8 && config.policies[0].share == 0);
    assert_int_equal(config.journal.keep.us, cf_minutes(30 * 24 * 60).us);
    assert_true(config.journal.megabytes == 50);
    assert_string_equal(config.administrators[1], "ops");
    assert_null(config.administrators[2]);
    assert_string_equal(config.warn_command[2], "a, b");
    assert_null(config.warn_command[3]);
    assert_false(config.protect_console);
    assert_non_null(config.protect);
    assert_int_equal(config.limits.notice.us, cf_minutes(2).us);
    assert_int_equal(config.limits.ends.us, cf_seconds(30).us);
    assert_int_equal(config.limits.stay.us, cf_minutes(90).us);
    assert_int_equal(config.limits.logoffs_per_minute, 5);
    json_t *hour = json_string("1h");
    assert_int_equal(cf_config_set_option(&config, "lab", "limit", hour, &err), 0);
    assert_int_equal(cf_config_set_option(&config, "labs", "limit", hour, &err), CF_USAGE);
    assert_string_equal(json_string_value(json_object_get(config.policies[1].options, "limit")), "1h");
    json_decref(hour);
    cf_config_finish(&config);
}

/* A policy's texts are a word of its entry, and no option. */
static void test_texts(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_error err;
    assert_int_equal(parse(&config,
                           "{\"policies\":[{\"1\":\"idle\",\"text\":{\"In {left}.\":\"{left}!\","
                           "\"pt_BR\":{\"In {left}.\":\"Em {left}.\"},\"de\":[]}},"
                           "{\"1\":\"idle\",\"name\":\"lab\",\"text\":[]}]}",
                           &err),
                     0);
    assert_int_equal(json_object_size(config.policies[0].options), 0);
    assert_int_equal(json_object_size(config.policies[0].texts), 3);
    cf_config_finish(&config);
}

static enum cf_mode mode_of(const char *json)
{
    struct cf_config config;
    struct cf_error err;
    assert_int_equal(parse(&config, json, &err), 0);
    enum cf_mode mode = config.mode;
    cf_config_finish(&config);
    return mode;
}

/* Two words for one thing, in either order. */
static void test_modes(void **state)
{
    (void)state;
    assert_int_equal(mode_of("{\"dry_run\":false}"), CF_MODE_ACT);
    assert_int_equal(mode_of("{\"dry_run\":true}"), CF_MODE_DRY);
    assert_int_equal(mode_of("{\"mode\":\"dry\"}"), CF_MODE_DRY);
    assert_int_equal(mode_of("{\"mode\":\"act\"}"), CF_MODE_ACT);
    assert_int_equal(mode_of("{\"dry_run\":true,\"mode\":\"dry\"}"), CF_MODE_DRY);
    assert_int_equal(mode_of("{\"dry_run\":false,\"mode\":\"warn\"}"), CF_MODE_WARN);
    assert_int_equal(mode_of("{\"mode\":\"warn\",\"dry_run\":false}"), CF_MODE_WARN);
}

/* As many as there may be, and one more. */
static void test_how_many_names(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_error err;
    json_t *names = json_array(), *value = json_pack("{s:O}", "administrators", names);
    for (int i = 0; i < 1000; i++)
        (void)json_array_append_new(names, json_string("ops"));
    cf_config_init(&config);
    assert_int_equal(cf_config_parse(&config, path, value, folder, &err), 0);
    assert_string_equal(config.administrators[999], "ops");
    assert_null(config.administrators[1000]);
    cf_config_finish(&config);
    (void)json_array_append_new(names, json_string("ops"));
    cf_config_init(&config);
    assert_int_equal(cf_config_parse(&config, path, value, folder, &err), CF_POLICY);
    assert_string_equal(err.text, "administrators: has more than 1000 entries");
    cf_config_finish(&config);
    json_decref(names);
    json_decref(value);
}

static const char *path_of(const char *config_path, const char *file)
{
    static char found[CF_ERROR_SIZE];
    struct cf_config config;
    struct cf_error err;
    cf_config_init(&config);
    config.path = config_path ? cf_strdup(config_path) : NULL;
    int code = cf_config_add_policy(&config, file, folder, NULL, &err);
    (void)snprintf(found, sizeof found, "%s", code == 0 ? config.policies[0].path : err.text);
    cf_config_finish(&config);
    return found;
}

/* A mere name in a folder that may be anybody's hides nothing, but on a command line a file is that file. */
static void test_where_a_policy_is_looked_for(void **state)
{
    (void)state;
    char here[FOLDER_PATH];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(mkdir(folder_path("cwd"), 0700), 0);
    assert_int_equal(mkdir(folder_path("cwd/folder.lua"), 0700), 0);
    (void)folder_write("cwd/idle", "");
    (void)folder_write("cwd/idle.lua", "");
    (void)folder_write("cwd/own.lua", "");
    char installed[FOLDER_PATH];
    (void)strcpy(installed, folder_write("lab.lua", ""));
    assert_int_equal(chdir(folder_path("cwd")), 0);
    assert_string_equal(path_of(NULL, "idle"), shipped);
    assert_string_equal(path_of(NULL, "idle.lua"), "idle.lua");
    assert_string_equal(path_of(path, "idle.lua"), shipped);
    assert_string_equal(path_of(path, "own.lua"), "own.lua");
    assert_string_equal(path_of(NULL, "./own.lua"), "./own.lua");
    assert_string_equal(path_of(NULL, "lab.lua"), installed);
    assert_non_null(strstr(path_of(path, "./lab.lua"), "there is no policy './lab.lua'"));
    assert_non_null(strstr(path_of(NULL, "./idl.lua"), "there is no policy './idl.lua'"));
    assert_non_null(strstr(path_of(NULL, "./folder.lua"), "there is no policy './folder.lua'"));
    assert_int_equal(chdir(here), 0);
}

/* It is called as its file is, without the end. */
static void test_names_of_policies(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"one.lua", "one"}, {"plain", "plain"}, {".lua", ".lua"}, {"two.lua.off", "two"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct cf_config config;
        struct cf_error err;
        cf_config_init(&config);
        if (cf_config_add_policy(&config, folder_write(names[i][0], ""), NULL, NULL, &err) != 0)
            fail_msg("%s", err.text);
        assert_string_equal(config.policies[0].name, names[i][1]);
        cf_config_finish(&config);
    }
}

/* As many as there may be, and one more. */
static void test_how_many_policies(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_error err;
    json_t *entries = json_array(), *value = json_pack("{s:O}", "policies", entries);
    for (int i = 0; i <= CF_CONFIG_POLICIES; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "p%d", i);
        (void)json_array_append_new(entries, json_pack("{s:s, s:s}", "1", "idle", "name", name));
    }
    cf_config_init(&config);
    assert_int_equal(cf_config_parse(&config, path, value, folder, &err), CF_POLICY);
    char wanted[100];
    (void)snprintf(wanted, sizeof wanted, "policies[%d]: more than %d policies", CF_CONFIG_POLICIES + 1,
                   CF_CONFIG_POLICIES);
    assert_string_equal(err.text, wanted);
    cf_config_finish(&config);
    json_decref(entries);
    json_decref(value);
}

/* All mistakes at once, each with its place. */
static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text;
    } table[] = {
        {"{\"polices\":[]}",
         "polices: there is no such setting; there are dry_run, mode, language, policies, protect, limits, "
         "journal, administrators and warn_command"},
        {"{\"warn_command\":\"mail -s\"}", "warn_command: give the whole path of the command, from / on"},
        {"{\"warn_command\":\"mail\",\"policies\":[{\"1\":\"idle\",\"over\":\"lob\"}]}",
         "warn_command: give the whole path of the command, from / on\n"
         "policies.idle.over: no policy here is called 'lob'"},
        {"{\"warn_command\":[]}", "warn_command: is an empty list, which means nobody: leave it out"},
        {"{\"warn_command\":[\"/bin/mail\",7]}", "warn_command: must be a text or a list of texts"},
        {"{\"journal\":{\"keep\":30,\"megabytes\":0,\"gigabytes\":1},\"administrators\":7}",
         "journal.keep: must be a span with its unit, such as \"1m\"\n"
         "journal.megabytes: must be a number from 1 to 1e+06\n"
         "journal.gigabytes: there is no such setting of the journal; there are keep and megabytes\n"
         "administrators: must be a text or a list of texts"},
        {"{\"dry_run\":1,\"mode\":\"act\"}", "dry_run: must be true or false"},
        {"{\"protect\":{\"users\":\"ana, bob\",\"groups\":[]},\"policies\":[{\"1\":\"idle\","
         "\"except\":{\"class\":\"users\"},\"only\":{\"type\":[\"tty\",\"ssh\"]}}]}",
         "protect.users: 'ana, bob' is one text; a list is written { \"ana\", \"bob\" }\n"
         "protect.groups: is an empty list, which means nobody: leave it out\n"
         "policies[1].except.class: no session has the class 'users'; did you mean 'user'?; there are user, "
         "user-early, user-incomplete, user-light, user-early-light, greeter, lock-screen, background, "
         "background-light, manager, manager-early, none\n"
         "policies[1].only.type: no session has the type 'ssh'; for sessions from afar, write remote = true; there "
         "are tty, x11, wayland, mir, web, rdp, ica, console, unspecified"},
        {"{\"dry_run\":true,\"mode\":\"act\"}",
         "mode: \"act\" contradicts dry_run = true: take one of them out"},
        {"{\"dry_run\":true,\"mode\":\"warn\"}",
         "mode: \"warn\" contradicts dry_run = true: take one of them out"},
        {"{\"dry_run\":false,\"mode\":\"dry\"}",
         "mode: \"dry\" contradicts dry_run = false: take one of them out"},
        {"{\"policies\":[{\"1\":\"idle\",\"dry_run\":true,\"mode\":\"act\"}]}",
         "policies[1].mode: \"act\" contradicts dry_run = true: take one of them out"},
        {"{\"policies\":[]}",
         "policies: is empty: name a policy, such as { \"idle\" }, or leave `policies` out"},
        {"{\"policies\":[{\"1\":\"idle\",\"unwarned\":1}]}", "policies[1].unwarned: must be true or false"},
        {"{\"policies\":{}}",
         "policies: is empty: name a policy, such as { \"idle\" }, or leave `policies` out"},
        {"{\"policies\":[{\"1\":\"idle\",\"text\":\"Go.\"}]}",
         "policies[1].text: must be a table such as { [\"the policy's text\"] = \"your own\" }"},
        {"{\"policies\":[{\"1\":\"idle\",\"leftovers\":true}]}",
         "policies[1].leftovers: must be \"keep\" or \"end\""},
        {"{\"policies\":[{\"1\":\"idle\",\"name\":\"lab\",\"over\":[\"lob\",\"zz\"]},"
         "{\"1\":\"idle\",\"over\":[\"lab\",\"yy\"]}]}",
         "policies.lab.over: no policy here is called 'lob'; did you mean 'lab'?\n"
         "policies.lab.over: no policy here is called 'zz'\n"
         "policies.idle.over: no policy here is called 'yy'"},
        {"{\"language\":\"Portuguese\"}", "language: must be a language such as \"pt_BR\""},
        {"{\"language\":7}", "language: must be a language such as \"pt_BR\""},
        {"{\"policies\":[{\"1\":\"idle\",\"name\":7}]}", "policies[1].name: must be a text"},
        {"{\"policies\":[{\"1\":\"idle\",\"name\":\"\"}]}", "policies[1].name: must be a text"},
        {"{\"policies\":[{\"1\":\"idle\",\"only\":\"lab\",\"except\":{\"user\":true,\"usr\":\"ana\"}}]}",
         "policies[1].only: must be a table of fields, such as { groups = { \"operators\" } }\n"
         "policies[1].except.user: 'user' is not something true or false; give a text or a list of texts\n"
         "policies[1].except.usr: a session has no field 'usr'; did you mean 'user'?"},
        {"{\"limits\":7,\"protect\":true}", "limits: must be a table with named entries\n"
                                            "protect: must be a table with named entries"},
        {"{\"policies\":[{\"1\":\"idle\",\"name\":\"a\",\"dry_run\":true,\"mode\":\"act\"},{\"1\":\"idle\",\"name\":7}]}",
         "policies[1].mode: \"act\" contradicts dry_run = true: take one of them out\n"
         "policies[2].name: must be a text"},
        {"{\"policies\":{\"idle\":1}}",
         "policies: must be a list of policies, such as { { \"idle\", limit = \"30m\" } }"},
        {"{\"policies\":[[\"nothing\"]]}", "policies[1]: there is no policy 'nothing'"},
        {"{\"policies\":[{\"limit\":\"30m\"}]}",
         "policies[1]: must begin with a policy's name or file, such as { \"idle\", limit = \"30m\" }"},
        {"{\"policies\":[{\"1\":\"idle\",\"only\":{\"hots\":\"a\"},\"mode\":\"soft\"}]}",
         "policies[1].only.hots: a session has no field 'hots'; did you mean 'host'?\n"
         "policies[1].mode: must be \"act\", \"warn\" or \"dry\""},
        {"{\"limits\":{\"notice\":60,\"share\":2,\"pace\":1}}",
         "limits.notice: must be a span with its unit, such as \"1m\"\n"
         "limits.share: must be a number from 0.001 to 1\n"
         "limits.pace: there is no such limit; there are notice, ends, stay, logoffs_per_minute and share"},
        {"{\"limits\":{\"notice\":\"-1m\"}}", "limits.notice: must not be negative"},
        {"{\"limits\":{\"notice\":\"1x\",\"ends\":\"0s\",\"share\":\"much\"}}",
         "limits.notice: \"1x\": \"x\" is not a unit; the units are us, ms, s, m, h, d and w\n"
         "limits.share: must be a number from 0.001 to 1"},
        {"{\"protect\":{\"root\":\"no\"}}", "protect.root: must be true or false"},
        {"{\"policies\":[{\"1\":\"idle\",\"text\":[\"Go.\"]}]}",
         "policies[1].text: must be a table such as { [\"the policy's text\"] = \"your own\" }"},
        {"{\"policies\":[{\"1\":\"idle\",\"text\":{\"In {left}.\":\"{lift}!\",\"Bye.\":5,\"Hi.\":\"\","
         "\"pt_BR\":{\"In {left}.\":\"Em {lift}.\",\"Bye.\":{}},\"Go.\":{}}}]}",
         "policies[1].text.In {left}.: \"{lift}!\" names {lift}, which \"In {left}.\" does not\n"
         "policies[1].text.Bye.: must be a text, or a table of texts under a language such as pt_BR\n"
         "policies[1].text.Hi.: must be a text\n"
         "policies[1].text.pt_BR.In {left}.: \"Em {lift}.\" names {lift}, which \"In {left}.\" does not\n"
         "policies[1].text.pt_BR.Bye.: must be a text\n"
         "policies[1].text.Go.: must be a text, or a table of texts under a language such as pt_BR"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct cf_config config;
        struct cf_error err;
        assert_int_equal(parse(&config, table[i].json, &err), CF_POLICY);
        assert_string_equal(err.text, table[i].text);
        cf_config_finish(&config);
        assert_int_equal(parse(&config, table[i].json, NULL), CF_POLICY);
        cf_config_finish(&config);
    }
}

/* Another policy is meant by its name in the same file: what is read without one may be a part of it. */
static void test_over_of_a_part(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_error err;
    json_t *value = json_loads("{\"policies\":[{\"1\":\"idle\",\"over\":\"lob\"}]}", 0, NULL);
    for (int part = 0; part < 2; part++) {
        cf_config_init(&config);
        assert_int_equal(cf_config_parse(&config, part ? NULL : path, value, folder, &err),
                         part ? CF_OK : CF_POLICY);
        cf_config_finish(&config);
    }
    json_decref(value);
}

/* A whole path is one, of Windows' too. */
static void test_warn_command(void **state)
{
    (void)state;
    static const char *const whole[] = {"/bin/mail", "C:\\\\mail.exe", "D:/mail.exe"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        struct cf_config config;
        struct cf_error err;
        char json[128];
        (void)snprintf(json, sizeof json, "{\"warn_command\":\"%s\"}", whole[i]);
        assert_int_equal(parse(&config, json, &err), CF_OK);
        cf_config_finish(&config);
    }
}

/* What a limit may be at its least and at its most. */
static void test_borders(void **state)
{
    (void)state;
    static const char *const fine[] = {
        "{\"journal\":{\"megabytes\":1}}", "{\"journal\":{\"megabytes\":1000000}}",
        "{\"limits\":{\"share\":0.001,\"logoffs_per_minute\":1}}", "{\"limits\":{\"share\":1}}"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct cf_config config;
        struct cf_error err;
        assert_int_equal(parse(&config, fine[i], &err), CF_OK);
        cf_config_finish(&config);
    }
}

/* Each field that is named protects, beside the others; and who asks is told what does. */
static void test_protect(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_error err;
    struct cf_session session;
    assert_int_equal(
        parse(&config,
              "{\"protect\":{\"user\":\"ana\",\"host\":\"lab*\",\"type\":\"tty\",\"system\":false},"
              "\"limits\":{\"notice\":\"2m\"}}",
              &err),
        CF_OK);
    for (int by = 0; by < 4; by++) {
        cf_session_init(&session);
        session.identity = (struct cf_identity){by == 1 ? "lab7" : "host", "7", 1, 100};
        session.user = (char *)(by == 2 ? "ana" : "bob");
        session.type = (char *)(by == 3 ? "tty" : "x11");
        assert_int_equal(cf_selector_match_any(config.protect, &session), by ? CF_TRI_YES : CF_TRI_NO);
    }
    json_t *guards = cf_config_guards(&config);
    assert_true(json_is_true(json_object_get(guards, "root")));
    assert_true(json_is_false(json_object_get(guards, "system")));
    assert_true(json_is_true(json_object_get(guards, "others")));
    assert_true(json_number_value(json_object_get(guards, "notice")) == 120);
    assert_true(json_number_value(json_object_get(guards, "share")) == 0.5);
    json_decref(guards);
    cf_config_finish(&config);
    assert_int_equal(parse(&config, "{}", &err), CF_OK);
    guards = cf_config_guards(&config);
    assert_true(json_is_false(json_object_get(guards, "others")));
    json_decref(guards);
    cf_config_finish(&config);
}

/* What is said where there is no such key names all that there are: each has its row in the page for
 * administrators. */
static void test_documented(void **state)
{
    (void)state;
    static const struct {
        const char *json, *table;
    } wrong[] = {
        {"{\"x\":1}", ""}, {"{\"limits\":{\"x\":1}}", "limits."}, {"{\"journal\":{\"x\":1}}", "journal."}};
    char *page;
    size_t size;
    assert_int_equal(cf_file_read("docs/operating.md", 1 << 20, &page, &size, NULL), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct cf_config config;
        struct cf_error err;
        assert_int_equal(parse(&config, wrong[i].json, &err), CF_POLICY);
        char *rest = NULL, *list = strstr(err.text, "there are ") + strlen("there are ");
        for (char *key = strtok_r(list, " ,", &rest); key; key = strtok_r(NULL, " ,", &rest)) {
            char row[100];
            if (strcmp(key, "and") == 0)
                continue;
            (void)snprintf(row, sizeof row, "`%s%s`", wrong[i].table, key);
            bool whole = strstr(page, row) != NULL;
            (void)snprintf(row, sizeof row, "| `%s.", key);
            if (!whole && !strstr(page, row))
                fail_msg("docs/operating.md does not say what %s%s is", wrong[i].table, key);
        }
        cf_config_finish(&config);
    }
    free(page);
}

/* A policy that is there and cannot be looked at does not make way for the one that comes with curfew. */
static void test_unreadable(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_error err = {0};
    bool root = geteuid() == 0;
    const char *own = folder_path("policies");
    assert_int_equal(mkdir(own, 0700), 0);
    const char *policy = folder_write("policies/idle.lua", "");
    assert_int_equal(chmod(own, root ? 0700 : 0), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    int code = parse(&config, "{\"policies\":[{\"1\":\"idle\"}]}", &err);
    assert_int_equal(root ? seteuid(0) : 0, 0);
    assert_int_equal(chmod(own, 0700), 0);
    if (code != CF_OK)
        fail_msg("%s", err.text);
    assert_string_equal(config.policies[0].path, policy);
    cf_config_finish(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_installed),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_over_of_a_part),
        cmocka_unit_test(test_warn_command),
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_protect),
        cmocka_unit_test(test_where_a_policy_is_looked_for),
        cmocka_unit_test(test_names_of_policies),
        cmocka_unit_test(test_how_many_policies),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_how_many_names),
        cmocka_unit_test(test_documented),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, set_up, folder_tear_down);
}
