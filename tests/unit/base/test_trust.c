/* Who may change a file: every way by which somebody else could is refused. */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "base/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32

int main(void)
{
    return 0;
}

#else

#include <sys/stat.h>
#include <unistd.h>

enum { SOMEBODY = 12345 };

static int set_up(void **state)
{
    folder_set_up(state);
    static const char *const folders[] = {"etc", "open", "sticky", "theirs"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdir(folder_path(folders[i]), 0755), 0);
    assert_int_equal(chmod(folder_path("open"), 0777), 0);
    assert_int_equal(chmod(folder_path("sticky"), 01777), 0);
    static const char *const files[] = {"etc/good",  "etc/open",    "etc/theirs",
                                        "open/file", "sticky/file", "theirs/file"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_int_equal(chmod(folder_write(files[i], ""), 0644), 0);
    assert_int_equal(chmod(folder_path("etc/open"), 0664), 0);
    assert_int_equal(symlink("../etc/good", folder_path("etc/good-link")), 0);
    assert_int_equal(symlink(folder_path("open/file"), folder_path("etc/open-link")), 0);
    assert_int_equal(symlink(folder_path("etc"), folder_path("open/etc")), 0);
    assert_int_equal(symlink("loop", folder_path("etc/loop")), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(folder_path("theirs"), SOMEBODY, SOMEBODY), 0);
        assert_int_equal(chown(folder_path("etc/theirs"), SOMEBODY, SOMEBODY), 0);
    }
    return 0;
}

static void refused(const char *name, const char *why)
{
    struct cf_error err = {0};
    assert_int_equal(cf_trust_file(folder_path(name), &err), CF_REFUSED);
    if (!strstr(err.text, why))
        fail_msg("%s: said '%s', not '%s'", name, err.text, why);
}

static void test_ways(void **state)
{
    (void)state;
    struct cf_error err = {0};
    assert_int_equal(cf_trust_file(folder_path("etc/good"), &err), 0);
    assert_int_equal(cf_trust_file(folder_path("etc/../etc/./good"), &err), 0);
    assert_int_equal(cf_trust_file(folder_path("sticky/file"), &err), 0);
    assert_int_equal(cf_trust_file(folder_path("etc/good-link"), &err), 0);
    refused("etc/open", "etc/open can be written by others");
    refused("open/file", "/open can be written by others");
    refused("etc/open-link", "/open can be written by others");
    refused("open/etc/good", "/open can be written by others"); /* where the link could be replaced */
    refused("open/../etc/good", "/open can be written by others");
    refused("etc/loop", "too many links");
    refused("etc/absent", "No such file");
}

static void test_owners(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("not root: owners are not tested\n");
        skip();
    }
    refused("etc/theirs", "etc/theirs belongs to uid 12345");
    refused("theirs/file", "/theirs belongs to uid 12345");
}

/* For a service that is not root: root's files and its own are good, another user's are not. */
static void test_service(void **state)
{
    (void)state;
    struct cf_error err = {0};
    if (geteuid() != 0) {
        print_message("not root: owners are not tested\n");
        skip();
    }
    assert_int_equal(chmod(folder_path(""), 0755), 0);
    assert_int_equal(seteuid(SOMEBODY), 0);
    int of_root = cf_trust_file(folder_path("etc/good"), &err),
        own = cf_trust_file(folder_path("theirs/file"), &err);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(of_root, CF_OK);
    assert_int_equal(own, CF_OK);
    assert_int_equal(seteuid(SOMEBODY + 1), 0);
    refused("theirs/file", "/theirs belongs to uid 12345");
    refused("etc/open", "etc/open can be written by others");
    assert_int_equal(seteuid(0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ways), cmocka_unit_test(test_owners),
                                       cmocka_unit_test(test_service)};
    return cmocka_run_group_tests(tests, set_up, folder_tear_down);
}

#endif
