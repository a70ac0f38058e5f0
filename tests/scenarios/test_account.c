/*
 * Random policies out of all that hoards: whatever the engine holds for one counts with its memory, so that
 * it ends at its limit and not with the machine; and all of it is given back when it is loaded again, and
 * unloaded.
 */
#include "../fixture/folder.h"
#include "allocated.h"
#include "simulation.h"

#include "base/log.h"
#include "bindings/script.h"
#include "sim/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SESSIONS = 40,
    ROUNDS = 12,
    OF_POLICY = 4, /* words that it has, of those below */
    MINUTES = 20,  /* each time between two looks, of which there are … */
    LOOKS = 3,
    OF_SESSION = 3072, /* bytes beside, of the engine's side of a session and of the host's */
    CACHE = 768 << 10, /* of the allocator's own, besides a part of each block, where it is not exact */
};

/* What a run does before it sleeps; N is a random number up to 1000. */
static const char *const words[] = {
    "for i = 1, N do kept[#kept + 1] = { ('x'):rep(100) } end",
    "for i = 1, N // 20 do session:wait(function () local all = 0 * second\n"
    "  for _, other in ipairs(sessions.list {}) do all = all + other.age end return all >= 0 * second end, second) end",
    "for i = 1, N do session:wait(function () return session.age >= 0 * second end, second) end",
    "for i = 1, N // 10 do session:wait_idle(i * second) end",
    "for _, other in ipairs(sessions.list {}) do local _ = other.idle end",
    "for _, other in ipairs(sessions.list {}) do\n"
    "  other:warn('{left} ' .. ('x'):rep(3 * N), { left = hour }, { title = ('t'):rep(N), ask = ('a'):rep(N) }) end",
    "session:warn('{left} ' .. ('x'):rep(4 * N), { left = hour }, { title = ('t'):rep(4 * N) })",
    "for i = 1, 3 do session:tell(('x'):rep(N)) end",
    "session:logoff(('x'):rep(4 * N))",
    "session:lock()",
    "local lines = {} for i = 1, N // 10 + 1 do lines[i] = 'Mon 07:30-19:00' end\n"
    "for i = 1, 10 do kept[#kept + 1] = calendar.weekly(lines) + calendar.weekly(lines) end",
    "if not kept.stored then kept.stored = true\n"
    "  for k = 1, 20 do local list = {} for i = 1, 10 * N do list[i] = i end store.set('list' .. k, list) end end",
    "session:wait(function () local all = 0 * second\n"
    "  for _, other in ipairs(sessions.list {}) do all = all + other.age end return all < 0 * second end, 2 * hour)",
    "local list = {} for i = 1, N do list['k' .. i] = { i } end store.set('named' .. N % 3, list)",
    "store.set('list' .. N % 7, nil)",
    "session:wait(function () return office:contains(clock.now()) or session.locked end, minute)",
    "for left in countdown({ 3 * minute, minute }) do session:warn('{left}', { left = left }) end",
    "pcall(host.refuse_logons, ('x'):rep(N) .. #kept)",
    "local _ = session:runs { 'make' }, session:cpu(minute), session:in_group('x')",
};

/* What it declares. */
static const char *const declarations[] = {
    "clock.every(second * (N % 9 + 1), function () kept[#kept + 1] = {} clock.sleep(hour) end)",
    "for i = 1, N do clock.at('Mon 12:00', log) end",
    "sessions.protect({}, function (session) return N % 3 == 0 and ('v'):rep(4 * N) end, { at_most = minute })",
    "for i = 1, N % 60 do sessions.watch({ class = 'user' }, function (session) clock.sleep(hour) end) end",
    "for i = 1, N % 60 do sessions.on('lock', function () clock.sleep(hour) end) end",
    "for i = 1, N do option('o' .. i, { 1, 2, 3 }, 'help') end",
    "for i = 1, N do kept[i] = calendar.weekly { 'Mon 08:00-09:00' } end",
};

enum { WORDS = sizeof words / sizeof *words, DECLARATIONS = sizeof declarations / sizeof *declarations };

static struct {
    struct simulation sim;
    const struct cf_lua_script *script; /* of the policy that is looked at */
    unsigned failed;
} trial;

static int load(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                struct cf_error *err)
{
    int code = cf_lua_host_ops.load(host, policy, ret_script, err);
    if (code == 0)
        trial.script = *ret_script;
    return code;
}

/* The host keeps what it shows, which nobody counts: here it gets a letter of each text. */
static void submit(struct cf_backend *backend, const struct cf_request *request)
{
    struct cf_request brief = *request;
    brief.text = request->text ? "x" : NULL;
    cf_sim_ops.submit(backend, &brief);
}

static int open_host(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                     struct cf_backend **ret_backend, struct cf_error *err)
{
    static struct cf_backend_ops brief;
    brief = cf_sim_ops;
    brief.submit = submit;
    int code = cf_sim_ops.open(loop, sink, setup, ret_backend, err);
    if (code == 0)
        ((struct cf_backend_head *)(void *)*ret_backend)->ops = &brief;
    return code;
}

static void hear(void *data, const struct cf_entry *entry)
{
    (void)data;
    trial.failed += entry->what == CF_WHAT_FAILED && entry->policy;
}

static void log_on(uint32_t label)
{
    struct cf_session session;
    person_init(&session, "ana", 1000 + label);
    cf_session_set_string(&session, CF_FIELD_LANGUAGE, "pt_BR");
    simulation_log_on(&trial.sim, label, &session);
}

static void look_at(const char *text, size_t heap_of_none, size_t used_by_none)
{
    const struct cf_lua *lua = &trial.script->lua;
    size_t beside = OF_SESSION * SESSIONS, held = allocated();
#if !IS_SANITIZED
    beside += CACHE + lua->used / 3;
#endif
    if (held > heap_of_none + beside + lua->used - used_by_none)
        fail_msg("%s\n%zu bytes are held, of which %zu count", text, held - heap_of_none,
                 lua->used - used_by_none);
    assert_true(lua->used <= lua->limit + (1 << 20)); /* the limit moves with the host's sessions */
}

static struct {
    size_t heap[LOOKS], used[LOOKS];
} none; /* of a policy that only sleeps */

/* Translations of so many texts. */
static void write_translations(unsigned count)
{
    FILE *file = fopen(folder_path("translations/pt_BR.lua"), "w");
    assert_non_null(file);
    (void)fputs("return {\n", file);
    while (count-- > 0)
        (void)fprintf(file, "['text %u'] = 'texto %u',\n", count, count);
    (void)fputs("}\n", file);
    (void)fclose(file);
}

static void play(const char *text, bool is_none)
{
    struct cf_error err = {0};
    struct cf_policy_host_ops hosts = cf_lua_host_ops;
    hosts.load = load;
    struct cf_backend_ops host = cf_sim_ops;
    host.open = open_host;
    simulation_init(&trial.sim, NULL, (struct cf_sim_setup){0}, hear);
    trial.sim.setup.policy_host = &hosts;
    trial.sim.setup.backend = &host;
    const char *path = folder_write("hoards.lua", text);
    assert_int_equal(cf_config_add_policy(&trial.sim.config, path, NULL, NULL, NULL), 0);
    if (simulation_start(&trial.sim, &err) != 0)
        fail_msg("%s\n%s", text, err.text);
    for (uint32_t label = 0; label < SESSIONS; label++)
        log_on(label);
    for (int i = 0; i < LOOKS; i++) {
        struct cf_span on = cf_minutes(i + 1 == LOOKS ? 1 : MINUTES); /* the last time after a reload */
        if (i + 1 == LOOKS)
            assert_int_equal(cf_engine_reload(trial.sim.engine, &trial.sim.config, &err), 0);
        simulation_run_on(&trial.sim, on);
        if (is_none) {
            none.heap[i] = allocated();
            none.used[i] = trial.script->lua.used;
        } else {
            look_at(text, none.heap[i], none.used[i]);
        }
    }
    simulation_close(&trial.sim); /* unload() asserts that all is given back */
}

/* Copies the word, with a number in place of each N. */
static void add(struct cf_buffer *text, const char *word, struct cf_random *random)
{
    unsigned number = cf_random_below(random, 1000);
    for (; *word; word++) {
        bool alone = *word == 'N' && !(word[1] >= 'a' && word[1] <= 'z');
        cf_buffer_printf(text, alone ? "%u" : "%c", alone ? number : (unsigned)*word);
    }
    cf_buffer_puts(text, "\n");
}

static void begin(struct cf_buffer *text)
{
    cf_buffer_puts(text, "local kept, office = {}, calendar.weekly { 'Mon-Fri 08:00-18:00' }\n");
}

static void begin_watch(struct cf_buffer *text)
{
    cf_buffer_puts(text, "sessions.watch({ class = 'user' }, function (session)\n");
}

static void end_and_play(struct cf_buffer *text, bool is_none)
{
    cf_buffer_puts(text, "clock.sleep(10 * hour)\nend)\n");
    play(text->data, is_none);
    cf_buffer_finish(text);
}

/* Of `words` and declarations one each, a policy for each. */
static void test_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORDS + DECLARATIONS; i++) {
        struct cf_random random = cf_random_of(5, 1);
        struct cf_buffer text = {0};
        begin(&text);
        if (i >= WORDS)
            add(&text, declarations[i - WORDS], &random);
        begin_watch(&text);
        if (i < WORDS)
            add(&text, words[i], &random);
        end_and_play(&text, false);
    }
}

static void test_random_policies(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct cf_random random = cf_random_of(seed, 1);
        struct cf_buffer text = {0};
        begin(&text);
        add(&text, declarations[cf_random_below(&random, DECLARATIONS)], &random);
        begin_watch(&text);
        for (int i = 0; i < OF_POLICY; i++)
            add(&text, words[cf_random_below(&random, WORDS)], &random);
        write_translations(cf_random_below(&random, 20000) * (seed % 2));
        trial.failed = 0;
        end_and_play(&text, false);
        failed += trial.failed > 0;
    }
    print_message("%u of %d policies had runs that failed\n", failed, ROUNDS);
}

static int set_up(void **state)
{
    folder_set_up(state);
    assert_int_equal(mkdir(folder_path("translations"), 0700), 0);
    write_translations(0);
    for (int i = 0; i < 2; i++) { /* the second time all is there that is kept for good */
        struct cf_buffer text = {0};
        begin(&text);
        begin_watch(&text);
        end_and_play(&text, true);
    }
    return 0;
}

static int tear_down(void **state)
{
    cf_zones_release();
    return folder_tear_down(state);
}

int main(void)
{
    cf_log_set_level(CF_LOG_NOTHING);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random_policies, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
