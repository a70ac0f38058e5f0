#include "base/template.h"

#include <ctype.h>
#include <string.h>

/* The length of the name in "{name}" at `text`, 0 where there is none. */
static size_t name_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[1 + length]) || text[1 + length] == '_')
        length++;
    return text[1 + length] == '}' && !isdigit((unsigned char)text[1]) ? length : 0;
}

const char *cf_template_next(const char *text, size_t *ret_length)
{
    for (; (text = strchr(text, '{')); text++) {
        size_t length = name_length(text);
        if (length) {
            *ret_length = length;
            return text;
        }
    }
    return NULL;
}

static bool names(const char *text, const char *name, size_t length)
{
    for (size_t other; (text = cf_template_next(text, &other)); text++)
        if (other == length && strncmp(text + 1, name, length) == 0)
            return true;
    return false;
}

int cf_template_check(const char *text, const char *original, struct cf_error *err)
{
    const char *at = text;
    for (size_t length; (at = cf_template_next(at, &length)); at++)
        if (!names(original, at + 1, length))
            return cf_error_set(err, CF_POLICY, "\"%s\" names {%.*s}, which \"%s\" does not", text,
                                (int)length, at + 1, original);
    return 0;
}

bool cf_language_fits(const char *code, const char *language)
{
    size_t length = strlen(language);
    return code && strncmp(code, language, length) == 0 && (code[length] == '\0' || code[length] == '_');
}

bool cf_language_is(const char *code)
{
    size_t length = strspn(code, "abcdefghijklmnopqrstuvwxyz");
    if (length < 2 || length > 3 || (code[length] != '\0' && code[length] != '_'))
        return false;
    const char *region = code + length;
    size_t letters = strspn(region + (*region == '_'), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    return *region == '\0' || (letters >= 2 && letters <= 3 && region[1 + letters] == '\0');
}
