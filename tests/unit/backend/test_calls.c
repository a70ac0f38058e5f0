#include "../unit.h"

#include "backend/calls.h"

#include <stdlib.h>
#include <string.h>

/* A back end that does nothing: the test completes, late, twice or never. */
static struct cf_backend {
    struct cf_backend_head head;
    struct cf_capabilities can;
    uint64_t last;
} host;

static void submit(struct cf_backend *backend, const struct cf_request *request)
{
    backend->last = request->id;
}

static const struct cf_capabilities *capabilities(const struct cf_backend *backend)
{
    return &backend->can;
}

static const struct cf_backend_ops ops = {.name = "still", .submit = submit, .capabilities = capabilities};

enum { CALLS = 500 };

struct rig {
    struct cf_loop *loop;
    struct cf_calls *calls;
    int ended[CALLS], codes[CALLS], next;
};

static struct rig rig;

static void on_done(void *data, const struct cf_completion *completion)
{
    ptrdiff_t i = (int *)data - rig.ended;
    rig.ended[i]++;
    rig.codes[i] = completion->code;
}

static int set_up(void **state)
{
    (void)state;
    rig = (struct rig){0};
    host = (struct cf_backend){.head = {&ops}, .can.actions = {[CF_ACTION_REFRESH] = true}};
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &rig.loop, NULL), 0);
    rig.calls = cf_calls_create(rig.loop);
    cf_calls_attach(rig.calls, &host);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_calls_destroy(rig.calls);
    cf_loop_destroy(rig.loop);
    return 0;
}

static uint64_t ask(enum cf_action_kind action)
{
    struct cf_request request = {.action = action};
    return cf_calls_submit(rig.calls, &request, CF_SECOND, on_done, &rig.ended[rig.next++]);
}

/* Any order of answers, doubles, strangers and silence: each call ends once, and no answer ends another's
 * call. */
static void test_exactly_once(void **state)
{
    (void)state;
    uint64_t seed = 11, ids[CALLS];
    bool answered[CALLS] = {false}, forgotten[CALLS] = {false};
    for (int i = 0; i < CALLS; i++) {
        ids[i] = ask(CF_ACTION_REFRESH);
        for (int j = 0; j < i; j++)
            assert_true(ids[j] != ids[i]);
        for (int n = 0; n < 3; n++) {
            int j = (int)pick(&seed, i + 1);
            if (pick(&seed, 5) == 0) {
                cf_calls_forget(rig.calls, ids[j]);
                forgotten[j] |= !answered[j];
                continue;
            }
            struct cf_completion completion = {.id = ids[j], .code = CF_DENIED};
            bool taken = cf_calls_complete(rig.calls, &completion);
            assert_int_equal(taken, !answered[j]);
            answered[j] = true;
        }
        struct cf_completion stranger = {.id = ids[i] + (UINT64_C(1) << 60)};
        assert_false(cf_calls_complete(rig.calls, &stranger));
    }
    cf_loop_run(rig.loop);
    for (int i = 0; i < CALLS; i++) {
        assert_int_equal(rig.ended[i], !forgotten[i]);
        if (!forgotten[i])
            assert_int_equal(rig.codes[i], answered[i] ? CF_DENIED : CF_TIMEOUT);
    }
    assert_int_equal(cf_calls_under_way(rig.calls), 0);
}

static void test_unsupported(void **state)
{
    (void)state;
    host.last = 0;
    (void)ask(CF_ACTION_LOCK);
    assert_int_equal(rig.ended[0], 0); /* never inside the call */
    cf_loop_run(rig.loop);
    assert_int_equal(rig.ended[0], 1);
    assert_int_equal(rig.codes[0], CF_UNSUPPORTED);
    assert_int_equal(host.last, 0);
}

static void test_names(void **state)
{
    (void)state;
    for (int a = 0; a < CF_ACTION_COUNT; a++)
        assert_string_not_equal(cf_action_name((enum cf_action_kind)a), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_exactly_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unsupported, set_up, tear_down),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
