/* Patterns: a line of text and then a pattern, by our library and by Lua's own. */
#include "bindings/state/limits.h"
#include "fuzz.h"

#include <lualib.h>

enum { TEXT = 12, PATTERN = 14 }; /* Lua's own takes for ever on longer ones */
enum { BUDGET = 1000000 };

static const char comparison[] =
    "local ours, theirs, text, pattern = ...\n"
    "for _, name in ipairs({ 'find', 'match', 'gsub' }) do\n"
    "  local a = table.pack(pcall(ours[name], text, pattern, name == 'gsub' and '<%0>' or 1))\n"
    "  if theirs then\n"
    "    local b = table.pack(pcall(theirs[name], text, pattern, name == 'gsub' and '<%0>' or 1))\n"
    "    local same = a[1] == b[1] and (not a[1] or a.n == b.n)\n"
    "    for i = 2, same and a[1] and a.n or 0 do same = same and a[i] == b[i] end\n"
    "    assert(same, name)\n"
    "  end\n"
    "end\n";

struct input {
    const char *text, *pattern;
    size_t length, pattern_length;
    bool compared;
};

/* Leaves the comparison and our functions in the registry. */
static int prepare(lua_State *L)
{
    luaL_openlibs(L);
    cf_lua_load_text(L, "=comparison", comparison, sizeof comparison - 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "comparison");
    lua_newtable(L);
    cf_lua_add_patterns(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "ours");
    return 0;
}

static int compare(lua_State *L)
{
    const struct input *input = lua_touserdata(L, 1);
    lua_getfield(L, LUA_REGISTRYINDEX, "comparison");
    lua_getfield(L, LUA_REGISTRYINDEX, "ours");
    if (input->compared)
        lua_getglobal(L, "string");
    else
        lua_pushnil(L);
    lua_pushlstring(L, input->text, input->length);
    lua_pushlstring(L, input->pattern, input->pattern_length);
    lua_call(L, 4, 0);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cf_lua lua;
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    struct cf_error err = {0};
    if (!lua.L)
        fuzz_check(cf_lua_open(&lua, 8 << 20, BUDGET, &err) == 0 &&
                   cf_lua_protect(&lua, prepare, NULL, &err) == 0);
    if (!line)
        return 0;
    struct input input = {.text = (const char *)data,
                          .pattern = (const char *)line + 1,
                          .length = (size_t)(line - data),
                          .pattern_length = size - (size_t)(line - data) - 1};
    input.compared = input.length <= TEXT && input.pattern_length <= PATTERN;
    int code = cf_lua_protect(&lua, compare, &input, &err);
    if (code != 0 && (input.compared || lua.over == CF_LUA_WITHIN)) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    return 0;
}
