/*
 * Lua's patterns, with a budget: string.find, match, gmatch and gsub as the manual of Lua 5.4 has them
 * (section 6.4.1). Lua's own may take longer than the age of the world over forty letters; these pay for each
 * step.
 */
#include "bindings/sandbox.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

enum {
    CAPTURES = 32, /* as in Lua */
    DEPTH = 200,   /* of calls of match() in one another, as in Lua */
};

struct match {
    lua_State *L;
    const char *what; /* "string.find" */
    const char *text, *text_end, *pattern, *pattern_end;
    int depth, count; /* count: of captures */
    struct {
        const char *start;
        const char *end; /* NULL: still open; where `place` holds, unused */
        bool place;      /* "()": the position */
    } captures[CAPTURES];
};

static const char *match(struct match *m, const char *at, const char *p);

static void spend(const struct match *m, size_t steps)
{
    cf_lua_spend(m->L, m->what, steps);
}

static _Noreturn void malformed(const struct match *m, const char *why)
{
    cf_lua_throw(m->L, "%s: malformed pattern: %s", m->what, why);
}

/* ---- One character ---- */

static bool in_class(int c, int class)
{
    bool in;
    switch (tolower(class)) {
    case 'a': in = isalpha(c); break;
    case 'c': in = iscntrl(c); break;
    case 'd': in = isdigit(c); break;
    case 'g': in = isgraph(c); break;
    case 'l': in = islower(c); break;
    case 'p': in = ispunct(c); break;
    case 's': in = isspace(c); break;
    case 'u': in = isupper(c); break;
    case 'w': in = isalnum(c); break;
    case 'x': in = isxdigit(c); break;
    case 'z': in = c == '\0'; break;
    default: return class == c;
    }
    return in != (isupper(class) != 0);
}

/* `set` is at "[", `close` at its "]". */
static bool in_set(int c, const char *set, const char *close)
{
    bool wanted = set[1] != '^';
    for (const char *p = set + (wanted ? 1 : 2); p < close; p++) {
        if (*p == '%') {
            p++;
            if (in_class(c, (unsigned char)*p))
                return wanted;
        } else if (p[1] == '-' && p + 2 < close) {
            if ((unsigned char)*p <= c && c <= (unsigned char)p[2])
                return wanted;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

/* Behind the single character, class or set at p. */
static const char *item_end(const struct match *m, const char *p)
{
    const char *start = p;
    if (*p == '%') {
        if (p + 1 == m->pattern_end)
            malformed(m, "it ends with '%'");
        return p + 2;
    }
    if (*p++ != '[')
        return p;
    if (p < m->pattern_end && *p == '^')
        p++;
    do { /* the first "]" stands for itself */
        if (p >= m->pattern_end)
            malformed(m, "a '[' lacks its ']'");
        if (*p++ == '%')
            p++;
    } while (p >= m->pattern_end || *p != ']');
    spend(m, (size_t)(p - start) / 8);
    return p + 1;
}

/* Whether the character at `at` is what the item from p to `end` wants. */
static bool is_one(const struct match *m, const char *at, const char *p, const char *end)
{
    spend(m, 1 + (size_t)(end - p) / 8);
    if (at == m->text_end)
        return false;
    int c = (unsigned char)*at;
    switch (*p) {
    case '.': return true;
    case '%': return in_class(c, (unsigned char)p[1]);
    case '[': return in_set(c, p, end - 1);
    default: return (unsigned char)*p == c;
    }
}

/* ---- Repetition, captures and the rest ---- */

static const char *longest(struct match *m, const char *at, const char *p, const char *end)
{
    const char *last = at;
    while (is_one(m, last, p, end))
        last++;
    for (; last >= at; last--) {
        const char *found = match(m, last, end + 1);
        if (found)
            return found;
    }
    return NULL;
}

static const char *shortest(struct match *m, const char *at, const char *p, const char *end)
{
    for (;; at++) {
        const char *found = match(m, at, end + 1);
        if (found || !is_one(m, at, p, end))
            return found;
    }
}

static const char *open_capture(struct match *m, const char *at, const char *p, bool place)
{
    if (m->count == CAPTURES)
        cf_lua_throw(m->L, "%s: a pattern captures %d pieces at most", m->what, CAPTURES);
    m->captures[m->count].start = at;
    m->captures[m->count].end = NULL;
    m->captures[m->count++].place = place;
    const char *found = match(m, at, p);
    if (!found)
        m->count--;
    return found;
}

static const char *close_capture(struct match *m, const char *at, const char *p)
{
    int open = m->count - 1;
    while (open >= 0 && (m->captures[open].place || m->captures[open].end))
        open--;
    if (open < 0)
        malformed(m, "a ')' closes nothing");
    m->captures[open].end = at;
    const char *found = match(m, at, p);
    if (!found)
        m->captures[open].end = NULL;
    return found;
}

/* %b(): `p` is at the two characters. */
static const char *balance(const struct match *m, const char *at, const char *p)
{
    if (p + 1 >= m->pattern_end)
        malformed(m, "%b wants two characters behind it");
    if (at == m->text_end || *at != p[0])
        return NULL;
    size_t depth = 1;
    for (const char *here = at + 1; here < m->text_end; here++) {
        if (*here == p[1]) {
            if (--depth == 0)
                return spend(m, (size_t)(here - at)), here + 1;
        } else if (*here == p[0]) {
            depth++;
        }
    }
    spend(m, (size_t)(m->text_end - at));
    return NULL;
}

/* %1: what the capture has captured, once more. */
static const char *again(const struct match *m, const char *at, char digit)
{
    int index = digit - '1';
    if (index >= 0 && index < m->count && m->captures[index].place)
        return NULL; /* a position is no text */
    if (index < 0 || index >= m->count || !m->captures[index].end)
        malformed(m, "a capture is named before it is closed");
    size_t length = (size_t)(m->captures[index].end - m->captures[index].start);
    spend(m, length / 8);
    bool same = (size_t)(m->text_end - at) >= length && memcmp(m->captures[index].start, at, length) == 0;
    return same ? at + length : NULL;
}

/* %f[set]: `set` is at "[". */
static bool at_frontier(const struct match *m, const char *at, const char *set, const char *end)
{
    int before = at == m->text ? '\0' : (unsigned char)at[-1];
    int here = at == m->text_end ? '\0' : (unsigned char)*at;
    return !in_set(before, set, end - 1) && in_set(here, set, end - 1);
}

/* What begins with "%" and is no single character. 1: *at and *p moved on, 0: no match, -1: none of these. */
static int match_special(const struct match *m, const char **at, const char **p)
{
    char kind = *p + 1 < m->pattern_end ? (*p)[1] : '\0';
    if (kind == 'b') {
        *at = balance(m, *at, *p + 2);
        *p += 4;
        return *at != NULL;
    }
    if (kind == 'f') {
        const char *set = *p + 2;
        if (set >= m->pattern_end || *set != '[')
            malformed(m, "%f wants a '[' behind it");
        *p = item_end(m, set);
        return at_frontier(m, *at, set, *p);
    }
    if (!isdigit((unsigned char)kind))
        return -1;
    *at = again(m, *at, kind);
    *p += 2;
    return *at != NULL;
}

/* Follows the pattern as far as it leads straight on. True: *found is the outcome. */
static bool match_item(struct match *m, const char **at, const char **p, const char **found)
{
    const char *end = item_end(m, *p);
    switch (end < m->pattern_end ? *end : '\0') {
    case '*': *found = longest(m, *at, *p, end); return true;
    case '+': *found = is_one(m, *at, *p, end) ? longest(m, *at + 1, *p, end) : NULL; return true;
    case '-': *found = shortest(m, *at, *p, end); return true;
    case '?':
        if (is_one(m, *at, *p, end) && (*found = match(m, *at + 1, end + 1)))
            return true;
        *p = end + 1;
        return false;
    default:
        *found = NULL;
        if (!is_one(m, *at, *p, end))
            return true;
        *p = end;
        ++*at;
        return false;
    }
}

/* The end of the match at `at` of the pattern from p on; NULL: none. */
static const char *match(struct match *m, const char *at, const char *p)
{
    if (++m->depth > DEPTH)
        cf_lua_throw(m->L, "%s: this pattern has too many parts", m->what);
    const char *found = NULL;
    for (bool over = false; !over;) {
        spend(m, 1);
        int special = p < m->pattern_end && *p == '%' ? match_special(m, &at, &p) : -1;
        if (special >= 0) {
            over = !special;
        } else if (p == m->pattern_end || (*p == '$' && p + 1 == m->pattern_end)) {
            found = p == m->pattern_end || at == m->text_end ? at : NULL;
            over = true;
        } else if (*p == '(') {
            bool place = p + 1 < m->pattern_end && p[1] == ')';
            found = open_capture(m, at, p + 1 + place, place);
            over = true;
        } else if (*p == ')') {
            found = close_capture(m, at, p + 1);
            over = true;
        } else {
            over = match_item(m, &at, &p, &found);
        }
    }
    m->depth--;
    return found;
}

/* ---- What the four functions share ---- */

/* The text is the first argument, the pattern the second; both stay where they are. */
static void prepare(struct match *m, lua_State *L, int text, int pattern, const char *what)
{
    size_t text_length, pattern_length;
    *m = (struct match){.L = L, .what = what};
    m->text = luaL_checklstring(L, text, &text_length);
    m->pattern = luaL_checklstring(L, pattern, &pattern_length);
    m->text_end = m->text + text_length;
    m->pattern_end = m->pattern + pattern_length;
}

static const char *begin(struct match *m, const char *at, const char *p)
{
    m->count = m->depth = 0;
    return match(m, at, p);
}

/* Where the argument says that the search starts; NULL: behind the end. */
static const char *start_of(const struct match *m, int index)
{
    lua_Integer length = m->text_end - m->text, start = luaL_optinteger(m->L, index, 1);
    if (start < 0)
        start = start < -length ? 1 : length + start + 1;
    else if (start == 0)
        start = 1;
    return start > length + 1 ? NULL : m->text + start - 1;
}

/* Capture number `index`; the whole match, which is from `start` to `end`, where there is none at all. */
static void push_capture(const struct match *m, int index, const char *start, const char *end)
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
        malformed(m, "a '(' lacks its ')'");
}

/* All captures; the whole match instead of none, unless `start` is NULL. Returns how many values. */
static int push_captures(const struct match *m, const char *start, const char *end)
{
    int count = m->count == 0 && start ? 1 : m->count;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++)
        push_capture(m, i, start, end);
    return count;
}

/* ---- find and match ---- */

static const char *find_plain(const struct match *m, const char *at)
{
    size_t length = (size_t)(m->pattern_end - m->pattern);
    if (length == 0)
        return at;
    while ((size_t)(m->text_end - at) >= length) {
        size_t room = (size_t)(m->text_end - at) - length + 1;
        const char *next = memchr(at, m->pattern[0], room);
        spend(m, (next ? (size_t)(next - at) + length : room) / 8 + 1);
        if (!next || memcmp(next, m->pattern, length) == 0)
            return next;
        at = next + 1;
    }
    return NULL;
}

static bool is_plain(const struct match *m)
{
    for (const char *p = m->pattern; p < m->pattern_end; p++)
        if (*p && strchr("^$*+?.([%-", *p))
            return false;
    return true;
}

static int push_place(const struct match *m, const char *start, const char *end)
{
    lua_pushinteger(m->L, start - m->text + 1);
    lua_pushinteger(m->L, end - m->text);
    return 2;
}

static int search(lua_State *L, const char *what, bool find)
{
    struct match m;
    prepare(&m, L, 1, 2, what);
    const char *at = start_of(&m, 3), *end = NULL;
    if (at && find && (lua_toboolean(L, 4) || is_plain(&m))) {
        at = find_plain(&m, at);
        if (at)
            return push_place(&m, at, at + (m.pattern_end - m.pattern));
    }
    bool anchored = m.pattern < m.pattern_end && *m.pattern == '^';
    for (; at && !end; at = at < m.text_end && !anchored ? at + 1 : NULL) {
        end = begin(&m, at, m.pattern + anchored);
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
    struct match m;
    prepare(&m, L, lua_upvalueindex(1), lua_upvalueindex(2), "string.gmatch");
    lua_Integer place = lua_tointeger(L, lua_upvalueindex(3)), last = lua_tointeger(L, lua_upvalueindex(4));
    for (const char *at = m.text + place; at <= m.text_end; at++) {
        const char *end = begin(&m, at, m.pattern);
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
    struct match m;
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
static void add_template(const struct match *m, luaL_Buffer *out, const char *start, const char *end)
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
static bool add_replacement(const struct match *m, luaL_Buffer *out, const char *start, const char *end)
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
    struct match m;
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
        const char *end = begin(&m, at, m.pattern + anchored);
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
