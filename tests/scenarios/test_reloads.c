/* Requests to load the configuration again are joined; what nobody waits for, here, and how often it is done.
 */
#include "program/setup/reloads.h"

#include "../unit/unit.h"

#include <string.h>

static struct {
    struct cf_loop *loop;
    struct cf_reloads reloads;
    unsigned loads;
    int64_t began[64]; /* us since the start */
    bool fails, asks;
} desk;

static int load(void *data, struct cf_error *err)
{
    assert_ptr_equal(data, &desk);
    desk.began[desk.loads++] = cf_loop_now(desk.loop).us;
    if (desk.asks)
        cf_reloads_ask(&desk.reloads, NULL); /* somebody asks while it is being loaded */
    desk.asks = false;
    return desk.fails ? cf_error_set(err, CF_POLICY, "broken") : CF_OK;
}

static int set_up(void **state)
{
    (void)state;
    memset(&desk, 0, sizeof desk);
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &desk.loop, NULL), CF_OK);
    cf_reloads_init(&desk.reloads, desk.loop, load, &desk);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_reloads_finish(&desk.reloads);
    cf_loop_run(desk.loop);
    cf_loop_destroy(desk.loop);
    return 0;
}

static void run_to(int64_t us)
{
    cf_loop_run_until(desk.loop, (struct cf_mono){us});
}

/* Ten a second, for a minute, whether it can be loaded or not: at once, then one a pause, and the last ask is
 * heard. */
static void test_joined(void **state)
{
    (void)state;
    int64_t tenth = CF_SECOND.us / 10, last = 0;
    for (int i = 0; i < 600; i++) {
        desk.fails = i % 3 == 0;
        run_to(last = i * tenth);
        cf_reloads_ask(&desk.reloads, NULL);
        cf_reloads_ask(&desk.reloads, NULL);
    }
    run_to(last + 10 * CF_RELOAD_PAUSE.us);
    assert_int_equal(desk.began[0], 0);
    assert_int_equal(desk.loads, 60 * CF_SECOND.us / CF_RELOAD_PAUSE.us + 1);
    assert_true(desk.began[desk.loads - 1] >= last);
    for (unsigned i = 1; i < desk.loads; i++)
        assert_true(desk.began[i] - desk.began[i - 1] >= CF_RELOAD_PAUSE.us);
}

/* One that asks while it is being loaded is not covered by that. */
static void test_while_loading(void **state)
{
    (void)state;
    desk.asks = true;
    cf_reloads_ask(&desk.reloads, NULL);
    assert_int_equal(desk.loads, 0); /* never inside the call */
    run_to(0);
    assert_int_equal(desk.loads, 1);
    run_to(10 * CF_RELOAD_PAUSE.us);
    assert_int_equal(desk.loads, 2);
    assert_true(desk.began[1] >= CF_RELOAD_PAUSE.us);
}

/* After a rest there is nothing to wait for. */
static void test_at_once(void **state)
{
    (void)state;
    for (int i = 1; i <= 5; i++) {
        run_to(i * 2 * CF_RELOAD_PAUSE.us);
        cf_reloads_ask(&desk.reloads, NULL);
        run_to(i * 2 * CF_RELOAD_PAUSE.us);
        assert_int_equal(desk.loads, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_joined, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_while_loading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
