/* The file by which pam_nologin refuses logons, and what counts as a rule that reads it. */
#include "logind/nologin.h"

#include "../../fixture/folder.h"
#include "../unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *content(void)
{
    static char text[256];
    FILE *in = fopen(folder_path("nologin"), "r");
    if (!in)
        return NULL;
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    (void)fclose(in);
    return text;
}

static void what_is_written(void **state)
{
    (void)state;
    struct cf_error err;
    struct stat info;
    const char *file = folder_path("nologin");
    mode_t before = umask(0077); /* the service's */
    assert_int_equal(cf_nologin_write(file, "Back at 06:00.", &err), CF_OK);
    assert_string_equal(content(), "Back at 06:00.\n");
    assert_int_equal(cf_nologin_write(file, "Now \033[2J at 07:00.", &err), CF_OK); /* instead of the first */
    assert_non_null(strstr(content(), "at 07:00.\n"));
    assert_null(strchr(content(), '\033'));
    assert_int_equal(stat(file, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
    (void)umask(before);
    cf_nologin_remove(file);
    cf_nologin_remove(file);
    assert_null(content());
}

/* Where the folder is missing; and a link of the same name as the file to be is not followed. */
static void what_cannot_be_written(void **state)
{
    (void)state;
    struct cf_error err;
    const char *path = folder_path("none/nologin");
    assert_int_equal(cf_nologin_write(path, "no", &err), CF_FAILED);
    assert_non_null(strstr(err.text, path));
    path = folder_write("elsewhere", "kept");
    assert_int_equal(symlink(path, folder_path("nologin.new")), 0);
    assert_int_equal(cf_nologin_write(folder_path("nologin"), "no", &err), CF_FAILED);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 4);
}

static void which_rules_read_it(void **state)
{
    (void)state;
    static const struct {
        const char *name, *rules;
        bool reads;
    } rows[] = {
        {"sshd", "account required pam_nologin.so file=/run/curfew/nologin\n", true},
        {"sshd", "auth include common\n\tauth\trequisite\tpam_nologin.so successok file=/run/curfew/nologin",
         true},
        {"sshd", "account required pam_nologin.so\n", false},
        {"sshd", "# account required pam_nologin.so file=/run/curfew/nologin\n", false},
        {"sshd", "account required pam_nologin.so file=/run/curfew/nologin2\n", false},
        {"sshd", "account required pam_nologin.so file=/run/other/nologin\n", false},
        {"sshd", "account required pam_listfile.so file=/run/curfew/nologin\n", false},
        {"sshd", "", false},
        {"sshd.dpkg-old", "account required pam_nologin.so file=/run/curfew/nologin\n", false},
        {"sshd~", "account required pam_nologin.so file=/run/curfew/nologin\n", false},
    };
    const char *const folders[] = {"/tmp/curfew-there-is-none", folder_path(""), NULL};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *rules = folder_write(rows[i].name, rows[i].rules);
        if (cf_nologin_is_read(folders, "/run/curfew/nologin") != rows[i].reads)
            fail_msg("%s: %s", rows[i].name, rows[i].rules);
        assert_int_equal(unlink(rules), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(which_rules_read_it, folder_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
