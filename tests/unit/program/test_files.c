#include "program/setup/test_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

static char folder[256];

static void make(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    uv_fs_t request;
    if (name[strlen(name) - 1] == '/') {
        assert_int_equal(uv_fs_mkdir(NULL, &request, path, 0700, NULL), 0);
        uv_fs_req_cleanup(&request);
        return;
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static const char *const tree[] = {"b_test.lua",       "a.lua", "below/",          "below/z_test.lua",
                                   "below/a_test.lua", ".git/", ".git/c_test.lua", "empty/"};

enum { TREE = sizeof tree / sizeof tree[0] };

static int set_up(void **state)
{
    (void)state;
    uv_fs_t request;
    if (uv_fs_mkdtemp(NULL, &request, "/tmp/cf-test-files-XXXXXX", NULL))
        return -1;
    (void)snprintf(folder, sizeof folder, "%s", request.path);
    uv_fs_req_cleanup(&request);
    for (size_t i = 0; i < TREE; i++)
        make(tree[i]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    uv_fs_t request;
    for (size_t i = TREE + 1; i-- > 0;) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", folder, i ? tree[i - 1] : "");
        if (path[strlen(path) - 1] == '/')
            (void)uv_fs_rmdir(NULL, &request, path, NULL);
        else
            (void)uv_fs_unlink(NULL, &request, path, NULL);
        uv_fs_req_cleanup(&request);
    }
    return 0;
}

static void finds_tests_below_in_order(void **state)
{
    (void)state;
    char named[512];
    (void)snprintf(named, sizeof named, "%s/a.lua", folder);
    const char *const paths[] = {named, folder};
    static const char *const expected[] = {"/a.lua", "/b_test.lua", "/below/a_test.lua", "/below/z_test.lua"};
    struct cf_test_files files;
    assert_int_equal(cf_test_files_find(paths, 2, &files, NULL), CF_OK);
    assert_int_equal(files.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(files.paths[i] + strlen(folder), expected[i]);
    cf_test_files_finish(&files);
}

static void refuses_where_there_is_nothing(void **state)
{
    (void)state;
    char empty[512];
    (void)snprintf(empty, sizeof empty, "%s/empty", folder);
    const char *const paths[] = {empty, "no-such-path"};
    struct cf_test_files files;
    struct cf_error err = {0};
    assert_int_equal(cf_test_files_find(paths, 1, &files, &err), CF_USAGE);
    assert_non_null(strstr(err.text, "*_test.lua"));
    assert_int_equal(cf_test_files_find(paths + 1, 1, &files, &err), CF_USAGE);
    assert_non_null(strstr(err.text, "no-such-path"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_tests_below_in_order),
        cmocka_unit_test(refuses_where_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
