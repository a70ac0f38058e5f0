#include "echo.h"
#include "malformed.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- What is sent ---- */

static void test_answers(void **state)
{
    (void)state;
    int fd = rig_dial();
    assert_contains(rig_ask(fd, ASK_ECHO), ANSWERED "{\"uid\":");
    assert_contains(rig_ask(fd, ASK_ECHO), ",\"administrator\":true,\"text\":null}}\n"); /* who runs it */
    assert_contains(rig_ask(fd, "{\"curfew\":1,\"id\":7,\"do\":\"echo\",\"text\":\"\xc3\xa4\"}\r"),
                    "\"\xc3\xa4\"");
    rig_hang_up(fd);
}

static void assert_refused(int fd, const struct malformed *row)
{
    struct cf_buffer line = {0};
    char code[64];
    (void)snprintf(code, sizeof code, "\"ok\":false,\"code\":\"%s\",\"error\":\"", cf_code_name(row->code));
    rig_send(fd, row->bytes, row->length);
    rig_send(fd, "\n", 1);
    assert_true(rig_receive(fd, &line) > 0);
    assert_contains(line.data, row->has_id ? "\"id\":7" : "\"id\":null");
    assert_contains(line.data, code);
    assert_int_equal(rig_receive(fd, &line), RIG_NOTHING);
    cf_buffer_finish(&line);
}

static void test_malformed(void **state)
{
    (void)state;
    int fd = rig_dial(), honest = rig_dial();
    for (size_t i = 0; i < COUNT(malformed) + COUNT(strange); i++) {
        assert_refused(fd, i < COUNT(malformed) ? &malformed[i] : &strange[i - COUNT(malformed)]);
        assert_served(fd);
        assert_served(honest);
        rig_pass(CF_SECOND); /* for the pace, where the test is not root's */
    }
    rig_hang_up(fd);
    rig_hang_up(honest);
}

static void test_sizes(void **state)
{
    (void)state;
    int fd = rig_dial(), honest = rig_dial();
    struct cf_buffer line = {0};
    char *long_line = cf_alloc(CF_CONTROL_LINE);
    memset(long_line, ' ', CF_CONTROL_LINE);

    memcpy(long_line, ASK_ECHO, strlen(ASK_ECHO)); /* as long as may be */
    long_line[CF_CONTROL_LINE - 1] = '\n';
    rig_send(fd, long_line, CF_CONTROL_LINE);
    assert_true(rig_receive(fd, &line) > 0);
    assert_contains(line.data, ANSWERED);

    long_line[CF_CONTROL_LINE - 1] = ' '; /* one byte more */
    rig_send(fd, long_line, CF_CONTROL_LINE);
    rig_assert_sent_away(fd, "64 KiB");
    assert_served(honest);
    free(long_line);
    cf_buffer_finish(&line);
    rig_hang_up(fd);
    rig_hang_up(honest);
}

/* Thousands in one go are answered one by one, in order; another is served in between. */
static void test_pipelined(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    int fd = rig_dial(), honest = rig_dial();
    struct cf_buffer all = {0}, line = {0};
    for (int i = 0; i < MANY; i++)
        cf_control_request_write(&all, i, "echo", NULL);
    size_t sent = 0;
    for (int answered = 0; answered < MANY;) {
        int more = rig_try_send(fd, all.data + sent, all.length - sent);
        sent += more > 0 ? (size_t)more : 0;
        while (rig_receive(fd, &line) > 0) {
            char id[32];
            (void)snprintf(id, sizeof id, "\"id\":%d,\"ok\":true", answered++);
            assert_contains(line.data, id);
        }
        rig_pass(CF_SECOND);
        assert_served(honest);
    }
    assert_int_equal(sent, all.length);
    cf_buffer_finish(&all);
    cf_buffer_finish(&line);
    rig_hang_up(fd);
    rig_hang_up(honest);
}

/* Any bytes at all, in any pieces, by several at once: whoever is honest is served, every time. */
static void test_random_bytes(void **state)
{
    (void)state;
    enum { HOSTILE = 6, ROUNDS = 3000 };
    uint64_t seed = 20261122;
    int fds[HOSTILE], honest = rig_dial();
    for (int i = 0; i < HOSTILE; i++)
        fds[i] = rig_dial();
    for (int round = 0; round < ROUNDS; round++) {
        char bytes[400];
        size_t length;
        const struct malformed *row = &malformed[pick(&seed, COUNT(malformed))];
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
            (void)rig_try_send(*fd, bytes + at, piece);
            at += piece;
            if (pick(&seed, 2))
                rig_turn();
        }
        char sink[4096];
        while (pick(&seed, 3) && rig_try_receive(*fd, sink, sizeof sink) > 0)
            continue;
        if (pick(&seed, 20) == 0) {
            rig_hang_up(*fd);
            *fd = rig_dial();
        }
        rig_pass((struct cf_span){pick(&seed, 1000000)});
        if (round % 10 == 0)
            assert_served(honest);
    }
    for (int i = 0; i < HOSTILE; i++)
        rig_hang_up(fds[i]);
    rig_hang_up(honest);
}

/* ---- How long it takes ---- */

static void test_half_sent(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    int fd = rig_dial(), drips = rig_dial();
    rig_send(fd, "{\"curfew\"", 9);
    for (int i = 0; i < 99; i++) { /* going on slowly does not help */
        rig_send(drips, " ", 1);
        rig_pass((struct cf_span){CF_CONTROL_HALF.us / 100});
    }
    assert_int_equal(rig_receive(fd, &line), RIG_NOTHING);
    assert_int_equal(rig_receive(drips, &line), RIG_NOTHING);
    rig_pass((struct cf_span){CF_CONTROL_HALF.us / 100});
    rig_assert_sent_away(fd, "\"code\":\"timeout\"");
    rig_assert_sent_away(drips, "\"code\":\"timeout\"");
    cf_buffer_finish(&line);
    rig_hang_up(fd);
    rig_hang_up(drips);
}

static void test_idle(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    int silent = rig_dial(), fd = rig_dial();
    rig_pass((struct cf_span){CF_CONTROL_IDLE.us - 10000});
    assert_served(fd);
    rig_pass((struct cf_span){10000});
    assert_int_equal(rig_receive(silent, &line), RIG_CLOSED);
    assert_served(fd);
    cf_buffer_finish(&line);
    rig_hang_up(silent);
    rig_hang_up(fd);
}

static void test_unread(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    int reads = rig_dial(), sleeps = rig_dial();
    rig_send(sleeps, DO("big") "\n" ASK_ECHO "\n", strlen(DO("big") ASK_ECHO) + 2);
    rig_send(reads, DO("big") "\n", strlen(DO("big")) + 1);
    assert_true(rig_receive(reads, &line) > BIG);
    rig_pass(CF_CONTROL_UNREAD);
    assert_served(reads);
    size_t got = 0;
    char chunk[4096];
    int length;
    while ((length = rig_try_receive(sleeps, chunk, sizeof chunk)) > 0)
        got += (size_t)length;
    assert_int_equal(length, 0); /* sent away, with what was in the socket */
    assert_true(got < BIG);
    cf_buffer_finish(&line);
    rig_hang_up(reads);
    rig_hang_up(sleeps);
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

    int fits = 0, fd = rig_dial(); /* as many answers as the system takes, and one that is stuck */
    for (int i = 0; i < MOST && rig_try_send(fd, ask.data, ask.length) == (int)ask.length; i++)
        rig_turn();
    for (char c; rig_try_receive(fd, &c, 1) == 1;) /* no turn: nothing follows */
        fits += c == '\n';
    rig_hang_up(fd);
    assert_in_range(fits, 1, MOST - 1);

    fd = rig_dial();
    for (int i = 0; i < fits; i++)
        rig_send(fd, ask.data, ask.length);
    cf_buffer_clear(&ask);
    for (int i = 0; i <= CF_CONTROL_LINE; i++)
        cf_buffer_puts(&ask, " ");
    rig_send(fd, ask.data, ask.length);
    rig_pass((struct cf_span){CF_CONTROL_UNTOLD.us - 100000});
    assert_int_equal(rig_try_send(fd, " ", 1), 1);
    rig_pass((struct cf_span){200000});
    assert_int_equal(rig_try_send(fd, " ", 1), RIG_GONE);
    cf_buffer_finish(&ask);
    rig_hang_up(fd);
}

static void test_answered_later(void **state)
{
    (void)state;
    struct cf_buffer line = {0};
    int fd = rig_dial(), other = rig_dial();
    assert_string_equal(rig_ask(fd, DO("later")), "nothing");
    assert_served(other);
    answer_waiting();
    assert_true(rig_receive(fd, &line) > 0);
    assert_contains(line.data, ANSWERED "\"at last\"");

    assert_string_equal(rig_ask(fd, DO("later")), "nothing"); /* whose client goes */
    rig_hang_up(fd);
    rig_pass(CF_SECOND);
    answer_waiting();
    rig_pass(CF_SECOND);
    assert_served(other);

    assert_string_equal(rig_ask(other, DO("later")), "nothing"); /* whose answer takes too long */
    rig_pass(CF_CONTROL_ANSWER);
    assert_true(rig_receive(other, &line) > 0);
    assert_contains(line.data, "\"id\":7,\"ok\":false,\"code\":\"timeout\"");
    assert_served(other);
    answer_waiting();
    assert_served(other);

    assert_string_equal(rig_ask(other, DO("later")), "nothing"); /* whose server goes; see after_the_end */
    cf_buffer_finish(&line);
    rig_hang_up(other);
}

static int after_the_end(void **state)
{
    int code = teardown(state);
    if (waiting)
        answer_waiting();
    return code;
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_answers),      test(test_malformed),
        test(test_sizes),        test(test_pipelined),
        test(test_random_bytes), test(test_half_sent),
        test(test_idle),         test(test_unread),
        test(test_untold),       cmocka_unit_test_setup_teardown(test_answered_later, setup, after_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
