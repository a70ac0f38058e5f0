#include "echo.h"

#include "base/memory.h"

static struct cf_control_call *waiting;

static void handle_echo(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)data;
    const struct cf_peer *peer = cf_control_call_peer(call);
    cf_control_answer(call, json_pack("{s:I, s:b, s:s?}", "uid", (json_int_t)peer->uid, "administrator",
                                      peer->administrator, "text",
                                      json_string_value(json_object_get(words, "text"))));
}

static void handle_later(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)data, (void)words;
    assert_null(waiting);
    waiting = call;
}

bool echo_answer_waiting(void)
{
    struct cf_control_call *call = waiting;
    waiting = NULL;
    if (call)
        cf_control_answer(call, json_string("at last"));
    return call;
}

static void handle_big(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)data, (void)words;
    char *text = cf_alloc(BIG + 1);
    memset(text, 'x', BIG);
    cf_control_answer(call, json_string(text));
    free(text);
}

static const char *const no_words[] = {NULL}, *const text_word[] = {"text", NULL};
const struct cf_control_verb echo_verbs[] = {
    {"echo", true, text_word, handle_echo, 1},
    {"later", true, no_words, handle_later, 1},
    {"big", true, no_words, handle_big, 1},
    {"root", false, no_words, handle_echo, 1},
    {0},
};

int echo_set_up(void **state)
{
    (void)state;
    server_open(echo_verbs, NULL, NULL);
    return 0;
}

int echo_tear_down(void **state)
{
    (void)state;
    server_close();
    return 0;
}

void assert_served(int caller)
{
    assert_contains(caller_ask(caller, ASK_ECHO), ANSWERED);
}
