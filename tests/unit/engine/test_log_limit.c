#include "../unit.h"

#include "base/log.h"
#include "engine/log_limit.h"

#include <stdio.h>
#include <string.h>

static struct cf_loop *loop;
static struct cf_log_limit limit;
static unsigned written, told, left_out; /* lines; of how many it was told, …; … and how many these were */

static void hear(void *data, enum cf_log_level level, const char *line)
{
    (void)data;
    unsigned lines, out;
    if (sscanf(line, "lab: logged %u lines in a minute; %u of them were left out", &lines, &out) == 2) {
        assert_int_equal(level, CF_LOG_WARNING);
        assert_int_equal(lines - out, CF_LOG_LINES);
        told++;
        left_out += out;
    } else {
        assert_string_equal(line, "lab: x");
        assert_int_equal(level, CF_LOG_NOTICE);
        written++;
    }
}

static void write_lines(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        cf_log_limit_write(&limit, "x");
}

static void pass(struct cf_span span)
{
    cf_loop_run_until(loop, cf_mono_add(cf_loop_now(loop), span));
}

static int set_up(void **state)
{
    (void)state;
    written = told = left_out = 0;
    cf_log_set_writer(hear, NULL);
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &loop, NULL), 0);
    cf_log_limit_init(&limit, loop, "lab");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_log_set_writer(NULL, NULL);
    cf_loop_destroy(loop); /* no timer is left */
    return 0;
}

static void test_border(void **state)
{
    (void)state;
    write_lines(CF_LOG_LINES);
    pass(CF_MINUTE);
    assert_int_equal(written, CF_LOG_LINES);
    assert_int_equal(told, 0);
    write_lines(CF_LOG_LINES + 1);
    pass((struct cf_span){CF_MINUTE.us - 1});
    write_lines(1);
    assert_int_equal(told, 0);
    pass((struct cf_span){1});
    assert_int_equal(told, 1);
    assert_int_equal(left_out, 2);
    cf_log_limit_finish(&limit);
    assert_int_equal(written, 2 * CF_LOG_LINES);
    assert_int_equal(told, 1);
}

/* Whatever is written when: no minute has more lines than it may, and each line is there or is counted. */
static void test_every_line(void **state)
{
    (void)state;
    uint64_t random = 4;
    unsigned all = 0, before[61] = {0}; /* written by the end of each of the last sixty seconds */
    for (int second = 0; second < 20000; second++) {
        unsigned count = (unsigned)(pick(&random, 30) ? pick(&random, 2) : pick(&random, 200));
        if (second / 600 % 2) /* quiet for ten minutes */
            count = 0;
        write_lines(count);
        all += count;
        pass(cf_seconds(1));
        memmove(before, before + 1, sizeof before - sizeof *before);
        before[60] = written;
        assert_true(before[60] - before[0] <= 2 * CF_LOG_LINES); /* of two minutes at most */
    }
    cf_log_limit_finish(&limit);
    assert_int_equal(written + left_out, all);
    assert_true(told > 100 && told < 20000 / 60);
}

/* What was left out is told at the end, too. */
static void test_finish(void **state)
{
    (void)state;
    write_lines(CF_LOG_LINES + 5);
    cf_log_limit_finish(&limit);
    assert_int_equal(told, 1);
    assert_int_equal(left_out, 5);
    pass(CF_HOUR);
    assert_int_equal(told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_border, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_finish, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
