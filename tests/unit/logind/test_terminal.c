/* Terminals of one's own, made here: which they are, when there was input, and what is written to them. */
#include "logind/terminal.h"

#include "logind/notice.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CHUNK = 1 << 20 };

struct line {
    int master, slave;
    char path[64];
};

static void open_line(struct line *line)
{
    assert_int_equal(openpty(&line->master, &line->slave, line->path, NULL, NULL), 0);
    assert_int_equal(fchmod(line->slave, 0600), 0);
}

static void close_line(struct line *line)
{
    (void)close(line->master);
    (void)close(line->slave);
}

static void a_name_is_a_terminals_or_nothing(void **state)
{
    (void)state;
    char path[CF_TERMINAL_PATH];
    assert_true(cf_terminal_named("pts/3", path));
    assert_string_equal(path, "/dev/pts/3");
    assert_true(cf_terminal_named("/dev/tty1", path));
    assert_string_equal(path, "/dev/tty1");
    struct cf_terminal_times times;
    static const char *const wrong[] = {"",
                                        "null/",
                                        "../dev/null",
                                        "pts/../null",
                                        "/etc/passwd",
                                        "shm",
                                        "pts/987654321",
                                        "a-name-that-is-much-longer-than-that-of-any-terminal"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(cf_terminal_named(wrong[i], path) && cf_terminal_times(path, &times));
}

static void a_number_is_a_terminal_of_its_kind(void **state)
{
    (void)state;
    static const struct {
        unsigned major, minor;
        const char *path; /* NULL: none */
    } rows[] = {
        {136, 0, "/dev/pts/0"}, {137, 5, "/dev/pts/261"}, {143, 255, "/dev/pts/2047"}, {4, 1, "/dev/tty1"},
        {4, 63, "/dev/tty63"},  {4, 64, "/dev/ttyS0"},    {1, 3, "/dev/null"}, /* as udev calls it */
        {4095, 1048575, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[CF_TERMINAL_PATH];
        bool found = cf_terminal_numbered((unsigned)makedev(rows[i].major, rows[i].minor), path);
        assert_int_equal(found, rows[i].path != NULL);
        if (found)
            assert_string_equal(path, rows[i].path);
    }
}

/* Whatever the second at which the kernel wrote it down, it may have been up to the end of its eight. */
static void a_time_is_as_late_as_it_may_have_been(void **state)
{
    (void)state;
    struct line line;
    struct cf_terminal_times times;
    open_line(&line);
    for (time_t second = 1000000000; second < 1000000064; second++) {
        assert_int_equal(futimens(line.slave, (struct timespec[]){{second, 0}, {second + 100, 0}}), 0);
        assert_true(cf_terminal_times(line.path, &times));
        assert_true(times.input == second && times.output == second + 100 && times.uid == getuid());
        int64_t latest = cf_terminal_latest(times.input).us, noted = (int64_t)second * 1000000;
        for (time_t typed = second; (typed ^ second) < 8; typed++) /* these the kernel does not tell apart */
            assert_true(latest >= (int64_t)typed * 1000000 + 999999);
        assert_true(latest < noted + 8000000);
    }
    close_line(&line);
    assert_false(
        cf_terminal_times("/dev/pts/gone", &times)); /* the line's own may be somebody else's by now */
    assert_false(cf_terminal_times("/etc/passwd", &times));
}

static void a_terminal_takes_all_or_it_was_not_delivered(void **state)
{
    (void)state;
    struct line line;
    struct cf_terminal_times before, after = {0};
    open_line(&line);
    struct cf_buffer text = {0};
    cf_notice_lines(&text, "Notice", "A first line.\nA second, with \x1b[31mcolour.", NULL, NULL);
    int patience_ms = 1000, blocked = 0;
    assert_int_equal(futimens(line.slave, (struct timespec[]){{1000, 0}, {2000, 0}}), 0);
    assert_true(cf_terminal_write(line.path, getuid(), text.data, text.length, &patience_ms, &before, &after,
                                  &blocked));
    assert_int_equal(blocked, -1);
    assert_true(before.output == 2000 && after.output > 2000 && after.input == 1000);
    char shown[256] = "";
    for (size_t size = 0; !strstr(shown, "colour.\r");) { /* it may come in pieces */
        ssize_t more = read(line.master, shown + size, sizeof shown - 1 - size);
        assert_true(more > 0);
        size += (size_t)more;
    }
    assert_non_null(strstr(shown, "\r\n\a*** Notice ***\r"));
    assert_non_null(strstr(shown, "A first line.\r"));
    assert_non_null(strstr(shown, "A second, with ?[31mcolour.\r"));
    assert_false(cf_terminal_write(line.path, (int64_t)getuid() + 1, text.data, text.length, &patience_ms,
                                   &before, &after, &blocked));
    assert_false(cf_terminal_write("/dev/null", 0, "x", 1, &patience_ms, &before, &after, &blocked));

    assert_int_equal(blocked, -1);
    cf_buffer_finish(&text);
    close_line(&line);
}

static void stop(int master, int slave)
{
    assert_int_equal(write(master, "\x13", 1), 1);
    while (poll(&(struct pollfd){.fd = slave, .events = POLLOUT}, 1, 0) == 1)
        (void)usleep(1000); /* the kernel takes it in a thread of its own */
}

static void read_all(int master)
{
    char some[4096];
    while (poll(&(struct pollfd){.fd = master, .events = POLLIN}, 1, 200) == 1)
        assert_true(read(master, some, sizeof some) > 0);
}

/* What it is written to while nobody reads, or its output is stopped; and what frees it again. */
static void a_terminal_that_takes_nothing_can_be_waited_for(void **state)
{
    (void)state;
    struct line line;
    struct cf_terminal_times before, after;
    int patience_ms = 1000, blocked;
    char *much = malloc(CHUNK);
    memset(much, 'x', CHUNK);
    open_line(&line);
    for (int way = 0; way < 2; way++) {
        size_t length = way ? 1 : CHUNK;
        if (way)
            stop(line.master, line.slave);
        patience_ms = 1000;
        assert_false(
            cf_terminal_write(line.path, getuid(), much, length, &patience_ms, &before, &after, &blocked));
        assert_in_range(patience_ms, 1, 800);
        assert_true(blocked >= 0);
        struct pollfd writable = {.fd = blocked, .events = POLLOUT};
        assert_int_equal(poll(&writable, 1, 0), 0);
        if (way)
            assert_int_equal(write(line.master, "\x11", 1), 1);
        else
            read_all(line.master);
        assert_int_equal(poll(&writable, 1, 20000), 1);
        (void)close(blocked);
        assert_true(cf_terminal_write(line.path, getuid(), "x", 1, &patience_ms, &before, &after, &blocked));
        assert_int_equal(blocked, -1);
    }
    while (patience_ms > 0) { /* a loop of warnings ends */
        assert_false(
            cf_terminal_write(line.path, getuid(), much, CHUNK, &patience_ms, &before, &after, &blocked));
        (void)close(blocked);
    }
    free(much);
    close_line(&line);
}

/* Ctrl-S, then the connection breaks while a warning waits. */
static void a_terminal_that_goes_while_it_is_stopped_holds_nobody_up(void **state)
{
    (void)state;
    struct line line;
    struct cf_terminal_times before, after;
    int patience_ms = 60000, blocked;
    open_line(&line);
    stop(line.master, line.slave);
    pid_t client = fork();
    assert_true(client >= 0);
    if (client == 0) {
        (void)usleep(100000);
        _exit(0); /* the last to hold the master */
    }
    (void)close(line.master);
    (void)alarm(20); /* a writer that goes on trying ends the test */
    assert_false(cf_terminal_write(line.path, getuid(), "x", 1, &patience_ms, &before, &after, &blocked));
    (void)alarm(0);
    assert_int_equal(blocked, -1);
    assert_int_equal(waitpid(client, NULL, 0), client);
    (void)close(line.slave);
}

static void lines_are_wrapped_between_words(void **state)
{
    (void)state;
    for (size_t word = 1; word < 100; word++) {
        struct cf_buffer text = {0}, out = {0};
        for (int i = 0; i < 8; i++) {
            for (size_t letter = 0; letter < word; letter++)
                cf_buffer_puts(&text, letter % 2 ? "ü" : "o");
            cf_buffer_puts(&text, i < 7 ? " " : "");
        }
        cf_notice_lines(&out, NULL, text.data, NULL, NULL);
        assert_int_equal(strncmp(out.data, "\r\n\a", 3), 0);
        for (const char *line = out.data + 3, *end; *line; line = end + 2) {
            end = strstr(line, "\r\n");
            assert_non_null(end);
            size_t columns = 0;
            for (const char *at = line; at < end; at += cf_utf8_length(at))
                columns++;
            assert_in_range(columns, 1, 79);
            if (word <= 79)
                assert_int_equal((columns + 1) % (word + 1), 0);
        }
        cf_buffer_finish(&text);
        cf_buffer_finish(&out);
    }
}

static void our_own_words_are_in_the_users_language(void **state)
{
    (void)state;
    struct cf_buffer out = {0};
    cf_notice_lines(&out, NULL, "Tudo bem?", "Sim", "pt_BR");
    assert_string_equal(out.data,
                        "\r\n\aTudo bem?\r\n(\"Sim\" só pode ser respondido em um ambiente gráfico.)\r\n");
    cf_buffer_clear(&out);
    cf_notice_over(&out, "pt_BR");
    cf_notice_over(&out, NULL);
    assert_string_equal(out.data, "\r\nSua sessão continua aberta.\r\n\r\nYou stay logged on.\r\n");
    cf_buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_a_terminals_or_nothing),
        cmocka_unit_test(a_number_is_a_terminal_of_its_kind),
        cmocka_unit_test(a_time_is_as_late_as_it_may_have_been),
        cmocka_unit_test(a_terminal_takes_all_or_it_was_not_delivered),
        cmocka_unit_test(a_terminal_that_takes_nothing_can_be_waited_for),
        cmocka_unit_test(a_terminal_that_goes_while_it_is_stopped_holds_nobody_up),
        cmocka_unit_test(lines_are_wrapped_between_words),
        cmocka_unit_test(our_own_words_are_in_the_users_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
