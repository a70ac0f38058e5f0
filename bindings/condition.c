/* Conditions: functions that look, and neither wait nor act. What they look at is noted (engine/condition.h).
 */
#include "bindings/fields.h"
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include <lauxlib.h>

/* ---- What they read ---- */

void cf_lua_note_read(lua_State *L, cf_session_key key, uint64_t fields)
{
    struct cf_condition *condition = cf_lua_of(L)->condition;
    if (condition && !cf_condition_read(condition, key, fields))
        cf_lua_throw(L, "a condition may look at %d sessions, no more", CF_CONDITION_SIZE);
}

/* What decides whether a span grows, besides the instant from which it does. */
static uint64_t fields_of(enum cf_field field)
{
    return CF_FIELD_BIT(field) | (field == CF_FIELD_LOCKED_FOR         ? CF_FIELD_BIT(CF_FIELD_LOCKED)
                                  : field == CF_FIELD_DISCONNECTED_FOR ? CF_FIELD_BIT(CF_FIELD_DISCONNECTED)
                                                                       : 0);
}

/* A span that does not grow is pushed as it is, so that == 0 * second is right, and a change of it asks
 * again. */
static void note_field(lua_State *L, struct cf_condition *condition, cf_session_key key,
                       const struct cf_session *session, enum cf_field field)
{
    cf_lua_note_read(L, key, fields_of(field));
    cf_lua_push_field(L, session, field, condition->now);
    bool unknown_idle = field == CF_FIELD_IDLE && !cf_mono_known(session->last_input);
    condition->tainted = condition->tainted || lua_isnil(L, -1) || unknown_idle;
}

void cf_lua_doubt(lua_State *L, const char *what, const char *name)
{
    const struct cf_lua_run *run = cf_lua_script_of(L)->running;
    struct cf_condition *condition = cf_lua_of(L)->condition;
    if (condition)
        condition->tainted = true;
    if (!run || !cf_task_is_veto(run->task))
        return;
    cf_task_unknown(run->task, lua_pushfstring(L, "it looks at %s%s, which nobody knows", what, name));
    lua_pop(L, 1);
}

/* Where no condition is asked. `known`: the record tells how it is now. */
static int push_field(lua_State *L, const struct cf_session *session, enum cf_field field, bool known)
{
    struct cf_session nobody;
    cf_session_init(&nobody);
    cf_lua_push_field(L, known ? session : &nobody, field,
                      cf_loop_now(cf_engine_loop(cf_lua_script_of(L)->engine)));
    if (lua_isnil(L, -1) || (cf_lua_is_span(L, -1) && !cf_span_known(cf_lua_to_span(L, -1))))
        cf_lua_doubt(L, "session.", cf_fields[field].name);
    return 1;
}

/* The reading came, or did not: then nobody knows. `field` is the one that was asked for. */
static int push_read(lua_State *L, int status, lua_KContext field)
{
    (void)status;
    const struct cf_lua_script *script = cf_lua_script_of(L);
    const struct cf_lua_object *object = lua_touserdata(L, 1);
    const struct cf_session *session = cf_engine_session(script->engine, object->session);
    bool known = session && cf_lua_result(L)->code == CF_OK;
    cf_task_looked(script->running->task, object->session, (enum cf_field)field, known);
    return push_field(L, session, (enum cf_field)field, known);
}

/* A field that the host tells of only when asked is read now, and the run waits for it. While the policy
 * loads, or closes its variables, nobody can wait, and nobody knows. */
static int read_field(lua_State *L, cf_session_key key, const struct cf_session *session, enum cf_field field)
{
    const struct cf_lua_script *script = cf_lua_script_of(L);
    const struct cf_lua_run *run = script->running;
    bool sampled = cf_engine_samples(script->engine, field);
    if (!run || run->closing)
        return push_field(L, session, field, !sampled);
    if (!sampled || cf_task_knows(run->task, key, field)) {
        cf_task_looked(run->task, key, field, true);
        return push_field(L, session, field, true);
    }
    if (!lua_isyieldable(L))
        cf_lua_throw(L,
                     "session.%s has to be asked of the host, and nothing can wait in here, called back by a "
                     "library function; read it into a local variable before",
                     cf_fields[field].name);
    cf_task_look(run->task, key, field);
    return lua_yieldk(L, 0, (lua_KContext)field, push_read);
}

int cf_lua_read_field(lua_State *L, cf_session_key key, const struct cf_session *session, enum cf_field field)
{
    const struct cf_engine *engine = cf_lua_script_of(L)->engine;
    struct cf_condition *condition = cf_lua_of(L)->condition;
    if (!condition)
        return read_field(L, key, session, field);
    if (cf_fields[field].type == CF_TYPE_SINCE && cf_condition_grows(session, field))
        cf_lua_push_term(L, false, cf_condition_since(condition, engine, key, field));
    else
        note_field(L, condition, key, session, field);
    return 1;
}

/* ---- Asking them ---- */

struct question {
    uint64_t function;
    bool holds;
};

static int ask(lua_State *L)
{
    struct question *question = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)question->function);
    lua_call(L, 0, 1);
    if (!lua_isboolean(L, -1) && !lua_isnil(L, -1)) {
        lua_Debug where;
        lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)question->function);
        lua_getinfo(L, ">S", &where);
        cf_lua_throw(L, "%s:%d: a condition answers true or false, not %s", where.short_src,
                     where.linedefined, cf_lua_quote(L, -1));
    }
    question->holds = lua_toboolean(L, -1);
    return 0;
}

int cf_lua_evaluate(void *data, uint64_t function, struct cf_condition *condition, struct cf_error *err)
{
    struct cf_lua_run *run = data;
    struct cf_lua_script *script = run->script;
    struct question question = {.function = function};
    script->running = run;
    script->lua.condition = condition;
    script->lua.evaluations++;
    int code = cf_lua_protect(&script->lua, ask, &question, err);
    script->lua.condition = NULL;
    script->running = NULL;
    return code < 0 ? code : question.holds;
}

/* May be called in the middle of a run, where cf_lua_protect may not; this neither throws nor needs memory.
 */
void cf_lua_release(void *data, uint64_t function)
{
    struct cf_lua_script *script = data;
    luaL_unref(script->lua.L, LUA_REGISTRYINDEX, (int)function);
}
