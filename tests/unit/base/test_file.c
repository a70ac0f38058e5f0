/* Files read whole: no more than is wanted, and never waited for. */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "base/file.h"

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

static void write_file(const char *name, size_t size)
{
    FILE *file = fopen(folder_path(name), "w");
    assert_non_null(file);
    for (size_t i = 0; i < size; i++)
        (void)fputc('x', file);
    (void)fclose(file);
}

static int read_code(const char *name, size_t most, size_t *ret_size, const char *said)
{
    char *bytes = NULL;
    struct cf_error err = {.text = ""};
    int code = cf_file_read(folder_path(name), most, &bytes, ret_size, &err);
    assert_int_equal(bytes != NULL, code == CF_OK);
    FILE *file = cf_file_open(folder_path(name), NULL);
    assert_int_equal(file != NULL, code == CF_OK || strstr(err.text, "larger"));
    if (file)
        (void)fclose(file);
    if (bytes)
        assert_int_equal(strlen(bytes), *ret_size);
    if (said && !strstr(err.text, said))
        fail_msg("\"%s\" does not say \"%s\"", err.text, said);
    free(bytes);
    return code;
}

static void test_sizes(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 3; size++) {
        size_t got = 99;
        write_file("file", size);
        assert_int_equal(read_code("file", 3, &got, NULL), CF_OK);
        assert_int_equal(got, size);
    }
    write_file("file", 4);
    size_t got = 99;
    assert_int_equal(read_code("file", 3, &got, "larger than 3 bytes"), CF_FAILED);
    assert_int_equal(got, 99);
}

static void test_what_is_no_regular_file(void **state)
{
    (void)state;
    size_t got;
    assert_int_equal(mkfifo(folder_path("fifo"), 0600), 0);
    assert_int_equal(mkdir(folder_path("folder"), 0700), 0);
    assert_int_equal(symlink("loop", folder_path("loop")), 0);
    assert_int_equal(symlink("fifo", folder_path("link")), 0);
    assert_int_equal(read_code("fifo", 10, &got, "not a regular file"), CF_FAILED);
    assert_int_equal(read_code("link", 10, &got, "not a regular file"), CF_FAILED);
    assert_int_equal(read_code("folder", 10, &got, "not a regular file"), CF_FAILED);
    assert_int_equal(read_code("loop", 10, &got, "cannot be read"), CF_FAILED);
    assert_int_equal(read_code("nothing", 10, &got, "cannot be read"), CF_UNAVAILABLE);
    /* Of a size that is not told, and without end. */
    char *bytes;
    assert_int_equal(cf_file_read("/proc/self/maps", 10, &bytes, &got, NULL), CF_FAILED);
    assert_int_equal(cf_file_read("/dev/zero", 10, &bytes, &got, NULL), CF_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sizes, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_regular_file, folder_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
