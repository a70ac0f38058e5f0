#include "../unit.h"

#include "base/text.h"

#include <string.h>

static void test_empty(void **state)
{
    (void)state;
    struct cf_buffer buffer = {0};
    cf_buffer_printf(&buffer, "%s%s", "", "");
    assert_string_equal(buffer.data, "");
    cf_buffer_finish(&buffer);
    cf_buffer_puts(&buffer, "");
    assert_string_equal(buffer.data, "");
    cf_buffer_finish(&buffer);
    assert_null(buffer.data);
}

static void test_safe_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *safe;
    } table[] = {
        {"plain", "plain"},
        {"\x1b[2Jgone", "?[2Jgone"}, /* an escape sequence */
        {"a\r\nb\x07", "a??b?"},     /* lines and bells */
        {"tab\there", "tab here"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"\xc3", "\xef\xbf\xbd"},                 /* cut off */
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong */
        {"\xc2\x9b"
         "31m",
         "?31m"}, /* C1 control sequence introducer */
        {"\xe2\x80\xae"
         "txt",
         "?txt"},                                                 /* right-to-left override */
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"an\xe2\x80\x8b"
         "a",
         "an?a"}, /* a blank without width */
        {"an\xe2\x80\x8d"
         "a",
         "an?a"}, /* a joiner, where nothing joins */
        {"an\xc2\xad"
         "a",
         "an?a"}, /* a soft hyphen */
        {"an\xe3\x85\xa4"
         "a",
         "an?a"}, /* a filler */
        {"an\xf3\xa0\x81\xa1"
         "a",
         "an?a"},                                                         /* a tag */
        {"\xd9\x85\xe2\x80\x8c\xd9\x86", "\xd9\x85\xe2\x80\x8c\xd9\x86"}, /* Persian needs its non-joiner */
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"},
        {"\xe2\x80\x8d\xe2\x80\x8d", "??"}, /* nothing to join */
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char out[64];
        assert_int_equal(cf_text_safe(table[i].text, out, sizeof out), strlen(table[i].safe));
        assert_string_equal(out, table[i].safe);
    }
}

/* Whatever comes in: what goes out fits, is UTF-8, has no control, and is safe already. */
static void test_safe_text_of_anything(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        char in[40], out[48], again[48];
        size_t length = (size_t)pick(&seed, sizeof in - 1), size = 1 + (size_t)pick(&seed, sizeof out - 1);
        for (size_t i = 0; i < length; i++)
            in[i] = (char)(1 + pick(&seed, 255));
        in[length] = '\0';
        size_t used = cf_text_safe(in, out, size);
        assert_true(used < size);
        assert_int_equal(strlen(out), used);
        for (const char *c = out; *c; c += cf_utf8_length(c)) {
            assert_true(cf_utf8_length(c) > 0);
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
        }
        assert_int_equal(cf_text_safe(out, again, sizeof again), used);
        assert_string_equal(out, again);
    }
}

static void test_json(void **state)
{
    (void)state;
    struct cf_buffer buffer = {0};
    cf_buffer_json(&buffer, "say \"hi\"\\\n\x01 caf\xc3\xa9 \xff");
    assert_string_equal(buffer.data, "\"say \\\"hi\\\"\\\\\\n\\u0001 caf\xc3\xa9 \xef\xbf\xbd\"");
    cf_buffer_clear(&buffer);
    cf_buffer_json(&buffer, NULL);
    assert_string_equal(buffer.data, "null");
    cf_buffer_finish(&buffer);
}

/* Of each writer's output, whatever it is given: nothing in it that a terminal obeys or an eye passes over.
 */
static void assert_harmless(const char *text)
{
    size_t room = 3 * strlen(text) + 1;
    char *safe = test_malloc(room);
    assert_int_equal(cf_text_safe(text, safe, room), strlen(text));
    assert_string_equal(safe, text);
    test_free(safe);
}

static const char *const hostile[] = {
    "\x1b]0;title\x07",
    "\xc2\x9b"
    "2J",
    "\xe2\x80\xae"
    "gpj.exe",
    "a\xe2\x80\x8b"
    "b",
    "\xef\xbb\xbf",
    "\n",
    "\r",
    "\"",
    "\\",
    ",",
    "=cmd|'/c calc'!A1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    " =1",
    "\xef\xbc\x9d"
    "1",
    "\xff\xfe",
    "\x7f",
    "\xf3\xa0\x81\xa1",
    ";",
    "'",
};

static const char *some_hostile(uint64_t *seed, char out[256])
{
    out[0] = '\0';
    for (int64_t parts = pick(seed, 6); parts >= 0; parts--) {
        const char *part = hostile[pick(seed, sizeof hostile / sizeof hostile[0])];
        (void)strncat(out, pick(seed, 3) ? part : "ana", 255 - strlen(out));
    }
    return out;
}

static void test_writers(void **state)
{
    (void)state;
    uint64_t seed = 5;
    struct cf_buffer buffer = {0};
    for (int round = 0; round < 20000; round++) {
        char text[256];
        (void)some_hostile(&seed, text);
        cf_buffer_clear(&buffer);
        cf_buffer_json(&buffer, text);
        assert_harmless(buffer.data);
        assert_null(strchr(buffer.data, '\n'));
        cf_buffer_clear(&buffer);
        cf_buffer_csv(&buffer, text);
        assert_harmless(buffer.data);
        assert_null(strchr(buffer.data, '\n'));
        const char *cell = buffer.data + (buffer.data[0] == '"');
        cell += strspn(cell, " ");
        assert_null(*cell ? strchr("=+-@", *cell) : NULL);
        size_t quotes = 0, bare = 0;
        for (const char *c = buffer.data; *c; c++) {
            quotes += *c == '"';
            bare += *c == ',' && quotes % 2 == 0;
        }
        assert_int_equal(quotes % 2, 0);
        assert_int_equal(bare, 0);
        cf_buffer_clear(&buffer);
        cf_buffer_label(&buffer, text);
        assert_harmless(buffer.data);
        for (const char *c = buffer.data + 1; c[1]; c++) { /* no escape but \" and \\, no bare quote */
            assert_int_not_equal(*c, '"');
            if (*c == '\\')
                assert_non_null(strchr("\"\\", *++c));
        }
    }
    cf_buffer_finish(&buffer);
}

static void test_matches(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } table[] = {
        {"ana", "ana", true},     {"ana", "anab", false},      {"*", "", true},          {"a*", "b", false},
        {"svc-*", "svc-1", true}, {"*a*b*", "xxaxxbxx", true}, {"?na", "ana", true},     {"?", "", false},
        {"*ab", "aab", true},     {"a*b*c", "abbbc", true},    {"a*b*c", "abbb", false}, {"", "", true},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(cf_text_matches(table[i].pattern, table[i].text), table[i].matches);
}

static void test_near(void **state)
{
    (void)state;
    assert_int_equal(cf_text_distance("limit", "limt"), 1);
    assert_int_equal(cf_text_distance("", "abc"), 3);
    assert_int_equal(cf_text_distance("kitten", "sitting"), 3);
    struct cf_near nearest = {.wanted = "warnigns"};
    cf_near_try(&nearest, "limit");
    cf_near_try(&nearest, "warnings");
    cf_near_try(&nearest, "warning");
    assert_string_equal(nearest.word, "warnings");
    struct cf_near far = {.wanted = "xyz"};
    cf_near_try(&far, "limit");
    assert_null(far.word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_safe_text),
        cmocka_unit_test(test_safe_text_of_anything),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_writers),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
