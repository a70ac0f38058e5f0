#include "bindings/state/tokens.h"

#include "base/file.h"
#include "bindings/state/state.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void cf_tokens_open(struct cf_tokens *tokens, const char *path)
{
    size_t size = 0;
    *tokens = (struct cf_tokens){.line = 1};
    (void)cf_file_read(path, CF_LUA_FILE, &tokens->source, &size, NULL);
    tokens->at = tokens->source ? tokens->source : "";
    tokens->end = tokens->at + size;
    if (size >= 3 && memcmp(tokens->at, "\xEF\xBB\xBF", 3) == 0)
        tokens->at += 3;
    if (tokens->at < tokens->end && *tokens->at == '#')
        while (tokens->at < tokens->end && *tokens->at != '\n')
            tokens->at++;
}

void cf_tokens_close(struct cf_tokens *tokens)
{
    free(tokens->source);
    *tokens = (struct cf_tokens){0};
}

/* Goes on to `to`, counting lines. */
static void go(struct cf_tokens *tokens, const char *to)
{
    for (; tokens->at < to && tokens->at < tokens->end; tokens->at++)
        tokens->line += *tokens->at == '\n';
}

/* Of long brackets that open at `at`: how many signs = they have; -1: there are none. */
static int level(const struct cf_tokens *tokens, const char *at)
{
    const char *from = at;
    if (at >= tokens->end || *at != '[')
        return -1;
    for (at++; at < tokens->end && *at == '=';)
        at++;
    return at < tokens->end && *at == '[' ? (int)(at - from) - 1 : -1;
}

/* Where the text in long brackets, which begins at `at`, ends. */
static const char *end_of_long(const struct cf_tokens *tokens, const char *at, int equals)
{
    for (; at < tokens->end; at++) {
        int count = 0;
        while (*at == ']' && at + count + 1 < tokens->end && at[count + 1] == '=')
            count++;
        if (*at == ']' && count == equals && at + count + 1 < tokens->end && at[count + 1] == ']')
            return at;
    }
    return at;
}

static void skip_comment(struct cf_tokens *tokens)
{
    int equals = level(tokens, tokens->at + 2);
    const char *to = tokens->at;
    if (equals >= 0) {
        to = end_of_long(tokens, tokens->at + 4 + equals, equals) + 2 + equals;
    } else {
        while (to < tokens->end && *to != '\n')
            to++;
    }
    go(tokens, to);
}

static void skip_blank(struct cf_tokens *tokens)
{
    for (;;) {
        if (tokens->at < tokens->end && isspace((unsigned char)*tokens->at))
            go(tokens, tokens->at + 1);
        else if (tokens->at + 1 < tokens->end && tokens->at[0] == '-' && tokens->at[1] == '-')
            skip_comment(tokens);
        else
            return;
    }
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const char *end_of_short(const struct cf_tokens *tokens, const char *at, char quote)
{
    while (at < tokens->end && *at != quote)
        at += *at == '\\' ? 2 : 1;
    return at < tokens->end ? at : tokens->end;
}

static bool is_reserved(const char *at, size_t length)
{
    static const char words[] =
        " and break do else elseif end false for function goto if in local nil not or "
        "repeat return then true until while ";
    const char *found = words;
    while ((found = strchr(found, ' ')) && (strncmp(found + 1, at, length) != 0 || found[1 + length] != ' '))
        found++;
    return found != NULL;
}

/* The end of the number at `at`, as Lua reads it: 0xff, .5, 1e-3. */
static const char *end_of_number(const struct cf_tokens *tokens, const char *at)
{
    const char *exponent = at[0] == '0' && (at[1] == 'x' || at[1] == 'X') ? "pP" : "eE", *to = at + 1;
    while (to < tokens->end &&
           (is_word(*to) || *to == '.' || (strchr("+-", *to) && *to && strchr(exponent, to[-1]))))
        to++;
    return to;
}

/* The end of the sign at `at`, of one letter or more. */
static const char *end_of_sign(const char *at)
{
    static const char *const longer[] = {"...", "..", "==", "~=", "<=", ">=", "//", "::"};
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
        if (strncmp(at, longer[i], strlen(longer[i])) == 0)
            return at + strlen(longer[i]);
    return at + 1;
}

bool cf_tokens_next(struct cf_tokens *tokens, struct cf_token *ret_token)
{
    skip_blank(tokens);
    if (tokens->at >= tokens->end)
        return false;
    const char *at = tokens->at, *to = at;
    int equals = level(tokens, at);
    struct cf_token token = {.kind = CF_TOKEN_SIGN, .at = at, .line = tokens->line};
    if (*at == '"' || *at == '\'' || equals >= 0) {
        token.kind = CF_TOKEN_STRING;
        token.plain = equals >= 0;
        token.at = token.plain ? at + 2 + equals : at + 1;
        to = token.plain ? end_of_long(tokens, token.at, equals) : end_of_short(tokens, token.at, *at);
        token.length = (size_t)(to - token.at);
        to += token.plain ? 2 + equals : 1;
    } else if (isdigit((unsigned char)*at) || (*at == '.' && isdigit((unsigned char)at[1]))) {
        token.kind = CF_TOKEN_NUMBER;
        to = end_of_number(tokens, at);
        token.length = (size_t)(to - at);
    } else if (is_word(*at)) {
        while (to < tokens->end && is_word(*to))
            to++;
        token.length = (size_t)(to - at);
        token.kind = is_reserved(at, token.length) ? CF_TOKEN_WORD : CF_TOKEN_NAME;
    } else {
        to = end_of_sign(at);
        token.length = (size_t)(to - at);
    }
    go(tokens, to);
    *ret_token = token;
    return true;
}

bool cf_token_is(const struct cf_token *token, const char *sign)
{
    return token->kind == CF_TOKEN_SIGN && token->length == strlen(sign) &&
           memcmp(token->at, sign, token->length) == 0;
}

/* ---- Values -------------------------------------------------------------------------------------------- */

/* The bytes of a character in UTF-8. */
static size_t encode(unsigned long code, char out[8])
{
    if (code < 0x80)
        return out[0] = (char)code, 1;
    size_t count = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = count; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(0xF00 >> count | code);
    return count;
}

/* What the escape behind a backslash at *at stands for; goes on behind it. */
static size_t unescape(const char **at, const char *end, char out[8])
{
    static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
    char c = *(*at)++, digits[12] = "";
    const char *letter = strchr(letters, c);
    if (letter && c)
        return out[0] = values[letter - letters], 1;
    if (c == 'z') {
        while (*at < end && isspace((unsigned char)**at))
            ++*at;
        return 0;
    }
    bool code = c == 'u' && *at < end && **at == '{', hex = c == 'x' || code;
    size_t most = code ? 8 : c == 'x' ? 2 : 3, count = 0;
    *at += code;
    if (!hex && !isdigit((unsigned char)c))
        return out[0] = c, 1;
    if (!hex)
        digits[count++] = c;
    while (*at < end && count < most && (hex ? isxdigit((unsigned char)**at) : isdigit((unsigned char)**at)))
        digits[count++] = *(*at)++;
    *at += code && *at < end;
    unsigned long value = strtoul(digits, NULL, hex ? 16 : 10);
    if (code)
        return encode(value, out);
    out[0] = (char)value;
    return 1;
}

size_t cf_token_value(const struct cf_token *token, char *out, size_t size)
{
    const char *at = token->at, *end = token->at + token->length;
    size_t length = 0;
    if (token->plain && at < end && *at == '\n') /* which Lua leaves out */
        at++;
    while (at < end && length + 8 < size) {
        if (*at == '\\' && !token->plain && at + 1 < end) {
            at++;
            length += unescape(&at, end, out + length);
        } else {
            out[length++] = *at++;
        }
    }
    out[length] = '\0';
    return length;
}
