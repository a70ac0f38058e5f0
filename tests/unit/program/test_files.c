#include "program/setup/test_files.h"

#include "../../fixture/folder.h"
#include "../unit.h"

#include <string.h>
#include <uv.h>

static const char *const tree[] = {"b_test.lua",       "a.lua", "below/",          "below/z_test.lua",
                                   "below/a_test.lua", ".git/", ".git/c_test.lua", "empty/"};

enum { TREE = sizeof tree / sizeof tree[0] };

static int set_up(void **state)
{
    (void)state;
    uv_fs_t request;
    folder_make();
    for (size_t i = 0; i < TREE; i++)
        if (tree[i][strlen(tree[i]) - 1] != '/')
            (void)folder_write(tree[i], "");
        else
            assert_int_equal(uv_fs_mkdir(NULL, &request, folder_path(tree[i]), 0700, NULL), 0);
    return 0;
}

static void finds_tests_below_in_order(void **state)
{
    (void)state;
    const char *folder = folder_path("");
    const char *const paths[] = {folder_path("a.lua"), folder};
    static const char *const expected[] = {"a.lua", "b_test.lua", "below/a_test.lua", "below/z_test.lua"};
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
    const char *const paths[] = {folder_path("empty"), "no-such-path"};
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
    return cmocka_run_group_tests(tests, set_up, folder_tear_down);
}
