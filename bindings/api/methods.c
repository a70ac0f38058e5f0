/* What a policy does with a session: waits, notices, actions. */
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include <string.h>

#define NOTICE "curfew.notice"

static struct cf_lua_object *check_session(lua_State *L, const char *method)
{
    struct cf_lua_object *object = cf_lua_object(L, 1, CF_LUA_SESSION);
    if (!object)
        cf_lua_throw(L, "%s is called with a colon on a session: session:%s(…)", method, method);
    return object;
}

/* ---- Waits --------------------------------------------------------------------------------------------- */

/* Whether the session is there; if not, pushes nil and says so. */
static bool is_there(lua_State *L, const struct cf_lua_object *session)
{
    if (cf_engine_session(cf_lua_script_of(L)->engine, session->session))
        return true;
    lua_pushnil(L);
    lua_pushliteral(L, "session has ended");
    return false;
}

static int push_truth(lua_State *L, int status, lua_KContext context)
{
    const struct cf_result *result = cf_lua_result(L);
    if (result->code != CF_OK)
        return cf_lua_push_done(L, status, context);
    lua_pushboolean(L, result->truth);
    return 1;
}

static struct cf_mono after(lua_State *L, struct cf_span span)
{
    return cf_lua_after(cf_loop_now(cf_engine_loop(cf_lua_script_of(L)->engine)), span);
}

static int wait_idle(lua_State *L)
{
    const struct cf_lua_object *session = check_session(L, "wait_idle");
    struct cf_wait wait = {.kind = CF_WAIT_IDLE, .session = session->session};
    wait.span = cf_lua_check_patience(L, 2, "wait_idle");
    if (!is_there(L, session))
        return 2;
    return cf_lua_wait(L, cf_lua_task(L, "wait_idle", true), &wait, cf_lua_push_done);
}

static int wait_active(lua_State *L)
{
    const struct cf_lua_object *session = check_session(L, "wait_active");
    struct cf_wait wait = {.kind = CF_WAIT_LIFE, .session = session->session};
    wait.until = after(L, cf_lua_check_patience(L, 2, "wait_active"));
    if (!is_there(L, session))
        return 2;
    return cf_lua_wait(L, cf_lua_task(L, "wait_active", true), &wait, push_truth);
}

static int wait_for(lua_State *L)
{
    lua_settop(L, 3);
    const struct cf_lua_object *session = check_session(L, "wait");
    if (!lua_isfunction(L, 2) || lua_iscfunction(L, 2))
        cf_lua_throw(L, "wait wants a function that says whether to go on, not %s", cf_lua_quote(L, 2));
    struct cf_wait wait = {.kind = CF_WAIT_CONDITION, .session = session->session, .until = CF_MONO_UNKNOWN};
    if (!lua_isnil(L, 3))
        wait.until = after(L, cf_lua_check_patience(L, 3, "wait"));
    if (!is_there(L, session))
        return 2;
    struct cf_task *task = cf_lua_task(L, "wait", true);
    lua_pushvalue(L, 2);
    wait.function = (uint64_t)luaL_ref(L, LUA_REGISTRYINDEX);
    return cf_lua_wait(L, task, &wait, push_truth);
}

/* ---- Notices ------------------------------------------------------------------------------------------- */

static int push_notice(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    const struct cf_result *result = cf_lua_result(L);
    if (result->code == CF_POLICY)
        cf_lua_throw(L, "%s", result->message);
    struct cf_lua_object *object = lua_newuserdatauv(L, sizeof *object, 0);
    *object = (struct cf_lua_object){.kind = CF_LUA_NOTICE,
                                     .notice = {result->notice, result->delivered && result->code == CF_OK}};
    luaL_setmetatable(L, NOTICE);
    if (result->code == CF_OK)
        return 1;
    lua_pushstring(L, result->message ? result->message : cf_code_name(result->code));
    return 2;
}

static struct cf_lua_object *check_notice(lua_State *L, const char *method)
{
    struct cf_lua_object *object = cf_lua_object(L, 1, CF_LUA_NOTICE);
    if (!object)
        cf_lua_throw(L, "%s is called with a colon on a notice: notice:%s(…)", method, method);
    return object;
}

static int notice_answered(lua_State *L)
{
    const struct cf_lua_object *notice = check_notice(L, "answered");
    struct cf_wait wait = {.kind = CF_WAIT_ANSWER, .notice = notice->notice.id};
    wait.until = after(L, cf_lua_check_patience(L, 2, "answered"));
    struct cf_task *task = cf_lua_task(L, "answered", true);
    wait.session = cf_task_session(task);
    return cf_lua_wait(L, task, &wait, push_truth);
}

static int notice_close(lua_State *L)
{
    const struct cf_lua_object *notice = check_notice(L, "close");
    cf_task_close_notice(cf_lua_task(L, "close", false), notice->notice.id);
    return 0;
}

/* Upvalue: the methods by name. */
static int notice_field(lua_State *L)
{
    const struct cf_lua_object *notice = lua_touserdata(L, 1);
    lua_settop(L, 2);
    if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "delivered") == 0)
        lua_pushboolean(L, notice->notice.delivered);
    else if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
        cf_lua_throw(L, "a notice has delivered, answered(span) and close(), but nothing of that name");
    return 1;
}

static int notice_to_string(lua_State *L)
{
    lua_pushliteral(L, "notice");
    return 1;
}

enum { TEXT = 2, VALUES, OPTIONS }; /* arguments of warn */

/* The text at `index`, in the user's language, with its values; `what` names it in errors. With `warning`,
 * whose text it is, the engine gets the announced span to fill in. */
static const char *say(lua_State *L, int index, const char *what, struct cf_warning *warning,
                       char out[CF_LUA_TEXT])
{
    const struct cf_lua_script *script = cf_lua_script_of(L);
    const struct cf_lua_object *object = cf_lua_object(L, 1, CF_LUA_SESSION);
    struct cf_lua_template template = {.what = what, .values = VALUES};
    template.text =
        cf_lua_translate(script, object->session, cf_lua_check_text(L, index, what), &template.language);
    if (warning) {
        warning->language = template.language;
        template.keeps_left = cf_span_known(warning->left);
    }
    cf_lua_fill(L, &template, out);
    return out;
}

static const char *say_option(lua_State *L, const char *key, char out[CF_LUA_TEXT])
{
    bool given = lua_istable(L, OPTIONS) && lua_getfield(L, OPTIONS, key) != LUA_TNIL;
    return given ? say(L, lua_gettop(L), key, NULL, out) : NULL;
}

static int show_warning(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    const struct cf_lua_object *session = cf_lua_object(L, 1, CF_LUA_SESSION);
    char text[CF_LUA_TEXT], ask[CF_LUA_TEXT], title[CF_LUA_TEXT];
    struct cf_warning warning = {.left = {CF_UNKNOWN_US}, .line = cf_lua_line(L)};
    if (lua_istable(L, VALUES)) {
        lua_getfield(L, VALUES, "left");
        if (cf_lua_is_never(L, -1))
            cf_lua_throw(L, "warn: what is left is never; there is nothing to warn of");
        if (cf_lua_is_span(L, -1))
            warning.left = cf_lua_to_span(L, -1);
    }
    warning.text = say(L, TEXT, "warn", &warning, text);
    warning.ask = say_option(L, "ask", ask);
    warning.title = say_option(L, "title", title);
    cf_task_warn(cf_lua_task(L, "warn", true), session->session, &warning);
    return cf_lua_yield(L, push_notice);
}

static int show_message(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    const struct cf_lua_object *session = cf_lua_object(L, 1, CF_LUA_SESSION);
    char text[CF_LUA_TEXT];
    struct cf_warning warning = {
        .left = {CF_UNKNOWN_US}, .without_consequence = true, .line = cf_lua_line(L)};
    warning.text = say(L, TEXT, "tell", NULL, text);
    cf_task_warn(cf_lua_task(L, "tell", true), session->session, &warning);
    return cf_lua_yield(L, cf_lua_push_done);
}

static int warn_user(lua_State *L)
{
    static const char *const known[] = {"ask", "title", NULL};
    lua_settop(L, OPTIONS);
    check_session(L, "warn");
    (void)cf_lua_check_template(L, TEXT, "warn");
    cf_lua_check_keys(L, OPTIONS, "warn", known);
    return cf_lua_with_language(L, "warn", show_warning);
}

static int tell_user(lua_State *L)
{
    lua_settop(L, VALUES);
    check_session(L, "tell");
    (void)cf_lua_check_template(L, TEXT, "tell");
    return cf_lua_with_language(L, "tell", show_message);
}

/* ---- Actions ------------------------------------------------------------------------------------------- */

static int act(lua_State *L, const struct cf_lua_object *session, enum cf_action_kind action,
               const char *what, bool unwarned)
{
    const char *reason = lua_isnoneornil(L, 2) ? NULL : cf_lua_check_reason(L, 2, what);
    int line = cf_lua_line(L);
    cf_task_act(cf_lua_task(L, what, true), action, session->session, reason, unwarned, line);
    return cf_lua_yield(L, cf_lua_push_done);
}

static int log_off(lua_State *L)
{
    static const char *const known[] = {"unwarned", NULL};
    lua_settop(L, 3);
    const struct cf_lua_object *session = check_session(L, "logoff");
    cf_lua_check_text(L, 2, "logoff");
    cf_lua_check_keys(L, 3, "logoff", known);
    bool unwarned = lua_istable(L, 3) && (lua_getfield(L, 3, "unwarned"), lua_toboolean(L, -1));
    return act(L, session, CF_ACTION_LOGOFF, "logoff", unwarned);
}

static int lock(lua_State *L)
{
    return act(L, check_session(L, "lock"), CF_ACTION_LOCK, "lock", false);
}

static int disconnect(lua_State *L)
{
    return act(L, check_session(L, "disconnect"), CF_ACTION_DISCONNECT, "disconnect", false);
}

static int forget(lua_State *L)
{
    check_session(L, "forget");
    cf_task_forget(cf_lua_task(L, "forget", false));
    return 0;
}

/* ---- Tables -------------------------------------------------------------------------------------------- */

const luaL_Reg cf_lua_session_methods[] = {
    {"wait", wait_for},    {"wait_idle", wait_idle},   {"wait_active", wait_active},
    {"warn", warn_user},   {"tell", tell_user},        {"logoff", log_off},
    {"lock", lock},        {"disconnect", disconnect}, {"forget", forget},
    {"runs", cf_lua_runs}, {"cpu", cf_lua_cpu},        {"in_group", cf_lua_in_group},
    {NULL, NULL},
};

void cf_lua_add_notices(lua_State *L)
{
    static const luaL_Reg methods[] = {{"answered", notice_answered}, {"close", notice_close}, {NULL, NULL}};
    luaL_newmetatable(L, NOTICE);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, notice_field, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, notice_to_string);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
