/* What a session is busy with: its programs, its processor time, its user's groups. Each may take a reading.
 */
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"

#include "base/text.h"
#include "session/wanted.h"

#include <string.h>

/* Reads a field of the session on the stack's bottom; `then` is called with the outcome. */
static int read_field(lua_State *L, enum cf_field field, const char *what, lua_KFunction then)
{
    const struct cf_lua_object *session = cf_lua_object(L, 1, CF_LUA_SESSION);
    if (!session)
        cf_lua_throw(L, "%s is called with a colon on a session: session:%s(…)", what, what);
    if (cf_lua_of(L)->condition && field != CF_FIELD_CPU) { /* which has its fields read in time */
        cf_lua_note_read(L, session->session, CF_FIELD_BIT(field));
        return then(L, LUA_OK, 0);
    }
    struct cf_task *task = cf_lua_reader(L, what);
    cf_task_read(task, session->session, CF_FIELD_BIT(field));
    return cf_lua_yield(L, then);
}

/* The record once it was read; NULL where the session has ended or the field is unknown, which a veto may not
 * pass. */
static const struct cf_session *record(lua_State *L, enum cf_field field, const char *unknown)
{
    struct cf_lua_script *script = cf_lua_script_of(L);
    const struct cf_lua_object *object = cf_lua_object(L, 1, CF_LUA_SESSION);
    const struct cf_session *session = cf_engine_session(script->engine, object->session);
    struct cf_condition *condition = cf_lua_of(L)->condition;
    bool known =
        session && (condition || cf_lua_result(L)->code == CF_OK) &&
        (cf_fields[field].type == CF_TYPE_LIST ? cf_session_list(session, field) != NULL
                                               : cf_session_number(session, field) != CF_NUMBER_UNKNOWN);
    if (!known && condition)
        condition->tainted = true;
    else if (!known)
        cf_task_unknown(script->running->task, unknown);
    return known ? session : NULL;
}

static bool has(char *const *items, const char *item)
{
    for (; *items; items++)
        if (strcmp(*items, item) == 0)
            return true;
    return false;
}

/* Whether `program` is what was meant: by its name, or its path's, in which * and ? stand for others;
 * "python" means python3.11, too. Sparing one session too many is better than ending a job. */
static bool is_program(const char *program, const char *meant)
{
    const char *name = cf_path_file(meant);
    size_t length = strlen(name);
    return cf_text_matches(name, program) ||
           (strncmp(program, name, length) == 0 &&
            strspn(program + length, "0123456789.-") == strlen(program + length));
}

static bool runs_program(char *const *programs, const char *meant)
{
    for (; *programs; programs++)
        if (is_program(*programs, meant))
            return true;
    return false;
}

/* A name as a user's or a group's may be, without patterns; throws. */
static void check_group(lua_State *L, const char *name)
{
    struct cf_error err = {0};
    if (cf_wanted_check(CF_FIELD_GROUPS, name, &err) < 0)
        cf_lua_throw(L, "in_group: %s", err.text);
    if (strpbrk(name, "*?"))
        cf_lua_throw(L, "in_group wants the name of one group, not the pattern \"%s\"", name);
}

/* A program's name; throws where several are given as one text. */
static void check_program(lua_State *L, const char *name)
{
    if (strpbrk(name, ",;|[]^$") || *cf_path_file(name) == '\0')
        cf_lua_throw(L, "runs wants programs' names such as { \"make\", \"python*\" }, not \"%s\"", name);
}

/* session:runs(programs): the first of these programs that runs, or nil. */
static int push_program(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    const struct cf_session *session = record(L, CF_FIELD_PROGRAMS, "nobody knows what it runs");
    lua_Integer count = lua_istable(L, 2) ? (lua_Integer)lua_rawlen(L, 2) : 1;
    for (lua_Integer i = 1; session && i <= count; i++, lua_settop(L, 2)) {
        if (lua_istable(L, 2))
            lua_rawgeti(L, 2, i);
        const char *program = lua_tostring(L, -1);
        if (program && runs_program(session->programs, program))
            return 1;
    }
    lua_pushnil(L);
    return 1;
}

int cf_lua_runs(lua_State *L)
{
    lua_settop(L, 2);
    if (!lua_istable(L, 2))
        check_program(L, cf_lua_check_text(L, 2, "runs"));
    for (lua_Integer i = 1; lua_istable(L, 2) && i <= (lua_Integer)lua_rawlen(L, 2); i++, lua_settop(L, 2)) {
        lua_rawgeti(L, 2, i);
        check_program(L, cf_lua_check_text(L, 3, "runs"));
    }
    return read_field(L, CF_FIELD_PROGRAMS, "runs", push_program);
}

/* session:cpu(span): processor cores in use, averaged; unknown: nil, but 0 in a veto, which then holds
 * anyway. */
static int push_cores(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    struct cf_lua_script *script = cf_lua_script_of(L);
    const struct cf_lua_object *object = cf_lua_object(L, 1, CF_LUA_SESSION);
    struct cf_task *task = script->running->task;
    double cores = 0;
    bool known = record(L, CF_FIELD_CPU, "nobody knows how busy it is") != NULL;
    if (known && !cf_engine_load(script->engine, object->session, cf_lua_to_span(L, 2), &cores)) {
        cf_task_unknown(task, "nobody knows yet how busy it is");
        known = false;
    }
    if (known || cf_task_is_veto(task))
        lua_pushnumber(L, cores);
    else
        lua_pushnil(L);
    return 1;
}

int cf_lua_cpu(lua_State *L)
{
    lua_settop(L, 2);
    struct cf_span over = cf_lua_check_wait(L, 2, "cpu");
    if (over.us > CF_LOAD_MOST.us)
        cf_lua_throw(L, "cpu looks back over at most 10 minutes");
    return read_field(L, CF_FIELD_CPU, "cpu", push_cores);
}

/* session:in_group(name): true, false, or nil where nobody knows. */
static int push_membership(lua_State *L, int status, lua_KContext context)
{
    (void)status, (void)context;
    const struct cf_session *session = record(L, CF_FIELD_GROUPS, "nobody knows the user's groups");
    if (session)
        lua_pushboolean(L, has(session->groups, lua_tostring(L, 2)));
    else
        lua_pushnil(L);
    return 1;
}

int cf_lua_in_group(lua_State *L)
{
    lua_settop(L, 2);
    check_group(L, cf_lua_check_text(L, 2, "in_group"));
    return read_field(L, CF_FIELD_GROUPS, "in_group", push_membership);
}
