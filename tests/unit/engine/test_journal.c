#include "../unit.h"

#include "engine/records/journal.h"

#include <jansson.h>
#include <string.h>

static void test_names(void **state)
{
    (void)state;
    for (int what = 0; what < CF_WHAT_COUNT; what++)
        assert_int_equal(cf_what_by_name(cf_what_name((enum cf_what)what)), what);
    assert_int_equal(cf_what_by_name("nothing"), -1);
    assert_string_equal(cf_what_name(CF_WHAT_COUNT), "unknown");
}

/* What a person was told is one thing, and why another; of all else the text is the reason. */
static void test_reasons(void **state)
{
    (void)state;
    for (int what = 0; what < CF_WHAT_COUNT; what++) {
        bool is_told = what == CF_WHAT_WARN || what == CF_WHAT_TELL;
        struct cf_entry entry = {
            .what = (enum cf_what)what, .text = "text", .code = CF_REFUSED, .in_use = true};
        assert_int_equal(cf_what_is_told((enum cf_what)what), is_told);
        json_t *object = cf_entry_json(&entry);
        const char *reason = json_string_value(json_object_get(object, "reason"));
        const char *text = json_string_value(json_object_get(object, "text"));
        assert_string_equal(is_told ? text : reason, "text");
        assert_null(is_told ? reason : text);
        assert_string_equal(json_string_value(json_object_get(object, "code")), cf_code_name(CF_REFUSED));
        assert_true(json_is_true(json_object_get(object, "in_use")));
        assert_null(json_object_get(object, "unwarned"));
        json_decref(object);
        entry.reason = "reason";
        assert_string_equal(cf_entry_reason(&entry), "reason");
    }
}

static void test_json(void **state)
{
    (void)state;
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){"lab7", "3", 0xabc, 77};
    session.user = "ana \"the\x1b great\"";
    struct cf_entry entry = {.number = 9,
                             .decision = 4,
                             .at = {INT64_C(1772443500000001)},
                             .what = CF_WHAT_LOGOFF,
                             .dry = true,
                             .policy = "idle",
                             .line = 17,
                             .session = &session,
                             .idle = {1800000000},
                             .text = "idle for 30 minutes",
                             .unwarned = true,
                             .revision = "00c0ffee00c0ffee"};
    struct cf_buffer buffer = {0};
    cf_json_line(&buffer, cf_entry_json(&entry));
    assert_string_equal(
        buffer.data,
        "{\"number\":9,\"at\":\"2026-03-02T09:25:00.000001Z\",\"what\":\"logoff\","
        "\"decision\":4,\"dry_run\":true,\"policy\":\"idle\",\"line\":17,"
        "\"host\":\"lab7\",\"session\":\"3\",\"birth\":\"abc:77\","
        "\"user\":\"ana \\\"the\\u001b great\\\"\",\"idle\":1800,"
        "\"unwarned\":true,\"reason\":\"idle for 30 minutes\",\"revision\":\"00c0ffee00c0ffee\"}\n");
    json_t *back = json_loads(buffer.data, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(back, "user")), session.user);
    json_decref(back);
    cf_buffer_finish(&buffer);
}

static bool has(const json_t *list, const char *word)
{
    size_t i;
    const json_t *each;
    json_array_foreach(list, i, each)
    {
        if (strcmp(json_string_value(each), word) == 0)
            return true;
    }
    return false;
}

/* The schema has each kind and each code, and the page tells each field and kind. */
static void test_schema(void **state)
{
    (void)state;
    json_t *schema = json_load_file("docs/json.schema.json", 0, NULL);
    assert_non_null(schema);
    const json_t *fields =
        json_object_get(json_object_get(json_object_get(schema, "$defs"), "entry"), "properties");
    const json_t *whats = json_object_get(json_object_get(fields, "what"), "enum");
    const json_t *codes = json_object_get(json_object_get(fields, "code"), "enum");
    assert_int_equal(json_array_size(whats), CF_WHAT_COUNT);
    assert_int_equal(json_array_size(codes), -CF_REFUSED);
    for (int code = CF_REFUSED; code < CF_OK; code++)
        assert_true(has(codes, cf_code_name(code)));
    static char page[1 << 16];
    FILE *file = fopen("docs/journal.md", "r");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    (void)fclose(file);
    for (int what = 0; what < CF_WHAT_COUNT; what++) {
        char word[32];
        (void)snprintf(word, sizeof word, "`%s`", cf_what_name((enum cf_what)what));
        assert_true(has(whats, cf_what_name((enum cf_what)what)));
        if (!strstr(page, word))
            fail_msg("docs/journal.md does not tell %s", word);
    }
    const char *name;
    json_t *field;
    json_object_foreach((json_t *)(uintptr_t)fields, name, field)
    {
        char word[32];
        (void)snprintf(word, sizeof word, "`%s`", name);
        if (!strstr(page, word))
            fail_msg("docs/journal.md does not tell %s", word);
    }
    json_decref(schema);
}

static struct cf_journal_queue queue;
static int kept_count;

static void on_kept(void *context, int code)
{
    assert_int_equal(code, CF_OK);
    assert_int_equal(*(int *)context, kept_count); /* in order */
    if (++kept_count == 3)
        cf_journal_queue_push(&queue, on_kept, (int *)context + 1);
}

static void test_queue(void **state)
{
    (void)state;
    struct cf_loop *loop = NULL;
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &loop, NULL), 0);
    cf_journal_queue_init(&queue, loop);
    int order[] = {0, 1, 2, 3};
    for (int i = 0; i < 3; i++)
        cf_journal_queue_push(&queue, on_kept, &order[i]);
    cf_journal_queue_push(&queue, NULL, NULL); /* nobody to tell */
    assert_int_equal(kept_count, 0);
    cf_loop_run(loop);
    assert_int_equal(kept_count, 4);
    cf_journal_queue_push(&queue, on_kept, order);
    cf_journal_queue_finish(&queue);
    cf_loop_run(loop);
    assert_int_equal(kept_count, 4);
    cf_loop_destroy(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),  cmocka_unit_test(test_reasons), cmocka_unit_test(test_json),
        cmocka_unit_test(test_schema), cmocka_unit_test(test_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
