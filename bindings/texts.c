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

/* A template being filled. */
struct filling {
    lua_State *L;
    const char *what;
    char *out;
    size_t length;
};

static void add(struct filling *filling, const char *text, size_t length)
{
    if (length >= CF_LUA_TEXT - filling->length)
        cf_lua_throw(filling->L, "%s: this text has %d bytes or more", filling->what, CF_LUA_TEXT);
    memcpy(filling->out + filling->length, text, length);
    filling->length += length;
}

/* The value called by `length` bytes at `name`. Spans, the most frequent, without a detour by a text of
 * Lua's. */
static void add_value(struct filling *filling, int values, const char *name, size_t length)
{
    lua_State *L = filling->L;
    char words[CF_SPAN_TEXT];
    lua_pushlstring(L, name, length);
    if (!lua_istable(L, values) || lua_gettable(L, values) == LUA_TNIL)
        cf_lua_throw(L, "%s: the text says {%.*s}, but no value has that name", filling->what, (int)length,
                     name);
    bool span = cf_lua_is_span(L, -1) && cf_span_known(cf_lua_to_span(L, -1));
    const char *text =
        span ? cf_span_words(cf_lua_to_span(L, -1), words) : cf_lua_push_text(L, lua_gettop(L));
    add(filling, text, strlen(text));
    lua_pop(L, span ? 1 : 2);
}

const char *cf_lua_fill(lua_State *L, int text, int values, const char *what, char out[CF_LUA_TEXT])
{
    const char *at = cf_lua_check_text(L, text, what);
    if (!lua_isnoneornil(L, values) && !lua_istable(L, values))
        cf_lua_throw(L, "%s wants a table of values behind the text, not %s", what, cf_lua_quote(L, values));
    struct filling filling = {.L = L, .what = what, .out = out};
    for (const char *open; (open = strchr(at, '{')); at = open + 1) {
        size_t length = name_length(open);
        add(&filling, at, (size_t)(open - at) + (length == 0));
        if (length) {
            add_value(&filling, values, open + 1, length);
            open += length + 1;
        }
    }
    add(&filling, at, strlen(at));
    out[filling.length] = '\0';
    return out;
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
