#include "snippet.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static int snippet_main(lua_State *L)
{
    struct snippet *snippet = lua_touserdata(L, 1);
    cf_lua_push_globals(L, 1);
    cf_lua_load_text(L, "@test.lua", snippet->text, snippet->length);
    cf_lua_push_env(L, 2);
    cf_lua_set_env(L);
    lua_call(L, 0, 1);
    snprintf(snippet->out, sizeof snippet->out, "%s", cf_lua_push_text(L, -1));
    return 0;
}

void snippet_run(struct snippet *snippet)
{
    if (!snippet->length)
        snippet->length = strlen(snippet->text);
    snippet->code = cf_lua_open(&snippet->lua, snippet->memory ? snippet->memory : CF_LUA_MEMORY,
                                snippet->budget ? snippet->budget : CF_LUA_BUDGET, &snippet->err);
    if (snippet->code == 0)
        snippet->code = cf_lua_protect(&snippet->lua, snippet_main, snippet, &snippet->err);
    cf_lua_close(&snippet->lua);
    assert_int_equal(snippet->lua.used, 0);
}

void snippet_check(const char *text, const char *wanted)
{
    struct snippet snippet = {.text = text};
    snippet_run(&snippet);
    if (wanted[0] == '!' ? snippet.code != CF_POLICY || !strstr(snippet.err.text, wanted + 1)
                         : snippet.code != 0 || strcmp(snippet.out, wanted) != 0)
        fail_msg("%s\n  wanted: %s\n  got: %d %s%s", text, wanted, snippet.code, snippet.out,
                 snippet.err.text);
}
