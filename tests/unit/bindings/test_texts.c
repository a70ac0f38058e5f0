/* In whose words a user is told: translations beside the policy, texts of its entry, and when a host is
 * asked. */
#include "../../fixture/folder.h"
#include "policy_fixture.h"

#include "base/log.h"

#include "base/template.h"
#include "bindings/data.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char policy[FOLDER_PATH];

/* A folder with a policy and, where `translations` is not NULL, that as translations/`file`. */
static void write_files(const char *text, const char *file, const char *translations)
{
    folder_make();
    (void)strcpy(policy, folder_write("policy.lua", text));
    if (!translations)
        return;
    char name[64];
    (void)snprintf(name, sizeof name, "translations/%s", file);
    assert_int_equal(mkdir(folder_path("translations"), 0700), 0);
    (void)folder_write(name, translations);
}

static const char said[] = "sessions.watch({}, function (session)\n"
                           "  session:warn('{n} left: {left}', { left = 90 * minute, n = 2 },\n"
                           "               { ask = 'Stay {left}', title = 'Bye' })\n"
                           "  clock.sleep(minute)\n"
                           "  session:tell('Done in {left}', { left = minute })\n"
                           "  clock.sleep(never)\n"
                           "end)";

/* What is told in the language, by the translations of "pt_BR.lua" and the entry's `own` texts (JSON). */
static void test_lookup(void **state)
{
    (void)state;
    static const char english[] = "2 left: 1 hour 30 minutes",
                      shipped[] = "return { ['{n} left: {left}'] = 'Faltam {left} ({n})' }";
    static const struct {
        const char *language, *file, *translations, *own, *text;
    } rows[] = {
        {NULL, "pt_BR.lua", shipped, NULL, english},
        {"de_DE", "pt_BR.lua", shipped, NULL, english},
        {"pt_BR", "pt_BR.lua", shipped, NULL, "Faltam 1 hora e 30 minutos (2)"},
        {"pt_BR", "pt.lua", shipped, NULL, "Faltam 1 hora e 30 minutos (2)"},
        {"pt_PT", "pt.lua", shipped, NULL, "Faltam 1 hora e 30 minutos (2)"},
        {"pt_PT", "pt_BR.lua", shipped, NULL, english},
        {"pt", "pt_BR.lua", shipped, NULL, english},
        {"pt_BR", "pt_BR.lua", NULL, NULL, english},
        {"pt_BR", "pt_BR.lua", "return {}", NULL, english},
        {"pt_BR", "README.md", "pt_BR", NULL, english},
        {NULL, "pt_BR.lua", NULL, "{\"{n} left: {left}\":\"{left}!\"}", "1 hour 30 minutes!"},
        {"pt_BR", "pt_BR.lua", shipped, "{\"{n} left: {left}\":\"{left}!\"}", "1 hour 30 minutes!"},
        {"pt_BR", "pt_BR.lua", shipped, "{\"pt_BR\":{\"{n} left: {left}\":\"Mais {left}\"}}",
         "Mais 1 hora e 30 minutos"},
        {"pt_BR", "pt_BR.lua", shipped,
         "{\"{n} left: {left}\":\"{left}!\",\"pt\":{\"{n} left: {left}\":\"Mais {left}\"}}",
         "Mais 1 hora e 30 minutos"},
        {"pt_BR", "pt_BR.lua", shipped, "{\"Bye\":\"Farewell\"}", "Faltam 1 hora e 30 minutos (2)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy_fixture fixture;
        fixture_open(&fixture);
        cf_session_set_string(&fixture.record, CF_FIELD_LANGUAGE, rows[i].language);
        if (rows[i].own)
            fixture.entry = json_pack("{s:o}", "text", json_loads(rows[i].own, 0, NULL));
        write_files(said, rows[i].file, rows[i].translations);
        if (fixture_load(&fixture, policy) != 0 || strcmp(passed.text, rows[i].text) != 0)
            fail_msg("row %zu: \"%s\" %s", i, passed.text, fixture.err.text);
        folder_drop();
        fixture_close(&fixture);
    }
}

/* Titles, buttons and messages, in which nobody but us fills {left} in. */
static void test_other_texts(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    fixture_open(&fixture);
    cf_session_set_string(&fixture.record, CF_FIELD_LANGUAGE, "pt_BR");
    write_files(
        said, "pt_BR.lua",
        "return { ['Stay {left}'] = 'Ficar {left}', ['Bye'] = 'Tchau', ['Done in {left}'] = 'Fim em {left}' }");
    assert_int_equal(fixture_load(&fixture, policy), 0);
    folder_drop(); /* nothing is read later */
    assert_string_equal(passed.ask, "Ficar 1 hora e 30 minutos");
    assert_string_equal(passed.title, "Tchau");
    fixture_advance(&fixture, CF_MINUTE);
    assert_string_equal(passed.text, "Fim em 1 minuto");
    fixture_close(&fixture);
}

/* What is told goes out in what is known of the language once the engine waits for it no more: after a
 * second. */
static void test_language_is_awaited_for_a_moment(void **state)
{
    (void)state;
    static const char translations[] = "return { ['Done in {left}'] = 'Fim em {left}' }";
    static const struct {
        const char *translations;
        struct cf_span latency; /* of the host's answers */
        const char *at_once, *after_a_second;
    } rows[] = {
        {translations, {1000}, "", "Fim em 1 minuto"},
        {translations, {900000}, "", "Fim em 1 minuto"},
        {translations, {1100000}, "", "Done in 1 minute"},
        {NULL, {1100000}, "Done in 1 minute", "Done in 1 minute"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy_fixture fixture;
        fixture_open(&fixture);
        fixture.host.sim.sampled = CF_FIELD_BIT(CF_FIELD_LANGUAGE);
        fixture.host.sim.faults.latency = rows[i].latency;
        cf_session_set_string(&fixture.record, CF_FIELD_LANGUAGE, "pt_BR");
        write_files("sessions.watch({}, function (session)\n"
                    "  session:tell('Done in {left}', { left = minute }) end)",
                    "pt_BR.lua", rows[i].translations);
        assert_int_equal(fixture_load(&fixture, policy), 0);
        assert_string_equal(passed.text, rows[i].at_once);
        fixture_advance(&fixture, CF_SECOND);
        assert_string_equal(passed.text, rows[i].after_a_second);
        folder_drop();
        fixture_close(&fixture);
    }
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text, *wanted;
    } rows[] = {
        {"pt_BR.lua", "return { ['In {left}'] = 'Em {lift}' }",
         "translations/pt_BR.lua: \"Em {lift}\" names {lift}, which \"In {left}\" does not"},
        {"pt_BR.lua", "return { ['In {left}'] = 5 }",
         "translations/pt_BR.lua: the translation of \"In {left}\" must be a text"},
        {"pt_BR.lua", "return { ['Bye'] = '' }",
         "translations/pt_BR.lua: the translation of \"Bye\" must be a text"},
        {"pt_BR.lua", "return { 'Tchau' }",
         "translations/pt_BR.lua: must be a table of translations by texts"},
        {"pt_BR.lua", "Bye = 'Tchau'", "translations/pt_BR.lua: must return a table"},
        {"pt_BR.lua", "return { ['Bye'] = function () end }", "Bye: a function of this kind is not data"},
        {"pt_BR.lua", "return {\n['Bye'] = 'Tchau',,\n}", "pt_BR.lua:2: unexpected symbol near ','"},
        {"pt_BR.lua", "while true do end", "pt_BR.lua:1: stopped after 1 million instructions"},
        {"pt_BR.lua", "return { ['Bye'] = os.tmpname() }", "pt_BR.lua:1: 'os' means nothing here"},
        {"brasil.lua", "return {}",
         "translations/brasil.lua: must be called after a language, such as pt_BR.lua"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct policy_fixture fixture;
        fixture_open(&fixture);
        write_files(said, rows[i].file, rows[i].text);
        int code = fixture_load(&fixture, policy);
        folder_drop();
        if (code != CF_POLICY || !strstr(fixture.err.text, rows[i].wanted))
            fail_msg("%s\n  wanted: %s\n  got: %d %s", rows[i].text, rows[i].wanted, code, fixture.err.text);
        fixture_close(&fixture);
    }
}

/* Ours name the same values, both ways. */
static void test_shipped(void **state)
{
    (void)state;
    json_t *texts = NULL, *translation;
    struct cf_error err = {0};
    const char *text;
    assert_int_equal(cf_lua_table("policies/translations/pt_BR.lua", &texts, &err), 0);
    json_object_foreach(texts, text, translation)
    {
        if (cf_template_check(json_string_value(translation), text, &err) < 0 ||
            cf_template_check(text, json_string_value(translation), &err) < 0)
            fail_msg("%s", err.text);
    }
    assert_true(json_object_size(texts) >= 9);
    json_decref(texts);
}

/* An entry may put in other words only what the policy says. */
static void test_texts_of_the_entry(void **state)
{
    (void)state;
    static const char saying[] =
        "local s = option('say', 'Bye.')\n"
        "sessions.watch({ class = 'user' }, function (session)\n"
        "session:tell('In \\u{e9} {left}.', { left = 1 * minute })\n"
        "session:tell([[\nLong.]]) session:tell('Part one, ' .. s) session:tell(s) end)";
    static const char *const table[][2] = {
        {"{\"In \u00e9 {left}.\": \"x\"}", ""},
        {"{\"Long.\": \"x\", \"Part one, Bye.\": \"x\", \"Hello.\": \"x\"}", ""},
        {"{\"pt_BR\": {\"Long.\": \"x\"}}", ""},
        {"{\"Longs.\": \"x\"}", "text: the policy nowhere says \"Longs.\"; did you mean \"Long.\"?"},
        {"{\"Quite another text.\": \"x\"}",
         "text: the policy nowhere says \"Quite another text.\": give the very text that its file has"},
        {"{\"pt_BR\": {\"Lang.\": \"x\"}}",
         "text: the policy nowhere says \"Lang.\"; did you mean \"Long.\"?"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct policy_fixture fixture;
        fixture_open(&fixture);
        fixture.entry = json_pack("{s:s, s:o}", "say", "Hello.", "text", json_loads(table[i][0], 0, NULL));
        assert_non_null(fixture.entry);
        int code = fixture_load_text(&fixture, saying);
        if (code != (table[i][1][0] ? CF_POLICY : CF_OK) || strcmp(fixture.err.text, table[i][1]) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], table[i][1], fixture.err.text);
        fixture_close(&fixture);
    }
}

static void note_stray(void *data, const char *file, const char *text)
{
    strcat(strcat(strcat(strcat(data, strrchr(file, '/') + 1), ": "), text), "\n");
}

/* What the translations beside a policy have, and no policy says. */
static void test_stray_translations(void **state)
{
    (void)state;
    char told[400] = "";
    write_files("sessions.watch({}, function (session) session:tell('Said.') end)", "pt_BR.lua",
                "return { ['Said.'] = 'Dito.', ['Sayd.'] = 'Dito.' }");
    cf_lua_stray_translations(policy, note_stray, told);
    assert_string_equal(told, "pt_BR.lua: Sayd.\n");
    folder_drop();
    told[0] = '\0';
    cf_lua_stray_translations("policies/idle.lua", note_stray, told);
    assert_string_equal(told, "");
}

/* ---- Translations that somebody else could write ---- */

enum { SOMEBODY = 12345 };

static const char honest[] = "return { ['Done.'] = 'Feito.' }", hostile[] = "return { ['Done.'] = 'Relax.' }";

/* A policy beside honest words, and in the folder "theirs" what somebody else would have people told. */
static void lay_out(void)
{
    write_files("sessions.watch({}, function (session) session:tell('Done.') end)", "pt_BR.lua", honest);
    assert_int_equal(chmod(folder_path(""), 0755), 0);
    assert_int_equal(chmod(folder_path("translations"), 0755), 0);
    assert_int_equal(chmod(folder_path("translations/pt_BR.lua"), 0644), 0);
    assert_int_equal(mkdir(folder_path("theirs"), 0755), 0);
    assert_int_equal(chown(folder_write("theirs/pt_BR.lua", hostile), SOMEBODY, SOMEBODY), 0);
    assert_int_equal(chown(folder_path("theirs"), SOMEBODY, SOMEBODY), 0);
}

/* What a user of the language is told; the policy loads, whatever its translations are. */
static void told(char out[256], char warned[512])
{
    struct policy_fixture fixture;
    FILE *usual = stderr;
    fixture_open(&fixture);
    cf_log_set_level(CF_LOG_WARNING);
    memset(warned, 0, 512);
    stderr = fmemopen(warned, 511, "w");
    fixture.trusted_only = true;
    cf_session_set_string(&fixture.record, CF_FIELD_LANGUAGE, "pt_BR");
    int code = fixture_load(&fixture, policy);
    (void)fclose(stderr);
    stderr = usual;
    if (code != 0)
        fail_msg("%s", fixture.err.text);
    (void)snprintf(out, 256, "%s", passed.text);
    fixture_close(&fixture);
}

static bool is_root(void)
{
    if (geteuid() != 0)
        print_message("not root: others' translations are not tested\n");
    return geteuid() == 0;
}

static void test_trusted(void **state)
{
    (void)state;
    static const struct {
        const char *change; /* a command, in the folder */
        const char *text, *warned;
    } rows[] = {
        {"true", "Feito.", NULL},
        {"mv translations own && ln -s own translations", "Feito.", NULL},
        {"chown 12345 translations/pt_BR.lua", "Done.", "/translations/pt_BR.lua belongs to uid 12345"},
        {"chmod g+w translations/pt_BR.lua", "Done.", "/translations/pt_BR.lua can be written by others"},
        {"chmod o+w translations/pt_BR.lua", "Done.", "/translations/pt_BR.lua can be written by others"},
        {"chown 12345 translations", "Done.", "/translations belongs to uid 12345"},
        {"chmod g+w translations", "Done.", "/translations can be written by others"},
        {"chmod o+w translations", "Done.", "/translations can be written by others"},
        {"chown 12345 . && chmod 755 .", "Done.", " belongs to uid 12345"},
        {"rm -r translations && ln -s theirs translations", "Done.", "/theirs belongs to uid 12345"},
        {"ln -sf ../theirs/pt_BR.lua translations/", "Done.", "/theirs belongs to uid 12345"},
        {"chown 0 theirs && ln -sf ../theirs/pt_BR.lua translations/", "Done.",
         "/theirs/pt_BR.lua belongs to uid 12345"},
        /* To a good file, but whoever laid the link may lay another between the look and the reading. */
        {"mv translations/pt_BR.lua good && chmod 1777 translations && ln -s ../good translations/pt_BR.lua "
         "&& chown -h 12345 translations/pt_BR.lua",
         "Done.", "/translations/pt_BR.lua belongs to uid 12345"},
    };
    if (!is_root())
        skip();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char command[512], text[256], warned[512];
        lay_out();
        (void)snprintf(command, sizeof command, "cd %s && %s", folder_path(""), rows[i].change);
        assert_int_equal(system(command), 0);
        told(text, warned);
        if (strcmp(text, rows[i].text) != 0 || !rows[i].warned != !warned[0] ||
            (rows[i].warned && (!strstr(warned, rows[i].warned) || !strstr(warned, "is not used"))))
            fail_msg("%s: told \"%s\", warned \"%s\"", rows[i].change, text, warned);
        folder_drop();
    }
}

/* Somebody lays good and hostile files in turn, as fast as they can, where they can. */
static void swap(void)
{
    const char *path = folder_path("translations/pt_BR.lua"), *good = folder_path("good"),
               *theirs = folder_path("theirs/pt_BR.lua");
    if (setgid(SOMEBODY) != 0 || setuid(SOMEBODY) != 0)
        _exit(1);
    while (symlink(good, path) == 0 && unlink(path) == 0 && symlink(theirs, path) == 0 && unlink(path) == 0)
        ;
    _exit(2);
}

static void test_swapped(void **state)
{
    (void)state;
    char text[256], warned[512];
    int status;
    if (!is_root())
        skip();
    lay_out();
    assert_int_equal(rename(folder_path("translations/pt_BR.lua"), folder_path("good")), 0);
    assert_int_equal(chmod(folder_path("translations"), 01777), 0);
    pid_t child = fork();
    if (child == 0)
        swap();
    for (int round = 0; round < 500; round++) {
        told(text, warned);
        if (strcmp(text, "Done.") != 0)
            break;
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_string_equal(text, "Done.");
    folder_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_other_texts),
        cmocka_unit_test(test_language_is_awaited_for_a_moment),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_texts_of_the_entry),
        cmocka_unit_test(test_stray_translations),
        cmocka_unit_test(test_trusted),
        cmocka_unit_test(test_swapped),
    };
    return cmocka_run_group_tests_name("texts", tests, NULL, NULL);
}
