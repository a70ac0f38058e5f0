/* `curfew test`: runs files of tests of policies, each test on a simulated host of its own in virtual time.
 */
#ifndef CF_AUTHOR_TESTER_H
#define CF_AUTHOR_TESTER_H

#include "base/error.h"

#include <stdio.h>

enum { CF_TESTER_TESTS = 10000 }; /* one file may hold */

/*
 * Runs the tests of each file, in order, and writes "ok 1 - file: name" or "not ok …" with the difference
 * below it in lines that begin with "#", and at last "N passed, N failed". Policies that are not found beside
 * a test's file are looked for in policy_folder (NULL: nowhere else).
 *
 * Returns 0 even where tests failed; CF_POLICY where a file does not load (it counts as one failed test, and
 * the other files are run); CF_USAGE where there is no test at all. Both counts are set in every case.
 */
int cf_tester_run(const char *const *paths, size_t count, const char *policy_folder, FILE *out,
                  unsigned *ret_passed, unsigned *ret_failed, struct cf_error *err);

#endif
