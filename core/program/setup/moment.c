#include "program/setup/moment.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 64 };

/* Midnight of a day near now's. */
static struct cf_instant midnight(const struct cf_zone *zone, struct cf_instant now, int days)
{
    struct cf_civil civil = cf_zone_civil(zone, now.us);
    struct cf_civil start = {.date = cf_date_of_days(cf_days_of_date(civil.date) + days)};
    return (struct cf_instant){cf_zone_instant_us(zone, start)};
}

static bool read_word(const char *text, const struct cf_zone *zone, struct cf_instant now,
                      struct cf_instant *ret)
{
    static const struct {
        const char *word;
        int days;
    } words[] = {{"yesterday", -1}, {"today", 0}, {"tomorrow", 1}};
    if (strcasecmp(text, "now") == 0) {
        *ret = now;
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(text, words[i].word) == 0) {
            *ret = midnight(zone, now, words[i].days);
            return true;
        }
    }
    return false;
}

/* "2h", "-2h", "2h ago": all before now. */
static bool read_away(const char *text, struct cf_instant now, struct cf_instant *ret)
{
    static const char ago[] = " ago";
    char span_text[LONGEST];
    struct cf_span span;
    size_t length = strlen(text), ending = sizeof ago - 1;
    bool after = text[0] == '+';
    bool said = length > ending && strcasecmp(text + length - ending, ago) == 0;
    if (length >= sizeof span_text || (said && (after || text[0] == '-')))
        return false;
    (void)snprintf(span_text, sizeof span_text, "%.*s", (int)(length - (said ? ending : 0) - after),
                   text + after);
    if (cf_span_parse(span_text, &span, NULL) != CF_OK || (after && span.us < 0))
        return false;
    int64_t away = span.us < 0 ? -span.us : span.us;
    *ret = cf_instant_add(now, (struct cf_span){after ? away : -away});
    return true;
}

/* "17:30", today. */
static bool read_clock(const char *text, const struct cf_zone *zone, struct cf_instant now,
                       struct cf_instant *ret)
{
    char whole[LONGEST];
    if (strlen(text) > sizeof "17:30:59" - 1 || !strchr(text, ':'))
        return false;
    struct cf_date date = cf_zone_civil(zone, now.us).date;
    (void)snprintf(whole, sizeof whole, "%04d-%02d-%02d %s", date.year, date.month, date.day, text);
    return cf_instant_parse(whole, zone, ret, NULL) == CF_OK;
}

int cf_moment_parse(const char *text, const struct cf_zone *zone, struct cf_instant now,
                    struct cf_instant *ret_instant, struct cf_error *err)
{
    struct cf_instant instant;
    if (!read_word(text, zone, now, &instant) && !read_away(text, now, &instant) &&
        !read_clock(text, zone, now, &instant) && cf_instant_parse(text, zone, &instant, NULL) != CF_OK)
        return cf_error_set(
            err, CF_USAGE,
            _("\"%.60s\" is not a time; write 2h or -2h (ago), today, yesterday, 12:00, 2026-03-02 or "
              "\"2026-03-02 17:30\""),
            text);
    *ret_instant = instant;
    return CF_OK;
}
