#include "program/args.h"

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
        {"f --count", "--count wants a value: --count N"},
        {"--count= f", "--count wants a value: --count N"},
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
        cmocka_unit_test(reads_options_and_operands), cmocka_unit_test(keeps_the_order_of_repeated_options),
        cmocka_unit_test(refuses_with_a_sentence),    cmocka_unit_test(help_goes_before_all_else),
        cmocka_unit_test(numbers_have_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
