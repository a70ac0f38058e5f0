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
    if (length >= 0) {
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

size_t cf_utf8_bytes(const char *text, size_t most)
{
    size_t length = 0;
    for (; most && text[length]; most--)
        length += cf_utf8_length(text + length);
    return length;
}

void cf_buffer_cell(struct cf_buffer *buffer, const char *text, size_t width, const char *mark)
{
    size_t length = strlen(text), shown = cf_utf8_columns(text, length);
    bool cut = mark && shown > width;
    cf_buffer_add(buffer, text, cut ? cf_utf8_bytes(text, width - 1) : length);
    if (cut)
        cf_buffer_puts(buffer, mark);
    for (; shown < width; shown++)
        cf_buffer_add(buffer, " ", 1);
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

/* Characters that are seen, and stay where they are: no controls, separators of lines, directions, or
 * nothings. */
static bool displayable(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } hidden[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},
        {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
        {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (c <= hidden[i].to)
            return c < hidden[i].from;
    }
    return true;
}

/* Joiners and variation selectors change the look of the character before them, where that has several. */
static bool joins(uint32_t before, uint32_t c)
{
    return before >= 0x590 && before != 0xFFFD && displayable(before) &&
           (c == 0x200C || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F));
}

/* The characters of a text, one after another. */
struct reading {
    const char *at; /* the next one */
    uint32_t c, before;
    size_t length; /* of this one; 0: it is a byte that is no UTF-8 */
};

static bool next_character(struct reading *reading)
{
    if (!*reading->at)
        return false;
    bool joined = reading->length && joins(reading->before, reading->c);
    reading->before = joined            ? reading->before
                      : reading->length ? reading->c
                                        : 0; /* a flag of several parts */
    reading->length = cf_utf8_length(reading->at);
    reading->c = reading->length ? decode(reading->at, reading->length) : 0;
    reading->at += reading->length ? reading->length : 1;
    return true;
}

static bool is_safe(const struct reading *reading)
{
    return reading->length && (displayable(reading->c) || joins(reading->before, reading->c));
}

size_t cf_text_safe(const char *text, char *out, size_t size)
{
    size_t used = 0;
    for (; used + 1 < size && text[used] >= ' ' && text[used] <= '~'; used++) /* most of what there is */
        out[used] = text[used];
    struct reading reading = {.at = text + used};
    while (next_character(&reading)) {
        size_t length = reading.length;
        const char *put = reading.at - length;
        if (reading.c == '\t')
            put = " ";
        else if (!length)
            put = replacement, length = 3;
        else if (!is_safe(&reading))
            put = "?", length = 1;
        if (used + length + 1 > size)
            break;
        memcpy(out + used, put, length);
        used += length;
    }
    if (size)
        out[used] = '\0';
    return used;
}

static void add_unit(struct cf_buffer *buffer, uint32_t unit)
{
    cf_buffer_printf(buffer, "\\u%04x", (unsigned)unit);
}

/* As an escape of JSON: beyond 16 bits, in two. */
static void add_escaped(struct cf_buffer *buffer, uint32_t c)
{
    if (c < 0x10000) {
        add_unit(buffer, c);
        return;
    }
    add_unit(buffer, 0xD800 + ((c - 0x10000) >> 10));
    add_unit(buffer, 0xDC00 + ((c - 0x10000) & 0x3FF));
}

void cf_buffer_json(struct cf_buffer *buffer, const char *text)
{
    if (!text) {
        cf_buffer_puts(buffer, "null");
        return;
    }
    cf_buffer_add(buffer, "\"", 1);
    struct reading reading = {.at = text};
    while (next_character(&reading)) {
        if (reading.c == '"' || reading.c == '\\')
            cf_buffer_printf(buffer, "\\%c", (int)reading.c);
        else if (reading.c == '\n')
            cf_buffer_puts(buffer, "\\n");
        else if (is_safe(&reading))
            cf_buffer_add(buffer, reading.at - reading.length, reading.length);
        else if (reading.length)
            add_escaped(buffer, reading.c);
        else
            cf_buffer_puts(buffer, replacement);
    }
    cf_buffer_add(buffer, "\"", 1);
}

char *cf_text_line(const char *text)
{
    size_t room = 3 * strlen(text) + 1;
    char *line = cf_strdup(text), *safe = cf_alloc(room);
    for (char *c = line; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    (void)cf_text_safe(line, safe, room);
    free(line);
    return safe;
}

/* Spreadsheets calculate what begins so, wide forms included. */
static bool is_formula(const char *text)
{
    uint32_t c = decode(text, cf_utf8_length(text));
    return strchr("=+-@", text[0]) ? text[0] != '\0'
                                   : c == 0xFF1D || c == 0xFF0B || c == 0xFF0D || c == 0xFF20 || c == 0x2212;
}

void cf_buffer_csv(struct cf_buffer *buffer, const char *text)
{
    if (!text || !*text)
        return;
    char *safe = cf_text_line(text);
    bool formula = is_formula(safe + strspn(safe, " ")), quoted = strpbrk(safe, ",\";") || safe[0] == ' ';
    cf_buffer_puts(buffer, quoted ? "\"" : "");
    cf_buffer_puts(buffer, formula ? "'" : "");
    for (const char *c = safe; *c; c++)
        cf_buffer_add(buffer, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    cf_buffer_puts(buffer, quoted ? "\"" : "");
    free(safe);
}

void cf_buffer_label(struct cf_buffer *buffer, const char *text)
{
    char *safe = cf_text_line(text);
    cf_buffer_puts(buffer, "\"");
    for (const char *c = safe; *c; c++) {
        cf_buffer_puts(buffer, *c == '"' || *c == '\\' ? "\\" : "");
        cf_buffer_add(buffer, c, 1);
    }
    cf_buffer_puts(buffer, "\"");
    free(safe);
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
