#include "program/output/paragraph.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 79, LINE = 4096 };

void cf_paragraph(const char *text, size_t at, size_t indent, FILE *out)
{
    size_t column = at;
    bool begun = at > indent; /* something stands on this line already */
    while (*text) {
        size_t length = strcspn(text, " \n"), shown = cf_utf8_columns(text, length);
        if (begun && column + 1 + shown > WIDTH) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (begun) {
            (void)fputc(' ', out);
            column++;
        }
        begun = true;
        (void)fwrite(text, 1, length, out);
        column += shown;
        text += length;
        if (*text == '\n') {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            begun = false;
        }
        if (*text)
            text++;
    }
    (void)fputc('\n', out);
}

static void make_safe(char safe[LINE], const char *format, va_list arguments)
{
    char text[LINE];
    (void)vsnprintf(text, sizeof text, format, arguments);
    (void)cf_text_safe(text, safe, LINE);
}

void cf_line(FILE *out, size_t indent, const char *format, ...)
{
    char safe[LINE];
    va_list arguments;
    va_start(arguments, format);
    make_safe(safe, format, arguments);
    va_end(arguments);
    (void)fprintf(out, "%*s", (int)indent, "");
    cf_paragraph(safe, indent, indent + (indent > 0 ? 2 : 0), out);
}

void cf_say(FILE *out, const char *format, ...)
{
    char safe[LINE];
    va_list arguments;
    va_start(arguments, format);
    make_safe(safe, format, arguments);
    va_end(arguments);
    (void)fprintf(out, "%s\n", safe);
}
