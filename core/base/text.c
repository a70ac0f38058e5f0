#include "base/text.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

void cf_buffer_finish(struct cf_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct cf_buffer){0};
}

void cf_buffer_clear(struct cf_buffer *buffer)
{
    buffer->length = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

static void reserve(struct cf_buffer *buffer, size_t more)
{
    size_t wanted = buffer->length + more + 1;
    if (wanted <= buffer->room)
        return;
    size_t room = buffer->room ? buffer->room : 64;
    while (room < wanted)
        room *= 2;
    buffer->data = cf_resize(buffer->data, room);
    buffer->room = room;
}

void cf_buffer_add(struct cf_buffer *buffer, const char *text, size_t length)
{
    reserve(buffer, length);
    memcpy(buffer->data + buffer->length, text, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void cf_buffer_puts(struct cf_buffer *buffer, const char *text)
{
    cf_buffer_add(buffer, text, strlen(text));
}

void cf_buffer_printf(struct cf_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0) {
        reserve(buffer, (size_t)length);
        (void)vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

size_t cf_utf8_columns(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

size_t cf_utf8_length(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80)
        return s[0] != 0;
    if ((s[0] & 0xE0) == 0xC0)
        return s[0] >= 0xC2 && (s[1] & 0xC0) == 0x80 ? 2 : 0;
    if ((s[0] & 0xF0) == 0xE0) {
        if ((s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80)
            return 0;
        if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F)) /* overlong; surrogates */
            return 0;
        return 3;
    }
    if ((s[0] & 0xF8) == 0xF0) {
        if ((s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80 || (s[3] & 0xC0) != 0x80)
            return 0;
        if ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F) || s[0] > 0xF4)
            return 0;
        return 4;
    }
    return 0;
}

static uint32_t decode(const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text;
    switch (length) {
    case 2: return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    case 3: return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    case 4:
        return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 | (uint32_t)(s[2] & 0x3F) << 6 |
               (s[3] & 0x3F);
    default: return s[0];
    }
}

/* Controls of terminals, of lines and of writing direction. */
static bool displayable(uint32_t c)
{
    return !(c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
             (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
             (c >= 0xE0000 && c <= 0xE007F));
}

size_t cf_text_safe(const char *text, char *out, size_t size)
{
    size_t used = 0;
    while (*text) {
        size_t length = cf_utf8_length(text), step = length ? length : 1;
        const char *put = text;
        if (*text == '\t')
            put = " ", length = 1;
        else if (!length)
            put = replacement, length = 3;
        else if (!displayable(decode(text, length)))
            put = "?", length = 1;
        if (used + length + 1 > size)
            break;
        memcpy(out + used, put, length);
        used += length;
        text += step;
    }
    if (size)
        out[used] = '\0';
    return used;
}

void cf_buffer_json(struct cf_buffer *buffer, const char *text)
{
    if (!text) {
        cf_buffer_puts(buffer, "null");
        return;
    }
    cf_buffer_add(buffer, "\"", 1);
    while (*text) {
        size_t plain = 0;
        while ((unsigned char)text[plain] >= 0x20 && (unsigned char)text[plain] < 0x7F &&
               text[plain] != '"' && text[plain] != '\\')
            plain++;
        if (plain) {
            cf_buffer_add(buffer, text, plain);
            text += plain;
            continue;
        }
        size_t length = cf_utf8_length(text);
        if (length > 1)
            cf_buffer_add(buffer, text, length);
        else if (*text == '"' || *text == '\\')
            cf_buffer_printf(buffer, "\\%c", *text);
        else if (*text == '\n')
            cf_buffer_puts(buffer, "\\n");
        else if (length == 1)
            cf_buffer_printf(buffer, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            cf_buffer_puts(buffer, replacement);
        text += length ? length : 1;
    }
    cf_buffer_add(buffer, "\"", 1);
}

bool cf_text_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *mark = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            mark = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++mark;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool cf_text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

const char *cf_path_file(const char *path)
{
    const char *file = path;
    for (const char *c = path; *c; c++)
        if (*c == '/' || *c == '\\')
            file = c + 1;
    return file;
}

unsigned cf_text_distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    size_t length_a = strlen(a), length_b = strlen(b);
    if (length_a > LONGEST || length_b > LONGEST)
        return LONGEST;
    unsigned row[LONGEST + 1];
    for (unsigned j = 0; j <= length_b; j++)
        row[j] = j;
    for (unsigned i = 1; i <= length_a; i++) {
        unsigned corner = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= length_b; j++) {
            unsigned change = corner + (a[i - 1] != b[j - 1]), drop = row[j] + 1, add = row[j - 1] + 1;
            corner = row[j];
            row[j] = change < drop ? change : drop;
            if (add < row[j])
                row[j] = add;
        }
    }
    return row[length_b];
}

void cf_near_try(struct cf_near *nearest, const char *word)
{
    unsigned distance = cf_text_distance(nearest->wanted, word);
    if (distance > strlen(nearest->wanted) / 2 || (nearest->word && distance >= nearest->distance))
        return;
    nearest->word = word;
    nearest->distance = distance;
}
