/* A run at work: what it may do, what it waits for, what it is charged with. */
#include "bindings/script.h"

static struct cf_task *running_task(lua_State *L, const char *what)
{
    const struct cf_lua_run *run = cf_lua_script_of(L)->running;
    if (!run)
        cf_lua_throw(L, "%s works in a task only, that is, in a function given to sessions.watch", what);
    if (run->closing)
        cf_lua_throw(L, "%s: this run is over", what);
    if (cf_lua_of(L)->condition)
        cf_lua_throw(L, "%s is nothing for a condition, which looks, and neither waits nor acts", what);
    return run->task;
}

struct cf_task *cf_lua_reader(lua_State *L, const char *what)
{
    struct cf_task *task = running_task(L, what);
    if (!lua_isyieldable(L))
        cf_lua_throw(L, "%s cannot wait in here, called back by a library function", what);
    return task;
}

struct cf_task *cf_lua_task(lua_State *L, const char *what, bool waits)
{
    struct cf_task *task = waits ? cf_lua_reader(L, what) : running_task(L, what);
    if (waits && cf_task_is_veto(task))
        cf_lua_throw(
            L, "%s: a function given to sessions.protect looks and answers; it neither waits nor acts", what);
    return task;
}

int cf_lua_yield(lua_State *L, lua_KFunction then)
{
    return lua_yieldk(L, 0, 0, then);
}

int cf_lua_wait(lua_State *L, struct cf_task *task, struct cf_wait *wait, lua_KFunction then)
{
    wait->line = cf_lua_line(L);
    cf_task_wait(task, wait);
    return cf_lua_yield(L, then);
}

const struct cf_result *cf_lua_result(lua_State *L)
{
    return cf_lua_script_of(L)->result;
}

int cf_lua_push_done(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    const struct cf_result *result = cf_lua_result(L);
    if (result->code == CF_OK) {
        lua_pushboolean(L, true);
        return 1;
    }
    if (result->code == CF_POLICY)
        cf_lua_throw(L, "%s", result->message);
    lua_pushnil(L);
    lua_pushstring(L, result->message ? result->message : cf_code_name(result->code));
    return 2;
}

void cf_lua_declare(lua_State *L, const char *what, size_t bytes)
{
    cf_lua_hold(L, what, bytes);
    cf_lua_script_of(L)->held += bytes;
}

void cf_lua_check_loading(lua_State *L, const char *what)
{
    if (cf_lua_script_of(L)->running)
        cf_lua_throw(L, "%s belongs outside of tasks: it is called once, while the policy loads", what);
}
