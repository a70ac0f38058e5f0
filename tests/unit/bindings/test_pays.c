/*
 * Every function in C that a script can call pays for its work: called again and again, with as much as it
 * can be given, it is stopped by its budget, and not by the second of processor time, for which a unit of the
 * budget would have to cost a microsecond, a hundred instructions of Lua. What is called is what the policy's
 * environment has; a function without a row here fails the test.
 */
#include "policy_fixture.h"

#include "bindings/script.h"

#include <lauxlib.h>

enum { BUDGET = IS_SANITIZED ? 500000 : 1000000, STRIDE = IS_SANITIZED ? 3 : 1 };

/* What the rows share: a long text, short ones, lists of numbers and texts, a calendar of many edges. */
static const char given[] =
    "local S, same, s, never_ends = ('a'):rep(1000000), ('a'):rep(1000000), ('a'):rep(5000), never\n"
    "local N, W, wide, spans, texts = {}, {}, {}, {}, {}\n"
    "for i = 1, 20000 do N[i] = i end\n"
    "for i = 1, 1000 do W[i], spans[i] = 'w' .. i, (1001 - i) * second end\n"
    "local empties = ('{e}'):rep(300000)\n"
    "for i = 1, 20 do texts[i] = ('a'):rep(100000) .. i end\n"
    "for i = 1, 700 do local m = 2 * i wide[i] = ('%02d:%02d-%02d:%02d'):format(m // 60, m % 60, (m + 1) // 60, "
    "(m + 1) % 60) end\n"
    "local now = clock.now()\n"
    "local open, other = calendar.weekly(wide), calendar.weekly({ 'Mon-Fri 08:00-18:00' })\n"
    "local dense = open - open\n";

static const struct row {
    const char *name;                /* with "*" for the rest: whatever begins so */
    const char *call;                /* NULL: no script can call it */
    enum { ANYWHERE, LOADING } when; /* LOADING: only while the file runs */
} rows[] = {
    {"assert", "assert(false, S)", ANYWHERE},
    {"calendar.dates", "calendar.dates(W)", LOADING},
    {"calendar.dates", "calendar.dates(S)", LOADING},
    {"calendar.dates", "calendar.dates({ S, S, [S] = S })", LOADING},
    {"calendar.weekly", "calendar.weekly(wide)", ANYWHERE},
    {"calendar.weekly", "calendar.weekly({ s })", ANYWHERE},
    {"calendar:__add", "local _ = open + other", ANYWHERE},
    {"calendar:__gc", NULL, ANYWHERE},
    {"calendar:__mul", "local _ = open * other", ANYWHERE},
    {"calendar:__sub", "local _ = open - other", ANYWHERE},
    {"calendar:__tostring", "tostring(open)", ANYWHERE},
    {"calendar:contains", "dense:contains(now)", ANYWHERE},
    {"calendar:ends", "dense:ends(now)", ANYWHERE},
    {"calendar:ends", "open:ends(now)", ANYWHERE},
    {"calendar:starts", "dense:starts(now)", ANYWHERE},
    {"calendar:starts", "other:starts(now)", ANYWHERE},
    {"clock.approach", "clock.approach(now + hour, spans)", ANYWHERE},
    {"clock.at", "clock.at(S, print)", LOADING},
    {"clock.at", "clock.at(open, function () end)", LOADING},
    {"clock.every", "clock.every(hour, function () end)", LOADING},
    {"clock.now", "clock.now()", ANYWHERE},
    {"clock.sleep", "clock.sleep(second)", ANYWHERE},
    {"countdown", "countdown(spans)", ANYWHERE},
    {"error", "error(S)", ANYWHERE},
    {"getmetatable", "getmetatable(S)", ANYWHERE},
    {"ipairs", "ipairs(N)", ANYWHERE},
    {"log", "log(S)", ANYWHERE},
    {"log", "log('{x}', { x = S })", ANYWHERE},
    {"log", "log(empties, { e = '' })", ANYWHERE},
    {"log", "log(open, { x = S })", ANYWHERE},
    {"math.max", "math.max(table.unpack(N, 1, 200))", ANYWHERE},
    {"math.*", "math.%s(2.5, 1.5)", ANYWHERE},
    {"option", "option(S, 1, S)", LOADING},
    {"option", "option('x', N, s)", LOADING},
    {"pairs", "pairs(N)", ANYWHERE},
    {"pairs", "pairs(W)", ANYWHERE},
    {"pcall", "pcall(error, S)", ANYWHERE},
    {"rawequal", "rawequal(S, same)", ANYWHERE},
    {"rawget", "rawget(N, S)", ANYWHERE},
    {"rawlen", "rawlen(S)", ANYWHERE},
    {"require", "require(S)", LOADING},
    {"require", "require('x')", LOADING},
    {"select", "select(-1, table.unpack(N, 1, 200))", ANYWHERE},
    {"session:*", "session:%s(S)", ANYWHERE},
    {"session:*", "session:%s(s, W)", ANYWHERE},
    {"session:*", "session:%s(hour)", ANYWHERE},
    {"sessions.list", "sessions.list({ user = W })", ANYWHERE},
    {"sessions.list", "sessions.list({ user = s })", ANYWHERE},
    {"sessions.list", "sessions.list({})", ANYWHERE},
    {"sessions.on", "sessions.on('lock', function () end)", LOADING},
    {"sessions.on", "sessions.on(S, function () end)", LOADING},
    {"sessions.protect", "sessions.protect({ user = W }, function () end)", LOADING},
    {"sessions.watch", "sessions.watch({ user = W }, function () end)", LOADING},
    {"setmetatable", "setmetatable({}, W)", ANYWHERE},
    {"store.get", "store.get('key')", ANYWHERE},
    {"store.get", "store.get(S)", ANYWHERE},
    {"store.set", "store.set('key', W)", ANYWHERE},
    {"store.set", "store.set('key', s)", ANYWHERE},
    {"store.set", "store.set('key', { S, S, [S] = S })", ANYWHERE},
    {"store.set", "store.set('key', S)", ANYWHERE},
    {"string.byte", "S:byte(-9, -1)", ANYWHERE},
    {"string.char", "string.char(table.unpack(N, 1, 200))", ANYWHERE},
    {"string.find", "S:find(S .. 'b', 1, true)", ANYWHERE},
    {"string.find", "S:find('b', 1, true)", ANYWHERE},
    {"string.find", "S:find('b')", ANYWHERE},
    {"string.format", "('%%s'):format(S)", ANYWHERE},
    {"string.format", "('%%5.2s'):format(S)", ANYWHERE},
    {"string.format", "('%%q'):format(s)", ANYWHERE},
    {"string.format", "S:format()", ANYWHERE},
    {"string.gmatch", "for _ in S:gmatch('b') do end", ANYWHERE},
    {"string.gsub", "S:gsub('b', 'c')", ANYWHERE},
    {"string.len", "S:len()", ANYWHERE},
    {"string.lower", "S:lower()", ANYWHERE},
    {"string.match", "S:match('b')", ANYWHERE},
    {"string.rep", "('ab'):rep(500000)", ANYWHERE},
    {"string.reverse", "S:reverse()", ANYWHERE},
    {"string.sub", "S:sub(2)", ANYWHERE},
    {"string.upper", "S:upper()", ANYWHERE},
    {"table.concat", "table.concat(N, '')", ANYWHERE},
    {"table.concat", "table.concat(W, ', ')", ANYWHERE},
    {"table.insert", "table.insert(N, 1, 1)", ANYWHERE},
    {"table.move", "table.move(N, 1, #N, 2)", ANYWHERE},
    {"table.pack", "table.pack(table.unpack(N, 1, 200))", ANYWHERE},
    {"table.remove", "table.remove(N, 1)", ANYWHERE},
    {"table.sort", "table.sort(N)", ANYWHERE},
    {"table.sort", "table.sort(texts)", ANYWHERE},
    {"table.sort", "table.sort(N, function (a, b) return a > b end)", ANYWHERE},
    {"table.unpack", "table.unpack(N, 1, 20000)", ANYWHERE},
    {"time:__concat", "local _ = minute .. S", ANYWHERE},
    {"time:__newindex", "minute.x = S", ANYWHERE},
    {"time:__tostring", "tostring(now)", ANYWHERE},
    {"time:__tostring", "tostring(1.5 * day)", ANYWHERE},
    {"time:__unm", "local _ = -minute", ANYWHERE},
    {"time:__lt", "local _ = minute < hour", ANYWHERE},
    {"time:__le", "local _ = minute <= hour", ANYWHERE},
    {"time:__add", "local _ = now + hour", ANYWHERE},
    {"time:__sub", "local _ = now - hour", ANYWHERE},
    {"time:__mul", "local _ = 2 * hour", ANYWHERE},
    {"time:__div", "local _ = hour / 2", ANYWHERE},
    {"time:__idiv", "local _ = hour // 2", ANYWHERE},
    {"time:__mod", "local _ = hour %% 2", ANYWHERE},
    {"time:__pow", "local _ = hour ^ 2", ANYWHERE},
    {"tonumber", "tonumber(S)", ANYWHERE},
    {"tonumber", "tonumber(S, 36)", ANYWHERE},
    {"tostring", "tostring(S)", ANYWHERE},
    {"tostring", "tostring(N)", ANYWHERE},
    {"type", "type(S)", ANYWHERE},
    {"utf8.char", "utf8.char(table.unpack(N, 1, 200))", ANYWHERE},
    {"utf8.codepoint", "utf8.codepoint(S, -200, -1)", ANYWHERE},
    {"utf8.codes", "utf8.codes(S)", ANYWHERE},
    {"utf8.len", "utf8.len(S)", ANYWHERE},
    {"utf8.offset", "utf8.offset(S, -1)", ANYWHERE},
};

static struct {
    char names[200][64];
    size_t count;
} found;

static void note(const char *library, const char *name)
{
    assert_true(found.count < sizeof found.names / sizeof *found.names);
    (void)snprintf(found.names[found.count++], sizeof *found.names, "%s%s", library, name);
}

/* The functions of the table on top, and of those in it. */
static void walk(lua_State *L, const char *library)
{
    luaL_checkstack(L, 10, NULL);
    if (luaL_getmetafield(L, -1, "__index") == LUA_TTABLE) /* the table itself is a lock */
        lua_replace(L, -2);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
        if (name && lua_isfunction(L, -1)) {
            note(library, name);
        } else if (name && lua_istable(L, -1) && !*library) {
            char inner[64];
            (void)snprintf(inner, sizeof inner, "%s.", name);
            lua_pushvalue(L, -1);
            walk(L, inner);
            lua_pop(L, 1);
        }
    }
}

/* The operators and methods of a value, on top. */
static void walk_value(lua_State *L, const char *kind)
{
    assert_true(lua_getmetatable(L, -1));
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        if (lua_isfunction(L, -1) && strcmp(lua_tostring(L, -2), "__index") != 0)
            note(kind, lua_tostring(L, -2));
    if (lua_getfield(L, -1, "__index") == LUA_TTABLE || (lua_isfunction(L, -1) && lua_getupvalue(L, -1, 1)))
        if (lua_istable(L, -1))
            walk(L, kind);
}

static int find_all(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)passed.function);
    int function = lua_gettop(L);
    for (int i = 1;; i++) {
        const char *name = lua_getupvalue(L, function, i);
        if (!name)
            return 0;
        if (strcmp(name, "_ENV") == 0)
            walk(L, "");
        else if (strcmp(name, "open") == 0)
            walk_value(L, "calendar:");
        else if (strcmp(name, "never_ends") == 0)
            walk_value(L, "time:");
        lua_settop(L, function);
    }
}

static int load(struct policy_fixture *fixture, const char *before, const char *body)
{
    char text[8192];
    passed.budget = BUDGET;
    fixture_open(fixture);
    (void)snprintf(text, sizeof text, "%s%s\nsessions.watch({ user = 'ana' }, function (session)\n%s\nend)",
                   given, before, body);
    return fixture_load_text(fixture, text);
}

static const struct row *next_row(const char *name, const struct row *row)
{
    for (row = row ? row + 1 : rows; row < rows + sizeof rows / sizeof *rows; row++) {
        size_t length = strlen(row->name);
        bool prefix = row->name[length - 1] == '*';
        if (prefix ? strncmp(row->name, name, length - 1) == 0 : strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

/* Called until it is stopped, or waits: whatever it throws. */
static void check(const char *name, const struct row *row)
{
    struct policy_fixture fixture;
    char call[128], body[256];
    (void)snprintf(call, sizeof call, row->call, strpbrk(name, ".:") ? strpbrk(name, ".:") + 1 : name);
    (void)snprintf(body, sizeof body, "while true do pcall(function () %s end) end", call);
    int code = load(&fixture, row->when == LOADING ? body : "", row->when == LOADING ? "" : body);
    bool waits = row->when != LOADING && passed.step == CF_STEP_WAITING;
    if (row->when != LOADING)
        assert_true(code == 0 && passed.steps > 0);
    if (!waits && !strstr(fixture.err.text, "instructions"))
        fail_msg("%s: %s", call, fixture.err.text);
    fixture_close(&fixture);
}

static void test_all(void **state)
{
    (void)state;
    struct policy_fixture fixture;
    assert_int_equal(load(&fixture, "", "log(open, never_ends)"), 0);
    struct cf_lua_script *script = passed.script;
    if (cf_lua_protect(&script->lua, find_all, NULL, &fixture.err) < 0)
        fail_msg("%s", fixture.err.text);
    fixture_close(&fixture);
    for (int i = 0; cf_lua_session_methods[i].name; i++)
        note("session:", cf_lua_session_methods[i].name);
    assert_true(found.count > 100);
    for (size_t i = 0; i < found.count; i += STRIDE) {
        const char *name = found.names[i];
        const struct row *row = next_row(name, NULL);
        if (!row)
            fail_msg("%s: a row for it is missing here", name);
        for (; row; row = next_row(name, row))
            if (row->call)
                check(name, row);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
