#include "bindings/state/state.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "time/clock.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLERS = 8 }; /* shown in an error, at most */

/* ---- Limits -------------------------------------------------------------------------------------------- */

static void look(lua_State *L, lua_Debug *where);

/* Finds the innermost function at or above *level that is the author's rather than ours or C. */
static bool find_author(lua_State *L, int *level, lua_Debug *ret_where)
{
    for (; lua_getstack(L, *level, ret_where); ++*level) {
        lua_getinfo(L, "Sl", ret_where);
        if (ret_where->source[0] == '@' && ret_where->currentline > 0)
            return true;
    }
    return false;
}

/* From now on every instruction raises, so that a script's pcall that catches this gets no further. */
static void set_over(struct cf_lua *lua, lua_State *L, enum cf_lua_over over)
{
    lua_Debug where;
    int level = 0;
    lua->over = over;
    if (!L)
        return;
    lua_sethook(L, look, LUA_MASKCOUNT, 1);
    if (find_author(L, &level, &where))
        (void)snprintf(lua->place, sizeof lua->place, "%s:%d", where.short_src, where.currentline);
}

static const char *words(const struct cf_lua *lua, char out[100])
{
    switch (lua->over) {
    case CF_LUA_OVER_BUDGET:
        snprintf(out, 100, "stopped after %d million instructions: is this a loop that never waits?",
                 lua->budget / 1000000);
        break;
    case CF_LUA_OVER_TIME:
        snprintf(out, 100, "stopped after %g s of work: is this a loop that never waits?", CF_LUA_WORK / 1e6);
        break;
    case CF_LUA_OVER_TEXT:
        snprintf(out, 100, "made a text of more than %d KiB, the most there may be", CF_LUA_STRING >> 10);
        break;
    default:
        snprintf(out, 100, "ran out of the %d MiB of memory it may hold", (int)(lua->limit >> 20));
        break;
    }
    return out;
}

/* Asked from the first slice on, so that short calls need not ask what time it is. */
static bool is_slow(struct cf_lua *lua)
{
    if (lua->begun < 0)
        lua->begun = cf_clock_worked();
    return cf_clock_worked() - lua->begun > CF_LUA_WORK;
}

static void look(lua_State *L, lua_Debug *where)
{
    (void)where;
    struct cf_lua *lua = cf_lua_of(L);
    lua->left -= CF_LUA_SLICE;
    if (lua->over == CF_LUA_WITHIN && lua->left < 0)
        set_over(lua, L, CF_LUA_OVER_BUDGET);
    else if (lua->over == CF_LUA_WITHIN && is_slow(lua))
        set_over(lua, L, CF_LUA_OVER_TIME);
    char text[100];
    if (lua->over != CF_LUA_WITHIN)
        cf_lua_throw(L, "%s", words(lua, text));
}

void cf_lua_spend(lua_State *L, const char *what, uint64_t steps)
{
    struct cf_lua *lua = cf_lua_of(L);
    char text[100];
    if (lua->left >= 0 && steps <= (uint64_t)lua->left) {
        lua->left -= (int64_t)steps;
        if (steps < CF_LUA_SLICE || !is_slow(lua))
            return;
        set_over(lua, L, CF_LUA_OVER_TIME);
        cf_lua_throw(L, "%s: %s", what, words(lua, text));
    }
    set_over(lua, L, CF_LUA_OVER_BUDGET);
    cf_lua_throw(L, "%s: stopped after %d million instructions, a step of its own being one", what,
                 lua->budget / 1000000);
}

void cf_lua_owe(lua_State *L, uint64_t steps)
{
    struct cf_lua *lua = cf_lua_of(L);
    lua->left -= steps < (uint64_t)lua->budget ? (int64_t)steps : lua->budget;
    if (lua->over == CF_LUA_WITHIN && lua->left < 0)
        set_over(lua, L, CF_LUA_OVER_BUDGET);
}

bool cf_lua_try_hold(struct cf_lua *lua, size_t bytes)
{
    if (bytes > lua->limit || lua->used > lua->limit - bytes)
        return false;
    lua->used += bytes;
    lua->held += bytes;
    return true;
}

/* Garbage may hold memory of C's, which Lua does not see: so all of it is collected, at the script's cost. */
void cf_lua_hold(lua_State *L, const char *what, size_t bytes)
{
    struct cf_lua *lua = cf_lua_of(L);
    if (cf_lua_try_hold(lua, bytes))
        return;
    cf_lua_spend(L, what, (lua->used - lua->held) / 16);
    (void)lua_gc(L, LUA_GCCOLLECT);
    if (!cf_lua_try_hold(lua, bytes))
        cf_lua_throw(L,
                     "%s: the policy would hold more than the %d MiB of memory it may; hold on to less, and "
                     "make once, while the policy loads, what can be made once",
                     what, (int)(lua->limit >> 20));
}

void cf_lua_give_back(struct cf_lua *lua, size_t bytes)
{
    lua->used -= bytes;
    lua->held -= bytes;
}

/*
 * The hook makes the interpreter slower, by about half, for as long as it is set. It is set always, because a
 * count is the same on every machine and on every run, where a watchdog's time is not, and because policies
 * run for microseconds at a time. Processor time is looked at only for single instructions that take long (a
 * call with a million arguments), which no honest script comes near.
 */
static void arm(lua_State *L, int budget)
{
    struct cf_lua *lua = cf_lua_of(L);
    lua->left = budget;
    lua->begun = -1;
    lua->over = CF_LUA_WITHIN;
    lua->refused = lua->stood_still = false;
    lua->place[0] = '\0';
    lua->running = L;
    lua_sethook(L, look, LUA_MASKCOUNT, CF_LUA_SLICE);
}

/*
 * After a first refusal Lua collects all garbage and asks once more; a second one is the end. The collection
 * is charged, because a script that lives on the last bytes has one at every step.
 */
static void *refuse(struct cf_lua *lua, enum cf_lua_over why)
{
    lua->left -= (int64_t)((lua->used - lua->held) / 16);
    if (lua->refused || lua->left < 0)
        set_over(lua, lua->running, why);
    lua->refused = true;
    return NULL;
}

static void *allocate(void *data, void *old, size_t old_size, size_t size)
{
    struct cf_lua *lua = data;
    bool text = !old && old_size == LUA_TSTRING; /* Lua passes the kind of object there */
    if (!old)
        old_size = 0;
    if (size == 0) {
        free(old);
        lua->used -= old_size;
        return NULL;
    }
    if (text && size > CF_LUA_STRING + 64) /* what Lua keeps beside it */
        return refuse(lua, CF_LUA_OVER_TEXT);
    if (size > old_size && lua->used + (size - old_size) > lua->limit)
        return refuse(lua, CF_LUA_OVER_MEMORY);
    if (size > old_size && lua->refuse_from && ++lua->requests - lua->refuse_from < lua->refusals)
        return refuse(lua, CF_LUA_OVER_MEMORY);
    void *block = cf_resize(old, size);
    lua->refused = lua->refused && size <= old_size;
    lua->used += size - old_size;
    lua->left -= size > old_size ? (int64_t)((size - old_size) / 64) : 0;
    return block;
}

int cf_lua_open(struct cf_lua *lua, size_t limit, int budget, struct cf_error *err)
{
    *lua = (struct cf_lua){.limit = limit, .budget = budget, .zone = cf_zone_utc()};
    lua->L = lua_newstate(allocate, lua);
    if (!lua->L)
        return cf_error_set(err, CF_FAILED, "%zu bytes of memory are too few for a script", limit);
    *(struct cf_lua **)lua_getextraspace(lua->L) = lua; /* which new threads inherit */
    return 0;
}

void cf_lua_close(struct cf_lua *lua)
{
    if (lua->L)
        lua_close(lua->L);
    lua->L = NULL;
}

struct cf_lua *cf_lua_of(lua_State *L)
{
    return *(struct cf_lua **)lua_getextraspace(L);
}

/* ---- Errors -------------------------------------------------------------------------------------------- */

int cf_lua_line(lua_State *L)
{
    lua_Debug where;
    int level = 1; /* 0 is the function of ours that asks */
    return find_author(L, &level, &where) ? where.currentline : 0;
}

/* Puts "file:line: " of the author's code in `thread` before the text on top of L, unless it begins like that
 * already, as what assert() raises does not. */
static void add_position(lua_State *L, lua_State *thread)
{
    lua_Debug where;
    int level = 0;
    if (!find_author(thread, &level, &where))
        return;
    cf_lua_of(L)->begins = 0;
    size_t length = strlen(where.short_src);
    const char *text = lua_tostring(L, -1);
    if (strncmp(text, where.short_src, length) == 0 && text[length] == ':')
        return;
    lua_pushfstring(L, "%s:%d: %s", where.short_src, where.currentline, text);
    lua_remove(L, -2);
}

void cf_lua_throw(lua_State *L, const char *format, ...)
{
    char text[CF_ERROR_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    lua_pushstring(L, text);
    add_position(L, L);
    lua_error(L);
    abort(); /* lua_error does not return, but is not declared so */
}

/* Adds to the error on top of L those who called the function of `thread` in which it arose. */
static void add_callers(lua_State *L, lua_State *thread)
{
    if (lua_type(L, -1) != LUA_TSTRING) {
        lua_pushfstring(L, "an error that is a %s instead of text", luaL_typename(L, -1));
        lua_remove(L, -2);
    }
    luaL_gsub(L, lua_tostring(L, -1), "\n", " "); /* only what is added below makes lines */
    lua_remove(L, -2);
    add_position(L, thread);
    lua_Debug where;
    int level = 0;
    find_author(thread, &level, &where); /* whom the message names by now */
    for (int count = 0; count < CALLERS; count++) {
        level++;
        if (!find_author(thread, &level, &where))
            return;
        lua_pushfstring(L, "%s\n  called from %s:%d", lua_tostring(L, -1), where.short_src,
                        where.currentline);
        lua_remove(L, -2);
    }
}

void cf_lua_throw_at(lua_State *L, lua_State *thread, const char *text)
{
    lua_pushstring(L, text);
    add_callers(L, thread);
    lua_error(L);
    abort();
}

static int with_callers(lua_State *L)
{
    add_callers(L, L);
    return 1;
}

/* Before an error that came before any line of the run's function: where that function stands. */
static void add_beginning(const struct cf_lua *lua, struct cf_error *err)
{
    lua_State *L = lua->L;
    lua_Debug where;
    lua_rawgeti(L, LUA_REGISTRYINDEX, lua->begins);
    if (lua_iscfunction(L, -1) && lua_getupvalue(L, -1, 1)) /* a veto's: ours, around the author's */
        lua_remove(L, -2);
    lua_getinfo(L, ">S", &where);
    if (where.linedefined > 0)
        (void)cf_error_prefix(err, "%s:%d", where.short_src, where.linedefined);
    else
        (void)cf_error_prefix(err, "%s", lua->file);
}

/* ---- Calls --------------------------------------------------------------------------------------------- */

int cf_lua_protect(struct cf_lua *lua, lua_CFunction fn, void *data, struct cf_error *err)
{
    lua_State *L = lua->L;
    int top = lua_gettop(L);
    char text[100];
    arm(L, lua->budget);
    lua_pushcfunction(L, with_callers);
    lua_pushcfunction(L, fn);
    lua_pushlightuserdata(L, data);
    int status = lua_pcall(L, 1, 0, top + 1);
    int code = 0;
    bool swallowed =
        status == LUA_OK && lua->over != CF_LUA_WITHIN; /* return pcall(…): no instruction followed */
    if (status == LUA_ERRMEM || swallowed) {            /* of the first no text can be made in there */
        code = cf_error_set(err, CF_POLICY, "%s", words(lua, text));
        if (lua->place[0] || (lua->file[0] && !lua->begins))
            (void)cf_error_prefix(err, "%s", lua->place[0] ? lua->place : lua->file);
    } else if (status != LUA_OK)
        code = cf_error_lines(err, CF_POLICY,
                              lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error without text");
    if (code < 0 && err && lua->begins && !lua->place[0])
        add_beginning(lua, err);
    lua_settop(L, top);
    return code;
}

/* In a protected call on the main thread, because a bare lua_resume of Lua 5.4.4 may abort when memory runs
 * out. */
bool cf_lua_resume(lua_State *L, lua_State *thread, int arguments)
{
    struct cf_lua *lua = cf_lua_of(L);
    char text[100];
    int results = 0;
    arm(thread, lua->budget);
    int status = lua_resume(thread, L, arguments, &results);
    lua->running = L;
    bool went_well = status == LUA_OK || status == LUA_YIELD;
    if (went_well)
        lua_pop(thread, results);
    if (went_well && lua->over == CF_LUA_WITHIN)
        return status == LUA_YIELD;
    if (went_well) /* a stop was swallowed, as above */
        lua_pushfstring(L, "%s: %s", lua->place[0] ? lua->place : lua->file, words(lua, text));
    else if (status == LUA_ERRMEM)
        lua_pushstring(L, words(lua, text));
    else
        lua_xmove(thread, L, 1);
    add_callers(L, thread);
    lua_error(L);
    return false;
}

bool cf_lua_end_thread(lua_State *L, lua_State *thread)
{
    arm(thread, CF_LUA_CLOSING);
#if LUA_VERSION_RELEASE_NUM >= 50406
    int status = lua_closethread(thread, L);
#else
    int status = lua_resetthread(thread);
#endif
    cf_lua_of(L)->running = L;
    lua_settop(thread, 0);
    return status == LUA_OK;
}

/* ---- Chunks -------------------------------------------------------------------------------------------- */

/* Handed to Lua line by line, so that it is known how far it has come: where too much is nested, it does not
 * say. */
struct source {
    const char *at; /* what is left */
    size_t left;
    int lines; /* handed over */
};

static const char *read_line(lua_State *L, void *data, size_t *ret_size)
{
    (void)L;
    struct source *source = data;
    if (!source->left)
        return NULL;
    const char *line = source->at, *end = memchr(line, '\n', source->left);
    *ret_size = end ? (size_t)(end - line) + 1 : source->left;
    source->at += *ret_size;
    source->left -= *ret_size;
    source->lines++;
    return line;
}

static int load(lua_State *L, const char *text, size_t length, const char *name)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* which editors on Windows put there */
    size_t marked = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    struct source source = {.at = text + marked, .left = length - marked};
    int status = lua_load(L, read_line, &source, name, "t");
    if (status != LUA_ERRRUN && status != LUA_ERRERR) /* those are of the parser's own depth */
        return status;
    lua_pop(L, 1);
    lua_pushfstring(L, "%s:%d: too much is nested here: brackets, blocks or operators within one another",
                    name + 1, source.lines);
    return LUA_ERRSYNTAX;
}

void cf_lua_load_file(lua_State *L, const char *path)
{
    struct cf_lua *lua = cf_lua_of(L);
    snprintf(lua->file, sizeof lua->file, "%s", cf_path_file(path));
    const char *name = lua_pushfstring(L, "@%s", lua->file);
    struct cf_error err;
    char *text;
    size_t length;
    if (cf_file_read(path, CF_LUA_FILE, &text, &length, &err) < 0)
        cf_lua_throw(L, "%s", err.text);
    int status = load(L, text, length, name);
    free(text);
    if (status == LUA_ERRSYNTAX && strncmp(lua_tostring(L, -1), lua->file, strlen(lua->file)) != 0)
        lua_pushfstring(L, "%s: %s", lua->file, lua_tostring(L, -1));
    if (status != LUA_OK)
        lua_error(L);
    lua_remove(L, -2);
}

void cf_lua_load_text(lua_State *L, const char *name, const char *text, size_t length)
{
    if (load(L, text, length, name) != LUA_OK)
        lua_error(L);
}
