#include "../unit.h"

#include "commands/processes.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;

/* A process that sleeps. */
static void begin(void)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)!write(ready[1], "x", 1);
        for (;;)
            (void)pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    (void)close(ready[1]);
}

static void ends_the_process_that_was_held(void **state)
{
    (void)state;
    struct cf_process process;
    struct cf_error err = {0};
    int status = 0;
    begin();
    cf_process_hold(&process, child);
    assert_int_equal(cf_process_end(&process, &err), CF_OK);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_int_equal(cf_process_end(&process, &err),
                     CF_OK); /* it has ended: no other of its number is touched */
    cf_process_release(&process);
}

static void one_that_is_not_there_has_ended(void **state)
{
    (void)state;
    struct cf_process process;
    struct cf_error err = {0};
    begin();
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    cf_process_hold(&process, child);
    assert_int_equal(cf_process_end(&process, &err), CF_OK);
    cf_process_release(&process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_the_process_that_was_held),
        cmocka_unit_test(one_that_is_not_there_has_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
