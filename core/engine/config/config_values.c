#include "engine/config/config_values.h"

#include "base/memory.h"
#include "base/template.h"
#include "base/text.h"
#include "session/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CF_PATTERNS = 1000 };

void cf_config_mistake(struct cf_config_reader *reader, const char *format, ...)
{
    struct cf_error own = {.code = CF_POLICY};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(own.text, sizeof own.text, format, arguments);
    va_end(arguments);
    (void)cf_error_prefix(&own, "%s", reader->where);
    cf_error_add(reader->err, &own);
    reader->code = CF_POLICY;
}

size_t cf_config_enter(struct cf_config_reader *reader, const char *key, size_t index)
{
    size_t length = strlen(reader->where), room = sizeof reader->where - length;
    if (key)
        (void)snprintf(reader->where + length, room, "%s%s", length ? "." : "", key);
    else
        (void)snprintf(reader->where + length, room, "[%zu]", index);
    return length;
}

void cf_config_leave(struct cf_config_reader *reader, size_t length)
{
    reader->where[length] = '\0';
}

static void read_bool(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                      void *at)
{
    (void)key;
    if (json_is_boolean(value))
        *(bool *)at = json_is_true(value);
    else
        cf_config_mistake(reader, "must be true or false");
}

static json_t *tell_bool(const void *at)
{
    return json_boolean(*(const bool *)at);
}

static void read_span(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                      void *at)
{
    struct cf_error err;
    struct cf_span span;
    (void)key;
    if (!json_is_string(value))
        cf_config_mistake(reader, "must be a span with its unit, such as \"1m\"");
    else if (cf_span_parse(json_string_value(value), &span, &err) != 0)
        cf_config_mistake(reader, "%s", err.text);
    else if (span.us < 0)
        cf_config_mistake(reader, "must not be negative");
    else
        *(struct cf_span *)at = span;
}

static json_t *tell_span(const void *at)
{
    return cf_json_span(*(const struct cf_span *)at);
}

static void read_number(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                        void *at)
{
    double number = json_number_value(value);
    if (!json_is_number(value) || number < key->least || number > key->most)
        cf_config_mistake(reader, "must be a number from %g to %g", key->least, key->most);
    else
        *(double *)at = number;
}

static json_t *tell_number(const void *at)
{
    return json_real(*(const double *)at);
}

static void read_count(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                       void *at)
{
    double number = *(unsigned *)at;
    read_number(reader, key, value, &number);
    *(unsigned *)at = (unsigned)number;
}

static json_t *tell_count(const void *at)
{
    return json_integer(*(const unsigned *)at);
}

static void read_text(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                      void *at)
{
    (void)key;
    if (json_string_length(value) > 0)
        cf_replace(at, json_string_value(value));
    else
        cf_config_mistake(reader, "must be a text");
}

static void read_language(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                          void *at)
{
    (void)key;
    if (json_is_string(value) && cf_language_is(json_string_value(value)))
        cf_replace(at, json_string_value(value));
    else
        cf_config_mistake(reader, "must be a language such as \"pt_BR\"");
}

static bool read_patterns(struct cf_config_reader *reader, const json_t *value, const char ***ret_patterns)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    if (count > CF_PATTERNS) {
        cf_config_mistake(reader, "has more than %d entries", CF_PATTERNS);
        return false;
    }
    const char **patterns = cf_alloc((count + 1) * sizeof *patterns);
    if (count == 0)
        cf_config_mistake(reader, "is an empty list, which means nobody: leave it out");
    for (size_t i = 0; i < count; i++) {
        patterns[i] = json_string_value(json_is_array(value) ? json_array_get(value, i) : value);
        if (!patterns[i]) {
            cf_config_mistake(reader, "must be a text or a list of texts");
            free(patterns);
            return false;
        }
    }
    *ret_patterns = patterns;
    return true;
}

static void read_names(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                       void *at)
{
    char ***ret_names = at;
    (void)key;
    const char **names = NULL;
    if (!read_patterns(reader, value, &names))
        return;
    size_t count = 0;
    while (names[count])
        count++;
    *ret_names = cf_alloc((count + 1) * sizeof **ret_names);
    for (size_t i = 0; i < count; i++)
        (*ret_names)[i] = cf_strdup(names[i]);
    free(names);
}

void cf_config_read_condition(struct cf_config_reader *reader, struct cf_selector *selector,
                              const char *field, const json_t *value)
{
    struct cf_error err = {0};
    int code = 0;
    const char **patterns = NULL;
    if (json_is_boolean(value)) {
        code = cf_selector_add_flag(selector, field, json_is_true(value), &err);
    } else if (read_patterns(reader, value, &patterns)) {
        code = cf_selector_add_text(selector, field, patterns, &err);
        free(patterns);
    }
    if (code != 0)
        cf_config_mistake(reader, "%s", err.text);
}

static void read_selector(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                          void *at)
{
    struct cf_selector **selector = at;
    (void)key;
    if (!json_is_object(value)) {
        cf_config_mistake(reader, "must be a table of fields, such as { groups = { \"operators\" } }");
        return;
    }
    *selector = cf_selector_create();
    const char *field;
    json_t *condition;
    json_object_foreach(value, field, condition)
    {
        size_t length = cf_config_enter(reader, field, 0);
        cf_config_read_condition(reader, *selector, field, condition);
        cf_config_leave(reader, length);
    }
}

void cf_config_free_names(char **names)
{
    for (char **name = names; name && *name; name++)
        free(*name);
    free(names);
}

static void read_mode(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                      void *at)
{
    static const char *const names[] = {
        [CF_MODE_ACT] = "act", [CF_MODE_WARN] = "warn", [CF_MODE_DRY] = "dry"};
    (void)key;
    for (int mode = 0; mode <= CF_MODE_DRY; mode++)
        if (cf_text_equal(json_string_value(value), names[mode])) {
            *(enum cf_mode *)at = (enum cf_mode)mode;
            return;
        }
    cf_config_mistake(reader, "must be \"act\", \"warn\" or \"dry\"");
}

static void read_dry_run(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                         void *at)
{
    enum cf_mode *mode = at;
    bool dry = true;
    read_bool(reader, key, value, &dry);
    if (dry)
        *mode = CF_MODE_DRY;
    else if (*mode == CF_MODE_DRY)
        *mode = CF_MODE_ACT;
}

static void read_keys(struct cf_config_reader *reader, const struct cf_config_key *key, json_t *value,
                      void *at)
{
    if (json_is_object(value))
        cf_config_read(reader, key->table, value, at);
    else
        cf_config_mistake(reader, "must be a table with named entries");
}

const struct cf_config_type cf_config_bool = {read_bool, tell_bool};
const struct cf_config_type cf_config_span = {read_span, tell_span};
const struct cf_config_type cf_config_number = {read_number, tell_number};
const struct cf_config_type cf_config_count = {read_count, tell_count};
const struct cf_config_type cf_config_text = {.read = read_text};
const struct cf_config_type cf_config_language = {.read = read_language};
const struct cf_config_type cf_config_mode = {.read = read_mode};
const struct cf_config_type cf_config_dry_run = {.read = read_dry_run};
const struct cf_config_type cf_config_names = {.read = read_names};
const struct cf_config_type cf_config_selector = {.read = read_selector};
const struct cf_config_type cf_config_keys = {.read = read_keys};

static void say_unknown(struct cf_config_reader *reader, const struct cf_config_table *table)
{
    struct cf_buffer text = {0};
    for (const struct cf_config_key *key = table->keys; key->name; key++)
        cf_buffer_printf(&text, "%s%s", key == table->keys ? "" : key[1].name ? ", " : " and ", key->name);
    cf_config_mistake(reader, "%s; there are %s", table->unknown, text.data);
    cf_buffer_finish(&text);
}

static void read_one(struct cf_config_reader *reader, const struct cf_config_table *table, const char *name,
                     json_t *value, void *into)
{
    for (const struct cf_config_key *key = table->keys; key->name; key++)
        if (strcmp(key->name, name) == 0) {
            key->type->read(reader, key, value, (char *)into + key->offset);
            return;
        }
    if (table->other)
        table->other(reader, into, name, value);
    else
        say_unknown(reader, table);
}

void cf_config_check_modes(struct cf_config_reader *reader, const json_t *table)
{
    const json_t *dry = json_object_get(table, "dry_run");
    const char *mode = json_string_value(json_object_get(table, "mode"));
    if (!json_is_boolean(dry) || !mode || json_is_true(dry) == (strcmp(mode, "dry") == 0))
        return;
    size_t length = cf_config_enter(reader, "mode", 0);
    cf_config_mistake(reader, "\"%s\" contradicts dry_run = %s: take one of them out", mode,
                      json_is_true(dry) ? "true" : "false");
    cf_config_leave(reader, length);
}

void cf_config_read(struct cf_config_reader *reader, const struct cf_config_table *table, json_t *value,
                    void *into)
{
    const char *name;
    json_t *one;
    json_object_foreach(value, name, one)
    {
        size_t length = cf_config_enter(reader, name, 0);
        read_one(reader, table, name, one, into);
        cf_config_leave(reader, length);
    }
}

json_t *cf_config_tell(const struct cf_config_table *table, const void *from)
{
    json_t *told = json_object();
    for (const struct cf_config_key *key = table->keys; key->name; key++)
        (void)json_object_set_new(told, key->name, key->type->tell((const char *)from + key->offset));
    return told;
}
