#include "bindings/data.h"

#include "base/text.h"
#include "bindings/json.h"
#include "bindings/state/sandbox.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct evaluation {
    const char *path, *text; /* one of them */
    bool assigns;            /* its globals are the value, not what it returns */
    json_t *value, *lines;
    int code; /* of the conversion */
    int line; /* where the conversion failed: of the key at the top; 0: unknown */
    struct cf_error *err;
};

/* Upvalues: the values by name, their lines by name. */
static int set_global(lua_State *L)
{
    lua_settop(L, 3);
    const char *name = cf_lua_push_text(L, 2);
    if (lua_isnil(L, 3))
        cf_lua_throw(L, "%s is set to nil, which says nothing; leave it out", name);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
        cf_lua_throw(L, "%s is set a second time; line %d sets it already", name, (int)lua_tointeger(L, -1));
    lua_pushvalue(L, 2);
    lua_pushinteger(L, cf_lua_line(L));
    lua_rawset(L, lua_upvalueindex(2));
    lua_settop(L, 3);
    lua_rawset(L, lua_upvalueindex(1));
    return 0;
}

static int get_global(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
        cf_lua_throw(L, "'%s' means nothing here; text wants quotes", cf_lua_push_text(L, 2));
    return 1;
}

/* Pushes a table for globals that reads from `values` and remembers, in `lines`, where each was set. */
static void push_notebook(lua_State *L, int values, int lines)
{
    lua_newtable(L);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, values);
    lua_pushcclosure(L, get_global, 1);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, values);
    lua_pushvalue(L, lines);
    lua_pushcclosure(L, set_global, 2);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

static int evaluate(lua_State *L)
{
    struct evaluation *evaluation = lua_touserdata(L, 1);
    enum { VALUES = 2, LINES };
    lua_newtable(L);
    lua_newtable(L);
    if (evaluation->path)
        cf_lua_load_file(L, evaluation->path);
    else
        cf_lua_load_text(L, "=value", evaluation->text, strlen(evaluation->text));
    push_notebook(L, VALUES, LINES);
    cf_lua_set_env(L);
    lua_call(L, 0, 1);
    if (evaluation->assigns && !lua_isnil(L, -1))
        cf_lua_throw(
            L,
            "%s: the file returns something, which nobody reads: write policies = { … } rather than return",
            cf_path_file(evaluation->path));
    if (evaluation->path && !evaluation->assigns && !lua_istable(L, -1))
        cf_lua_throw(L, "must return a table: return { … }");
    evaluation->code = cf_lua_json(L, evaluation->assigns ? VALUES : -1, &evaluation->value, evaluation->err);
    if (evaluation->code < 0 && evaluation->assigns && evaluation->err) {
        const char *text = evaluation->err->text; /* begins with the way there: "policies[2].limit: …" */
        lua_pushlstring(L, text, strcspn(text, ".[:"));
        evaluation->line = lua_rawget(L, LINES) == LUA_TNUMBER ? (int)lua_tointeger(L, -1) : 0;
    }
    if (evaluation->code == 0 && evaluation->assigns)
        evaluation->code = cf_lua_json(L, LINES, &evaluation->lines, evaluation->err);
    return 0;
}

static int run(struct evaluation *evaluation)
{
    struct cf_lua lua;
    int code = cf_lua_open(&lua, CF_LUA_DATA_MEMORY, CF_LUA_DATA_BUDGET, evaluation->err);
    if (code == 0)
        code = cf_lua_protect(&lua, evaluate, evaluation, evaluation->err);
    if (code == 0) {
        code = evaluation->code;
        if (code < 0 && evaluation->path && evaluation->line)
            (void)cf_error_prefix(evaluation->err, "%s:%d", cf_path_file(evaluation->path), evaluation->line);
        else if (code < 0 && evaluation->path)
            (void)cf_error_prefix(evaluation->err, "%s", cf_path_file(evaluation->path));
    }
    cf_lua_close(&lua);
    if (code < 0)
        json_decref(evaluation->value);
    return code;
}

/* A file without any assignment is an empty object, as one with any is. */
static json_t *as_object(json_t *value)
{
    if (json_is_object(value))
        return value;
    json_decref(value);
    return json_object();
}

int cf_lua_data(const char *path, json_t **ret_value, json_t **ret_lines, struct cf_error *err)
{
    struct evaluation evaluation = {.path = path, .assigns = true, .err = err};
    int code = run(&evaluation);
    if (code < 0)
        return code;
    *ret_value = as_object(evaluation.value);
    if (ret_lines)
        *ret_lines = as_object(evaluation.lines);
    else
        json_decref(evaluation.lines);
    return 0;
}

int cf_lua_table(const char *path, json_t **ret_value, struct cf_error *err)
{
    struct evaluation evaluation = {.path = path, .err = err};
    int code = run(&evaluation);
    if (code == 0)
        *ret_value = json_array_size(evaluation.value) ? evaluation.value : as_object(evaluation.value);
    return code;
}

/* Whether Lua reads the text as a number, true, false or a table, rather than as a name or a calculation. */
static bool is_notation(const char *text)
{
    char *end;
    (void)strtod(text, &end);
    bool number = end != text && *end == '\0' && strpbrk(text, "0123456789");
    return number || strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || text[0] == '{';
}

int cf_lua_value(const char *text, json_t **ret_value, struct cf_error *err)
{
    if (!is_notation(text)) {
        json_t *value = json_string(text);
        if (!value)
            return cf_error_set(err, CF_USAGE, "the value is not text in UTF-8");
        *ret_value = value;
        return 0;
    }
    struct cf_buffer chunk = {0};
    cf_buffer_printf(&chunk, "return %s", text);
    struct evaluation evaluation = {.text = chunk.data, .err = err};
    int code = run(&evaluation);
    cf_buffer_finish(&chunk);
    if (code == 0)
        *ret_value = evaluation.value;
    else if (err)
        code = err->code = CF_USAGE;
    return code;
}
