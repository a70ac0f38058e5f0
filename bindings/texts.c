/* Arguments that are text, templates, and tables of settings. */
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include "base/template.h"

#include <lauxlib.h>
#include <string.h>

const char *cf_lua_check_text(lua_State *L, int index, const char *what)
{
    size_t length = 0;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;
    cf_lua_spend(L, what, length / CF_LUA_TEXT_STEP);
    if (!text || length == 0 || strlen(text) != length)
        cf_lua_throw(L, "%s wants text, not %s", what, cf_lua_quote(L, index));
    return text;
}

const char *cf_lua_check_reason(lua_State *L, int index, const char *what)
{
    const char *reason = cf_lua_check_text(L, index, what);
    if (lua_rawlen(L, index) >= CF_LUA_TEXT)
        cf_lua_throw(L, "%s: this text has %d bytes or more", what, CF_LUA_TEXT);
    return reason;
}

const char *cf_lua_check_template(lua_State *L, int index, const char *what)
{
    int values = index + 1;
    if (!lua_isnoneornil(L, values) && !lua_istable(L, values))
        cf_lua_throw(L, "%s wants a table of values behind the text, not %s", what, cf_lua_quote(L, values));
    return cf_lua_check_text(L, index, what);
}

/* A template being filled. */
struct filling {
    lua_State *L;
    const struct cf_lua_template *template;
    char *out;
    size_t length;
};

static void add(struct filling *filling, const char *text, size_t length)
{
    if (length >= CF_LUA_TEXT - filling->length)
        cf_lua_throw(filling->L, "%s: this text has %d bytes or more", filling->template->what, CF_LUA_TEXT);
    memcpy(filling->out + filling->length, text, length);
    filling->length += length;
}

/* The value called by `length` bytes at `name`. */
static void add_value(struct filling *filling, const char *name, size_t length)
{
    lua_State *L = filling->L;
    const struct cf_lua_template *template = filling->template;
    if (template->keeps_left && length == 4 && strncmp(name, "left", length) == 0) {
        add(filling, "{left}", 6);
        return;
    }
    char words[CF_SPAN_TEXT];
    lua_pushlstring(L, name, length);
    if (!lua_istable(L, template->values) || lua_gettable(L, template->values) == LUA_TNIL)
        cf_lua_throw(L, "%s: the text says {%.*s}, but no value has that name", template->what, (int)length,
                     name);
    bool span = cf_lua_is_span(L, -1);
    const char *text = span ? cf_span_words_in(cf_lua_to_span(L, -1), template->language, words)
                            : cf_lua_push_text(L, lua_gettop(L));
    cf_lua_spend(L, template->what, 1 + (span ? 0 : lua_rawlen(L, -1) / CF_LUA_TEXT_STEP));
    add(filling, text, strlen(text));
    lua_pop(L, span ? 1 : 2);
}

void cf_lua_fill(lua_State *L, const struct cf_lua_template *template, char out[CF_LUA_TEXT])
{
    struct filling filling = {.L = L, .template = template, .out = out};
    const char *at = template->text;
    size_t length;
    for (const char *open; (open = cf_template_next(at, &length)); at = open + length + 2) {
        add(&filling, at, (size_t)(open - at));
        add_value(&filling, open + 1, length);
    }
    add(&filling, at, strlen(at));
    out[filling.length] = '\0';
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
