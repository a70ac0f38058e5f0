#include "bindings/lua_host.h"

#include "base/memory.h"
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "engine/records/store.h"

#include <assert.h>
#include <lauxlib.h>
#include <stdlib.h>

struct cf_policy_host {
    size_t memory;
    int budget;
    uint64_t refuse_from, refusals;
};

static struct cf_policy_host *create(void)
{
    struct cf_policy_host *host = cf_alloc(sizeof *host);
    host->memory = CF_LUA_MEMORY;
    host->budget = CF_LUA_BUDGET;
    return host;
}

static void destroy(struct cf_policy_host *host)
{
    free(host);
}

void cf_lua_host_set_memory(struct cf_policy_host *host, size_t bytes)
{
    host->memory = bytes;
}

void cf_lua_host_set_budget(struct cf_policy_host *host, int instructions)
{
    host->budget = instructions;
}

void cf_lua_host_set_refusals(struct cf_policy_host *host, uint64_t from, uint64_t count)
{
    host->refuse_from = from;
    host->refusals = count;
}

/* ---- Loading ------------------------------------------------------------------------------------------- */

/* FNV-1a: the same for a policy's name on every machine. */
static uint64_t seed_of(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash;
}

static int run_file(lua_State *L)
{
    struct cf_lua_script *script = lua_touserdata(L, 1);
    cf_lua_push_globals(L, seed_of(cf_policy_name(script->policy)));
    int globals = lua_gettop(L);
    cf_lua_add_sessions(L);
    cf_lua_add_session(L);
    cf_lua_add_notices(L);
    cf_lua_add_clock(L);
    cf_lua_add_leads(L);
    cf_lua_add_calendar(L);
    cf_lua_add_dates(L);
    cf_lua_add_option(L);
    cf_lua_add_host(L);
    cf_lua_add_store(L);
    cf_lua_add_require(L);

    cf_lua_load_file(L, cf_policy_path(script->policy));
    cf_lua_push_env(L, globals);
    cf_lua_set_env(L);
    lua_call(L, 0, 0);
    return 0;
}

static void unload(void *data)
{
    struct cf_lua_script *script = data;
    cf_lua_close(&script->lua);
    cf_lua_give_back(&script->lua, script->held + script->stored);
    assert(script->lua.used == 0);
    while (script->spare) {
        struct cf_lua_run *run = script->spare;
        script->spare = run->next_spare;
        free(run);
    }
    for (size_t i = 0; i < script->module_count; i++)
        free(script->modules[i]);
    free(script->modules);
    json_decref(script->packed);
    json_decref(script->translations);
    cf_selector_destroy(script->listing);
    free(script);
}

/* What it holds before its file runs. */
static int charge_files(struct cf_lua_script *script, struct cf_error *err)
{
    size_t translations = cf_json_memory(script->translations);
    if (!cf_lua_try_hold(&script->lua, translations) ||
        (script->held = translations, !cf_lua_charge_store(script)))
        return cf_error_set(
            err, CF_POLICY,
            "%s: its translations and what it keeps take more than the %d MiB of memory that the policy "
            "may hold; let them be fewer",
            cf_policy_path(script->policy), (int)(script->lua.limit >> 20));
    return CF_OK;
}

static int load(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                struct cf_error *err)
{
    struct cf_lua_script *script = cf_alloc(sizeof *script);
    script->policy = policy;
    script->engine = cf_policy_engine(policy);
    int code = cf_lua_load_translations(script, err);
    if (code == 0)
        code = cf_lua_open(&script->lua, host->memory, host->budget, err);
    if (code == 0)
        code = charge_files(script, err);
    script->lua.owner = script;
    script->lua.refuse_from = host->refuse_from;
    script->lua.refusals = host->refusals;
    if (code == 0) {
        script->lua.zone = cf_engine_zone(script->engine);
        code = cf_lua_protect(&script->lua, run_file, script, err);
    }
    if (code == 0)
        cf_lua_check_entry_texts(script);
    if (code < 0)
        unload(script);
    else
        *ret_script = script;
    return code;
}

/* ---- Runs ---------------------------------------------------------------------------------------------- */

struct step {
    struct cf_lua_run *run;
    uint64_t function; /* to begin */
    bool waits;
};

/* Runs of sessions widen what their policy may hold, up to so many for each session: it is the host that
 * makes these. All others are charged, because nothing else bounds how many wait. */
static bool is_free(const struct cf_lua_run *run)
{
    const struct cf_lua_script *script = run->script;
    return !cf_task_is_detached(run->task) &&
           script->free_runs < CF_LUA_FREE_RUNS * cf_engine_session_count(script->engine);
}

static void charge_run(lua_State *L, struct cf_lua_run *run)
{
    if (is_free(run)) {
        run->charge = CF_LUA_RUN_IS_FREE;
        run->script->free_runs++;
        run->script->lua.limit += CF_LUA_RUN;
    } else {
        cf_lua_hold(L, "a run cannot begin", CF_LUA_CHARGED);
        run->charge = CF_LUA_RUN_IS_CHARGED;
    }
}

static void discharge_run(struct cf_lua_run *run)
{
    struct cf_lua_script *script = run->script;
    if (run->charge == CF_LUA_RUN_IS_CHARGED)
        cf_lua_give_back(&script->lua, CF_LUA_CHARGED);
    if (run->charge == CF_LUA_RUN_IS_FREE) {
        script->free_runs--;
        script->lua.limit -= CF_LUA_RUN;
    }
    run->charge = CF_LUA_RUN_BEGINS;
}

static struct cf_lua_run *take_run(struct cf_lua_script *script, struct cf_task *task)
{
    struct cf_lua_run *run = script->spare;
    if (run) {
        script->spare = run->next_spare;
        script->spare_count--;
    } else {
        run = cf_alloc(sizeof *run);
        run->script = script;
    }
    run->task = task;
    run->closing = run->stopped = false;
    return run;
}

/* Keeps the run for the next one; false where there are enough. */
static bool spare(struct cf_lua_run *run)
{
    struct cf_lua_script *script = run->script;
    discharge_run(run);
    if (script->spare_count == CF_LUA_SPARE_RUNS)
        return false;
    run->next_spare = script->spare;
    script->spare = run;
    script->spare_count++;
    return true;
}

static int end_run(lua_State *L)
{
    struct cf_lua_run *run = lua_touserdata(L, 1);
    discharge_run(run);
    if (run->thread && !run->stopped && cf_lua_end_thread(L, run->thread) && spare(run))
        return 0;
    if (run->thread)
        luaL_unref(L, LUA_REGISTRYINDEX, run->anchor);
    free(run);
    return 0;
}

static void finish_run(struct cf_lua_run *run)
{
    struct cf_lua_script *script = run->script;
    run->closing = true;
    script->running = run;
    (void)cf_lua_protect(&script->lua, end_run, run, NULL); /* nothing in there throws */
    script->running = NULL;
}

static int begin_run(lua_State *L)
{
    struct step *step = lua_touserdata(L, 1);
    struct cf_lua_run *run = step->run;
    charge_run(L, run);
    if (!run->thread) {
        lua_State *thread = lua_newthread(L);
        run->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
        run->thread = thread;
    }
    cf_session_key session = cf_task_session(run->task);
    lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)step->function);
    if (session)
        cf_lua_push_session(L, session);
    lua_xmove(L, run->thread, session ? 2 : 1);
    step->waits = cf_lua_resume(L, run->thread, session ? 1 : 0);
    return 0;
}

static int resume_run(lua_State *L)
{
    struct step *step = lua_touserdata(L, 1);
    step->waits = cf_lua_resume(L, step->run->thread, 0);
    return 0;
}

static enum cf_step take_step(struct step *step, lua_CFunction fn, struct cf_error *err)
{
    struct cf_lua_script *script = step->run->script;
    script->running = step->run;
    int code = cf_lua_protect(&script->lua, fn, step, err);
    script->running = NULL;
    if (code == 0 && step->waits)
        return CF_STEP_WAITING;
    bool clean = code == 0; /* a coroutine that returned has nothing left to close */
    step->run->stopped = !clean && script->lua.over != CF_LUA_WITHIN;
    if (!clean || !spare(step->run))
        finish_run(step->run);
    return clean ? CF_STEP_RETURNED : CF_STEP_FAILED;
}

static enum cf_step begin(void *script, uint64_t function, struct cf_task *task, void **ret_run,
                          struct cf_error *err)
{
    struct step step = {.run = take_run(script, task), .function = function};
    struct cf_lua *lua = &step.run->script->lua;
    lua->begins = (int)function;
    enum cf_step outcome = take_step(&step, begin_run, err);
    lua->begins = 0;
    if (outcome == CF_STEP_WAITING)
        *ret_run = step.run;
    return outcome;
}

static enum cf_step resume(void *data, const struct cf_result *result, struct cf_error *err)
{
    struct step step = {.run = data};
    step.run->script->result = result;
    return take_step(&step, resume_run, err);
}

static void cancel(void *run)
{
    finish_run(run);
}

struct holding {
    const struct cf_lua_run *run;
    size_t bytes;
};

/* Once all garbage is collected. */
static int hold_after_all(lua_State *L)
{
    const struct holding *holding = lua_touserdata(L, 1);
    struct cf_lua *lua = cf_lua_of(L);
    (void)lua_gc(L, LUA_GCCOLLECT);
    if (cf_lua_try_hold(lua, holding->bytes))
        return 0;
    char text[200];
    (void)snprintf(
        text, sizeof text,
        "with what this run waits for, has looked at and shows, the policy would hold more than the %d MiB "
        "of memory it may; let it be less, for fewer sessions",
        (int)(lua->limit >> 20));
    cf_lua_throw_at(L, holding->run->thread, text);
}

static int hold(void *data, size_t bytes, struct cf_error *err)
{
    struct holding holding = {.run = data, .bytes = bytes};
    struct cf_lua *lua = &holding.run->script->lua;
    return cf_lua_try_hold(lua, bytes) ? CF_OK : cf_lua_protect(lua, hold_after_all, &holding, err);
}

static void give_back(void *script, size_t bytes)
{
    cf_lua_give_back(&((struct cf_lua_script *)script)->lua, bytes);
}

const struct cf_policy_host_ops cf_lua_host_ops = {
    .name = "lua",
    .create = create,
    .destroy = destroy,
    .load = load,
    .unload = unload,
    .begin = begin,
    .resume = resume,
    .cancel = cancel,
    .evaluate = cf_lua_evaluate,
    .release = cf_lua_release,
    .hold = hold,
    .give_back = give_back,
};
