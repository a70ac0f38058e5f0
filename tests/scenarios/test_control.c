/*
 * A running engine with its journal on disk, asked through its socket by root and by its users. Time stands
 * still while somebody asks.
 */
#include "../fixture/folder.h"
#include "../fixture/root.h"
#include "../unit/unit.h"

#include "control/client.h"
#include "program/args.h"
#include "program/setup/control_server.h"
#include "program/setup/runtime.h"
#include "sim/sim.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define START ((struct cf_instant){INT64_C(1772438400000000)}) /* 2026-03-02 08:00 UTC */

enum { ANA = 1000, BOB = 1001 };

static struct fixture {
    char folder[FOLDER_PATH], path[108]; /* the first with MARK in its name */
    struct cf_config config;
    struct cf_scenario *scenario;
    struct cf_runtime runtime;
    struct cf_control_server *server;
    FILE *out;
    char ana[32], bob[32];       /* their sessions' ids */
    char refusal[CF_ERROR_SIZE]; /* the last that was told */
    int reloads;
    bool marked; /* what is not ana's is called MARK, wherever it may show */
} fixture;

/* ---- Asking ---- */

struct question {
    uid_t uid;
    const struct cf_verb *command; /* said on a command line, `words` after it; NULL: asked plainly */
    const char *verb;
    const char *const *words;
    int code;
    json_t *answer;
    struct cf_error err;
    atomic_bool done;
};

static void say(struct question *question)
{
    char *words[8] = {NULL}, *text = NULL;
    size_t size;
    int count = 0;
    for (; question->words[count]; count++)
        words[count] = (char *)(uintptr_t)question->words[count];
    FILE *out = open_memstream(&text, &size);
    struct cf_args args;
    question->code = cf_args_parse(&args, question->command, count, words, &question->err);
    if (question->code == CF_OK)
        question->code = question->command->run(&args, out, &question->err);
    cf_args_finish(&args);
    (void)fclose(out);
    question->answer = json_string(text);
    free(text);
}

static void put(void *data)
{
    struct question *question = data;
    (void)syscall(SYS_setresuid, -1, question->uid, -1); /* of this thread alone */
    if (question->command)
        say(question);
    else
        question->code = cf_control_ask(fixture.path, CF_MINUTE, question->verb, question->words,
                                        &question->answer, &question->err);
    atomic_store(&question->done, true);
}

/* What is told: the answer as text, or the code's word; borrowed until the next. */
static const char *put_and_serve(struct question question)
{
    static char text[16384];
    uv_thread_t thread;
    assert_int_equal(uv_thread_create(&thread, put, &question), 0);
    struct cf_loop *loop = fixture.runtime.loop;
    while (!atomic_load(&question.done)) {
        (void)uv_run(cf_loop_uv(loop), UV_RUN_NOWAIT);
        cf_loop_run_until(loop, cf_loop_now(loop)); /* what is due now, and not what would be */
    }
    (void)uv_thread_join(&thread);
    (void)snprintf(fixture.refusal, sizeof fixture.refusal, "%s", question.code ? question.err.text : "");
    char *dump = question.code ? NULL : json_dumps(question.answer, JSON_COMPACT | JSON_ENCODE_ANY);
    (void)snprintf(text, sizeof text, "%s", dump ? dump : cf_code_name(question.code));
    free(dump);
    json_decref(question.answer);
    cf_loop_run_until(loop, cf_mono_add(cf_loop_now(loop), (struct cf_span){1000})); /* clients have a pace */
    return text;
}

static const char *ask(uid_t uid, const char *verb, const char *const *words)
{
    return put_and_serve((struct question){.uid = uid, .verb = verb, .words = words});
}

extern const struct cf_verb cf_verb_pause, cf_verb_resume, cf_verb_reload;

/* By root, to this engine: a verb and what follows. */
static const char *command(const struct cf_verb *verb, const char *first, const char *second,
                           const char *third)
{
    const char *const words[] = {"--socket", fixture.path, first, second, third, NULL};
    return put_and_serve((struct question){.command = verb, .words = words});
}

static const char *ask_of(uid_t uid, const char *verb, const char *session)
{
    return ask(uid, verb, (const char *[]){"session", session, NULL});
}

/* ---- The fixture ---- */

static void add_logon(struct cf_script *script, uint32_t label, const char *user, int64_t uid)
{
    struct cf_session session;
    cf_session_init(&session);
    session.uid = uid;
    cf_session_set_string(&session, CF_FIELD_USER, user);
    cf_session_set_string(&session, CF_FIELD_CLASS, "user");
    const struct cf_event logon = {.kind = CF_EVENT_LOGON, .label = label, .logon = &session};
    assert_int_equal(cf_script_add(script, &logon, NULL), 0);
    cf_session_finish(&session);
}

static void reload(void *data, struct cf_control_call *call)
{
    struct cf_error err;
    assert_ptr_equal(data, &fixture);
    if (++fixture.reloads == 1) {
        cf_control_answer(call, NULL);
        return;
    }
    (void)cf_error_set(&err, CF_POLICY, "one.lua:1: this\ntwo.lua:2: that");
    cf_control_refuse(call, &err);
}

/* A veto's reason, a run's error, a path, and a condition that looks at everybody. */
static const char *const marked_policies[][2] = {
    {"MARK/vetoes.lua", "sessions.protect({ class = 'user' }, function (session)\n"
                        "  if session.idle and session.idle > 20 * minute and session.idle < 1 * hour then\n"
                        "    return 'MARK sits an exam'\n  end\nend)\n"},
    {"MARK/fails.lua", "sessions.watch({ class = 'user' }, function (session)\n"
                       "  session:wait_idle(10 * minute)\n  error('MARK ' .. session.user)\nend)\n"},
    {"MARK/looks.lua", "sessions.watch({ class = 'user' }, function (session)\n  session:wait(function ()\n"
                       "    for _, other in ipairs(sessions.list()) do\n"
                       "      if other.user == 'MARKbob' and other.idle >= 90 * minute then return true end\n"
                       "    end\n    return session.idle and session.idle >= 2 * hour\n  end)\n"
                       "  session:warn('Soon.', { left = 1 * minute })\n  clock.sleep(1 * minute)\n"
                       "  session:logoff('it is late')\nend)\n"},
};

static void add_marked_policies(void)
{
    for (size_t i = 0; i < sizeof marked_policies / sizeof *marked_policies; i++) {
        struct cf_error err = {0};
        const char *path = folder_write(marked_policies[i][0], marked_policies[i][1]);
        if (cf_config_add_policy(&fixture.config, path, NULL, NULL, &err) != 0)
            fail_msg("%s", err.text);
    }
}

static void open_scene(void)
{
    struct cf_error err = {0};
    folder_make();
    assert_int_equal(chmod(folder_path(""), 0755), 0);
    (void)strcpy(fixture.folder, folder_path("MARK"));
    assert_int_equal(mkdir(fixture.folder, 0755), 0);
    (void)strcpy(fixture.path, folder_path("MARK/control"));
    struct cf_script *script = cf_script_create(START);
    add_logon(script, 0, "ana", ANA);
    add_logon(script, 1, fixture.marked ? "MARKbob" : "bob", BOB);
    fixture.scenario = cf_script_finish(script, CF_DAY.us);
    cf_config_init(&fixture.config);
    fixture.config.mode = CF_MODE_ACT;
    fixture.config.limits.share = 1;
    assert_int_equal(cf_config_add_policy(&fixture.config, "policies/idle.lua", NULL, NULL, &err), 0);
    if (fixture.marked)
        add_marked_policies();
    assert_non_null(fixture.out = fopen("/dev/null", "w"));
    const struct cf_sim_setup sim = {.scenario = fixture.scenario};
    const struct cf_runtime_setup setup = {.backend = &cf_sim_ops,
                                           .backend_setup = &sim,
                                           .config = &fixture.config,
                                           .zone = cf_zone_utc(),
                                           .is_virtual = true,
                                           .start = START,
                                           .state = fixture.folder,
                                           .report = {.out = fixture.out}};
    if (cf_runtime_init(&fixture.runtime, &setup, &err) != 0)
        fail_msg("%s", err.text);
    const struct cf_control_server_setup server = {.engine = fixture.runtime.engine,
                                                   .path = fixture.path,
                                                   .state = fixture.folder,
                                                   .reload = reload,
                                                   .data = &fixture};
    if (cf_control_server_create(&server, &fixture.server, &err) != 0)
        fail_msg("%s", err.text);
}

static void close_scene(void)
{
    cf_control_server_destroy(fixture.server);
    cf_runtime_finish(&fixture.runtime);
    cf_scenario_destroy(fixture.scenario);
    cf_config_finish(&fixture.config);
    (void)fclose(fixture.out);
    cf_zones_release();
    folder_drop();
}

static void run_until(struct cf_span since_start)
{
    cf_loop_run_until(fixture.runtime.loop, (struct cf_mono){since_start.us});
}

static void learn_ids(void)
{
    const struct cf_registry *registry = cf_engine_registry(fixture.runtime.engine);
    for (cf_session_key key = 0; (key = cf_registry_next(registry, key));) {
        const struct cf_session *session = cf_registry_get(registry, key);
        (void)snprintf(session->uid == ANA ? fixture.ana : fixture.bob, sizeof fixture.ana, "%s",
                       session->identity.id);
    }
}

static void test_control(void **state)
{
    (void)state;
    needs_root();
    (void)setenv("TZ", "UTC", 1);
    open_scene();
    run_until(cf_minutes(5));
    learn_ids();

    /* a living session */
    assert_contains(ask_of(0, "why", fixture.ana), "\"policy\":\"idle\"");
    assert_contains(ask_of(ANA, "why", fixture.ana), "\"policy\":\"idle\"");
    assert_contains(ask_of(ANA, "why", "ana"), "\"policy\":\"idle\"");
    assert_string_equal(ask_of(BOB, "why", "ana"), "gone");
    assert_string_equal(ask_of(BOB, "why", fixture.ana), "gone");
    assert_string_equal(ask_of(BOB, "why", "no such"), "gone");
    assert_contains(ask(ANA, "sessions", NULL), "\"user\":\"ana\"");
    assert_null(strstr(ask(ANA, "sessions", NULL), "bob"));
    assert_contains(ask(ANA, "stay", NULL), "\"policies\":[{\"policy\":\"idle\",\"granted\":");
    assert_string_equal(ask_of(ANA, "stay", fixture.bob), "gone");

    /* the engine */
    assert_string_equal(ask(ANA, "status", NULL), "denied");
    assert_string_equal(ask(ANA, "pause", NULL), "denied");
    assert_contains(ask(0, "status", NULL), "\"policy\":\"idle\"");
    assert_contains(ask(0, "metrics", NULL), "curfew_");
    assert_string_equal(ask(0, "pause", (const char *[]){"policy", "idel", NULL}), "usage");
    assert_contains(ask(0, "pause", (const char *[]){"policy", "idle", "for", "10m", NULL}),
                    "{\"policy\":\"idle\",\"until\":\"2026-03-02T08:15:00.");
    assert_string_equal(ask(0, "resume", NULL), "{\"policy\":null}");
    assert_string_equal(ask(0, "resume", NULL), "usage");
    assert_string_equal(ask(0, "reload", NULL), "null");
    assert_string_equal(ask(0, "reload", NULL), "policy");

    assert_string_equal(command(&cf_verb_pause, NULL, NULL, NULL),
                        "\"everything is paused until somebody says: curfew resume\\n\"");
    assert_string_equal(command(&cf_verb_resume, NULL, NULL, NULL), "\"everything is at work again\\n\"");
    assert_contains(command(&cf_verb_pause, "idle", "--for", "2h"), "idle is paused until 2026-03-02 10:05");
    assert_string_equal(command(&cf_verb_resume, "idle", "--json", NULL),
                        "\"{\\\"policy\\\":\\\"idle\\\"}\\n\"");
    assert_string_equal(command(&cf_verb_resume, "idle", NULL, NULL), "usage");
    fixture.reloads = 0;
    assert_string_equal(command(&cf_verb_reload, NULL, NULL, NULL), "\"the configuration is in force\\n\"");
    assert_string_equal(command(&cf_verb_reload, NULL, NULL, NULL), "policy");

    /* one that has ended */
    run_until(cf_minutes(60));
    assert_null(cf_engine_session(fixture.runtime.engine, cf_engine_next_session(fixture.runtime.engine, 0)));
    assert_contains(ask_of(ANA, "why", fixture.ana), "\"user\":\"ana\",\"entries\":[{");
    assert_contains(ask_of(ANA, "why", fixture.ana), "\"what\":\"logoff\"");
    assert_contains(ask_of(0, "why", fixture.ana), "\"what\":\"logoff\"");
    assert_string_equal(ask_of(BOB, "why", fixture.ana), "gone");
    assert_contains(ask_of(0, "why", "ana"), "\"what\":\"logoff\"");
    assert_string_equal(ask_of(BOB, "why", "ana"), "gone");
    assert_string_equal(ask_of(ANA, "stay", fixture.ana), "gone");
    run_until(cf_seconds(8 * 86400));
    assert_string_equal(ask_of(ANA, "why", fixture.ana), "gone"); /* a week later */
    close_scene();
}

/* ---- What users learn ---- */

static const char *by_chance(uint64_t *random, const char *const *choices, size_t count)
{
    return choices[pick(random, (int64_t)count)];
}

/* Asks for anything about anybody, and answers with all that is told. */
static const char *ask_by_chance(uid_t uid, const char *verb, uint64_t *random)
{
    const char *const names[] = {fixture.ana, fixture.ana, "ana", fixture.bob, "MARKbob", "999", "%"};
    static const char *const whats[] = {"logoff", "failed", "warn", "stays", "extend", "x"},
                             *const spans[] = {"1m", "2h", "-1m", "x"},
                             *const policies[] = {"MARK/looks.lua", "vetoes", "no such"};
    const char *words[9] = {NULL};
    size_t count = 0;
#define WORD(name, choices)                                                                                  \
    if (pick(random, 3)) {                                                                                   \
        words[count++] = name;                                                                               \
        words[count++] = by_chance(random, choices, sizeof(choices) / sizeof *(choices));                    \
    }
    bool session =
        strcmp(verb, "status") != 0 && strcmp(verb, "metrics") != 0 && strcmp(verb, "sessions") != 0;
    if (session && strcmp(verb, "pause") != 0 && strcmp(verb, "resume") != 0)
        WORD("session", names)
    if (strcmp(verb, "note") == 0)
        WORD("what", whats)
    if (strcmp(verb, "stay") == 0)
        WORD("for", spans)
    if (strcmp(verb, "pause") == 0 || strcmp(verb, "resume") == 0)
        WORD("policy", policies)
#undef WORD
    return ask(uid, verb, words);
}

/* A user's own session is told of by all verbs, in all its states, and nobody else's. */
static void test_nobody_else(void **state)
{
    (void)state;
    needs_root();
    static const char *const verbs[] = {"sessions", "why",    "why",   "why",    "stay",   "note",
                                        "status",   "resume", "pause", "reload", "metrics"};
    size_t root_sees = 0, answers = 0;
    char bobs[64];
    fixture.marked = true;
    for (uint64_t random = 1, round = 0; round < 3; round++) {
        open_scene();
        run_until(cf_seconds(1));
        learn_ids();
        (void)snprintf(bobs, sizeof bobs, "session %s's", fixture.bob); /* as a condition's tests have it */
        for (int i = 0; i < 120; i++) {
            const char *verb = by_chance(&random, verbs, sizeof verbs / sizeof *verbs);
            const char *told = ask_by_chance(ANA, verb, &random);
            answers += told[0] == '{' || told[0] == '[';
            if (strstr(told, "MARK") || strstr(told, bobs) || strstr(fixture.refusal, "MARK"))
                fail_msg("%s: %s%s", verb, told, fixture.refusal);
            told = ask_of(0, "why", fixture.ana);
            root_sees += strstr(told, "MARK") && strstr(told, bobs);
            assert_contains(ask(0, "status", NULL), "MARK");
            cf_loop_run_until(fixture.runtime.loop, cf_mono_add(cf_loop_now(fixture.runtime.loop),
                                                                cf_seconds(1 + pick(&random, 240))));
        }
        close_scene();
    }
    fixture.marked = false;

    assert_true(root_sees > 30 && answers > 30);
}

/* ---- What requests do to the journal and to libuv's pool ---- */

enum { QUERIES = 64 };

static struct {
    uv_mutex_t mutex;
    char *sql[QUERIES];
    int count;
} asked;

static int on_statement(unsigned event, void *data, void *statement, void *sql)
{
    (void)event, (void)data, (void)sql;
    const char *text = sqlite3_sql(statement);
    if (strstr(text, "FROM entries")) {
        uv_mutex_lock(&asked.mutex);
        assert_true(asked.count < QUERIES);
        asked.sql[asked.count++] = strdup(text);
        uv_mutex_unlock(&asked.mutex);
    }
    return 0;
}

/* Of each connection that is opened from now on. */
static int trace(sqlite3 *sqlite, char **error, const void *api)
{
    (void)error, (void)api;
    return sqlite3_trace_v2(sqlite, SQLITE_TRACE_STMT, on_statement, NULL);
}

/* By an index, so many rows at most, and no sorting of more than these. */
static void assert_is_search(sqlite3 *sqlite, const char *sql)
{
    char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *plan = NULL;
    assert_int_equal(sqlite3_prepare_v2(sqlite, explain, -1, &plan, NULL), SQLITE_OK);
    int steps = 0;
    for (; sqlite3_step(plan) == SQLITE_ROW; steps++) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        if (strncmp(detail, "SEARCH entries USING INDEX", strlen("SEARCH entries USING INDEX")) != 0)
            fail_msg("%s: %s", detail, sql);
    }
    assert_true(steps > 0);
    assert_contains(sql, " LIMIT ");
    (void)sqlite3_finalize(plan);
    sqlite3_free(explain);
}

/* Whatever anybody asks by the socket, of whatever there is and is not. */
static void ask_everything(void)
{
    static const char *const verbs[] = {"sessions", "why",    "stay",  "note",  "status",
                                        "metrics",  "resume", "pause", "reload"};
    const char *const names[] = {fixture.ana, fixture.bob, "ana", "bob", "nobody", "999", "%", "' OR 1"};
    for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            for (uid_t uid = 0; uid <= BOB; uid = uid ? uid + 1 : ANA) {
                (void)ask_of(uid, verbs[v], names[n]);
                (void)ask(uid, verbs[v], NULL);
                cf_loop_run_until(fixture.runtime.loop,
                                  cf_mono_add(cf_loop_now(fixture.runtime.loop), CF_SECOND));
            }
}

static void test_queries(void **state)
{
    (void)state;
    needs_root();
    open_scene();
    run_until(cf_minutes(1));
    learn_ids();
    (void)uv_mutex_init(&asked.mutex);
    assert_int_equal(sqlite3_auto_extension((void (*)(void))trace), SQLITE_OK);
    ask_everything();
    run_until(cf_minutes(120)); /* they are gone */
    ask_everything();
    sqlite3_reset_auto_extension();
    sqlite3 *sqlite = NULL;
    assert_int_equal(sqlite3_open_v2(folder_path("MARK/journal.db"), &sqlite, SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    assert_true(asked.count > 0);
    for (int i = 0; i < asked.count; i++) {
        assert_is_search(sqlite, asked.sql[i]);
        free(asked.sql[i]);
    }
    (void)sqlite3_close(sqlite);
    uv_mutex_destroy(&asked.mutex);
    close_scene();
}

enum { POOL = 16 }; /* jobs: more than libuv's pool has threads */

static uv_sem_t pool_is_free;

static void occupy(uv_work_t *work)
{
    (void)work;
    uv_sem_wait(&pool_is_free);
}

static void occupied(uv_work_t *work, int status)
{
    (void)work, (void)status;
}

/* What is looked up for somebody is not on the threads that read terminals and write warnings. */
static void test_pool(void **state)
{
    (void)state;
    needs_root();
    uv_work_t work[POOL];
    open_scene();
    run_until(cf_minutes(1));
    learn_ids();
    run_until(cf_minutes(120));
    assert_int_equal(uv_sem_init(&pool_is_free, 0), 0);
    for (int i = 0; i < POOL; i++)
        assert_int_equal(uv_queue_work(cf_loop_uv(fixture.runtime.loop), &work[i], occupy, occupied), 0);
    const char *told = ask_of(ANA, "why", fixture.ana);
    for (int i = 0; i < POOL; i++) /* whatever it is: the pool is waited for at the end of a program */
        uv_sem_post(&pool_is_free);
    assert_contains(told, "\"what\":\"logoff\"");
    close_scene();
    uv_sem_destroy(&pool_is_free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_control), cmocka_unit_test(test_nobody_else),
                                       cmocka_unit_test(test_queries), cmocka_unit_test(test_pool)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
