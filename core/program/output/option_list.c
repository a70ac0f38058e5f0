#include "program/output/option_list.h"

#include "base/text.h"
#include "program/output/paragraph.h"
#include "session/json.h"
#include "time/span.h"

#include <string.h>

static const char *text_of(const json_t *option, const char *key)
{
    const char *text = json_string_value(json_object_get(option, key));
    return text ? text : "";
}

static bool is(const json_t *option, const char *key)
{
    return json_is_true(json_object_get(option, key));
}

/* ---- For people ---------------------------------------------------------------------------------------- */

/* As one would write it in the configuration. */
static void add_value(struct cf_buffer *out, const json_t *value)
{
    size_t i;
    const json_t *item;
    if (json_is_string(value))
        cf_buffer_json(out, json_string_value(value));
    else if (json_is_number(value))
        cf_buffer_printf(out, "%g", json_number_value(value));
    else if (json_is_boolean(value))
        cf_buffer_puts(out, json_is_true(value) ? "true" : "false");
    else
        cf_buffer_puts(out, json_array_size(value) ? "{ " : "{}");
    json_array_foreach(value, i, item)
    {
        add_value(out, item);
        cf_buffer_puts(out, i + 1 < json_array_size(value) ? ", " : " }");
    }
}

static void add_bound(struct cf_buffer *out, const char *before, const json_t *bound, const char *after)
{
    if (json_is_number(bound))
        cf_buffer_printf(out, "%s%g%s", before, json_number_value(bound), after);
    else
        cf_buffer_printf(out, "%s%s%s", before, json_string_value(bound), after);
}

/* "a list of spans, each 10s to 1d; unless set, { "5m", "1m" }" */
static void add_domain(struct cf_buffer *out, const json_t *option)
{
    static const char *const names[][3] = {{"span", "a span", "a list of spans"},
                                           {"number", "a number", "a list of numbers"},
                                           {"text", "a text", "a list of texts"},
                                           {"truth", "true or false", "a list of true or false"},
                                           {"calendar", "dates, and files of them", ""}};
    size_t type = 0;
    while (strcmp(names[type][0], text_of(option, "type")) != 0)
        type++;
    cf_buffer_puts(out, names[type][is(option, "list") ? 2 : 1]);
    const json_t *least = json_object_get(option, "least"), *most = json_object_get(option, "most");
    const char *each = is(option, "list") ? ", each " : " of ";
    if (least && most) {
        add_bound(out, each, least, "");
        add_bound(out, " to ", most, "");
    } else if (least) {
        add_bound(out, each, least, " or more");
    } else if (most) {
        add_bound(out, each, most, " or less");
    }
    cf_buffer_puts(out, is(option, "never") ? ", or \"never\"" : is(option, "empty") ? ", or none" : "");
    cf_buffer_puts(out, "; unless set, ");
    if (json_object_get(option, "default"))
        add_value(out, json_object_get(option, "default"));
    else
        cf_buffer_puts(out, "none");
}

void cf_option_list(const json_t *options, FILE *out)
{
    size_t i;
    const json_t *option;
    json_array_foreach(options, i, option)
    {
        struct cf_buffer domain = {0};
        add_domain(&domain, option);
        cf_line(out, 0, "%s", text_of(option, "option"));
        if (*text_of(option, "help"))
            cf_line(out, 2, "%s", text_of(option, "help"));
        cf_line(out, 2, "%s", domain.data);
        cf_buffer_finish(&domain);
    }
}

/* ---- For programs -------------------------------------------------------------------------------------- */

static json_t *in_seconds(const json_t *value)
{
    struct cf_span span;
    struct cf_error err;
    const char *text = json_string_value(value);
    if (!text || cf_span_parse(text, &span, &err) != 0)
        return json_copy((json_t *)(uintptr_t)value);
    return cf_json_span(span);
}

/* The option with its spans in seconds. */
static json_t *convert(const json_t *option)
{
    static const char *const keys[] = {"default", "least", "most"};
    json_t *copy = json_deep_copy(option);
    for (size_t i = 0; strcmp(text_of(option, "type"), "span") == 0 && i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(copy, keys[i]), *list = json_is_array(value) ? json_array() : NULL;
        size_t j;
        const json_t *item;
        json_array_foreach(value, j, item) json_array_append_new(list, in_seconds(item));
        if (value)
            json_object_set_new(copy, keys[i], list ? list : in_seconds(value));
    }
    return copy;
}

void cf_option_list_json(const char *policy, const json_t *options, FILE *out)
{
    size_t i;
    const json_t *option;
    json_array_foreach(options, i, option)
    {
        json_t *line = json_pack("{s:s}", "policy", policy), *fields = convert(option);
        json_object_update(line, fields);
        json_decref(fields);
        cf_json_print(out, line);
    }
}
