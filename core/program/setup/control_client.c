#include "program/setup/control_client.h"

#include "base/i18n.h"
#include "program/setup/zones.h"
#include "time/clock.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE cf_seconds(35) /* more than an engine takes to find an answer, or to give up on it */

enum { DATE_COLUMNS = 10, MINUTE_COLUMNS = 5 }; /* columns of "2026-03-02" and "14:35" */

const struct cf_option_group cf_control_client_options = {
    "The engine",
    (const struct cf_option[]){
        {"socket", "PATH", "where it listens (" CF_CONTROL_PLACE ")"},
        {"json", NULL, "the answer as JSON"},
        {0},
    },
};

static int now(struct cf_when *ret_when, struct cf_error *err)
{
    struct cf_clock clock;
    cf_clock_init_system(&clock);
    ret_when->now = cf_clock_wall(&clock);
    return cf_zones_own(&ret_when->zone, err);
}

int cf_control_client_answer(const struct cf_args *args, const char *const *words,
                             cf_control_client_teller *tell, FILE *out, json_t **ret_answer,
                             struct cf_error *err)
{
    const char *path = cf_args_value(args, "socket");
    json_t *answer = NULL;
    struct cf_when when;
    int code = now(&when, err);
    if (code == CF_OK)
        code =
            cf_control_ask(path ? path : CF_CONTROL_PLACE, PATIENCE, args->verb->name, words, &answer, err);
    if (code != CF_OK)
        return code;
    if (cf_args_has(args, "json"))
        cf_json_print(out, json_incref(answer));
    else
        tell(args, answer, &when, out);
    *ret_answer = answer;
    return CF_OK;
}

int cf_control_client_ask(const struct cf_args *args, const char *const *words,
                          cf_control_client_teller *tell, FILE *out, struct cf_error *err)
{
    json_t *answer = NULL;
    int code = cf_control_client_answer(args, words, tell, out, &answer, err);
    json_decref(answer);
    return code;
}

const char *cf_answer_text(const json_t *answer, const char *key)
{
    return json_string_value(json_object_get(answer, key));
}

const char *cf_answer_mode(const json_t *policy)
{
    const char *mode = cf_answer_text(policy, "mode");
    return !mode || strcmp(mode, "act") == 0 ? ""
           : strcmp(mode, "warn") == 0       ? _(" (only warns)")
                                             : _(" (dry run)");
}

const char *cf_answer_words(const json_t *answer, const char *key)
{
    const char *text = cf_answer_text(answer, key);
    return text && *text ? _(text) : text;
}

const char *cf_answer_span(const json_t *answer, const char *key, char out[CF_SPAN_TEXT])
{
    const json_t *value = json_object_get(answer, key);
    struct cf_span span = {(int64_t)(json_number_value(value) * 1e6)};
    return json_is_number(value) ? cf_span_words_in(span, CF_I18N_LANGUAGE, out) : NULL;
}

int cf_answer_number(const json_t *answer, const char *key)
{
    return (int)json_integer_value(json_object_get(answer, key));
}

bool cf_answer_is(const json_t *answer, const char *key)
{
    return json_is_true(json_object_get(answer, key));
}

bool cf_when_add(const struct cf_when *when, const char *utc, struct cf_buffer *out)
{
    struct cf_instant at;
    char local[CF_INSTANT_TEXT], today[CF_INSTANT_TEXT], away[CF_SPAN_TEXT];
    if (cf_instant_parse(utc, cf_zone_utc(), &at, NULL) != 0)
        return false;
    (void)cf_instant_local(at, when->zone, local);
    (void)cf_instant_local(when->now, when->zone, today);
    if (strncmp(local, today, DATE_COLUMNS) == 0)
        cf_buffer_printf(out, "%.*s", MINUTE_COLUMNS, local + DATE_COLUMNS + 1);
    else
        cf_buffer_printf(out, "%.*s", DATE_COLUMNS + 1 + MINUTE_COLUMNS, local);
    struct cf_span left = {at.us - when->now.us};
    left.us -= left.us % (left.us < CF_MINUTE.us ? CF_SECOND.us : CF_MINUTE.us);
    if (left.us > 0)
        cf_buffer_printf(out, _(", in %s"), cf_span_words_in(left, CF_I18N_LANGUAGE, away));
    return true;
}
