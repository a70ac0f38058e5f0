/* An agent that lies, floods, is silent or dies: what it may say, and what ends the connection. */
#include "../unit.h"
#include "agent/link.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
    struct cf_loop *loop;
    struct cf_agent_link *link;
    struct cf_agent_order order, second;
    int far; /* the agent's end */
    unsigned inputs, presses, answers, refusals;
    struct cf_span idle;
    char ended[128];
} world;

/* ---- The engine's side ---- */

static void on_input(void *data)
{
    (void)data;
    world.inputs++;
}

static void on_pressed(void *data, bool yes)
{
    (void)data;
    world.presses += yes;
}

static void on_ended(void *data, const char *why)
{
    (void)data;
    assert_string_equal(world.ended, "");
    (void)snprintf(world.ended, sizeof world.ended, "%s", why);
    cf_agent_link_destroy(world.link);
    world.link = NULL;
}

static void on_answer(struct cf_agent_order *order, const struct cf_agent_answer *answer)
{
    (void)order;
    world.answers += answer != NULL;
    world.refusals += !answer;
    world.idle = answer ? answer->idle : (struct cf_span){CF_UNKNOWN_US};
}

static void ask(struct cf_agent_order *order, enum cf_agent_verb verb)
{
    const struct cf_agent_order_line line = {
        .verb = verb, .text = "You will be logged off.", .shown_for = {CF_UNKNOWN_US}};
    order->done = on_answer;
    cf_agent_link_send(world.link, order, &line);
}

static void ask_for_message(struct cf_agent_order *order)
{
    const struct cf_agent_order_line line = {
        .verb = CF_AGENT_SHOW, .beside = true, .text = "Lunch is ready.", .shown_for = {CF_UNKNOWN_US}};
    order->done = on_answer;
    cf_agent_link_send(world.link, order, &line);
}

/* ---- The agent's ---- */

static void say(const char *text)
{
    assert_int_equal(send(world.far, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void on_tick(struct cf_timer *timer)
{
    cf_loop_stop(timer->data);
}

/* For as long as anything of what was said may still arrive. */
static void go_on(int64_t ms)
{
    struct cf_timer tick = {.fire = on_tick, .data = world.loop};
    cf_timer_set(world.loop, &tick, cf_mono_add(cf_loop_now(world.loop), (struct cf_span){ms * 1000}));
    cf_loop_run(world.loop);
}

static int begin_in(bool is_virtual)
{
    static const struct cf_agent_link_calls calls = {on_input, on_pressed, on_ended};
    struct cf_error err;
    int ends[2];
    memset(&world, 0, sizeof world);
    assert_int_equal(is_virtual ? cf_loop_create_virtual((struct cf_instant){0}, 0, &world.loop, &err)
                                : cf_loop_create(&world.loop, &err),
                     CF_OK);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    world.far = ends[1];
    world.link = cf_agent_link_create(world.loop, ends[0], "3", &calls, NULL);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    return begin_in(false);
}

static int begin_in_virtual_time(void **state)
{
    (void)state;
    return begin_in(true);
}

static int end(void **state)
{
    (void)state;
    cf_agent_order_cancel(&world.order);
    cf_agent_order_cancel(&world.second);
    cf_agent_link_destroy(world.link);
    (void)close(world.far);
    cf_loop_run(world.loop);
    cf_loop_destroy(world.loop);
    return 0;
}

/* ---- Tests ---- */

static void what_was_asked_is_taken(void **state)
{
    (void)state;
    char text[512];
    ask(&world.order, CF_AGENT_WATCH);
    say("{\"id\":1,\"idle\":12.5,\"source\":\"x11\"}\n");
    go_on(20);
    assert_int_equal(world.answers, 1);
    assert_int_equal(world.idle.us, 12500000);
    assert_true(cf_agent_link_watches(world.link));
    say("{\"id\":1,\"input\":true}\n");
    go_on(20);
    assert_int_equal(world.inputs, 1);
    assert_false(cf_agent_link_watches(world.link));
    ask(&world.order, CF_AGENT_SHOW);
    say("{\"id\":2,\"shown\":true}\n{\"id\":2,\"pressed\":true}\n");
    go_on(20);
    assert_int_equal(world.presses, 1);
    assert_string_equal(world.ended, "");
    ssize_t length = recv(world.far, text, sizeof text - 1, MSG_DONTWAIT);
    assert_true(length > 0);
    text[length] = '\0';
    assert_non_null(
        strstr(text, "{\"curfew\":1,\"session\":\"3\"}\n{\"curfew\":1,\"id\":1,\"do\":\"watch\"}\n"));
}

/* A message beside a warning takes nothing from it: its button still counts. */
static void a_message_leaves_the_warning(void **state)
{
    (void)state;
    ask(&world.order, CF_AGENT_SHOW);
    say("{\"id\":1,\"shown\":true}\n");
    go_on(20);
    ask_for_message(&world.second);
    say("{\"id\":2,\"shown\":true}\n{\"id\":1,\"pressed\":true}\n");
    go_on(20);
    assert_string_equal(world.ended, "");
    assert_int_equal(world.presses, 1);
}

/* What was on its way while the next was asked is no lie. */
static void what_crosses_is_taken(void **state)
{
    (void)state;
    ask(&world.order, CF_AGENT_WATCH);
    say("{\"id\":1,\"idle\":1,\"source\":\"x11\"}\n");
    go_on(20);
    ask(&world.order, CF_AGENT_WATCH);
    say("{\"id\":1,\"input\":true}\n{\"id\":2,\"idle\":0,\"source\":\"x11\"}\n");
    ask(&world.second, CF_AGENT_SHOW);
    say("{\"id\":3,\"shown\":true}\n");
    go_on(20);
    ask(&world.second, CF_AGENT_CLOSE);
    say("{\"id\":3,\"pressed\":true}\n{\"id\":4,\"closed\":true}\n");
    go_on(20);
    assert_string_equal(world.ended, "");
    assert_int_equal(world.inputs, 1);
    assert_int_equal(world.presses, 0); /* of one that is no more */
    assert_true(cf_agent_link_watches(world.link));
}

/* Each ends the connection, and whoever waits is told that there is no answer. */
static void what_was_not_asked_ends_it(void **state)
{
    static const char *const lies[] = {
        "{\"id\":1,\"input\":true}\n", /* read, not watched */
        "{\"id\":1,\"shown\":true}\n", /* nothing was shown */
        "{\"id\":1,\"pressed\":true}\n",
        "{\"id\":2,\"idle\":1,\"source\":\"x11\"}\n", /* not asked yet */
        "{\"id\":1,\"idle\":1,\"source\":\"x11\"}\n{\"id\":1,\"idle\":1,\"source\":\"x11\"}\n", /* twice */
        "{\"id\":1,\"idle\":99999999999,\"source\":\"x11\"}\n",
        "nonsense\n",
        "\n",
        "{\"curfew\":1,\"id\":1,\"do\":\"status\"}\n", /* the other protocol */
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        if (i > 0) {
            (void)end(state);
            (void)begin(state);
        }
        ask(&world.order, CF_AGENT_READ);
        say(lies[i]);
        go_on(20);
        assert_string_not_equal(world.ended, "");
        assert_int_equal(world.answers + world.refusals, 1);
    }
}

static void a_flood_ends_it(void **state)
{
    (void)state;
    char much[4096];
    memset(much, 'x', sizeof much);
    (void)!send(world.far, much, sizeof much, MSG_NOSIGNAL | MSG_DONTWAIT);
    go_on(20);
    assert_string_equal(world.ended, "its line is longer than 512 bytes");
}

static void a_death_ends_it(void **state)
{
    (void)state;
    ask(&world.order, CF_AGENT_WATCH);
    (void)close(world.far);
    world.far = -1;
    go_on(20);
    assert_string_equal(world.ended, "it has gone");
    assert_int_equal(world.refusals, 1);
}

/* No more than a few wait for it; an answer that nobody waits for any more was asked all the same. */
static void few_wait_for_it(void **state)
{
    (void)state;
    struct cf_agent_order orders[CF_AGENT_ORDERS + 3] = {0};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        ask(&orders[i], CF_AGENT_READ);
    go_on(20);
    assert_int_equal(world.refusals, 3);
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        cf_agent_order_cancel(&orders[i]);
    say("{\"id\":1,\"idle\":1,\"source\":\"x11\"}\n"); /* nobody waits any more, and it was asked */
    go_on(20);
    assert_string_equal(world.ended, "");
    assert_int_equal(world.answers, 0);
}

static void silence_ends_it(void **state)
{
    (void)state;
    ask(&world.order, CF_AGENT_READ);
    go_on(CF_AGENT_READ_LIMIT.us / 1000 + 100);
    assert_string_equal(world.ended, "it did not answer in time");
    assert_int_equal(world.refusals, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_asked_is_taken, begin, end),
        cmocka_unit_test_setup_teardown(a_message_leaves_the_warning, begin, end),
        cmocka_unit_test_setup_teardown(what_crosses_is_taken, begin, end),
        cmocka_unit_test_setup_teardown(what_was_not_asked_ends_it, begin, end),
        cmocka_unit_test_setup_teardown(a_flood_ends_it, begin, end),
        cmocka_unit_test_setup_teardown(a_death_ends_it, begin, end),
        cmocka_unit_test_setup_teardown(few_wait_for_it, begin, end),
        cmocka_unit_test_setup_teardown(silence_ends_it, begin_in_virtual_time, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
