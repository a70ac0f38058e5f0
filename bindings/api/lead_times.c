/*
 * Loops with a turn at each of several leads before an end: countdown (on the steady clock) and
 * clock.approach (on the wall clock). In C, because they are at work in most runs of most policies.
 */
#include "bindings/script.h"
#include "bindings/state/time_values.h"

/* One loop; the first upvalue of its iterator, which scripts never see. The second is its condition, or nil.
 */
struct leads {
    int64_t end_us; /* countdown: steady, set by the first turn; approach: wall */
    bool rests;     /* its condition, the other upvalue, is a ground of the run already */
    lua_Unsigned count, passed;
    int64_t us[]; /* the longest first */
};

static void check_lead(lua_State *L, const struct leads *leads, lua_Unsigned place, const char *what)
{
    if (!cf_lua_is_span(L, -1) || cf_lua_is_never(L, -1) || cf_lua_to_span(L, -1).us <= 0)
        cf_lua_throw(L, "%s wants spans above zero, not %s", what, cf_lua_quote(L, -1));
    if (place > 0 && cf_lua_to_span(L, -1).us >= leads->us[place - 1]) {
        char longer[CF_SPAN_TEXT], shorter[CF_SPAN_TEXT];
        cf_lua_throw(L, "%s wants the longest span first, but %s follows %s", what,
                     cf_span_words(cf_lua_to_span(L, -1), longer),
                     cf_span_words((struct cf_span){leads->us[place - 1]}, shorter));
    }
}

/* Pushes a loop over the span, or the list of spans, at `index`, and the condition behind it, if any. */
static struct leads *push_leads(lua_State *L, int index, const char *what)
{
    lua_settop(L, index + 1);
    if (!lua_isnil(L, index + 1) && (!lua_isfunction(L, index + 1) || lua_iscfunction(L, index + 1)))
        cf_lua_throw(L,
                     "%s wants a condition behind the spans, a function that says whether to go on, not %s",
                     what, cf_lua_quote(L, index + 1));
    bool alone = cf_lua_is_span(L, index);
    if (!alone && !lua_istable(L, index))
        cf_lua_throw(L, "%s wants spans such as { 5 * minute, 1 * minute }, not %s", what,
                     cf_lua_quote(L, index));
    lua_Unsigned count = alone ? 1 : lua_rawlen(L, index);
    if (count > CF_LUA_LEADS)
        cf_lua_throw(L, "%s: more than %d spans", what, CF_LUA_LEADS);
    struct leads *leads = lua_newuserdatauv(L, sizeof *leads + count * sizeof leads->us[0], 0);
    *leads = (struct leads){.count = count};
    for (lua_Unsigned i = 0; i < count; i++) {
        if (alone)
            lua_pushvalue(L, index);
        else
            lua_rawgeti(L, index, (lua_Integer)i + 1);
        check_lead(L, leads, i, what);
        leads->us[i] = cf_lua_to_span(L, -1).us;
        lua_pop(L, 1);
    }
    return leads;
}

static struct leads *leads_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* Whether the loop has no condition that is still to be rested on. */
static bool is_bare(lua_State *L)
{
    return leads_of(L)->rests || lua_isnil(L, lua_upvalueindex(2));
}

/* The condition becomes a ground of the run; if it does not hold, the run is over, and `then` never comes. */
static int rest_on_condition(lua_State *L, const char *what, lua_KFunction then)
{
    struct cf_task *task = cf_lua_task(L, what, true);
    struct cf_wait wait = {
        .kind = CF_WAIT_GROUND, .session = cf_task_session(task), .until = CF_MONO_UNKNOWN};
    if (!wait.session)
        cf_lua_throw(L, "%s: a condition wants a task of a session, as sessions.watch has them", what);
    leads_of(L)->rests = true;
    lua_pushvalue(L, lua_upvalueindex(2));
    wait.function = (uint64_t)luaL_ref(L, LUA_REGISTRYINDEX);
    return cf_lua_wait(L, task, &wait, then);
}

/* Rounded up to the second, so that a turn which comes a little late still says "5 minutes". */
static void push_left(lua_State *L, int64_t us)
{
    int64_t second = CF_SECOND.us;
    cf_lua_push_span(L, (struct cf_span){(us + second - 1) / second * second});
}

/* ---- countdown -------------------------------------------------------------------------------------------
 */

/*
 * Each pause is cut by what the turns took, so that the end stays where the first turn put it. The last one
 * is not: whoever was told "in 1 minute" has that minute.
 */
static int count_on(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct leads *leads = leads_of(L);
    if (leads->passed == leads->count) {
        lua_pushnil(L);
        return 1;
    }
    int64_t now = cf_loop_now(cf_engine_loop(cf_lua_script_of(L)->engine)).us;
    int64_t lead = leads->us[leads->passed++];
    if (leads->passed == 1)
        leads->end_us = now + lead;
    if (leads->passed == leads->count) {
        cf_lua_push_span(L, (struct cf_span){lead});
        lua_pushvalue(L, -1);
        return 2;
    }
    int64_t following = leads->us[leads->passed];
    int64_t left = leads->end_us - now > following ? leads->end_us - now : following;
    push_left(L, left);
    cf_lua_push_span(L, (struct cf_span){left - following});
    return 2;
}

static int count_down(lua_State *L)
{
    return is_bare(L) ? count_on(L, LUA_OK, 0) : rest_on_condition(L, "countdown", count_on);
}

static int countdown(lua_State *L)
{
    if (push_leads(L, 1, "countdown")->count == 0)
        cf_lua_throw(L, "countdown wants at least one span");
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, count_down, 2);
    return 1;
}

/* ---- clock.approach --------------------------------------------------------------------------------------
 */

static int64_t left_until(lua_State *L, int64_t deadline_us)
{
    int64_t now = cf_loop_wall(cf_engine_loop(cf_lua_script_of(L)->engine)).us;
    return deadline_us == INT64_MAX ? INT64_MAX : deadline_us - now;
}

static int end(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    lua_pushnil(L);
    return 1;
}

/* One turn for all leads that are due or past. */
static int take_turn(lua_State *L, int status, lua_KContext context)
{
    struct leads *leads = leads_of(L);
    int64_t left = left_until(L, leads->end_us);
    if (left <= 0)
        return end(L, status, context);
    do
        leads->passed++;
    while (leads->passed < leads->count && leads->us[leads->passed] >= left);
    push_left(L, left);
    return 1;
}

static int wait_for(lua_State *L, struct cf_instant appointment, lua_KFunction then)
{
    struct cf_wait wait = {.kind = CF_WAIT_APPOINTMENT, .appointment = appointment};
    return cf_lua_wait(L, cf_lua_task(L, "clock.approach", true), &wait, then);
}

static int step_closer(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    const struct leads *leads = leads_of(L);
    struct cf_instant deadline = {leads->end_us};
    int64_t left = left_until(L, leads->end_us);
    if (left <= 0)
        return end(L, LUA_OK, 0);
    if (leads->passed == leads->count)
        return wait_for(L, deadline, end);
    int64_t lead = leads->us[leads->passed];
    if (lead < left)
        return wait_for(L, cf_instant_add(deadline, (struct cf_span){-lead}), take_turn);
    return take_turn(L, LUA_OK, 0);
}

static int come_closer(lua_State *L)
{
    return is_bare(L) ? step_closer(L, LUA_OK, 0) : rest_on_condition(L, "clock.approach", step_closer);
}

static int approach(lua_State *L)
{
    struct cf_instant deadline = cf_lua_check_instant(L, 1, "clock.approach");
    push_leads(L, 2, "clock.approach")->end_us = deadline.us;
    lua_pushvalue(L, 3);
    lua_pushcclosure(L, come_closer, 2);
    return 1;
}

void cf_lua_add_leads(lua_State *L)
{
    lua_pushcfunction(L, countdown);
    lua_setfield(L, -2, "countdown");
    lua_getfield(L, -1, "clock");
    lua_pushcfunction(L, approach);
    lua_setfield(L, -2, "approach");
    lua_pop(L, 1);
}
