/*
 * Every text of every policy that comes with curfew has its translation, and every translation its text:
 * found by what the host is asked to show to people of either language, whatever the policies may look like.
 */
#include "stage.h"

#include "base/memory.h"
#include "base/text.h"
#include "bindings/data.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 400, DAYS = 7 };

struct shown {
    char *texts[SHOWN];
    size_t count;
};

static struct {
    struct stage stage;
    const struct cf_backend_ops *ops; /* the simulator's */
    struct shown *shown;
} play;

/* ---- What the host is asked ---- */

static bool has(const struct shown *shown, const char *text)
{
    for (size_t i = 0; i < shown->count; i++)
        if (strcmp(shown->texts[i], text) == 0)
            return true;
    return false;
}

static void keep(struct shown *shown, const char *text)
{
    if (!text || has(shown, text))
        return;
    assert_true(shown->count < SHOWN);
    shown->texts[shown->count++] = strdup(text);
}

static void forget(struct shown *shown)
{
    for (size_t i = 0; i < shown->count; i++)
        free(shown->texts[i]);
    shown->count = 0;
}

static void submit(struct cf_backend *backend, const struct cf_request *request)
{
    if (request->action == CF_ACTION_WARN || request->action == CF_ACTION_REFUSE_LOGONS) {
        keep(play.shown, request->text);
        keep(play.shown, request->title);
        keep(play.shown, request->ask);
    }
    play.ops->submit(backend, request);
}

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data, (void)entry;
    cf_journal_queue_push(&play.stage.kept, kept, context);
}

/* ---- The play ---- */

/* A remote student who logs on at that minute, and does nothing more. */
static void add_logon(struct cf_script *script, uint32_t label, int64_t minute, const char *language,
                      bool known)
{
    static const char *const groups[] = {"students", NULL};
    struct cf_session who;
    cf_session_init(&who);
    cf_session_set_string(&who, CF_FIELD_USER, known ? "ana" : "bea");
    cf_session_set_string(&who, CF_FIELD_TYPE, "rdp");
    cf_session_set_string(&who, CF_FIELD_LANGUAGE, language);
    cf_session_set_list(&who, CF_FIELD_GROUPS, groups);
    if (!known)
        cf_session_set_string(&who, CF_FIELD_IDLE_SOURCE, "unknown");
    struct cf_event event = {
        .at_us = CF_SECOND.us + minute * CF_MINUTE.us, .kind = CF_EVENT_LOGON, .label = label, .logon = &who};
    assert_int_equal(cf_script_add(script, &event, NULL), 0);
    cf_session_finish(&who);
}

/* What one policy shows in a week to people who log on at a Monday's 08:00 UTC. */
static void run(const char *policy, const char *language, struct shown *shown)
{
    struct cf_script *script = cf_script_create((struct cf_instant){INT64_C(1772438400000000)});
    add_logon(script, 0, 0, language, true);
    add_logon(script, 1, 10, language, true); /* again, elsewhere */
    add_logon(script, 2, 10, language, false);

    struct cf_config config;
    struct cf_error err = {0};
    cf_config_init(&config);
    assert_int_equal(cf_config_add_policy(&config, policy, NULL, NULL, &err), 0);
    json_t *hour = json_string("1h");
    if (strcmp(config.policies[0].name, "idle") == 0)
        assert_int_equal(cf_config_set_option(&config, "idle", "unseen", hour, &err), 0);
    json_decref(hour);

    stage_open(&play.stage, "policies/disconnected.lua", cf_script_finish(script, DAYS * CF_DAY.us),
               (struct cf_sim_setup){0}, write_entry);
    cf_replace(&play.stage.config.language, language); /* for those who are refused */
    if (cf_engine_add_policy(play.stage.engine, &config.policies[0], &err) != 0)
        fail_msg("%s", err.text);
    struct cf_backend_head *head = (struct cf_backend_head *)(void *)cf_engine_backend(play.stage.engine);
    struct cf_backend_ops watched = *head->ops;
    play.ops = head->ops;
    play.shown = shown;
    watched.submit = submit;
    head->ops = &watched;
    stage_run(&play.stage);
    head->ops = play.ops;
    stage_close(&play.stage);
    cf_config_finish(&config);
}

/* ---- What must hold ---- */

/* "In {left}." as a pattern: "In *." */
static char *pattern_of(const char *template)
{
    char *pattern = strdup(template), *to = pattern;
    for (const char *at = template; *at; at++) {
        if (*at == '{')
            at = strchr(at, '}');
        *to++ = (char)(*at == '}' ? '*' : *at);
    }
    *to = '\0';
    return pattern;
}

static void check_used(const struct shown *shown, const char *text, const char *translation)
{
    char *pattern = pattern_of(translation);
    size_t i = 0;
    while (i < shown->count && !cf_text_matches(pattern, shown->texts[i]))
        i++;
    if (i == shown->count)
        fail_msg("\"%s\" is translated, but nobody was shown it", text);
    free(pattern);
}

static void test_translations(void **state)
{
    (void)state;
    struct shown all = {0};
    glob_t files;
    assert_int_equal(glob("policies/*.lua", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct shown english = {0};
        if (cf_text_matches("*_test.lua", files.gl_pathv[i]))
            continue;
        run(files.gl_pathv[i], "en_US", &english);
        size_t before = all.count;
        run(files.gl_pathv[i], "pt_BR", &all);
        assert_int_equal(all.count - before, english.count);
        for (size_t j = 0; j < english.count; j++)
            if (has(&all, english.texts[j]))
                fail_msg("%s says \"%s\" in Portuguese, too", files.gl_pathv[i], english.texts[j]);
        forget(&english);
    }
    globfree(&files);

    json_t *texts = NULL, *translation;
    const char *text;
    assert_int_equal(cf_lua_table("policies/translations/pt_BR.lua", &texts, NULL), 0);
    json_object_foreach(texts, text, translation) check_used(&all, text, json_string_value(translation));
    json_decref(texts);
    forget(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_translations),
    };
    return cmocka_run_group_tests_name("texts", tests, NULL, NULL);
}
