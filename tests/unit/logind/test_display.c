/* Whether the X display that an agent was given may be its session's, and whether a process has to do with
 * another than the session's own. */
#include "logind/display.h"

#include "../unit.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 16 * 1024 /* that are read at once */ };

static void what_may_be_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *own, *given;
        bool may;
    } cases[] = {
        {":10", ":10", true},
        {":10", ":10.0", true}, /* as xrdp says it */
        {":10", "unix:10", true},
        {"unix:10.1", ":10", true},
        {"desk.example:0", "desk.example:0.0", true}, /* an X terminal */
        {":10", NULL, true},
        {NULL, NULL, true},
        {NULL, ":10", true},
        {":10", ":1", false},
        {":1", ":10", false},
        {":1", ":11", false},
        {":10", "desk.example:10", false},
        {"desk.example:0", ":0", false},
        {"desk.example:0", "desk.exampl3:0", false},
        {":10", "", false}, /* closed to it */
        {NULL, "", false},
        {":10", "10", false},
        {":10", ":", false},
        {":10", ":x", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cf_display_may_be(cases[i].own, cases[i].given) != cases[i].may)
            fail_msg("%s and %s", cases[i].own, cases[i].given);
}

static void what_its_number_is(void **state)
{
    (void)state;
    static const struct {
        const char *name, *number;
    } cases[] = {
        {":51", "51"}, {":51.0", "51"}, {"unix:51", "51"}, {"desk.example:51", ""}, {NULL, ""},
        {"", ""},      {":", ""},       {"51", ""},        {":51x", "51"},          {":1234567890123", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char number[CF_DISPLAY_NUMBER];
        cf_display_number(cases[i].name, number);
        assert_string_equal(number, cases[i].number);
    }
}

/* The kernel lets its parent go on before it has one. */
static void wait_for_environment(int process)
{
    char byte;
    for (ssize_t length = 0; length == 0;) {
        int fd = openat(process, "environ", O_RDONLY | O_CLOEXEC);
        length = read(fd, &byte, 1);
        (void)close(fd);
    }
}

/* Of a process that began with this in its environment, behind so much else. */
static bool is_used(const char *string, size_t behind, const struct cf_display_own *own)
{
    char *much = calloc(behind + 1, 1), *words[] = {(char[]){"sleep"}, (char[]){"1000"}, NULL};
    char *environment[] = {much, (char *)(uintptr_t)string, (char[]){"LAST=1"}, NULL};
    char folder[64];
    pid_t pid;
    bool missed = false;
    memset(much, 'x', behind);
    assert_int_equal(posix_spawn(&pid, "/bin/sleep", NULL, NULL, words, environment), 0);
    (void)snprintf(folder, sizeof folder, "/proc/%d", (int)pid);
    int process = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    wait_for_environment(process);
    struct cf_display_own served = *own;
    served.server = own->server ? pid : 0;
    bool used = cf_display_is_used(process, pid, &served, &missed);
    assert_false(missed);
    (void)close(process);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    free(much);
    return used;
}

/* At whatever place its environment is cut as it is read. */
static void what_is_another(void **state)
{
    (void)state;
    static const struct cf_display_own none = {.server = 0}, own = {.number = "51"},
                                       served = {.number = "51", .server = 1};
    static const struct {
        const char *string;
        bool any, another;
    } cases[] = {
        {"DISPLAY=:51", true, false},
        {"DISPLAY=:51.0", true, false},
        {"DISPLAY=unix:51.0", true, false},
        {"DISPLAY=:5", true, true},
        {"DISPLAY=:511", true, true},
        {"DISPLAY=localhost:51.0", true, true},
        {"DISPLAY=nx/nx,options=/tmp/a/very/long/path/to/options:51", true, true},
        {"DISPLAY=", false, false},
        {"XDISPLAY=:5", false, false},
        {"WAYLAND_DISPLAY=wayland-0", true, true},
        {"WAYLAND_DISPLAY=", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *string = cases[i].string;
        assert_false(is_used(string, 0, &served)); /* its server, whatever that was told */
        for (size_t step = 0; step < 32; step++) {
            size_t place = step ? PIECE - 64 + 2 * step : 0;
            if (is_used(string, place, &none) != cases[i].any ||
                is_used(string, place, &own) != cases[i].another)
                fail_msg("%s behind %zu", string, place);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_may_be_the_same),
                                       cmocka_unit_test(what_its_number_is),
                                       cmocka_unit_test(what_is_another)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
