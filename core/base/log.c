#include "base/log.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum cf_log_level most = CF_LOG_NOTICE;

static const char *own_name = "curfew";

static cf_log_writer *writer;
static void *writer_data;

void cf_log_set_name(const char *name)
{
    own_name = name;
}

void cf_log_set_level(enum cf_log_level level)
{
    most = level;
}

void cf_log_set_writer(cf_log_writer *write, void *data)
{
    writer = write;
    writer_data = data;
}

void cf_log(enum cf_log_level level, const char *format, ...)
{
    if (level > most)
        return;
    char line[2048], safe[2048];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    cf_text_safe(line, safe, sizeof safe);
    static const char *const labels[] = {"error: ", "warning: ", "", "debug: "};
    if (writer)
        writer(writer_data, level, safe);
    else
        (void)fprintf(stderr, "%s: %s%s\n", own_name, labels[level], safe);
}

void cf_log_error(const struct cf_error *err)
{
    for (const char *line = err->text; *line;) {
        int length = (int)strcspn(line, "\n");
        cf_log(CF_LOG_ERROR, "%.*s", length, line);
        line += length + (line[length] == '\n');
    }
}
