/* A file's tokens, as Lua reads them. */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "bindings/state/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tokens of `text`, each behind the letter of its kind: "nlocal " for a name, … */
static void tokens_of(const char *text, char out[400])
{
    char value[100];
    folder_make();
    struct cf_tokens tokens;
    struct cf_token token;
    cf_tokens_open(&tokens, folder_write("policy.lua", text));
    for (out[0] = '\0'; cf_tokens_next(&tokens, &token);) {
        size_t length = strlen(out);
        if (token.kind == CF_TOKEN_STRING)
            (void)cf_token_value(&token, value, sizeof value);
        else
            (void)snprintf(value, sizeof value, "%.*s", (int)token.length, token.at);
        (void)snprintf(out + length, 400 - length, "%d%c%s ", token.line, "nw#\"s"[token.kind], value);
    }
    cf_tokens_close(&tokens);
    folder_drop();
}

static void test_all(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"", ""},
        {"local ends = not end_", "1wlocal 1nends 1s= 1wnot 1nend_ "},
        {"a.b:c(...) .. d", "1na 1s. 1nb 1s: 1nc 1s( 1s... 1s) 1s.. 1nd "},
        {"x = .5 + 0xFFp-3 - 1e-3 * 3.", "1nx 1s= 1#.5 1s+ 1#0xFFp-3 1s- 1#1e-3 1s* 1#3. "},
        {"0xE+1 2-1", "1#0xE 1s+ 1#1 1#2 1s- 1#1 "},
        {"a<=b==c~=d//e::f::", "1na 1s<= 1nb 1s== 1nc 1s~= 1nd 1s// 1ne 1s:: 1nf 1s:: "},
        {"'a\\'b' \"\\65\\x42\\u{43}\\z \n d\" e", "1\"a'b 1\"ABCd 2ne "},
        {"[==[\nx]]\n]==] y", "1\"x]]\n 3ny "},
        {"a --[[ b\n c ]] d -- e\nf", "1na 2nd 3nf "},
        {"#!/usr/bin/curfew\na", "2na "},
        {"\xEF\xBB\xBF"
         "a",
         "1na "},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char got[400];
        tokens_of(table[i][0], got);
        if (strcmp(got, table[i][1]) != 0)
            fail_msg("%s\n  wanted: %s\n  got: %s", table[i][0], table[i][1], got);
    }
    struct cf_tokens none;
    cf_tokens_open(&none, "/nowhere.lua");
    assert_false(cf_tokens_next(&none, &(struct cf_token){0}));
    cf_tokens_close(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
