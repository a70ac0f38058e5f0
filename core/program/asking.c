#include "program/asking.h"

#include "time/clock.h"

#include <string.h>

#define PATIENCE cf_seconds(35) /* more than an engine takes to find an answer, or to give up on it */

enum { DATE = 10, MINUTE = 5 }; /* columns of "2026-03-02" and "14:35" */

const struct cf_option_group cf_asking_options = {
    "The engine",
    (const struct cf_option[]){
        {"socket", "PATH", "where it listens (" CF_CONTROL_PLACE ")"},
        {"json", NULL, "the answer as JSON"},
        {0},
    },
};

int cf_asking_ask(const struct cf_args *args, const char *verb, const char *const *words, json_t **ret_answer,
                  struct cf_error *err)
{
    const char *path = cf_args_value(args, "socket");
    return cf_control_ask(path ? path : CF_CONTROL_PLACE, PATIENCE, verb, words, ret_answer, err);
}

void cf_asking_dump(const json_t *answer, FILE *out)
{
    (void)json_dumpf(answer, out, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
    (void)fputc('\n', out);
}

int cf_when_now(struct cf_when *ret_when, struct cf_error *err)
{
    struct cf_clock clock;
    cf_clock_init_system(&clock);
    ret_when->now = cf_clock_wall(&clock);
    return cf_zone_get(NULL, &ret_when->zone, err);
}

bool cf_when_add(const struct cf_when *when, const char *utc, struct cf_buffer *out)
{
    struct cf_instant at;
    char local[CF_INSTANT_TEXT], today[CF_INSTANT_TEXT], away[CF_SPAN_TEXT];
    if (cf_instant_parse(utc, cf_zone_utc(), &at, NULL) != 0)
        return false;
    (void)cf_instant_local(at, when->zone, local);
    (void)cf_instant_local(when->now, when->zone, today);
    if (strncmp(local, today, DATE) == 0)
        cf_buffer_printf(out, "%.*s", MINUTE, local + DATE + 1);
    else
        cf_buffer_printf(out, "%.*s", DATE + 1 + MINUTE, local);
    struct cf_span left = {at.us - when->now.us};
    left.us -= left.us % (left.us < CF_MINUTE.us ? CF_SECOND.us : CF_MINUTE.us);
    if (left.us > 0)
        cf_buffer_printf(out, ", in %s", cf_span_words(left, away));
    return true;
}
