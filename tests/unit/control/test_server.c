#include "echo.h"
#include "malformed.h"

#include "base/memory.h"

/* ---- What is sent ---- */

static void test_answers(void **state)
{
    (void)state;
    int fd = caller_dial();
    assert_contains(caller_ask(fd, ASK_ECHO), ANSWERED "{\"uid\":");
    assert_contains(caller_ask(fd, ASK_ECHO), ",\"administrator\":true,\"text\":null}}\n"); /* who runs it */
    assert_contains(caller_ask(fd, "{\"curfew\":1,\"id\":7,\"do\":\"echo\",\"text\":\"\xc3\xa4\"}\r"),
                    "\"\xc3\xa4\"");
    caller_hang_up(fd);
}

static void assert_refused(int fd, const struct malformed *row)
{
    struct cf_buffer line = {0};
    char code[64];
    (void)snprintf(code, sizeof code, "\"ok\":false,\"code\":\"%s\",\"error\":\"", cf_code_name(row->code));
    caller_send(fd, row->bytes, row->length);
    caller_send(fd, "\n", 1);
    assert_true(caller_receive(fd, &line) > 0);
    assert_contains(line.data, row->has_id ? "\"id\":7" : "\"id\":null");
    assert_contains(line.data, code);
    assert_int_equal(caller_receive(fd, &line), CALLER_NOTHING);
    cf_buffer_finish(&line);
}

static void test_malformed(void **state)
{
    (void)state;
    int fd = caller_dial(), honest = caller_dial();
    for (size_t i = 0; i < malformed_count + strange_count; i++) {
        assert_refused(fd, i < malformed_count ? &malformed[i] : &strange[i - malformed_count]);
        assert_served(fd);
        assert_served(honest);
        server_pass(CF_SECOND); /* for the pace, where the test is not root's */
    }
    caller_hang_up(fd);
    caller_hang_up(honest);
}

static void test_sizes(void **state)
{
    (void)state;
    int fd = caller_dial(), honest = caller_dial();
    struct cf_buffer line = {0};
    char *long_line = cf_alloc(CF_CONTROL_LINE);
    memset(long_line, ' ', CF_CONTROL_LINE);

    memcpy(long_line, ASK_ECHO, strlen(ASK_ECHO)); /* as long as may be */
    long_line[CF_CONTROL_LINE - 1] = '\n';
    caller_send(fd, long_line, CF_CONTROL_LINE);
    assert_true(caller_receive(fd, &line) > 0);
    assert_contains(line.data, ANSWERED);

    long_line[CF_CONTROL_LINE - 1] = ' '; /* one byte more */
    caller_send(fd, long_line, CF_CONTROL_LINE);
    caller_assert_sent_away(fd, "64 KiB");
    assert_served(honest);
    free(long_line);
    cf_buffer_finish(&line);
    caller_hang_up(fd);
    caller_hang_up(honest);
}

/* Thousands in one go are answered one by one, in order; another is served in between. */
static void test_pipelined(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    int fd = caller_dial(), honest = caller_dial();
    struct cf_buffer all = {0}, line = {0};
    for (int i = 0; i < MANY; i++)
        cf_control_request_write(&all, i, "echo", NULL);
    size_t sent = 0;
    for (int answered = 0; answered < MANY;) {
        int more = caller_try_send(fd, all.data + sent, all.length - sent);
        sent += more > 0 ? (size_t)more : 0;
        while (caller_receive(fd, &line) > 0) {
            char id[32];
            (void)snprintf(id, sizeof id, "\"id\":%d,\"ok\":true", answered++);
            assert_contains(line.data, id);
        }
        server_pass(CF_SECOND);
        assert_served(honest);
    }
    assert_int_equal(sent, all.length);
    cf_buffer_finish(&all);
    cf_buffer_finish(&line);
    caller_hang_up(fd);
    caller_hang_up(honest);
}

/* Any bytes at all, in any pieces, by several at once: whoever is honest is served, every time. */
static void test_random_bytes(void **state)
{
    (void)state;
    enum { HOSTILE = 6, ROUNDS = 3000 };
    uint64_t seed = 20261122;
    int fds[HOSTILE], honest = caller_dial();
    for (int i = 0; i < HOSTILE; i++)
        fds[i] = caller_dial();
    for (int round = 0; round < ROUNDS; round++) {
        char bytes[400];
        size_t length;
        const struct malformed *row = &malformed[pick(&seed, (int64_t)malformed_count)];
        int *fd = &fds[pick(&seed, HOSTILE)];
        if (pick(&seed, 2)) { /* a line, damaged */
            length = row->length < sizeof bytes - 1 ? row->length : sizeof bytes - 1;
            memcpy(bytes, row->bytes, length);
            bytes[length++] = '\n';
            for (int64_t damage = pick(&seed, 4); damage > 0; damage--)
                bytes[pick(&seed, (int64_t)length)] = (char)chance(&seed);
        } else {
            length = (size_t)pick(&seed, sizeof bytes);
            for (size_t i = 0; i < length; i++)
                bytes[i] = (char)chance(&seed);
        }
        for (size_t at = 0; at < length;) {
            size_t piece = 1 + (size_t)pick(&seed, (int64_t)(length - at));
            (void)caller_try_send(*fd, bytes + at, piece);
            at += piece;
            if (pick(&seed, 2))
                server_turn();
        }
        char sink[4096];
        while (pick(&seed, 3) && caller_try_receive(*fd, sink, sizeof sink) > 0)
            continue;
        if (pick(&seed, 20) == 0) {
            caller_hang_up(*fd);
            *fd = caller_dial();
        }
        server_pass((struct cf_span){pick(&seed, 1000000)});
        if (round % 10 == 0)
            assert_served(honest);
    }
    for (int i = 0; i < HOSTILE; i++)
        caller_hang_up(fds[i]);
    caller_hang_up(honest);
}

/* ---- How long it takes ---- */

static void test_half_sent(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    int fd = caller_dial(), drips = caller_dial();
    caller_send(fd, "{\"curfew\"", 9);
    for (int i = 0; i < 99; i++) { /* going on slowly does not help */
        caller_send(drips, " ", 1);
        server_pass((struct cf_span){CF_CONTROL_HALF.us / 100});
    }
    assert_int_equal(caller_receive(fd, &line), CALLER_NOTHING);
    assert_int_equal(caller_receive(drips, &line), CALLER_NOTHING);
    server_pass((struct cf_span){CF_CONTROL_HALF.us / 100});
    caller_assert_sent_away(fd, "\"code\":\"timeout\"");
    caller_assert_sent_away(drips, "\"code\":\"timeout\"");
    cf_buffer_finish(&line);
    caller_hang_up(fd);
    caller_hang_up(drips);
}

static void test_idle(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    int silent = caller_dial(), fd = caller_dial();
    server_pass((struct cf_span){CF_CONTROL_IDLE.us - 10000});
    assert_served(fd);
    server_pass((struct cf_span){10000});
    assert_int_equal(caller_receive(silent, &line), CALLER_CLOSED);
    assert_served(fd);
    cf_buffer_finish(&line);
    caller_hang_up(silent);
    caller_hang_up(fd);
}

static void test_unread(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    int reads = caller_dial(), sleeps = caller_dial();
    caller_send(sleeps, DO("big") "\n" ASK_ECHO "\n", strlen(DO("big") ASK_ECHO) + 2);
    caller_send(reads, DO("big") "\n", strlen(DO("big")) + 1);
    assert_true(caller_receive(reads, &line) > BIG);
    server_pass(CF_CONTROL_UNREAD);
    assert_served(reads);
    size_t got = 0;
    char chunk[4096];
    int length;
    while ((length = caller_try_receive(sleeps, chunk, sizeof chunk)) > 0)
        got += (size_t)length;
    assert_int_equal(length, 0); /* sent away, with what was in the socket */
    assert_true(got < BIG);
    cf_buffer_finish(&line);
    caller_hang_up(reads);
    caller_hang_up(sleeps);
}

/* Whoever has left so many answers unread that not even the reason goes out is parted with all the same. */
static void test_untold(void **state)
{
    (void)state;
    enum { TEXT = 30000, MOST = 1000 };
    static const char begin[] = "{\"curfew\":1,\"id\":7,\"do\":\"echo\",\"text\":\"", end[] = "\"}\n";
    struct cf_buffer ask = {0};
    cf_buffer_puts(&ask, begin);
    for (int i = 0; i < TEXT; i++)
        cf_buffer_puts(&ask, "x");
    cf_buffer_puts(&ask, end);

    int fits = 0, fd = caller_dial(); /* as many answers as the system takes, and one that is stuck */
    for (int i = 0; i < MOST && caller_try_send(fd, ask.data, ask.length) == (int)ask.length; i++)
        server_turn();
    for (char c; caller_try_receive(fd, &c, 1) == 1;) /* no turn: nothing follows */
        fits += c == '\n';
    caller_hang_up(fd);
    assert_in_range(fits, 1, MOST - 1);

    fd = caller_dial();
    for (int i = 0; i < fits; i++)
        caller_send(fd, ask.data, ask.length);
    cf_buffer_clear(&ask);
    for (int i = 0; i <= CF_CONTROL_LINE; i++)
        cf_buffer_puts(&ask, " ");
    caller_send(fd, ask.data, ask.length);
    server_pass((struct cf_span){CF_CONTROL_UNTOLD.us - 100000});
    assert_int_equal(caller_try_send(fd, " ", 1), 1);
    server_pass((struct cf_span){200000});
    assert_int_equal(caller_try_send(fd, " ", 1), CALLER_GONE);
    cf_buffer_finish(&ask);
    caller_hang_up(fd);
}

static void test_answered_later(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    int fd = caller_dial(), other = caller_dial();
    assert_string_equal(caller_ask(fd, DO("later")), "nothing");
    assert_served(other);
    assert_true(echo_answer_waiting());
    assert_true(caller_receive(fd, &line) > 0);
    assert_contains(line.data, ANSWERED "\"at last\"");

    assert_string_equal(caller_ask(fd, DO("later")), "nothing"); /* whose client goes */
    caller_hang_up(fd);
    server_pass(CF_SECOND);
    assert_true(echo_answer_waiting());
    server_pass(CF_SECOND);
    assert_served(other);

    assert_string_equal(caller_ask(other, DO("later")), "nothing"); /* whose answer takes too long */
    server_pass(CF_CONTROL_ANSWER);
    assert_true(caller_receive(other, &line) > 0);
    assert_contains(line.data, "\"id\":7,\"ok\":false,\"code\":\"timeout\"");
    assert_served(other);
    assert_true(echo_answer_waiting());
    assert_served(other);

    assert_string_equal(caller_ask(other, DO("later")), "nothing"); /* whose server goes; see after_the_end */
    cf_buffer_finish(&line);
    caller_hang_up(other);
}

static int after_the_end(void **state)
{
    int code = echo_tear_down(state);
    (void)echo_answer_waiting();
    return code;
}

#define test(function) cmocka_unit_test_setup_teardown(function, echo_set_up, echo_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_answers),
        test(test_malformed),
        test(test_sizes),
        test(test_pipelined),
        test(test_random_bytes),
        test(test_half_sent),
        test(test_idle),
        test(test_unread),
        test(test_untold),
        cmocka_unit_test_setup_teardown(test_answered_later, echo_set_up, after_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
