#include "../unit.h"

#include "base/error.h"

#include <limits.h>
#include <string.h>

static void test_errors(void **state)
{
    (void)state;
    struct cf_error err = {0};
    assert_int_equal(cf_error_set(&err, CF_POLICY, "line %d", 7), CF_POLICY);
    assert_int_equal(cf_error_prefix(&err, "%s", "idle.lua"), CF_POLICY);
    assert_string_equal(err.text, "idle.lua: line 7");
    assert_int_equal(cf_error_set(NULL, CF_FAILED, "nobody listens"), CF_FAILED);
}

/* What is put into an error does not become another error; what is added does. */
static void test_lines(void **state)
{
    (void)state;
    struct cf_error err = {0}, more, copy;
    (void)cf_error_set(&more, CF_POLICY, "%s: no such user", "ana\ncurfew: error: all is lost\r\n");
    assert_string_equal(more.text, "ana curfew: error: all is lost  : no such user");
    (void)cf_error_prefix(&more, "a\nb");
    assert_null(strchr(more.text, '\n'));
    cf_error_add(&err, &more);
    cf_error_add(&err, &more);
    assert_int_equal(cf_error_copy(&copy, CF_FAILED, &err), CF_FAILED);
    assert_string_equal(strchr(copy.text, '\n') + 1, more.text);
    assert_int_equal(cf_error_copy(NULL, CF_FAILED, &err), CF_FAILED);
    assert_int_equal(cf_error_copy(&err, CF_USAGE, &err), CF_USAGE);
    assert_int_equal(err.code, CF_USAGE);
    assert_string_equal(err.text, copy.text);
}

/* However long the parts are, the sentence is cut, and ends. */
static void test_long_errors(void **state)
{
    (void)state;
    char text[3 * CF_ERROR_SIZE];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct cf_error err;
    (void)cf_error_set(&err, CF_FAILED, "%s", text);
    assert_int_equal(strlen(err.text), CF_ERROR_SIZE - 1);
    (void)cf_error_prefix(&err, "%s", "here");
    assert_int_equal(strlen(err.text), CF_ERROR_SIZE - 1);
    assert_memory_equal(err.text, "here: xxx", 9);
    (void)cf_error_prefix(&err, "%s", text);
    assert_int_equal(strlen(err.text), CF_ERROR_SIZE - 1);
}

static void test_codes(void **state)
{
    (void)state;
    for (int code = CF_REFUSED; code <= CF_OK; code++)
        assert_string_not_equal(cf_code_name(code), "unknown");
    assert_string_equal(cf_code_name(1), "unknown");
    assert_string_equal(cf_code_name(-1000), "unknown");
    assert_string_equal(cf_code_name(INT_MIN), "unknown");
    assert_int_equal(cf_exit_status(CF_OK), 0);
    assert_int_equal(cf_exit_status(CF_FAILED), 1);
    assert_int_equal(cf_exit_status(CF_USAGE), 2);
    assert_int_equal(cf_exit_status(CF_POLICY), 3);
    assert_int_equal(cf_exit_status(CF_UNAVAILABLE), 4);
    assert_int_equal(cf_exit_status(CF_STALE), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_long_errors),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
