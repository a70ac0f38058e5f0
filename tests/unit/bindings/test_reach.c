#include "policy_fixture.h"

#include "engine/context.h"
#include "engine/policy.h"

#include <string.h>

/* Protected are the flags' accounts, and whoever the text of one field names. */
struct reach {
    const char *policy, *only;
    bool root, system, console;
    const char *field, *value; /* of `protect`; NULL: none */
    const char *wanted;        /* why nobody is within reach; NULL: somebody is */
};

#define WATCH(selector) "sessions.watch(" selector ", function () end)\n"
#define VETO            "sessions.protect({ groups = { 'x' } }, function () end)\n"

static const struct reach table[] = {
    {"", NULL, true, true, true, NULL, NULL, NULL},
    {WATCH("{ class = 'user' }"), NULL, true, true, true, NULL, NULL, NULL},
    {WATCH("{ console = true }"), NULL, true, true, true, NULL, NULL, "the console is protected"},
    {WATCH("{ console = true }"), NULL, true, true, false, NULL, NULL, NULL},
    {WATCH("{ console = true }") WATCH("{ user = 'ana' }"), NULL, true, true, true, NULL, NULL, NULL},
    {WATCH("{ user = 'ana' }") WATCH("{ console = true }"), NULL, true, true, true, NULL, NULL, NULL},
    {WATCH("{ class = 'user' }"), "{\"console\": true}", true, true, true, NULL, NULL,
     "the console is protected"},
    {WATCH("{ class = 'user' }"), "{\"console\": false}", true, true, true, NULL, NULL, NULL},
    {WATCH("{ user = 'root' }"), NULL, true, false, false, NULL, NULL, "root is protected"},
    {WATCH("{ user = 'root' }"), NULL, false, false, false, NULL, NULL, NULL},
    {WATCH("{ user = 'ana' }"), NULL, false, false, false, "user", "ana", "the configuration protects"},
    {WATCH("{ user = 'ana' }"), NULL, false, false, false, "user", "bob", NULL},
    {WATCH("{ groups = { 'staff' } }"), NULL, false, false, false, "groups", "staff",
     "the configuration protects"},
    /* Who is as little protected as can be is known in all that protects: else nobody would be within reach.
     */
    {WATCH("{ remote = true }"), NULL, true, true, true, "user", "ana", NULL},
    {WATCH("{ remote = true }"), NULL, true, true, true, "groups", "staff", NULL},
    {WATCH("{ remote = true }"), NULL, true, true, true, "class", "greeter", NULL},
    {WATCH("{ remote = true }"), NULL, true, true, true, "type", "x11", NULL},
    {WATCH("{ remote = true }"), NULL, true, true, true, "host", "elsewhere", NULL},
    {WATCH("{ user = 'ana' }"), NULL, true, true, true, "remote", "false", NULL},
};

static void protect(struct cf_config *config, const struct reach *row)
{
    struct cf_error err;
    config->protect_root = row->root;
    config->protect_system = row->system;
    config->protect_console = row->console;
    if (!row->field)
        return;
    const char *const patterns[] = {row->value, NULL};
    config->protect = cf_selector_create();
    int code = strcmp(row->field, "remote") == 0
                   ? cf_selector_add_flag(config->protect, row->field, false, &err)
                   : cf_selector_add_text(config->protect, row->field, patterns, &err);
    assert_int_equal(code, CF_OK);
}

static void test_out_of_reach(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct reach *row = &table[i];
        struct policy_fixture fixture;
        fixture_open(&fixture);
        if (row->only)
            fixture.entry = json_pack("{s:o}", "only", json_loads(row->only, 0, NULL));
        if (fixture_load_text(&fixture, row->policy) != 0)
            fail_msg("%zu: %s", i, fixture.err.text);
        protect(&fixture.host.config, row);
        const char *why = cf_engine_out_of_reach(fixture.host.engine, 0);
        if (!why != !row->wanted || (why && !strstr(why, row->wanted)))
            fail_msg("%zu, %s: %s, not %s", i, row->policy, why ? why : "within reach",
                     row->wanted ? row->wanted : "");
        cf_selector_destroy(fixture.host.config.protect);
        fixture.host.config.protect = NULL;
        fixture_close(&fixture);
    }
}

/* All selectors of watches and vetoes, each once, and whose they are. */
static void test_selectors(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    fixture_open(&fixture);
    if (fixture_load_text(&fixture, WATCH("{ user = 'ana' }") WATCH("{ type = 'tty' }") VETO) != 0)
        fail_msg("%s", fixture.err.text);
    const struct cf_engine *engine = fixture.host.engine;
    uint64_t fields = 0;
    size_t count = 0;
    const char *policy = NULL;
    for (const struct cf_selector *selector; (selector = cf_engine_selector(engine, count, &policy));
         count++) {
        uint64_t its = cf_selector_fields(selector);
        assert_true(its && !(its & fields));
        assert_string_equal(policy, "policy");
        assert_ptr_equal(cf_engine_selector(engine, count, NULL), selector);
        fields |= its;
    }
    assert_int_equal(count, 3);
    assert_true(fields ==
                (CF_FIELD_BIT(CF_FIELD_USER) | CF_FIELD_BIT(CF_FIELD_TYPE) | CF_FIELD_BIT(CF_FIELD_GROUPS)));
    assert_true((cf_policy_fields(engine->policies[0]) & fields) == fields);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_out_of_reach), cmocka_unit_test(test_selectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
