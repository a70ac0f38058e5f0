/* Whether a terminal's time of input was noted by somebody reading from it. */
#include "logind/stamps.h"

#include "../unit.h"

#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define S CF_NANOSECONDS

static struct cf_loop *loop;

static int set_up(void **state)
{
    (void)state;
    return cf_loop_create_virtual((struct cf_instant){INT64_C(1000000000)}, 0, &loop, NULL); /* at 1000 s */
}

static int tear_down(void **state)
{
    (void)state;
    cf_loop_destroy(loop);
    return 0;
}

enum tells { NOTHING, SET, AHEAD };

static void expect(struct cf_stamps *stamps, struct cf_source *terminal, enum tells tells, size_t row)
{
    static const char *const words[] = {[NOTHING] = "", [SET] = "has set", [AHEAD] = "yet to come"};
    const struct cf_sources sources = {.terminals = terminal, .count = 1};
    char text[CF_STAMP_TEXT] = "";
    bool told = cf_stamps_take(stamps, &sources, loop, text);
    if (told != (tells != NOTHING) || !strstr(text, words[tells]))
        fail_msg("row %zu: \"%s\"", row, text);
}

/* One terminal after another, each row as it is found next; what is new begins where `eldest` differs. */
static void test_what_two_looks_tell(void **state)
{
    (void)state;
    static const struct {
        int64_t eldest, input_ns, changed_ns;
        enum tells tells;
    } rows[] = {
        {1, 100 * S + 7, 100 * S + 7, NOTHING}, /* as it was made */
        {1, 108 * S + 7, 100 * S + 7, NOTHING}, /* read, on kernels that leave the part of a second alone */
        {1, 116 * S, 100 * S + 7, NOTHING},     /* and on those that drop it */
        {1, 116 * S, 120 * S + 3, NOTHING},     /* chmod */
        {1, 124 * S, 128 * S + 3, NOTHING},     /* read, and chmod */
        {1, 130 * S + 9, 130 * S + 9, SET},     /* touch */
        {1, 130 * S + 9, 130 * S + 9, SET},     /* until somebody reads */
        {1, 130 * S + 9, 135 * S + 1, SET},
        {1, 140 * S, 135 * S + 1, NOTHING},
        {1, 90 * S + 5, 150 * S + 5, NOTHING}, /* set to the past */
        {1, 160 * S + 5, 150 * S + 5, NOTHING},
        {2, 170 * S + 1, 170 * S + 1, NOTHING}, /* another of the same number */
        {2, 180 * S + 1, 180 * S + 2,
         NOTHING}, /* by whoever knows about parts of a second, again and again */
        {2, 190 * S + 1, 190 * S + 2, NOTHING},
        {2, 200 * S + 1, 200 * S + 2, SET},
        {2, 208 * S + 1, 200 * S + 2, NOTHING},
        {0, 300 * S + 1, 300 * S + 1, NOTHING}, /* that of no process */
        {0, 310 * S + 2, 310 * S + 2, NOTHING},
        {3, 5000 * S, 320 * S, AHEAD},
        {3, 5000 * S, 320 * S, AHEAD},
        {3, 900 * S, 320 * S, NOTHING},  /* read */
        {3, 1007 * S, 320 * S, NOTHING}, /* its eight seconds are not over */
        {3, 1017 * S, 320 * S, AHEAD},
    };
    struct cf_stamps stamps = {.count = 0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cf_source terminal = {.path = "/dev/pts/3", .eldest = rows[i].eldest};
        terminal.times.input = rows[i].input_ns / S;
        terminal.times.input_ns = rows[i].input_ns;
        terminal.times.changed_ns = rows[i].changed_ns;
        expect(&stamps, &terminal, rows[i].tells, i);
    }
    cf_stamps_finish(&stamps);
}

/* A terminal of our own, on whose times the kernel has its say; and times that no clock shows. */
static void test_the_kernels(void **state)
{
    (void)state;
    int master, slave;
    struct cf_source terminal = {.eldest = 1};
    char path[CF_TERMINAL_PATH];
    struct cf_stamps stamps = {.count = 0};
    assert_int_equal(openpty(&master, &slave, path, NULL, NULL), 0);
    memcpy(terminal.path, path, sizeof path);
    assert_int_equal(futimens(slave, (struct timespec[]){{500, 0}, {500, 0}}), 0);
    assert_true(cf_terminal_times(path, &terminal.times));
    expect(&stamps, &terminal, NOTHING, 0);
    assert_int_equal(fchmod(slave, 0600), 0);
    assert_true(cf_terminal_times(path, &terminal.times));
    expect(&stamps, &terminal, NOTHING, 1);
    int64_t changed_ns = terminal.times.changed_ns;
    while (terminal.times.changed_ns == changed_ns) { /* the kernel's clock for this ticks every 4 ms or so */
        assert_int_equal(futimens(slave, (struct timespec[]){{501, 9}, {501, 9}}), 0);
        assert_true(cf_terminal_times(path, &terminal.times));
    }
    expect(&stamps, &terminal, SET, 2);
    const int64_t odd[] = {INT64_MAX, INT64_C(1) << 60, INT64_C(9000000001)};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_int_equal(futimens(slave, (struct timespec[]){{odd[i], 999999999}, {odd[i], 0}}), 0);
        assert_true(cf_terminal_times(path, &terminal.times));
        expect(&stamps, &terminal, AHEAD, 3 + i);
    }
    assert_int_equal(futimens(slave, (struct timespec[]){{INT64_MIN, 0}, {-1, 0}}), 0);
    assert_true(cf_terminal_times(path, &terminal.times));
    assert_false(cf_stamp_is_ahead(cf_terminal_latest(terminal.times.input), loop));
    (void)close(master);
    (void)close(slave);
    cf_stamps_finish(&stamps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_two_looks_tell),
                                       cmocka_unit_test(test_the_kernels)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
