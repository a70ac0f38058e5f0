/* Verbs for tests of the server, which answer at once, at last, at length, or administrators alone. */
#ifndef CF_TESTS_ECHO_H
#define CF_TESTS_ECHO_H

#include "rig.h"

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

static inline void answer_waiting(void)
{
    struct cf_control_call *call = waiting;
    waiting = NULL;
    cf_control_answer(call, json_string("at last"));
}

enum { BIG = 4 * 1024 * 1024 }; /* more than any socket takes at once */

static void handle_big(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)data, (void)words;
    char *text = cf_alloc(BIG + 1);
    memset(text, 'x', BIG);
    cf_control_answer(call, json_string(text));
    free(text);
}

static const char *const no_words[] = {NULL}, *const text_word[] = {"text", NULL};
static const struct cf_control_verb verbs[] = {
    {"echo", true, text_word, handle_echo, 1},
    {"later", true, no_words, handle_later, 1},
    {"big", true, no_words, handle_big, 1},
    {"root", false, no_words, handle_echo, 1},
    {0},
};

#define ASK_ECHO "{\"curfew\":1,\"id\":7,\"do\":\"echo\"}"
#define DO(verb) "{\"curfew\":1,\"id\":7,\"do\":\"" verb "\"}"
#define ANSWERED "{\"curfew\":1,\"id\":7,\"ok\":true,\"result\":"

static int setup(void **state)
{
    (void)state;
    rig_open(verbs, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close();
    return 0;
}

/* What came is as good as `fd`'s still being served, and an honest client's beside it. */
static void assert_served(int fd)
{
    assert_contains(rig_ask(fd, ASK_ECHO), ANSWERED);
}

#endif
