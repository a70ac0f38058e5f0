/* Our patterns against Lua's own: equal on random patterns and texts, whatever the outcome. */
#include "../unit.h"

#include "bindings/state/limits.h"

#include <lauxlib.h>
#include <lualib.h>

/* Both libraries say the same, or both refuse; texts and patterns are short, so that Lua's own comes to an
 * end. */
static const char comparison[] =
    "local ours, theirs, chance = ...\n"
    "local parts = { 'a', 'b', '.', '%a', '%d', '%s', '%S', '%w', '%%', '[ab]', '[^a]', '[a-c]', '[%d_]', '[]]',\n"
    "  '[^]-]', '[a-]', '(', ')', '()', '%1', '%2', '%b()', '%bab', '%f[%w]', '%f[^a]', '$', '^', '-', '*', '+', '?',\n"
    "  '[', ']', '%', '%f', '%b', '\\0', '%z', 'é' }\n"
    "local letters = { 'a', 'b', 'c', '1', ' ', '(', ')', '_', ']', '-', '%', '\\0', 'A', 'é', '$', '^' }\n"
    "local function make(from, most)\n"
    "  local out = {}\n"
    "  for i = 1, chance(0, most) do out[i] = from[chance(1, #from)] end\n"
    "  return table.concat(out)\n"
    "end\n"
    "local function all(library, name, ...)\n"
    "  if name ~= 'gmatch' then return table.pack(pcall(library[name], ...)) end\n"
    "  local out = { true }\n"
    "  out[1] = pcall(function (...)\n"
    "    for a, b, c in library.gmatch(...) do\n"
    "      out[#out + 1], out[#out + 2], out[#out + 3] = tostring(a), tostring(b), tostring(c)\n"
    "    end\n"
    "  end, ...)\n"
    "  out.n = #out\n"
    "  return out\n"
    "end\n"
    "local matched, refused = 0, 0\n"
    "local function compare(name, ...)\n"
    "  local a, b = all(ours, name, ...), all(theirs, name, ...)\n"
    "  local same = a[1] == b[1] and (not a[1] or a.n == b.n)\n"
    "  for i = 2, same and a[1] and a.n or 0 do same = same and a[i] == b[i] and math.type(a[i]) == math.type(b[i]) end\n"
    "  if not same then\n"
    "    local words = { name }\n"
    "    for i, word in ipairs({ ... }) do words[i + 1] = theirs.format('%q', type(word) == 'string' and word or tostring(word)) end\n"
    "    for i = 1, a.n do words[#words + 1] = 'ours ' .. tostring(a[i]) end\n"
    "    for i = 1, b.n do words[#words + 1] = 'theirs ' .. tostring(b[i]) end\n"
    "    error(table.concat(words, ' | '))\n"
    "  end\n"
    "  if not a[1] then refused = refused + 1 elseif a[2] then matched = matched + 1 end\n"
    "end\n"
    "local by = { '<%0>', '%1', '%2%%', '', 'x', '%', '%x', { a = 'A', b = false, ab = 5 }, function (x, y) return y end,\n"
    "  function () return {} end, 7 }\n"
    "for _ = 1, 1000 do\n"
    "  local text, pattern, start = make(letters, 12), make(parts, 5), chance(-14, 14)\n"
    "  compare('find', text, pattern) compare('find', text, pattern, start)\n"
    "  compare('find', text, pattern, start, true) compare('match', text, pattern, start)\n"
    "  compare('gmatch', text, pattern) compare('gsub', text, pattern, by[chance(1, #by)])\n"
    "  compare('gsub', text, pattern, by[chance(1, #by)], chance(-1, 3))\n"
    "end\n"
    "return matched, refused\n";

/* In parts, each of which has the second of work that one call may take. */
static struct {
    int part;
    lua_Integer matched, refused;
} sums;

static int compare(lua_State *L)
{
    luaL_openlibs(L);
    cf_lua_load_text(L, "@comparison", comparison, sizeof comparison - 1);
    lua_newtable(L);
    cf_lua_add_patterns(L);
    lua_getglobal(L, "string");
    lua_getglobal(L, "math");
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, sums.part);
    lua_call(L, 1, 0);
    lua_getfield(L, -1, "random");
    lua_remove(L, -2);
    lua_call(L, 3, 2);

    sums.matched += lua_tointeger(L, -2);
    sums.refused += lua_tointeger(L, -1);
    return 0;
}

static void test_same(void **state)
{
    (void)state;
    struct cf_lua lua;
    struct cf_error err = {0};
    assert_int_equal(cf_lua_open(&lua, CF_LUA_MEMORY, 1 << 30, &err), 0);
    for (sums.part = 0; sums.part < 20; sums.part++)
        if (cf_lua_protect(&lua, compare, NULL, &err) < 0)
            fail_msg("%s", err.text);
    assert_true(sums.matched > 20000);
    assert_true(sums.refused > 10000);
    cf_lua_close(&lua);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
