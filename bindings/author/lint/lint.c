#include "author/lint/lint.h"

#include "author/test_context.h"
#include "base/memory.h"
#include "bindings/lua_host.h"
#include "bindings/state/tokens.h"
#include "session/wanted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char cf_embedded_suspects_lua[], cf_embedded_lint_lua[], cf_embedded_trial_lua[],
    cf_embedded_meta_lua[], cf_embedded_habits_lua[];
extern const size_t cf_embedded_suspects_lua_size, cf_embedded_lint_lua_size, cf_embedded_trial_lua_size,
    cf_embedded_meta_lua_size, cf_embedded_habits_lua_size;

enum {
    PATIENCE = 10,   /* times the budget of a policy's call, for all the trials */
    FINDINGS = 1000, /* of one policy */
    SELECTORS = 8,   /* that are looked at, of one policy */
    PROBE = 0,       /* no function of a script has this number */
};

/* A line at which runs wait for a condition, or log off. */
struct waiting {
    int line;
    bool held;     /* it came true; the logoff was let pass, warned */
    char *refused; /* of a logoff, why it was not, once */
};

struct lint {
    struct cf_test_context context; /* first: cf_test_context_words looks for it there */
    struct cf_lua lua;
    struct cf_policy_config policy; /* as it is tried: on everybody, and acting */
    struct cf_tokens tokens;        /* of its file */
    const char *policy_folder;
    struct cf_policy_host_ops probing; /* Lua's, with a task in every policy that wants to warn everybody */
    struct cf_finding *findings;
    size_t finding_count;
    struct waiting *waits;
    size_t wait_count;
    struct waiting *logoffs;
    size_t logoff_count;
    unsigned selected[SELECTORS]; /* people whom each selector means */
};

static struct lint *lint_of(lua_State *L)
{
    return cf_lua_of(L)->owner;
}

/* ---- Findings ------------------------------------------------------------------------------------------ */

static void add(struct lint *lint, const struct cf_finding *finding)
{
    for (size_t i = 0; i < lint->finding_count; i++)
        if (lint->findings[i].line == finding->line && strcmp(lint->findings[i].file, finding->file) == 0 &&
            (finding->line || strcmp(lint->findings[i].text, finding->text) == 0))
            return;
    if (lint->finding_count == FINDINGS)
        return;
    lint->findings = cf_grow(lint->findings, lint->finding_count, sizeof *lint->findings);
    struct cf_finding *added = &lint->findings[lint->finding_count++];
    *added = *finding;
    added->file = cf_strdup(finding->file);
    added->text = cf_strdup(finding->text);
}

/* Adds what "idle.lua:7: …" says, or "line 7: …". */
static void add_error(struct lint *lint, const char *kind, const char *text)
{
    static const char advice[] = ": is a countdown longer than the limit that it leads to?";
    char file[256], line[CF_ERROR_SIZE];
    bool negative = strstr(text, "not the span -") != NULL;
    snprintf(file, sizeof file, "%s", cf_path_file(lint->policy.path));
    snprintf(line, sizeof line, "%.*s%s", (int)strcspn(text, "\n"), text, negative ? advice : "");
    struct cf_finding finding = {.file = file, .kind = negative ? "countdown" : kind, .text = line};
    int end = 0;
    if (sscanf(line, "%255[^: ]:%d: %n", file, &finding.line, &end) != 2) {
        snprintf(file, sizeof file, "%s", cf_path_file(lint->policy.path));
        (void)sscanf(line, "line %d: %n", &finding.line, &end);
    }
    finding.text += end;
    add(lint, &finding);
}

/* What keeps a policy from loading, a line each. */
static void add_errors(struct lint *lint, const char *text)
{
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
        add_error(lint, "load", text);
}

/* found(line, kind, text[, warns]) */
static int found(lua_State *L)
{
    struct lint *lint = lint_of(L);
    struct cf_finding finding = {.file = cf_path_file(lint->policy.path),
                                 .line = (int)luaL_checkinteger(L, 1),
                                 .kind = luaL_checkstring(L, 2),
                                 .text = luaL_checkstring(L, 3),
                                 .warns = lua_toboolean(L, 4)};
    static const char *const kinds[] = {"field",     "name",      "global",   "option", "comparison", "truth",
                                        "condition", "countdown", "warning",  "answer", "veto",       "text",
                                        "value",     "idle",      "selector", NULL};
    finding.kind = kinds[luaL_checkoption(L, 2, NULL, kinds)]; /* which stays */
    add(lint, &finding);
    return 0;
}

/* wanted(field, text) → why no session's field can be that, or nil */
static int check_wanted(lua_State *L)
{
    int field = cf_field_by_name(luaL_checkstring(L, 1));
    struct cf_error err = {0};
    if (field < 0 || cf_wanted_check(field, luaL_checkstring(L, 2), &err) == 0)
        return 0;
    lua_pushstring(L, err.text);
    return 1;
}

/* near(word, words) → the nearest one, or nil */
static int near_word(lua_State *L)
{
    struct cf_near nearest = {.wanted = luaL_checkstring(L, 1)};
    for (lua_Integer i = 1; lua_rawgeti(L, 2, i) == LUA_TSTRING; i++, lua_pop(L, 1))
        cf_near_try(&nearest, lua_tostring(L, -1)); /* which the list keeps */
    lua_pushstring(L, nearest.word);
    return 1;
}

/* ---- Trying -------------------------------------------------------------------------------------------- */

static int load_probing(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                        struct cf_error *err)
{
    int code = cf_lua_host_ops.load(host, policy, ret_script, err);
    if (code == 0)
        cf_policy_watch(policy, cf_selector_create(), PROBE);
    return code;
}

static char probe; /* the run of one, which warns and returns */

static enum cf_step begin_probing(void *script, uint64_t function, struct cf_task *task, void **ret_run,
                                  struct cf_error *err)
{
    if (function != PROBE)
        return cf_lua_host_ops.begin(script, function, task, ret_run, err);
    cf_task_warn(task, cf_task_session(task), &(struct cf_warning){.text = "trial", .left = CF_MINUTE});
    *ret_run = &probe;
    return CF_STEP_WAITING;
}

static enum cf_step resume_probing(void *run, const struct cf_result *result, struct cf_error *err)
{
    return run == &probe ? CF_STEP_RETURNED : cf_lua_host_ops.resume(run, result, err);
}

static void cancel_probing(void *run)
{
    if (run != &probe)
        cf_lua_host_ops.cancel(run);
}

static void note_wait(void *data, int line, bool holds)
{
    struct lint *lint = data;
    size_t i = 0;
    while (i < lint->wait_count && lint->waits[i].line != line)
        i++;
    if (i == lint->wait_count) {
        lint->waits = cf_grow(lint->waits, lint->wait_count, sizeof *lint->waits);
        lint->waits[lint->wait_count++] = (struct waiting){.line = line};
    }
    lint->waits[i].held |= holds;
}

static struct waiting *logoff_at(struct lint *lint, int line)
{
    for (size_t i = 0; i < lint->logoff_count; i++)
        if (lint->logoffs[i].line == line)
            return &lint->logoffs[i];
    lint->logoffs = cf_grow(lint->logoffs, lint->logoff_count, sizeof *lint->logoffs);
    lint->logoffs[lint->logoff_count] = (struct waiting){.line = line};
    return &lint->logoffs[lint->logoff_count++];
}

/* Which logoffs were let pass, of people who had been warned, and which were not, for want of a warning. */
static void note_logoff(struct lint *lint, const struct cf_row *row)
{
    bool refused =
        row->what == CF_WHAT_REFUSED && (strstr(row->text, "warn") || strstr(row->text, "announced"));
    if (!row->line || (row->what != CF_WHAT_LOGOFF && !refused))
        return;
    struct waiting *logoff = logoff_at(lint, row->line);
    if (!refused)
        logoff->held |= !row->unwarned;
    else if (!logoff->refused)
        logoff->refused = cf_strdup(row->text);
}

/* Ends the story that was, keeping what failed in it. */
static void end_story(struct lint *lint)
{
    const struct cf_test_host *test_host = &lint->context.test_host;
    for (size_t i = 0; i < test_host->row_count; i++) {
        note_logoff(lint, &test_host->rows[i]);
        if (test_host->rows[i].what == CF_WHAT_FAILED &&
            test_host->rows[i].code == CF_POLICY) /* a run, not a host */
            add_error(lint, "failure", test_host->rows[i].text);
    }
    cf_test_context_finish(&lint->context);
}

static int begin_story(struct lint *lint, bool probes, struct cf_error *err)
{
    end_story(lint);
    cf_test_context_init(&lint->context, lint->policy.path, lint->policy_folder);
    struct cf_test_host *test_host = &lint->context.test_host;
    test_host->asked = note_wait;
    test_host->asked_data = lint;
    if (probes)
        test_host->policy_host = &lint->probing;
    int code = cf_test_host_open(test_host, err);
    if (code < 0)
        return code;
    test_host->config.protect_root = test_host->config.protect_system = test_host->config.protect_console =
        false;
    code = cf_engine_add_policy(test_host->engine, &lint->policy, err);
    lint->lua.begun = -1; /* the policy's work is not ours */
    return code;
}

/* begin([probes]): a host of its own for the next story */
static int begin(lua_State *L)
{
    struct cf_error err = {0};
    if (begin_story(lint_of(L), lua_toboolean(L, 1), &err) < 0)
        cf_lua_throw(L, "%s", err.text);
    return 0;
}

/* join(user, fields, number) → the label of a person whom that selector means; nil: there is none */
static int join(lua_State *L)
{
    struct lint *lint = lint_of(L);
    size_t number = (size_t)luaL_checkinteger(L, 3);
    const struct cf_selector *selector = cf_engine_selector(lint->context.test_host.engine, number, NULL);
    if (!selector && number > 0)
        return 0;
    lua_settop(L, 2);
    struct cf_event event = {.kind = CF_EVENT_LOGON, .label = cf_vocabulary_logon(L, &lint->context.people)};
    if (selector)
        cf_selector_fit(selector, lint->context.people.records[event.label]);
    event.logon = lint->context.people.records[event.label];
    struct cf_error err = {0};
    if (cf_test_host_apply(&lint->context.test_host, &event, &err) < 0)
        cf_lua_throw(L, "%s", err.text);
    cf_lua_of(L)->begun = -1;
    if (selector && number < SELECTORS) {
        const struct cf_session *session = cf_test_host_session(&lint->context.test_host, event.label);
        lint->selected[number] += session && cf_selector_match(selector, session) == CF_TRI_YES &&
                                  !(session->console == CF_TRI_YES && session->remote == CF_TRI_YES);
    }
    lua_pushinteger(L, event.label);
    return 1;
}

/* selected(number) → how many of those who came were meant by that selector */
static int selected(lua_State *L)
{
    size_t number = (size_t)luaL_checkinteger(L, 1);
    lua_pushinteger(L, number < SELECTORS ? lint_of(L)->selected[number] : 1);
    return 1;
}

/* waits() → whether some condition has not held yet */
static int waits(lua_State *L)
{
    const struct lint *lint = lint_of(L);
    bool all = true;
    for (size_t i = 0; i < lint->wait_count; i++)
        all &= lint->waits[i].held;
    lua_pushboolean(L, !all);
    return 1;
}

/* ---- All of it ----------------------------------------------------------------------------------------- */

static int compile(lua_State *L)
{
    const struct lint *lint = lua_touserdata(L, 1);
    cf_lua_load_file(L, lint->policy.path);
    return 0;
}

/* Pushes the policy's tokens, { kind, text, line } each; the text of a string has its quotes. */
static void push_tokens(lua_State *L, struct lint *lint)
{
    static const char *const kinds[] = {[CF_TOKEN_NAME] = "name",
                                        [CF_TOKEN_WORD] = "word",
                                        [CF_TOKEN_NUMBER] = "number",
                                        [CF_TOKEN_STRING] = "string",
                                        [CF_TOKEN_SIGN] = "sign"};
    struct cf_token token;
    cf_tokens_open(&lint->tokens, lint->policy.path);
    lua_newtable(L);
    while (cf_tokens_next(&lint->tokens, &token)) {
        bool quote = token.kind == CF_TOKEN_STRING;
        lua_createtable(L, 0, 3);
        lua_pushstring(L, kinds[token.kind]);
        lua_setfield(L, -2, "kind");
        lua_pushlstring(L, token.at - quote, token.length + 2 * quote);
        lua_setfield(L, -2, "text");
        lua_pushinteger(L, token.line);
        lua_setfield(L, -2, "line");
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
}

/* Appends every text in the value to the list on top. */
static void list_texts(lua_State *L, const json_t *value)
{
    const char *name;
    json_t *item;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)value, name, item) list_texts(L, item);
    json_array_foreach(value, i, item) list_texts(L, item);
    if (!json_is_string(value))
        return;
    lua_pushstring(L, json_string_value(value));
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* Pushes what the configuration gives: { "lab", …, group = true, … }, the texts in it and the options. */
static void push_configured(lua_State *L, const json_t *options)
{
    const char *name;
    json_t *value;
    lua_newtable(L);
    list_texts(L, options);
    json_object_foreach((json_t *)(uintptr_t)options, name, value)
    {
        lua_pushboolean(L, true);
        lua_setfield(L, -2, name);
    }
}

/* Calls the embedded text with the `arguments` values on top. */
#define CALL(NAME, arguments, results)                                                                       \
    cf_vocabulary_prelude(L, globals, cf_embedded_##NAME##_lua, cf_embedded_##NAME##_lua_size, arguments,    \
                          results)

static int run(lua_State *L)
{
    struct lint *lint = lua_touserdata(L, 1);
    enum { CORE = 3, TEXTS = 5 };
    int globals = 2;
    cf_vocabulary_push(L, cf_test_context_words);
    static const luaL_Reg own[] = {
        {"found", found},       {"near", near_word}, {"begin", begin}, {"wanted", check_wanted},
        {"selected", selected}, {"join", join},      {"waits", waits}, {0}};
    lua_pushvalue(L, CORE);
    luaL_setfuncs(L, own, 0);
    lua_pushboolean(L, lint->policy.unwarned);
    lua_setfield(L, CORE, "unwarned"); /* the entry lets it */
    lua_settop(L, CORE + 1);

    lua_pushvalue(L, CORE);
    lua_pushlstring(L, cf_embedded_meta_lua, cf_embedded_meta_lua_size);
    CALL(suspects, 0, 1);
    CALL(habits, 0, 1);
    CALL(lint, 4, 1);
    push_tokens(L, lint);
    push_configured(L, lint->policy.options);
    lua_call(L, 2, 1);

    struct cf_error err = {0};
    if (begin_story(lint, false, &err) < 0) {
        add_errors(lint, err.text);
        return 0;
    }
    lua_pushvalue(L, CORE);
    lua_pushvalue(L, TEXTS);
    CALL(trial, 2, 0);
    return 0;
}

static void add_waits(struct lint *lint)
{
    for (size_t i = 0; i < lint->finding_count; i++)
        if (!lint->findings[i].warns)
            return; /* which may well be why */
    for (size_t i = 0; i < lint->wait_count; i++)
        if (!lint->waits[i].held)
            add(lint,
                &(struct cf_finding){
                    .file = cf_path_file(lint->policy.path),
                    .line = lint->waits[i].line,
                    .kind = "condition",
                    .warns = true,
                    .text = "what is waited for here did not come true for anybody tried: idle, locked, "
                            "disconnected and restless people, at any hour of more than a year; can it?"});
}

static void add_logoffs(struct lint *lint)
{
    for (size_t i = 0; i < lint->logoff_count; i++) {
        struct waiting *logoff = &lint->logoffs[i];
        struct cf_buffer text = {0};
        cf_buffer_printf(&text, "this logoff was refused every time: %s",
                         logoff->refused ? logoff->refused : "");
        if (logoff->refused && !logoff->held)
            add(lint, &(struct cf_finding){.file = cf_path_file(lint->policy.path),
                                           .line = logoff->line,
                                           .kind = "refused",
                                           .warns = strstr(logoff->refused, "unwarned") != NULL,
                                           .text = text.data});
        cf_buffer_finish(&text);
        free(logoff->refused);
    }
    free(lint->logoffs);
}

static void add_stray(void *data, const char *file, const char *text)
{
    struct cf_buffer words = {0};
    cf_buffer_printf(&words, "no policy beside it says \"%.60s\": its translation is never told", text);
    add(data,
        &(struct cf_finding){.file = cf_path_file(file), .kind = "text", .warns = true, .text = words.data});
    cf_buffer_finish(&words);
}

static int by_line(const void *left, const void *right)
{
    const struct cf_finding *a = left, *b = right;
    int files = strcmp(a->file, b->file);
    return files ? files : (a->line > b->line) - (a->line < b->line);
}

void cf_lint(const struct cf_policy_config *policy, const char *policy_folder,
             void (*tell)(void *data, const struct cf_finding *finding), void *data)
{
    struct lint lint = {.policy = *policy, .policy_folder = policy_folder, .probing = cf_lua_host_ops};
    lint.probing.hold = NULL; /* the probe is no run of Lua's */
    lint.policy.only = lint.policy.except = NULL;
    lint.policy.mode = CF_MODE_ACT;
    lint.probing.load = load_probing;
    lint.probing.begin = begin_probing;
    lint.probing.resume = resume_probing;
    lint.probing.cancel = cancel_probing;

    struct cf_error err = {0};
    int code = cf_lua_open(&lint.lua, CF_LUA_MEMORY, PATIENCE * CF_LUA_BUDGET, &err);
    lint.lua.owner = &lint;
    if (code == 0)
        code = cf_vocabulary_protect(&lint.lua, compile, policy->path, &lint, &err);
    if (code == 0)
        code = cf_vocabulary_protect(&lint.lua, run, policy->path, &lint, &err);
    end_story(&lint);
    cf_tokens_close(&lint.tokens);
    if (code < 0 && lint.finding_count == 0)
        add_error(&lint, "load", err.text);
    cf_lua_close(&lint.lua);
    add_waits(&lint);
    add_logoffs(&lint);
    cf_lua_stray_translations(policy->path, add_stray, &lint);

    if (lint.finding_count)
        qsort(lint.findings, lint.finding_count, sizeof *lint.findings, by_line);
    for (size_t i = 0; i < lint.finding_count; i++) {
        tell(data, &lint.findings[i]);
        free((char *)lint.findings[i].file);
        free((char *)lint.findings[i].text);
    }
    free(lint.findings);
    free(lint.waits);
}
