/* A Lua file's tokens: for what it says twice, does not say, or cannot mean, which cannot be seen once it has
 * run. */
#ifndef CF_BINDINGS_TOKENS_H
#define CF_BINDINGS_TOKENS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum cf_token_kind {
    CF_TOKEN_NAME,
    CF_TOKEN_WORD, /* a reserved one */
    CF_TOKEN_NUMBER,
    CF_TOKEN_STRING,
    CF_TOKEN_SIGN
};

struct cf_token {
    enum cf_token_kind kind;
    const char *at; /* in the source; of a string, what is between its quotes */
    size_t length;
    bool plain; /* a string in long brackets, without escapes */
    int line;
};

struct cf_tokens {
    char *source; /* ends in a NUL */
    const char *at, *end;
    int line;
};

/* Of a file that Lua has compiled; one that cannot be read has none. */
void cf_tokens_open(struct cf_tokens *tokens, const char *path);
void cf_tokens_close(struct cf_tokens *tokens);

/* The next one; false at the end. */
bool cf_tokens_next(struct cf_tokens *tokens, struct cf_token *ret_token);

/* A string's value, as Lua reads it; cut where it is longer. Returns its length. */
size_t cf_token_value(const struct cf_token *token, char *out, size_t size);

/* Whether it is this sign. */
bool cf_token_is(const struct cf_token *token, const char *sign);

#endif
