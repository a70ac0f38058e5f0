/* Real pseudo-terminals, watched: what is told of reading, printing, appearing and vanishing, and what not.
 */
#include "logind/watcher.h"

#include "../unit.h"

#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct line {
    int master, slave;
    char path[64];
};

struct fixture {
    struct cf_loop *loop;
    struct cf_watcher *watcher;
    struct cf_watch a, b;
    char told[256]; /* what was called, in order */
    bool closes;    /* the watcher, when something is told */
};

static struct fixture fixture;

static void note(const char *what, const char *path)
{
    size_t length = strlen(fixture.told);
    (void)snprintf(fixture.told + length, sizeof fixture.told - length, "%s%s%s ", what, path ? ":" : "",
                   path ? path : "");
    if (fixture.closes) {
        cf_watcher_destroy(fixture.watcher);
        fixture.watcher = NULL;
    }
}

static void on_told(void *data, struct cf_watch *watch, unsigned what, const char *path)
{
    (void)path;
    assert_ptr_equal(data, &fixture);
    assert_false(watch->wanted & what);
    note(what == CF_WATCH_INPUT ? "input" : "output", watch == &fixture.a ? "a" : "b");
}

static void on_vanished(void *data, struct cf_watch *watch)
{
    (void)data;
    note("vanished", watch == &fixture.a ? "a" : "b");
}

static void on_appeared(void *data, const char *path)
{
    (void)data;
    note("appeared", path);
}

static void on_overrun(void *data)
{
    (void)data;
    note("overrun", NULL);
}

static int set_up(void **state)
{
    (void)state;
    static const struct cf_watcher_calls calls = {on_told, on_vanished, on_appeared, on_overrun};
    struct cf_error err;
    fixture = (struct fixture){0};
    assert_int_equal(cf_loop_create(&fixture.loop, &err), 0);
    fixture.watcher = cf_watcher_create(fixture.loop, &calls, &fixture);
    assert_non_null(fixture.watcher);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_watcher_destroy(fixture.watcher);
    cf_loop_destroy(fixture.loop);
    return 0;
}

static void open_line(struct line *line)
{
    assert_int_equal(openpty(&line->master, &line->slave, line->path, NULL, NULL), 0);
}

static void close_line(struct line *line)
{
    (void)close(line->master);
    (void)close(line->slave);
}

/* Somebody types a line, and a program reads it. */
static void type_at(const struct line *line)
{
    char room[16];
    assert_int_equal(write(line->master, "x\n", 2), 2);
    assert_int_equal(read(line->slave, room, sizeof room), 2);
}

static void print_on(const struct line *line)
{
    assert_int_equal(write(line->slave, "x", 1), 1);
}

static void expect(const char *told)
{
    if (fixture.watcher)
        cf_watcher_drain(fixture.watcher);
    assert_string_equal(fixture.told, told);
    fixture.told[0] = '\0';
}

/* The watches that the kernel has, by this process's only inotify. */
static int kernel_watches(void)
{
    int count = 0;
    for (int fd = 3; fd < 64; fd++) {
        char path[64], text[256];
        (void)snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
        FILE *file = fopen(path, "re");
        while (file && fgets(text, sizeof text, file))
            count += strncmp(text, "inotify wd:", 11) == 0;
        if (file)
            (void)fclose(file);
    }
    return count;
}

static void make_old(const struct line *line)
{
    assert_int_equal(futimens(line->slave, (struct timespec[]){{1000, 0}, {1000, 0}}), 0);
}

/* ---- Told once ---- */

static void input_and_output_are_told_once_each(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_int_equal(kernel_watches(), 0);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_INPUT | CF_WATCH_OUTPUT));
    assert_int_equal(kernel_watches(), 2); /* and the folder */
    expect("");
    print_on(&line);
    expect("output:a ");
    print_on(&line);
    expect("");
    type_at(&line);
    expect("input:a ");
    type_at(&line);
    print_on(&line);
    expect("");
    assert_int_equal(kernel_watches(), 0);
    close_line(&line);
}

static void any_of_several_terminals_tells(void **state)
{
    (void)state;
    struct line lines[3];
    for (int i = 0; i < 3; i++)
        open_line(&lines[i]);
    for (int typed = 0; typed < 3; typed++) {
        for (int i = 0; i < 3; i++)
            assert_true(cf_watcher_add(fixture.watcher, &fixture.a, lines[i].path, CF_WATCH_INPUT));
        assert_int_equal(fixture.a.count, 3);
        type_at(&lines[typed]);
        expect("input:a ");
        assert_int_equal(fixture.a.count, 0);
        type_at(&lines[0]);
        expect("");
    }
    for (int i = 0; i < 3; i++)
        close_line(&lines[i]);
}

static void one_terminal_may_tell_of_two(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_INPUT));
    assert_true(cf_watcher_add(fixture.watcher, &fixture.b, line.path, CF_WATCH_INPUT | CF_WATCH_OUTPUT));
    assert_int_equal(kernel_watches(), 2);
    type_at(&line);
    expect("input:a input:b ");
    print_on(&line);
    expect("output:b ");
    assert_int_equal(kernel_watches(), 0);
    close_line(&line);
}

static void what_is_not_wanted_any_more_is_not_told(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_INPUT));
    type_at(&line); /* which is known to the kernel already */
    cf_watcher_clear(fixture.watcher, &fixture.a);
    assert_int_equal(kernel_watches(), 0);
    expect("");
    close_line(&line);
}

static void what_the_terminal_does_not_confirm_is_not_believed(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_INPUT));
    type_at(&line);
    make_old(&line);
    expect("");
    type_at(&line); /* still watched */
    expect("input:a ");
    close_line(&line);
}

static void our_own_writing_is_not_told(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_OUTPUT));
    assert_true(cf_watcher_add(fixture.watcher, &fixture.b, line.path, CF_WATCH_OUTPUT));
    fixture.a.writing++;
    print_on(&line);
    expect("output:b ");
    fixture.a.writing--;
    print_on(&line);
    expect("output:a ");
    close_line(&line);
}

/* ---- Coming and going ---- */

static void the_first_input_on_a_new_terminal_is_told(void **state)
{
    (void)state;
    struct line before, line, later;
    char told[96];
    open_line(&before);
    assert_true(cf_watcher_expect(fixture.watcher));
    open_line(&line);
    expect("");
    type_at(&before);
    print_on(&line);
    expect("");
    type_at(&line);
    type_at(&line);
    (void)snprintf(told, sizeof told, "appeared:%s ", line.path);
    expect(told);
    type_at(&line);
    expect("");

    /* As long as anything is watched; then all of it ends. */
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, before.path, CF_WATCH_INPUT));
    cf_watcher_unexpect(fixture.watcher);
    open_line(&later);
    expect("");
    assert_int_equal(kernel_watches(), 3);
    cf_watcher_clear(fixture.watcher, &fixture.a);
    assert_int_equal(kernel_watches(), 0);
    type_at(&later);
    expect("");
    close_line(&before);
    close_line(&line);
    close_line(&later);
}

static void a_new_terminal_that_is_watched_meanwhile_tells_both(void **state)
{
    (void)state;
    struct line line;
    char told[96];
    assert_true(cf_watcher_expect(fixture.watcher));
    open_line(&line);
    expect("");
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_INPUT));
    type_at(&line);
    (void)snprintf(told, sizeof told, "appeared:%s input:a ", line.path);
    expect(told);
    cf_watcher_unexpect(fixture.watcher);
    close_line(&line);
}

static void a_terminal_that_vanishes_is_told(void **state)
{
    (void)state;
    struct line one, two;
    open_line(&one);
    open_line(&two);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, one.path, CF_WATCH_INPUT));
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, two.path, CF_WATCH_INPUT));
    assert_true(cf_watcher_add(fixture.watcher, &fixture.b, one.path, CF_WATCH_INPUT));
    close_line(&one);
    expect("vanished:b vanished:a ");
    assert_int_equal(fixture.a.count, 1);
    type_at(&two);
    expect("input:a ");
    close_line(&two);
    assert_true(
        cf_watcher_add(fixture.watcher, &fixture.a, one.path, CF_WATCH_INPUT)); /* as if it were not */
    assert_int_equal(fixture.a.count, 0);
}

/* A program may keep its end open; nobody types there all the same. */
static void a_terminal_hung_up_is_told_while_a_job_holds_it(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_INPUT));
    (void)close(line.master);
    expect("vanished:a ");
    (void)close(line.slave);
}

static void the_watcher_may_be_closed_by_what_it_tells(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_INPUT));
    assert_true(cf_watcher_add(fixture.watcher, &fixture.b, line.path, CF_WATCH_INPUT));
    type_at(&line);
    fixture.closes = true;
    struct cf_watcher *watcher = fixture.watcher;
    cf_watcher_drain(watcher);
    assert_string_equal(fixture.told, "input:a ");
    close_line(&line);
}

/* ---- Limits ---- */

static void a_watch_has_a_limit(void **state)
{
    (void)state;
    struct line lines[CF_WATCH_TERMINALS + 1];
    for (int i = 0; i <= CF_WATCH_TERMINALS; i++) {
        open_line(&lines[i]);
        assert_int_equal(cf_watcher_add(fixture.watcher, &fixture.a, lines[i].path, CF_WATCH_INPUT),
                         i < CF_WATCH_TERMINALS);
    }
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, lines[0].path, CF_WATCH_INPUT)); /* it has it */
    assert_true(cf_watcher_add(fixture.watcher, &fixture.b, lines[CF_WATCH_TERMINALS].path, CF_WATCH_INPUT));
    for (int i = 0; i <= CF_WATCH_TERMINALS; i++)
        close_line(&lines[i]);
}

/* More than the kernel keeps: nobody knows what happened. */
static void lost_events_are_told(void **state)
{
    (void)state;
    struct line lines[2];
    char room[16];
    int most = 0;
    FILE *limit = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
    assert_non_null(limit);
    assert_int_equal(fscanf(limit, "%d", &most), 1);
    assert_int_equal(fclose(limit), 0);
    if (most > 100000)
        skip();
    fixture.a.writing++;
    for (int i = 0; i < 2; i++) {
        open_line(&lines[i]);
        assert_true(cf_watcher_add(fixture.watcher, &fixture.a, lines[i].path, CF_WATCH_OUTPUT));
    }
    for (int i = 0; i <= most; i++) { /* in turn, since equal ones in a row are one */
        print_on(&lines[i % 2]);
        assert_true(read(lines[i % 2].master, room, sizeof room) > 0);
    }
    expect("overrun ");
    for (int i = 0; i < 2; i++)
        close_line(&lines[i]);
}

/* By the loop, as in life. */
static void the_loop_tells(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_true(cf_watcher_add(fixture.watcher, &fixture.a, line.path, CF_WATCH_INPUT));
    type_at(&line);
    (void)uv_run(cf_loop_uv(fixture.loop), UV_RUN_NOWAIT);
    assert_string_equal(fixture.told, "input:a ");
    close_line(&line);
}

/* Terminals that others open meanwhile are told of, too; where it is allowed, there are none but ours. */
static void hide_other_terminals(void)
{
    if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        (void)mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=0666,mode=0620");
}

int main(void)
{
    hide_other_terminals();
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(input_and_output_are_told_once_each),
        TEST(any_of_several_terminals_tells),
        TEST(one_terminal_may_tell_of_two),
        TEST(what_is_not_wanted_any_more_is_not_told),
        TEST(what_the_terminal_does_not_confirm_is_not_believed),
        TEST(our_own_writing_is_not_told),
        TEST(the_first_input_on_a_new_terminal_is_told),
        TEST(a_new_terminal_that_is_watched_meanwhile_tells_both),
        TEST(a_terminal_that_vanishes_is_told),
        TEST(a_terminal_hung_up_is_told_while_a_job_holds_it),
        TEST(the_watcher_may_be_closed_by_what_it_tells),
        TEST(a_watch_has_a_limit),
        TEST(lost_events_are_told),
        TEST(the_loop_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
