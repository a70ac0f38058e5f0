#include "../unit.h"

#include "session/selector.h"

#include <stdio.h>
#include <string.h>

static const char *const ana_or_ben[] = {"ana", "b*", NULL}, *const staff[] = {"staff", NULL};
static const char *const user_class[] = {"user", NULL}, *const lab[] = {"lab?", NULL},
                         *const uids[] = {"10*", NULL};

static void note(void *data, enum cf_field field, const char *text)
{
    char *texts = data;
    size_t used = strlen(texts);
    (void)snprintf(texts + used, 64 - used, "%s=%s ", cf_fields[field].name, text);
}

static void test_matching(void **state)
{
    (void)state;
    struct cf_session session;
    cf_session_init(&session);
    struct cf_selector *selector = cf_selector_create();
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_YES);
    assert_int_equal(cf_selector_match_any(selector, &session), CF_TRI_NO);
    assert_int_equal(cf_selector_add_text(selector, "users", ana_or_ben, NULL), 0);
    assert_int_equal(cf_selector_add_flag(selector, "remote", true, NULL), 0);
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_UNKNOWN);
    session.remote = CF_TRI_NO; /* one that fails decides, whatever else is unknown */
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_NO);
    assert_int_equal(cf_selector_match_any(selector, &session), CF_TRI_UNKNOWN);
    cf_session_set_string(&session, CF_FIELD_USER, "ben");
    assert_int_equal(cf_selector_match_any(selector, &session), CF_TRI_YES);
    session.remote = CF_TRI_YES;
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_YES);
    cf_session_set_string(&session, CF_FIELD_USER, "eva");
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_NO);
    assert_int_equal(cf_selector_fields(selector),
                     CF_FIELD_BIT(CF_FIELD_USER) | CF_FIELD_BIT(CF_FIELD_REMOTE));
    assert_true(cf_selector_weight(selector) >= strlen("ana") + strlen("b*"));
    char texts[64] = "";
    cf_selector_each_text(selector, note, texts);
    cf_selector_each_text(NULL, note, texts);
    assert_string_equal(texts, "user=ana user=b* ");
    cf_session_finish(&session);
    cf_selector_destroy(selector);
}

static void test_kinds_of_users_sessions(void **state)
{
    (void)state;
    static const struct {
        const char *class_;
        enum cf_tri match;
    } kinds[] = {{"user", CF_TRI_YES},           {"user-early", CF_TRI_YES},
                 {"user-light", CF_TRI_YES},     {"user-early-light", CF_TRI_YES},
                 {"user-incomplete", CF_TRI_NO}, {"manager", CF_TRI_NO},
                 {"users", CF_TRI_NO},           {NULL, CF_TRI_UNKNOWN}};
    struct cf_session session;
    cf_session_init(&session);
    struct cf_selector *selector = cf_selector_create(), *light = cf_selector_create();
    assert_int_equal(cf_selector_add_text(selector, "class", user_class, NULL), 0);
    assert_int_equal(cf_selector_add_text(light, "class", (const char *const[]){"user-light", NULL}, NULL),
                     0);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        cf_session_set_string(&session, CF_FIELD_CLASS, kinds[i].class_);
        assert_int_equal(cf_selector_match(selector, &session), kinds[i].match);
    }
    cf_session_set_string(&session, CF_FIELD_CLASS, "user");
    assert_int_equal(cf_selector_match(light, &session), CF_TRI_NO);
    cf_session_finish(&session);
    cf_selector_destroy(selector);
    cf_selector_destroy(light);
}

static void test_lists_numbers_and_identity(void **state)
{
    (void)state;
    struct cf_session session;
    cf_session_init(&session);
    session.identity.host = strdup("lab7");
    struct cf_selector *selector = cf_selector_create();
    assert_int_equal(cf_selector_add_text(selector, "group", staff, NULL), 0);
    assert_int_equal(cf_selector_add_text(selector, "hosts", lab, NULL), 0);
    assert_int_equal(cf_selector_add_text(selector, "uid", uids, NULL), 0);
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_UNKNOWN);
    const char *groups[] = {"users", "staff", NULL};
    cf_session_set_list(&session, CF_FIELD_GROUPS, groups);
    session.uid = 1001;
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_YES);
    cf_session_set_list(&session, CF_FIELD_GROUPS, groups + 2); /* known to be in none */
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_NO);
    cf_session_finish(&session);
    cf_selector_destroy(selector);
}

/* By its name in either number, whichever field it is; times select nobody. */
static void test_every_field(void **state)
{
    (void)state;
    static const char *const any[] = {"*", NULL};
    for (int field = 0; field < CF_FIELD_COUNT; field++) {
        enum cf_field_type type = cf_fields[field].type;
        bool passes = field == CF_FIELD_PROGRAMS || field == CF_FIELD_CPU || field == CF_FIELD_INHIBITED ||
                      field == CF_FIELD_IDLE_SOURCE || field == CF_FIELD_IDLE_DOUBT;
        bool is_text = !passes && (type == CF_TYPE_STRING || type == CF_TYPE_LIST || type == CF_TYPE_NUMBER);
        const char *name = cf_fields[field].name;
        char other[32], stump[32];
        (void)snprintf(other, sizeof other, "%s%s", name, name[strlen(name) - 1] == 's' ? "es" : "s");
        if (type == CF_TYPE_LIST) /* "groups" is one already */
            (void)snprintf(other, sizeof other, "%.*s", (int)strlen(name) - 1, name);
        (void)snprintf(stump, sizeof stump, "%.*s", (int)strlen(name) - 3, name);
        const char *const words[] = {name, other, stump};
        for (size_t i = 0; i < 3; i++) {
            struct cf_selector *selector = cf_selector_create();
            struct cf_error err = {0};
            assert_int_equal(cf_selector_add_text(selector, words[i], any, &err),
                             i < 2 && is_text ? 0 : CF_USAGE);
            assert_int_equal(cf_selector_fields(selector), i < 2 && is_text ? CF_FIELD_BIT(field) : 0);
            assert_int_equal(cf_selector_add_flag(selector, words[i], true, &err),
                             i < 2 && type == CF_TYPE_TRI && !passes ? 0 : CF_USAGE);
            cf_selector_destroy(selector);
        }
    }
}

/* An identity is no field of the record, and is known by its own words. */
static void test_identity(void **state)
{
    (void)state;
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){.id = "12", .host = "lab7"};
    struct cf_selector *id = cf_selector_create(), *host = cf_selector_create();
    assert_int_equal(cf_selector_add_text(id, "ids", (const char *const[]){"1?", NULL}, NULL), 0);
    assert_int_equal(cf_selector_add_text(host, "host", lab, NULL), 0);
    assert_int_equal(cf_selector_fields(id), 0);
    char texts[64] = "";
    cf_selector_each_text(id, note, texts); /* of the record */
    cf_selector_each_text(host, note, texts);
    assert_string_equal(texts, "");
    assert_int_equal(cf_selector_match(id, &session), CF_TRI_YES);
    assert_int_equal(cf_selector_match(host, &session), CF_TRI_YES);
    session.identity = (struct cf_identity){.id = "21", .host = "lab77"};
    assert_int_equal(cf_selector_match(id, &session), CF_TRI_NO);
    assert_int_equal(cf_selector_match(host, &session), CF_TRI_NO);
    cf_selector_fit(id, &session); /* which would be another's then */
    cf_selector_fit(host, &session);
    assert_string_equal(session.identity.id, "21");
    cf_selector_destroy(id);
    cf_selector_destroy(host);
}

static void test_mistakes(void **state)
{
    (void)state;
    struct cf_error err;
    struct cf_selector *selector = cf_selector_create();
    assert_int_equal(cf_selector_add_text(selector, "clas", user_class, &err), CF_USAGE);
    assert_string_equal(err.text, "a session has no field 'clas'; did you mean 'class'?");
    assert_int_equal(cf_selector_add_text(selector, "remote", user_class, &err), CF_USAGE);
    assert_string_equal(err.text, "'remote' is true or false, not a text");
    assert_int_equal(cf_selector_add_flag(selector, "user", true, &err), CF_USAGE);
    assert_int_equal(cf_selector_add_flag(selector, "remot", true, &err), CF_USAGE);
    assert_string_equal(err.text, "a session has no field 'remot'; did you mean 'remote'?");
    assert_int_equal(cf_selector_add_text(selector, "idle", user_class, &err), CF_USAGE);
    assert_int_equal(cf_selector_add_text(selector, "program", user_class, &err), CF_USAGE);
    assert_non_null(strstr(err.text, "'program' is known only when it is asked for"));
    assert_int_equal(cf_selector_add_text(selector, "classes", user_class, &err), 0);
    cf_selector_destroy(selector);
}

static void test_fit(void **state)
{
    (void)state;
    static const char *const labs[] = {"lab-?-*", "staff", NULL}, *const ana[] = {"ana", NULL},
                             *const uid[] = {"7*", NULL};
    struct cf_selector *selector = cf_selector_create();
    struct cf_session session;
    cf_session_init(&session);
    assert_int_equal(cf_selector_add_text(selector, "groups", labs, NULL), 0);
    assert_int_equal(cf_selector_add_text(selector, "user", ana, NULL), 0);
    assert_int_equal(cf_selector_add_text(selector, "uid", uid, NULL), 0);
    assert_int_equal(cf_selector_add_flag(selector, "remote", false, NULL), 0);
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_UNKNOWN);
    cf_selector_fit(selector, &session);
    assert_int_equal(cf_selector_match(selector, &session), CF_TRI_YES);
    assert_string_equal(session.groups[0], "lab-x-x");
    session.uid = 70; /* what matches stays as it is */
    cf_selector_fit(selector, &session);
    assert_int_equal(session.uid, 70);
    cf_session_finish(&session);
    cf_selector_destroy(selector);
}

static void test_field_names(void **state)
{
    (void)state;
    for (int field = 0; field < CF_FIELD_COUNT; field++) {
        assert_non_null(cf_fields[field].name);
        assert_int_equal(cf_field_by_name(cf_fields[field].name), field);
    }
    assert_int_equal(cf_field_by_name("nothing"), -1);
}

/* An exemption that can exempt nobody is a mistake of whoever wrote it. */
static void test_what_can_mean_nobody(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"users", "ana, bob", "a list is written"},
        {"users", "ana;bob", "a list is written"},
        {"users", "ana|bob", "a list is written"},
        {"users", "svc[0-9]*", "only * and ? stand"},
        {"users", "(ana)", "only * and ? stand"},
        {"users", "^ana", "only * and ? stand"},
        {"users", "svc\\d", "only * and ? stand"},
        {"users", "{ana}", "only * and ? stand"},
        {"users", "ana.*", "* alone stands for any letters"},
        {"groups", "lynx-.*", "* alone stands for any letters"},
        {"users", "@wheel", "groups = \"wheel\""},
        {"users", "%wheel", "groups = \"wheel\""},
        {"users", "!ana", "takes nobody out"},
        {"users", " ana", "begins or ends with a blank"},
        {"users", "ana ", "begins or ends with a blank"},
        {"users", "", "an empty text"},
        {"hosts", "lab1,lab2", "a list is written"},
        {"hosts", "lab[12]", "only * and ? stand"},
        {"uid", ">=1000", "is not a number"},
        {"uid", "ana", "is not a number"},
        {"class", "users", "did you mean 'user'?"},
        {"class", "usr*", "no session has the class 'usr*'"},
        {"class", "User", "did you mean 'user'?"},
        {"type", "ssh", "write remote = true"},
        {"type", "X11", "did you mean 'x11'?"},
        {"types", "terminal", "no session has the type 'terminal'"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct cf_error err = {0};
        struct cf_selector *selector = cf_selector_create();
        const char *const patterns[] = {wrong[i][1], NULL};
        if (cf_selector_add_text(selector, wrong[i][0], patterns, &err) != CF_USAGE ||
            !strstr(err.text, wrong[i][2]))
            fail_msg("%s = %s: %s", wrong[i][0], wrong[i][1], err.text);
        cf_selector_destroy(selector);
    }
    static const char *const right[][2] = {
        {"users", "ana"},
        {"users", "ana.b"},
        {"users", "svc-*"},
        {"users", "lab$"},
        {"users", "CORP\\ana"},
        {"groups", "domain users"},
        {"groups", "g?"},
        {"class", "user*"},
        {"class", "greeter"},
        {"type", "x*"},
        {"uid", "10*"},
        {"hosts", "lab.*"},
        {"remote_host", "10.0.*"},
        {"users", "josé"},
        {"service", "gdm-password"},
        {"users", "*"},
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct cf_error err = {0};
        struct cf_selector *selector = cf_selector_create();
        const char *const patterns[] = {right[i][1], NULL};
        if (cf_selector_add_text(selector, right[i][0], patterns, &err) != 0)
            fail_msg("%s = %s: %s", right[i][0], right[i][1], err.text);
        cf_selector_destroy(selector);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matching),
        cmocka_unit_test(test_kinds_of_users_sessions),
        cmocka_unit_test(test_lists_numbers_and_identity),
        cmocka_unit_test(test_every_field),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_field_names),
        cmocka_unit_test(test_what_can_mean_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
