#include "../unit.h"

#include "program/output/terminal.h"

#include <stdlib.h>
#include <sys/stat.h>

/* systemd names a service's standard output by device and inode; whatever else that is now, is not its log.
 */
static void knows_the_systems_log(void **state)
{
    (void)state;
    char stream[64];
    struct stat status;
    FILE *file = tmpfile(), *other = tmpfile();
    assert_int_equal(fstat(fileno(file), &status), 0);
    (void)snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)status.st_dev,
                   (unsigned long long)status.st_ino);
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    assert_false(cf_terminal_is_log(file));
    assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
    assert_true(cf_terminal_is_log(file));
    assert_false(cf_terminal_is_log(other));
    assert_int_equal(setenv("JOURNAL_STREAM", "nonsense", 1), 0);
    assert_false(cf_terminal_is_log(file));
    (void)fclose(file);
    (void)fclose(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_the_systems_log)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
