#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
    [-CF_OK] = "done",       [-CF_FAILED] = "failed",           [-CF_USAGE] = "usage",
    [-CF_POLICY] = "policy", [-CF_UNAVAILABLE] = "unavailable", [-CF_GONE] = "gone",
    [-CF_STALE] = "stale",   [-CF_TIMEOUT] = "timeout",         [-CF_UNSUPPORTED] = "unsupported",
    [-CF_DENIED] = "denied", [-CF_REFUSED] = "refused",
};

/* A line of an error is an error: what was put into one must not look like another. */
static void join_lines(char *text)
{
    for (char *c = text; (c = strpbrk(c, "\r\n")); c++)
        *c = ' ';
}

int cf_error_set(struct cf_error *err, int code, const char *format, ...)
{
    if (!err)
        return code;
    err->code = code;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    join_lines(err->text);
    return code;
}

int cf_error_copy(struct cf_error *err, int code, const struct cf_error *other)
{
    if (err) {
        struct cf_error copy = *other; /* which may be the same */
        copy.code = code;
        *err = copy;
    }
    return code;
}

int cf_error_prefix(struct cf_error *err, const char *format, ...)
{
    if (!err)
        return CF_OK;
    char sentence[CF_ERROR_SIZE];
    memcpy(sentence, err->text, sizeof sentence);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(err->text, sizeof err->text, format, arguments);
    va_end(arguments);
    size_t used = length < 0 ? 0 : (size_t)length;
    join_lines(err->text);
    if (used + 2 < sizeof err->text) {
        err->text[used++] = ':';
        err->text[used++] = ' ';
        size_t rest = sizeof err->text - used - 1, wanted = strlen(sentence);
        size_t take = wanted < rest ? wanted : rest;
        memcpy(err->text + used, sentence, take);
        err->text[used + take] = '\0';
    }
    return err->code;
}

void cf_error_append(struct cf_error *err, const char *text)
{
    if (err)
        (void)strncat(err->text, text, sizeof err->text - strlen(err->text) - 1);
}

void cf_error_add(struct cf_error *err, const struct cf_error *more)
{
    if (!err)
        return;
    size_t used = strlen(err->text), rest = sizeof err->text - used;
    err->code = more->code;
    if (used && rest > 1) {
        err->text[used++] = '\n';
        rest--;
    }
    size_t wanted = strlen(more->text), take = wanted < rest ? wanted : rest - 1;
    memcpy(err->text + used, more->text, take);
    err->text[used + take] = '\0';
}

int cf_error_lines(struct cf_error *err, int code, const char *text)
{
    struct cf_error all = {.code = code};
    for (size_t length; *text; text += length + (text[length] == '\n')) {
        struct cf_error one;
        length = strcspn(text, "\n");
        (void)cf_error_set(&one, code, "%.*s", (int)(length < CF_ERROR_SIZE ? length : CF_ERROR_SIZE), text);
        cf_error_add(&all, &one);
    }
    return cf_error_copy(err, code, &all);
}

const char *cf_code_name(int code)
{
    size_t index = code <= 0 ? 0 - (size_t)code : sizeof names;
    return index < sizeof names / sizeof names[0] ? names[index] : "unknown";
}

int cf_exit_status(int code)
{
    switch (code) {
    case CF_OK: return 0;
    case CF_USAGE: return 2;
    case CF_POLICY: return 3;
    case CF_UNAVAILABLE: return 4;
    default: return 1;
    }
}
