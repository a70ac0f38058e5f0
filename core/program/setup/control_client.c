#include "program/setup/control_client.h"

#include "base/i18n.h"
#include "program/setup/zones.h"
#include "time/clock.h"

#include <stdio.h>
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

int cf_control_client_ask(const struct cf_args *args, const char *const *words,
                          cf_control_client_teller *tell, FILE *out, json_t **ret_answer,
                          struct cf_error *err)
{
    const char *path = cf_args_value(args, "socket");
    struct cf_telling telling = {.args = args, .out = out};
    struct cf_clock clock;
    json_t *answer = NULL;
    cf_clock_init_system(&clock);
    telling.now = cf_clock_wall(&clock);
    int code = cf_zones_own(&telling.zone, err);
    if (code == CF_OK)
        code =
            cf_control_ask(path ? path : CF_CONTROL_PLACE, PATIENCE, args->verb->name, words, &answer, err);
    if (code != CF_OK)
        return code;
    if (cf_args_has(args, "json"))
        cf_json_print(out, json_incref(answer));
    else
        tell(&telling, answer);
    if (ret_answer)
        *ret_answer = answer;
    else
        json_decref(answer);
    return CF_OK;
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

const char *cf_answer_time(const struct cf_telling *telling, const json_t *answer, const char *key,
                           char out[CF_TELLING_TIME])
{
    struct cf_instant at;
    char local[CF_INSTANT_TEXT], today[CF_INSTANT_TEXT], away[CF_SPAN_TEXT];
    const char *utc = cf_answer_text(answer, key);
    if (!utc || cf_instant_parse(utc, cf_zone_utc(), &at, NULL) != 0)
        return NULL;
    (void)cf_instant_local(at, telling->zone, local);
    (void)cf_instant_local(telling->now, telling->zone, today);
    bool is_today = strncmp(local, today, DATE_COLUMNS) == 0;
    int length =
        snprintf(out, CF_TELLING_TIME, "%.*s", is_today ? MINUTE_COLUMNS : DATE_COLUMNS + 1 + MINUTE_COLUMNS,
                 local + (is_today ? DATE_COLUMNS + 1 : 0));
    struct cf_span left = {at.us - telling->now.us};
    left.us -= left.us % (left.us < CF_MINUTE.us ? CF_SECOND.us : CF_MINUTE.us);
    if (left.us > 0)
        (void)snprintf(out + length, (size_t)(CF_TELLING_TIME - length), _(", in %s"),
                       cf_span_words_in(left, CF_I18N_LANGUAGE, away));
    return out;
}
