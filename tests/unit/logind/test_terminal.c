/* Terminals of one's own, made here: whose they are, when there was input, and what is written to them. */
#include "logind/terminal.h"

#include "logind/notice.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static void terminals_are_found_by_name_if_they_are_the_users(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    struct cf_terminals terminals;
    cf_terminals_find(&terminals, line.path + strlen("/dev/"), 0, getuid());
    assert_int_equal(terminals.count, 1);
    assert_string_equal(terminals.paths[0], line.path);
    cf_terminals_find(&terminals, line.path, 0, getuid());
    assert_int_equal(terminals.count, 1);
    cf_terminals_find(&terminals, line.path, 0, (int64_t)getuid() + 1);
    assert_int_equal(terminals.count, 0);
    static const char *const wrong[] = {"",
                                        "null/",
                                        "../dev/null",
                                        "pts/../null",
                                        "/etc/passwd",
                                        "shm",
                                        "a-name-that-is-much-longer-than-that-of-any-terminal"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cf_terminals_find(&terminals, wrong[i], 0, getuid());
        assert_int_equal(terminals.count, 0);
    }
    close_line(&line);
}

/* Whatever the second at which the kernel wrote it down, the input may have been up to the end of its eight.
 */
static void input_is_as_late_as_it_may_have_been(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    struct cf_terminals terminals;
    cf_terminals_find(&terminals, line.path, 0, getuid());
    for (time_t second = 1000000000; second < 1000000064; second++) {
        struct timespec times[2] = {{second, 0}, {second, 0}};
        assert_int_equal(futimens(line.slave, times), 0);
        int64_t input = cf_terminals_input(&terminals, getuid()).us, noted = (int64_t)second * 1000000;
        for (time_t typed = second; (typed ^ second) < 8; typed++) /* these the kernel does not tell apart */
            assert_true(input >= (int64_t)typed * 1000000 + 999999);
        assert_true(input < noted + 8000000);
    }
    assert_true(cf_terminals_input(&terminals, (int64_t)getuid() + 1).us == CF_UNKNOWN_US);
    terminals.count = 0;
    assert_true(cf_terminals_input(&terminals, getuid()).us == CF_UNKNOWN_US);
    close_line(&line);
}

static void the_latest_of_several_terminals_counts(void **state)
{
    (void)state;
    struct line old, recent;
    open_line(&old);
    open_line(&recent);
    struct cf_terminals terminals, other;
    cf_terminals_find(&terminals, old.path, 0, getuid());
    cf_terminals_find(&other, recent.path, 0, getuid());
    memcpy(terminals.paths[terminals.count++], other.paths[0], CF_TERMINAL_PATH);
    assert_int_equal(futimens(old.slave, (struct timespec[]){{1000, 0}, {1000, 0}}), 0);
    assert_int_equal(futimens(recent.slave, (struct timespec[]){{2000, 0}, {2000, 0}}), 0);
    assert_true(cf_terminals_input(&terminals, getuid()).us == 2008 * INT64_C(1000000) - 1);
    close_line(&recent); /* one that cannot be read may be where he types */
    assert_true(cf_terminals_input(&terminals, getuid()).us == CF_UNKNOWN_US);
    close_line(&old);
}

static void a_terminal_takes_all_or_it_was_not_delivered(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    struct cf_terminals terminals;
    cf_terminals_find(&terminals, line.path, 0, getuid());
    struct cf_buffer text = {0};
    cf_notice_lines(&text, "Notice", "A first line.\nA second, with \x1b[31mcolour.", NULL, NULL);
    assert_true(cf_terminals_write(&terminals, getuid(), text.data, text.length));
    char shown[256] = "";
    assert_true(read(line.master, shown, sizeof shown - 1) > 0);
    assert_non_null(strstr(shown, "\r\n\a*** Notice ***\r"));
    assert_non_null(strstr(shown, "A first line.\r"));
    assert_non_null(strstr(shown, "A second, with ?[31mcolour.\r"));
    assert_false(cf_terminals_write(&terminals, (int64_t)getuid() + 1, text.data, text.length));

    char *much = calloc(1, CHUNK); /* nobody reads the other end */
    assert_false(cf_terminals_write(&terminals, getuid(), memset(much, 'x', CHUNK), CHUNK));
    free(much);
    cf_buffer_finish(&text);
    close_line(&line);
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
        cmocka_unit_test(terminals_are_found_by_name_if_they_are_the_users),
        cmocka_unit_test(input_is_as_late_as_it_may_have_been),
        cmocka_unit_test(the_latest_of_several_terminals_counts),
        cmocka_unit_test(a_terminal_takes_all_or_it_was_not_delivered),
        cmocka_unit_test(lines_are_wrapped_between_words),
        cmocka_unit_test(our_own_words_are_in_the_users_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
