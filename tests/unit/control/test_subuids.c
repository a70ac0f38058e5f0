#include "server_fixture.h"

#include "control/account.h"
#include "control/subuids.h"

static void keep_alive(uv_idle_t *idle)
{
    (void)idle;
}

/* Goes on until the file was read anew: then the uid is somebody's, or nobody's, as said. */
static void pass_until(uv_loop_t *loop, struct cf_subuids *subuids, struct cf_mono now, bool lent)
{
    enum { TURNS = 100000000 };
    for (int i = 0; i < TURNS && (cf_subuids_owner(subuids, 100000, now) < 0) != lent; i++)
        (void)uv_run(loop, UV_RUN_NOWAIT);
    assert_true((cf_subuids_owner(subuids, 100000, now) < 0) == lent);
}

static void test_file(void **state)
{
    (void)state;
    uv_loop_t loop;
    uv_idle_t alive; /* what reads the file keeps no loop */
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(uv_idle_init(&loop, &alive), 0);
    assert_int_equal(uv_idle_start(&alive, keep_alive), 0);
    const char *path =
        folder_write("subuid", "ana:100000:65536\nbob:165536:65536\nana:500000:10\n\n:\nx:y:z\ncut:1\n"
                               "big:99999999999999999999:5\nneg:-5:100\nlast:700000:1");
    struct cf_mono now = {0};
    struct cf_subuids *subuids = cf_subuids_create(path, &loop, now);
    int64_t ana = cf_subuids_owner(subuids, 100000, now), bob = cf_subuids_owner(subuids, 165536, now);
    assert_true(ana < 0 && bob < 0 && ana != bob);
    assert_int_equal(cf_subuids_owner(subuids, 165535, now), ana);
    assert_int_equal(cf_subuids_owner(subuids, 500009, now), ana);
    assert_int_equal(cf_subuids_owner(subuids, 500010, now), 500010);
    assert_int_equal(cf_subuids_owner(subuids, 1000, now), 1000);
    assert_true(cf_subuids_owner(subuids, 700000, now) < 0);
    (void)folder_write("subuid", "");
    now.us += CF_MINUTE.us - 1;
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), ana); /* not yet */
    now.us++;
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), ana); /* it waits for nothing */
    pass_until(&loop, subuids, now, false);
    (void)folder_write("subuid", "ana:100000:65536\n");
    now.us += CF_MINUTE.us;
    pass_until(&loop, subuids, now, true);
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), ana);
    now.us += CF_MINUTE.us;
    (void)cf_subuids_owner(subuids, 100000, now);
    cf_subuids_destroy(subuids); /* while it is read */
    assert_int_equal(unlink(path), 0);
    subuids = cf_subuids_create(path, &loop, now); /* there is none */
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), 100000);
    cf_subuids_destroy(subuids);
    uv_close((uv_handle_t *)&alive, NULL);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static const char request[] = "{\"curfew\":1,\"id\":7,\"do\":\"x\"}\n";

static void handle_nothing(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)words;
    ++*(int *)data;
    cf_control_answer(call, NULL);
}

/* 60 uids of one user's range get what one user gets, and no more; somebody else is served meanwhile. */
static void test_one_person(void **state)
{
    (void)state;
    needs_root();
    enum { UIDS = 60, EACH = 20, COST = 5 };
    static const char *const no_words[] = {NULL};
    const struct cf_control_verb verbs[] = {{"x", true, no_words, handle_nothing, COST}, {0}};
    int served = 0, fds[UIDS];
    server_make_place();
    const char *path = folder_write("subuid", "eve:100000:65536\n");
    assert_int_equal(chmod(path, 0644), 0); /* while somebody dials, the server is that user, too */
    server_open(verbs, &served, path);
    for (int i = 0; i < UIDS; i++) {
        fds[i] = caller_dial_as((uid_t)(100000 + i));
        for (int j = 0; j < EACH; j++)
            caller_send(fds[i], request, sizeof request - 1);
    }
    for (int i = 0; i < 1000; i++)
        server_pass((struct cf_span){10000});
    int most = (CF_CONTROL_BURST + 11 * CF_CONTROL_PACE) / COST +
               2 * CF_CONTROL_CLIENTS_EACH; /* each may have its turn before what that costs is known */
    assert_in_range(served, CF_CONTROL_BURST / COST, most);
    int before = served, honest = caller_dial_as(1000);
    struct cf_buffer line = {0};
    caller_send(honest, request, sizeof request - 1);
    server_pass((struct cf_span){10000});
    assert_true(caller_receive(honest, &line) > 0);
    assert_true(served > before);
    cf_buffer_finish(&line);
    for (int i = 0; i < UIDS; i++)
        close(fds[i]);
    close(honest);
    server_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file, folder_set_up, folder_tear_down),
        cmocka_unit_test(test_one_person)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
