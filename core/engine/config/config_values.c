#include "engine/config/config_values.h"

#include "base/memory.h"

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

void cf_config_read_bool(struct cf_config_reader *reader, const json_t *value, bool *ret)
{
    if (json_is_boolean(value))
        *ret = json_is_true(value);
    else
        cf_config_mistake(reader, "must be true or false");
}

void cf_config_read_span(struct cf_config_reader *reader, const json_t *value, struct cf_span *ret)
{
    struct cf_error err;
    if (!json_is_string(value))
        cf_config_mistake(reader, "must be a span with its unit, such as \"1m\"");
    else if (cf_span_parse(json_string_value(value), ret, &err) != 0)
        cf_config_mistake(reader, "%s", err.text);
    else if (ret->us < 0)
        cf_config_mistake(reader, "must not be negative");
}

void cf_config_read_number(struct cf_config_reader *reader, const json_t *value, double least, double most,
                           double *ret)
{
    double number = json_number_value(value);
    if (!json_is_number(value) || number < least || number > most)
        cf_config_mistake(reader, "must be a number from %g to %g", least, most);
    else
        *ret = number;
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

void cf_config_read_names(struct cf_config_reader *reader, const json_t *value, char ***ret_names)
{
    const char **names = NULL;
    if (*ret_names || !read_patterns(reader, value, &names))
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

void cf_config_read_selector(struct cf_config_reader *reader, const json_t *value,
                             struct cf_selector **ret_selector)
{
    if (!json_is_object(value)) {
        cf_config_mistake(reader, "must be a table of fields, such as { groups = { \"operators\" } }");
        return;
    }
    struct cf_selector *selector = cf_selector_create();
    const char *field;
    json_t *condition;
    json_object_foreach((json_t *)value, field, condition)
    {
        size_t length = cf_config_enter(reader, field, 0);
        cf_config_read_condition(reader, selector, field, condition);
        cf_config_leave(reader, length);
    }
    cf_selector_destroy(*ret_selector);
    *ret_selector = selector;
}

void cf_config_free_names(char **names)
{
    for (char **name = names; name && *name; name++)
        free(*name);
    free(names);
}

void cf_config_read_mode(struct cf_config_reader *reader, const json_t *value, enum cf_mode *ret_mode)
{
    const char *mode = json_string_value(value);
    if (mode && strcmp(mode, "warn") == 0)
        *ret_mode = CF_MODE_WARN;
    else if (mode && strcmp(mode, "act") == 0)
        *ret_mode = CF_MODE_ACT;
    else if (mode && strcmp(mode, "dry") == 0)
        *ret_mode = CF_MODE_DRY;
    else
        cf_config_mistake(reader, "must be \"act\", \"warn\" or \"dry\"");
}

void cf_config_read_dry_run(struct cf_config_reader *reader, const json_t *value, enum cf_mode *ret_mode)
{
    bool dry = *ret_mode == CF_MODE_DRY;
    cf_config_read_bool(reader, value, &dry);
    if (dry)
        *ret_mode = CF_MODE_DRY;
    else if (*ret_mode == CF_MODE_DRY)
        *ret_mode = CF_MODE_ACT;
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
