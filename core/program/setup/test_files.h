/* Finding the files of tests: those named, and *_test.lua in folders and below. */
#ifndef CF_PROGRAM_TEST_FILES_H
#define CF_PROGRAM_TEST_FILES_H

#include "base/error.h"

enum {
    CF_TEST_FILES = 10000, /* found at most */
    CF_TEST_DEPTH = 32,    /* folders within folders */
};

struct cf_test_files {
    char **paths; /* in the order named, those of a folder by name */
    size_t count;
};

/* CF_USAGE where a path is not there, or no file is found at all. Finish it where it returned 0. */
int cf_test_files_find(const char *const *paths, size_t count, struct cf_test_files *ret_files,
                       struct cf_error *err);
void cf_test_files_finish(struct cf_test_files *files);

#endif
