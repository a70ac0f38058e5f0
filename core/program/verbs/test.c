#include "author/tester.h"
#include "program/args.h"
#include "program/setup/hosts.h"
#include "program/setup/test_files.h"

static int test(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_test_files files;
    int code = cf_test_files_find(args->operands, args->operand_count, &files, err);
    if (code)
        return code;
    unsigned passed = 0, failed = 0;
    code = cf_tester_run((const char *const *)files.paths, files.count, cf_policy_folder(), out, &passed,
                         &failed, err);
    cf_test_files_finish(&files);
    return code == CF_OK && failed ? CF_FAILED : code;
}

const struct cf_verb cf_verb_test = {
    .name = "test",
    .summary = "run the tests of policies",
    .usage = (const char *const[]){"PATH...", NULL},
    .about =
        "Runs each test of the files named, and of all files *_test.lua in the folders named and below, on a "
        "simulated host of its own in virtual time. Prints one line per test, what differs for those that "
        "fail, and at the end how many passed and failed.",
    .groups = (const struct cf_option_group *const[]){NULL},
    .least = 1,
    .most = CF_OPERANDS,
    .run = test,
};
