/* The table `clock`, and what prelude.lua needs for countdown and clock.approach. */
#include "bindings/script.h"
#include "bindings/time_values.h"

#include <lauxlib.h>

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

/* sleep_until(instant): waits for an appointment on the wall clock. */
static int sleep_until(lua_State *L)
{
    struct cf_wait wait = {.kind = CF_WAIT_APPOINTMENT, .appointment = cf_lua_to_instant(L, 1)};
    return cf_lua_wait(L, cf_lua_task(L, "clock.approach", true), &wait, nothing);
}

/* uptime(): a span that grows steadily, however the wall clock is set. */
static int uptime(lua_State *L)
{
    cf_lua_push_span(L, (struct cf_span){cf_loop_now(loop_of(L)).us});
    return 1;
}

/* spoken(span): rounded up to the second, so that a turn which comes a little late still says "5 minutes". */
static int spoken(lua_State *L)
{
    int64_t us = cf_lua_to_span(L, 1).us, second = CF_SECOND.us;
    cf_lua_push_span(L, (struct cf_span){us > 0 ? (us + second - 1) / second * second : 0});
    return 1;
}

/* misuse(text): throws with the line of the policy. */
static int misuse(lua_State *L)
{
    cf_lua_throw(L, "%s", luaL_checkstring(L, 1));
}

/* quote(value): as errors quote it. */
static int quote(lua_State *L)
{
    cf_lua_quote(L, 1);
    return 1;
}

void cf_lua_push_clock_core(lua_State *L)
{
    static const luaL_Reg functions[] = {{"sleep_until", sleep_until}, {"uptime", uptime}, {"spoken", spoken},
                                         {"misuse", misuse},           {"quote", quote},   {NULL, NULL}};
    luaL_newlib(L, functions);
}

void cf_lua_add_clock(lua_State *L)
{
    static const luaL_Reg functions[] = {{"now", now}, {"sleep", sleep_for}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "clock");
}
