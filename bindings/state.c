#include "bindings/state.h"

#include "base/text.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLERS = 8 }; /* shown in an error, at most */

/* ---- Memory and instructions --------------------------------------------------------------------------- */

static void *allocate(void *data, void *old, size_t old_size, size_t size)
{
    struct cf_lua *lua = data;
    if (!old)
        old_size = 0; /* Lua passes the kind of object there */
    if (size == 0) {
        free(old);
        lua->used -= old_size;
        return NULL;
    }
    if (size > old_size && lua->used + (size - old_size) > lua->limit)
        return NULL;
    void *block = realloc(old, size);
    if (block)
        lua->used += size - old_size;
    return block;
}

/* Armed again for the very next instruction before it raises: a script's pcall that catches this gets no
 * further. */
static void over_budget(lua_State *L, lua_Debug *where)
{
    (void)where;
    lua_sethook(L, over_budget, LUA_MASKCOUNT, 1);
    cf_lua_throw(L, "stopped after %d million instructions: is this a loop that never waits?",
                 cf_lua_of(L)->budget / 1000000);
}

/*
 * The hook makes the interpreter slower, by about half, for as long as it is set. It is set always, because a
 * count is the same on every machine and on every run, where a watchdog's time is not, and because policies
 * run for microseconds at a time.
 */
static void arm(lua_State *L)
{
    lua_sethook(L, over_budget, LUA_MASKCOUNT, cf_lua_of(L)->budget);
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

static int with_callers(lua_State *L)
{
    add_callers(L, L);
    return 1;
}

static void push_out_of_memory(lua_State *L)
{
    lua_pushfstring(L, "ran out of the %d MiB of memory it may hold", (int)(cf_lua_of(L)->limit >> 20));
}

/* ---- Calls --------------------------------------------------------------------------------------------- */

int cf_lua_protect(struct cf_lua *lua, lua_CFunction fn, void *data, struct cf_error *err)
{
    lua_State *L = lua->L;
    int top = lua_gettop(L);
    arm(L);
    lua_pushcfunction(L, with_callers);
    lua_pushcfunction(L, fn);
    lua_pushlightuserdata(L, data);
    int status = lua_pcall(L, 1, 0, top + 1);
    int code = 0;
    if (status == LUA_ERRMEM) /* no text can be made of it in there */
        code = cf_error_set(err, CF_POLICY, "%s: ran out of the %zu MiB of memory it may hold", lua->file,
                            lua->limit >> 20);
    else if (status != LUA_OK)
        code = cf_error_set(err, CF_POLICY, "%s",
                            lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error without text");
    lua_settop(L, top);
    return code;
}

/* In a protected call on the main thread, because a bare lua_resume of Lua 5.4.4 may abort when memory runs
 * out. */
bool cf_lua_resume(lua_State *L, lua_State *thread, int arguments)
{
    int results = 0;
    arm(thread);
    int status = lua_resume(thread, L, arguments, &results);
    if (status == LUA_OK || status == LUA_YIELD) {
        lua_pop(thread, results);
        return status == LUA_YIELD;
    }
    if (status == LUA_ERRMEM) {
        push_out_of_memory(L);
    } else {
        lua_xmove(thread, L, 1);
    }
    add_callers(L, thread);
    lua_error(L);
    return false;
}

bool cf_lua_end_thread(lua_State *L, lua_State *thread)
{
    arm(thread);
#if LUA_VERSION_RELEASE_NUM >= 50406
    int status = lua_closethread(thread, L);
#else
    (void)L;
    int status = lua_resetthread(thread);
#endif
    lua_settop(thread, 0);
    return status == LUA_OK;
}

/* ---- Chunks -------------------------------------------------------------------------------------------- */

struct source {
    FILE *file;
    size_t read;
    char block[4096];
};

static const char *read_block(lua_State *L, void *data, size_t *ret_size)
{
    (void)L;
    struct source *source = data;
    size_t size =
        source->read > CF_LUA_FILE ? 0 : fread(source->block, 1, sizeof source->block, source->file);
    const char *block = source->block;
    static const char mark[] = "\xEF\xBB\xBF"; /* which editors on Windows put there */
    if (source->read == 0 && size >= 3 && memcmp(block, mark, 3) == 0) {
        block += 3;
        size -= 3;
    }
    source->read += size;
    *ret_size = size;
    return size ? block : NULL;
}

void cf_lua_load_file(lua_State *L, const char *path)
{
    struct cf_lua *lua = cf_lua_of(L);
    snprintf(lua->file, sizeof lua->file, "%s", cf_path_file(path));
    const char *name = lua_pushfstring(L, "@%s", lua->file);
    struct source source = {.file = fopen(path, "rb")};
    if (!source.file)
        cf_lua_throw(L, "%s: cannot be read: %s", path, strerror(errno));
    int status = lua_load(L, read_block, &source, name, "t");
    bool failed = ferror(source.file) != 0;
    fclose(source.file);
    if (failed)
        cf_lua_throw(L, "%s: cannot be read to its end", path);
    if (source.read > CF_LUA_FILE)
        cf_lua_throw(L, "%s: is larger than the %d MiB a script may have", path, CF_LUA_FILE >> 20);
    if (status != LUA_OK)
        lua_error(L);
    lua_remove(L, -2);
}

void cf_lua_load_text(lua_State *L, const char *name, const char *text, size_t length)
{
    if (luaL_loadbufferx(L, text, length, name, "t") != LUA_OK)
        lua_error(L);
}
