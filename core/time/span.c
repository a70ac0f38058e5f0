#include "time/span.h"

#include "base/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
    int64_t us;
    const char *brief, *also;
};

static const struct unit units[] = {
    {INT64_C(604800000000), "w", NULL}, /* read, but never written: "14 days" is plainer than "2 weeks" */
    {INT64_C(86400000000), "d", NULL},  {INT64_C(3600000000), "h", "hr"}, {INT64_C(60000000), "m", "min"},
    {INT64_C(1000000), "s", "sec"},     {INT64_C(1000), "ms", "msec"},    {INT64_C(1), "us", "usec"},
};

enum { DAY = 1, SECOND = 4, UNITS = sizeof units / sizeof units[0] };
enum { FRACTION_DIGITS = 6, QUOTED = 80 };

/* How a language writes spans. */
struct language {
    const char *unknown, *never, *joint;
    char point;
    bool one_and_a_part; /* is singular; zero too (CLDR's plural rules) */
    const char *words[UNITS][2];
};

static const struct language english = {
    .unknown = "an unknown time",
    .never = "never",
    .joint = " ",
    .point = '.',
    .words = {{"week", "weeks"},
              {"day", "days"},
              {"hour", "hours"},
              {"minute", "minutes"},
              {"second", "seconds"},
              {"millisecond", "milliseconds"},
              {"microsecond", "microseconds"}},
};

static const struct language portuguese = {
    .unknown = "um tempo desconhecido",
    .never = "nunca",
    .joint = " e ",
    .point = ',',
    .one_and_a_part = true,
    .words = {[DAY] = {"dia", "dias"},
              {"hora", "horas"},
              {"minuto", "minutos"},
              {"segundo", "segundos"},
              {"milissegundo", "milissegundos"},
              {"microssegundo", "microssegundos"}},
};

static const int64_t longest_us = INT64_C(365250) * INT64_C(86400000000); /* 1000 years */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t letters(const char *text)
{
    size_t length = 0;
    while (lower(text[length]) >= 'a' && lower(text[length]) <= 'z')
        length++;
    return length;
}

/* Whether text[length] is `word`, in any case, or its plural where it may have one. */
static bool is_word(const char *text, size_t length, const char *word, bool plural)
{
    size_t wanted = word ? strlen(word) : 0;
    if (!wanted || (length != wanted && !(plural && length == wanted + 1 && lower(text[wanted]) == 's')))
        return false;
    for (size_t i = 0; i < wanted; i++)
        if (lower(text[i]) != word[i])
            return false;
    return true;
}

static const struct unit *find_unit(const char *text, size_t length)
{
    for (size_t i = 0; i < UNITS; i++)
        if (is_word(text, length, units[i].brief, false) ||
            is_word(text, length, english.words[i][0], true) || is_word(text, length, units[i].also, true))
            return &units[i];
    return NULL;
}

/* A decimal number as a whole part and millionths. Too large a whole part stays above every limit. */
static bool read_number(const char **text, int64_t *ret_whole, int64_t *ret_millionths)
{
    const char *at = *text;
    int64_t whole = 0, millionths = 0;
    int places = 0;
    bool any = is_digit(*at);
    for (; is_digit(*at); at++)
        whole = whole > longest_us ? whole : whole * 10 + (*at - '0');
    if (*at == '.') {
        for (at++; is_digit(*at); at++, places++)
            millionths = places < FRACTION_DIGITS ? millionths * 10 + (*at - '0') : millionths;
        any = any && places > 0 && places <= FRACTION_DIGITS;
    }
    for (; places < FRACTION_DIGITS; places++)
        millionths *= 10;
    if (!any)
        return false;
    *text = at;
    *ret_whole = whole;
    *ret_millionths = millionths;
    return true;
}

/* Reads one number with its unit and adds it to *total_us, which stays within 1000 years. */
static int read_part(const char *text, const char **at, int64_t *total_us, struct cf_error *err)
{
    const char *number = *at;
    int64_t whole, millionths;
    if (!read_number(at, &whole, &millionths))
        return cf_error_set(
            err, CF_USAGE,
            "\"%.*s\" is not a span of time; write numbers, with at most six places, and units, for instance "
            "\"1h30m\"",
            QUOTED, text);
    int digits = (int)(*at - number);
    while (is_blank(**at))
        ++*at;
    size_t length = letters(*at);
    if (!length)
        return cf_error_set(
            err, CF_USAGE,
            "\"%.*s\" lacks a unit: %.*s of what? Write for instance \"30s\", \"30m\" or \"30h\"", QUOTED,
            text, digits < QUOTED ? digits : QUOTED, number);
    const struct unit *unit = find_unit(*at, length);
    if (!unit)
        return cf_error_set(err, CF_USAGE,
                            "\"%.*s\": \"%.*s\" is not a unit; the units are us, ms, s, m, h, d and w",
                            QUOTED, text, (int)(length < QUOTED ? length : QUOTED), *at);
    *at += length;
    if (whole > longest_us / unit->us || whole * unit->us > longest_us - *total_us)
        return cf_error_set(err, CF_USAGE, "\"%.*s\" is longer than 1000 years", QUOTED, text);
    *total_us += whole * unit->us + millionths * unit->us / 1000000;
    return CF_OK;
}

int cf_span_parse(const char *text, struct cf_span *ret_span, struct cf_error *err)
{
    const char *at = text;
    while (is_blank(*at))
        at++;
    bool negative = *at == '-';
    at += negative;
    int64_t total_us = 0;
    do {
        int code = read_part(text, &at, &total_us, err);
        if (code < 0)
            return code;
        while (is_blank(*at))
            at++;
    } while (*at);
    if (total_us > longest_us)
        return cf_error_set(err, CF_USAGE, "\"%.*s\" is longer than 1000 years", QUOTED, text);
    ret_span->us = negative ? -total_us : total_us;
    return CF_OK;
}

static const char *write_word(const char *word, char out[CF_SPAN_TEXT])
{
    (void)snprintf(out, CF_SPAN_TEXT, "%s", word);
    return out;
}

static uint64_t magnitude(struct cf_span span)
{
    return span.us < 0 ? 0 - (uint64_t)span.us : (uint64_t)span.us;
}

static size_t largest_unit(uint64_t us)
{
    size_t unit = DAY;
    while (unit < UNITS - 1 && us < (uint64_t)units[unit].us)
        unit++;
    return unit;
}

static const char *unit_word(const struct language *language, size_t unit, uint64_t whole, bool and_a_part)
{
    bool one = language->one_and_a_part ? whole <= 1 : whole == 1 && !and_a_part;
    return language->words[unit][!one];
}

/* Seconds and smaller with what follows them as a decimal fraction of at most three places. */
static void write_decimal(const struct language *language, uint64_t us, size_t unit, const char *sign,
                          char out[CF_SPAN_TEXT])
{
    uint64_t size = (uint64_t)units[unit].us, whole = us / size, thousandths = us % size * 1000 / size;
    int length = snprintf(out, CF_SPAN_TEXT, "%s%" PRIu64, sign, whole);
    if (thousandths) {
        length += snprintf(out + length, CF_SPAN_TEXT - (size_t)length, "%c%03u", language->point,
                           (unsigned)thousandths);
        while (out[length - 1] == '0')
            length--;
    }
    (void)snprintf(out + length, CF_SPAN_TEXT - (size_t)length, " %s",
                   unit_word(language, unit, whole, thousandths > 0));
}

const char *cf_span_words_in(struct cf_span span, const char *code, char out[CF_SPAN_TEXT])
{
    const struct language *language = cf_language_fits(code, "pt") ? &portuguese : &english;
    if (!cf_span_known(span))
        return write_word(language->unknown, out);
    if (span.us == INT64_MAX)
        return write_word(language->never, out);
    uint64_t us = magnitude(span);
    const char *sign = span.us < 0 ? "-" : "";
    size_t unit = us ? largest_unit(us) : SECOND;
    if (unit >= SECOND) {
        write_decimal(language, us, unit, sign, out);
        return out;
    }
    uint64_t first = us / (uint64_t)units[unit].us;
    uint64_t second = us % (uint64_t)units[unit].us / (uint64_t)units[unit + 1].us;
    int length =
        snprintf(out, CF_SPAN_TEXT, "%s%" PRIu64 " %s", sign, first, unit_word(language, unit, first, false));
    if (second)
        (void)snprintf(out + length, CF_SPAN_TEXT - (size_t)length, "%s%" PRIu64 " %s", language->joint,
                       second, unit_word(language, unit + 1, second, false));
    return out;
}

const char *cf_span_words(struct cf_span span, char out[CF_SPAN_TEXT])
{
    return cf_span_words_in(span, NULL, out);
}

const char *cf_span_brief(struct cf_span span, char out[CF_SPAN_TEXT])
{
    if (!cf_span_known(span))
        return write_word("unknown", out);
    if (span.us == INT64_MAX)
        return write_word("never", out);
    uint64_t us = magnitude(span);
    if (us == 0)
        return write_word("0s", out);
    int length = snprintf(out, CF_SPAN_TEXT, "%s", span.us < 0 ? "-" : "");
    for (size_t unit = DAY; unit < UNITS; unit++) {
        uint64_t size = (uint64_t)units[unit].us, count = us / size;
        us %= size;
        if (count)
            length += snprintf(out + length, CF_SPAN_TEXT - (size_t)length, "%" PRIu64 "%s", count,
                               units[unit].brief);
    }
    return out;
}
