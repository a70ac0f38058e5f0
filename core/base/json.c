#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>

json_t *cf_json_text(const char *text)
{
    return text ? json_string_nocheck(text) : json_null();
}

json_t *cf_json_list(char *const *items)
{
    json_t *list = items ? json_array() : json_null();
    for (; items && *items; items++)
        (void)json_array_append_new(list, cf_json_text(*items));
    return list;
}

/* Spans are seconds to the microsecond, and none shows more digits than it has. */
static void add_real(struct cf_buffer *out, double value)
{
    size_t begin = out->length;
    cf_buffer_printf(out, "%.6f", value);
    if (strtod(out->data + begin, NULL) != value) {
        out->length = begin;
        cf_buffer_printf(out, "%.17g", value);
        return;
    }
    while (out->data[out->length - 1] == '0' && out->data[out->length - 2] != '.')
        out->data[--out->length] = '\0';
}

static void add_object(struct cf_buffer *out, const json_t *object)
{
    const char *key, *before = "{";
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        cf_buffer_puts(out, before);
        cf_buffer_json(out, key);
        cf_buffer_puts(out, ":");
        cf_json_add(out, value);
        before = ",";
    }
    cf_buffer_puts(out, json_object_size(object) ? "}" : "{}");
}

static void add_array(struct cf_buffer *out, const json_t *array)
{
    size_t index;
    const json_t *value;
    json_array_foreach(array, index, value)
    {
        cf_buffer_puts(out, index ? "," : "[");
        cf_json_add(out, value);
    }
    cf_buffer_puts(out, json_array_size(array) ? "]" : "[]");
}

void cf_json_add(struct cf_buffer *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: add_object(out, value); break;
    case JSON_ARRAY: add_array(out, value); break;
    case JSON_STRING: cf_buffer_json(out, json_string_value(value)); break;
    case JSON_INTEGER: cf_buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value)); break;
    case JSON_REAL: add_real(out, json_real_value(value)); break;
    case JSON_TRUE: cf_buffer_puts(out, "true"); break;
    case JSON_FALSE: cf_buffer_puts(out, "false"); break;
    case JSON_NULL: cf_buffer_puts(out, "null"); break;
    }
}

void cf_json_line(struct cf_buffer *out, json_t *value)
{
    cf_json_add(out, value);
    cf_buffer_puts(out, "\n");
    json_decref(value);
}

void cf_json_print(FILE *out, json_t *value)
{
    struct cf_buffer line = {0};
    cf_json_line(&line, value);
    (void)fwrite(line.data, 1, line.length, out);
    cf_buffer_finish(&line);
}
