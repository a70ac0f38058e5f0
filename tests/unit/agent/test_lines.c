/* What is written is read as it was meant, and of any other bytes nothing is taken. */
#include "../unit.h"
#include "agent/lines.h"

#include <string.h>

enum { ROUNDS = 200 };

static uint64_t seed = 7;

static struct cf_agent_answer any_answer(void)
{
    struct cf_agent_answer answer = {.id = 1 + (uint64_t)pick(&seed, 1000000),
                                     .word = (enum cf_agent_word)pick(&seed, CF_AGENT_WORDS),
                                     .idle = {CF_UNKNOWN_US}};
    if (answer.word != CF_AGENT_SAYS_STATE) {
        answer.yes = pick(&seed, 2) != 0;
        return answer;
    }
    answer.inhibited = (enum cf_tri)pick(&seed, 3);
    answer.source = (enum cf_agent_source)pick(&seed, CF_AGENT_SOURCES);
    if (answer.source != CF_AGENT_NOWHERE)
        answer.idle.us = pick(&seed, INT64_C(100000000000));
    return answer;
}

static void answers_survive(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct cf_agent_answer meant = any_answer(), read;
        struct cf_buffer line = {0};
        cf_agent_answer_write(&line, &meant);
        assert_true(cf_agent_answer_read(line.data, line.length, &read));
        assert_int_equal(read.id, meant.id);
        assert_int_equal(read.word, meant.word);
        assert_int_equal(read.source, meant.source);
        assert_int_equal(read.inhibited, meant.inhibited);
        assert_int_equal(read.yes, meant.yes);
        assert_int_equal(cf_span_known(read.idle), cf_span_known(meant.idle));
        if (cf_span_known(meant.idle)) /* as doubles have it */
            assert_in_range(read.idle.us + 1 - meant.idle.us, 0, 2);
        for (size_t length = 0; length + 1 < line.length; length++)
            assert_false(cf_agent_answer_read(line.data, length, &read));
        cf_buffer_finish(&line);
    }
}

static void orders_survive(void **state)
{
    (void)state;
    const struct cf_agent_order_line meant = {.id = 7,
                                              .verb = CF_AGENT_SHOW,
                                              .inhibited = true,
                                              .beside = true,
                                              .title = "t\"\n\x1b",
                                              .text = "You will be logged off in 5 minutes.",
                                              .button = "I am still here",
                                              .shown_for = {300000000}};
    struct cf_agent_order_line read;
    json_t *object = NULL;
    struct cf_buffer line = {0};
    cf_agent_order_write(&line, &meant);
    assert_true(cf_agent_order_read(line.data, line.length, &read, &object));
    assert_int_equal(read.verb, CF_AGENT_SHOW);
    assert_true(read.inhibited && read.beside);
    assert_string_equal(read.title, meant.title);
    assert_string_equal(read.text, meant.text);
    assert_string_equal(read.button, meant.button);
    assert_int_equal(read.shown_for.us, meant.shown_for.us);
    json_decref(object);
    cf_buffer_finish(&line);
}

static void nothing_else_is_an_answer(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "{}",
        "[]",
        "{\"id\":1}",
        "{\"id\":0,\"input\":true}",
        "{\"id\":-1,\"input\":true}",
        "{\"id\":1.5,\"input\":true}",
        "{\"id\":\"1\",\"input\":true}",
        "{\"id\":1,\"input\":1}",
        "{\"id\":1,\"input\":true,\"shown\":true}",
        "{\"id\":1,\"input\":true,\"more\":true}",
        "{\"id\":1,\"idle\":-1,\"source\":\"x11\"}",
        "{\"id\":1,\"idle\":1e300,\"source\":\"x11\"}",
        "{\"id\":1,\"idle\":\"1\",\"source\":\"x11\"}",
        "{\"id\":1,\"idle\":1}", /* of which nobody knows where it is from */
        "{\"id\":1,\"idle\":null,\"source\":\"x11\"}",
        "{\"id\":1,\"idle\":1,\"source\":\"tty\"}", /* which is the host's own */
        "{\"id\":1,\"idle\":1,\"source\":\"x11\",\"inhibited\":1}",
        "{\"id\":1,\"idle\":1,\"idle\":2,\"source\":\"x11\"}",
    };
    struct cf_agent_answer read;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_false(cf_agent_answer_read(lines[i], strlen(lines[i]), &read));
    char deep[CF_AGENT_ANSWER_LINE];
    memset(deep, '[', sizeof deep);
    assert_false(cf_agent_answer_read(deep, sizeof deep, &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_survive),
        cmocka_unit_test(orders_survive),
        cmocka_unit_test(nothing_else_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
