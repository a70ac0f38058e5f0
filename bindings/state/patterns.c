/* string.find, match, gmatch and gsub, which pay for each step. */
#include "bindings/state/limits.h"
#include "bindings/state/match.h"
#include "bindings/state/time_values.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

/* ---- What the four functions share ---- */

/* The text is the first argument, the pattern the second; both stay where they are. */
static void prepare(struct cf_match *m, lua_State *L, int text, int pattern, const char *what)
{
    size_t text_length, pattern_length;
    *m = (struct cf_match){.L = L, .what = what};
    m->text = luaL_checklstring(L, text, &text_length);
    m->pattern = luaL_checklstring(L, pattern, &pattern_length);
    m->text_end = m->text + text_length;
    m->pattern_end = m->pattern + pattern_length;
}

/* Where the argument says that the search starts; NULL: behind the end. */
static const char *start_of(const struct cf_match *m, int index)
{
    lua_Integer length = m->text_end - m->text, start = luaL_optinteger(m->L, index, 1);
    if (start < 0)
        start = start < -length ? 1 : length + start + 1;
    else if (start == 0)
        start = 1;
    return start > length + 1 ? NULL : m->text + start - 1;
}

/* Capture number `index`; the whole match, which is from `start` to `end`, where there is none at all. */
static void push_capture(const struct cf_match *m, int index, const char *start, const char *end)
{
    if (index == 0 && m->count == 0) {
        lua_pushlstring(m->L, start, (size_t)(end - start));
        return;
    }
    if (index >= m->count)
        cf_lua_throw(m->L, "%s: there is no capture %d", m->what, index + 1);
    const char *from = m->captures[index].start, *to = m->captures[index].end;
    if (m->captures[index].place)
        lua_pushinteger(m->L, from - m->text + 1);
    else if (to)
        lua_pushlstring(m->L, from, (size_t)(to - from));
    else
        cf_match_malformed(m, "a '(' lacks its ')'");
}

/* All captures; the whole match instead of none, unless `start` is NULL. Returns how many values. */
static int push_captures(const struct cf_match *m, const char *start, const char *end)
{
    int count = m->count == 0 && start ? 1 : m->count;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++)
        push_capture(m, i, start, end);
    return count;
}

/* ---- find and match ---- */

static const char *find_plain(const struct cf_match *m, const char *at)
{
    size_t length = (size_t)(m->pattern_end - m->pattern);
    if (length == 0)
        return at;
    while ((size_t)(m->text_end - at) >= length) {
        size_t room = (size_t)(m->text_end - at) - length + 1;
        const char *next = memchr(at, m->pattern[0], room);
        cf_match_spend(m, (next ? (size_t)(next - at) + length : room) / 8 + 1);
        if (!next || memcmp(next, m->pattern, length) == 0)
            return next;
        at = next + 1;
    }
    return NULL;
}

static bool is_plain(const struct cf_match *m)
{
    for (const char *p = m->pattern; p < m->pattern_end; p++)
        if (*p && strchr("^$*+?.([%-", *p))
            return false;
    return true;
}

static int push_place(const struct cf_match *m, const char *start, const char *end)
{
    lua_pushinteger(m->L, start - m->text + 1);
    lua_pushinteger(m->L, end - m->text);
    return 2;
}

static int search(lua_State *L, const char *what, bool find)
{
    struct cf_match m;
    prepare(&m, L, 1, 2, what);
    const char *at = start_of(&m, 3), *end = NULL;
    if (at && find && (lua_toboolean(L, 4) || is_plain(&m))) {
        at = find_plain(&m, at);
        if (at)
            return push_place(&m, at, at + (m.pattern_end - m.pattern));
    }
    bool anchored = m.pattern < m.pattern_end && *m.pattern == '^';
    for (; at && !end; at = at < m.text_end && !anchored ? at + 1 : NULL) {
        end = cf_match_begin(&m, at, m.pattern + anchored);
        if (end && find)
            return push_place(&m, at, end) + push_captures(&m, NULL, end);
        if (end)
            return push_captures(&m, at, end);
    }
    lua_pushnil(L);
    return 1;
}

static int find(lua_State *L)
{
    return search(L, "string.find", true);
}

static int find_match(lua_State *L)
{
    return search(L, "string.match", false);
}

/* ---- gmatch ---- */

/* Upvalues: text, pattern, where to go on, where the last match ended (-1: none yet), both from 0. */
static int next_match(lua_State *L)
{
    struct cf_match m;
    prepare(&m, L, lua_upvalueindex(1), lua_upvalueindex(2), "string.gmatch");
    lua_Integer place = lua_tointeger(L, lua_upvalueindex(3)), last = lua_tointeger(L, lua_upvalueindex(4));
    for (const char *at = m.text + place; at <= m.text_end; at++) {
        const char *end = cf_match_begin(&m, at, m.pattern);
        if (!end || end - m.text == last)
            continue;
        lua_pushinteger(L, end - m.text);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, at, end);
    }
    lua_pushinteger(L, m.text_end - m.text + 1);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

static int gmatch(lua_State *L)
{
    struct cf_match m;
    prepare(&m, L, 1, 2, "string.gmatch");
    const char *at = start_of(&m, 3);
    lua_settop(L, 2);
    lua_pushinteger(L, (at ? at : m.text_end + 1) - m.text);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

/* ---- gsub ---- */

enum { TEXT = 1, PATTERN, REPLACEMENT, MOST };

/* "%1" in the replacement stands for a capture, "%0" for all, "%%" for "%". */
static void add_template(const struct cf_match *m, luaL_Buffer *out, const char *start, const char *end)
{
    size_t length;
    const char *by = lua_tolstring(m->L, REPLACEMENT, &length), *by_end = by + length;
    for (const char *mark; (mark = memchr(by, '%', (size_t)(by_end - by))); by = mark + 2) {
        luaL_addlstring(out, by, (size_t)(mark - by));
        char kind = mark + 1 < by_end ? mark[1] : '\0';
        if (kind == '%') {
            luaL_addchar(out, '%');
        } else if (kind == '0') {
            luaL_addlstring(out, start, (size_t)(end - start));
        } else if (isdigit((unsigned char)kind)) {
            push_capture(m, kind - '1', start, end);
            luaL_tolstring(m->L, -1, NULL);
            lua_remove(m->L, -2);
            luaL_addvalue(out);
        } else {
            cf_lua_throw(m->L, "string.gsub: a '%%' in the replacement wants a digit or '%%' behind it");
        }
    }
    luaL_addlstring(out, by, (size_t)(by_end - by));
}

/* Adds what replaces the match; false where it stays as it is. */
static bool add_replacement(const struct cf_match *m, luaL_Buffer *out, const char *start, const char *end)
{
    lua_State *L = m->L;
    int type = lua_type(L, REPLACEMENT);
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, REPLACEMENT);
        lua_call(L, push_captures(m, start, end), 1);
    } else if (type == LUA_TTABLE) {
        push_capture(m, 0, start, end);
        lua_gettable(L, REPLACEMENT);
    } else {
        add_template(m, out, start, end);
        return true;
    }
    bool kept = !lua_toboolean(L, -1);
    if (kept) {
        lua_pop(L, 1);
        luaL_addlstring(out, start, (size_t)(end - start));
    } else if (!lua_isstring(L, -1)) {
        cf_lua_throw(L, "string.gsub: a match cannot be replaced by a %s", cf_lua_type(L, -1));
    } else {
        luaL_addvalue(out);
    }
    return !kept;
}

static int gsub(lua_State *L)
{
    struct cf_match m;
    prepare(&m, L, TEXT, PATTERN, "string.gsub");
    int type = lua_type(L, REPLACEMENT);
    luaL_argexpected(
        L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE,
        REPLACEMENT, "string/function/table");
    lua_Integer most = luaL_optinteger(L, MOST, m.text_end - m.text + 1), count = 0;
    bool anchored = m.pattern < m.pattern_end && *m.pattern == '^', changed = false;
    lua_settop(L, MOST);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    const char *at = m.text, *last = NULL;
    for (bool over = false; count < most && !over;) {
        const char *end = cf_match_begin(&m, at, m.pattern + anchored);
        if (end && end != last) {
            count++;
            changed |= add_replacement(&m, &out, at, end);
            at = last = end;
        } else if (at < m.text_end) {
            luaL_addchar(&out, *at++);
        } else {
            break;
        }
        over = anchored;
    }
    luaL_addlstring(&out, at, (size_t)(m.text_end - at));
    luaL_pushresult(&out);
    if (!changed)
        lua_pushvalue(L, TEXT);
    lua_pushinteger(L, count);
    return 2;
}

void cf_lua_add_patterns(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"find", find}, {"match", find_match}, {"gmatch", gmatch}, {"gsub", gsub}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
