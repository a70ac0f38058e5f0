/*
 * Every text of every policy that comes with curfew has its translation, and every translation its text:
 * found by what the host is asked to show to people of either language, whatever the policies may look like.
 */
#include "simulation.h"

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
    struct simulation sim;
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

/* ---- The play ---- */

/* A remote student who logs on at that minute, and does nothing more. */
static void add_logon(struct cf_script *script, uint32_t label, int64_t minute, const char *language,
                      bool known)
{
    static const char *const groups[] = {"students", NULL};
    struct cf_session who;
    person_init(&who, known ? "ana" : "bea", CF_NUMBER_UNKNOWN);
    cf_session_set_string(&who, CF_FIELD_TYPE, "rdp");
    cf_session_set_string(&who, CF_FIELD_LANGUAGE, language);
    cf_session_set_list(&who, CF_FIELD_GROUPS, groups);
    if (!known)
        cf_session_set_string(&who, CF_FIELD_IDLE_SOURCE, "unknown");
    script_log_on(script, cf_seconds(1 + minute * 60), label, &who);
}

/* What one policy shows in a week to people who log on at a Monday's 08:00 UTC. */
static void run(const char *policy, const char *language, struct shown *shown)
{
    struct cf_script *script = cf_script_create(MONDAY_8AM);
    add_logon(script, 0, 0, language, true);
    add_logon(script, 1, 10, language, true); /* again, elsewhere */
    add_logon(script, 2, 10, language, false);

    json_t *options = strstr(policy, "idle.lua") ? json_pack("{s:s}", "unseen", "1h") : NULL;
    simulation_open(&play.sim, "policies/disconnected.lua", cf_script_finish(script, DAYS * CF_DAY.us),
                    (struct cf_sim_setup){0}, NULL);
    cf_replace(&play.sim.config.language, language); /* for those who are refused */
    simulation_add_policy(&play.sim, policy, options);
    struct cf_backend_head *head = (struct cf_backend_head *)(void *)cf_engine_backend(play.sim.engine);
    struct cf_backend_ops watched = *head->ops;
    play.ops = head->ops;
    play.shown = shown;
    watched.submit = submit;
    head->ops = &watched;
    simulation_run(&play.sim);
    head->ops = play.ops;
    simulation_close(&play.sim);
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
