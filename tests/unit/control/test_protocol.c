#include "../unit.h"

#include "control/protocol.h"
#include "malformed.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int read_line(const char *line, size_t length, struct cf_control_request *request)
{
    struct cf_error err = {0};
    int code = cf_control_request_read(line, length, request, &err);
    if (code) {
        assert_int_equal(err.code, code);
        assert_true(strlen(err.text) > 10);
    }
    return code;
}

static void test_malformed(void **state)
{
    (void)state;
    assert_true(malformed_count + strange_count >= 60);
    for (size_t i = 0; i < malformed_count; i++) {
        struct cf_control_request request;
        if (read_line(malformed[i].bytes, malformed[i].length, &request) != malformed[i].code ||
            request.id != (malformed[i].has_id ? 7 : -1))
            fail_msg("row %zu: %s", i, malformed[i].bytes);
        cf_control_request_finish(&request);
    }
    for (size_t i = 0; i < strange_count; i++) {
        struct cf_control_request request;
        assert_int_equal(read_line(strange[i].bytes, strange[i].length, &request), CF_OK);
        cf_control_request_finish(&request);
    }
}

static void test_right(void **state)
{
    (void)state;
    static const char line[] =
        " { \"for\":\"30m\" ,\"id\":9007199254740993,\"do\":\"stay\",\"session\":\"\xc3\xa4{[[[[[\\\"\\\\\",\"curfew\":1}\r\n";
    struct cf_control_request request;
    assert_int_equal(read_line(line, sizeof line - 1, &request), CF_OK);
    assert_true(request.id == INT64_C(9007199254740993));
    assert_string_equal(request.verb, "stay");
    assert_int_equal(json_object_size(request.words), 2);
    assert_string_equal(json_string_value(json_object_get(request.words, "session")), "\xc3\xa4{[[[[[\"\\");
    assert_string_equal(json_string_value(json_object_get(request.words, "for")), "30m");
    cf_control_request_finish(&request);
}

/* Whatever is written is one line, and reads as it was meant. */
static void test_requests_by_round_trip(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        char text[64] = "";
        for (int64_t i = 0, length = pick(&seed, sizeof text); i < length; i++)
            text[i] = (char)(1 + pick(&seed, 255));
        text[sizeof text - 1] = '\0';
        struct cf_buffer line = {0};
        cf_control_request_write(&line, round, "stay",
                                 (const char *[]){"session", text, "for", NULL, "a", "b", NULL});
        assert_ptr_equal(strchr(line.data, '\n'), line.data + line.length - 1);
        struct cf_control_request request;
        assert_int_equal(read_line(line.data, line.length, &request), CF_OK);
        assert_int_equal(request.id, round);
        assert_int_equal(json_object_size(request.words), 2);
        assert_non_null(json_object_get(request.words, "session"));
        cf_control_request_finish(&request);
        cf_buffer_finish(&line);
    }
}

static void test_answers(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    json_t *told = NULL, *result = json_pack("{s:s, s:[i, i]}", "a", "line\nfeed", "b", 1, 2);
    struct cf_error err;

    cf_control_result_write(&line, 3, result);
    assert_ptr_equal(strchr(line.data, '\n'), line.data + line.length - 1);
    assert_non_null(strstr(line.data, "{\"curfew\":1,\"id\":3,\"ok\":true,\"result\":"));
    assert_int_equal(cf_control_reply_read(line.data, line.length, &told, &err), CF_OK);
    assert_true(json_equal(told, result));
    json_decref(told);
    json_decref(result);

    cf_buffer_clear(&line);
    cf_control_result_write(&line, 3, NULL);
    assert_int_equal(cf_control_reply_read(line.data, line.length, &told, &err), CF_OK);
    assert_true(json_is_null(told));

    for (int code = CF_REFUSED; code < CF_OK; code++) {
        struct cf_error meant;
        (void)cf_error_set(&meant, code, "two\nlines, \"quotes\"");
        cf_buffer_clear(&line);
        cf_control_error_write(&line, -1, &meant);
        assert_ptr_equal(strchr(line.data, '\n'), line.data + line.length - 1);
        assert_non_null(strstr(line.data, "\"id\":null"));
        assert_int_equal(cf_control_reply_read(line.data, line.length, &told, &err), code);
        assert_int_equal(err.code, code);
        assert_string_equal(err.text, meant.text);
    }
    cf_buffer_finish(&line);
}

static void test_answers_of_others(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int code;
    } rows[] = {
        {"", CF_FAILED},
        {"220 mail.example ESMTP\n", CF_FAILED},
        {"{}", CF_FAILED},
        {"[1]", CF_FAILED},
        {"{\"curfew\":1}", CF_FAILED},
        {"{\"curfew\":1,\"ok\":\"true\"}", CF_FAILED},
        {"{\"curfew\":1,\"ok\":false}", CF_FAILED},
        {"{\"curfew\":1,\"ok\":false,\"error\":\"so\"}", CF_FAILED},
        {"{\"curfew\":1,\"ok\":false,\"code\":\"odd\",\"error\":\"so\"}", CF_FAILED},
        {"{\"curfew\":1,\"ok\":false,\"code\":\"done\",\"error\":\"so\"}", CF_FAILED},
        {"{\"curfew\":2,\"ok\":true}", CF_UNSUPPORTED},
        {"{\"curfew\":2}", CF_UNSUPPORTED},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *told;
        struct cf_error err = {0};
        assert_int_equal(cf_control_reply_read(rows[i].line, strlen(rows[i].line), &told, &err),
                         rows[i].code);
        assert_true(err.text[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_requests_by_round_trip),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_answers_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
