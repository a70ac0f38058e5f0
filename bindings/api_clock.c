/* The table `clock`. */
#include "bindings/script.h"
#include "bindings/time_values.h"

static struct cf_loop *loop_of(lua_State *L)
{
    return cf_engine_loop(cf_lua_script_of(L)->engine);
}

static int now(lua_State *L)
{
    cf_lua_push_instant(L, cf_loop_wall(loop_of(L)));
    return 1;
}

static int nothing(lua_State *L, int status, lua_KContext context)
{
    (void)L, (void)status, (void)context;
    return 0;
}

static int sleep_for(lua_State *L)
{
    struct cf_wait wait = {.kind = CF_WAIT_UNTIL};
    wait.until = cf_mono_add(cf_loop_now(loop_of(L)), cf_lua_check_wait(L, 1, "clock.sleep"));
    return cf_lua_wait(L, cf_lua_task(L, "clock.sleep", true), &wait, nothing);
}

void cf_lua_add_clock(lua_State *L)
{
    static const luaL_Reg functions[] = {{"now", now}, {"sleep", sleep_for}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "clock");
}
