#include "author/tester.h"

#include "author/test_context.h"

#include <string.h>

struct tester {
    struct cf_test_context context; /* first: cf_test_context_words looks for it there */
    struct cf_lua lua;
    const char *path, *policy_folder;
    lua_Integer tests; /* of this file */
    lua_Integer index; /* of the one that runs, from 1; 0 while the file loads */
    const char *name;  /* of that test, as the state keeps it */
    FILE *out;
    unsigned passed, failed;
};

/* Values of the state's registry. */
static const char tests_key[] = "tests"; /* a list: name, function, name, function… */
static const char run_key[] = "run";     /* the function that runs such a function */

/* ---- The report ---------------------------------------------------------------------------------------- */

static void print_safe(FILE *out, const char *text, size_t length)
{
    char line[CF_ERROR_SIZE], safe[3 * CF_ERROR_SIZE];
    snprintf(line, sizeof line, "%.*s", (int)length, text);
    cf_text_safe(line, safe, sizeof safe);
    fputs(safe, out);
}

static void print_lines(FILE *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        fputs("#   ", out);
        print_safe(out, text, length);
        fputc('\n', out);
        text += length + (text[length] == '\n');
    }
}

static void report(struct tester *tester, const char *name, const struct cf_error *failure)
{
    unsigned *count = failure ? &tester->failed : &tester->passed;
    ++*count;
    fprintf(tester->out, "%sok %u - ", failure ? "not " : "", tester->passed + tester->failed);
    const char *file = cf_path_file(tester->path);
    print_safe(tester->out, file, strlen(file));
    fputs(": ", tester->out);
    print_safe(tester->out, name, strlen(name));
    fputc('\n', tester->out);
    if (!failure)
        return;
    print_lines(tester->out, failure->text);
    const char *claim = tester->context.claim.data;
    const char *rest = claim ? strchr(claim, '\n') : NULL;
    if (!rest)
        return;
    char first[CF_ERROR_SIZE];
    snprintf(first, sizeof first, "%.*s", (int)(rest - claim), claim);
    if (strstr(failure->text, first)) /* not one that the test caught, and then failed otherwise */
        print_lines(tester->out, rest + 1);
}

/* ---- The file ------------------------------------------------------------------------------------------ */

/* test(name, fn) */
static int test(lua_State *L)
{
    struct tester *tester = cf_lua_of(L)->owner;
    (void)cf_vocabulary_text(L, 1, "test", "a name");
    if (tester->index > 0)
        cf_lua_throw(L, "a test cannot hold another test()");
    if (!lua_isfunction(L, 2))
        cf_lua_throw(L, "test wants a function (host) … end behind its name");
    if (tester->tests == CF_TESTER_TESTS)
        cf_lua_throw(L, "more than %d tests in one file", CF_TESTER_TESTS);
    lua_settop(L, 2);
    lua_getfield(L, LUA_REGISTRYINDEX, tests_key);
    tester->tests++;
    lua_insert(L, 1);
    lua_rawseti(L, 1, 2 * tester->tests);
    lua_rawseti(L, 1, 2 * tester->tests - 1);
    return 0;
}

static int load(lua_State *L)
{
    struct tester *tester = lua_touserdata(L, 1);
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, tests_key);

    cf_vocabulary_push(L, cf_test_context_words);
    int globals = lua_absindex(L, -3), core = globals + 1, person = globals + 2;
    lua_pushvalue(L, core);
    lua_pushvalue(L, person);
    cf_vocabulary_prelude(L, globals, cf_embedded_tester_lua, cf_embedded_tester_lua_size, 2, 2);
    lua_pushvalue(L, core);
    lua_insert(L, -2);
    cf_vocabulary_prelude(L, globals, cf_embedded_expect_lua, cf_embedded_expect_lua_size, 2, 0);
    lua_setfield(L, LUA_REGISTRYINDEX, run_key);
    lua_pushcfunction(L, test);
    lua_setfield(L, globals, "test");

    cf_vocabulary_load(L, globals, tester->path);
    lua_call(L, 0, 0);
    return 0;
}

static int run(lua_State *L)
{
    struct tester *tester = lua_touserdata(L, 1);
    lua_getfield(L, LUA_REGISTRYINDEX, tests_key);
    lua_rawgeti(L, -1, 2 * tester->index - 1);
    tester->name = lua_tostring(L, -1);
    lua_getfield(L, LUA_REGISTRYINDEX, run_key);
    lua_rawgeti(L, -3, 2 * tester->index);
    lua_call(L, 1, 0);
    return 0;
}

static void run_test(struct tester *tester)
{
    struct cf_error failure = {0};
    cf_test_context_init(&tester->context, tester->path, tester->policy_folder);
    int code = cf_vocabulary_protect(&tester->lua, run, tester->path, tester, &failure);
    report(tester, tester->name, code < 0 ? &failure : NULL);
    cf_test_context_finish(&tester->context);
}

/* Runs the tests of the file at `path`. CF_POLICY where it does not load. */
static int run_file(struct tester *tester, struct cf_error *err)
{
    tester->tests = tester->index = 0;
    cf_test_context_init(&tester->context, tester->path, NULL);
    int code = cf_lua_open(&tester->lua, CF_LUA_MEMORY, CF_LUA_ALONE, err);
    if (code == 0) {
        tester->lua.owner = tester;
        code = cf_vocabulary_protect(&tester->lua, load, tester->path, tester, err);
    }
    if (code < 0)
        report(tester, "does not load", err);
    cf_test_context_finish(&tester->context);
    while (code == 0 && tester->index++ < tester->tests)
        run_test(tester);
    cf_lua_close(&tester->lua);
    return code;
}

int cf_tester_run(const char *const *paths, size_t count, const char *policy_folder, FILE *out,
                  unsigned *ret_passed, unsigned *ret_failed, struct cf_error *err)
{
    struct tester tester = {.policy_folder = policy_folder, .out = out};
    int code = 0;
    for (size_t i = 0; i < count; i++) {
        struct cf_error wrong = {0};
        tester.path = paths[i];
        if (run_file(&tester, &wrong) < 0 && code == 0)
            code = cf_error_copy(err, CF_POLICY, &wrong);
    }
    fprintf(out, "%u passed, %u failed\n", tester.passed, tester.failed);
    *ret_passed = tester.passed;
    *ret_failed = tester.failed;
    if (tester.passed + tester.failed == 0)
        return cf_error_set(err, CF_USAGE,
                            "no test found: a file of tests holds test(\"what it shows\", function (host) "
                            "… end)");
    return code;
}
