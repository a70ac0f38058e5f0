#include "program/args.h"
#include "program/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct cf_option_group group = {
    "Options",
    (const struct cf_option[]){
        {"count", "N", "how many"}, {"name", "TEXT", "what"}, {"json", NULL, "JSON"}, {0}},
};

static const struct cf_verb verb = {
    .name = "try",
    .usage = (const char *const[]){"FILE...", NULL},
    .groups = (const struct cf_option_group *const[]){&group, NULL},
    .least = 1,
    .most = 3,
};

/* The words are parted by blanks. */
static int parse(struct cf_args *args, const char *line, struct cf_error *err)
{
    static char words[256];
    static char *argv[32];
    int argc = 0;
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    return cf_args_parse(args, &verb, argc, argv, err);
}

static void reads_options_and_operands(void **state)
{
    (void)state;
    static const char *const same[] = {
        "--count 3 --name=x --json a -",
        "a --count=3 --json --name x -",
        "a --count 9 --json --name y --name x --count 3 --json -- -",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct cf_args args;
        struct cf_error err = {0};
        uint64_t count;
        assert_int_equal(parse(&args, same[i], &err), CF_OK);
        assert_int_equal(cf_args_number(&args, "count", 1, 9, 1, &count, &err), CF_OK);
        assert_int_equal(count, 3);
        assert_string_equal(cf_args_value(&args, "name"), "x");
        assert_true(cf_args_has(&args, "json"));
        assert_int_equal(args.operand_count, 2);
        assert_string_equal(args.operands[0], "a");
        assert_string_equal(args.operands[1], "-");
        cf_args_finish(&args);
    }
}

static void keeps_the_order_of_repeated_options(void **state)
{
    (void)state;
    struct cf_args args;
    struct cf_error err = {0};
    assert_int_equal(parse(&args, "--name a f --name=b=c --name d", &err), CF_OK);
    size_t place = 0;
    assert_string_equal(cf_args_each(&args, "name", &place), "a");
    assert_string_equal(cf_args_each(&args, "name", &place), "b=c");
    assert_string_equal(cf_args_each(&args, "name", &place), "d");
    assert_null(cf_args_each(&args, "name", &place));
    assert_string_equal(cf_args_value(&args, "name"), "d");
    cf_args_finish(&args);
}

static void refuses_with_a_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"--cuont 3 f", "did you mean --count?"},
        {"--cuont=3 f", "did you mean --count?"},
        {"--nam x f", "did you mean --name?"},
        {"--xyzzy f", "see curfew try --help"},
        {"f --count", "--count needs a value: --count N"},
        {"--count= f", "--count needs a value: --count N"},
        {"--json=yes f", "--json takes no value"},
        {"-j f", "has no option -j"},
        {"--json", "curfew try FILE..."},
        {"a b c d", "at most 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_args args;
        struct cf_error err = {0};
        assert_int_equal(parse(&args, cases[i].line, &err), CF_USAGE);
        assert_non_null(strstr(err.text, cases[i].says));
        cf_args_finish(&args);
    }
}

static void help_goes_before_all_else(void **state)
{
    (void)state;
    struct cf_args args;
    struct cf_error err = {0};
    assert_int_equal(parse(&args, "--xyzzy --help", &err), CF_OK);
    assert_true(args.help);
    cf_args_finish(&args);
    assert_int_equal(parse(&args, "-- --help", &err), CF_OK);
    assert_false(args.help);
    cf_args_finish(&args);
}

/* ---- Windows' commands ---- */

static const struct cf_verb windows_verb = {
    .name = "tell",
    .usage = (const char *const[]){"TARGET [TEXT]...", NULL},
    .groups =
        (const struct cf_option_group *const[]){
            &(const struct cf_option_group){NULL, (const struct cf_option[]){{"v", NULL, "talk"},
                                                                             {"server", "NAME", "where"},
                                                                             {"warn", "SPAN TEXT", "wait"},
                                                                             {0}}},
            NULL},
    .least = 1,
    .most = 6,
    .windows = &(const struct cf_windows){.text = 3},
};

/* What came of it, in one form: "v server=h1 a b". */
static const char *read_windows(const char *line)
{
    static char out[512];
    char words[256], *argv[32], *place = NULL;
    int argc = 0;
    struct cf_args args;
    struct cf_error err = {0};
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok_r(words, " ", &place); word; word = strtok_r(NULL, " ", &place))
        argv[argc++] = word;
    size_t used = 0;
    if (cf_args_parse(&args, &windows_verb, argc, argv, &err) != CF_OK)
        used += (size_t)snprintf(out, sizeof out, "error: %s", err.text);
    else if (args.help)
        used += (size_t)snprintf(out, sizeof out, "help");
    else
        for (size_t i = 0; i < args.given_count; i++)
            used += (size_t)snprintf(out + used, sizeof out - used, "%s=%s ", args.given[i].option->name,
                                     args.given[i].value ? args.given[i].value : "");
    for (size_t i = 0; i < args.operand_count && !err.code; i++)
        used += (size_t)snprintf(out + used, sizeof out - used, "%s ", args.operands[i]);
    cf_args_finish(&args);
    return out;
}

static void reads_windows_switches(void **state)
{
    (void)state;
    static const struct {
        const char *line, *is;
    } cases[] = {
        {"/v /server:h1 a", "v= server=h1 a "},
        {"-V --SERVER h1 a", "v= server=h1 a "},
        {"a --server=h1 -v", "server=h1 v= a "},
        {"a -server:h1 /V", "server=h1 v= a "},
        {"a b c /v -- /?", "a b c /v -- /? "},
        {"a b -- /v c", "a b /v c "},
        {"a /v b c /server:h1", "v= a b c /server:h1 "},
        {"a /warn:5m Bye b", "warn=5m warn=Bye a b "},
        {"a --warn 5m Bye", "warn=5m warn=Bye a "},
        {"a /?", "help"},
        {"-? --nonsense", "help"},
        {"a /nonsense --HELP", "help"},
        {"a /server h1", "error: /server needs a value: /server:NAME"},
        {"a /server:", "error: /server needs a value: /server:NAME"},
        {"a --server", "error: --server needs a value: --server NAME"},
        {"a --warn 5m", "error: --warn needs two values: --warn SPAN TEXT"},
        {"a /v:1", "error: /v takes no value"},
        {"a /vv", "error: tell has no switch /vv: did you mean /v; tell /? tells more"},
        {"a /sever:h1", "error: tell has no switch /sever:h1: did you mean /server; tell /? tells more"},
        {"/v", "error: tell needs more arguments: curfew tell TARGET [TEXT]..."},
        {"a b c d e f g", "error: tell takes at most 6 arguments"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(read_windows(cases[i].line), cases[i].is);
}

static void verbs_go_by_all_their_names(void **state)
{
    (void)state;
    static char quser[] = "QUSER", query[] = "query", user[] = "User", reset[] = "reset",
                session[] = "session", upper[] = "RUN", five[] = "5";
    static const struct {
        char *words[3];
        int used;
        const char *verb, *says;
    } cases[] = {
        {{quser, five}, 1, "quser", NULL},
        {{query, user, five}, 2, "quser", NULL},
        {{query, session}, 2, "qwinsta", NULL},
        {{reset, session, five}, 2, "reset session", NULL},
        {{query, five}, 0, NULL, "query user, query session, query process"},
        {{upper}, 0, NULL, "no verb RUN"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_error err = {0};
        int count = 0, used = 0;
        while (count < 3 && cases[i].words[count])
            count++;
        const struct cf_verb *found = cf_verb_find(cf_verbs, count, cases[i].words, &used, &err);
        assert_string_equal(found ? found->name : "none", cases[i].verb ? cases[i].verb : "none");
        assert_int_equal(used, cases[i].used);
        if (cases[i].says)
            assert_non_null(strstr(err.text, cases[i].says));
    }
}

static void numbers_have_bounds(void **state)
{
    (void)state;
    static const char *const bad[] = {"0", "10", "-1", "+3", "3x", "1.5", "0x3", "99999999999999999999999"};
    struct cf_error err = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char line[64];
        struct cf_args args;
        uint64_t number = 77;
        (void)snprintf(line, sizeof line, "--count %s f", bad[i]);
        assert_int_equal(parse(&args, line, &err), CF_OK);
        assert_int_equal(cf_args_number(&args, "count", 1, 9, 5, &number, &err), CF_USAGE);
        assert_int_equal(number, 77);
        assert_non_null(strstr(err.text, "from 1 to 9"));
        cf_args_finish(&args);
    }
    struct cf_args args;
    uint64_t number;
    assert_int_equal(parse(&args, "f", &err), CF_OK);
    assert_int_equal(cf_args_number(&args, "count", 1, 9, 5, &number, &err), CF_OK);
    assert_int_equal(number, 5);
    cf_args_finish(&args);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_options_and_operands),  cmocka_unit_test(keeps_the_order_of_repeated_options),
        cmocka_unit_test(refuses_with_a_sentence),     cmocka_unit_test(help_goes_before_all_else),
        cmocka_unit_test(numbers_have_bounds),         cmocka_unit_test(reads_windows_switches),
        cmocka_unit_test(verbs_go_by_all_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
