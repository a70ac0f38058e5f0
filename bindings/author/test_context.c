#include "author/test_context.h"

#include "base/file_open.h"
#include "bindings/data.h"
#include "bindings/fields.h"
#include "bindings/json.h"
#include "bindings/state/time_values.h"

#include <stdio.h>
#include <string.h>

enum { WHAT_WIDTH = 6 }; /* of the column that says what was decided */

void cf_test_context_init(struct cf_test_context *context, const char *path, const char *policy_folder)
{
    *context = (struct cf_test_context){.path = path};
    cf_test_host_init(&context->test_host, CF_VOCABULARY_START, policy_folder);
}

void cf_test_context_finish(struct cf_test_context *context)
{
    cf_test_host_finish(&context->test_host);
    cf_people_finish(&context->people);
    cf_buffer_finish(&context->claim);
}

static struct cf_test_context *stage_of(lua_State *L)
{
    return cf_lua_of(L)->owner;
}

/* The context with its host running. */
static struct cf_test_context *open_stage(lua_State *L)
{
    struct cf_test_context *context = stage_of(L);
    struct cf_error err = {0};
    if (cf_test_host_open(&context->test_host, &err) < 0)
        cf_lua_throw(L, "%s", err.text);
    return context;
}

/* ---- What a test does ---------------------------------------------------------------------------------- */

static int starts(lua_State *L)
{
    struct cf_test_context *context = stage_of(L);
    if (context->test_host.loop)
        cf_lua_throw(L, "starts() comes before everything else on a host");
    cf_vocabulary_start(L, &context->test_host.start, &context->test_host.zone);
    return 0;
}

/* Pushes where the policy is: beside the file of tests where it is there, else as it was named. */
static const char *push_policy_path(lua_State *L, const char *test, const char *file)
{
    size_t folder = (size_t)(cf_path_file(test) - test);
    lua_pushlstring(L, folder ? test : "./", folder ? folder : 2);
    const char *beside = lua_pushfstring(L, "%s%s", lua_tostring(L, -1), file);
    FILE *there = file[0] == '/' ? NULL : cf_file_stream(beside, "rb");
    if (there)
        fclose(there);
    return there ? beside : file;
}

/* The table at index 2, or nothing, as an entry of the configuration's list of policies. */
static int read_entry(lua_State *L, const char *path, json_t **ret_entry, struct cf_error *err)
{
    json_t *entry = NULL;
    int code = lua_istable(L, 2) ? cf_lua_json(L, 2, &entry, err) : 0;
    if (json_array_size(entry) > 0)
        code = cf_error_set(err, CF_POLICY, "load: every option has a name: { limit = \"30m\" }");
    if (code < 0) {
        json_decref(entry);
        return code;
    }
    if (!json_is_object(entry)) { /* none, or an empty table, which is a list */
        json_decref(entry);
        entry = json_object();
    }
    json_object_set_new(entry, "1", json_string(path));
    *ret_entry = entry;
    return 0;
}

/* load(file, options) */
static int load(lua_State *L)
{
    struct cf_test_context *context = open_stage(L);
    const char *path =
        push_policy_path(L, context->path, cf_vocabulary_text(L, 1, "load", "a policy's file"));
    if (!lua_isnoneornil(L, 2) && !lua_istable(L, 2))
        cf_lua_throw(L, "load wants a table of options behind the file, not %s", cf_lua_quote(L, 2));
    struct cf_error err = {0};
    json_t *entry = NULL;
    int code = read_entry(L, path, &entry, &err);
    if (code == 0)
        code = cf_test_host_add_policy(&context->test_host, entry, &err);
    json_decref(entry);
    if (code < 0)
        cf_lua_throw(L, "%s", err.text);
    return 0;
}

/* configure(what): a configuration's file, or a table of its settings */
static int set_up(lua_State *L)
{
    struct cf_test_context *context = stage_of(L);
    struct cf_error err = {0};
    json_t *value = NULL;
    const char *path = NULL;
    int code = 0;
    if (lua_istable(L, 1)) {
        code = cf_lua_json(L, 1, &value, &err);
    } else {
        path = push_policy_path(L, context->path,
                                cf_vocabulary_text(L, 1, "configure", "a table, or a configuration's file"));
        code = cf_lua_data(path, &value, NULL, &err);
    }
    if (code == 0)
        code = cf_test_host_configure(&context->test_host, path, value, &err);
    json_decref(value);
    if (code == 0 && path)
        code = cf_lua_doubles(path, &err);
    if (code < 0)
        cf_lua_throw(L, "%s", err.text);
    (void)open_stage(L);
    return 0;
}

/* protected() → a line for each policy that selects sessions which it cannot touch */
static int list_protected(lua_State *L)
{
    const struct cf_engine *engine = stage_of(L)->test_host.engine;
    lua_newtable(L);
    for (size_t i = 0; engine && cf_engine_policy_name(engine, i); i++) {
        size_t sessions = 0;
        json_t *reasons = cf_engine_protected(engine, i, &sessions);
        const char *why;
        const json_t *count;
        json_object_foreach(reasons, why, count)
        {
            lua_pushfstring(L, "%s selects %d sessions and cannot touch %d: %s",
                            cf_engine_policy_name(engine, i), (int)sessions, (int)json_integer_value(count),
                            why);
            lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
        }
        json_decref(reasons);
    }
    return 1;
}

/* After something happened: the work that policies had with it is not the test's own. */
static void check_rows(lua_State *L, const struct cf_test_host *test_host)
{
    cf_lua_of(L)->begun = -1;
    if (cf_test_host_is_full(test_host))
        cf_lua_throw(L, "more than %d things happened in one test", CF_TEST_HOST_ROWS);
}

static void apply(lua_State *L, struct cf_test_context *context, struct cf_event event)
{
    struct cf_error err = {0};
    event.line = 0; /* which the error names itself */
    if (cf_test_host_apply(&context->test_host, &event, &err) < 0)
        cf_lua_throw(L, "%s", err.text);
    check_rows(L, &context->test_host);
}

static int logon(lua_State *L)
{
    struct cf_test_context *context = open_stage(L);
    struct cf_event event = {.kind = CF_EVENT_LOGON, .label = cf_vocabulary_logon(L, &context->people)};
    event.logon = context->people.records[event.label];
    apply(L, context, event);
    lua_pushinteger(L, event.label);
    return 1;
}

static int act(lua_State *L)
{
    struct cf_test_context *context = stage_of(L);
    struct cf_event event = cf_vocabulary_act(L);
    if (event.kind == CF_EVENT_LOGON)
        event.logon = context->people.records[event.label];
    apply(L, context, event);
    return 0;
}

static struct cf_span elapsed(const struct cf_test_host *test_host)
{
    return cf_mono_since(test_host->begun, cf_loop_now(test_host->loop));
}

static int on_host(lua_State *L)
{
    struct cf_test_context *context = open_stage(L);
    struct cf_test_host *test_host = &context->test_host;
    int64_t steady = test_host->start.us + elapsed(test_host).us;
    struct cf_event event =
        cf_vocabulary_host(L, (struct cf_span){cf_loop_wall(test_host->loop).us - steady});
    apply(L, context, event);
    return 0;
}

static void let_pass(lua_State *L, struct cf_test_host *test_host)
{
    cf_test_host_run(test_host, cf_vocabulary_advance(L, elapsed(test_host)));
    check_rows(L, test_host);
}

static int advance(lua_State *L)
{
    let_pass(L, &open_stage(L)->test_host);
    return 0;
}

static int advance_to(lua_State *L)
{
    struct cf_test_host *test_host = &open_stage(L)->test_host;
    struct cf_instant now = cf_loop_wall(test_host->loop);
    struct cf_span span = {cf_vocabulary_next(L, test_host->zone, now).us - now.us};
    cf_lua_push_span(L, span);
    lua_replace(L, 1);
    let_pass(L, test_host);
    return 0;
}

/* ---- What a test sees ---------------------------------------------------------------------------------- */

static uint32_t label_at(lua_State *L)
{
    return (uint32_t)luaL_checkinteger(L, 1);
}

/* field(label, name) → its value, nil where it is unknown or the session has gone */
static int field(lua_State *L)
{
    const struct cf_test_host *test_host = &stage_of(L)->test_host;
    const struct cf_session *session = cf_test_host_session(test_host, label_at(L));
    const char *name = cf_vocabulary_text(L, 2, "a session", "a field's name");
    bool id = strcmp(name, "id") == 0;
    enum cf_field which = id ? CF_FIELD_COUNT : cf_vocabulary_field(L, name);
    if (!session)
        lua_pushnil(L);
    else if (id)
        lua_pushstring(L, session->identity.id);
    else
        cf_lua_push_field(L, session, which, cf_loop_now(test_host->loop));
    return 1;
}

static int gone(lua_State *L)
{
    lua_pushboolean(L, cf_test_host_session(&stage_of(L)->test_host, label_at(L)) == NULL);
    return 1;
}

static void ignore_grant(void *data, const struct cf_stay_told *told)
{
    (void)data, (void)told;
}

static void ignore_reading(void *data, int code)
{
    (void)data, (void)code; /* then it goes by what is known */
}

/* stay(label, span): as the user's own command does, which reads first; it is in the journal what comes of it
 */
static int stay(lua_State *L)
{
    struct cf_test_host *test_host = &stage_of(L)->test_host;
    const struct cf_session *session = cf_test_host_session(test_host, label_at(L));
    struct cf_span wanted = {CF_UNKNOWN_US};
    struct cf_error err = {0};
    if (!session)
        cf_lua_throw(L, "who has gone cannot ask to stay");
    if (!lua_isnoneornil(L, 2))
        wanted = cf_lua_check_wait(L, 2, "stay");
    cf_session_key key = cf_registry_find(cf_engine_registry(test_host->engine), &session->identity);
    cf_engine_read(test_host->engine, key, ignore_reading, NULL);
    cf_test_host_run(test_host, (struct cf_span){0});
    if (cf_engine_stay(test_host->engine, key, wanted, ignore_grant, NULL, &err) != 0)
        cf_lua_throw(L, "%s", err.text);
    check_rows(L, test_host);
    return 0;
}

static int notices(lua_State *L)
{
    const struct cf_backend *sim = cf_engine_backend(stage_of(L)->test_host.engine);
    uint32_t label = label_at(L);
    lua_newtable(L);
    for (size_t i = 0; i < cf_sim_notice_count(sim, label); i++) {
        lua_pushstring(L, cf_sim_notice(sim, label, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static void set_text(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

/* "warn    No activity: …", in columns. */
static void push_entry_text(lua_State *L, const char *what, const char *text)
{
    static const char blanks[] = "        ";
    size_t length = strlen(what);
    if (text[0])
        lua_pushfstring(L, "%s%s%s", what, blanks + (length < WHAT_WIDTH ? length : WHAT_WIDTH), text);
    else
        lua_pushstring(L, what);
}

static void push_row(lua_State *L, const struct cf_row *row)
{
    char time[CF_SPAN_TEXT], until[CF_SPAN_TEXT];
    lua_newtable(L);
    set_text(L, "time", cf_row_time(row->at_us, time));
    set_text(L, "who", row->who);
    set_text(L, "by", row->by);
    if (row->what >= 0) {
        const char *what = cf_what_name((enum cf_what)row->what);
        set_text(L, "what", what);
        push_entry_text(L, what, row->text);
    } else if (row->times > 1) {
        lua_pushfstring(L, "%s, %d times until %s", row->text, (int)row->times,
                        cf_row_time(row->until_us, until));
    } else {
        lua_pushstring(L, row->text);
    }
    lua_setfield(L, -2, "text");
    lua_pushboolean(L, cf_row_is_outcome(row));
    lua_setfield(L, -2, "outcome");
    if (row->label != CF_TEST_HOST_NOBODY) {
        lua_pushinteger(L, row->label);
        lua_setfield(L, -2, "label");
    }
}

/* rows() → all that happened: { time, who, by, text, what (of the journal's), outcome, label } each */
static int rows(lua_State *L)
{
    const struct cf_test_host *test_host = &stage_of(L)->test_host;
    lua_newtable(L);
    for (size_t i = 0; i < test_host->row_count; i++) {
        push_row(L, &test_host->rows[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int known_what(lua_State *L)
{
    const char *what = cf_vocabulary_text(L, 1, "journal: 'what'", "a word such as \"warn\"");
    if (cf_what_by_name(what) < 0)
        cf_lua_throw(L, "journal: no entry says '%s'", what);
    return 0;
}

/* fail(text): the first line goes with the error, the whole into `claim` */
static int fail(lua_State *L)
{
    struct cf_buffer *claim = &stage_of(L)->claim;
    const char *text = luaL_checkstring(L, 1);
    cf_buffer_clear(claim);
    cf_buffer_puts(claim, text);
    cf_lua_throw(L, "%.*s", (int)strcspn(text, "\n"), text);
}

const luaL_Reg cf_test_context_words[] = {
    {"starts", starts},
    {"load", load},
    {"configure", set_up},
    {"protected", list_protected},
    {"logon", logon},
    {"act", act},
    {"host", on_host},
    {"advance", advance},
    {"advance_to", advance_to},
    {"field", field},
    {"gone", gone},
    {"notices", notices},
    {"stay", stay},
    {"rows", rows},
    {"known_what", known_what},
    {"fail", fail},
    {0},
};
