/* Arguments that are text, templates, and tables of settings. */
#include "bindings/sandbox.h"
#include "bindings/script.h"
#include "bindings/time_values.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

const char *cf_lua_check_text(lua_State *L, int index, const char *what)
{
    size_t length = 0;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
    if (!text || length == 0 || strlen(text) != length)
        cf_lua_throw(L, "%s wants text, not %s", what, cf_lua_quote(L, index));
    return text;
}

/* The length of the name in "{name}" at `text`, 0 where there is none. */
static size_t name_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[1 + length]) || text[1 + length] == '_')
        length++;
    return text[1 + length] == '}' && !isdigit((unsigned char)text[1]) ? length : 0;
}

/* Pushes the value called by `length` bytes at `name`. */
static void push_value(lua_State *L, int values, const char *name, size_t length, const char *what)
{
    lua_pushlstring(L, name, length);
    if (!lua_istable(L, values) || (lua_pushvalue(L, -1), lua_gettable(L, values)) == LUA_TNIL)
        cf_lua_throw(L, "%s: the text says {%.*s}, but no value has that name", what, (int)length, name);
    cf_lua_push_text(L, lua_gettop(L));
    lua_replace(L, -3);
    lua_pop(L, 1);
}

const char *cf_lua_push_filled(lua_State *L, int text, int values, const char *what)
{
    const char *at = cf_lua_check_text(L, text, what);
    if (!lua_isnoneornil(L, values) && !lua_istable(L, values))
        cf_lua_throw(L, "%s wants a table of values behind the text, not %s", what, cf_lua_quote(L, values));
    lua_pushliteral(L, "");
    for (const char *open; (open = strchr(at, '{')); at = open + 1) {
        size_t length = name_length(open);
        lua_pushlstring(L, at, (size_t)(open - at) + (length == 0));
        if (length) {
            push_value(L, values, open + 1, length, what);
            lua_concat(L, 2);
            open += length + 1;
        }
        lua_concat(L, 2);
    }
    lua_pushstring(L, at);
    lua_concat(L, 2);
    if (lua_rawlen(L, -1) > CF_LUA_TEXT)
        cf_lua_throw(L, "%s: this text has more than %d bytes", what, CF_LUA_TEXT);
    return lua_tostring(L, -1);
}

void cf_lua_check_keys(lua_State *L, int index, const char *what, const char *const *known)
{
    if (lua_isnoneornil(L, index))
        return;
    if (!lua_istable(L, index))
        cf_lua_throw(L, "%s wants a table such as { %s = … }, not %s", what, known[0],
                     cf_lua_quote(L, index));
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
        const char *const *word = known;
        while (*word && strcmp(*word, key) != 0)
            word++;
        if (!*word)
            cf_lua_throw(L, "%s knows no %s there", what, cf_lua_quote(L, -2));
    }
}
