#include "agent/lines.h"

#include <stdlib.h>
#include <string.h>

#define IDLE_MOST 1e9 /* seconds: about 30 years; more is no idle time */

const char *const cf_agent_source_names[CF_AGENT_SOURCES] = {
    [CF_AGENT_X11] = "x11",
    [CF_AGENT_MUTTER] = "mutter",
    [CF_AGENT_WAYLAND] = "wayland",
    [CF_AGENT_WINDOWS] = "windows",
};

static const char *const verbs[CF_AGENT_VERBS] = {[CF_AGENT_READ] = "read",
                                                  [CF_AGENT_WATCH] = "watch",
                                                  [CF_AGENT_SHOW] = "show",
                                                  [CF_AGENT_CLOSE] = "close"};

/* What an answer says, but for the state. */
static const char *const words[CF_AGENT_WORDS] = {[CF_AGENT_SAYS_INPUT] = "input",
                                                  [CF_AGENT_SAYS_SHOWN] = "shown",
                                                  [CF_AGENT_SAYS_PRESSED] = "pressed",
                                                  [CF_AGENT_SAYS_CLOSED] = "closed"};

/* ---- Writing ---- */

static void add_text(struct cf_buffer *out, const char *name, const char *text)
{
    if (!text)
        return;
    cf_buffer_printf(out, ",\"%s\":", name);
    cf_buffer_json(out, text);
}

void cf_agent_order_write(struct cf_buffer *out, const struct cf_agent_order_line *order)
{
    cf_buffer_printf(out, "{\"curfew\":%d,\"id\":%llu,\"do\":\"%s\"", CF_AGENT_VERSION,
                     (unsigned long long)order->id, verbs[order->verb]);
    if (order->inhibited)
        cf_buffer_puts(out, ",\"inhibited\":true");
    if (order->beside)
        cf_buffer_puts(out, ",\"beside\":true");
    if (order->verb == CF_AGENT_SHOW) {
        add_text(out, "title", order->title);
        add_text(out, "text", order->text);
        add_text(out, "button", order->button);
        if (cf_span_known(order->shown_for))
            cf_buffer_printf(out, ",\"seconds\":%lld", (long long)(order->shown_for.us / CF_SECOND.us));
    }
    cf_buffer_puts(out, "}\n");
}

static void add_state(struct cf_buffer *out, const struct cf_agent_answer *answer)
{
    if (cf_span_known(answer->idle))
        cf_buffer_printf(out, ",\"idle\":%lld.%06lld", (long long)(answer->idle.us / CF_SECOND.us),
                         (long long)(answer->idle.us % CF_SECOND.us));
    else
        cf_buffer_puts(out, ",\"idle\":null");
    add_text(out, "source", cf_agent_source_names[answer->source]);
    if (answer->inhibited != CF_TRI_UNKNOWN)
        cf_buffer_printf(out, ",\"inhibited\":%s", answer->inhibited == CF_TRI_YES ? "true" : "false");
}

void cf_agent_answer_write(struct cf_buffer *out, const struct cf_agent_answer *answer)
{
    cf_buffer_printf(out, "{\"id\":%llu", (unsigned long long)answer->id);
    if (answer->word == CF_AGENT_SAYS_STATE)
        add_state(out, answer);
    else
        cf_buffer_printf(out, ",\"%s\":%s", words[answer->word], answer->yes ? "true" : "false");
    cf_buffer_puts(out, "}\n");
}

void cf_agent_hello_write(struct cf_buffer *out, const char *display)
{
    cf_buffer_printf(out, "{\"curfew\":%d,\"id\":1,\"do\":\"agent\"", CF_AGENT_VERSION);
    add_text(out, "display", display);
    cf_buffer_puts(out, "}\n");
}

void cf_agent_welcome_write(struct cf_buffer *out, const char *session, const char *why)
{
    cf_buffer_printf(out, "{\"curfew\":%d", CF_AGENT_VERSION);
    add_text(out, session ? "session" : "error", session ? session : why);
    cf_buffer_puts(out, "}\n");
}

/* ---- Reading ---- */

/* Its place in the table; 0 where it is not there, which is the place of none. */
static int find(const char *const *table, int count, const char *name)
{
    for (int i = 0; name && i < count; i++)
        if (table[i] && strcmp(table[i], name) == 0)
            return i;
    return -1;
}

static bool read_id(const json_t *id, uint64_t *ret_id)
{
    if (!json_is_integer(id) || json_integer_value(id) <= 0)
        return false;
    *ret_id = (uint64_t)json_integer_value(id);
    return true;
}

static bool read_idle(const json_t *value, struct cf_agent_answer *answer)
{
    double seconds = json_number_value(value);
    answer->idle.us = CF_UNKNOWN_US;
    if (json_is_null(value))
        return true;
    if (!json_is_number(value) || !(seconds >= 0 && seconds <= IDLE_MOST))
        return false;
    answer->idle.us = (int64_t)(seconds * 1e6);
    return true;
}

static bool read_state(json_t *object, struct cf_agent_answer *answer)
{
    const char *name;
    json_t *value;
    bool fine = true;
    int source;
    answer->word = CF_AGENT_SAYS_STATE;
    json_object_foreach(object, name, value)
    {
        if (strcmp(name, "idle") == 0) {
            fine = fine && read_idle(value, answer);
        } else if (strcmp(name, "source") == 0) {
            source = find(cf_agent_source_names, CF_AGENT_SOURCES, json_string_value(value));
            fine = fine && source > 0;
            answer->source = fine ? (enum cf_agent_source)source : CF_AGENT_NOWHERE;
        } else if (strcmp(name, "inhibited") == 0 && json_is_boolean(value)) {
            answer->inhibited = cf_tri_of(json_is_true(value));
        } else {
            fine = fine && strcmp(name, "id") == 0;
        }
    }
    return fine && cf_span_known(answer->idle) == (answer->source != CF_AGENT_NOWHERE);
}

static bool read_word(json_t *object, struct cf_agent_answer *answer)
{
    const char *name;
    json_t *value;
    int word = -1;
    json_object_foreach(object, name, value)
    {
        if (strcmp(name, "id") == 0)
            continue;
        word = find(words, CF_AGENT_WORDS, name);
        if (word < 0 || !json_is_boolean(value) || json_object_size(object) != 2)
            return false;
        answer->word = (enum cf_agent_word)word;
        answer->yes = json_is_true(value);
    }
    return word >= 0;
}

bool cf_agent_answer_read(const char *line, size_t length, struct cf_agent_answer *ret_answer)
{
    struct cf_agent_answer answer = {.idle = {CF_UNKNOWN_US}};
    json_error_t error;
    json_t *object =
        length <= CF_AGENT_ANSWER_LINE ? json_loadb(line, length, JSON_REJECT_DUPLICATES, &error) : NULL;
    bool fine = json_is_object(object) && read_id(json_object_get(object, "id"), &answer.id) &&
                (json_object_get(object, "idle") ? read_state(object, &answer) : read_word(object, &answer));
    json_decref(object);
    if (fine)
        *ret_answer = answer;
    return fine;
}

bool cf_agent_order_read(const char *line, size_t length, struct cf_agent_order_line *ret_order,
                         json_t **ret_object)
{
    struct cf_agent_order_line order = {.shown_for = {CF_UNKNOWN_US}};
    json_error_t error;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    int verb = find(verbs, CF_AGENT_VERBS, json_string_value(json_object_get(object, "do")));
    const json_t *seconds = json_object_get(object, "seconds");
    bool fine = json_integer_value(json_object_get(object, "curfew")) == CF_AGENT_VERSION && verb >= 0 &&
                read_id(json_object_get(object, "id"), &order.id);
    order.inhibited = json_is_true(json_object_get(object, "inhibited"));
    order.beside = json_is_true(json_object_get(object, "beside"));
    order.title = json_string_value(json_object_get(object, "title"));
    order.text = json_string_value(json_object_get(object, "text"));
    order.button = json_string_value(json_object_get(object, "button"));
    if (json_is_integer(seconds) && json_integer_value(seconds) < INT32_MAX)
        order.shown_for = cf_seconds(json_integer_value(seconds));
    if (!fine || (verb == CF_AGENT_SHOW && !order.text)) {
        json_decref(object);
        return false;
    }
    order.verb = (enum cf_agent_verb)verb;
    *ret_order = order;
    *ret_object = object;
    return true;
}
