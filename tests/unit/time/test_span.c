/* Spans: what is read, how it is written, and that both fit together. */
#include "time/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const int64_t second = 1000000, minute = 60 * INT64_C(1000000), hour = 3600 * INT64_C(1000000);
static const int64_t day = 86400 * INT64_C(1000000);

static uint64_t random_state = 1;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void test_parse(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int64_t us;
    } rows[] = {
        {"30m", 30 * minute},
        {"1h30m", 90 * minute},
        {"90 s", 90 * second},
        {"2 hours 5 minutes", 125 * minute},
        {"1.5h", 90 * minute},
        {"-5m", -5 * minute},
        {" 1 Week\t", 7 * day},
        {"1 day 1 hr 1 min 1 sec 1 ms 1 us", day + hour + minute + second + 1001},
        {"0s", 0},
        {"0.000001s", 1},
        {"1000000 us", second},
        {"365250d", 365250 * day},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_span span = {-1};
        struct cf_error err = {0};
        if (cf_span_parse(rows[i].text, &span, &err) != CF_OK || span.us != rows[i].us)
            fail_msg("\"%s\": %lld us, %s", rows[i].text, (long long)span.us, err.text);
    }
}

static void test_errors(void **state)
{
    (void)state;
    const struct {
        const char *text, *says;
    } rows[] = {
        {"30", "30 of what?"},
        {"1h30", "30 of what?"},
        {"1.5", "1.5 of what?"},
        {"", "not a span"},
        {"   ", "not a span"},
        {"soon", "not a span"},
        {"5 fortnights", "\"fortnights\" is not a unit"},
        {"5m!", "not a span"},
        {"--5m", "not a span"},
        {"1h -5m", "not a span"},
        {".5h", "not a span"},
        {"1.h", "not a span"},
        {"1.1234567s", "at most six places"},
        {"365250d 1us", "1000 years"},
        {"365250.000001d", "1000 years"},
        {"99999999999999999999999999 w", "1000 years"},
        {"m", "not a span"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cf_span span = {42};
        struct cf_error err = {0};
        int code = cf_span_parse(rows[i].text, &span, &err);
        if (code != CF_USAGE || span.us != 42 || !strstr(err.text, rows[i].says))
            fail_msg("\"%s\": code %d, %s", rows[i].text, code, err.text);
        assert_int_equal(cf_span_parse(rows[i].text, &span, NULL), CF_USAGE);
    }
}

static void test_words(void **state)
{
    (void)state;
    const struct {
        int64_t us;
        const char *words, *brief;
    } rows[] = {
        {0, "0 seconds", "0s"},
        {second, "1 second", "1s"},
        {90 * second, "1 minute 30 seconds", "1m30s"},
        {5 * minute, "5 minutes", "5m"},
        {minute, "1 minute", "1m"},
        {90 * minute, "1 hour 30 minutes", "1h30m"},
        {2 * day + hour, "2 days 1 hour", "2d1h"},
        {day + minute, "1 day", "1d1m"},
        {day - 1, "23 hours 59 minutes", "23h59m59s999ms999us"},
        {14 * day, "14 days", "14d"},
        {1500000, "1.5 seconds", "1s500ms"},
        {59999999, "59.999 seconds", "59s999ms999us"},
        {250000, "250 milliseconds", "250ms"},
        {1000, "1 millisecond", "1ms"},
        {1050, "1.05 milliseconds", "1ms50us"},
        {1, "1 microsecond", "1us"},
        {-90 * minute, "-1 hour 30 minutes", "-1h30m"},
        {CF_UNKNOWN_US, "an unknown time", "unknown"},
        {INT64_MAX - 1, "106751991 days 4 hours", "106751991d4h54s775ms806us"},
        {INT64_MAX, "never", "never"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[CF_SPAN_TEXT];
        assert_string_equal(cf_span_words((struct cf_span){rows[i].us}, out), rows[i].words);
        assert_string_equal(cf_span_brief((struct cf_span){rows[i].us}, out), rows[i].brief);
    }
}

static void test_portuguese(void **state)
{
    (void)state;
    const struct {
        int64_t us;
        const char *words;
    } rows[] = {
        {0, "0 segundo"},
        {second, "1 segundo"},
        {1500000, "1,5 segundo"},
        {2500000, "2,5 segundos"},
        {minute, "1 minuto"},
        {5 * minute, "5 minutos"},
        {90 * minute, "1 hora e 30 minutos"},
        {-2 * hour - minute, "-2 horas e 1 minuto"},
        {2 * day + hour, "2 dias e 1 hora"},
        {250000, "250 milissegundos"},
        {2, "2 microssegundos"},
        {CF_UNKNOWN_US, "um tempo desconhecido"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[CF_SPAN_TEXT];
        assert_string_equal(cf_span_words_in((struct cf_span){rows[i].us}, "pt_BR", out), rows[i].words);
    }
}

static void test_languages(void **state)
{
    (void)state;
    static const char *const portuguese[] = {"pt", "pt_BR", "pt_PT"};
    static const char *const english[] = {NULL, "", "en_US", "de_DE", "p", "ptx", "_pt"};
    char out[CF_SPAN_TEXT];
    for (size_t i = 0; i < sizeof portuguese / sizeof *portuguese; i++)
        assert_string_equal(cf_span_words_in(CF_MINUTE, portuguese[i], out), "1 minuto");
    for (size_t i = 0; i < sizeof english / sizeof *english; i++)
        assert_string_equal(cf_span_words_in(CF_MINUTE, english[i], out), "1 minute");
}

static int64_t random_us(int i)
{
    int64_t us = (int64_t)(next_random() >> (next_random() % 64)) % (365250 * day);
    return i % 2 ? -us : us;
}

/* Only the digits, with signs, and "." for the point. */
static void keep_numbers(const char *words, char point, char out[CF_SPAN_TEXT])
{
    for (; *words; words++)
        if (strchr("-0123456789", *words) || *words == point)
            *out++ = (char)(*words == point ? '.' : *words);
        else if (*words == ' ')
            *out++ = ' ';
    *out = '\0';
}

/* In every language the numbers are the same. */
static void test_same_numbers(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct cf_span span = {random_us(i)};
        char words[CF_SPAN_TEXT], translated[CF_SPAN_TEXT], numbers[CF_SPAN_TEXT], others[CF_SPAN_TEXT];
        cf_span_words(span, words);
        cf_span_words_in(span, "pt_BR", translated);
        char *joint = strstr(translated, " e ");
        if (joint)
            memmove(joint, joint + 2, strlen(joint + 2) + 1);
        keep_numbers(words, '.', numbers);
        keep_numbers(translated, ',', others);
        assert_string_equal(numbers, others);
    }
}

/* Brief text reads back exactly; words read back as something not longer, and exactly when written again. */
static void test_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct cf_span span = {random_us(i)}, back;
        char text[CF_SPAN_TEXT], again[CF_SPAN_TEXT];
        assert_int_equal(cf_span_parse(cf_span_brief(span, text), &back, NULL), CF_OK);
        assert_int_equal(back.us, span.us);
        assert_int_equal(cf_span_parse(cf_span_words(span, text), &back, NULL), CF_OK);
        assert_true(span.us < 0 ? back.us <= 0 && back.us >= span.us : back.us >= 0 && back.us <= span.us);
        assert_string_equal(cf_span_words(back, again), text);
    }
}

/* No text of a few characters does harm, and what is accepted is within bounds. */
static void test_random_text(void **state)
{
    (void)state;
    static const char letters[] = "0123456789.. -+dhmsuw\tx\x80";
    for (int i = 0; i < 200000; i++) {
        char text[24] = "";
        size_t length = next_random() % sizeof text;
        for (size_t j = 0; j + 1 < length; j++)
            text[j] = letters[next_random() % (sizeof letters - 1)];
        struct cf_span span;
        struct cf_error err;
        if (cf_span_parse(text, &span, &err) == CF_OK)
            assert_true(span.us >= -365250 * day && span.us <= 365250 * day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),       cmocka_unit_test(test_errors),
        cmocka_unit_test(test_words),       cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_random_text), cmocka_unit_test(test_portuguese),
        cmocka_unit_test(test_languages),   cmocka_unit_test(test_same_numbers),
    };
    return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
