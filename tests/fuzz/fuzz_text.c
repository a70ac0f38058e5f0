/* Text made safe to display, text as JSON, and patterns of selectors beside a naive reading of them. */
#include "base/text.h"
#include "fuzz.h"

#include <jansson.h>

/* U+0080 to U+009F, the marks of writing direction, separators of lines, and tags. */
static bool is_control(const char *at, size_t length)
{
    static const char *const controls[] = {"\xD8\x9C",     "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8",
                                           "\xE2\x80\xA9", "\xE2\x80\xAA", "\xE2\x80\xAE", "\xE2\x81\xA6",
                                           "\xE2\x81\xA9", "\xEF\xBB\xBF"};
    unsigned char first = (unsigned char)at[0], second = (unsigned char)at[1];
    if (length == 1)
        return first < 0x20 || first == 0x7F;
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (strncmp(at, controls[i], length) == 0)
            return true;
    return (first == 0xC2 && second < 0xA0) ||
           (first == 0xF3 && second == 0xA0 && (unsigned char)at[2] < 0x82);
}

static void display(const char *text)
{
    size_t room = 3 * strlen(text) + 1, few = strlen(text) / 2;
    char *safe = cf_alloc(room), *again = cf_alloc(room);
    size_t length = cf_text_safe(text, safe, room);
    fuzz_check(length == strlen(safe));
    for (const char *at = safe; *at; at += cf_utf8_length(at))
        fuzz_check(cf_utf8_length(at) && !is_control(at, cf_utf8_length(at)));
    fuzz_check(cf_text_safe(safe, again, room) == length && strcmp(safe, again) == 0);
    /* In less room, it is the beginning of the same. */
    char *beginning = cf_alloc(few);
    size_t kept = cf_text_safe(text, beginning, few);
    fuzz_check(few == 0 || (kept < few && strncmp(beginning, safe, kept) == 0 && !beginning[kept]));
    free(safe), free(again), free(beginning);
}

static void json(const char *text)
{
    struct cf_buffer buffer = {0}, again = {0};
    cf_buffer_json(&buffer, text);
    json_t *value = json_loads(buffer.data, JSON_DECODE_ANY, NULL);
    fuzz_check(json_is_string(value));
    bool valid = true;
    for (const char *at = text; *at && valid; at += cf_utf8_length(at))
        valid = cf_utf8_length(at);
    fuzz_check(!valid || strcmp(json_string_value(value), text) == 0);
    cf_buffer_json(&again, json_string_value(value));
    fuzz_check(strcmp(buffer.data, again.data) == 0);
    json_decref(value);
    cf_buffer_finish(&buffer);
    cf_buffer_finish(&again);
}

static bool matches(const char *pattern, const char *text)
{
    if (*pattern == '*')
        return matches(pattern + 1, text) || (*text && matches(pattern, text + 1));
    if (!*pattern || !*text)
        return *pattern == *text;
    return (*pattern == '?' || *pattern == *text) && matches(pattern + 1, text + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *line = strchr(text, '\n');
    display(text);
    json(text);
    if (line && line - text < 12 && strlen(line) < 16) {
        *line = '\0';
        fuzz_check(cf_text_matches(text, line + 1) == matches(text, line + 1));
    }
    free(text);
    return 0;
}
