/* The table `clock`. */
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

static struct cf_loop *loop_of(lua_State *L)
{
    return cf_engine_loop(cf_lua_script_of(L)->engine);
}

static int now(lua_State *L)
{
    struct cf_condition *condition = cf_lua_of(L)->condition;
    const struct cf_lua_run *run = cf_lua_script_of(L)->running;
    if (run && !run->closing)
        cf_task_rests_on_wall(run->task);
    if (condition)
        cf_lua_push_term(L, true, cf_condition_now(condition));
    else
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
    wait.until = cf_lua_after(cf_loop_now(loop_of(L)), cf_lua_check_patience(L, 1, "clock.sleep"));
    return cf_lua_wait(L, cf_lua_task(L, "clock.sleep", true), &wait, nothing);
}

/* The function at index 2, by the engine's name for it. */
static uint64_t check_function(lua_State *L, const char *what)
{
    lua_settop(L, 2);
    cf_lua_check_loading(L, what);
    if (!lua_isfunction(L, 2))
        cf_lua_throw(L, "%s wants a function behind the time, not %s", what, cf_lua_quote(L, 2));
    cf_lua_declare(L, what, CF_LUA_DECLARED);
    return (uint64_t)luaL_ref(L, LUA_REGISTRYINDEX);
}

static int every(lua_State *L)
{
    struct cf_span span = cf_lua_check_wait(L, 1, "clock.every");
    if (span.us < CF_SECOND.us)
        cf_lua_throw(L, "clock.every wants a second or more");
    cf_policy_every(cf_lua_script_of(L)->policy, span, check_function(L, "clock.every"));
    return 0;
}

/* How late an appointment may be kept, by the settings at index 3; unknown where they do not say. */
static struct cf_span check_late(lua_State *L)
{
    static const char *const known[] = {"late", NULL};
    cf_lua_check_keys(L, 3, "clock.at", known);
    if (!lua_istable(L, 3) || lua_getfield(L, 3, "late") == LUA_TNIL)
        return (struct cf_span){CF_UNKNOWN_US};
    if (!cf_lua_is_span(L, -1) || cf_lua_to_span(L, -1).us < 0)
        cf_lua_throw(L, "clock.at: late must be a span of zero or more, such as 5 * minute, not %s",
                     cf_lua_quote(L, -1));
    return cf_lua_to_span(L, -1);
}

/* clock.at("Mon-Fri 19:00", fn), or clock.at(calendar, fn): at the start of each of its windows. */
static int at(lua_State *L)
{
    struct cf_policy *policy = cf_lua_script_of(L)->policy;
    const struct cf_lua_object *calendar = cf_lua_object(L, 1, CF_LUA_CALENDAR);
    struct cf_span late = check_late(L);
    if (calendar) {
        uint64_t function = check_function(L, "clock.at");
        lua_pushvalue(L, 1); /* stays, and with it what it is charged with */
        (void)luaL_ref(L, LUA_REGISTRYINDEX);
        cf_policy_at_windows(policy, calendar->calendar, late, function);
        return 0;
    }
    const char *when = cf_lua_check_text(L, 1, "clock.at"); /* which stays on the stack */
    uint64_t function = check_function(L, "clock.at");
    struct cf_error err = {0};
    if (cf_policy_at(policy, when, late, function, &err) != 0)
        cf_lua_throw(L, "clock.at: %s", err.text);
    return 0;
}

void cf_lua_add_clock(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"now", now}, {"sleep", sleep_for}, {"every", every}, {"at", at}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "clock");
}
